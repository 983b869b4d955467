// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether everything that looks at a commit at GitHub found it good.

use serde::Deserialize;

use crate::actions::{Services, failures::web_failed};
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::services::RunState;

/// Parameters of `checks-passed`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChecksPassed {
    /// The repository, as git takes it.
    pub repository: String,
    /// The commit.
    pub commit: String,
}

impl Probe<Services> for ChecksPassed {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let slug = cx
            .world
            .github
            .repository(&self.repository)
            .map_err(|error| ActionError::misconfigured(error.to_string(), "set `github.repository`"))?;
        let short: String = self.commit.chars().take(12).collect();
        let runs = match cx.world.github.standing(&slug, &self.commit) {
            // GitHub's answer for a commit that it has not got
            Err(error) if error.status().is_some_and(|status| status == 422 || status == 404) => {
                return Ok(Finding::Fails(vec![format!("{slug} does not have the commit {short}")]));
            }
            other => other.map_err(web_failed)?,
        };
        let faults: Vec<String> = runs
            .iter()
            .filter_map(|run| {
                let how = match &run.state {
                    RunState::Passed | RunState::Skipped => return None,
                    RunState::Running => "has not ended".to_owned(),
                    RunState::Failed(how) => format!("ended with {how}"),
                };
                let link = run.link.as_ref().map(|link| format!(" ({link})")).unwrap_or_default();
                Some(format!("`{}` {how}{link}", run.name))
            })
            .collect();
        let passed = runs.iter().filter(|run| run.state == RunState::Passed).count();
        let skipped = runs.iter().filter(|run| run.state == RunState::Skipped).count();
        Ok(match (passed, skipped, faults.is_empty()) {
            (_, _, false) => Finding::Fails(faults),
            (0, 0, _) => Finding::Fails(vec![format!("nothing at GitHub looked at {short}")]),
            (0, _, _) => Finding::Fails(vec![format!("all {skipped} checks of {short} were skipped: nothing ran")]),
            (count, 0, _) => Finding::Holds(format!("all {count} checks of {short} passed")),
            (count, _, _) => Finding::Holds(format!("{count} checks of {short} passed, {skipped} were skipped")),
        })
    }
}
