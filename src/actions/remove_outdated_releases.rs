// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards the release repository holds only the releases that this one
//! leaves in use; the archive keeps the others.

use serde::Deserialize;
use serde_json::Value;

use super::Services;
use super::removal::{Listing, Removal, directories};
use super::shell::{name_pattern, quoted};
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal};
use crate::release::{ReleaseKind, Version, outdated};
use crate::services::{Svn, SvnUrl};

/// Removes the releases that a new one makes outdated.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveOutdatedReleases {
    /// The project's directory in the release repository.
    pub url: SvnUrl,
    /// What stands before the version in the name of each release's directory.
    pub prefix: String,
    /// The version that is being released.
    pub version: String,
    /// The log message.
    pub message: String,
}

impl Action<Services> for RemoveOutdatedReleases {
    fn summary(&self) -> String {
        format!("Removes the releases from {} that {}{} makes outdated", self.url, self.prefix, self.version)
    }

    fn commands(&self, _world: &Services) -> Vec<String> {
        self.by_hand()
    }

    fn document(&self, cx: &Context<'_, Services>) -> Result<Option<String>, ActionError> {
        Removal::document(self, &cx.world.svn)
    }

    fn problems(&self, cx: &Context<'_, Services>) -> Result<Vec<Problem>, ActionError> {
        let own = format!("{}{}", self.prefix, self.version()?);
        if directories(&cx.world.svn, &self.url)?.names.contains(&own) {
            return Ok(Vec::new());
        }
        let what = format!("{own} is not in {}: what it replaces stays there until then", self.url);
        Ok(vec![Problem::new(what, "promote the release first")])
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        Removal::probe(self, cx)
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        super::subversion::demand(self.problems(cx)?)?;
        Removal::act(self, cx)
    }

    fn reversal(&self, outputs: &Value) -> Reversal {
        Removal::reversal(self, outputs)
    }

    fn undo(&self, cx: &Context<'_, Services>, outputs: &Value) -> Result<(), ActionError> {
        Removal::undo(self, cx, outputs)
    }
}

impl Removal for RemoveOutdatedReleases {
    fn url(&self) -> &SvnUrl {
        &self.url
    }

    fn message(&self) -> &str {
        &self.message
    }

    fn left(&self, svn: &Svn) -> Result<Listing, ActionError> {
        let version = self.version()?;
        let mut listing = directories(svn, &self.url)?;
        let present: Vec<Version> = listing.names.iter().filter_map(|name| self.version_of(name)).collect();
        let outdated = outdated(version, &present);
        listing.names.retain(|name| self.version_of(name).is_some_and(|version| outdated.contains(&version)));
        Ok(listing)
    }
}

impl RemoveOutdatedReleases {
    /// Which ones they are shows in the list.
    fn by_hand(&self) -> Vec<String> {
        let url = quoted(self.url.as_str());
        let releases = format!("{}[0-9]+\\.[0-9]+\\.[0-9]+$", name_pattern(&self.prefix).trim_end_matches('$'));
        let rule = match self.version().map(|version| (version, version.kind())) {
            Ok((version, ReleaseKind::Bugfix)) => format!("the releases {}.x below {version}", version.series()),
            Ok((version, ReleaseKind::Minor)) => {
                format!("the releases below {}.{}.0", version.major, version.minor.saturating_sub(1))
            }
            _ => "all but the newest series below this release".to_owned(),
        };
        vec![
            format!("svn list {url} | tr -d / | grep -E {} | sort -V", quoted(&releases)),
            format!("# outdated are {rule}; for each of them:"),
            format!("svn rm -m {} {url}/{}OUTDATED_VERSION", quoted(&self.message), quoted(&self.prefix)),
        ]
    }

    fn version(&self) -> Result<Version, ActionError> {
        self.version.parse().map_err(|error| ActionError::misconfigured(format!("{error}"), "correct the workflow"))
    }

    /// The version that a directory of that name is the release of.
    fn version_of(&self, name: &str) -> Option<Version> {
        name.strip_prefix(&self.prefix)?.parse().ok()
    }
}
