// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `hashes-hold`: the artifacts on this machine have the recorded digests, and
//! their checksum files say the same. The look is that of `quorate verify`.

use std::fs;

use serde::Deserialize;

use super::lost::lost;
use crate::actions::Services;
use crate::actions::failures::workspace_failed;
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::release::FileDigest;
use crate::verify::{Candidate, Layout, Listed, Manifest, Report, Scope};

/// Whether artifacts have their digests.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HashesHold {
    /// Where they are, from the root of the workspace.
    directory: String,
    /// What they are to be.
    files: Vec<FileDigest>,
    /// Where the candidate is staged, if it is: what is lost here can be fetched there.
    #[serde(default)]
    staged: String,
}

impl Probe<Services> for HashesHold {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        if self.files.is_empty() {
            return Ok(Finding::Fails(vec!["no files were named".to_owned()]));
        }
        let artifacts = cx.world.workspace.artifacts(&self.directory);
        let (mut there, mut wanted, mut faults) = (Vec::new(), Vec::new(), Vec::new());
        for file in &self.files {
            let path = artifacts.path(&file.name).map_err(workspace_failed)?;
            match fs::symlink_metadata(path) {
                Ok(data) => {
                    there.push(Listed { path: file.name.clone(), bytes: data.len() });
                    wanted.push(file.clone());
                }
                Err(_) => faults.push(lost(cx, &self.directory, &file.name, &self.staged)),
            }
        }
        if there.is_empty() {
            return Ok(Finding::Fails(faults));
        }
        let manifest = Manifest::new("", "", 0, "", wanted);
        let candidate = Candidate {
            directory: &cx.world.workspace.path(&self.directory),
            layout: Layout::Distribution,
            keys: None,
            expect: Some(&manifest),
            scope: Scope::Whole,
            rules: &|_| None,
            now: cx.now,
        };
        let found = candidate.verify(&there, &|_, _| {});
        faults.extend(Report::new("", found.files, found.whole, 0, std::time::Duration::ZERO).faults());
        Ok(match faults.is_empty() {
            true => Finding::Holds(format!("{} files have the recorded SHA-512", self.files.len())),
            false => Finding::Fails(faults),
        })
    }
}
