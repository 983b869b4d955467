// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a branch of another repository of the project has what a release changes there;
//! where the branch is gone, whether the one that it was for has it.

use serde::Deserialize;

use crate::actions::propose_change::{Place, PlannedCommit};
use crate::actions::{Services, failures::web_failed};
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::services::Link;

/// Parameters of `change-holds`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeHolds {
    /// The repository, as git takes it.
    pub repository: String,
    /// The branch that the change is for.
    pub base: String,
    /// The branch that has the change.
    pub branch: String,
    /// What it must have, as the step that makes it says it.
    pub commits: Vec<PlannedCommit>,
    /// The directory of the workspace with the prepared texts.
    #[serde(default)]
    pub texts: String,
    /// Pages that must answer.
    #[serde(default)]
    pub pages: Vec<String>,
}

impl Probe<Services> for ChangeHolds {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let place = Place::open(cx, &self.repository)?;
        let (branch, tip) = match (place.tip(&self.branch)?, place.tip(&self.base)?) {
            (Some(tip), _) => (&self.branch, tip),
            (None, Some(tip)) => (&self.base, tip),
            (None, None) => {
                let what = format!("{} has neither the branch {} nor {}", place.slug, self.branch, self.base);
                return Ok(Finding::Fails(vec![what]));
            }
        };
        let mut faults = Vec::new();
        for planned in &self.commits {
            if !planned.holds(cx, &place, &self.texts, &tip)? {
                faults.push(format!("{branch} of {} does not have all of: {}", place.slug, planned.told()));
            }
        }
        for page in &self.pages {
            if let Link::Broken(why) = cx.world.pages.link(page).map_err(web_failed)? {
                faults.push(format!("{page}: {why}"));
            }
        }
        Ok(match faults.is_empty() {
            true => Finding::Holds(format!("{branch} of {} has it, at {}", place.slug, &tip[..12])),
            false => Finding::Fails(faults),
        })
    }
}
