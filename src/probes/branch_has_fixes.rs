// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a branch at the remote has gone on since a commit, and each of its new
//! commits stands on the main branch too, as the same patch. Merges and empty
//! commits bring no patch of their own.

use serde::Deserialize;

use crate::actions::{
    Services,
    failures::git_failed,
    git_refs::{commit, remote_branch},
};
use crate::engine::{ActionError, Context, Finding, Probe};

/// Parameters of `branch-has-fixes`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BranchHasFixes {
    /// The branch, without `refs/heads/`.
    pub branch: String,
    /// The commit that the failed candidate was made from.
    pub since: String,
    /// The main branch.
    pub main: String,
}

impl Probe<Services> for BranchHasFixes {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let git = &cx.world.git;
        let Self { branch, main, .. } = self;
        let (here, there) = (remote_branch(cx, branch)?, remote_branch(cx, main)?);
        let since = commit(cx, &self.since)?;
        if !git.is_ancestor(since, here).map_err(git_failed)? {
            return Ok(Finding::Fails(vec![format!("{branch} at {here} does not follow on {since}")]));
        }
        let fixes = git.commits(since, here).map_err(git_failed)?;
        if fixes.is_empty() {
            return Ok(Finding::Fails(vec![format!("{branch} has no commit since {since}: nothing was fixed on it")]));
        }
        let on_main = git.patches_beside(there, here).map_err(git_failed)?;
        let mut faults = Vec::new();
        for fix in &fixes {
            let alone = fix.patch.is_some_and(|patch| !on_main.contains(&patch));
            if alone && !git.is_ancestor(fix.id, there).map_err(git_failed)? {
                faults.push(format!("{} ({}) is on {branch} and not on {main}", fix.id, fix.subject));
            }
        }
        if faults.is_empty() {
            return Ok(Finding::Holds(format!("{} fixes on {branch}, all of them on {main} too", fixes.len())));
        }
        Ok(Finding::Fails(faults))
    }
}
