// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `notes-audited`: nothing in the release notes is left that nobody looked at.

use serde::Deserialize;

use crate::actions::Services;
use crate::actions::tracker::{NotesQuestion, tracker};
use crate::engine::{ActionError, Context, Finding, Probe};

/// Whether the notes can be given to users.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct NotesAuditedIs(NotesQuestion);

impl Probe<Services> for NotesAuditedIs {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let read = self.0.read(tracker(cx.world)?)?;
        let fault =
            |finding: &crate::release::NoteFinding| format!("{} (“{}”): {}", finding.key, finding.title, finding.says);
        Ok(match (read.open.as_slice(), read.accepted.len()) {
            ([], 0) => {
                Finding::Holds(format!("{} issues, each with a type and a title that stands alone", read.entries.len()))
            }
            ([], accepted) => {
                Finding::Holds(format!("{} issues; {accepted} findings were accepted", read.entries.len()))
            }
            (open, _) => Finding::Fails(open.iter().map(fault).collect()),
        })
    }
}
