// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Mails of whoever called the vote, and mails that only sound like theirs.

use super::tests::answer;
use crate::governance::{Role, Says};

fn role(text: &str, by_caller: bool) -> &'static str {
    let own: Vec<&str> = text.split('|').collect();
    match answer(&own, by_caller, &[]).0 {
        Role::Opens { .. } => "opens",
        Role::Extends { .. } => "extends",
        Role::Replies => "replies",
        Role::Cancels { certain: true, .. } => "cancels",
        Role::Cancels { .. } => "perhaps",
        Role::Announces(_) => "announces",
    }
}

fn all_are(expected: &str, by_caller: bool, texts: &[&str]) {
    for text in texts {
        assert_eq!(role(text, by_caller), expected, "{text}");
    }
}

#[test]
fn a_reminder_opens_and_closes_nothing() {
    all_are(
        "replies",
        true,
        &[
            "Please vote. The vote will be open for at least 72 hours.",
            "We have 2 binding +1 so far, please vote. The vote closes in 24 hours.",
            "Not enough votes yet, so the vote remains open until Friday. Please vote!",
            "The vote has been open for 72 hours. I'd like to keep it open for another 2 days, please vote on RC2.",
            "The vote passes if at least three binding +1 votes are cast.",
            "RC1 was cancelled.",
            "The previous vote was cancelled because of a bug.",
        ],
    );
}

#[test]
fn a_new_candidate_or_a_new_start_opens_a_round() {
    all_are(
        "opens",
        true,
        &[
            "Please vote on RC3.||The vote will be open for at least 72 hours.",
            "I restart the vote, please vote again. It will be open for 72 hours.|The vote is open for 3 days.",
            "Please review and vote on the candidate as follows.||The vote is open for at least 72 hours.",
        ],
    );
}

#[test]
fn a_voter_announces_nothing() {
    all_are(
        "replies",
        false,
        &[
            "I change my vote to -1, the build fails here.",
            "+1, the previous vote failed due to the license.",
            "+1. The release passed all our tests.",
            "+1 (binding)||voting results:",
        ],
    );
    // what was checked is not what was voted on, and RC1 is not RC2
    let by_caller = [
        "The release passed all tests here.",
        "The release build failed on Windows.",
        "The vote on RC1 failed, this one has the fix.",
    ];
    all_are("replies", true, &by_caller);
    all_are("replies", false, &["Vote closed, RC2 failed.", "The vote on RC1 failed with two -1."]);
    all_are("announces", true, &["Vote closed, RC2 failed.", "The RC1 vote failed. This vote has passed."]);
    all_are("announces", false, &["The vote passed with 3 binding +1 votes."]);
    all_are("announces", true, &["The vote has passed.", "The vote passes with 3 binding +1."]);
}

#[test]
fn who_calls_a_vote_casts_what_they_call_their_own() {
    let call = |line: &str| {
        let text = format!("Please vote on RC3.||[ ] +1 approve|[ ] -1 no||The vote is open for 72 hours.||{line}");
        let own: Vec<&str> = text.split('|').collect();
        answer(&own, true, &[]).1
    };
    for line in [
        "My vote: +1 (binding)",
        "My own vote: +1",
        "Own vote: +1",
        "My vote:||+1",
        "Here is my own vote:|+1 (binding)",
        "I vote +1",
    ] {
        assert!(matches!(call(line), Says::Casts(_)), "{line}: {:?}", call(line));
    }
    for line in ["+1", "Votes: +1", "default: -1", "We need three +1.", "It prints:|-1"] {
        assert!(matches!(call(line), Says::Nothing { .. }), "{line}: {:?}", call(line));
    }
}

#[test]
fn calling_off_in_a_word() {
    all_are("cancels", true, &["Cancelled.", "Ack. Cancelling.", "This vote is cancelled in favor of RC3"]);
}

#[test]
fn a_result_is_that_of_the_candidate_that_it_names() {
    let announces = |subject: &str| {
        let read = super::read(&super::Text {
            subject: &super::Subject::of(subject),
            own: &["The vote passed with 3 binding +1 votes."],
            sender: "",
            answers: true,
            called: true,
            by_caller: true,
            call: &[],
            to_call: false,
            called_as: None,
            candidates: &["rc2".to_owned()],
            earlier: &[],
            remarks: &[],
        });
        matches!(read.0, Role::Announces(_))
    };
    assert!(announces("[RESULT] [VOTE] Release 1.2.3, RC2") && announces("[RESULT] [VOTE] Release 1.2.3"));
    assert!(announces("Re: [VOTE] Release 1.2.3, RC2"), "its own words say so");
}

