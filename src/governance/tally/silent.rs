// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Holders of a binding vote who stay silent on a vote by 2/3 majority: they count as inactive for
//! it once the minimum time is over and two mails in the thread, at least seven days apart, asked
//! them in vain (bylaws, "2/3 Majority").

use jiff::{SignedDuration, Timestamp};

use super::ballots::Ballots;
use super::case::Case;
use super::mails::Mail;
use super::rounds::Course;
use crate::governance::{Approval, Member};

const APART: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Those of the holders who count as inactive; the ids.
pub(super) fn silent_holders(
    case: &Case<'_>,
    mails: &[Mail<'_>],
    course: &Course<'_, '_>,
    ballots: &Ballots,
) -> Vec<String> {
    if case.action.approval != Approval::TwoThirdsMajority {
        return Vec::new();
    }
    let Some(closes) = course.closes else { return Vec::new() };
    let silent = |member: &&Member| {
        let asked = times_asked(case, mails, &member.id, closes);
        let (Some(first), Some(last)) = (asked.first().copied(), asked.last().copied()) else { return false };
        let answered =
            mails.iter().any(|mail| mail.voter.key == member.id && mail.statement.head.at.is_none_or(|at| at >= first));
        let votes = ballots.votes.iter().any(|vote| vote.voter == member.id)
            || ballots.pending.iter().any(|pending| pending.voter == member.id);
        last.duration_since(first) >= APART && !answered && !votes
    };
    case.roster
        .holders(case.action.binding, case.now)
        .into_iter()
        .filter(silent)
        .map(|member| member.id.clone())
        .collect()
}

/// When mails of the thread asked somebody, after the minimum time, in order.
fn times_asked(case: &Case<'_>, mails: &[Mail<'_>], id: &str, closes: Timestamp) -> Vec<Timestamp> {
    let asked =
        case.reminders.iter().filter(|reminder| reminder.voters.iter().any(|voter| voter.eq_ignore_ascii_case(id)));
    let mut times: Vec<Timestamp> = asked
        .filter_map(|reminder| mails.iter().find(|mail| mail.id() == reminder.message_id)?.statement.head.at)
        .filter(|at| *at >= closes && *at <= case.now)
        .collect();
    times.sort_unstable();
    times
}
