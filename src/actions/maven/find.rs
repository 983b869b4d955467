// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Finding the staging repositories that hold this version: by profile, account, time and
//! contents, and never because one is the first in a list.

use crate::actions::failures::web_failed;
use crate::engine::ActionError;
use crate::release::MavenModule;
use crate::services::{Nexus, StagingRepository, StagingState, Transition};

/// A staging repository that holds modules of this version.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub repository: StagingRepository,
    /// The modules whose pom it lacks.
    pub missing: Vec<String>,
}

impl Found {
    /// One line, for a person who has to choose.
    pub fn told(&self) -> String {
        let StagingRepository { repository_id, state, user_id, description, created_timestamp, .. } = &self.repository;
        let made = jiff::Timestamp::from_millisecond(*created_timestamp).unwrap_or_default();
        let lacks = match self.missing.len() {
            0 => String::new(),
            lacks => format!(", without {lacks} of its modules"),
        };
        let description = description.as_deref().unwrap_or_default();
        format!(
            "{repository_id} ({}, by {user_id}, {}, `{description}`{lacks})",
            state.word(),
            made.strftime("%Y-%m-%d %H:%M UTC")
        )
    }
}

/// Which repositories may be meant.
pub(super) struct Wanted<'a> {
    pub modules: &'a [MavenModule],
    /// The account, where it matters.
    pub user: Option<&'a str>,
    /// Those that are older, in seconds since 1970, are others'.
    pub since: Option<i64>,
}

/// Those of the repositories that are staged now, open or closed, and hold modules of this version.
pub(super) fn staged(nexus: &Nexus, profile: &str, wanted: &Wanted<'_>) -> Result<Vec<Found>, ActionError> {
    let mut found = Vec::new();
    for repository in nexus.repositories(profile).map_err(web_failed)? {
        let theirs = wanted.user.is_some_and(|user| repository.user_id != user);
        let older = wanted.since.is_some_and(|since| repository.created_timestamp < since * 1000);
        if theirs || older || repository.state == StagingState::Released {
            continue;
        }
        let missing = missing(nexus, &repository.repository_id, wanted.modules)?;
        if missing.len() < wanted.modules.len() {
            found.push(Found { repository, missing });
        }
    }
    Ok(found)
}

/// The modules whose pom a repository lacks.
pub(super) fn missing(nexus: &Nexus, id: &str, modules: &[MavenModule]) -> Result<Vec<String>, ActionError> {
    let mut missing = Vec::new();
    for module in modules {
        if !nexus.holds(id, &module.pom_path()).map_err(web_failed)? {
            missing.push(module.artifact.clone());
        }
    }
    Ok(missing)
}

/// Drops a repository and waits until it is gone.
pub(super) fn drop_repository(nexus: &Nexus, id: &str, why: &str) -> Result<(), ActionError> {
    let dropped = nexus.begin(Transition::Drop, &[id], why);
    let there = match &dropped {
        Err(error) if !error.may_have_happened() => nexus.repository(id),
        _ => nexus.settled(id),
    };
    match (there.map_err(web_failed)?, dropped) {
        // also where somebody else was faster
        (None, _) => Ok(()),
        (Some(_), Err(error)) => Err(web_failed(error)),
        (Some(_), Ok(())) => Err(ActionError::refused(
            format!("Nexus said that it drops {id}, and does not show it"),
            "run it again: it looks first whether it is gone",
        )),
    }
}
