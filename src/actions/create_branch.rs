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
use super::clone::{clone_problems, demand_not_checked_out, log_entry};
use super::failures::{git_failed, outputs_do_not_fit};
use super::shell;
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal};

/// Parameters of `create-branch`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateBranch {
    /// The new branch, without `refs/heads/`.
    pub branch: String,
    /// The remote's branch that it starts from.
    pub from: String,
    /// The commit of that branch to start at; absent or empty where that is its tip.
    #[serde(default)]
    pub commit: Option<String>,
    /// Whether a branch of that name at the remote is in the way; it is, unless
    /// this says otherwise.
    #[serde(default = "yes")]
    pub remote_free: bool,
    /// Whether a branch of that name that was cut from `from` earlier is taken for
    /// the one to make: the record of who made it was lost.
    #[serde(default)]
    pub adopt: bool,
    /// Whether such a branch is taken only where the remote has it, or where it starts at
    /// the tip of `from`: one that stayed in the clone may be of an earlier attempt.
    #[serde(default)]
    pub pushed: bool,
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
    /// Where it was found, if it was there and has gone on since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

type Cx<'a> = Context<'a, Services>;

impl CreateBranch {
    fn local(&self) -> String {
        format!("refs/heads/{}", self.branch)
    }

    fn output(&self, commit: String) -> Value {
        let output = BranchCreated { branch: self.branch.clone(), commit, from: self.from.clone(), found: None };
        serde_json::to_value(output).expect("plain data")
    }

    /// How an earlier branch stands that was cut from the remote's `from`: the commit
    /// that it starts at is one of that branch's.
    fn adopted(&self, cx: &Cx<'_>, here: Option<&str>, there: Option<&str>) -> Result<Probed, ActionError> {
        let git = &cx.world.git;
        let Some(tip) = there.or(here) else { return Ok(Probed::Absent) };
        if there.is_some() {
            git.fetch_branch(&self.branch).map_err(git_failed)?;
        }
        let start = self.start(cx)?;
        let Some(base) = git.common_commit(tip, &start).map_err(git_failed)? else {
            return Ok(Probed::Conflict {
                found: format!("the branch {} at {tip}", self.branch),
                expected: format!("one that was cut from the remote's {}", self.from),
            });
        };
        if let Some(chosen) = self.chosen()
            && let Some(left) = git.common_commit(tip, &self.tip(cx)?).map_err(git_failed)?
            && left != chosen
        {
            return Ok(Probed::Conflict {
                found: format!("the branch {} at {tip}, which left the remote's {} at {left}", self.branch, self.from),
                expected: format!("none, or one from {chosen}, the commit that was chosen"),
            });
        }
        if self.pushed && there.is_none() && base != start {
            return Ok(Probed::Conflict {
                found: format!(
                    "a local branch {} at {tip}, which left the remote's {} at {base}",
                    self.branch, self.from
                ),
                expected: format!("none, or one that was pushed, or one from {start}, the tip of {}", self.from),
            });
        }
        let ahead = |one: &str, other: &str| git.is_ancestor(other, one).map_err(git_failed);
        let up_to_date = match (here, there) {
            (None, _) => false,
            (Some(here), Some(there)) if !ahead(here, there)? => {
                if ahead(there, here)? {
                    return Ok(Probed::Absent);
                }
                return Ok(Probed::Conflict {
                    found: format!("a local branch {} at {here}, which has parted from the remote's", self.branch),
                    expected: format!("{there}, where the remote's is, or what is built on that"),
                });
            }
            (Some(_), _) => true,
        };
        if !up_to_date {
            return Ok(Probed::Absent);
        }
        let found = here.filter(|here| *here != base).map(str::to_owned);
        let output = BranchCreated { branch: self.branch.clone(), commit: base, from: self.from.clone(), found };
        Ok(Probed::Done(serde_json::to_value(output).expect("plain data")))
    }

    fn chosen(&self) -> Option<&str> {
        self.commit.as_deref().filter(|commit| !commit.is_empty())
    }

    /// The commit that the new branch starts at: the one that was chosen, else the tip
    /// of the remote's branch.
    fn start(&self, cx: &Cx<'_>) -> Result<String, ActionError> {
        let tip = self.tip(cx)?;
        let Some(chosen) = self.chosen() else { return Ok(tip) };
        let git = &cx.world.git;
        if git.has_object(chosen).map_err(git_failed)? && git.is_ancestor(chosen, &tip).map_err(git_failed)? {
            return Ok(chosen.to_owned());
        }
        Err(ActionError::refused(
            format!("the commit {chosen} is not in the branch {} of the remote `{}`", self.from, git.remote()),
            "choose one that is: `quorate reconfigure --commit COMMIT --why …`",
        ))
    }

