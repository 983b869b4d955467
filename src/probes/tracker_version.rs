// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `tracker-version`: a version is in the issue tracker, released or not yet.

use serde::Deserialize;

use crate::actions::Services;
use crate::actions::failures::web_failed;
use crate::actions::tracker::tracker;
use crate::engine::{ActionError, Context, Finding, Probe};

/// Whether the tracker has a version, and as what.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrackerVersionIs {
    /// The project's key.
    pub project: String,
    /// The version's name.
    pub name: String,
    /// Whether it is to be marked as released.
    pub released: bool,
}

impl Probe<Services> for TrackerVersionIs {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let Self { project, name, released } = self;
        let found = tracker(cx.world)?.version(project, name).map_err(web_failed)?;
        let fails = |what: String| Ok(Finding::Fails(vec![what]));
        let Some(version) = found else { return fails(format!("{project} has no version {name}")) };
        match (released, version.released, version.release_date) {
            (_, _, _) if version.archived => fails(format!("{name} is archived")),
            (true, false, _) => fails(format!("{name} is not marked as released")),
            (true, true, None) => fails(format!("{name} is marked as released, without a day")),
            (true, true, Some(day)) => Ok(Finding::Holds(format!("{name} was released on {day}"))),
            (false, true, _) => fails(format!("{name} is marked as released already")),
            (false, false, _) => Ok(Finding::Holds(format!("{name} is there, and not released"))),
        }
    }
}
