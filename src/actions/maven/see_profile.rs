// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `see-staging-profile` and `staging-profile-listed`: the account may stage this product.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Cx, nexus, profile};
use crate::actions::failures::web_failed;
use crate::actions::{Services, shell};
use crate::config::Maven;
use crate::engine::{Action, ActionError, Finding, Probe, Probed, Reversal};

/// Sees the staging profile; there is nothing that it could do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeeProfile {
    /// The product's Maven artifacts.
    maven: Box<Maven>,
}

impl Action<Services> for SeeProfile {
    fn summary(&self) -> String {
        format!("Asks {} whether your account sees the staging profile {}", self.maven.nexus, self.maven.profile)
    }

    fn commands(&self, _world: &Services) -> Vec<String> {
        let url = format!("{}/service/local/staging/profiles", self.maven.nexus.trim_end_matches('/'));
        vec![shell::command(&["curl", "--fail", "--user", "TOKEN_NAME", "--header", "Accept: application/json", &url])]
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let nexus = nexus(cx)?;
        let account = nexus.account().map_err(web_failed)?;
        let profile = profile(nexus, &self.maven)?;
        Ok(Probed::Done(json!({"account": account, "profile": profile.id})))
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        match self.probe(cx)? {
            Probed::Done(outputs) => Ok(outputs),
            _ => Err(ActionError::refused("the staging profile is not seen", "")),
        }
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::NothingToUndo
    }
}

/// Whether the account sees the staging profile.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileListed {
    /// The product's Maven artifacts.
    maven: Box<Maven>,
}

impl Probe<Services> for ProfileListed {
    fn examine(&self, cx: &Cx<'_>) -> Result<Finding, ActionError> {
        let nexus = nexus(cx)?;
        let account = nexus.account().map_err(web_failed)?;
        let wanted = &self.maven.profile;
        let listed = nexus.profiles().map_err(web_failed)?.iter().any(|profile| profile.name == *wanted);
        Ok(match listed {
            true => Finding::Holds(format!("{account} sees {wanted} at {}", nexus.address())),
            false => Finding::Fails(vec![format!(
                "{} shows no staging profile {wanted} to {account}; ask on the developers' list for the right",
                nexus.address()
            )]),
        })
    }
}
