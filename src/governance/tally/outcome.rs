// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the votes come to: the rule over the counts, and whether what is under review could
//! change that.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::ballots::Ballots;
use super::case::Case;
use super::report::{Cancellation, VoteOutcome};
use super::rounds::Course;
use crate::governance::{Approval, BindingVotes, Outcome, VoteValue, decide, still_missing};

/// An outcome with all that is to be said of it.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) outcome: VoteOutcome,
    pub(super) reasons: Vec<String>,
    pub(super) missing: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) holders: usize,
}

pub(super) fn outcome(case: &Case<'_>, course: &Course<'_, '_>, ballots: &Ballots, silent: &[String]) -> Standing {
    let holders = holders(case);
    let votes = BindingVotes { holders: holders - silent.len().min(holders), ..binding_votes(ballots) };
    let decision = decide(case.action, votes);
    let mut standing = Standing {
        outcome: if decision.outcome == Outcome::Passed { VoteOutcome::Passed } else { VoteOutcome::Failed },
        reasons: decision.reasons,
        missing: Vec::new(),
        notes: Vec::new(),
        holders,
    };
    if !silent.is_empty() {
        standing
            .reasons
            .push(format!("inactive for this vote, having been asked twice in vain: {}", silent.join(", ")));
    }
    if case.action.approval == Approval::LazyMajority && votes.minus > 0 {
        standing.notes.push("a -1 is no veto on this".to_owned());
    }
    standing.miss(case, votes);
    let blocked = blocked(case, course, ballots, votes, holders, &mut standing.reasons);
    standing.outcome = match (&course.cancelled, course.closes.filter(|closes| case.now < *closes)) {
        (Some(cancelled), _) => {
            standing.missing.clear();
            let Cancellation { from, line, message_id, .. } = cancelled;
            let off = format!(
                "{from} called the vote off in <{message_id}>: {line}. Where that is misread: --ruling '{message_id}=none' --why TEXT"
            );
            standing.reasons.insert(0, off);
            VoteOutcome::Cancelled
        }
        (None, _) if blocked == Blocked::Always => VoteOutcome::NeedsReview,
        (None, Some(closes)) => {
            standing.reasons.push(format!("it is open until {} at least", minute(closes)));
            VoteOutcome::Open
        }
        (None, None) if blocked == Blocked::AtItsEnd => VoteOutcome::NeedsReview,
        (None, None) => standing.outcome,
    };
    standing
}

impl Standing {
    fn miss(&mut self, case: &Case<'_>, votes: BindingVotes) {
        match still_missing(case.action, votes) {
            Some(0) => {}
            Some(more) => self.missing.push(format!("{more} more binding +1")),
            None if votes.minus == 1 => self.missing.push("the veto would have to be withdrawn".to_owned()),
            None => self.missing.push("the vetoes would have to be withdrawn".to_owned()),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blocked {
    No,
    AtItsEnd,
    Always,
}

/// Whether a person must rule before there is an outcome; says why.
fn blocked(
    case: &Case<'_>,
    course: &Course<'_, '_>,
    ballots: &Ballots,
    votes: BindingVotes,
    holders: usize,
    reasons: &mut Vec<String>,
) -> Blocked {
    if course.rounds.is_empty() && ballots.votes.is_empty() && ballots.pending.is_empty() {
        reasons.push("no mail here opens a vote or casts one".to_owned());
        return Blocked::Always;
    }
    if holders == 0 {
        reasons
            .push(format!("nobody on the roster is an active {}, so no vote can bind", case.action.binding.holder()));
        return Blocked::Always;
    }
    if !course.reviews.is_empty() {
        reasons.push("whether the vote was called off is for a person to rule on".to_owned());
        return Blocked::Always;
    }
    let (best, worst) = extremes(ballots, votes);
    if decide(case.action, best).outcome != decide(case.action, worst).outcome {
        reasons.push("what is under review could change that; a person must rule on it first".to_owned());
        return Blocked::AtItsEnd;
    }
    if case.action.exclude_subject && !knows_subject(case) && depends_on_one(case, ballots, votes) {
        reasons.push("the person concerned has no binding vote on this, and who that is could change that".to_owned());
        return Blocked::AtItsEnd;
    }
    Blocked::No
}

/// Whether it is known whom on the roster the vote concerns.
pub(super) fn knows_subject(case: &Case<'_>) -> bool {
    case.subject.is_some_and(|subject| {
        let roster = case.roster;
        roster.member(subject).is_some() || roster.owner(subject).is_some() || !roster.namesakes(subject).is_empty()
    })
}

fn holders(case: &Case<'_>) -> usize {
    let mut holders = case.roster.holders(case.action.binding, case.now);
    if let Some(subject) = case.subject.filter(|_| case.action.exclude_subject) {
        let concerned = |id: &str| {
            subject.eq_ignore_ascii_case(id)
                || case.roster.owner(subject).is_some_and(|owner| owner.id == id)
                || case.roster.namesakes(subject).iter().any(|namesake| namesake.id == id)
        };
        holders.retain(|member| !concerned(&member.id));
    }
    holders.len()
}

fn binding_votes(ballots: &Ballots) -> BindingVotes {
    let count = |value| ballots.votes.iter().filter(|vote| vote.binding && vote.value == value).count();
    BindingVotes { plus: count(VoteValue::Plus), minus: count(VoteValue::Minus), holders: 0 }
}

/// The counts if every ruling were for it, and if every ruling were against it.
fn extremes(ballots: &Ballots, votes: BindingVotes) -> (BindingVotes, BindingVotes) {
    let mut open: BTreeMap<&str, (bool, Vec<i8>)> = BTreeMap::new();
    for pending in ballots.pending.iter().filter(|pending| pending.may_bind) {
        let (anybodys, possible) = open.entry(&pending.voter).or_default();
        *anybodys |= pending.anybodys;
        possible.extend(pending.possible.iter().map(|value| value.weight()));
    }
    let (mut best, mut worst) = (votes, votes);
    for (voter, (anybodys, mut possible)) in open {
        let counted = ballots.votes.iter().find(|vote| vote.binding && vote.voter == voter);
        let now = counted.map_or(0, |vote| vote.value.weight());
        possible.push(now);
        for (votes, weight) in [(&mut best, possible.iter().max()), (&mut worst, possible.iter().min())] {
            let weight = weight.copied().unwrap_or(0);
            votes.plus = votes.plus + usize::from(weight > 0) - usize::from(now > 0);
            votes.minus = votes.minus + usize::from(weight < 0) - usize::from(now < 0);
            // it may be of somebody who voted otherwise, and take the place of that
            if anybodys && weight > 0 {
                votes.minus = votes.minus.saturating_sub(1);
            }
            if anybodys && weight < 0 {
                votes.plus = votes.plus.saturating_sub(1);
            }
        }
    }
    (best, worst)
}

/// Whether the outcome would be another without the vote of one of those who voted.
fn depends_on_one(case: &Case<'_>, ballots: &Ballots, votes: BindingVotes) -> bool {
    let outcome = decide(case.action, votes).outcome;
    let without = |value: VoteValue| BindingVotes {
        plus: votes.plus - usize::from(value == VoteValue::Plus),
        minus: votes.minus - usize::from(value == VoteValue::Minus),
        holders: votes.holders.saturating_sub(1),
    };
    let binding = ballots.votes.iter().filter(|vote| vote.binding);
    binding.map(|vote| decide(case.action, without(vote.value)).outcome).any(|other| other != outcome)
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
