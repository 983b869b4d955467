// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What went wrong at the relay or the archive, and what to do next.

use crate::engine::ActionError;
use crate::services::{ArchiveError, PonyMail, RelayError};

/// An archive that could not be asked.
pub(super) fn unasked(archive: &PonyMail, error: ArchiveError) -> ActionError {
    ActionError::service(
        format!("looking into the archive {}", archive.base()),
        error,
        "try again later; if the address is wrong, correct `mail.archive` in the product's configuration",
    )
}

/// What to do next; `archive` is whether one can be asked.
pub(super) fn relay_hint(error: &RelayError, archive: bool) -> &'static str {
    match error {
        RelayError::LoginRefused { .. } => {
            "check the account for the relay with `quorate doctor`, then give the same command again"
        }
        RelayError::NoLogin { .. } | RelayError::NoStartTls { .. } | RelayError::Insecure { .. } => {
            "correct `smtp_port`, `smtp_tls` and `smtp_login` in the product's configuration"
        }
        RelayError::Untrusted { .. } | RelayError::Authorities { .. } => {
            "check the relay's name, and `smtp_ca` where it has an authority of its own"
        }
        RelayError::Address { .. } | RelayError::RecipientRefused { .. } => {
            "correct the lists' addresses in the product's configuration"
        }
        RelayError::SenderRefused { .. } => "use an address that this account may send from",
        RelayError::SevenBitOnly { .. } => "write the mail in ASCII, or use another relay",
        RelayError::Temporary { .. } | RelayError::Unreachable { .. } => "give the same command again later",
        RelayError::Refused { .. } => "see what the relay said",
        RelayError::TimedOut { .. } | RelayError::Dropped { .. } if error.may_be_sent() && archive => {
            "the mail may have been sent: give the same command again, which asks the archive first"
        }
        RelayError::TimedOut { .. } | RelayError::Dropped { .. } if error.may_be_sent() => {
            "the mail may have been sent, and no archive is named that could tell: name the list's as `mail.archive` in \
             the product's configuration, or look there yourself, and run the step `--again` where it was not sent"
        }
        RelayError::TimedOut { .. } | RelayError::Dropped { .. } => {
            "give the same command again later; the mail was not sent"
        }
    }
}

/// An error with its causes, in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}
