// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether git signs with the release manager's key.

use serde::Deserialize;

use crate::actions::{Services, failures::git_failed};
use crate::engine::{ActionError, Context, Finding, Probe};

/// Parameters of `git-signing-key`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GitSigningKey {
    /// The full fingerprint.
    pub fingerprint: String,
}

impl Probe<Services> for GitSigningKey {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let configured = |name: &str| cx.world.git.configured(name).map_err(git_failed);
        if let Some(format) = configured("gpg.format")?.filter(|format| format != "openpgp") {
            return Ok(Finding::Fails(vec![format!("gpg.format is {format}, expected openpgp")]));
        }
        let found = configured("user.signingkey")?;
        let plain = |key: &str| key.trim_start_matches("0x").trim_end_matches('!').replace(' ', "").to_uppercase();
        Ok(match found {
            Some(found) if plain(&found) == plain(&self.fingerprint) => {
                Finding::Holds(format!("user.signingkey is {}", self.fingerprint))
            }
            Some(found) => Finding::Fails(vec![format!(
                "user.signingkey is {found}, expected the full fingerprint {}",
                self.fingerprint
            )]),
            None => Finding::Fails(vec!["user.signingkey is not set".into()]),
        })
    }
}
