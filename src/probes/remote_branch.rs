// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether the remote has a branch, and at least a commit on it.

use serde::Deserialize;

use crate::actions::{Services, failures::git_failed};
use crate::engine::{ActionError, Context, Finding, Probe};

/// Parameters of `remote-branch`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoteBranch {
    /// The branch, without `refs/heads/`.
    pub branch: String,
    /// A commit that must be on it.
    #[serde(default)]
    pub commit: Option<String>,
}

impl Probe<Services> for RemoteBranch {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let git = &cx.world.git;
        let Some(tip) = git.fetch_branch(&self.branch).map_err(git_failed)? else {
            return Ok(Finding::Fails(vec![format!("the remote `{}` has no branch {}", git.remote(), self.branch)]));
        };
        match &self.commit {
            Some(commit) if !git.is_ancestor(commit, &tip).map_err(git_failed)? => Ok(Finding::Fails(vec![format!(
                "{} at the remote is at {tip}, which does not have {commit}",
                self.branch
            )])),
            _ => Ok(Finding::Holds(format!("{} is at {} at the remote", self.branch, &tip[..12]))),
        }
    }
}
