// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards a directory of the repository has no subdirectories whose names
//! match; what was removed is still in the repository's history.

use serde::Deserialize;
use serde_json::Value;

use super::Services;
use super::removal::{self, Listing, Removal, directories};
use super::subversion::{matcher, revision_of_directory};
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal};
use crate::services::{Depth, EntryKind, Revision, Svn, SvnUrl};

/// Removes directories by a glob over their names: the candidates of a release.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveDirectories {
    /// The directory that they are in.
    pub url: SvnUrl,
    /// The glob; it begins with a letter or digit, so that a slip can't mean all.
    pub matching: String,
    /// The log message.
    pub message: String,
    /// The revision that made them: what came to them later is somebody else's, and not removed.
    #[serde(default)]
    pub as_of: Option<Revision>,
}

impl RemoveDirectories {
    /// What is in the directories that was not there at `as_of`, each with its revision.
    fn foreign(&self, svn: &Svn, listing: &Listing) -> Result<Vec<String>, ActionError> {
        let Some(as_of) = self.as_of else { return Ok(Vec::new()) };
        let mut foreign = Vec::new();
        for name in &listing.names {
            let url = self.url.join(name)?;
            for entry in svn.list(&url, Depth::Whole, Some(listing.at))? {
                if entry.revision > as_of && entry.kind == EntryKind::File {
                    foreign.push(format!("{name}/{} ({})", entry.name, entry.revision));
                }
            }
        }
        Ok(foreign)
    }
}

impl Action<Services> for RemoveDirectories {
    fn summary(&self) -> String {
        format!("Removes the directories {} from {}, in one commit", self.matching, self.url)
    }

    fn commands(&self, _world: &Services) -> Vec<String> {
        removal::commands(&self.url, &self.message, &self.matching)
    }

    fn document(&self, cx: &Context<'_, Services>) -> Result<Option<String>, ActionError> {
        Removal::document(self, &cx.world.svn)
    }

    fn problems(&self, cx: &Context<'_, Services>) -> Result<Vec<Problem>, ActionError> {
        revision_of_directory(&cx.world.svn, &self.url)?;
        let foreign = self.foreign(&cx.world.svn, &self.left(&cx.world.svn)?)?;
        let problem = || {
            Problem::new(
                format!("somebody else changed what is to be removed from {}: {}", self.url, foreign.join(", ")),
                "ask whose it is (`svn log` names them); once it is copied away and removed, run it again",
            )
        };
        Ok((!foreign.is_empty()).then(problem).into_iter().collect())
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        Removal::probe(self, cx)
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        Removal::act(self, cx)
    }

    fn reversal(&self, outputs: &Value) -> Reversal {
        Removal::reversal(self, outputs)
    }

    fn undo(&self, cx: &Context<'_, Services>, outputs: &Value) -> Result<(), ActionError> {
        Removal::undo(self, cx, outputs)
    }
}

impl Removal for RemoveDirectories {
    fn url(&self) -> &SvnUrl {
        &self.url
    }

    fn message(&self) -> &str {
        &self.message
    }

    fn left(&self, svn: &Svn) -> Result<Listing, ActionError> {
        if !self.matching.starts_with(|first: char| first.is_ascii_alphanumeric()) {
            return Err(ActionError::misconfigured(
                format!("`{}` could match any directory of {}", self.matching, self.url),
                "have the glob begin with the product's name",
            ));
        }
        let matcher = matcher(&self.matching)?;
        let mut listing = directories(svn, &self.url)?;
        listing.names.retain(|name| matcher.is_match(name));
        Ok(listing)
    }
}
