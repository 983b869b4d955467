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
use crate::actions::voting::{VoteRecord, VoteSource, bylaws_of, digest_of, to_rule_on};
use crate::config::Vote;
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::governance::{
    Action, Approval, BindingVotes, Bylaws, Decision, FileUsed, Outcome, VoteOutcome, VoteValue, VotingPeriod, decide,
    lazy_majority,
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
        let how = match record.source {
            VoteSource::Entered => format!("counted by a person{}", after(&record.why)),
            VoteSource::Tally => {
                let files = record.roster.iter().flat_map(|roster| &roster.files).chain(&record.bylaws_file);
                let used: Vec<String> = files.map(FileUsed::in_short).collect();
                let by = if used.is_empty() { String::new() } else { format!(": {}", used.join(", ")) };
                format!("{} votes counted from the mails, by the {}{by}", record.votes.len(), record.bylaws)
            }
        };
        if decision.outcome == Outcome::Failed {
            faults.extend(decision.reasons);
        } else if faults.is_empty() {
            return Ok(Finding::Holds([decision.reasons, vec![how]].concat().join("; ")));
        }
        Ok(Finding::Fails(faults))
    }
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
                let (bylaws, action) = bylaws_of(&world.assets, rules)?;
                self.demand_same(&bylaws, &action)?;
                Some(action)
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

    /// That what the bylaws say of it now is what the votes were counted by.
    fn demand_same(&self, bylaws: &Bylaws, action: &Action) -> Result<(), ActionError> {
        let record = &self.step.record;
        if record.action.as_ref().is_none_or(|counted| counted == action) {
            return Ok(());
        }
        let file = record.bylaws_file.as_ref().map_or_else(|| record.bylaws.clone(), FileUsed::in_short);
        Err(ActionError::refused(
            format!(
                "{} says otherwise of `{}` than what the votes were counted by, {file}",
                bylaws.file.in_short(),
                action.id
            ),
            "put the file back as it was; or `quorate undo record-vote`, which has them counted anew",
        ))
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

    fn vote(name: &str, value: &str, binding: bool) -> serde_json::Value {
        json!({
            "voter": name, "name": name, "address": "", "value": value, "binding": binding, "roster": "",
            "message_id": name, "at": null, "line": value, "why": "", "claim": null, "notes": [], "earlier": [],
        })
    }

    /// What the gate says of a tally with these votes, with other values in the record.
    fn of_tally(votes: &[serde_json::Value], more: serde_json::Value) -> Finding {
        examined(votes, more).unwrap()
    }

    fn examined(votes: &[serde_json::Value], more: serde_json::Value) -> Result<Finding, ActionError> {
        let place = tempfile::tempdir().unwrap();
        let world = offline(place.path());
        let now: Timestamp = "2026-11-25T00:00:00Z".parse().unwrap();
        let intent = Intent { at: now, token: "abc".into(), acted: None, resumed: false, anew: false };
        let files = json!([{"name": "a", "bytes": 3, "sha512": crate::release::Sha512::of(b"abc")}]);
        let manifest = digest_of(&serde_json::from_value::<Vec<FileDigest>>(files.clone()).unwrap());
        let mut step = json!({
            "source": "tally", "binding": {"plus": ["A", "B", "C", "D"]}, "non_binding": {}, "thread": "https://x",
            "vote_mail": "<vote@example.org>", "manifest": manifest, "at": "2026-11-24T00:00:00Z", "outcome": "passed",
            "reasons": [], "bylaws": "Bylaws", "votes": votes, "review": [],
            "roster": {"project": "greeter", "as_of": null, "source": null, "binding": "pmc", "holders": 7},
        });
        step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let with = json!({
            "step": step, "opened": "2026-11-20T17:30:00Z", "hours": 72, "thread": "<vote@example.org>",
            "manifest": files, "vote": {"bylaws": "flink", "roster": "greeter"},
        });
        let probe: VotePassed = serde_json::from_value(with).unwrap();
        probe.examine(&Context { world: &world, intent: &intent, now })
    }

    fn fails(votes: &[serde_json::Value], more: serde_json::Value, word: &str) {
        let Finding::Fails(why) = of_tally(votes, more) else { panic!("it passed without {word}") };
        assert!(why.iter().any(|one| one.contains(word)), "{word}: {why:?}");
    }

    #[test]
    fn the_votes_themselves_are_counted_and_not_what_was_noted() {
        let three = [vote("a", "+1", true), vote("b", "+1", true), vote("c", "+1", true)];
        assert!(matches!(of_tally(&three, json!({})), Finding::Holds(why) if why.contains("3 votes counted")));
        fails(&three[..2], json!({}), "2 binding +1; at least 3 are needed");
        let not_binding = [three[0].clone(), three[1].clone(), vote("c", "+1", false)];
        fails(&not_binding, json!({}), "2 binding +1");
        let against = ["d", "e", "f"].map(|name| vote(name, "-1", true));
        fails(&[three.to_vec(), against.to_vec()].concat(), json!({}), "there must be more +1 than -1");
    }

    #[test]
    fn bylaws_that_say_otherwise_since_the_count_are_not_taken_in_silence() {
        let three = [vote("a", "+1", true), vote("b", "+1", true), vote("c", "+1", true)];
        let bylaws = crate::config::load_bylaws(&crate::config::Assets::default(), "flink").unwrap();
        let mut action = bylaws.action("product-release").unwrap().clone();
        let file = FileUsed::of("/home/ann/bylaws.toml", b"as they were");
        let counted = |action: &Action| json!({"action": action, "bylaws_file": file});
        let Finding::Holds(how) = of_tally(&three, counted(&action)) else { panic!("the same rule does not hold") };
        assert!(how.contains("/home/ann/bylaws.toml (SHA-512 "), "{how}");
        action.minimum_days += 1;
        let error = examined(&three, counted(&action)).unwrap_err().to_string();
        assert!(
            error.contains("says otherwise of `product-release`") && error.contains("/home/ann/bylaws.toml"),
            "{error}"
        );
    }

    #[test]
    fn a_vote_on_something_else_or_that_needs_a_ruling_does_not_pass() {
        let three = [vote("a", "+1", true), vote("b", "+1", true), vote("c", "+1", true)];
        let review =
            json!([{"message_id": "x@example.org", "from": "Gil", "at": null, "excerpt": "", "why": "a condition"}]);
        let needs = json!({"outcome": "needs-review", "review": review});
        fails(
            &three,
            needs,
            "<x@example.org> from Gil: a condition; `quorate vote rule 'x@example.org' VALUE --why TEXT`",
        );
        fails(&three, json!({"outcome": "cancelled", "reasons": ["Bob called it off"]}), "Bob called it off");
        fails(&three, json!({"vote_mail": "<other@example.org>"}), "<other@example.org>");
        fails(&three, json!({"manifest": null}), "on other files");
        fails(&three, json!({"at": "2026-11-21T00:00:00Z"}), "the vote runs until");
    }
}
