// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whole threads, and what must hold for any bytes and any text.

use proptest::prelude::*;

use super::{Selection, own_text, read_bytes, read_text, read_thread};
use crate::governance::{Role, Says, VoteValue};

fn mbox(mails: &[(&str, &str, &str, &str)]) -> String {
    let mut text = String::new();
    for (number, (from, subject, headers, body)) in mails.iter().enumerate() {
        text.push_str(&format!(
            "From x@example.org Mon Jan  1 00:00:00 2024\nFrom: {from}\nSubject: {subject}\nMessage-ID: <{number}@example.org>\nDate: Mon, 1 Jan 2024 1{number}:00:00 +0000\n{headers}\n{body}\n\n"
        ));
    }
    text
}

const CALL: (&str, &str, &str, &str) = (
    "Ann Example <ann@example.org>",
    "[VOTE] Release Widget 1.2.3 RC1",
    "",
    "Hi,\n\nPlease vote on the release.\n\n[ ] +1 approve\n[ ] -1 do not\n\nThe vote is open for at least 72 hours.",
);

const SUBJECT: &str = "Re: [VOTE] Release Widget 1.2.3 RC1";

#[test]
fn a_thread_with_all_its_parts() {
    let text = mbox(&[
        CALL,
        (
            "Bob <bob@example.org>",
            SUBJECT,
            "In-Reply-To: <0@example.org>\n",
            "+1 (binding)\n\nOn Mon, Ann <ann@example.org> wrote:\n> [ ] -1",
        ),
        ("Cleo <cleo@example.org>", SUBJECT, "", "-1, the hash is wrong"),
        (
            "Ann Example <ann@example.org>",
            SUBJECT,
            "References: <0@example.org>\n",
            "I'm going to cancel this vote, a new RC follows.",
        ),
        ("Dan <dan@example.org>", "Lunch", "", "+1"),
    ]);
    let thread = read_bytes(text.as_bytes(), Selection::default());
    assert_eq!(thread.subject.as_deref(), Some("[VOTE] Release Widget 1.2.3 RC1"));
    assert_eq!(thread.statements.len(), 4);
    assert!(matches!(&thread.statements[0].role, Role::Opens { hours: Some(72), .. }));
    assert!(matches!(&thread.statements[0].says, Says::Nothing { .. }));
    assert!(
        matches!(&thread.statements[1].says, Says::Casts(cast) if cast.value == VoteValue::Plus && !cast.explained)
    );
    assert!(
        matches!(&thread.statements[2].says, Says::Casts(cast) if cast.value == VoteValue::Minus && cast.explained)
    );
    assert!(matches!(&thread.statements[3].role, Role::Cancels { .. }));
    assert_eq!(thread.left_out.len(), 1);
}

#[test]
fn nobody_but_the_caller_calls_it_off() {
    let text = mbox(&[CALL, ("Bob <bob@example.org>", SUBJECT, "", "I'm going to cancel this vote.")]);
    let thread = read_bytes(text.as_bytes(), Selection::default());
    assert_eq!(thread.statements[1].role, Role::Replies);
}

#[test]
fn the_callers_own_vote_only_where_it_is_cast() {
    let mut call = CALL;
    call.3 = "Please vote on the release.\n\n+1 approve\n-1 do not\n\nThe vote is open for 72 hours.\n\nHere is my own +1 (binding).";
    let thread = read_bytes(mbox(&[call]).as_bytes(), Selection::default());
    assert!(matches!(&thread.statements[0].says, Says::Casts(cast) if cast.value == VoteValue::Plus));
}

