// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a mail came while the vote that is tallied was open.

use jiff::{SignedDuration, Timestamp};

use super::case::Case;
use super::mails::Mail;
use super::rounds::Course;

/// Where a mail stands in the course of the vote.
pub(super) enum Place {
    InTime,
    Out(String),
    /// Whether it is in time is not known.
    Doubtful {
        why: String,
        /// Because its date is not.
        undated: bool,
    },
}

/// Zones of senders are set wrongly; a mail so much ahead of this clock is not from the future yet.
const SKEW: SignedDuration = SignedDuration::from_hours(24);

/// Clocks of senders differ; a mail so much before the one it answers is still an answer.
const EARLY: SignedDuration = SignedDuration::from_hours(1);

/// Whether a mail is in time; what a person ruled on is.
pub(super) fn place(case: &Case<'_>, course: &Course<'_, '_>, mail: &Mail<'_>, spoken: usize) -> Place {
    let start = course.opened;
    if mail.ruling.is_some() {
        return Place::InTime;
    }
    let head = &mail.statement.head;
    let Some(at) = head.at.filter(|_| !head.at_of_archive) else {
        let certain = spoken < 2 && course.rounds.len() < 2 && course.closed.is_none();
        let why = "it has no date that can be read, and its date matters: was it in time, and after their other mails?";
        return if certain { Place::InTime } else { doubtful(why, true) };
    };
    if at > case.clock.saturating_add(SKEW).unwrap_or(Timestamp::MAX) {
        return doubtful("its date lies in the future; was it in time?", true);
    }
    if at > case.now {
        return Place::Out("it is later than the time of this tally".to_owned());
    }
    if let Some(start) = start.filter(|start| at < *start) {
        let soon = at.saturating_add(EARLY).is_ok_and(|later| later >= start);
        return match course.rounds.len() {
            ..2 if soon => Place::InTime,
            ..2 => doubtful("its date is before the vote was opened; is it on this vote?", true),
            _ => Place::Out("it was cast before this vote was opened, on an earlier one in the same thread".to_owned()),
        };
    }
    let closed = course.closed.filter(|closed| closed.statement.head.at.is_some_and(|closed| at > closed));
    match closed {
        Some(_) if course.closes.is_some_and(|closes| at <= closes) => {
            doubtful("it came after the result was announced, but within the minimum time: does it count?", false)
        }
        Some(closed) => Place::Out(format!("late: it came after the result was announced ({})", closed.id())),
        None => Place::InTime,
    }
}

fn doubtful(why: &str, undated: bool) -> Place {
    Place::Doubtful { why: why.to_owned(), undated }
}
