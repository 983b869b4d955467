// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Who has a binding vote, and what each rule makes of the votes.

use super::fixture::*;
use super::*;
use crate::governance::{Approval, Claim, Role, Says, Statement};

#[test]
fn who_binds_is_the_rosters_word_and_no_claim_is_believed() {
    let mut says = vote("s", "eve", 4, "+1");
    if let Says::Casts(cast) = &mut says.says {
        cast.claim = Some(Claim::Binding);
    }
    let mut modest = vote("m", "dan", 5, "-1");
    if let Says::Casts(cast) = &mut modest.says {
        cast.claim = Some(Claim::NonBinding);
    }
    let others =
        [says, modest, vote("f", "fay", 6, "+1"), vote("g", "gus", 7, "0"), vote("x", "x@example.net", 8, "-0")];
    let tally = Votes::majority(three().into_iter().chain(others).collect()).tally();
    assert_eq!(tally.outcome, VoteOutcome::Passed);
    assert_eq!(counts(&tally), [3, 0, 1, 2, 2, 0]);
    let of = |voter: &str| tally.votes.iter().find(|vote| vote.voter == voter).unwrap();
    assert_eq!(of("eve").notes, ["it says that it is binding; by the roster it is not"]);
    assert_eq!(of("dan").notes, ["it says that it is not binding; by the roster it is"]);
    assert_eq!(of("ann").roster, "`ann` on the roster, PMC member since 2020-01-01, by the address ann@apache.org");
    assert!(of("fay").roster.contains("emeritus"));
    assert!(of("gus").roster.contains("only since 2026-11-22"), "a member since two days after this vote");
    assert_eq!(of("x@example.net").roster, "x@example.net is not on the roster");
    assert_eq!(tally.roster.holders, 5, "gus joined since, fay is emeritus");
}

#[test]
fn one_person_has_one_vote_from_whatever_address_and_the_last_counts() {
    let mut changed = vote("b2", "bob@example.com", 9, "-1");
    changed.says = cast("-1");
    let tally = Votes::majority(with(with(three(), changed), vote("b0", "bob@example.org", 1, "0"))).tally();
    assert_eq!(counts(&tally), [2, 0, 1, 0, 0, 0]);
    let bob = tally.votes.iter().find(|vote| vote.voter == "bob").unwrap();
    let earlier: Vec<&str> = bob.earlier.iter().map(|vote| vote.message_id.as_str()).collect();
    assert_eq!((bob.message_id.as_str(), earlier), ("b2", vec!["b0", "b"]));
    assert_eq!((tally.outcome, tally.missing.len()), (VoteOutcome::Failed, 1));
}

#[test]
fn a_withdrawn_vote_counts_no_more() {
    let withdrawn = Statement { says: Says::Withdraws { line: "I withdraw my vote".into() }, ..mail("w", "bob", 9) };
    let tally = Votes::majority(with(three(), withdrawn)).tally();
    assert_eq!((counts(&tally), tally.outcome), ([2, 0, 0, 0, 0, 0], VoteOutcome::Failed));
    assert!(left_out(&tally, "b").starts_with("taken back by a later mail"));
    assert_eq!(tally.missing, ["1 more binding +1"]);
}

#[test]
fn until_the_minimum_time_is_over_it_is_open() {
    let mut votes = Votes::majority(three());
    for (now, expected) in [(hour(71), VoteOutcome::Open), (hour(72), VoteOutcome::Passed)] {
        votes.now = now;
        assert_eq!(votes.tally().outcome, expected);
    }
    votes.statements[0].role = Role::Opens { subject: "s".into(), hours: Some(100), until: None, unread: None };
    votes.now = hour(99);
    assert_eq!((votes.tally().outcome, votes.tally().closes), (VoteOutcome::Open, Some(hour(100))));
    votes.statements[0].role = Role::Opens { subject: "s".into(), hours: Some(24), until: None, unread: None };
    assert_eq!(votes.tally().closes, Some(hour(72)), "no shorter than the bylaws say");
    votes.statements[0].role = Role::Opens { subject: "s".into(), hours: Some(u32::MAX), until: None, unread: None };
    assert_eq!(votes.tally().outcome, VoteOutcome::Open);
}

