// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `maven-central-serves`: every module of the release can be had from Maven Central, and each
//! file there has the bytes that were voted on.

use serde::Deserialize;

use super::close_nexus::list_file;
use super::inventory::differing;
use super::{Cx, central, modules};
use crate::actions::Services;
use crate::actions::failures::{web_failed, workspace_failed};
use crate::config::Maven;
use crate::engine::{ActionError, Finding, Probe};
use crate::release::{MavenModule, Sha512};
use crate::services::Central;

/// Whether Maven Central serves the artifacts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CentralServes {
    /// The product's Maven artifacts.
    maven: Box<Maven>,
    /// The tag's name.
    tag: String,
    /// The candidate's directory in the workspace, where the list of the voted files is.
    #[serde(default)]
    directory: String,
    /// The SHA-512 of that list, as it was recorded with the mail of the vote; without it the
    /// poms alone are asked for.
    #[serde(default)]
    sha512: Option<Sha512>,
}

impl Probe<Services> for CentralServes {
    fn examine(&self, cx: &Cx<'_>) -> Result<Finding, ActionError> {
        let central = central(cx)?;
        let modules = modules(cx, &format!("refs/tags/{}", self.tag), &self.maven)?;
        if let Some(path) = first_missing(central, &modules)? {
            return Ok(Finding::Fails(vec![format!("{} does not serve {path}", central.address())]));
        }
        let Some(sha512) = &self.sha512 else {
            return Ok(Finding::Holds(format!("{} serves all {} modules", central.address(), modules.len())));
        };
        let file = list_file(&self.directory);
        let list = cx.world.workspace.read(&file).map_err(workspace_failed)?.unwrap_or_default();
        if Sha512::of(&list) != *sha512 {
            let place = cx.world.workspace.path(&file).display().to_string();
            let fault = format!("{place} is not the list of the voted files any more: nothing to compare with");
            return Ok(Finding::Fails(vec![fault]));
        }
        let (count, faults) = differing(central.address(), &String::from_utf8_lossy(&list))?;
        Ok(match faults.is_empty() {
            true => Finding::Holds(format!("the {count} files at {} are those that were voted on", central.address())),
            false => Finding::Fails(faults),
        })
    }
}

/// The first pom that is not served.
pub(super) fn first_missing(central: &Central, modules: &[MavenModule]) -> Result<Option<String>, ActionError> {
    for module in modules {
        let path = module.pom_path();
        if !central.serves_pom(&path).map_err(web_failed)? {
            return Ok(Some(path));
        }
    }
    Ok(None)
}
