// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The tally of a vote: what was said in its thread, the rule, the roster, a person's rulings and
//! the time go in; every voter's counted vote, the outcome and the reasons come out.
//!
//! It is pure, and the order of the mails does not matter to it. What is not certain is under
//! review and in no count; it stands in the way of an outcome only where it could change it.

mod accounts;
mod ballots;
mod case;
#[cfg(test)]
mod course_tests;
#[cfg(test)]
mod fixture;
mod in_time;
mod mails;
mod outcome;
mod people;
#[cfg(test)]
mod properties;
mod report;
mod result_mail;
mod rounds;
#[cfg(test)]
mod rule_tests;
mod silent;
mod value;

pub use case::{Case, Reminder, Ruling, Verdict};
pub use report::{
    BylawsUsed, Cancellation, CountedVote, EarlierVote, LeftOut, MailAccount, ResultMail, Review, RosterUsed, Round,
    SaidAfter, Tally, Totals, VoteOutcome,
};

use super::statement::VoteValue;
use ballots::Ballots;
use mails::mails_of;
use rounds::Course;

/// Counts a vote.
pub fn tally(case: &Case<'_>) -> Tally {
    let mails = mails_of(case);
    let course = Course::of(case, &mails);
    let ballots = Ballots::of(case, &mails, &course);
    let silent = silent::silent_holders(case, &mails, &course, &ballots);
    let standing = outcome::outcome(case, &course, &ballots, &silent);
    let unknown = unknown_subject(case);
    let result_mail = course.result.map(|mail| result_mail::compare(mail, &ballots.votes, standing.outcome));
    let totals = |binding| {
        let mut totals = Totals::default();
        for vote in ballots.votes.iter().filter(|vote| vote.binding == binding) {
            match vote.value {
                VoteValue::Plus => totals.plus += 1,
                VoteValue::Minus => totals.minus += 1,
                VoteValue::PlusZero | VoteValue::Zero | VoteValue::MinusZero => totals.zero += 1,
            }
        }
        totals
    };
    Tally {
        action: case.action.id.clone(),
        title: case.action.title.clone(),
        rule: case.action.approval,
        outcome: standing.outcome,
        subject: course.subject(),
        opened: course.opened,
        opened_by: course.opener().map(|mail| mail.from()),
        closes: course.closes,
        at: case.now,
        binding: totals(true),
        non_binding: totals(false),
        review: course.reviews.iter().chain(ballots.pending.iter().map(|pending| &pending.review)).cloned().collect(),
        reasons: standing.reasons,
        missing: standing.missing,
        notes: course.notes.iter().chain(&ballots.notes).chain(&standing.notes).chain(&unknown).cloned().collect(),
        left_out: ballots.left_out,
        said_after: ballots.said_after,
        roster: RosterUsed {
            project: case.roster.project.clone(),
            as_of: case.roster.as_of,
            source: case.roster.source.clone(),
            binding: case.action.binding,
            holders: standing.holders,
            files: case.roster.files.clone(),
        },
        bylaws: None,
        result_mail,
        cancelled: course.cancelled.clone(),
        rounds: course.rounds.iter().map(rounds::Opening::shown).collect(),
        rulings: mails.iter().filter_map(|mail| mail.ruling.cloned()).collect(),
        votes: ballots.votes,
        mails: ballots.accounts,
    }
}

/// A person concerned whom the roster does not know loses no vote by it, which may be a slip of the pen.
fn unknown_subject(case: &Case<'_>) -> Option<String> {
    let subject = case.subject.filter(|_| case.action.exclude_subject)?;
    (!outcome::knows_subject(case))
        .then(|| format!("the person concerned, {subject}, is not on the roster: no vote was set aside"))
}