#[test]
fn a_veto_stops_a_consensus_and_a_release_cannot_be_vetoed() {
    let votes = with(with(three(), vote("d", "dan", 4, "-1")), vote("e", "eve", 4, "-1"));
    let tally = Votes::by(Approval::Consensus, votes.clone()).tally();
    assert_eq!(
        (tally.outcome, tally.missing.as_slice()),
        (VoteOutcome::Failed, &["the veto would have to be withdrawn".to_owned()][..])
    );
    assert_eq!(Votes::majority(votes).tally().outcome, VoteOutcome::Passed);
    let withdrawn = Statement { says: Says::Withdraws { line: "withdrawn".into() }, ..mail("w", "dan", 9) };
    let votes = with(with(three(), vote("d", "dan", 4, "-1")), withdrawn);
    assert_eq!(Votes::by(Approval::Consensus, votes).tally().outcome, VoteOutcome::Passed);
}

#[test]
fn a_veto_without_a_word_of_explanation_waits_for_a_ruling() {
    let bare = |who: &str| {
        let mut veto = vote("d", who, 4, "-1");
        if let Says::Casts(cast) = &mut veto.says {
            cast.explained = false;
        }
        veto
    };
    let votes = || Votes::by(Approval::Consensus, with(three(), bare("dan")));
    let tally = votes().tally();
    assert_eq!((tally.outcome, counts(&tally)), (VoteOutcome::NeedsReview, [3, 0, 0, 0, 0, 0]));
    assert!(review_of(&tally, "d").contains("void"));
    assert_eq!(votes().ruled("d", "-1").tally().outcome, VoteOutcome::Failed);
    assert_eq!(votes().ruled("d", "none").tally().outcome, VoteOutcome::Passed);
    assert_eq!(Votes::by(Approval::Consensus, with(three(), bare("eve"))).tally().review, [], "it binds not");
    assert_eq!(Votes::majority(with(three(), bare("dan"))).tally().outcome, VoteOutcome::Passed);
}

#[test]
fn lazy_approval_passes_at_once_and_escalates_on_a_binding_minus() {
    let by = |votes| {
        let mut votes = Votes::by(Approval::LazyApproval, votes);
        (votes.action.minimum_days, votes.now) = (0, hour(3));
        votes.statements[0].role = Role::Opens { subject: "s".into(), hours: None, until: None, unread: None };
        votes.tally().outcome
    };
    let one = vec![vote("a", "ann", 1, "+1")];
    assert_eq!(by(one.clone()), VoteOutcome::Passed);
    assert_eq!(by(Vec::new()), VoteOutcome::Failed);
    assert_eq!(by(with(one.clone(), vote("e", "eve", 2, "-1"))), VoteOutcome::Passed);
    assert_eq!(by(with(one, vote("d", "dan", 2, "-1"))), VoteOutcome::Failed);
    assert_eq!(by(with(three(), vote("d", "dan", 2, "-1"))), VoteOutcome::Passed);
}

#[test]
fn two_thirds_are_of_all_holders_but_for_those_who_were_asked_twice_in_vain() {
    let base = || {
        let mut votes = Votes::by(Approval::TwoThirdsMajority, three());
        votes.statements.extend([mail("r1", "eve", 80), mail("r2", "eve", 80 + 7 * 24)]);
        votes
    };
    let reminder = |id: &str| Reminder { message_id: id.into(), voters: vec!["dan".into(), "gus".into()] };
    let mut votes = base();
    let tally = votes.tally();
    assert_eq!(tally.outcome, VoteOutcome::Failed, "3 of 5: {:?}", tally.reasons);
    votes.reminders = vec![reminder("r1")];
    assert_eq!(votes.tally().outcome, VoteOutcome::Failed, "asked once");
    votes.reminders = vec![reminder("r1"), reminder("r2")];
    let tally = votes.tally();
    assert_eq!(tally.outcome, VoteOutcome::Passed, "{:?}", tally.reasons);
    assert!(tally.reasons[1].ends_with("dan, gus"));
    votes.statements.push(mail("d", "dan", 81));
    assert_eq!(votes.tally().outcome, VoteOutcome::Passed, "3 of 4, dan answered");
    votes.statements.push(mail("g", "gus", 300));
    assert_eq!(votes.tally().outcome, VoteOutcome::Failed, "both answered");
    for (first, second) in [(71, 71 + 7 * 24), (80, 80 + 7 * 24 - 1)] {
        let mut votes = base();
        votes.statements.extend([mail("s1", "eve", first), mail("s2", "eve", second)]);
        votes.reminders = vec![reminder("s1"), reminder("s2")];
        assert_eq!(votes.tally().outcome, VoteOutcome::Failed, "{first} and {second}");
    }
}

