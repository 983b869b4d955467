// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Asking the list's archive for the threads that pages link.

use std::collections::BTreeMap;

use mail_parser::MessageParser;

use crate::commands::CommandError;
use crate::governance::proposals::lint::{Weight, thread_fault};
use crate::governance::proposals::{Field, Page, Scheme, link_fault};
use crate::services::{ArchiveError, PonyMail};
use crate::ui::ExitCode;

/// The archives that were asked.
pub struct Archives<'a> {
    scheme: &'a Scheme,
    archives: BTreeMap<String, PonyMail>,
}

impl<'a> Archives<'a> {
    /// Those of this kind of proposals.
    pub fn new(scheme: &'a Scheme) -> Self {
        // The program installs it once; a second time is refused and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { scheme, archives: BTreeMap::new() }
    }

    /// The subject of the first mail of a thread: none where the archive does not have it; nothing
    /// at all where the link leads to no archive of the project's own.
    ///
    /// # Errors
    /// When the archive could not be asked.
    pub fn subject(&mut self, link: &str) -> Result<Option<Option<String>>, ArchiveError> {
        let Some((base, id)) = link.split_once("/thread/").filter(|_| link_fault(self.scheme, link).is_none()) else {
            return Ok(None);
        };
        let id = id.split(['?', '#']).next().unwrap_or(id).trim_end_matches('/');
        let archive = self.archives.entry(base.to_owned()).or_insert_with(|| PonyMail::new(base));
        let Some(bytes) = archive.source(id)? else {
            // any web server says that something is not there
            archive.prove_archive(Some(&self.scheme.list))?;
            return Ok(Some(None));
        };
        let mail = MessageParser::default().parse_headers(&bytes);
        let subject = mail.as_ref().and_then(|mail| mail.subject()).unwrap_or_default();
        Ok(Some(Some(subject.to_owned())))
    }

    /// That the thread that a page is given is there, and its own.
    ///
    /// # Errors
    /// When it is not, or the archive could not be asked.
    pub fn demand(&mut self, page: &Page, field: Field, link: &str) -> Result<(), CommandError> {
        let subject = self.subject(link).map_err(|error| {
            CommandError::from_error(
                ExitCode::Service,
                &error,
                "nothing was written; run it again, or without --online",
            )
        })?;
        let Some(subject) = subject else { return Ok(()) };
        match thread_fault(self.scheme, page, field, subject.as_deref()) {
            None => Ok(()),
            Some((rule, what)) => {
                let code = if rule.weight == Weight::Error { ExitCode::DoesNotHold } else { ExitCode::Conflict };
                let hint = "nothing was written; open the thread in the archive and copy its address";
                Err(CommandError::new(code, format!("--{field} {link}: {what}"), hint))
            }
        }
    }
}
