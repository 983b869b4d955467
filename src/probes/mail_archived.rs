// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Holds where the archive has a mail.

use serde::Deserialize;

use crate::actions::Services;
use crate::engine::{ActionError, Context, Finding, Probe};

/// A mail that should be in the archive.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailArchived {
    /// Its Message-ID, with angle brackets.
    message_id: String,
    /// The list that it went to, where more than one may have it.
    #[serde(default)]
    list: Option<String>,
}

impl Probe<Services> for MailArchived {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let Some(archive) = &cx.world.archive else {
            return Err(ActionError::refused(
                "no mail archive is configured that could be asked",
                "look yourself and attest the check, or set `mail.archive` in the product's configuration",
            ));
        };
        let found = archive.find(&self.message_id, self.list.as_deref()).map_err(|error| {
            ActionError::service(format!("the mail archive {}", archive.base()), error, "try again later")
        })?;
        Ok(match found {
            Some(mail) => Finding::Holds(format!("\"{}\" of {} is at {}", mail.subject, mail.date, mail.link)),
            None => Finding::Fails(vec![format!("{} does not have {}", archive.base(), self.message_id)]),
        })
    }
}
