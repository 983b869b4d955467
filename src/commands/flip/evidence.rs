// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Looking evidence up: a vote's tally, an issue at the tracker.

use std::path::Path;

use super::registry::{Registry, failed};
use crate::commands::CommandError;
use crate::commands::accounts::by_token;
use crate::commands::environment::Environment;
use crate::governance::proposals::{Field, Page, Stage, TallyRead};
use crate::services::{Effects, FileChange, Jira, Login};
use crate::ui::ExitCode;

/// A tally that was given, and the file that it is kept in.
#[derive(Debug)]
pub struct Tallied {
    /// What it says.
    pub read: TallyRead,
    /// Its file in the registry.
    pub file: FileChange,
}

impl Tallied {
    /// The tally that it replaces, and itself, in short; nothing where it replaces none.
    pub fn replaced(&self) -> Option<(String, String)> {
        let before = self.file.before.as_ref().filter(|_| self.file.before != self.file.after)?;
        let read = serde_json::from_str::<TallyRead>(before);
        Some((read.map_or_else(|_| "no tally".to_owned(), |read| read.summary()), self.read.summary()))
    }
}

/// Reads a tally; it is kept in the registry as it is.
pub fn read_tally(registry: &Registry, page: &Page, file: &Path) -> Result<Tallied, CommandError> {
    let shown = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| CommandError::usage(format!("cannot read {shown}: {error}"), "it is a file of JSON"))?;
    let read: TallyRead = serde_json::from_str(&text).map_err(|error| {
        CommandError::usage(
            format!("{shown}:{}: no tally: {error}", error.line()),
            "`quorate vote tally --json > tally.json` writes one",
        )
    })?;
    let name = page.place.rsplit('/').next().unwrap_or(&page.place).trim_end_matches(".md");
    let place = format!("tallies/{name}.json");
    let before = registry.git.read(&place).map_err(failed)?;
    Ok(Tallied { read, file: FileChange::new(place, before, Some(text)) })
}

/// Asks the tracker for a page's issue.
pub fn look_up(
    environment: &Environment,
    registry: &Registry,
    page: &Page,
    tracker: Option<&str>,
) -> Result<(), CommandError> {
    let (Some(key), Some(of_scheme)) = (page.set(Field::Jira), &registry.scheme.tracker) else { return Ok(()) };
    let url = tracker.unwrap_or(&of_scheme.url);
    let token = environment.accounts.jira.clone();
    let login = by_token(environment.ui, token, "the issue tracker", "QUORATE_JIRA_TOKEN", Login::Bearer);
    let unusable = |error| CommandError::from_error(ExitCode::Usage, &error, "--tracker URL");
    let jira = Jira::new(url, login, Effects::unwatched()).map_err(unusable)?;
    let issue = jira.issue(key).map_err(|error| match error.is_missing() {
        true => CommandError::new(
            ExitCode::DoesNotHold,
            format!("{} shows no issue {key}", jira.base()),
            "nothing was written; give the key as the tracker shows it",
        ),
        false => {
            let hint = format!("nothing was written; {}, or --offline", error.hint());
            CommandError::from_error(ExitCode::Service, &error, hint)
        }
    })?;
    let released = page.state(&registry.scheme).is_some_and(|state| state.stage >= Stage::Accepted);
    if released && issue.resolution.is_none() {
        environment.ui.warn(&format!("{key} is {} at the tracker: {}", issue.status, issue.summary));
    }
    Ok(())
}
