// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The bytes that were voted on: from the workspace where they are there still, else from
//! the release repository; never without their digest.

use std::path::PathBuf;

use serde::Deserialize;

use crate::actions::Services;
use crate::actions::failures::workspace_failed;
use crate::engine::{ActionError, Context};
use crate::release::{FileDigest, Sha512};
use crate::services::SvnUrl;

/// Where fetched files are kept in the workspace.
const FETCHED: &str = "published";

/// Files that are bound to their bytes, and where they are.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VotedFiles {
    /// The directory in the workspace.
    pub directory: String,
    /// The directory of the release repository, for a machine that has them not.
    #[serde(default)]
    pub released: Option<SvnUrl>,
    /// What was voted on.
    pub digests: Vec<FileDigest>,
}

impl VotedFiles {
    /// The bytes of `name`, as they were voted on.
    ///
    /// # Errors
    /// When they are not to be had, or it was not voted on.
    pub fn bytes(&self, cx: &Context<'_, Services>, name: &str) -> Result<Vec<u8>, ActionError> {
        let digest = self.digest(name)?;
        for directory in [self.directory.as_str(), FETCHED] {
            let found = cx.world.workspace.read(PathBuf::from(directory).join(name)).map_err(workspace_failed)?;
            if let Some(bytes) = found.filter(|bytes| Sha512::of(bytes) == digest.sha512) {
                return Ok(bytes);
            }
        }
        let refused = |what: String| {
            let hint = format!(
                "put the voted {name} into {}; its SHA-512 is {}",
                cx.world.workspace.path(&self.directory).display(),
                digest.sha512
            );
            ActionError::refused(what, hint)
        };
        let Some(released) = &self.released else {
            return Err(refused(format!("the workspace has no {name} with the recorded digest")));
        };
        let mut bytes = Vec::new();
        cx.world.svn.cat(&released.join(name)?, None, &mut bytes)?;
        match Sha512::of(&bytes) == digest.sha512 {
            true => Ok(bytes),
            false => Err(refused(format!("neither the workspace nor {released} has the {name} that was voted on"))),
        }
    }

    /// A file of this machine that holds those bytes.
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes).
    pub fn path(&self, cx: &Context<'_, Services>, name: &str) -> Result<PathBuf, ActionError> {
        let digest = self.digest(name)?;
        let artifacts = cx.world.workspace.artifacts(&self.directory);
        if artifacts.digest(name).map_err(workspace_failed)?.as_ref() == Some(digest) {
            return artifacts.path(name).map_err(workspace_failed);
        }
        let bytes = self.bytes(cx, name)?;
        let fetched = cx.world.workspace.artifacts(FETCHED);
        fetched.write(name, &bytes).map_err(workspace_failed)?;
        fetched.path(name).map_err(workspace_failed)
    }

    fn digest(&self, name: &str) -> Result<&FileDigest, ActionError> {
        self.digests.iter().find(|file| file.name == name).ok_or_else(|| {
            ActionError::refused(
                format!("{name} is not among the files that were voted on"),
                "only what was voted on is published; mend the names in the product's configuration",
            )
        })
    }
}
