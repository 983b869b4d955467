// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards the local branch is where the remote's is; it was only ever moved
//! forward.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Services;
use super::failures::git_failed;
use super::git_refs::{checked_out, remote_branch};
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal};
use crate::services::ObjectId;

/// Parameters of `track-branch`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrackBranch {
    /// The branch, without `refs/heads/`.
    pub branch: String,
}

/// Where the branch is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchTracked {
    /// The branch.
    pub branch: String,
    /// The commit that it is at, here and at the remote.
    pub commit: String,
}

impl Action<Services> for TrackBranch {
    fn summary(&self) -> String {
        format!("Brings the local branch {} to where the remote's is", self.branch)
    }

    fn commands(&self) -> Vec<String> {
        vec![format!("git fetch origin {0}:{0}", self.branch)]
    }

    fn problems(&self, cx: &Context<'_, Services>) -> Result<Vec<Problem>, ActionError> {
        let problem = checked_out(cx, &self.local())?;
        Ok(problem
            .map(|problem| Problem { hint: "`git pull --ff-only` there".to_owned(), ..problem })
            .into_iter()
            .collect())
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let git = &cx.world.git;
        let there = remote_branch(cx, &self.branch)?;
        let Some(here) = git.reference(&self.local()).map_err(git_failed)? else { return Ok(Probed::Absent) };
        if here == there {
            return Ok(Probed::Done(self.output(here)));
        }
        if git.is_ancestor(here, there).map_err(git_failed)? {
            return Ok(Probed::Absent);
        }
        Ok(Probed::Conflict {
            found: format!("the local {} at {here}, with commits that the remote's has not", self.branch),
            expected: format!("{there}, or one of its ancestors"),
        })
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let git = &cx.world.git;
        let there = remote_branch(cx, &self.branch)?;
        let why = format!("fetch {}: fast-forward", git.remote());
        match git.reference(&self.local()).map_err(git_failed)? {
            None => git.create_reference(&self.local(), there, &why),
            Some(here) if git.is_ancestor(here, there).map_err(git_failed)? => {
                git.move_reference(&self.local(), here, there, &why)
            }
            Some(here) => {
                return Err(ActionError::Conflict {
                    found: format!("the local {} at {here}", self.branch),
                    expected: format!("{there}, or one of its ancestors"),
                });
            }
        }
        .map_err(git_failed)?;
        Ok(self.output(there))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::NothingToUndo
    }
}

impl TrackBranch {
    fn local(&self) -> String {
        format!("refs/heads/{}", self.branch)
    }

    fn output(&self, commit: ObjectId) -> Value {
        let output = BranchTracked { branch: self.branch.clone(), commit: commit.to_string() };
        serde_json::to_value(output).expect("plain data")
    }
}
