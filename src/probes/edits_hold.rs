// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether values that rules set stand in the tree of a branch at the remote.

use serde::Deserialize;

use crate::actions::{Services, failures::git_failed, set_versions::read_tree};
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::release::{EditRule, apply};

/// Parameters of `edits-hold`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditsHold {
    /// The branch, without `refs/heads/`.
    pub branch: String,
    /// Lists of rules; none of them names a version by `@NEW@`.
    pub rules: Vec<Vec<EditRule>>,
}

impl Probe<Services> for EditsHold {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let git = &cx.world.git;
        let Some(tip) = git.fetch_branch(&self.branch).map_err(git_failed)? else {
            return Ok(Finding::Fails(vec![format!("the remote `{}` has no branch {}", git.remote(), self.branch)]));
        };
        let files = read_tree(cx, &tip)?;
        let rules: Vec<EditRule> = self.rules.iter().flatten().cloned().collect();
        match apply(&files, &rules, None) {
            Err(faults) => Ok(Finding::Fails(faults.0.iter().map(ToString::to_string).collect())),
            Ok(edited) if !edited.changed.is_empty() => Ok(Finding::Fails(
                edited
                    .changed
                    .keys()
                    .map(|path| format!("{path} of {} is not as the rules say", self.branch))
                    .collect(),
            )),
            Ok(_) => Ok(Finding::Holds(format!("all {} values stand in {}", rules.len(), self.branch))),
        }
    }
}
