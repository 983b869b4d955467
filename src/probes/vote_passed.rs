// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether the recorded votes pass by the rule and were recorded when the vote had
//! been open long enough; computed anew from the votes and the vote mail's date,
//! never taken from an outcome that was noted.

use jiff::Timestamp;
use serde::Deserialize;

use crate::actions::Services;
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::governance::{Ballots, Outcome, VotingPeriod, lazy_majority};

/// Parameters of `vote-passed`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VotePassed {
    /// The outputs of the step that recorded the votes.
    pub step: Recorded,
    /// The date of the mail that called the vote.
    pub opened: Timestamp,
    /// How many hours the vote must at least be open.
    pub hours: u32,
}

/// The part of the recorded votes that the rule is about.
#[derive(Debug, Deserialize)]
pub struct Recorded {
    /// The votes that count.
    pub binding: Ballots,
    /// When they were recorded.
    pub at: Timestamp,
}

impl Probe<Services> for VotePassed {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let period = VotingPeriod { opened: self.opened, hours: self.hours };
        if let Some(why) = period.still_runs(cx.now.min(self.step.at)) {
            return Ok(Finding::Fails(vec![format!(
                "the votes were recorded at {:.0}, it is {:.0} now, and {why}",
                self.step.at, cx.now
            )]));
        }
        let decision = lazy_majority(self.step.binding.plus.len(), self.step.binding.minus.len());
        Ok(match decision.outcome {
            Outcome::Passed => Finding::Holds(decision.reasons.join("; ")),
            Outcome::Failed => Finding::Fails(decision.reasons),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::actions::offline;
    use crate::engine::Intent;

    #[test]
    fn votes_that_were_recorded_too_early_do_not_pass_later_either() {
        let place = tempfile::tempdir().unwrap();
        let world = offline(place.path());
        let now: Timestamp = "2026-11-25T00:00:00Z".parse().unwrap();
        let intent = Intent { at: now, token: "abc".into(), acted: None, resumed: false, anew: false };
        let finding = |recorded: &str| {
            let with = json!({
                "step": {"binding": {"plus": ["Ann Example", "Bob Example", "Cleo Example"]}, "at": recorded, "outcome": "passed"},
                "opened": "2026-11-20T17:30:00Z",
                "hours": 72,
            });
            let probe: VotePassed = serde_json::from_value(with).unwrap();
            probe.examine(&Context { world: &world, intent: &intent, now }).unwrap()
        };
        assert!(matches!(finding("2026-11-23T17:30:00Z"), Finding::Holds(_)));
        let Finding::Fails(why) = finding("2026-11-23T17:29:59Z") else { panic!("it passed") };
        assert!(why[0].contains("the vote runs until 2026-11-23 17:30 UTC"), "{why:?}");
    }
}
