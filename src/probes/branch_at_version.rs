// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether the tree of a branch at the remote says a version, and nothing in it
//! says another snapshot of the same product.

use serde::Deserialize;

use crate::actions::{Services, failures::git_failed, set_versions::read_tree};
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::release::{AllowedLeftover, EditRule, authority, other_snapshots};

/// Parameters of `branch-at-version`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BranchAtVersion {
    /// The branch, without `refs/heads/`.
    pub branch: String,
    /// What says the tree's version.
    pub authority: EditRule,
    /// The version that it must say.
    pub version: String,
    /// Where another may stay.
    #[serde(default)]
    pub allow: Vec<AllowedLeftover>,
}

impl Probe<Services> for BranchAtVersion {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let git = &cx.world.git;
        let Some(tip) = git.fetch_branch(&self.branch).map_err(git_failed)? else {
            return Ok(Finding::Fails(vec![format!("the remote `{}` has no branch {}", git.remote(), self.branch)]));
        };
        let files = read_tree(cx, &tip)?;
        let found = match authority(&self.authority, &files) {
            Ok(found) => found,
            Err(fault) => return Ok(Finding::Fails(vec![fault.to_string()])),
        };
        if found != self.version {
            return Ok(Finding::Fails(vec![format!("{} is at {found}, expected {}", self.branch, self.version)]));
        }
        let left = other_snapshots(&files, &self.version, &self.allow)
            .map_err(|error| ActionError::misconfigured(error.to_string(), "correct the globs of `versions.allow`"))?;
        if left.is_empty() {
            return Ok(Finding::Holds(format!("{} is at {}", self.branch, self.version)));
        }
        Ok(Finding::Fails(left.iter().map(ToString::to_string).collect()))
    }
}
