// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is on another vote in the same thread is never counted on this one.

use super::{Selection, read_bytes};
use crate::governance::{Role, Says, Statement};

const SUBJECT: &str = "[VOTE] Release Widget 1.2.3, RC2";
const CALL: &str = "Please vote on release candidate 2, which replaces RC1.\n\n[ ] +1 approve\n[ ] -1 do not\n\nThe vote is open for at least 72 hours.";

/// A thread: the call, and so many mails by a name, under a subject, with a text.
fn read(mails: &[(&str, &str, &str)]) -> Vec<Statement> {
    let mut text = String::new();
    let call = [("ann", SUBJECT, CALL)];
    for (number, (who, subject, body)) in call.iter().chain(mails).enumerate() {
        let parent = if number > 0 { "In-Reply-To: <0@example.org>\n" } else { "" };
        text.push_str(&format!(
            "From x@example.org Mon Jan  1 00:00:00 2024\nFrom: {who} <{who}@example.org>\nSubject: {subject}\nMessage-ID: <{number}@example.org>\nDate: Mon, 1 Jan 2024 1{number}:00:00 +0000\n{parent}\n{body}\n\n"
        ));
    }
    read_bytes(text.as_bytes(), Selection::default()).statements
}

fn why(statement: &Statement) -> &str {
    match &statement.says {
        Says::Unclear { why, .. } => why,
        Says::Casts(_) => "counts",
        _ => "",
    }
}

const ANSWER: &str = "Re: [VOTE] Release Widget 1.2.3, RC2";
const NEXT: &str = "Re: [VOTE] Release Widget 1.2.3, RC3";

#[test]
fn a_ballot_whose_subject_names_something_else_is_for_a_person() {
    let read = read(&[
        ("bob", NEXT, "+1 (binding)"),
        ("cleo", "Re: [VOTE] Release Widget 1.2.4, RC2", "+1"),
        ("dan", "Re: Moving the documentation", "+1"),
        ("eve", ANSWER, "+1"),
        ("fay", ANSWER, "+1 (RC3)"),
        ("gus", ANSWER, "+1 for RC1"),
        ("hal", ANSWER, "+1 (RC2)"),
    ]);
    assert_eq!(why(&read[1]), "its subject names rc3, and the vote is on rc2");
    assert_eq!(why(&read[2]), "its subject names 1.2.4, and the vote is on 1.2.3");
    assert!(why(&read[3]).starts_with("its subject is another"), "{:?}", read[3]);
    assert_eq!(why(&read[4]), "counts");
    assert_eq!(why(&read[5]), "it supports something else than what is voted on");
    assert_eq!(why(&read[6]), "it supports something else than what is voted on");
    assert_eq!(why(&read[7]), "counts");
}

#[test]
fn behind_a_mail_that_puts_another_candidate_to_the_vote_it_may_be_on_that() {
    for (who, subject, said) in [
        ("ann", ANSWER, "RC3 is up at https://dist.example.org/rc3, please vote on it here."),
        ("ann", NEXT, "Here is the fixed one, please vote."),
        ("ann", ANSWER, "I have uploaded a new release candidate with the fix to the same place."),
        ("ann", ANSWER, "RC3 is available now, for three days at least. Have a look at it."),
        ("eve", NEXT, "Please vote on this candidate.\nThe vote is open for 72 hours."),
    ] {
        let read =
            read(&[("bob", ANSWER, "+1"), (who, subject, said), ("cleo", ANSWER, "+1"), ("dan", ANSWER, "+1 for RC2")]);
        assert_eq!(why(&read[1]), "counts", "{said}");
        assert!(matches!(read[2].role, Role::Cancels { certain: false, .. }), "{:?}", read[2]);
        assert!(why(&read[3]).contains("2@example.org before it puts"), "{said}: {:?}", read[3]);
        assert_eq!(why(&read[4]), "counts", "{said}");
    }
}

#[test]
fn a_mail_that_only_speaks_of_another_candidate_changes_nothing() {
    for (who, said) in [
        ("ann", "If we find more, I will make an RC3."),
        ("ann", "RC1 is available in the archive, should you want to compare them."),
        ("ann", "RC2 is up, please vote on it."),
        ("bob", "RC3 is up in my own fork, please vote."),
        ("ann", "Please vote, we need one more."),
    ] {
        let read = read(&[(who, ANSWER, said), ("cleo", ANSWER, "+1")]);
        assert_eq!(read[1].role, Role::Replies, "{said}");
        assert_eq!(why(&read[2]), "counts", "{said}");
    }
}

#[test]
fn in_the_next_round_a_ballot_for_the_last_candidate_is_for_a_person() {
    let next = CALL.replace("candidate 2, which replaces RC1", "candidate 3, which replaces RC2");
    let read = read(&[
        ("ann", NEXT, &next),
        ("bob", NEXT, "+1"),
        ("cleo", ANSWER, "+1"),
        ("dan", NEXT, "+1 for RC2"),
        ("eve", NEXT, "+1 for RC3"),
    ]);
    assert!(matches!(read[1].role, Role::Opens { .. }), "{:?}", read[1]);
    let told: Vec<&str> = read[2..].iter().map(why).collect();
    let (other, thing) =
        ("its subject names rc2, and the vote is on rc3", "it supports something else than what is voted on");
    assert_eq!(told, ["counts", other, thing, "counts"]);
}

#[test]
fn a_result_under_another_subject_closes_nothing() {
    let read = read(&[
        ("bob", ANSWER, "+1"),
        ("ann", "[RESULT][VOTE] Release Widget 1.2.2, RC2", "The vote passed with 3 binding +1 votes."),
        ("ann", "[CANCEL][VOTE] Release Widget 1.2.2, RC2", "It has a fault."),
    ]);
    assert_eq!(read[2].role, Role::Replies);
    assert!(matches!(read[3].role, Role::Cancels { certain: false, .. }), "{:?}", read[3]);
}

#[test]
fn a_vote_that_answers_another_call_is_for_a_person() {
    let next = "[VOTE] Release Widget 1.2.3, RC3";
    let read = |who: &str| {
        let mail = |id: &str, who: &str, to: &str, subject: &str, body: &str| {
            format!(
                "From x@example.org Mon Jan  1 00:00:00 2024\nFrom: {who} <{who}@example.org>\nSubject: {subject}\nMessage-ID: <{id}@x>\nDate: Mon, 1 Jan 2024 1{id}:00:00 +0000\n{to}\n{body}\n\n"
            )
        };
        let to = |id: &str| format!("In-Reply-To: <{id}@x>\n");
        let text = [
            mail("0", "ann", "", SUBJECT, CALL),
            mail("1", "cleo", &to("0"), ANSWER, "+1"),
            mail("2", who, &to("0"), next, &CALL.replace("candidate 2", "candidate 3").replace("RC1", "RC2")),
            mail("3", "dan", &to("2"), ANSWER, "+1"),
        ];
        read_bytes(text.concat().as_bytes(), Selection::default()).statements
    };
    let same = read("ann");
    assert!(matches!(same[2].role, Role::Opens { .. }), "whoever opened the vote begins a round: {:?}", same[2]);
    assert!(why(&same[3]).contains("rc2"), "{:?}", same[3]);
    let other = read("bob");
    assert_eq!((other.len(), why(&other[1])), (3, "counts"), "a vote of somebody else's is another thread");
    assert!(why(&other[2]).starts_with("it answers the call of another vote"), "{:?}", other[2]);
}
