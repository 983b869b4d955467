// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate vote result` and `quorate vote cancel`: how a vote ends.

use serde_json::json;

use super::account;
use super::opened::{Counting, Opened, RECORDS, count, demand_no_rulings, find, is_over, message_id, outputs};
use super::sending::{Agreement, Sent, send};
use crate::commands::CommandError;
use crate::commands::desk::Desk;
use crate::commands::environment::Environment;
use crate::governance::{Tally, VoteOutcome};
use crate::ui::{ExitCode, Ui};

/// Ends a vote: counts it, records the tally, and sends the result.
///
/// Refused while the vote is open, and while a ruling is needed that could change the
/// outcome (exit code 3). The mail names everybody with their vote, and says
/// "unanimously" only where it is so. Exit code 1 when the vote failed.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Which vote; else the only one that is open.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    #[command(flatten)]
    pub counting: Counting,
    #[command(flatten)]
    pub agreement: Agreement,
    /// Print the tally as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Calls a vote off, by a mail in its thread.
#[derive(Debug, Clone, clap::Args)]
pub struct CancelArgs {
    /// Which vote; else the only one that is open.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Why: it stands in the mail.
    #[arg(long, value_name = "TEXT")]
    pub why: String,
    #[command(flatten)]
    pub agreement: Agreement,
}

pub fn run(environment: &Environment, args: &Args) -> Result<ExitCode, CommandError> {
    result(&Desk::new(environment), args)
}

pub fn run_cancel(environment: &Environment, args: &CancelArgs) -> Result<ExitCode, CommandError> {
    cancel(&Desk::new(environment), args).map(Sent::code)
}

/// Counts the vote, and sends what it came to.
///
/// # Errors
/// When it is open, over, or cannot be counted.
pub fn result(desk: &Desk<'_>, args: &Args) -> Result<ExitCode, CommandError> {
    let ui = desk.environment.ui;
    let (mut vote, opened) = find(desk, args.name.as_deref())?;
    demand_running(outputs(&vote, "cancel").is_some() || outputs(&vote, "calling-off").is_some(), &opened)?;
    // A tally that was recorded is the one that was agreed to.
    let recorded = outputs(&vote, RECORDS).cloned();
    let tally: Tally = match &recorded {
        Some(recorded) => {
            demand_no_rulings(&opened, &args.counting)?;
            recorded_tally(recorded)?
        }
        None => {
            let tally = count(desk, &mut vote, &opened, &args.counting)?.tally;
            demand_ended(ui, &tally, &opened)?;
            tally
        }
    };
    if outputs(&vote, "result").is_some() {
        ui.say(&format!("The result of `{}` was sent already.", opened.name));
    } else {
        vote.values.finding = Some(serde_json::to_value(&tally).expect("plain data"));
        let sent = send(desk, &vote, &[RECORDS, "result"], &args.agreement)?;
        if let Sent::Halted(code) = sent {
            return Ok(code);
        }
    }
    if args.json {
        ui.json(&tally);
    }
    Ok(if tally.outcome == VoteOutcome::Passed { ExitCode::Done } else { ExitCode::DoesNotHold })
}

fn recorded_tally(recorded: &serde_json::Value) -> Result<Tally, CommandError> {
    serde_json::from_value(recorded.clone())
        .map_err(|error| CommandError::usage(format!("the recorded tally cannot be used: {error}"), ""))
}

/// That the vote is over by its rule and time, and nobody has to rule on anything first.
fn demand_ended(ui: Ui, tally: &Tally, opened: &Opened) -> Result<(), CommandError> {
    let name = &opened.name;
    match tally.outcome {
        VoteOutcome::Passed | VoteOutcome::Failed if tally.roster.holders > 0 => Ok(()),
        VoteOutcome::Passed | VoteOutcome::Failed => Err(CommandError::usage(
            "the roster has nobody whose vote on this binds",
            "give the project's own roster; `quorate roster fetch` makes one",
        )),
        VoteOutcome::Open => {
            let until =
                tally.closes.map_or_else(String::new, |at| format!(" until {} at least", crate::ui::minute(at)));
            Err(CommandError::new(
                ExitCode::Waiting,
                format!("the vote `{name}` is open{until}"),
                format!("`quorate vote show {name}` counts it as it stands"),
            ))
        }
        VoteOutcome::NeedsReview => {
            account::reviews(tally, ui).iter().for_each(|line| ui.say(line));
            Err(CommandError::new(
                ExitCode::Waiting,
                format!("a ruling is needed that could change what the vote `{name}` comes to"),
                "--ruling 'MESSAGE-ID=VALUE' --why TEXT, for each mail above; each is recorded",
            ))
        }
        VoteOutcome::Cancelled => Err(CommandError::new(
            ExitCode::DoesNotHold,
            format!("the vote `{name}` was called off"),
            format!("`quorate vote show {name}` says by whom"),
        )),
    }
}

fn demand_running(called_off: bool, opened: &Opened) -> Result<(), CommandError> {
    if !called_off {
        return Ok(());
    }
    Err(CommandError::usage(
        format!("the vote `{}` was called off", opened.name),
        "where it is voted on again, open one with another title",
    ))
}

/// Calls the vote off.
///
/// # Errors
/// When it is not open, or its result was recorded.
pub fn cancel(desk: &Desk<'_>, args: &CancelArgs) -> Result<Sent, CommandError> {
    let (mut vote, opened) = find(desk, args.name.as_deref())?;
    message_id(&vote, &opened)?;
    if outputs(&vote, RECORDS).is_some() {
        return Err(CommandError::usage(
            format!("what the vote `{}` came to is recorded", opened.name),
            "a vote that has ended cannot be called off; open another one",
        ));
    }
    if is_over(&vote) {
        desk.environment.ui.say(&format!("The vote `{}` was called off already.", opened.name));
        return Ok(Sent::Yes);
    }
    let why = args.why.trim();
    if why.is_empty() {
        return Err(CommandError::usage("a vote is called off for a reason", "--why TEXT: it stands in the mail"));
    }
    vote.values.finding = Some(json!({ "why": why }));
    send(desk, &vote, &["calling-off", "cancel"], &args.agreement)
}
