// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a pull request is open, and not merged yet.

use serde::Deserialize;

use crate::actions::propose_change::Place;
use crate::actions::{Services, failures::web_failed};
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::services::PullState;

/// Parameters of `pull-request-open`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PullRequestOpen {
    /// The repository, as git takes it.
    pub repository: String,
    /// The branch that the change is for.
    pub base: String,
    /// The branch that has the change.
    pub branch: String,
}

impl Probe<Services> for PullRequestOpen {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let place = Place::open(cx, &self.repository)?;
        let github = &cx.world.github;
        let found = github.pull_of(&place.slug, &place.slug.owner, &self.branch, &self.base).map_err(web_failed)?;
        let fails = |what: String| Ok(Finding::Fails(vec![what]));
        match found {
            None => fails(format!("{} has no pull request of {} for {}", place.slug, self.branch, self.base)),
            Some(pull) => match pull.state {
                PullState::Open => Ok(Finding::Holds(format!("{} is open: {}", pull.link, pull.title))),
                PullState::Merged => fails(format!("{} is merged already", pull.link)),
                PullState::Closed => fails(format!("{} is closed, and not merged", pull.link)),
            },
        }
    }
}
