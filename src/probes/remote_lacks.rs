// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether refs are gone from the remote.

use serde::Deserialize;

use crate::actions::{Services, failures::git_failed};
use crate::engine::{ActionError, Context, Finding, Probe};

/// Parameters of `remote-lacks`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoteLacks {
    /// Full ref names.
    pub refs: Vec<String>,
}

impl Probe<Services> for RemoteLacks {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let names: Vec<&str> = self.refs.iter().map(String::as_str).collect();
        let there = cx.world.git.remote_refs(&names).map_err(git_failed)?;
        let faults: Vec<String> = there
            .iter()
            .filter(|(name, _)| !name.ends_with("^{}"))
            .map(|(name, id)| format!("the remote still has {name} at {id}"))
            .collect();
        if faults.is_empty() {
            return Ok(Finding::Holds(format!("the remote has none of {}", self.refs.join(", "))));
        }
        Ok(Finding::Fails(faults))
    }
}
