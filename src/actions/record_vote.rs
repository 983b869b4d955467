// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards the vote on the candidate is in the journal, voter by voter, with what it came to
//! by the rule, whatever the outcome; not before it has been open long enough by the date of its
//! mail, nor while a person must rule on a mail that could change it. It is read from the
//! thread's mails; where there is no archive or no roster, a person enters it. The gate is the
//! probe `vote-passed`.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Services;
use super::voting::{RulingGiven, VoteQuestion, VoteRead, VoteRecord, VoteSource, read_and_keep, to_rule_on};
use crate::config::Vote;
use crate::engine::{Action, ActionError, Context, Probed, Reversal, Unknowns};
use crate::governance::{BallotBox, VoteOutcome, VotingPeriod};
use crate::release::FileDigest;

/// Parameters of `record-vote`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordVote {
    /// The Message-ID of the mail that called the vote.
    pub thread: String,
    /// The date of that mail.
    pub opened: Timestamp,
    /// How many hours the vote must at least be open.
    pub hours: u32,
    /// Where `quorate vote enter` leaves the votes, in the workspace.
    pub file: String,
    /// The list that it is held on.
    #[serde(default)]
    pub list: String,
    /// The rules and the roster; without them a person counts.
    #[serde(default)]
    pub vote: Option<Vote>,
    /// What was ruled on single mails.
    #[serde(default)]
    pub rulings: Vec<RulingGiven>,
    /// The files that the mail was about.
    #[serde(default)]
    pub manifest: Vec<FileDigest>,
    /// Where the tally is kept as it was last read, in the workspace.
    #[serde(default)]
    pub kept: Option<String>,
}

/// Who is named where the votes are not known yet.
const OTHER_VOTER: &str = "NON_BINDING_VOTER";

fn voters() -> [&'static str; 3] {
    ["FIRST_BINDING_VOTER", "SECOND_BINDING_VOTER", "THIRD_BINDING_VOTER"]
}

impl Action<Services> for RecordVote {
    fn summary(&self) -> String {
        match self.vote {
            Some(_) => "Reads the vote's thread, and records each vote and what they come to".into(),
            None => "Records the votes that were entered, and what they come to".into(),
        }
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        if self.rules(world).is_some() {
            return vec!["quorate vote tally".into()];
        }
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
            ("outcome".to_owned(), json!(VoteOutcome::Passed)),
            ("reasons".to_owned(), json!(none)),
        ])
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let period = VotingPeriod { opened: self.opened, hours: self.hours };
        if let Some(why) = period.still_runs(cx.now) {
            return Ok(Probed::Waiting { until: Some(period.ends()), why });
        }
        if let Some(votes) = self.entered(cx.world)? {
            let record = VoteRecord::of_hand(votes, &self.thread, &self.manifest, cx.now);
            return Ok(Probed::Done(serde_json::to_value(record).expect("plain data")));
        }
        if self.rules(cx.world).is_some() {
            return self.counted(cx);
        }
        let why = "the votes are not entered; `quorate vote enter --help` says how".into();
        Ok(Probed::Waiting { until: None, why })
    }

    fn act(&self, _cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        Err(ActionError::refused("votes are cast by people", "`quorate vote tally` shows how the vote stands"))
    }

    fn reversal(&self, outputs: &Value) -> Reversal {
        let by_hand = outputs.get("source") != Some(&json!(VoteSource::Tally));
        Reversal::Undo(match by_hand {
            true => "forgets the votes that were entered, so that they can be entered again".into(),
            false => "forgets the count, so that the thread is read and counted anew".into(),
        })
    }

    fn undo(&self, cx: &Context<'_, Services>, _outputs: &Value) -> Result<(), ActionError> {
        cx.world
            .workspace
            .remove(&self.file)
            .map_err(|error| ActionError::service("the workspace", error, "remove the file by hand"))
    }
}

impl RecordVote {
    /// The rules, where the vote can be read and counted by the program.
    pub fn rules(&self, world: &Services) -> Option<&Vote> {
        self.vote.as_ref().filter(|_| world.archive.is_some())
    }

    /// Reads and tallies the thread, and keeps the tally for `quorate status`; nothing where the
    /// archive does not have the vote's mail, or there are no rules.
    ///
    /// # Errors
    /// As [`read_vote`](super::voting::read_vote).
    pub fn read(&self, world: &Services, now: Timestamp) -> Result<Option<VoteRead>, ActionError> {
        let Some(rules) = &self.vote else { return Ok(None) };
        let question = VoteQuestion { rules, message_id: &self.thread, list: &self.list, rulings: &self.rulings };
        read_and_keep(world, &question, self.kept.as_deref(), now)
    }

