// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether the recorded votes pass by the rule; computed anew from the votes,
//! never taken from an outcome that was noted.

use serde::Deserialize;

use crate::actions::Services;
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::governance::{Ballots, Outcome, lazy_majority};

/// Parameters of `vote-passed`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VotePassed {
    /// The outputs of the step that recorded the votes.
    pub step: Recorded,
}

/// The part of the recorded votes that the rule is about.
#[derive(Debug, Deserialize)]
pub struct Recorded {
    /// The votes that count.
    pub binding: Ballots,
}

impl Probe<Services> for VotePassed {
    fn examine(&self, _cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let decision = lazy_majority(self.step.binding.plus.len(), self.step.binding.minus.len());
        Ok(match decision.outcome {
            Outcome::Passed => Finding::Holds(decision.reasons.join("; ")),
            Outcome::Failed => Finding::Fails(decision.reasons),
        })
    }
}
