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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::actions::offline;
    use crate::engine::Intent;
    use crate::rehearsal::{ArchiveServer, MailStore};
    use crate::services::PonyMail;

    #[test]
    fn holds_for_a_mail_that_is_there() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let place = tempfile::tempdir().unwrap();
        let mail = b"To: dev@example.org\r\nSubject: s\r\nMessage-ID: <one@example.org>\r\n\r\nx\r\n";
        MailStore::open(place.path()).unwrap().add(mail).unwrap();
        let server = ArchiveServer::start(place.path(), 0).unwrap();
        let mut world = offline(place.path());
        let intent =
            Intent { at: jiff::Timestamp::UNIX_EPOCH, token: "abc".into(), acted: None, resumed: false, anew: false };
        let examine = |world: &Services, with| {
            let probe: MailArchived = serde_json::from_value(with).unwrap();
            probe.examine(&Context { world, intent: &intent, now: intent.at })
        };
        let there = json!({"message_id": "<one@example.org>"});
        assert!(matches!(examine(&world, there.clone()), Err(ActionError::Refused { .. })), "no archive");
        world.archive = Some(PonyMail::new(server.base()));
        assert!(matches!(examine(&world, there), Ok(Finding::Holds(_))));
        for other in [
            json!({"message_id": "<two@example.org>"}),
            json!({"message_id": "<one@example.org>", "list": "user@example.org"}),
        ] {
            assert!(matches!(examine(&world, other), Ok(Finding::Fails(_))));
        }
        drop(server);
        assert!(matches!(
            examine(&world, json!({"message_id": "<one@example.org>"})),
            Err(ActionError::Service { .. })
        ));
    }
}
