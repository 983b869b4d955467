// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `signatures-hold`: each artifact has a good signature by the release
//! manager's key, also for one who has only the project's KEYS.

use serde::Deserialize;

use super::lost::lost;
use crate::actions::Services;
use crate::actions::failures::{openpgp_failed, workspace_failed};
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::services::{Keyring, Verdict, fetch_keys_file};

/// Whether artifacts are signed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignaturesHold {
    /// Where they are, from the root of the workspace.
    directory: String,
    /// The artifacts' names.
    files: Vec<String>,
    /// Where KEYS is, if the signatures are to hold against it too.
    #[serde(default)]
    keys: Option<String>,
    /// Where the candidate is staged, if it is: what is lost here can be fetched there.
    #[serde(default)]
    staged: String,
}

impl Probe<Services> for SignaturesHold {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let artifacts = cx.world.workspace.artifacts(&self.directory);
        let mut keyring = self.keyring()?;
        let mut session = cx.world.openpgp.session().map_err(openpgp_failed)?;
        let mut faults = Vec::new();
        for name in &self.files {
            let path = artifacts.path(name).map_err(workspace_failed)?;
            if !path.is_file() {
                faults.push(lost(cx, &self.directory, name, &self.staged));
                continue;
            }
            let Some(signature) = artifacts.text(&format!("{name}.asc")).map_err(workspace_failed)? else {
                faults.push(lost(cx, &self.directory, &format!("{name}.asc"), &self.staged));
                continue;
            };
            match session.verify_file(&signature, &path).map_err(openpgp_failed)? {
                Verdict::Bad { why } => faults.push(format!("{name}.asc: {why}")),
                Verdict::Good { .. } => {}
            }
            if let Some(keyring) = &mut keyring
                && let Verdict::Bad { why } = keyring.verify_file(&signature, &path).map_err(openpgp_failed)?
            {
                faults.push(format!("{name}.asc, with the keys of KEYS alone: {why}"));
            }
        }
        let by = cx.world.openpgp.fingerprint();
        Ok(match (faults.is_empty(), self.files.len()) {
            (true, 0) => Finding::Fails(vec!["no files were named".to_owned()]),
            (true, count) => Finding::Holds(format!("{count} good signatures by {by}")),
            (false, _) => Finding::Fails(faults),
        })
    }
}

impl SignaturesHold {
    fn keyring(&self) -> Result<Option<Keyring>, ActionError> {
        let Some(url) = &self.keys else { return Ok(None) };
        let hint = format!("see that {url} can be read");
        let text = fetch_keys_file(url).map_err(|error| ActionError::service("KEYS", error, hint))?;
        Keyring::new(&text).map(Some).map_err(openpgp_failed)
    }
}
