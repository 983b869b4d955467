// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate vote rule`: what a person makes of a mail of which no program can tell.

use jiff::Timestamp;
use serde_json::json;

use super::current;
use crate::actions::voting::electorate;
use crate::commands::CommandError;
use crate::commands::attest::wanted;
use crate::commands::environment::Environment;
use crate::commands::session::write_session;
use crate::engine::{Clock, Silent, SystemClock};
use crate::governance::{Verdict, VoteOutcome};
use crate::ui::ExitCode;

/// Rules on a mail of the vote on the current candidate.
///
/// The ruling and its reason are recorded; a later one on the same mail replaces it.
/// `quorate vote tally` shows the mails that nobody can tell but a person.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The mail.
    #[arg(value_name = "MESSAGE-ID")]
    message_id: String,
    /// What it is: +1, +0, 0, -0 or -1, also `+1 as ID`; none; cancel.
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    value: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(environment: &Environment, args: &Args) -> Result<ExitCode, CommandError> {
    let why = wanted("--why", &args.why)?;
    let verdict: Verdict = args.value.parse().map_err(|error| {
        CommandError::from_error(ExitCode::Usage, &error, "quorate vote rule 'abc@example.org' +1 --why 'a plain yes'")
    })?;
    let id = args.message_id.trim().trim_start_matches('<').trim_end_matches('>');
    let (session, journal, state) = write_session(environment)?;
    let now = SystemClock.now();
    let vote = current::vote(&session, &state)?;
    demand_voter(&session, &vote, &verdict, now)?;
    let before = current::read(&vote, &session.services, now)?;
    if !before.tally.mails.iter().any(|mail| mail.message_id == id) {
        return Err(CommandError::usage(
            format!("no mail of the vote's thread has the Message-ID {id}"),
            "`quorate vote tally --json` lists them all under `mails`",
        ));
    }
    let mut silent = Silent;
    let mut driver = session.driver(journal, state, &SystemClock, &mut silent);
    driver.rule(current::RECORDS, id, &verdict.to_string(), why)?;
    let after = current::read(&current::vote(&session, &driver.state)?, &session.services, now)?.tally;
    let ui = environment.ui;
    if args.json {
        ui.json(&json!({ "message_id": id, "ruling": verdict, "why": why, "outcome": after.outcome, "review": after.review }));
        return Ok(ExitCode::Done);
    }
    let came_of = after.mails.iter().find(|mail| mail.message_id == id).map_or("", |mail| mail.came_of.as_str());
    ui.line(&format!("<{id}> is {verdict}: {why}"));
    ui.line(&format!("What comes of it: {came_of}"));
    ui.line(&match (after.review.len(), after.outcome) {
        (0, VoteOutcome::Open) => "Nothing is left to rule on; the vote is open.".to_owned(),
        (0, _) => "Nothing is left to rule on; `quorate run` goes on.".to_owned(),
        (left, _) => format!("Left to rule on: {left}; `quorate vote tally` shows them."),
    });
    Ok(ExitCode::Done)
}

/// Whose vote it is ruled to be must be on the roster.
fn demand_voter(
    session: &crate::commands::session::Session,
    vote: &crate::actions::RecordVote,
    verdict: &Verdict,
    now: Timestamp,
) -> Result<(), CommandError> {
    let (Verdict::Counts { voter: Some(id), .. }, Some(rules)) = (verdict, &vote.vote) else { return Ok(()) };
    let roster = electorate(&session.services.assets, rules, now)?;
    match roster.member(id) {
        Some(_) => Ok(()),
        None => Err(CommandError::usage(
            format!("`{id}` is not on the roster"),
            "`quorate vote tally` names the roster; `quorate roster show` lists the ids of one",
        )),
    }
}
