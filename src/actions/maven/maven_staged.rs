// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `maven-staged`: the staging repository is closed, everybody can read it, every file in it
//! is signed by a key of KEYS and has its digest, and all of it is what was recorded.

use std::path::Path;

use serde::Deserialize;

use super::inventory::{Copy, differences};
use super::{Cx, any_nexus};
use crate::actions::Services;
use crate::actions::failures::{web_failed, workspace_failed};
use crate::engine::{ActionError, Finding, Probe};
use crate::probes::keys_at;
use crate::release::Sha512;
use crate::services::StagingState;
use crate::verify::{Candidate, Layout, Report, Scope};

/// Whether the Maven artifacts are staged as they were recorded.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MavenStaged {
    /// The staging repository's id.
    repository: String,
    /// The SHA-512 of the list of its files, as it was recorded.
    sha512: Sha512,
    /// Where KEYS is.
    keys: String,
    /// The candidate's directory in the workspace.
    directory: String,
}

impl Probe<Services> for MavenStaged {
    fn examine(&self, cx: &Cx<'_>) -> Result<Finding, ActionError> {
        let nexus = any_nexus(cx)?;
        // whoever has no login sees the files alone, as a voter does
        if nexus.has_login() {
            let repository = nexus.settled(&self.repository).map_err(web_failed)?;
            let state = repository.map(|repository| repository.state);
            if state != Some(StagingState::Closed) {
                let found = state.map_or("gone", StagingState::word);
                return Ok(Finding::Fails(vec![format!("{} is {found}, expected closed", self.repository)]));
            }
        }
        let url = nexus.content(&self.repository);
        let Some(staged) = verify_staged(&url, &self.keys, cx.world.svn.authority())? else {
            return Ok(Finding::Fails(vec![format!("{url} shows nothing")]));
        };
        let mut faults = staged.faults;
        if staged.sha512 != self.sha512 {
            faults.push(format!("{url} does not hold what was recorded when it was closed"));
            let file = super::close_nexus::list_file(&self.directory);
            let recorded = cx.world.workspace.read(file).map_err(workspace_failed)?;
            let differences = |bytes: &Vec<u8>| differences(&String::from_utf8_lossy(bytes), &staged.list);
            faults.extend(recorded.iter().flat_map(differences));
        }
        Ok(match faults.is_empty() {
            true => Finding::Holds(format!("the {} files at {url} are verified and as recorded", staged.files)),
            false => Finding::Fails(faults),
        })
    }
}

/// What a staging repository holds, as everybody sees it.
#[derive(Debug)]
pub struct StagedFiles {
    /// How many files, without the metadata that Nexus itself writes.
    pub files: usize,
    /// What is wrong with them.
    pub faults: Vec<String>,
    /// The list of them, each with its SHA-512.
    pub list: String,
    /// The SHA-512 of the list.
    pub sha512: Sha512,
}

/// Fetches all that is below `url` and holds it against its digests and the keys at `keys`, whose server
/// may have a certificate authority of its own (a PEM file); `None` where nothing is there.
///
/// # Errors
/// When it could not be fetched.
pub fn verify_staged(url: &str, keys: &str, authority: Option<&Path>) -> Result<Option<StagedFiles>, ActionError> {
    let Some(copy) = Copy::fetch(url)? else { return Ok(None) };
    let keys = keys_at(keys, authority)?;
    let candidate = Candidate {
        directory: &copy.directory(),
        layout: Layout::Maven,
        keys: Some(&keys),
        expect: None,
        scope: Scope::Whole,
        rules: &|_| None,
        now: crate::probes::signing_time(),
    };
    let found = candidate.verify(&copy.files, &|_, _| {});
    let faults = Report::new("", found.files, found.whole, found.bytes, std::time::Duration::ZERO).faults();
    let (list, inventory) = copy.inventory()?;
    Ok(Some(StagedFiles { files: inventory.files, faults, list, sha512: inventory.sha512 }))
}