#[test]
fn what_ends_or_prolongs_a_vote_is_told_from_what_does_not() {
    all_are(
        "cancels",
        true,
        &[
            "Closing this vote, we need a new RC.",
            "Considering this RC dead, new one tomorrow, another candidate will follow.",
            "Die Abstimmung ist abgebrochen.",
            "取消本次投票",
        ],
    );
    all_are("replies", true, &["I am preparing the next release candidate of Greeter 9.9 already."]);
    all_are("cancels", false, &["This vote is cancelled.", "The vote has been withdrawn!"]);
    all_are(
        "replies",
        false,
        &["I heard that the vote is cancelled, is it?", "The vote was cancelled last year because of the licence."],
    );
    all_are(
        "extends",
        true,
        &["I am extending the vote by 3 days until October 12th, 2026.", "The vote is extended to 2026-10-12."],
    );
    all_are("replies", true, &["Should we extend the vote by a week?", "I will not extend the vote."]);
}

#[test]
fn what_may_call_a_vote_off_is_for_a_person() {
    let perhaps = [
        "I call this vote off.",
        "RC2 is dead, long live RC3",
        "Superseded by RC3",
        "I refuse to cancel this vote.",
        "I wanted to cancel this vote, but Bob convinced me.",
        "Vote annulé.",
    ];
    all_are("perhaps", true, &perhaps);
    all_are("cancels", true, &["I am cancelling this vote, we found a jar.", "We withdraw RC2."]);
    all_are("cancels", false, &["I cancel this vote", "The vote is cancelled, we found a jar."]);
    all_are("replies", true, &["I will not cancel this vote.", "Should we cancel this vote?"]);
    all_are("replies", false, &["I suggest to cancel this vote", "I will cancel this vote"]);
}

#[test]
fn what_is_said_of_something_else_calls_nothing_off_for_certain() {
    for line in [
        "Once this vote passes I'll roll the RC3 of the docker images.",
        "I'll prepare the next release candidate for the connector project.",
        "Please stop voting on this one.",
        "FYI I had to re-upload the tarball, the sha512 changed. Nothing else.",
    ] {
        let role = answer(&[line], true, &[]).0;
        assert!(matches!(role, Role::Cancels { certain: false, .. }), "{line}: {role:?}");
    }
    for line in ["I'll prepare the next release candidate.", "I will roll RC3 for Apache Widget 1.2.3 now."] {
        assert!(matches!(answer(&[line], true, &[]).0, Role::Cancels { certain: true, .. }), "{line}");
    }
    for line in ["The signature did not change.", "I uploaded the docs.", "The vote does not stop on weekends."] {
        assert_eq!(answer(&[line], true, &[]).0, Role::Replies, "{line}");
    }
}

#[test]
fn the_line_that_calls_a_vote_off_is_shown_as_it_was_written() {
    let Role::Cancels { line, .. } = answer(&["I am cancelling This Vote."], false, &[]).0 else { panic!("no end") };
    assert_eq!(line, "I am cancelling This Vote.");
}

#[test]
fn an_end_that_is_not_read_is_told() {
    for line in [
        "The vote is extended by 5 business days.",
        "Vote extended to 20 March.",
        "Because of the holidays the vote stays open for 14 days.",
        "Let's keep this vote open until Monday.",
    ] {
        let role = answer(&[line], true, &[]).0;
        assert_eq!(role, Role::Extends { hours: None, until: None }, "{line}");
    }
    let role = answer(&["I am extending the vote by 3 days."], true, &[]).0;
    assert_eq!(role, Role::Extends { hours: Some(72), until: None });
    let role = answer(&["The vote stays open until 2026-03-20 12:00 UTC."], true, &[]).0;
    assert!(matches!(role, Role::Extends { hours: None, until: Some(_) }), "{role:?}");
    for line in ["Should we keep the vote open until Monday?", "The vote is open.", "We won't extend the vote."] {
        assert_eq!(answer(&[line], true, &[]).0, Role::Replies, "{line}");
    }
}
