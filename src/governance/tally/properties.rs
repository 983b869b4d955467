// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What holds of every tally.

use proptest::prelude::*;

use super::fixture::{action, hour, mail, opens, roster, vote};
use super::*;
use crate::governance::{Approval, Says, Statement};

const APPROVALS: [Approval; 4] =
    [Approval::Consensus, Approval::LazyMajority, Approval::LazyApproval, Approval::TwoThirdsMajority];
const PEOPLE: [&str; 9] =
    ["ann", "bob@example.org", "bob", "cleo", "dan", "eve", "fay", "x@example.net", "dan@example.net"];

fn counted(approval: Approval, statements: &[Statement], rulings: &[Ruling]) -> Tally {
    let (action, roster) = (action(approval), roster());
    let (now, clock) = (hour(1000), hour(1000));
    tally(&Case { action: &action, roster: &roster, statements, rulings, reminders: &[], subject: None, now, clock })
}

/// A thread: each mail by somebody at some hour, saying one of the things that can be said.
fn threads() -> impl Strategy<Value = Vec<Statement>> {
    let says = (0usize..9, 0usize..PEOPLE.len(), 1i64..100, 0usize..3);
    proptest::collection::vec(says, 0..14).prop_map(|mails| {
        let said = mails.into_iter().enumerate().map(|(number, (what, who, hours, route))| {
            let id = format!("m{number}");
            let mut statement = match what {
                0..5 => vote(&id, PEOPLE[who], hours, VoteValue::ALL[what].sign()),
                5 | 6 => vote(&id, PEOPLE[who], hours, "+1"),
                7 => mail(&id, PEOPLE[who], hours),
                _ => mail(&id, PEOPLE[who], hours),
            };
            if what == 7 {
                statement.says = Says::Withdraws { line: "withdrawn".into() };
            } else if what == 8 {
                statement.says = Says::Unclear { excerpt: "?".into(), why: "unclear".into() };
            }
            statement.head.route.client = (route == 0).then(|| "other".to_owned());
            if let (Says::Casts(cast), 1) = (&mut statement.says, route) {
                cast.explained = false;
            }
            statement
        });
        std::iter::once(opens("open", "eve", 0, "[VOTE] x")).chain(said).collect()
    })
}

fn same_but_for_mails(tally: Tally) -> Tally {
    Tally { mails: Vec::new(), ..tally }
}

