// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Deciding on issues: `quorate triage` on what is open, `quorate notes` on what the
//! release notes say.

pub mod notes;
pub mod triage;

use serde::de::DeserializeOwned;

use super::CommandError;
use super::session::Session;
use crate::actions::tracker::{AuditReleaseNotes, NotesRead, TriageIssues, TriageRead, tracker};
use crate::engine::{ActionError, State, StepKind, StepRecord};
use crate::ui::ExitCode;

/// The step that triages.
pub const TRIAGE: &str = "triage-blockers";
/// The step that audits the notes.
pub const NOTES: &str = "audit-release-notes";
/// What is recorded of a finding that may stay.
pub const ACCEPTED: &str = "accept";

/// What is open, while it is to be decided on; nothing where the triage is settled, or
/// the release's workflow leaves it to a person.
///
/// # Errors
/// When the tracker cannot be asked.
pub fn open_issues(session: &Session, state: &State) -> Result<Option<TriageRead>, CommandError> {
    session.values.release()?;
    let Some(step): Option<TriageIssues> = step_of(session, state, TRIAGE)? else { return Ok(None) };
    let read = tracker(&session.services).and_then(|jira| step.question.read(jira));
    read.map(Some).map_err(failed)
}

/// The notes, while they are to be audited.
///
/// # Errors
/// As [`open_issues`].
pub fn notes(session: &Session, state: &State) -> Result<Option<NotesRead>, CommandError> {
    session.values.release()?;
    let Some(step): Option<AuditReleaseNotes> = step_of(session, state, NOTES)? else { return Ok(None) };
    let read = tracker(&session.services).and_then(|jira| step.question.read(jira));
    read.map(Some).map_err(failed)
}

/// The step's action with its parameters, while it is open.
fn step_of<T: DeserializeOwned>(session: &Session, state: &State, id: &str) -> Result<Option<T>, CommandError> {
    let kind = session.workflow.step(id).map(|(_, step)| (&step.kind, step.per_candidate));
    let Some((StepKind::Action { with, .. }, per_candidate)) = kind else { return Ok(None) };
    if state.step(id, per_candidate).is_some_and(StepRecord::settled) {
        return Ok(None);
    }
    let parameters = session.renderer(state)?.parameters(id, with);
    let parameters = parameters
        .map_err(|error| CommandError::from_error(ExitCode::Usage, &error, "the workflow's step must be filled in"))?;
    serde_json::from_value(parameters).map(Some).map_err(|error| {
        CommandError::usage(format!("the step `{id}` of this release takes other parameters: {error}"), "")
    })
}

/// What to say where a step takes no decision any more.
fn settled(session: &Session, id: &str) -> CommandError {
    match session.workflow.step(id) {
        None => CommandError::usage(format!("this release's workflow has no step `{id}`"), ""),
        Some((_, step)) if matches!(step.kind, StepKind::Person { .. }) => CommandError::usage(
            format!("this release's workflow leaves `{id}` to a person"),
            format!("`quorate attest {id} --note …` once it is done"),
        ),
        Some(_) => CommandError::usage(
            format!("`{id}` is settled: a decision would change nothing in it"),
            format!("`quorate undo {id}` takes it up again"),
        ),
    }
}

fn failed(error: ActionError) -> CommandError {
    let hint = error.hint().unwrap_or_default().to_owned();
    let code = match error {
        ActionError::Misconfigured { .. } => ExitCode::Usage,
        _ => ExitCode::Service,
    };
    CommandError::from_error(code, &error, hint)
}
