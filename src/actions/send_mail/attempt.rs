// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the workspace knows of the last attempt to send a mail: it stands beside the mail, and says
//! after an interruption whether something went out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Cx, SendMail};
use crate::engine::ActionError;

/// What the workspace knows of the last attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Attempt {
    pub(super) token: String,
    pub(super) at: Timestamp,
    /// Whether the relay is known not to have taken the mail.
    pub(super) refused: bool,
}

impl SendMail {
    pub(super) fn attempt_file(&self) -> String {
        format!("mails/{}.attempt.json", self.name)
    }

    /// What is known of the last attempt with this intent.
    pub(super) fn attempt(&self, cx: &Cx<'_>) -> Result<Option<Attempt>, ActionError> {
        Ok(self.noted(cx)?.filter(|attempt| attempt.token == cx.intent.token))
    }

    pub(super) fn note(&self, cx: &Cx<'_>, refused: bool) -> Result<(), ActionError> {
        let attempt = Attempt { token: cx.intent.token.clone(), at: cx.now, refused };
        let written = cx.world.workspace.write(self.attempt_file(), json!(attempt).to_string().as_bytes());
        written.map(|_| ()).map_err(|error| {
            ActionError::service("the workspace", error, "see that the disk has room and can be written")
        })
    }
}
