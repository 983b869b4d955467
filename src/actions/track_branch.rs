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
use super::clone::{clone_problems, log_entry};
use super::failures::git_failed;
use super::shell;
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal};

/// Parameters of `track-branch`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrackBranch {
    /// The branch, without `refs/heads/`.
    pub branch: String,
}

#[derive(Debug, Serialize)]
struct Output<'a> {
    branch: &'a str,
    commit: String,
}

impl TrackBranch {
    fn local(&self) -> String {
        format!("refs/heads/{}", self.branch)
    }

    fn output(&self, commit: String) -> Value {
        serde_json::to_value(Output { branch: &self.branch, commit }).expect("plain data")
    }

    fn remote_tip(&self, cx: &Context<'_, Services>) -> Result<String, ActionError> {
        let git = &cx.world.git;
        git.fetch_branch(&self.branch).map_err(git_failed)?.ok_or_else(|| {
            ActionError::refused(
                format!("the remote `{}` has no branch `{}`", git.remote(), self.branch),
                "a bugfix release needs its series' branch; is the version right?",
            )
        })
    }

    /// The local branch, if there is one, and the remote's, which it does not lead.
    fn tips(&self, cx: &Context<'_, Services>) -> Result<(Option<String>, String), ActionError> {
        let git = &cx.world.git;
        let there = self.remote_tip(cx)?;
        let here = git.reference(&self.local()).map_err(git_failed)?;
        if let Some(here) = &here
            && !git.is_ancestor(here, &there).map_err(git_failed)?
        {
            return Err(ActionError::Conflict {
                found: format!("the local {} at {here}, with commits that the remote's has not", self.branch),
                expected: format!("{there}, or one of its ancestors"),
            });
        }
        Ok((here, there))
    }
}

impl Action<Services> for TrackBranch {
    fn summary(&self) -> String {
        format!("Brings the local branch {} to where the remote's is", self.branch)
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        vec![shell::command(&["git", "fetch", world.git.remote(), &format!("{0}:{0}", self.branch)])]
    }

    fn problems(&self, cx: &Context<'_, Services>) -> Result<Vec<Problem>, ActionError> {
        clone_problems(cx, &self.branch)
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        match self.tips(cx) {
            Ok((Some(here), there)) if here == there => Ok(Probed::Done(self.output(here))),
            Ok(_) => Ok(Probed::Absent),
            Err(ActionError::Conflict { found, expected }) => Ok(Probed::Conflict { found, expected }),
            Err(error) => Err(error),
        }
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let (here, there) = self.tips(cx)?;
        let moved = cx.world.git.move_reference(&self.local(), here.as_deref(), &there, &log_entry(cx));
        moved.map_err(git_failed)?;
        Ok(self.output(there))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::NothingToUndo
    }
}
