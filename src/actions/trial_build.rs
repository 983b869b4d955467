// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `trial-build`: the release build has worked over the commit of a ref.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Services;
use super::building::{Receipt, Site, missing_for};
use super::failures::{git_failed, outputs_do_not_fit};
use super::shell;
use crate::config::Build;
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal};

/// A build whose outputs nobody wants.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialBuild {
    /// What to build: a ref, or anything that git takes for a commit.
    #[serde(rename = "ref")]
    reference: String,
    /// How.
    build: Build,
    /// Whether it is passed over where a program is missing.
    #[serde(default)]
    stand_ins: bool,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialBuildOutput {
    /// The log, from the root of the workspace.
    pub log: String,
    /// Why nothing was built, where nothing was.
    pub stand_in: Option<String>,
}

impl Action<Services> for TrialBuild {
    fn summary(&self) -> String {
        format!("builds “{}” from {}, to see that the release build works", self.build.title, self.reference)
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let tree = "../trial-tree";
        let mut commands = Vec::new();
        let remote = world.git.remote();
        if let Some(branch) = self.reference.strip_prefix(remote).and_then(|rest| rest.strip_prefix('/')) {
            commands.push(shell::command(&["git", "fetch", remote, branch]));
        }
        commands.push(shell::command(&["git", "worktree", "add", "--detach", tree, &self.reference]));
        commands.push(shell::build(&self.build, tree));
        commands.push(shell::command(&["git", "worktree", "remove", "--force", tree]));
        commands
    }

    fn problems(&self, cx: &Context<'_, Services>) -> Result<Vec<Problem>, ActionError> {
        let mut problems = if self.stand_ins { Vec::new() } else { missing_for([&self.build]) };
        if let Err(error) = cx.world.git.peeled_commit(&self.reference) {
            let what = format!("there is no commit {} in the clone: {error}", self.reference);
            problems.push(Problem::new(what, "fetch it first"));
        }
        Ok(problems)
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let (build, commit) = self.work(cx)?;
        let site = self.site(&build, &commit);
        let receipt = site.receipt(cx, &cx.world.workspace.artifacts("trees"))?;
        receipt.map_or(Ok(Probed::Absent), |receipt| Ok(Probed::Done(output(&site, receipt)?)))
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let (build, commit) = self.work(cx)?;
        let site = self.site(&build, &commit);
        let receipt = site.run(cx, &cx.world.workspace.artifacts("trees"))?;
        output(&site, receipt)
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::NothingToUndo
    }
}

impl TrialBuild {
    /// The build without its outputs, and the commit that it is to be over.
    fn work(&self, cx: &Context<'_, Services>) -> Result<(Build, String), ActionError> {
        let commit = cx.world.git.peeled_commit(&self.reference).map_err(git_failed)?;
        Ok((Build { outputs: Vec::new(), ..self.build.clone() }, commit.id))
    }

    fn site<'a>(&self, build: &'a Build, commit: &'a str) -> Site<'a> {
        Site {
            build,
            place: format!("trial-{}", build.id),
            commit,
            stand_in: self.stand_ins,
            arrivals: String::new(),
            version: None,
        }
    }
}

fn output(site: &Site<'_>, receipt: Receipt) -> Result<Value, ActionError> {
    let output = TrialBuildOutput { log: site.log(), stand_in: receipt.stand_in };
    serde_json::to_value(output).map_err(outputs_do_not_fit)
}
