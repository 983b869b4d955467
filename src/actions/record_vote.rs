// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards the votes on the candidate, by name, and what they come to by the
//! rule are in the journal, whatever the outcome; not before the vote has been
//! open long enough by the date of its mail. The gate is the probe `vote-passed`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Services;
use crate::engine::{Action, ActionError, Context, Probed, Reversal, Unknowns};
use crate::governance::{BallotBox, Ballots, Outcome, VotingPeriod};

/// Parameters of `record-vote`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordVote {
    /// The vote's thread: a link or a Message-ID.
    pub thread: String,
    /// The date of the mail that called the vote.
    pub opened: Timestamp,
    /// How many hours the vote must at least be open.
    pub hours: u32,
    /// Where `quorate vote enter` leaves the votes, in the workspace.
    pub file: String,
}

/// What was recorded.
#[derive(Debug, Serialize, Deserialize)]
struct Output {
    binding: Ballots,
    non_binding: Ballots,
    thread: String,
    outcome: Outcome,
    reasons: Vec<String>,
}

/// Who is named where the votes are not known yet.
const OTHER_VOTER: &str = "NON_BINDING_VOTER";

fn voters() -> [&'static str; 3] {
    ["FIRST_BINDING_VOTER", "SECOND_BINDING_VOTER", "THIRD_BINDING_VOTER"]
}

impl Action<Services> for RecordVote {
    fn summary(&self) -> String {
        "Records the votes that were entered, and what they come to".into()
    }

    fn commands(&self, _world: &Services) -> Vec<String> {
        let [first, second, third] = voters();
        vec![format!(
            "quorate vote enter --plus {first} --plus {second} --plus {third} --non-binding-plus {OTHER_VOTER}"
        )]
    }

    fn foreseen(&self, _cx: &Context<'_, Services>, _unknown: &mut Unknowns) -> Map<String, Value> {
        let none: [&str; 0] = [];
        let votes = |plus: &[&str]| json!({"plus": plus, "zero": none, "minus": none});
        Map::from_iter([
            ("binding".to_owned(), votes(&voters())),
            ("non_binding".to_owned(), votes(&[OTHER_VOTER])),
            ("thread".to_owned(), json!(self.thread)),
            ("outcome".to_owned(), json!(Outcome::Passed)),
            ("reasons".to_owned(), json!(none)),
        ])
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let period = VotingPeriod { opened: self.opened, hours: self.hours };
        if let Some(why) = period.still_runs(cx.now) {
            return Ok(Probed::Waiting { until: Some(period.ends()), why });
        }
        let bytes = cx.world.workspace.read(&self.file).map_err(|error| {
            ActionError::service("the workspace", error, "make the file readable, or enter the votes again")
        })?;
        let Some(bytes) = bytes else {
            return Ok(Probed::Waiting {
                until: None,
                why: "the votes are not entered; `quorate vote enter --help` says how".into(),
            });
        };
        let votes: BallotBox = serde_json::from_slice(&bytes).map_err(|error| {
            ActionError::refused(
                format!("{} does not hold votes: {error}", cx.world.workspace.path(&self.file).display()),
                "enter them again by `quorate vote enter`",
            )
        })?;
        votes
            .check()
            .map_err(|error| ActionError::refused(error.to_string(), "enter them again by `quorate vote enter`"))?;
        let decision = votes.decide();
        let output = Output {
            binding: votes.binding,
            non_binding: votes.non_binding,
            thread: if votes.thread.is_empty() { self.thread.clone() } else { votes.thread },
            outcome: decision.outcome,
            reasons: decision.reasons,
        };
        Ok(Probed::Done(serde_json::to_value(output).expect("plain data")))
    }

    fn act(&self, _cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        Err(ActionError::refused("votes are entered by a person", "`quorate vote enter --help` says how"))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Undo("forgets the votes that were entered, so that they can be entered again".into())
    }

    fn undo(&self, cx: &Context<'_, Services>, _outputs: &Value) -> Result<(), ActionError> {
        cx.world
            .workspace
            .remove(&self.file)
            .map_err(|error| ActionError::service("the workspace", error, "remove the file by hand"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::actions::offline;
    use crate::engine::Intent;

    #[test]
    fn what_was_entered_is_recorded_when_the_vote_may_be_closed_and_not_before() {
        let place = tempfile::tempdir().unwrap();
        let world = offline(place.path());
        let votes = json!({"binding": {"plus": ["Ann Example", "Bob Example", "Cleo Example"]}, "non_binding": {}, "thread": ""});
        world.workspace.write("votes.json", votes.to_string().as_bytes()).unwrap();
        let with = json!({"thread": "<a@b>", "opened": "2026-11-20T17:30:00Z", "hours": 72, "file": "votes.json"});
        let record: RecordVote = serde_json::from_value(with).unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let intent =
            Intent { at: at("2026-11-20T17:31:00Z"), token: "abc".into(), acted: None, resumed: false, anew: false };
        let probe = |now| record.probe(&Context { world: &world, intent: &intent, now: at(now) }).unwrap();
        let Probed::Waiting { until, why } = probe("2026-11-23T17:29:59Z") else { panic!("recorded too early") };
        assert_eq!(until, Some(at("2026-11-23T17:30:00Z")));
        assert!(why.contains("the vote runs until 2026-11-23 17:30 UTC"), "{why}");
        let Probed::Done(output) = probe("2026-11-23T17:30:00Z") else { panic!("not recorded") };
        assert_eq!((&output["outcome"], &output["thread"]), (&json!("passed"), &json!("<a@b>")));
    }
}
