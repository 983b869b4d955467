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
        let git = &cx.world.git;
        let expected = plain(&self.fingerprint);
        let mut faults = Vec::new();
        match git.config("user.signingkey").map_err(git_failed)? {
            Some(found) if plain(&found) == expected => {}
            Some(found) if !plain(&found).is_empty() && expected.ends_with(&plain(&found)) => faults.push(format!(
                "user.signingkey is the short id {found}, which other keys may have too; expected {expected}"
            )),
            Some(found) => faults.push(format!("user.signingkey is {found}, expected {expected}")),
            None => faults.push(format!("user.signingkey is not set, expected {expected}")),
        }
        let format = git.config("gpg.format").map_err(git_failed)?;
        if let Some(format) = format.filter(|format| format != "openpgp") {
            faults.push(format!("gpg.format is {format}, expected openpgp or nothing"));
        }
        if faults.is_empty() {
            return Ok(Finding::Holds(format!("user.signingkey is {expected}")));
        }
        Ok(Finding::Fails(faults))
    }
}

/// A fingerprint as digits alone; `!` behind it only forbids another subkey.
fn plain(key: &str) -> String {
    let digits = key.trim().trim_end_matches('!').replace(' ', "").to_ascii_uppercase();
    digits.strip_prefix("0X").map(str::to_owned).unwrap_or(digits)
}
