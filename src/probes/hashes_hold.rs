// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `hashes-hold`: the artifacts on this machine have the recorded digests, and
//! their checksum files say the same.

use serde::Deserialize;

use super::lost::lost;
use crate::actions::Services;
use crate::actions::failures::workspace_failed;
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::release::{FileDigest, checksum_file_holds};

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
        let artifacts = cx.world.workspace.artifacts(&self.directory);
        let mut faults = Vec::new();
        for wanted in &self.files {
            let name = &wanted.name;
            match artifacts.digest(name).map_err(workspace_failed)? {
                None => faults.push(lost(cx, &self.directory, name, &self.staged)),
                Some(found) if found != *wanted => faults.push(format!(
                    "{name}: found SHA-512 {} ({} bytes), expected {} ({} bytes)",
                    found.sha512, found.bytes, wanted.sha512, wanted.bytes
                )),
                Some(_) => {}
            }
            if name.ends_with(".sha512") || name.ends_with(".asc") {
                continue;
            }
            match artifacts.text(&format!("{name}.sha512")).map_err(workspace_failed)? {
                None => faults.push(lost(cx, &self.directory, &format!("{name}.sha512"), &self.staged)),
                Some(text) if !checksum_file_holds(&text, wanted) => {
                    faults.push(format!("{name}.sha512 does not hold the digest of {name}"));
                }
                Some(_) => {}
            }
        }
        Ok(match (faults.is_empty(), self.files.len()) {
            (true, 0) => Finding::Fails(vec!["no files were named".to_owned()]),
            (true, count) => Finding::Holds(format!("{count} files have the recorded SHA-512")),
            (false, _) => Finding::Fails(faults),
        })
    }
}
