// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `await-maven-central`: done when Maven Central serves every module; there is nothing to
//! do but to wait.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::central_serves::first_missing;
use super::{Cx, central, modules};
use crate::actions::{Services, shell};
use crate::config::Maven;
use crate::engine::{Action, ActionError, Probed, Reversal};

/// How soon it is worth asking again.
const PAUSE: Duration = Duration::from_secs(15 * 60);

/// Waits until Maven Central serves the artifacts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwaitCentral {
    /// The product's Maven artifacts.
    maven: Box<Maven>,
    /// The tag's name.
    tag: String,
    /// The version.
    version: String,
}

impl Action<Services> for AwaitCentral {
    fn summary(&self) -> String {
        format!("Waits until {} serves every module", self.maven.repository)
    }

    fn commands(&self, _world: &Services) -> Vec<String> {
        let (root, group) = (self.maven.repository.trim_end_matches('/'), self.maven.profile.replace('.', "/"));
        let pom = format!("{root}/{group}/MODULE/{version}/MODULE-{version}.pom", version = self.version);
        vec![shell::command(&["curl", "--fail", "--head", &pom])]
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let central = central(cx)?;
        let modules = modules(cx, &format!("refs/tags/{}", self.tag), &self.maven)?;
        Ok(match first_missing(central, &modules)? {
            None => Probed::Done(json!({"modules": modules.len(), "central": central.address()})),
            Some(path) => Probed::Waiting {
                until: Some(cx.now + PAUSE),
                why: format!("{} does not serve {path} yet; it may take some hours", central.address()),
            },
        })
    }

    fn act(&self, _cx: &Cx<'_>) -> Result<Value, ActionError> {
        Err(ActionError::refused("Maven Central cannot be hurried", "run it again later"))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::NothingToUndo
    }
}
