// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether values that rules set stand in the tree of a branch at the remote.

use serde::Deserialize;

use crate::actions::{Services, failures::git_failed, set_versions::read_tree};
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::release::{EditRule, Edits, VersionChange, apply};

/// Parameters of `edits-hold`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditsHold {
    /// The branch, without `refs/heads/`.
    pub branch: String,
    /// Lists of rules; all hold at once.
    pub rules: Vec<Vec<EditRule>>,
    /// The version that `@NEW@` stands for; without it no rule names one.
    #[serde(default)]
    pub version: Option<String>,
}

impl Probe<Services> for EditsHold {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let git = &cx.world.git;
        let Some(tip) = git.fetch_branch(&self.branch).map_err(git_failed)? else {
            return Ok(Finding::Fails(vec![format!("the remote `{}` has no branch {}", git.remote(), self.branch)]));
        };
        let files = read_tree(cx, &tip)?;
        let rules: Vec<EditRule> = self.rules.iter().flatten().cloned().collect();
        let versions = self.version.as_ref().map(|version| VersionChange::new(version, version));
        match apply(&files, &rules, versions.as_ref()) {
            Err(faults) => Ok(Finding::Fails(faults.0.iter().map(ToString::to_string).collect())),
            Ok(edits) if !edits.changed.is_empty() => Ok(Finding::Fails(differences(&rules, &edits))),
            Ok(_) => Ok(Finding::Holds(format!("all {} values stand in {}", rules.len(), self.branch))),
        }
    }
}

/// Each place that is not as its rule says, in the files that differ in the end.
fn differences(rules: &[EditRule], edits: &Edits) -> Vec<String> {
    let mut texts = Vec::new();
    for (rule, hits) in rules.iter().zip(&edits.hits) {
        let differing = hits.iter().filter(|hit| hit.before != hit.after && edits.changed.contains_key(&hit.path));
        texts.extend(differing.map(|hit| {
            let found = if hit.before.is_empty() { "nothing".to_owned() } else { format!("`{}`", hit.before) };
            format!("{}:{}: found {found}, expected `{}` (rule {})", hit.path, hit.line, hit.after, rule.describe())
        }));
    }
    texts
}
