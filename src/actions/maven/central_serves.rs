// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `maven-central-serves`: every module of the release can be had from Maven Central.

use serde::Deserialize;

use super::{Cx, central, modules};
use crate::actions::Services;
use crate::actions::failures::web_failed;
use crate::config::Maven;
use crate::engine::{ActionError, Finding, Probe};
use crate::release::MavenModule;
use crate::services::Central;

/// Whether Maven Central serves the artifacts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CentralServes {
    /// The product's Maven artifacts.
    maven: Box<Maven>,
    /// The tag's name.
    tag: String,
}

impl Probe<Services> for CentralServes {
    fn examine(&self, cx: &Cx<'_>) -> Result<Finding, ActionError> {
        let central = central(cx)?;
        let modules = modules(cx, &format!("refs/tags/{}", self.tag), &self.maven)?;
        Ok(match first_missing(central, &modules)? {
            None => Finding::Holds(format!("{} serves all {} modules", central.address(), modules.len())),
            Some(path) => Finding::Fails(vec![format!("{} does not serve {path}", central.address())]),
        })
    }
}

/// The first pom that is not served.
pub(super) fn first_missing(central: &Central, modules: &[MavenModule]) -> Result<Option<String>, ActionError> {
    for module in modules {
        let path = module.pom_path();
        if !central.serves(&path).map_err(web_failed)? {
            return Ok(Some(path));
        }
    }
    Ok(None)
}
