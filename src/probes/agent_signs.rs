// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `agent-signs`: GnuPG's agent signs with the release manager's key, and has its passphrase.

use serde::Deserialize;

use crate::actions::{Services, failures::openpgp_failed};
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::services::OpenPgpError;

/// Parameters of `agent-signs`: there are none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentSigns {}

impl Probe<Services> for AgentSigns {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        match cx.world.openpgp.check_agent() {
            Ok(()) => Ok(Finding::Holds("a test signature was made and thrown away".into())),
            Err(error @ OpenPgpError::Cancelled { .. }) => {
                Ok(Finding::Fails(vec![format!("{error}: {}", error.hint())]))
            }
            Err(error) => Err(openpgp_failed(error)),
        }
    }
}
