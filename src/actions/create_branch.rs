// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards a local branch stands at the tip of a branch of the remote, and
//! the remote has no branch of that name but ours.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Services;
use super::failures::{git_failed, outputs_do_not_fit};
use super::git_refs::{checked_out, recorded, remote_branch};
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal};
use crate::services::{Head, ObjectId, Untracked};

/// Parameters of `create-branch`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateBranch {
    /// The new branch, without `refs/heads/`.
    pub branch: String,
    /// The remote's branch that it starts from.
    pub from: String,
    /// Whether a branch of that name at the remote is in the way; it is, unless
    /// this says otherwise.
    #[serde(default = "yes")]
    pub remote_free: bool,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchCreated {
    /// The branch.
    pub branch: String,
    /// The commit that it starts at.
    pub commit: String,
    /// The remote's branch that it starts from.
    pub from: String,
}

impl Action<Services> for CreateBranch {
    fn summary(&self) -> String {
        format!("Creates the branch {} at the tip of the remote's {}", self.branch, self.from)
    }

    fn commands(&self) -> Vec<String> {
        vec![format!("git fetch origin {}", self.from), format!("git branch {} FETCH_HEAD", self.branch)]
    }

    fn problems(&self, cx: &Context<'_, Services>) -> Result<Vec<Problem>, ActionError> {
        let git = &cx.world.git;
        let place = git.path().display();
        let mut problems = Vec::new();
        let changed = git.changed_paths(Untracked::Ignored).map_err(git_failed)?;
        if !changed.is_empty() {
            problems.push(Problem::new(
                format!("{place} has changes that are in no commit: {}", some_of(&changed)),
                "commit them, or put them away by `git stash`",
            ));
        }
        if let Head::Detached(commit) = git.head().map_err(git_failed)? {
            problems.push(Problem::new(
                format!("{place} is at {commit} and on no branch"),
                "`git switch` to a branch, so that no commit gets lost",
            ));
        }
        problems.extend(checked_out(cx, &self.local())?);
        if let Some(there) = self.at_remote(cx)?.filter(|_| self.remote_free) {
            problems.push(Problem::new(
                format!("the remote `{}` has a branch {} already, at {there}", git.remote(), self.branch),
                "find out who made it and why; nothing here overwrites it",
            ));
        }
        Ok(problems)
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let here = cx.world.git.reference(&self.local()).map_err(git_failed)?;
        if let Some(made) = &cx.intent.acted {
            let made: BranchCreated = serde_json::from_value(made.clone()).map_err(outputs_do_not_fit)?;
            if here == Some(recorded(&made.commit)?) {
                return Ok(Probed::Done(output(&made)));
            }
        }
        let there = self.at_remote(cx)?.filter(|_| self.remote_free);
        let tip = remote_branch(cx, &self.from)?;
        match (here, there) {
            (None, None) => Ok(Probed::Absent),
            (Some(here), there) if there.is_none_or(|there| there == here) && self.starts(cx, here, tip)? => {
                Ok(Probed::Done(self.output(here)))
            }
            (_, Some(there)) => Ok(Probed::Conflict {
                found: format!("a branch {} at the remote, at {there}", self.branch),
                expected: format!("no branch of that name at the remote, or just {tip} here and there"),
            }),
            (Some(here), None) => Ok(Probed::Conflict {
                found: format!("a local branch {} at {here}", self.branch),
                expected: format!("none, or one at {tip}, the tip of the remote's {}", self.from),
            }),
        }
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let tip = remote_branch(cx, &self.from)?;
        let why = format!("branch: created from {}", self.from);
        cx.world.git.create_reference(&self.local(), tip, &why).map_err(git_failed)?;
        Ok(self.output(tip))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Undo(format!("deletes the local branch {}, if it was not moved since", self.branch))
    }

    fn undo(&self, cx: &Context<'_, Services>, outputs: &Value) -> Result<(), ActionError> {
        let made: BranchCreated = serde_json::from_value(outputs.clone()).map_err(outputs_do_not_fit)?;
        let git = &cx.world.git;
        if git.reference(&self.local()).map_err(git_failed)?.is_some()
            && let Some(problem) = checked_out(cx, &self.local())?
        {
            return Err(ActionError::refused(problem.what, problem.hint));
        }
        git.delete_reference(&self.local(), recorded(&made.commit)?).map_err(git_failed)
    }
}

impl CreateBranch {
    fn local(&self) -> String {
        format!("refs/heads/{}", self.branch)
    }

    fn at_remote(&self, cx: &Context<'_, Services>) -> Result<Option<ObjectId>, ActionError> {
        let name = self.local();
        let refs = cx.world.git.remote_refs(&[&name]).map_err(git_failed)?;
        Ok(refs.get(&name).map(|found| found.object))
    }

    /// Whether a branch at `here` starts at the tip; after an interruption also at
    /// what the tip was then.
    fn starts(&self, cx: &Context<'_, Services>, here: ObjectId, tip: ObjectId) -> Result<bool, ActionError> {
        if here == tip {
            return Ok(true);
        }
        Ok(cx.intent.resumed && cx.world.git.is_ancestor(here, tip).map_err(git_failed)?)
    }

    fn output(&self, commit: ObjectId) -> Value {
        output(&BranchCreated { branch: self.branch.clone(), commit: commit.to_string(), from: self.from.clone() })
    }
}

fn output(made: &BranchCreated) -> Value {
    serde_json::to_value(made).expect("plain data")
}

fn some_of(paths: &[String]) -> String {
    let named = paths.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
    if paths.len() > 5 { format!("{named} and {} more", paths.len() - 5) } else { named }
}

fn yes() -> bool {
    true
}
