// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `manifest-unchanged`: the manifest on this machine is the one whose digest was recorded:
//! the mail of the vote names it, and whoever checks by it checks these bytes.

use serde::Deserialize;

use crate::actions::Services;
use crate::actions::failures::workspace_failed;
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::release::Sha512;

/// Parameters of `manifest-unchanged`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestUnchanged {
    /// The manifest, from the root of the workspace.
    file: String,
    /// Its SHA-512, as it was recorded.
    sha512: Sha512,
}

impl Probe<Services> for ManifestUnchanged {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let (file, place) = (&self.file, cx.world.workspace.path(&self.file));
        let Some(bytes) = cx.world.workspace.read(file).map_err(workspace_failed)? else {
            // What is not there leads nobody astray; it is told, and held against nothing.
            return Ok(Finding::Holds(format!("{} is not on this machine", place.display())));
        };
        let found = Sha512::of(&bytes);
        Ok(if found == self.sha512 {
            Finding::Holds(format!("{file} has the recorded SHA-512, {found}"))
        } else {
            Finding::Fails(vec![format!(
                "{} was changed since it was written: its SHA-512 is {found}, recorded is {}; put back what it was",
                place.display(),
                self.sha512
            )])
        })
    }
}
