// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The vote on the current release's candidate: by which mail it was called, by which rules it
//! counts, and how it stands.

use jiff::Timestamp;

use crate::actions::voting::{KeptTally, VoteRead};
use crate::actions::{RecordVote, Services};
use crate::commands::CommandError;
use crate::commands::session::Session;
use crate::engine::{ActionError, Renderer, State, StepKind, StepRecord, Workflow};
use crate::ui::ExitCode;

/// The step that calls the vote.
pub const CALLS: &str = "send-vote";
/// The step that records it.
pub const RECORDS: &str = "record-vote";

/// The step `record-vote` of the current candidate, with its parameters; nothing where no vote
/// was called on it.
///
/// # Errors
/// When the workflow has no such step, or its parameters cannot be filled in.
pub fn of_candidate(
    workflow: &Workflow,
    state: &State,
    renderer: &Renderer,
) -> Result<Option<RecordVote>, CommandError> {
    let kind = workflow.step(RECORDS).map(|(_, step)| &step.kind);
    let Some(StepKind::Action { with, .. }) = kind else { return Ok(None) };
    if state.step(CALLS, true).is_none_or(|record| !record.settled()) {
        return Ok(None);
    }
    let parameters = renderer
        .parameters(RECORDS, with)
        .map_err(|error| CommandError::from_error(ExitCode::Usage, &error, "the workflow's step must be filled in"))?;
    serde_json::from_value(parameters).map(Some).map_err(|error| {
        CommandError::usage(format!("the step `{RECORDS}` of this release takes other parameters: {error}"), "")
    })
}

/// The vote on the current candidate.
///
/// # Errors
/// When none was called.
pub fn vote(session: &Session, state: &State) -> Result<RecordVote, CommandError> {
    of_candidate(&session.workflow, state, &session.renderer(state)?)?.ok_or_else(|| {
        CommandError::usage(
            format!("the vote on candidate {} is not open", state.candidate.number),
            "`quorate run send-vote` opens it",
        )
    })
}

/// The vote as the archive has it now.
///
/// # Errors
/// When a person counts it, or the archive cannot be read or does not have it.
pub fn read(vote: &RecordVote, services: &Services, now: Timestamp) -> Result<VoteRead, CommandError> {
    if vote.rules(services).is_none() {
        return Err(CommandError::usage(
            "this product's configuration names no archive or no rules of voting: a person counts",
            "`quorate vote enter` takes the votes by name; `[vote]` in the configuration names the rules",
        ));
    }
    let found = vote.read(services, now).map_err(|error| match error {
        // what the archive does not give now it may give later
        ActionError::Refused { .. } => {
            CommandError::from_error(ExitCode::Service, &error, error.hint().unwrap_or_default())
        }
        error => error.into(),
    })?;
    found.ok_or_else(|| {
        CommandError::new(
            ExitCode::Waiting,
            format!("the archive does not show the mail that called the vote yet: {}", vote.thread),
            "give the command again later",
        )
    })
}

/// How the vote stood when it was last read, while it is not recorded; asks nobody.
pub fn last_read(session: &Session, state: &State) -> Result<Option<KeptTally>, CommandError> {
    if state.step(RECORDS, true).is_some_and(StepRecord::settled) || state.candidate.cancelled.is_some() {
        return Ok(None);
    }
    let Some(vote) = of_candidate(&session.workflow, state, &session.renderer(state)?)? else { return Ok(None) };
    let Some(file) = &vote.kept else { return Ok(None) };
    Ok(KeptTally::load(&session.services.workspace, file, &vote.thread))
}
