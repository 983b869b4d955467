// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `no-open-issues`: no issue is open under a version, but what stays open by a recorded
//! decision and blocks nothing.

use serde::Deserialize;

use crate::actions::Services;
use crate::actions::tracker::{TriageQuestion, in_words, tracker};
use crate::engine::{ActionError, Context, Finding, Probe};

/// Whether nothing stands open.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct NoOpenIssues(TriageQuestion);

impl Probe<Services> for NoOpenIssues {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let read = self.0.read(tracker(cx.world)?)?;
        let open =
            read.undecided.iter().map(|issue| format!("{}: it is open, and nobody decided on it", in_words(issue)));
        let to_do =
            read.to_do.iter().map(|(issue, decision)| format!("{}: it is to be done yet: {decision}", in_words(issue)));
        let blocking = read.blocking.iter().map(|issue| format!("{}: it blocks the release", in_words(issue)));
        let faults: Vec<String> = open.chain(to_do).chain(blocking).collect();
        Ok(match (faults.is_empty(), read.kept.len()) {
            (false, _) => Finding::Fails(faults),
            (true, 0) => Finding::Holds(format!("nothing is open under {}", self.0.version)),
            (true, kept) => {
                Finding::Holds(format!("nothing is open under {} but {kept} that stay by decision", self.0.version))
            }
        })
    }
}
