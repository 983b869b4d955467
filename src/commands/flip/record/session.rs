// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A proposal's record with everything that carrying it on takes.

use std::path::Path;

use super::values::{ProposalRecord, ProposalValues};
use crate::actions::proposals::{ProposalPlace, Publish};
use crate::actions::registry;
use crate::commands::CommandError;
use crate::commands::accounts::by_token;
use crate::commands::desk::Desk;
use crate::commands::release_state::{JOURNAL_FILE, PROPOSALS, WORKFLOW_FILE, pinned};
use crate::commands::session::{Session, Subject};
use crate::commands::vote::services;
use crate::config::load_scheme;
use crate::engine::{State, Workflow};
use crate::governance::proposals::Scheme;
use crate::services::{Confluence, Jira, Login};
use crate::ui::ExitCode;

/// Whether a record's directory is a proposal's.
pub fn is_proposal(directory: &Path) -> bool {
    directory.parent().and_then(Path::file_name).is_some_and(|name| name == PROPOSALS)
}

/// The proposal recorded in `directory`, for reading.
///
/// # Errors
/// When its record cannot be used.
pub fn read_proposal(desk: &Desk<'_>, directory: &Path) -> Result<(Session, State), CommandError> {
    let (state, end) = State::read(&directory.join(JOURNAL_FILE))?;
    if end.torn.is_some() {
        desk.environment.ui.warn(
            "the journal's last line was torn by an interruption; it counts for nothing, and the next command that writes sets it aside",
        );
    }
    proposal_session(desk, directory, state)
}

/// The session of a proposal whose journal was read.
///
/// # Errors
/// When its files cannot be used, or a client cannot be set up.
pub fn proposal_session(desk: &Desk<'_>, directory: &Path, state: State) -> Result<(Session, State), CommandError> {
    let record: ProposalRecord = serde_json::from_value(state.release.clone()).map_err(|error| {
        CommandError::usage(
            format!("{}: the first line records no proposal: {error}", directory.display()),
            "restore the directory from a copy",
        )
    })?;
    let text = pinned(directory, WORKFLOW_FILE, &state)?;
    let workflow = Workflow::parse(&directory.join(WORKFLOW_FILE).display().to_string(), &text)?;
    let scheme = load_scheme(&desk.environment.assets, &record.scheme)?;
    let session = session_of(desk, directory, workflow, record, scheme)?;
    Ok((session, state))
}

/// The session of a record, whether or not it has begun.
///
/// # Errors
/// When a client cannot be set up.
pub fn session_of(
    desk: &Desk<'_>,
    directory: &Path,
    workflow: Workflow,
    record: ProposalRecord,
    scheme: Scheme,
) -> Result<Session, CommandError> {
    let environment = desk.environment;
    let mut services = services(environment, directory, &record.sender, desk.effects.clone());
    services.proposals = Some(place(desk, &record, &scheme)?);
    services.jira = tracker(desk, &record, &scheme)?;
    let values = Subject::Proposal(Box::new(ProposalValues { record, scheme }));
    Ok(Session { directory: directory.to_owned(), workflow, registry: registry(), services, values })
}

fn place(desk: &Desk<'_>, record: &ProposalRecord, scheme: &Scheme) -> Result<ProposalPlace, CommandError> {
    let wiki = record.wiki.as_ref().map(|wiki| {
        let token = desk.environment.accounts.confluence.clone();
        let login = by_token(desk.environment.ui, token, "the wiki", "QUORATE_CONFLUENCE_TOKEN", Login::Bearer);
        Confluence::new(&wiki.url, &wiki.space, &wiki.parent, login, desk.effects.clone())
            .map_err(|error| CommandError::from_error(ExitCode::Usage, &error, "--confluence https://HOST/confluence"))
    });
    Ok(ProposalPlace {
        path: record.registry.clone(),
        scheme: scheme.clone(),
        author: (record.sender.name.clone(), record.sender.email.clone()),
        publish: if record.local { Publish::Nowhere } else { Publish::ToRemote },
        wiki: wiki.transpose()?,
        effects: desk.effects.clone(),
    })
}

fn tracker(desk: &Desk<'_>, record: &ProposalRecord, scheme: &Scheme) -> Result<Option<Jira>, CommandError> {
    let url = record.tracker.as_ref().or(scheme.tracker.as_ref().map(|tracker| &tracker.url));
    let Some(url) = url else { return Ok(None) };
    // Nobody is asked for a token by a link that is only convenient.
    let login = desk.environment.accounts.jira.clone().map_or(Login::Anonymous, Login::Bearer);
    let jira = Jira::new(url, login, desk.effects.clone());
    jira.map(Some).map_err(|error| CommandError::from_error(ExitCode::Usage, &error, "--tracker URL"))
}
