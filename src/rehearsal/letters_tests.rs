// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the letters of a rehearsal come to when they are read and counted.

use jiff::Timestamp;

use super::letters::*;
use super::people::Mood;
use crate::governance::{Bylaws, Case, Roster, Ruling, Tally, VoteOutcome, tally};
use crate::mail::reading::{Selection, read_bytes};
use crate::rehearsal::mail_store::mbox_entry;

const CALL: &str = "From: Ann Example <ann@example.org>\r\nTo: dev@greeter.example.org\r\nSubject: [VOTE] Greeter 1.2.0, release candidate #1\r\n\
    Message-ID: <vote@example.org>\r\nDate: Sat, 21 Nov 2026 09:00:00 +0000\r\n\r\nPlease vote.\r\n\r\n[ ] +1, approve the release\r\n[ ] -1, do not\r\n";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn counted(mood: Mood, ruled: bool) -> Tally {
    let vote = VoteMail {
        message_id: "<vote@example.org>".into(),
        subject: "[VOTE] Greeter 1.2.0, release candidate #1".into(),
        list: vec!["dev@greeter.example.org".into()],
        date: at("2026-11-21T09:00:00Z"),
    };
    let until = at("2026-11-24T09:00:00Z");
    let mut mbox = mbox_entry(CALL.as_bytes());
    for letter in letters(mood) {
        let date = letter.date(&vote, until);
        assert_eq!(letter.bytes(&vote, date), letter.bytes(&vote, date));
        mbox.extend(mbox_entry(&letter.bytes(&vote, date)));
    }
    let read = read_bytes(&mbox, Selection::Message("<vote@example.org>"));
    let bylaws = crate::config::load_bylaws(&crate::config::Assets::default(), "flink").unwrap();
    let ruling = |(key, verdict, why): (&str, &str, &str)| Ruling {
        message_id: format!("{key}.vote@example.org"),
        verdict: verdict.parse().unwrap(),
        why: why.into(),
    };
    let rulings: Vec<Ruling> = if ruled { verdicts().map(ruling).into() } else { Vec::new() };
    tally(&Case {
        action: Bylaws::action(&bylaws, "product-release").unwrap(),
        roster: &Roster::parse("greeter.toml", crate::rehearsal::world::ROSTER).unwrap(),
        statements: &read.statements,
        rulings: &rulings,
        reminders: &[],
        subject: None,
        now: until,
        clock: until,
    })
}

fn cast(tally: &Tally) -> Vec<String> {
    let one = |vote: &crate::governance::CountedVote| {
        format!("{} {}{}", vote.voter, vote.value.sign(), if vote.binding { "" } else { " not binding" })
    };
    tally.votes.iter().map(one).collect()
}

#[test]
fn a_content_community_needs_two_rulings_and_approves() {
    let before = counted(Mood::Content, false);
    assert_eq!(before.outcome, VoteOutcome::NeedsReview, "{:?}", before.reasons);
    let review: Vec<&str> = before.review.iter().map(|one| one.message_id.as_str()).collect();
    assert_eq!(review, ["gil.vote@example.org", "not-bob.vote@example.org"], "{before:?}");
    let after = counted(Mood::Content, true);
    assert_eq!((after.outcome, after.review.len()), (VoteOutcome::Passed, 0));
    let expected = [
        "bob +1",
        "dan +1 not binding",
        "cleo +1",
        "eve 0",
        "kim@example.net +1 not binding",
        "fay +1",
        "ida +1 not binding",
    ];
    assert_eq!(cast(&after), expected);
    assert!(after.votes[5].earlier.len() == 1 && after.votes[2].notes.len() == 1, "{after:?}");
}

#[test]
fn an_alarmed_one_says_no() {
    let tally = counted(Mood::Alarmed, false);
    assert_eq!(tally.outcome, VoteOutcome::Failed);
    assert_eq!(cast(&tally), ["bob -1", "cleo -1", "dan +1 not binding"]);
}
