// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Who may take part in a vote: a roster's file, or the foundation's own lists.

use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::actions::failures::with_causes;
use crate::config::{Assets, RulesError, Vote, WhimsyRoster, roster_named, with_aliases};
use crate::engine::ActionError;
use crate::governance::{FileUsed, Member, Office, Roster};
use crate::services::{Committee, CommitteeMember, Whimsy, WhimsyError};

/// The roster of the product, of today where the foundation is asked for it.
///
/// # Errors
/// When it cannot be read, fetched or used.
pub fn electorate(assets: &Assets, vote: &Vote, now: Timestamp) -> Result<Roster, ActionError> {
    let aliases = vote.aliases.as_deref().map(Path::new);
    match (&vote.roster, &vote.whimsy) {
        (Some(name), _) => roster_named(assets, name, aliases).map_err(|error| unusable(&error)),
        (None, Some(whimsy)) => with_aliases(fetched(whimsy, now)?, aliases).map_err(|error| unusable(&error)),
        (None, None) => Err(ActionError::misconfigured(
            "no roster says whose votes bind",
            "--roster FILE, or `[vote]` in the product's configuration; `quorate roster fetch` makes one",
        )),
    }
}

fn unusable(error: &RulesError) -> ActionError {
    ActionError::misconfigured(
        with_causes(error),
        "`[vote]` in the product's configuration names the roster and its aliases, or --roster and --alias; \
         docs/votes.md says how they are written, `quorate roster fetch` makes a roster",
    )
}

fn fetched(whimsy: &WhimsyRoster, now: Timestamp) -> Result<Roster, ActionError> {
    let client = Whimsy::new(&whimsy.url);
    let committee = client.committee(&whimsy.committee).map_err(|error| match error {
        WhimsyError::NoProject { .. } => {
            ActionError::misconfigured(format!("vote.whimsy.committee: {error}"), "name it as the foundation does")
        }
        error => ActionError::service(
            format!("the foundation's lists at {}", whimsy.url),
            error,
            "run again: without them nobody knows whose votes bind",
        ),
    })?;
    let source = format!("{}/committee-info.json", client.base());
    let mut roster = roster_of(&whimsy.committee, source.clone(), &committee, None, now);
    // of the same people on another day the digest is the same
    let mut people = roster.clone();
    people.as_of = None;
    roster.files.push(FileUsed::of(source, people.to_toml().as_bytes()));
    Ok(roster)
}

/// The roster of a project by the foundation's lists; addresses and who is emeritus are kept
/// from the roster `before`.
pub fn roster_of(
    project: &str,
    source: String,
    committee: &Committee,
    before: Option<&Roster>,
    now: Timestamp,
) -> Roster {
    let member = |one: &CommitteeMember| {
        let known = before.and_then(|before| before.member(&one.id));
        let roles = if one.pmc { vec![Office::Pmc, Office::Committer] } else { vec![Office::Committer] };
        Member {
            id: one.id.clone(),
            name: one.name.clone().or_else(|| known.map(|known| known.name.clone())).unwrap_or_else(|| one.id.clone()),
            emails: known.map(|known| known.emails.clone()).unwrap_or_default(),
            roles,
            emeritus: known.is_some_and(|known| known.emeritus),
            since: one.since,
        }
    };
    let today = now.to_zoned(TimeZone::UTC).date();
    Roster::of(project.to_owned(), Some(today), Some(source), committee.members.iter().map(member).collect())
}
