// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The way of Maven artifacts: deployed to a staging repository, reviewed, closed, and after
//! the vote released, or dropped; and what these steps have in common.

mod await_central;
mod central_serves;
mod close_nexus;
mod compare;
mod deploy_maven;
mod drop_nexus;
#[cfg(test)]
mod fault_tests;
mod find;
#[cfg(test)]
mod flavour_tests;
mod inventory;
mod maven_staged;
mod release_nexus;
mod review_maven;
mod see_profile;
mod stand_in;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use await_central::AwaitCentral;
pub use central_serves::CentralServes;
pub use close_nexus::CloseNexus;
pub use deploy_maven::DeployMaven;
pub use drop_nexus::DropNexus;
pub use maven_staged::{MavenStaged, StagedFiles, verify_staged};
pub use release_nexus::ReleaseNexus;
pub use review_maven::ReviewMaven;
pub use see_profile::{ProfileListed, SeeProfile};

use super::Services;
use super::failures::{git_failed, web_failed};
use crate::config::Maven;
use crate::engine::{ActionError, Context};
use crate::release::{MavenFlavour, MavenModule, ModuleError, maven_modules, maven_profiles};
use crate::services::{Central, GitError, Nexus, StagingProfile};

type Cx<'a> = Context<'a, Services>;

const NO_LOGIN: &str = "set QUORATE_NEXUS_USER and QUORATE_NEXUS_PASSWORD to the two parts of your user token \
                        (Profile, User Token, in its web page)";

/// The staging repositories, with a login.
fn nexus<'a>(cx: &Cx<'a>) -> Result<&'a Nexus, ActionError> {
    let nexus = any_nexus(cx)?;
    match nexus.has_login() {
        true => Ok(nexus),
        false => Err(ActionError::misconfigured(format!("{} wants to know who asks", nexus.address()), NO_LOGIN)),
    }
}

/// The same, where a login is not needed.
fn any_nexus<'a>(cx: &Cx<'a>) -> Result<&'a Nexus, ActionError> {
    let missing = || ActionError::misconfigured("the product has no Maven artifacts", "give its configuration [maven]");
    cx.world.nexus.as_ref().ok_or_else(missing)
}

fn central<'a>(cx: &Cx<'a>) -> Result<&'a Central, ActionError> {
    let missing = || ActionError::misconfigured("the product has no Maven artifacts", "give its configuration [maven]");
    cx.world.central.as_ref().ok_or_else(missing)
}

/// The staging profile of the product.
fn profile(nexus: &Nexus, maven: &Maven) -> Result<StagingProfile, ActionError> {
    let found = nexus.profiles().map_err(web_failed)?.into_iter().find(|profile| profile.name == maven.profile);
    found.ok_or_else(|| {
        ActionError::refused(
            format!("{} shows no staging profile {} to this account", nexus.address(), maven.profile),
            "ask on the developers' list to be given the right to stage; the project's PMC can have it added",
        )
    })
}

/// One build of the Maven artifacts.
struct Build {
    /// What its versions end with: `-2.1`; empty where there is one build.
    suffix: String,
    /// The command that stages it.
    command: Vec<String>,
    /// Its poms, by path.
    poms: BTreeMap<String, String>,
    /// What it publishes.
    modules: Vec<MavenModule>,
}

/// The builds that are made of the tree of `reference`: one, or one for each flavour.
fn builds(cx: &Cx<'_>, reference: &str, maven: &Maven) -> Result<Vec<Build>, ActionError> {
    let poms = poms(cx, reference)?;
    if maven.flavours.is_empty() {
        let modules = of_poms(&poms, maven)?;
        return Ok(vec![Build { suffix: String::new(), command: maven.deploy.clone(), poms, modules }]);
    }
    let build = |flavour: &MavenFlavour| {
        let poms = flavour.poms(&poms).map_err(no_modules)?;
        let modules = of_poms(&poms, maven)?;
        Ok(Build { suffix: flavour.suffix.clone(), command: flavour.command(&maven.deploy), poms, modules })
    };
    maven.flavours.iter().map(build).collect()
}

/// The modules that are published of the tree of `reference`, of all its builds.
fn modules(cx: &Cx<'_>, reference: &str, maven: &Maven) -> Result<Vec<MavenModule>, ActionError> {
    Ok(all_modules(&builds(cx, reference, maven)?))
}

fn all_modules(builds: &[Build]) -> Vec<MavenModule> {
    builds.iter().flat_map(|build| build.modules.iter().cloned()).collect()
}

fn of_poms(poms: &BTreeMap<String, String>, maven: &Maven) -> Result<Vec<MavenModule>, ActionError> {
    let modules = maven_modules(poms, &maven_profiles(&maven.deploy), &maven.artifacts).map_err(no_modules)?;
    match modules.is_empty() {
        true => Err(ActionError::misconfigured(
            "by its poms the product publishes no module",
            "see `unpublished` under [maven.artifacts] in the product's configuration",
        )),
        false => Ok(modules),
    }
}

fn poms(cx: &Cx<'_>, reference: &str) -> Result<BTreeMap<String, String>, ActionError> {
    let mut poms = BTreeMap::new();
    let wanted = |path: &str| path.ends_with(".xml") && (path.ends_with("pom.xml") || !path.contains("/src/"));
    let taken = cx.world.git.visit_files(reference, wanted, |file| {
        poms.insert(file.path, String::from_utf8_lossy(&file.bytes).into_owned());
        Ok::<(), GitError>(())
    });
    taken.map_err(git_failed)?;
    Ok(poms)
}

fn no_modules(error: ModuleError) -> ActionError {
    ActionError::misconfigured(
        format!("the modules of the build cannot be told: {error}"),
        "correct the pom, or [maven.artifacts] in the product's configuration",
    )
}

/// The outputs of a step as JSON.
fn outputs(outputs: &impl serde::Serialize) -> Result<serde_json::Value, ActionError> {
    serde_json::to_value(outputs).map_err(super::failures::outputs_do_not_fit)
}