    fn tip(&self, cx: &Cx<'_>) -> Result<String, ActionError> {
        let git = &cx.world.git;
        git.fetch_branch(&self.from).map_err(git_failed)?.ok_or_else(|| {
            ActionError::refused(
                format!("the remote `{}` has no branch `{}`", git.remote(), self.from),
                "see that the clone's remote is the official repository: `git remote -v`",
            )
        })
    }
}

impl Action<Services> for CreateBranch {
    fn summary(&self) -> String {
        match self.chosen() {
            Some(commit) => format!("Creates the branch {} at {commit} of the remote's {}", self.branch, self.from),
            None => format!("Creates the branch {} at the tip of the remote's {}", self.branch, self.from),
        }
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        vec![
            shell::command(&["git", "fetch", world.git.remote(), &self.from]),
            shell::command(&["git", "branch", &self.branch, self.chosen().unwrap_or("FETCH_HEAD")]),
        ]
    }

    fn problems(&self, cx: &Cx<'_>) -> Result<Vec<Problem>, ActionError> {
        clone_problems(cx, &self.branch)
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let git = &cx.world.git;
        let here = git.reference(&self.local()).map_err(git_failed)?;
        // What our own push, or another step, has made of it since is for them to tell.
        if let Some(made) = &cx.intent.acted {
            let made: BranchCreated = serde_json::from_value(made.clone()).map_err(outputs_do_not_fit)?;
            if here.as_ref() == Some(made.found.as_ref().unwrap_or(&made.commit)) {
                return Ok(Probed::Done(serde_json::to_value(made).expect("plain data")));
            }
        }
        let there = git.remote_refs(&[&self.local()]).map_err(git_failed)?.remove(&self.local());
        if self.adopt {
            return self.adopted(cx, here.as_deref(), there.as_deref());
        }
        if let Some(there) = there.filter(|there| self.remote_free && here.as_ref() != Some(there)) {
            let found = format!("the branch {} at the remote, at {there}", self.branch);
            return Ok(Probed::Conflict { found, expected: "no branch of that name at the remote yet".into() });
        }
        let Some(here) = here else { return Ok(Probed::Absent) };
        let start = self.start(cx)?;
        // The remote's branch may have gone on since this very step made ours.
        let why = git.last_moved(&self.local()).map_err(git_failed)?;
        if here == start || why == Some(log_entry(cx)) {
            return Ok(Probed::Done(self.output(here)));
        }
        Ok(Probed::Conflict {
            found: format!("a local branch {} at {here}", self.branch),
            expected: match self.chosen() {
                Some(_) => format!("none, or one at {start}, the commit that was chosen"),
                None => format!("none, or one at {start}, the tip of the remote's {}", self.from),
            },
        })
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        let git = &cx.world.git;
        if self.adopt
            && let Some(there) = git.fetch_branch(&self.branch).map_err(git_failed)?
        {
            // The local branch is behind it or not there, or the probe had found a conflict.
            let here = git.reference(&self.local()).map_err(git_failed)?;
            git.move_reference(&self.local(), here.as_deref(), &there, &log_entry(cx)).map_err(git_failed)?;
            return match self.adopted(cx, Some(&there), Some(&there))? {
                Probed::Done(output) => Ok(output),
                _ => Err(ActionError::refused(format!("the branch {} went on meanwhile", self.branch), "run again")),
            };
        }
        let start = self.start(cx)?;
        git.move_reference(&self.local(), None, &start, &log_entry(cx)).map_err(git_failed)?;
        Ok(self.output(start))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Undo(format!("deletes the local branch {}, if it was not moved since", self.branch))
    }

    fn undo(&self, cx: &Cx<'_>, outputs: &Value) -> Result<(), ActionError> {
        let made: BranchCreated = serde_json::from_value(outputs.clone()).map_err(outputs_do_not_fit)?;
        demand_not_checked_out(cx, &self.local())?;
        cx.world.git.delete_reference(&self.local(), made.found.as_ref().unwrap_or(&made.commit)).map_err(git_failed)
    }
}

fn yes() -> bool {
    true
}
