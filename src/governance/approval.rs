// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The rules of approval over counts of binding votes: pure arithmetic, with reasons.

use super::bylaws::{Action, Approval};
use super::majority::{Decision, Outcome, lazy_majority};

/// How many +1 a consensus needs; a lazy majority the same.
const NEEDED: usize = 3;

/// What the rules look at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BindingVotes {
    /// Binding +1.
    pub plus: usize,
    /// Binding -1; where consensus is needed, vetoes.
    pub minus: usize,
    /// All who hold a binding vote on this, without those who count as inactive.
    pub holders: usize,
}

/// What an approval makes of the votes.
pub fn decide(action: &Action, votes: BindingVotes) -> Decision {
    match (action.approval, action.escalates_to) {
        (Approval::LazyApproval, Some(next)) if votes.minus > 0 => {
            let said =
                format!("{} against it: lazy approval has ended, {} is needed", times(votes.minus, "-1"), next.words());
            let mut decision = decide_by(next, votes);
            decision.reasons.insert(0, said);
            decision
        }
        (Approval::LazyApproval, _) => lazy_approval(action.minimum_plus, votes.plus),
        (approval, _) => decide_by(approval, votes),
    }
}

/// What one kind of approval makes of the votes, whatever it may escalate to.
pub fn decide_by(approval: Approval, votes: BindingVotes) -> Decision {
    match approval {
        Approval::Consensus => consensus(votes),
        Approval::TwoThirdsMajority => two_thirds(votes),
        Approval::LazyMajority | Approval::LazyApproval => lazy_majority(votes.plus, votes.minus),
    }
}

/// Binding +1 that would have to come for the votes to pass; none where none can help.
pub fn still_missing(action: &Action, votes: BindingVotes) -> Option<usize> {
    let most = votes.holders.max(votes.plus + votes.minus) + NEEDED + 1;
    (0..=most).find(|more| decide(action, BindingVotes { plus: votes.plus + more, ..votes }).outcome == Outcome::Passed)
}

fn consensus(votes: BindingVotes) -> Decision {
    let (enough, unopposed) = (votes.plus >= NEEDED, votes.minus == 0);
    let reasons = vec![
        format!("{} binding +1; at least {NEEDED} are needed: {}", votes.plus, holds(enough)),
        match votes.minus {
            0 => "no binding veto; there must be none: holds".to_owned(),
            some => format!("{}; there must be none: does not hold", times(some, "binding veto")),
        },
    ];
    Decision { outcome: outcome(enough && unopposed), reasons }
}

fn two_thirds(votes: BindingVotes) -> Decision {
    let enough = votes.plus > 0 && 3 * votes.plus >= 2 * votes.holders;
    let needed = (2 * votes.holders).div_ceil(3).max(1);
    let reasons = vec![format!(
        "{} binding +1 of {} who hold a binding vote; at least {needed} (two thirds) are needed: {}",
        votes.plus,
        votes.holders,
        holds(enough)
    )];
    Decision { outcome: outcome(enough), reasons }
}

fn lazy_approval(needed: usize, plus: usize) -> Decision {
    let enough = plus >= needed;
    let mut reasons = vec!["nobody with a binding vote says -1: holds".to_owned()];
    if needed > 0 {
        reasons.insert(0, format!("{plus} binding +1; at least {needed} is needed: {}", holds(enough)));
    }
    Decision { outcome: outcome(enough), reasons }
}

fn outcome(passed: bool) -> Outcome {
    if passed { Outcome::Passed } else { Outcome::Failed }
}

fn holds(holds: bool) -> &'static str {
    if holds { "holds" } else { "does not hold" }
}