#[test]
fn a_result_is_announced_and_casts_nothing() {
    let result = "The vote passed with 3 +1s (2 binding).\n\n+1 (binding):\n- Ann Example\n- Bob\n\n+1 (non-binding):\n- Cleo\n\n-1: none\n";
    let text = mbox(&[CALL, ("Ann Example <ann@example.org>", "[RESULT] [VOTE] Release Widget 1.2.3 RC1", "", result)]);
    let thread = read_bytes(text.as_bytes(), Selection::default());
    let Role::Announces(claimed) = &thread.statements[1].role else { panic!("{:?}", thread.statements[1]) };
    assert_eq!(claimed.passed, Some(true));
    assert_eq!((claimed.plus_in_all, claimed.binding.plus), (Some(3), Some(2)));
    let names: Vec<(&str, Option<bool>)> =
        claimed.voters.iter().map(|voter| (voter.name.as_str(), voter.binding)).collect();
    assert_eq!(names, [("Ann Example", Some(true)), ("Bob", Some(true)), ("Cleo", Some(false))]);
    assert!(matches!(thread.statements[1].says, Says::Nothing { .. }));
}

#[test]
fn the_same_mail_twice_is_one_and_a_borrowed_id_is_another() {
    let one = mbox(&[CALL, ("Bob <bob@example.org>", SUBJECT, "", "+1")]);
    let again = one.clone() + &one + &mbox(&[CALL, ("Cleo <cleo@example.org>", SUBJECT, "", "-1")]);
    let thread = read_bytes(again.as_bytes(), Selection::default());
    assert_eq!(thread.statements.len(), 3);
    assert_eq!(thread.statements.iter().filter(|statement| statement.head.message_id.ends_with("#2")).count(), 1);
    assert_eq!(thread.left_out.len(), 3);
}

#[test]
fn a_directory_of_mails() {
    let directory = tempfile::tempdir().unwrap();
    let text = mbox(&[CALL, ("Bob <bob@example.org>", SUBJECT, "", "+1")]);
    for (number, mail) in text.split("From x@example.org Mon Jan  1 00:00:00 2024\n").skip(1).enumerate() {
        std::fs::write(directory.path().join(format!("{number}.eml")), mail).unwrap();
    }
    std::fs::write(directory.path().join("9.eml"), "no mail at all").unwrap();
    let thread = read_thread(directory.path(), Selection::default()).unwrap();
    assert_eq!((thread.statements.len(), thread.left_out.len()), (2, 1));
    assert!(read_thread(&directory.path().join("nothing"), Selection::default()).is_err());
}

#[test]
fn an_answer_below_an_unmarked_quote_is_for_a_person() {
    let body = "From: Ann\nSent: Monday\nTo: dev\nSubject: x\n\nPlease vote.\n\n+1\n";
    let thread =
        read_bytes(mbox(&[CALL, ("Bob <bob@example.org>", SUBJECT, "", body)]).as_bytes(), Selection::default());
    assert!(matches!(thread.statements[1].says, Says::Unclear { .. }));
}

#[test]
fn what_is_too_large_is_read_in_bounds_and_shown() {
    let long = format!("+1\n\n{}", "a line of a very long mail\n".repeat(100_000));
    let deep = format!(
        "Content-Type: multipart/mixed; boundary=a\n\n{}",
        "--a\nContent-Type: multipart/mixed; boundary=a\n\n".repeat(5_000)
    );
    let text =
        mbox(&[CALL, ("Bob <bob@example.org>", SUBJECT, "", &long), ("Cleo <cleo@example.org>", SUBJECT, &deep, "x")]);
    let thread = read_bytes(text.as_bytes(), Selection::default());
    assert_eq!(thread.statements.len(), 3);
    assert!(matches!(thread.statements[1].says, Says::Unclear { .. }));
    assert!(thread.left_out.len() >= 2, "{:?}", thread.left_out);
}

fn reading(text: &str) -> String {
    match read_text(SUBJECT, text).1 {
        Says::Casts(cast) => format!("{:?} {:?}", cast.value, cast.claim),
        Says::Nothing { .. } | Says::Settles { .. } | Says::Regrets { .. } => "nothing".to_owned(),
        Says::Unclear { .. } => "unclear".to_owned(),
        Says::Withdraws { .. } => "withdrawn".to_owned(),
    }
}

