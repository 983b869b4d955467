// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! By which rules a vote counts: bylaws, what is voted on by them, and the roster. All that
//! counts a vote, for a release or beside one, reads them here.

use jiff::Timestamp;

use super::electorate;
use crate::actions::failures::with_causes;
use crate::config::{Assets, Vote, load_bylaws};
use crate::engine::ActionError;
use crate::governance::{Action, Bylaws, Roster};

/// The rules of a vote, read.
#[derive(Debug)]
pub struct Rules {
    /// The bylaws.
    pub bylaws: Bylaws,
    /// What is voted on, as they have it.
    pub action: Action,
    /// Whose votes bind.
    pub roster: Roster,
}

/// The rules that `vote` names; the foundation's own lists as they are now.
///
/// # Errors
/// When they cannot be read, fetched or used.
pub fn rules(assets: &Assets, vote: &Vote, now: Timestamp) -> Result<Rules, ActionError> {
    let (bylaws, action) = bylaws_of(assets, vote)?;
    Ok(Rules { bylaws, action, roster: electorate(assets, vote, now)? })
}

/// The bylaws, and what is voted on by them.
///
/// # Errors
/// When there are none, they cannot be used, or name no such action.
pub fn bylaws_of(assets: &Assets, vote: &Vote) -> Result<(Bylaws, Action), ActionError> {
    let bylaws = load_bylaws(assets, &vote.bylaws).map_err(|error| {
        ActionError::misconfigured(
            with_causes(&error),
            "`[vote] bylaws` in the product's configuration names them, or --bylaws: a name, or a file; \
             docs/votes.md says how bylaws are written",
        )
    })?;
    match bylaws.action(&vote.action).cloned() {
        Some(action) => Ok((bylaws, action)),
        None => {
            let known: Vec<&str> = bylaws.actions.iter().map(|action| action.id.as_str()).collect();
            Err(ActionError::misconfigured(
                format!("the bylaws `{}` name no action `{}`", bylaws.title, vote.action),
                format!("they name {}", known.join(", ")),
            ))
        }
    }
}
