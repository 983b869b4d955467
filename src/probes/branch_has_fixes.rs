// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a branch at the remote has gone on since a commit, and each of its new
//! commits stands on the main branch too: as the same patch, or as the commit that it was
//! picked from, which has its author, time and title.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::actions::{Services, failures::git_failed};
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::services::Patch;

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

impl BranchHasFixes {
    /// A candidate may have failed for something else than its sources, which no commit mends.
    fn nothing(&self, what: &str) -> String {
        format!(
            "{} has {what} since {}: nothing was fixed on it; where the sources were not at fault, leave this check out \
             and say what was",
            self.branch, self.since
        )
    }
}

impl Probe<Services> for BranchHasFixes {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let git = &cx.world.git;
        let tip = |branch: &str| {
            git.fetch_branch(branch).map_err(git_failed)?.ok_or_else(|| {
                ActionError::refused(
                    format!("the remote `{}` has no branch {branch}", git.remote()),
                    "see `git ls-remote`",
                )
            })
        };
        let (here, main) = (tip(&self.branch)?, tip(&self.main)?);
        if !git.is_ancestor(&self.since, &here).map_err(git_failed)? {
            return Ok(Finding::Fails(vec![format!(
                "{} at {here} does not have {}, where the candidate began: it was moved by force",
                self.branch, self.since
            )]));
        }
        let count = git.count_commits(&self.since, &here).map_err(git_failed)?;
        if count == 0 {
            return Ok(Finding::Fails(vec![self.nothing("no commit")]));
        }
        // What came by merging the main branch is on it as it is; the rest must be there as a patch.
        let picked = git.patches(&[&self.since, &main], &here).map_err(git_failed)?;
        let on_main = git.patches(&[&self.since], &main).map_err(git_failed)?;
        let theirs = git.patches(&[&self.since], &here).map_err(git_failed)?;
        if theirs.iter().all(|commit| commit.patch.is_none()) {
            return Ok(Finding::Fails(vec![self.nothing("no commit that changes a file")]));
        }
        let same: BTreeSet<&String> = on_main.iter().filter_map(|patch| patch.patch.as_ref()).collect();
        let origins: BTreeSet<_> = on_main.iter().map(|patch| (&patch.authored, &patch.summary)).collect();
        let differ = picked.iter().filter(|fix| fix.patch.as_ref().is_some_and(|patch| !same.contains(patch)));
        let (adapted, alone): (Vec<&Patch>, Vec<&Patch>) =
            differ.partition(|fix| origins.contains(&(&fix.authored, &fix.summary)));
        let faults: Vec<String> = alone
            .iter()
            .map(|fix| {
                format!(
                    "{} ({}) is on {}, and {} has neither its change nor a commit of its author, time and title",
                    &fix.commit[..12],
                    fix.summary,
                    self.branch,
                    self.main
                )
            })
            .collect();
        if faults.is_empty() {
            let adapted = match adapted.len() {
                0 => String::new(),
                number => format!("; {number} of them not as the same change, but by author, time and title"),
            };
            let said = match count {
                1 => format!("1 new commit on {}, whose change is on {} too{adapted}", self.branch, self.main),
                _ => {
                    format!(
                        "{count} new commits on {}, whose changes are all on {} too{adapted}",
                        self.branch, self.main
                    )
                }
            };
            return Ok(Finding::Holds(said));
        }
        Ok(Finding::Fails(faults))
    }
}