fn times(count: usize, what: &str) -> String {
    match (count, what) {
        (1, what) => format!("one {what}"),
        (count, "binding veto") => format!("{count} binding vetoes"),
        (count, what) => format!("{count} {what}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::governance::Office;

    fn action(approval: Approval, escalates_to: Option<Approval>, minimum_plus: usize) -> Action {
        Action {
            id: "x".into(),
            title: "X".into(),
            approval,
            binding: Office::Pmc,
            minimum_days: 3,
            list: String::new(),
            exclude_subject: false,
            minimum_plus,
            escalates_to,
        }
    }

    fn passes(action: &Action, plus: usize, minus: usize, holders: usize) -> bool {
        decide(action, BindingVotes { plus, minus, holders }).outcome == Outcome::Passed
    }

    #[test]
    fn each_approval_by_its_table() {
        let consensus = action(Approval::Consensus, None, 0);
        let majority = action(Approval::LazyMajority, None, 0);
        let thirds = action(Approval::TwoThirdsMajority, None, 0);
        let change = action(Approval::LazyApproval, Some(Approval::LazyMajority), 1);
        let silent = action(Approval::LazyApproval, Some(Approval::Consensus), 0);
        for (action, plus, minus, holders, passed) in [
            (&consensus, 3, 0, 9, true),
            (&consensus, 2, 0, 9, false),
            (&consensus, 8, 1, 9, false),
            (&majority, 3, 2, 9, true),
            (&majority, 3, 3, 9, false),
            (&majority, 2, 0, 9, false),
            (&thirds, 6, 3, 9, true),
            (&thirds, 5, 0, 9, false),
            (&thirds, 7, 0, 10, true),
            (&thirds, 6, 0, 10, false),
            (&thirds, 0, 0, 0, false),
            (&thirds, 1, 0, 1, true),
            (&change, 1, 0, 9, true),
            (&change, 0, 0, 9, false),
            (&change, 2, 1, 9, false),
            (&change, 3, 1, 9, true),
            (&silent, 0, 0, 9, true),
            (&silent, 5, 1, 9, false),
        ] {
            assert_eq!(passes(action, plus, minus, holders), passed, "{:?} {plus} {minus} {holders}", action.approval);
        }
    }

    #[test]
    fn the_reasons_have_the_numbers() {
        let said =
            |action: &Action, plus, minus, holders| decide(action, BindingVotes { plus, minus, holders }).reasons;
        let change = action(Approval::LazyApproval, Some(Approval::LazyMajority), 1);
        assert_eq!(said(&change, 1, 1, 9)[0], "one -1 against it: lazy approval has ended, lazy majority is needed");
        let thirds = action(Approval::TwoThirdsMajority, None, 0);
        let expected = "5 binding +1 of 8 who hold a binding vote; at least 6 (two thirds) are needed: does not hold";
        assert_eq!(said(&thirds, 5, 0, 8), [expected]);
        assert_eq!(still_missing(&thirds, BindingVotes { plus: 5, minus: 0, holders: 8 }), Some(1));
        let consensus = action(Approval::Consensus, None, 0);
        assert_eq!(said(&consensus, 3, 2, 8)[1], "2 binding vetoes; there must be none: does not hold");
        assert_eq!(still_missing(&consensus, BindingVotes { plus: 3, minus: 1, holders: 8 }), None);
    }

    proptest! {
        #[test]
        fn one_more_plus_never_turns_passed_into_failed(kind in 0usize..6, plus in 0usize..12, minus in 0usize..6, silent in 0usize..12) {
            let approvals = [
                action(Approval::Consensus, None, 0),
                action(Approval::LazyMajority, None, 0),
                action(Approval::TwoThirdsMajority, None, 0),
                action(Approval::LazyApproval, Some(Approval::LazyMajority), 1),
                action(Approval::LazyApproval, Some(Approval::Consensus), 0),
                action(Approval::LazyApproval, Some(Approval::LazyMajority), 0),
            ];
            let action = &approvals[kind];
            let holders = plus + minus + silent;
            if passes(action, plus, minus, holders) {
                prop_assert!(passes(action, plus + 1, minus, holders.max(plus + 1 + minus)));
                prop_assert!(passes(action, plus + 1, minus, holders + 1));
            }
            if minus > 0 && passes(action, plus, minus, holders) {
                prop_assert!(passes(action, plus, minus - 1, holders));
            }
        }
    }
}
