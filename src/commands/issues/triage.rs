// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate triage`: what becomes of the issues that are open under this version.

use inquire::{InquireError, Select, Text};
use serde_json::{Value, json};

use super::{TRIAGE, open_issues, settled};
use crate::actions::tracker::{Decision, TriageRead};
use crate::commands::CommandError;
use crate::commands::attest::wanted;
use crate::commands::environment::Environment;
use crate::commands::session::{read_session, write_session};
use crate::engine::{Silent, SystemClock};
use crate::release::unfit;
use crate::services::Issue;
use crate::ui::{ExitCode, Ui};

/// Lists the open issues of this version, and records decisions on them.
///
/// Without an ISSUE it lists them, and on a terminal asks for each that nobody decided
/// on. A decision is recorded with its reason; a later one on the same issue replaces it.
/// Nothing is changed in the tracker: `quorate run` does that once all are decided on.
/// Ends with 0 if nothing is left to decide, with 3 if something is.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("decision").requires("issue").requires("why"))]
pub struct Args {
    /// The issue to decide on: FLINK-12345.
    #[arg(value_name = "ISSUE", requires = "decision")]
    issue: Option<String>,
    /// It is done: resolve it as fixed.
    #[arg(long, group = "decision")]
    resolve: bool,
    /// It can wait: move it to the next version.
    #[arg(long = "move", group = "decision")]
    move_on: bool,
    /// It stays open under this version; a blocker then stops the release.
    #[arg(long, group = "decision")]
    keep: bool,
    /// Why.
    #[arg(long, value_name = "TEXT", requires = "decision")]
    why: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(environment: &Environment, args: &Args) -> Result<ExitCode, CommandError> {
    let ui = environment.ui;
    if let Some(key) = &args.issue {
        return decide(environment, args, key);
    }
    if !ui.interactive() || args.json {
        let (session, state) = read_session(environment)?;
        let read = open_issues(&session, &state)?.ok_or_else(|| settled(&session, TRIAGE))?;
        return Ok(show(ui, args.json, &read));
    }
    let (session, journal, state) = write_session(environment)?;
    let read = open_issues(&session, &state)?.ok_or_else(|| settled(&session, TRIAGE))?;
    let mut silent = Silent;
    let mut driver = session.driver(journal, state, &SystemClock, &mut silent);
    for issue in &read.undecided {
        match ask(ui, issue) {
            Ok(Some((decision, why))) => driver.rule(TRIAGE, &issue.key, &decision.to_string(), &why)?,
            Ok(None) => {}
            Err(_) => break,
        }
    }
    let read = open_issues(&session, &driver.state)?.unwrap_or_default();
    Ok(show(ui, false, &read))
}

fn decide(environment: &Environment, args: &Args, key: &str) -> Result<ExitCode, CommandError> {
    let why = wanted("--why", args.why.as_deref().unwrap_or_default())?;
    let decision = match (args.resolve, args.move_on) {
        (true, _) => Decision::Resolve,
        (_, true) => Decision::Move,
        _ => Decision::Keep,
    };
    let (session, journal, state) = write_session(environment)?;
    let read = open_issues(&session, &state)?.ok_or_else(|| settled(&session, TRIAGE))?;
    let decided = read.to_do.iter().map(|(issue, _)| issue).chain(read.kept.iter().map(|(issue, _)| issue));
    if !read.undecided.iter().chain(decided).any(|issue| issue.key == key) {
        return Err(CommandError::usage(
            format!("{key} is not among the open issues of this version"),
            "`quorate triage` lists them; what is resolved or moved in the tracker needs no decision",
        ));
    }
    let mut silent = Silent;
    let mut driver = session.driver(journal, state, &SystemClock, &mut silent);
    driver.rule(TRIAGE, key, &decision.to_string(), why)?;
    let read = open_issues(&session, &driver.state)?.unwrap_or_default();
    environment.ui.say(&format!("{key}: {decision}: {why}"));
    Ok(show(environment.ui, args.json, &read))
}

/// What a person at the terminal decides; nothing where they leave it for now.
fn ask(ui: Ui, issue: &Issue) -> Result<Option<(Decision, String)>, InquireError> {
    ui.say(&format!("\n{}", line(issue)));
    let choices = ["resolve: it is done", "move: it can wait", "keep: it stays open under this version", "not now"];
    let decision = match Select::new("What becomes of it?", choices.to_vec()).prompt()? {
        choice if choice == choices[0] => Decision::Resolve,
        choice if choice == choices[1] => Decision::Move,
        choice if choice == choices[2] => Decision::Keep,
        _ => return Ok(None),
    };
    let why = Text::new("Why? It stands in the record:").prompt()?;
    let why = why.trim();
    if let Some(fault) = unfit(why) {
        ui.warn(&format!("nothing was recorded: the reason {fault}"));
        return Ok(None);
    }
    Ok((!why.is_empty()).then(|| (decision, why.to_owned())))
}

fn line(issue: &Issue) -> String {
    let assignee = if issue.assignee.is_empty() { "nobody" } else { &issue.assignee };
    format!("{}  {} · {} · {} · {assignee}\n    {}", issue.key, issue.priority, issue.kind, issue.status, issue.summary)
}

fn show(ui: Ui, as_json: bool, read: &TriageRead) -> ExitCode {
    let code = if read.undecided.is_empty() && read.blocking.is_empty() { ExitCode::Done } else { ExitCode::Waiting };
    if as_json {
        let issue = |issue: &Issue| {
            json!({"key": issue.key, "summary": issue.summary, "type": issue.kind, "status": issue.status,
                   "priority": issue.priority, "assignee": issue.assignee})
        };
        let decided = |of: &Issue, decision: Decision| -> Value {
            let mut shown = issue(of);
            shown["decision"] = json!(decision);
            shown
        };
        let to_do = read.to_do.iter().map(|(of, decision)| decided(of, *decision));
        let all: Vec<Value> = to_do.chain(read.kept.iter().map(|(of, _)| decided(of, Decision::Keep))).collect();
        let blocking: Vec<&String> = read.blocking.iter().map(|issue| &issue.key).collect();
        let undecided: Vec<Value> = read.undecided.iter().map(issue).collect();
        ui.json(&json!({"undecided": undecided, "decided": all, "blocking": blocking}));
        return code;
    }
    for issue in &read.undecided {
        ui.line(&line(issue));
    }
    for (issue, decision) in &read.to_do {
        ui.line(&format!("{}\n    decided: {decision}; `quorate run {TRIAGE}` does it", line(issue)));
    }
    for (issue, why) in &read.kept {
        let stops = if read.blocking.contains(issue) { "; it stops the release" } else { "" };
        ui.line(&format!("{}\n    kept: {why}{stops}", line(issue)));
    }
    ui.line(&match (read.undecided.len(), read.to_do.len()) {
        (0, 0) if !read.blocking.is_empty() => {
            "The release stops here: fix what blocks it, or decide anew: `quorate triage ISSUE --move --why …`"
                .to_owned()
        }
        (0, _) => format!("Nothing is left to decide on; `quorate run {TRIAGE}` goes on."),
        (left, _) => format!("Left to decide on: {left}; `quorate triage ISSUE --resolve|--move|--keep --why …`"),
    });
    code
}
