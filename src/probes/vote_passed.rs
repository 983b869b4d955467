// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether the recorded votes pass by the rule, were recorded when the vote had been open long
//! enough, and are on this candidate's files; computed anew from the votes and the vote mail's
//! date. An outcome that was noted is never what it passes by, but can be what it fails by.

use jiff::Timestamp;
use serde::Deserialize;

use crate::actions::Services;
use crate::actions::voting::{VoteRecord, VoteSource, bylaws_of, digest_of, no_such_action, to_rule_on};
use crate::config::Vote;
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::governance::{
    Approval, BindingVotes, Decision, Outcome, VoteOutcome, VoteValue, VotingPeriod, decide, lazy_majority,
};
use crate::release::FileDigest;

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
    /// The Message-ID of the mail that called the vote.
    #[serde(default)]
    pub thread: Option<String>,
    /// The files that that mail was about.
    #[serde(default)]
    pub manifest: Vec<FileDigest>,
    /// By which rules.
    #[serde(default)]
    pub vote: Option<Vote>,
}

/// What was recorded, and when.
#[derive(Debug, Deserialize)]
pub struct Recorded {
    /// When it was recorded.
    pub at: Timestamp,
    /// The votes.
    #[serde(flatten)]
    pub record: VoteRecord,
}

impl Probe<Services> for VotePassed {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let decision = self.decide(cx.world)?;
        let mut faults = self.faults(cx.now);
        let record = &self.step.record;
        if decision.outcome == Outcome::Failed {
            faults.extend(decision.reasons);
            if record.source == VoteSource::Tally {
                faults.push("where more votes have come since, `quorate undo record-vote` has them counted".into());
            }
        } else if record.source == VoteSource::Entered {
            let by_hand = format!("counted by a person{}", after(&record.why));
            return Ok(found(faults, [decision.reasons, vec![by_hand]].concat()));
        } else {
            let how = format!("{} mails counted by the {}", record.votes.len(), record.bylaws);
            return Ok(found(faults, [decision.reasons, vec![how]].concat()));
        }
        Ok(Finding::Fails(faults))
    }
}

fn found(faults: Vec<String>, reasons: Vec<String>) -> Finding {
    if faults.is_empty() { Finding::Holds(reasons.join("; ")) } else { Finding::Fails(faults) }
}

fn after(why: &str) -> String {
    if why.is_empty() { String::new() } else { format!(": {why}") }
}

impl VotePassed {
    /// What the votes come to by the rule.
    fn decide(&self, world: &Services) -> Result<Decision, ActionError> {
        let record = &self.step.record;
        let by_hand = record.source == VoteSource::Entered;
        let action = match &self.vote {
            Some(rules) => {
                let bylaws = bylaws_of(world, rules)?;
                let found = bylaws.action(&rules.action).cloned();
                Some(found.ok_or_else(|| no_such_action(&bylaws, rules))?)
            }
            None => None,
        };
        let (plus, minus) = match by_hand {
            true => (record.binding.plus.len(), record.binding.minus.len()),
            false => {
                let of = |value| record.votes.iter().filter(|vote| vote.binding && vote.value == value).count();
                (of(VoteValue::Plus), of(VoteValue::Minus))
            }
        };
        Ok(match (action, &record.roster) {
            (Some(action), Some(roster)) => decide(&action, BindingVotes { plus, minus, holders: roster.holders }),
            (Some(action), None) if action.approval != Approval::LazyMajority => Decision {
                outcome: Outcome::Failed,
                reasons: vec![format!("votes that a person entered cannot be weighed by {}", action.approval.words())],
            },
            _ => lazy_majority(plus, minus),
        })
    }

    /// What stands in the way whatever the votes say.
    fn faults(&self, now: Timestamp) -> Vec<String> {
        let Recorded { at, record } = &self.step;
        let mut faults = Vec::new();
        let period = VotingPeriod { opened: self.opened, hours: self.hours };
        if let Some(why) = period.still_runs(now.min(*at)) {
            faults.push(format!("the votes were recorded at {at:.0}, it is {now:.0} now, and {why}"));
        }
        match record.outcome {
            VoteOutcome::NeedsReview => {
                faults.push(format!("a person must rule first: {}", to_rule_on(&record.review)));
            }
            VoteOutcome::Cancelled => faults.push(format!(
                "the vote was called off: {}; `quorate cancel-candidate --why \"…\"`",
                record.reasons.first().map_or("", String::as_str)
            )),
            VoteOutcome::Open => faults.push("the votes were recorded while the vote was open".to_owned()),
            VoteOutcome::Passed | VoteOutcome::Failed => {}
        }
        if self.thread.as_ref().is_some_and(|thread| *thread != record.vote_mail) {
            faults.push(format!("the votes that were recorded are those of the mail {}", record.vote_mail));
        }
        if !self.manifest.is_empty() && digest_of(&self.manifest) != record.manifest {
            faults.push("the votes that were recorded are on other files than the vote's mail names".to_owned());
        }
        faults
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
                "step": {
                    "source": "entered", "binding": {"plus": ["Ann Example", "Bob Example", "Cleo Example"]},
                    "non_binding": {}, "thread": "", "at": recorded, "outcome": "passed", "reasons": [],
                },
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