    fn counted(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let waiting = |until, why| Ok(Probed::Waiting { until, why });
        let Some(read) = self.read(cx.world, cx.now)? else {
            return waiting(None, "the archive does not show the mail that called the vote yet".to_owned());
        };
        match (read.tally.outcome, read.tally.closes) {
            (VoteOutcome::Open, Some(closes)) if closes > cx.now => {
                waiting(Some(closes), format!("by the {} the vote is open for longer", read.bylaws.title))
            }
            (VoteOutcome::NeedsReview | VoteOutcome::Open, _) => waiting(None, review(&read)),
            _ => {
                let record = VoteRecord::of_tally(read, &self.thread, &self.manifest, &self.rulings);
                Ok(Probed::Done(serde_json::to_value(record).expect("plain data")))
            }
        }
    }

    /// The votes that a person entered.
    fn entered(&self, world: &Services) -> Result<Option<BallotBox>, ActionError> {
        let again = "enter them again by `quorate vote enter`";
        let bytes = world.workspace.read(&self.file).map_err(|error| {
            ActionError::service("the workspace", error, "make the file readable, or enter the votes again")
        })?;
        let Some(bytes) = bytes else { return Ok(None) };
        let votes: BallotBox = serde_json::from_slice(&bytes).map_err(|error| {
            let place = world.workspace.path(&self.file);
            ActionError::refused(format!("{} does not hold votes: {error}", place.display()), again)
        })?;
        votes.check().map_err(|error| ActionError::refused(error.to_string(), again))?;
        Ok(Some(votes))
    }
}