fn votes() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "+1",
        "+1 (binding)",
        "-1, the hash of the source archive is not the one that the mail names, and the NOTICE is of last year",
        "Thanks for driving this release, it took a while! +1 (non-binding) from me, all of the tests pass here",
        "I vote 0",
        "+1 if the LICENSE is fixed",
        "I withdraw my -1",
        "We need three more binding +1 votes before this release can go out to the mirrors, so please vote",
        "no vote here",
        "I change my vote from +1 to -1, since the second candidate has the same fault as the first one had",
    ])
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = read_bytes(&bytes, Selection::default());
        let mail = [b"From a@b Mon Jan  1 00:00:00 2024\nFrom: a@b\nSubject: [VOTE] x\n".as_slice(), &bytes].concat();
        let _ = read_bytes(&mail, Selection::default());
    }

    #[test]
    fn any_text_is_read(text in any::<String>(), tail in "[-+01.,:;()\\[\\]/ a-zA-Z\n>=*'\"？＋！]{0,120}") {
        let _ = read_text(&text, &tail);
        let _ = read_text(&tail, &text);
        let _ = read_text(SUBJECT, &format!("{tail}{text}"));
    }

    #[test]
    fn a_quote_adds_no_vote(vote in votes(), quoted in votes(), depth in 1_usize..5) {
        let marks = ">".repeat(depth);
        let text = format!("{vote}\n\nOn Mon, 1 Jan 2024 at 10:00, Bob <bob@example.org> wrote:\n\n{marks} {quoted}\n");
        prop_assert_eq!(reading(&text), reading(vote));
        let below = format!("{marks} {quoted}\n\n{vote}\n");
        prop_assert_eq!(reading(&below), reading(vote));
    }

    #[test]
    fn a_signature_and_a_footer_change_nothing(vote in votes()) {
        for tail in [
            "\n-- \nBob\n+1 (951) 555-0100\n",
            "\nBest regards,\nBob\nTel: +1 (951) 555-0100\n",
            "\nSent from my iPhone\n",
            "\n\n---------------------------------------------------------------------\nTo unsubscribe, e-mail: dev-unsubscribe@example.org\nFor additional commands, e-mail: dev-help@example.org\n",
        ] {
            prop_assert_eq!(reading(&format!("{vote}\n{tail}")), reading(vote));
        }
    }

    #[test]
    fn wrapping_changes_nothing(vote in votes(), width in 60_usize..78) {
        let mut wrapped = String::new();
        let mut length = 0;
        for word in vote.split(' ') {
            if length > 0 && length + 1 + word.len() > width {
                wrapped.push('\n');
                length = 0;
            } else if length > 0 {
                wrapped.push(' ');
                length += 1;
            }
            wrapped.push_str(word);
            length += word.len();
        }
        prop_assert_eq!(reading(&wrapped), reading(vote), "{}", wrapped);
    }

    #[test]
    fn own_lines_are_lines_of_the_text(text in "[a-z>+1 \n:@-]{0,200}") {
        let own = own_text(&text);
        prop_assert!(own.lines.iter().all(|line| text.contains(line)));
    }
}

#[test]
fn what_cannot_be_read_as_one_persons_text_is_for_a_person() {
    let answer = "In-Reply-To: <0@example.org>\n";
    let encoded = format!("{answer}Content-Type: image/png\nContent-Transfer-Encoding: base64\n");
    let text = mbox(&[
        CALL,
        ("Bob <bob@example.org>, Cleo <cleo@example.org>", SUBJECT, answer, "+1"),
        ("Dan <dan@example.org>", SUBJECT, &encoded, "iVBORw0KGgo="),
        ("Doe, Eve <eve@example.org>", SUBJECT, answer, "+1"),
    ]);
    let thread = read_bytes(text.as_bytes(), Selection::default());
    let says: Vec<&Says> = thread.statements.iter().map(|statement| &statement.says).collect();
    assert!(matches!(says[1], Says::Unclear { why, .. } if why.contains("several senders")), "{:?}", says[1]);
    assert!(matches!(says[2], Says::Unclear { why, .. } if why.contains("was not read")), "{:?}", says[2]);
    assert!(matches!(says[3], Says::Casts(_)), "a name with a comma is one person: {:?}", says[3]);
    assert!(thread.left_out.iter().any(|left| left.why.contains("was not read")), "{:?}", thread.left_out);
}