proptest! {
    #[test]
    fn order_never_matters(thread in threads(), kind in 0usize..4, seed in any::<u64>()) {
        let mut shuffled = thread.clone();
        let mut state = seed;
        for index in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(index, (state >> 33) as usize % (index + 1));
        }
        prop_assert_eq!(counted(APPROVALS[kind], &thread, &[]), counted(APPROVALS[kind], &shuffled, &[]));
    }

    #[test]
    fn a_later_vote_of_the_same_voter_replaces_all_before(thread in threads(), kind in 0usize..4, who in 0usize..5) {
        let mut later = vote("last", PEOPLE[who], 101, "0");
        // the same way as whatever counts now
        let counts_now = counted(APPROVALS[kind], &thread, &[]);
        let key = PEOPLE[who].split('@').next().unwrap();
        if let Some(now) = counts_now.votes.iter().find(|vote| vote.voter == key) {
            later.head.route = thread.iter().find(|mail| mail.head.message_id == now.message_id).unwrap().head.route.clone();
        }
        let mut thread = thread;
        thread.push(later);
        let tally = counted(APPROVALS[kind], &thread, &[]);
        let of: Vec<_> = tally.votes.iter().filter(|vote| vote.voter == key).collect();
        prop_assert_eq!(of.len(), 1);
        prop_assert_eq!((of[0].value, of[0].message_id.as_str()), (VoteValue::Zero, "last"));
        let own = format!("{key}@apache.org");
        let address = |id: &str| thread.iter().find(|mail| mail.head.message_id == id)?.head.address.clone();
        prop_assert!(tally.review.iter().all(|review| address(&review.message_id).as_ref() != Some(&own)));
    }

    #[test]
    fn one_more_plus_never_turns_passed_into_failed(thread in threads(), kind in 0usize..4, gus in any::<bool>()) {
        let before = counted(APPROVALS[kind], &thread, &[]).outcome;
        let mut thread = thread;
        thread.push(vote("last", if gus { "gus" } else { "zoe@example.net" }, 101, "+1"));
        let after = counted(APPROVALS[kind], &thread, &[]).outcome;
        prop_assert!(before != VoteOutcome::Passed || after == VoteOutcome::Passed, "{after:?}");
    }

    #[test]
    fn a_vote_that_does_not_bind_never_changes_the_outcome(thread in threads(), kind in 0usize..4, value in 0usize..5, who in 0usize..3) {
        let before = counted(APPROVALS[kind], &thread, &[]);
        let mut thread = thread;
        thread.push(vote("last", ["hal@example.net", "eve@example.net", "zoe@example.net"][who], 101, VoteValue::ALL[value].sign()));
        let after = counted(APPROVALS[kind], &thread, &[]);
        prop_assert_eq!((before.outcome, before.binding, before.reasons), (after.outcome, after.binding, after.reasons));
    }

    #[test]
    fn a_mail_under_review_is_in_no_count(thread in threads(), kind in 0usize..4) {
        let tally = counted(APPROVALS[kind], &thread, &[]);
        let in_review: Vec<&str> = tally.review.iter().map(|review| review.message_id.as_str()).collect();
        prop_assert!(tally.votes.iter().all(|vote| !in_review.contains(&vote.message_id.as_str())));
        let total = |totals: Totals| totals.plus + totals.zero + totals.minus;
        prop_assert_eq!(total(tally.binding) + total(tally.non_binding), tally.votes.len());
        let mut voters: Vec<&str> = tally.votes.iter().map(|vote| vote.voter.as_str()).collect();
        voters.dedup();
        voters.sort_unstable();
        let count = voters.len();
        voters.dedup();
        prop_assert_eq!(voters.len(), count, "one vote a voter");
    }

    #[test]
    fn rulings_are_the_same_twice_and_take_a_mail_out_of_review(thread in threads(), kind in 0usize..4, verdict in 0usize..6) {
        let verdict = ["+1", "0", "-1", "none", "+1 as ann", "-0"][verdict].parse::<Verdict>().unwrap();
        let before = counted(APPROVALS[kind], &thread, &[]);
        let rulings: Vec<Ruling> = before
            .review
            .iter()
            .map(|review| Ruling { message_id: review.message_id.clone(), verdict: verdict.clone(), why: "asked".into() })
            .collect();
        let once = counted(APPROVALS[kind], &thread, &rulings);
        for review in &before.review {
            prop_assert!(once.review.iter().all(|left| left.message_id != review.message_id));
        }
        let twice: Vec<Ruling> = rulings.iter().chain(&rulings).cloned().collect();
        prop_assert_eq!(&once, &counted(APPROVALS[kind], &thread, &twice));
        let reversed: Vec<Ruling> = rulings.into_iter().rev().collect();
        prop_assert_eq!(once, counted(APPROVALS[kind], &thread, &reversed));
    }

    #[test]
    fn what_says_nothing_changes_nothing(thread in threads(), kind in 0usize..4, who in 0usize..PEOPLE.len()) {
        let before = counted(APPROVALS[kind], &thread, &[]);
        let mut thread = thread;
        thread.push(mail("last", PEOPLE[who], 101));
        let after = counted(APPROVALS[kind], &thread, &[]);
        prop_assert_eq!(same_but_for_mails(before), same_but_for_mails(after));
    }

    #[test]
    fn no_outcome_stands_that_a_ruling_would_change(thread in threads(), kind in 0usize..4, verdicts in proptest::collection::vec(0usize..4, 14)) {
        let before = counted(APPROVALS[kind], &thread, &[]);
        prop_assume!(matches!(before.outcome, VoteOutcome::Passed | VoteOutcome::Failed));
        // what a vote of certain words could be ruled to be is that vote or none
        let rulings: Vec<Ruling> = before.review.iter().zip(&verdicts).map(|(review, verdict)| {
            let mail = thread.iter().find(|mail| mail.head.message_id == review.message_id).unwrap();
            let verdict = match (&mail.says, verdict) {
                (Says::Casts(cast), 0 | 1) => Verdict::Counts { value: cast.value, voter: None },
                (Says::Unclear { .. }, 0) => "+1".parse().unwrap(),
                (Says::Unclear { .. }, 1) => "-1".parse().unwrap(),
                (Says::Unclear { .. }, 2) => "0".parse().unwrap(),
                _ => Verdict::Nothing,
            };
            Ruling { message_id: review.message_id.clone(), verdict, why: "asked".into() }
        }).collect();
        let after = counted(APPROVALS[kind], &thread, &rulings);
        prop_assert_eq!(before.outcome, after.outcome, "{:?} {:?}", before.review, rulings);
    }
}
