// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What must hold for any bytes whatever, as mails and as the text of a ballot: nothing panics,
//! nothing is lost in silence, and what was only quoted is nobody's vote. The fuzz targets call
//! these, and so do the property tests of `tests/suite`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::Timestamp;
use quorate::config::{Assets, load_bylaws};
use quorate::governance::{Bylaws, Case, Roster, Says, Statement, tally};
use quorate::mail::reading::{Selection, ThreadRead, read_bytes, read_text};

/// A subject under which votes are cast.
const SUBJECT: &str = "Re: [VOTE] Release Greeter 1.2.0, release candidate #1";

static BYLAWS: LazyLock<Bylaws> =
    LazyLock::new(|| load_bylaws(&Assets::default(), "flink").expect("the bylaws that are built in"));
static ROSTER: LazyLock<Roster> = LazyLock::new(|| {
    let member = |id: &str| format!("[[member]]\nid = \"{id}\"\nname = \"{id} Example\"\nroles = [\"pmc\"]\n");
    let text = ["ann", "bob", "cleo", "dan"].map(member).concat();
    Roster::parse("roster.toml", &text).expect("a roster that is written here")
});

/// As an mbox, or one mail: whichever thread is wanted, each mail has one place in what comes
/// of it, and the tally of it counts nothing that was not read as a vote.
pub fn mails(bytes: &[u8]) {
    let read = read_bytes(bytes, Selection::LargestVote);
    thread(&read);
    let first = read.statements.first().map(|statement| statement.head.message_id.clone());
    for selection in [Selection::Subject("vote"), Selection::Message(first.as_deref().unwrap_or("a@example.org"))] {
        thread(&read_bytes(bytes, selection));
    }
}

fn thread(read: &ThreadRead) {
    assert!(read.statements.len() <= read.mails, "{} of {}", read.statements.len(), read.mails);
    let ids: BTreeSet<&str> = read.statements.iter().map(|statement| statement.head.message_id.as_str()).collect();
    assert_eq!(ids.len(), read.statements.len(), "two mails under one name");
    assert!(read.left_out.iter().all(|left| !left.why.is_empty() && !left.mail.is_empty()));
    let now = Timestamp::from_second(1_800_000_000).expect("a time");
    let action = BYLAWS.action("product-release").expect("an action that all bylaws have");
    let tally = tally(&Case {
        action,
        roster: &ROSTER,
        statements: &read.statements,
        rulings: &[],
        reminders: &[],
        subject: None,
        now,
        clock: now,
    });
    let voters: BTreeSet<&str> = tally.votes.iter().map(|vote| vote.voter.as_str()).collect();
    assert_eq!(voters.len(), tally.votes.len(), "somebody has two votes");
    for vote in &tally.votes {
        let mail = read.statements.iter().find(|statement| statement.head.message_id == vote.message_id);
        assert!(mail.is_some_and(casts), "{vote:?}");
    }
    assert_eq!(tally.mails.len(), read.statements.len(), "a mail without an account of it");
}

fn casts(statement: &Statement) -> bool {
    matches!(statement.says, Says::Casts(_))
}

/// As the text of an answer to a call for votes: a vote has a value in its line, and the same
/// text quoted is none.
pub fn ballot(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let (_, Says::Casts(cast)) = read_text(SUBJECT, &text) {
        let plain = cast.line.to_lowercase();
        assert!(plain.chars().any(char::is_numeric) || plain.contains("one"), "{cast:?} of {text:?}");
        assert!(!cast.why.is_empty(), "{cast:?}");
    }
    // a carriage return alone ends a line for some programs, and begins an unquoted one
    let quoted: String = text.replace('\r', "").split('\n').map(|line| format!("> {line}\n")).collect();
    let (_, says) = read_text(SUBJECT, &quoted);
    assert!(!matches!(says, Says::Casts(_)), "{says:?} of {quoted:?}");
}