#[test]
fn the_person_concerned_has_no_binding_vote() {
    let mut votes = Votes::by(Approval::Consensus, with(three(), vote("d", "dan", 4, "-1")));
    votes.action.exclude_subject = true;
    let tally = votes.tally();
    assert_eq!(tally.outcome, VoteOutcome::NeedsReview, "dan may be the one: {:?}", tally.reasons);
    for subject in ["dan", "Dan Example", "dan@apache.org"] {
        votes.subject = Some(subject.into());
        let tally = votes.tally();
        assert_eq!((tally.outcome, counts(&tally)), (VoteOutcome::Passed, [3, 0, 0, 0, 0, 1]), "{subject}");
        assert_eq!(tally.roster.holders, 4);
    }
    votes.subject = Some("fay".into());
    assert_eq!(votes.tally().outcome, VoteOutcome::Failed);
    votes.action.exclude_subject = false;
    votes.subject = Some("dan".into());
    assert_eq!(votes.tally().outcome, VoteOutcome::Failed, "this action excludes nobody");
}

#[test]
fn an_end_that_the_call_or_its_opener_names_is_waited_for() {
    let mut votes = Votes::majority(three());
    votes.statements[0].role =
        Role::Opens { subject: "s".into(), hours: Some(72), until: Some(hour(200)), unread: None };
    votes.now = hour(199);
    let tally = votes.tally();
    assert_eq!((tally.outcome, tally.closes), (VoteOutcome::Open, Some(hour(200))));
    assert!(
        tally.notes.iter().any(|note| note.starts_with("its mail says that it is open until")),
        "{:?}",
        tally.notes
    );
    votes.now = hour(200);
    assert_eq!(votes.tally().outcome, VoteOutcome::Passed);
    // a slip of the pen holds nothing up
    votes.statements[0].role =
        Role::Opens { subject: "s".into(), hours: Some(72), until: Some(hour(24 * 900)), unread: None };
    assert_eq!(votes.tally().closes, Some(hour(72)));
    let extends = |who: &str, hours, until| Statement { role: Role::Extends { hours, until }, ..mail("x", who, 40) };
    for (who, hours, until, expected) in [
        ("eve", None, Some(hour(150)), 150),
        ("eve", Some(48), None, 120),
        ("eve", None, None, 72),
        ("zoe", None, Some(hour(150)), 72),
    ] {
        let votes = Votes::majority(with(three(), extends(who, hours, until)));
        assert_eq!(votes.tally().closes, Some(hour(expected)), "{who} {hours:?}");
    }
}

#[test]
fn what_only_an_archive_dates_is_not_known_to_be_before_or_after() {
    // a veto that stands early by its broken date, and a +1 of the same person
    let mut undated = vote("b2", "bob", -20_000, "-1");
    for of_archive in [false, true] {
        undated.head.at_of_archive = of_archive;
        let tally = Votes::by(Approval::Consensus, with(three(), undated.clone())).tally();
        assert_eq!(tally.outcome, VoteOutcome::NeedsReview, "{of_archive}");
        assert!(!review_of(&tally, "b2").is_empty());
    }
    // the call itself: by what the first vote says the time has not run out
    let mut votes = Votes::majority(three());
    votes.statements[0].head.at = Some(hour(-20_000));
    votes.statements[0].head.at_of_archive = true;
    votes.now = hour(72);
    let tally = votes.tally();
    assert_eq!((tally.outcome, tally.opened), (VoteOutcome::Open, None));
    assert!(tally.notes.iter().any(|note| note.contains("has no date that can be read")), "{:?}", tally.notes);
}

#[test]
fn a_person_concerned_whom_nobody_knows_is_as_good_as_none() {
    let mut votes = Votes::by(Approval::Consensus, three());
    votes.action.exclude_subject = true;
    votes.subject = Some("bbo".into());
    let tally = votes.tally();
    assert_eq!(tally.outcome, VoteOutcome::NeedsReview, "{:?}", tally.reasons);
    votes.subject = Some("dan".into());
    assert_eq!(votes.tally().outcome, VoteOutcome::Passed);
}

#[test]
fn a_result_that_is_called_unanimous_is_held_to_it() {
    let claimed = crate::governance::ClaimedResult { unanimous: true, ..Default::default() };
    let votes = with(with(three(), vote("d", "dan", 4, "-1")), result("r", "eve", 80, claimed));
    let said = Votes::majority(votes).tally().result_mail.unwrap().disagreements;
    assert!(said.iter().any(|line| line.contains("unanimous, and Dan Example voted -1")), "{said:?}");
}
