// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate vote list` and `quorate vote show`: the votes that were opened from here.

use serde_json::{Value, json};

use super::account;
use super::correspondence::{Correspondence, names};
use super::opened::{Counting, KIND, Opened, RECORDS, count, demand_no_rulings, find, outputs, reminders};
use crate::commands::CommandError;
use crate::commands::desk::Desk;
use crate::commands::environment::Environment;
use crate::governance::Tally;
use crate::ui::ExitCode;

/// Lists the votes that were opened from here.
#[derive(Debug, Clone, clap::Args)]
pub struct ListArgs {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// Shows a vote that was opened from here: counted as it stands, or as it ended.
#[derive(Debug, Clone, clap::Args)]
pub struct ShowArgs {
    /// Which vote; else the only one that is open.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    #[command(flatten)]
    pub counting: Counting,
    /// Print JSON: the record, and under `tally` what `vote tally --json` prints.
    #[arg(long)]
    pub json: bool,
}

pub fn run_list(environment: &Environment, args: &ListArgs) -> Result<ExitCode, CommandError> {
    let desk = Desk::new(environment);
    let ui = environment.ui;
    let mut all = Vec::new();
    for name in names(environment, KIND) {
        if let Some(vote) = Correspondence::read(&desk, KIND, &name)? {
            all.push(entry(&vote, &vote.subject()?));
        }
    }
    if args.json {
        ui.json(&all);
    } else if all.is_empty() {
        ui.say("No vote was opened from here; `quorate vote open` opens one.");
    } else {
        let text = |entry: &Value, field: &str| entry[field].as_str().unwrap_or_default().to_owned();
        for entry in &all {
            ui.line(&format!("{}  {}: {}", text(entry, "name"), text(entry, "state"), text(entry, "title")));
        }
    }
    Ok(ExitCode::Done)
}

pub fn run_show(environment: &Environment, args: &ShowArgs) -> Result<ExitCode, CommandError> {
    show(&Desk::new(environment), args)
}

/// Shows the vote.
///
/// # Errors
/// When there is none, or it cannot be counted.
pub fn show(desk: &Desk<'_>, args: &ShowArgs) -> Result<ExitCode, CommandError> {
    let ui = desk.environment.ui;
    let (mut vote, opened) = find(desk, args.name.as_deref())?;
    let tally: Option<Tally> = match (outputs(&vote, RECORDS), outputs(&vote, "open")) {
        (Some(recorded), _) => {
            demand_no_rulings(&opened, &args.counting)?;
            serde_json::from_value(recorded.clone()).ok()
        }
        (None, Some(_)) => Some(count(desk, &mut vote, &opened, &args.counting)?.tally),
        (None, None) => None,
    };
    if args.json {
        let mut shown = entry(&vote, &opened);
        shown["tally"] = json!(tally);
        ui.json(&shown);
        return Ok(ExitCode::Done);
    }
    let entry = entry(&vote, &opened);
    ui.line(&format!("{}: {}", opened.name, entry["state"].as_str().unwrap_or_default()));
    if let Some(link) = entry["link"].as_str() {
        ui.line(link);
    }
    for reminder in entry["reminders"].as_array().into_iter().flatten() {
        let date = reminder["date"].as_str().unwrap_or_default();
        let ids: Vec<&str> = reminder["ids"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        ui.line(&format!("reminded {date}: {}", ids.join(", ")));
    }
    if let Some(tally) = &tally {
        ui.line("");
        account::of_vote(tally, ui).iter().for_each(|line| ui.line(line));
    }
    Ok(ExitCode::Done)
}

/// What is recorded of a vote.
fn entry(vote: &Correspondence, opened: &Opened) -> Value {
    let open = outputs(vote, "open");
    let state = if outputs(vote, "cancel").is_some() {
        "called off".to_owned()
    } else if let Some(record) = outputs(vote, "record") {
        let sent = if outputs(vote, "result").is_some() { "" } else { ", result not sent yet" };
        format!("{}{sent}", record["outcome"].as_str().unwrap_or_default())
    } else if open.is_some() {
        "open".to_owned()
    } else if vote
        .state
        .step("open", false)
        .is_some_and(|step| step.intention.as_ref().is_some_and(|it| it.perhaps_acted))
    {
        "perhaps sent: its sending was interrupted, and the same `vote open` given again looks it up".to_owned()
    } else {
        "not sent yet".to_owned()
    };
    let field = |name: &str| open.map_or(Value::Null, |open| open[name].clone());
    let reminded: Vec<Value> = reminders(vote)
        .into_iter()
        .zip(1..)
        .map(|(reminder, number)| {
            let date = outputs(vote, &format!("remind-{number}")).map_or(Value::Null, |sent| sent["date"].clone());
            json!({ "message_id": reminder.message_id, "ids": reminder.voters, "date": date })
        })
        .collect();
    json!({
        "name": opened.name, "title": opened.title, "action": opened.action.id, "state": state,
        "list": vote.values.sender.list, "message_id": field("message_id"), "date": field("date"),
        "link": field("link"), "hours": opened.hours, "reminders": reminded,
        "rulings": vote.state.rulings().remove(RECORDS).unwrap_or_else(|| json!([])),
        "rules": opened.rules, "used": opened.used,
        "directory": vote.directory.display().to_string(),
    })
}
