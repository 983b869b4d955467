// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate notes`: what in the release notes a person has to look at.

use serde_json::json;

use super::{ACCEPTED, NOTES, notes, settled};
use crate::actions::tracker::NotesRead;
use crate::commands::CommandError;
use crate::commands::attest::wanted;
use crate::commands::environment::Environment;
use crate::commands::session::{read_session, write_session};
use crate::engine::{Silent, SystemClock};
use crate::ui::{ExitCode, Ui};

/// Lists what is unclear in the release notes, and records what may stay.
///
/// A finding goes away when its issue is mended in the tracker; one that is accepted
/// stays accepted as long as the title is the same. Once nothing is left,
/// `quorate run` writes the notes. Ends with 0 if nothing is left, with 3 if something is.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Accept what was found in this issue.
    #[arg(long, value_name = "ISSUE", requires = "why")]
    accept: Vec<String>,
    /// Why it may stay.
    #[arg(long, value_name = "TEXT", requires = "accept")]
    why: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(environment: &Environment, args: &Args) -> Result<ExitCode, CommandError> {
    if args.accept.is_empty() {
        let (session, state) = read_session(environment)?;
        let read = notes(&session, &state)?.ok_or_else(|| settled(&session, NOTES))?;
        return Ok(show(environment.ui, args.json, &read));
    }
    let why = wanted("--why", args.why.as_deref().unwrap_or_default())?;
    let (session, journal, state) = write_session(environment)?;
    let read = notes(&session, &state)?.ok_or_else(|| settled(&session, NOTES))?;
    for key in &args.accept {
        if !read.open.iter().any(|finding| finding.key == *key) {
            return Err(CommandError::usage(
                format!("nothing is left to look at in {key}"),
                "nothing was recorded; `quorate notes` lists what is",
            ));
        }
    }
    let mut silent = Silent;
    let mut driver = session.driver(journal, state, &SystemClock, &mut silent);
    for finding in read.open.iter().filter(|finding| args.accept.contains(&finding.key)) {
        driver.rule(NOTES, &finding.id(), ACCEPTED, why)?;
    }
    let read = notes(&session, &driver.state)?.ok_or_else(|| settled(&session, NOTES))?;
    Ok(show(environment.ui, args.json, &read))
}

fn show(ui: Ui, as_json: bool, read: &NotesRead) -> ExitCode {
    let code = if read.open.is_empty() { ExitCode::Done } else { ExitCode::Waiting };
    if as_json {
        let accepted: Vec<_> =
            read.accepted.iter().map(|(finding, why)| json!({"finding": finding, "why": why})).collect();
        ui.json(&json!({"findings": read.open, "accepted": accepted, "entries": read.entries}));
        return code;
    }
    for finding in &read.open {
        ui.line(&format!("{}  “{}”\n    {}: {}", finding.key, finding.title, finding.rule, finding.says));
    }
    for (finding, why) in &read.accepted {
        ui.line(&format!("{}  “{}”\n    {}, accepted: {why}", finding.key, finding.title, finding.rule));
    }
    ui.line(&match read.open.len() {
        0 => format!("Nothing is left to look at in {} issues; `quorate run {NOTES}` goes on.", read.entries.len()),
        left => format!("Left: {left}; mend them in the tracker, or `quorate notes --accept ISSUE --why …`"),
    });
    code
}
