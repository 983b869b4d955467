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
use crate::release::{AllowedLeftover, EditRule, VersionChange, authority, other_snapshots};

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
        let mut faults = Vec::new();
        let npm = VersionChange::new(&self.version, &self.version).fill("@NPM_NEW@");
        match authority(&self.authority, &files) {
            Ok(found) if found == self.version || found == npm => {}
            Ok(found) => faults.push(format!("{} is at {found}, expected {}", self.branch, self.version)),
            Err(fault) => faults.push(fault.to_string()),
        }
        let left = other_snapshots(&files, &self.version, &self.allow)
            .map_err(|error| ActionError::misconfigured(error.to_string(), "correct the globs of `versions.allow`"))?;
        faults.extend(left.iter().map(ToString::to_string));
        if faults.is_empty() {
            return Ok(Finding::Holds(format!("{} is at {}", self.branch, self.version)));
        }
        Ok(Finding::Fails(faults))
    }
}