/// Why a person must rule before the vote can be recorded.
fn review(read: &VoteRead) -> String {
    let why = read.tally.reasons.last().cloned().unwrap_or_default();
    match read.tally.review.as_slice() {
        [] => why,
        reviews => format!("{why}: {}", to_rule_on(reviews)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::actions::offline;
    use crate::actions::voting::KeptTally;
    use crate::engine::Intent;
    use crate::rehearsal::{Mood, VoteMail, letters, verdicts};
    use crate::release::Sha512;

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
        assert_eq!((&output["source"], &output["totals"]["binding"]["plus"]), (&json!("entered"), &json!(3)));
    }

    /// A world whose archive has the call for votes and what the community of a rehearsal answers.
    fn archived(place: &std::path::Path, until: Timestamp) -> (Services, crate::rehearsal::ArchiveServer, VoteMail) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let vote = VoteMail {
            message_id: "<vote@example.org>".into(),
            subject: "[VOTE] Greeter 1.2.0, release candidate #1".into(),
            list: vec!["dev@greeter.example.org".into()],
            date: "2026-11-20T17:30:00Z".parse().unwrap(),
        };
        let store = crate::rehearsal::MailStore::open(place.join("mail")).unwrap();
        let call = format!(
            "From: Ann Example <ann@example.org>\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: {}\r\n\
             Date: Fri, 20 Nov 2026 17:30:00 +0000\r\n\r\nPlease vote.\r\n\r\n[ ] +1, approve\r\n[ ] -1, do not\r\n",
            vote.list[0], vote.subject, vote.message_id
        );
        store.add(call.as_bytes()).unwrap();
        for letter in letters(Mood::Content) {
            store.add(&letter.bytes(&vote, letter.date(&vote, until))).unwrap();
        }
        let server = crate::rehearsal::ArchiveServer::start(place.join("mail"), 0).unwrap();
        let mut world = offline(place);
        world.archive = Some(crate::services::PonyMail::new(server.base()));
        (world, server, vote)
    }

    fn with(rulings: Value, more: Value) -> Value {
        let mut with = json!({
            "thread": "<vote@example.org>", "opened": "2026-11-20T17:30:00Z", "hours": 72, "file": "votes.json",
            "list": "dev@greeter.example.org", "vote": {"bylaws": "flink", "roster": "greeter"}, "rulings": rulings,
            "manifest": [{"name": "greeter.tgz", "bytes": 3, "sha512": Sha512::of(b"abc")}], "kept": "tally.json",
        });
        with.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        with
    }

    fn ruled() -> Value {
        let ruling = |(key, ruling, why): (&str, &str, &str)| {
            json!({"about": format!("{key}.vote@example.org"), "ruling": ruling, "why": why,
                "at": "2026-11-23T18:00:00Z", "who": "Ann Example <ann@example.org>"})
        };
        verdicts().map(ruling).into_iter().collect()
    }

    fn probed(world: &Services, with: Value, now: &str) -> Result<Probed, ActionError> {
        let record: RecordVote = serde_json::from_value(with).unwrap();
        let now: Timestamp = now.parse().unwrap();
        let intent = Intent { at: now, token: "abc".into(), acted: None, resumed: false, anew: false };
        record.probe(&Context { world, intent: &intent, now })
    }

    #[test]
    fn the_thread_is_counted_once_a_person_has_ruled_on_what_could_change_it() {
        let place = tempfile::tempdir().unwrap();
        let end = "2026-11-23T17:30:00Z";
        let (world, _server, _) = archived(place.path(), end.parse().unwrap());
        let Probed::Waiting { until: None, why } = probed(&world, with(json!([]), json!({})), end).unwrap() else {
            panic!("recorded without a ruling")
        };
        for word in ["quorate vote rule 'gil.vote@example.org'", "<not-bob.vote@example.org>", "came by another way"] {
            assert!(why.contains(word), "`{word}` is not in {why}");
        }
        let kept = KeptTally::load(&world.workspace, "tally.json", "<vote@example.org>").unwrap();
        assert_eq!((kept.tally.review.len(), kept.tally.outcome), (2, VoteOutcome::NeedsReview));
        assert!(KeptTally::load(&world.workspace, "tally.json", "<other@example.org>").is_none());

        let Probed::Done(output) = probed(&world, with(ruled(), json!({})), end).unwrap() else { panic!("not done") };
        let record: VoteRecord = serde_json::from_value(output).unwrap();
        assert_eq!((record.source, record.outcome), (VoteSource::Tally, VoteOutcome::Passed));
        assert_eq!(record.binding.plus, ["Bob Example", "Cleo Example", "Fay Example"]);
        assert_eq!(record.binding.zero, ["Eve Example"]);
        assert_eq!(record.non_binding.plus, ["Dan Example", "Kim Example", "Ida Example"]);
        assert_eq!((record.votes.len(), record.rulings.len()), (7, 2));
        assert!(record.thread.contains("/thread/") && record.manifest.is_some());
        let roster = record.roster.unwrap();
        assert_eq!((roster.project.as_str(), roster.holders), ("greeter", 7));
    }

    #[test]
    fn what_the_bylaws_give_a_vote_it_gets_and_a_mail_that_is_not_there_yet_is_waited_for() {
        let place = tempfile::tempdir().unwrap();
        let end = "2026-11-23T17:30:00Z";
        let (world, _server, _) = archived(place.path(), end.parse().unwrap());
        let short = probed(&world, with(ruled(), json!({"hours": 24})), "2026-11-21T17:30:00Z").unwrap();
        let Probed::Waiting { until, .. } = short else { panic!("recorded after a day") };
        assert_eq!(until, Some(end.parse().unwrap()));
        let other = probed(&world, with(ruled(), json!({"thread": "<other@example.org>"})), end).unwrap();
        assert!(matches!(other, Probed::Waiting { until: None, .. }), "{other:?}");
        let unknown = json!({"vote": {"bylaws": "flink", "action": "picnic", "roster": "greeter"}});
        let error = probed(&world, with(ruled(), unknown), end).unwrap_err();
        assert!(error.to_string().contains("name no action `picnic`"), "{error}");
    }

    #[test]
    fn a_roster_that_is_not_what_it_was_is_told_and_the_record_names_what_was_used() {
        let place = tempfile::tempdir().unwrap();
        let end = "2026-11-23T17:30:00Z";
        let (world, _server, _) = archived(place.path(), end.parse().unwrap());
        let file = place.path().join("people.toml");
        let roster = world.assets.text("release-config/rosters/greeter.toml").unwrap();
        std::fs::write(&file, &roster).unwrap();
        let by_file = || with(ruled(), json!({"vote": {"bylaws": "flink", "roster": file}}));
        let read = |with: Value| {
            let record: RecordVote = serde_json::from_value(with).unwrap();
            record.read(&world, end.parse().unwrap()).unwrap().unwrap().tally
        };
        let told =
            |tally: &crate::governance::Tally| tally.notes.iter().any(|note| note.contains("is not what it was"));
        assert!(!told(&read(by_file())));
        std::fs::write(&file, format!("{roster}\n# somebody was here\n")).unwrap();
        assert!(told(&read(by_file())) && told(&read(by_file())), "as long as it is another one");
        let Probed::Done(output) = probed(&world, by_file(), end).unwrap() else { panic!("not done") };
        let record: VoteRecord = serde_json::from_value(output).unwrap();
        let used = record.roster.unwrap().files;
        assert_eq!(used[0].sha512, Sha512::of(&std::fs::read(&file).unwrap()));
        assert_eq!(record.bylaws_file.unwrap().name, "release-config/bylaws/flink.toml");
        std::fs::write(&file, &roster).unwrap();
        assert!(!told(&read(by_file())));
    }

    #[test]
    fn an_archive_that_cannot_be_asked_decides_nothing() {
        let place = tempfile::tempdir().unwrap();
        let end = "2026-11-23T17:30:00Z";
        let (world, server, _) = archived(place.path(), end.parse().unwrap());
        drop(server);
        let error = probed(&world, with(ruled(), json!({})), end).unwrap_err();
        assert!(matches!(error, ActionError::Service { .. }), "{error}");
        let votes = json!({"binding": {"plus": ["Ann Example"]}, "non_binding": {}, "thread": "", "why": "it is gone"});
        world.workspace.write("votes.json", votes.to_string().as_bytes()).unwrap();
        let Probed::Done(output) = probed(&world, with(ruled(), json!({})), end).unwrap() else { panic!("not done") };
        assert_eq!((&output["source"], &output["why"]), (&json!("entered"), &json!("it is gone")));
    }
}
