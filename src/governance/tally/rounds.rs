// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The course of a vote: which mail opens it, until when it runs, what closes it or calls it off.

use jiff::{SignedDuration, Timestamp};

use super::case::{Case, Verdict};
use super::mails::{Likeness, Mail};
use super::people::Binding;
use super::report::{Cancellation, Review, Round};
use crate::governance::roster::is_home_address;
use crate::governance::{Role, Says};

/// A mail that opens a round.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opening<'m, 'a> {
    pub(super) mail: &'m Mail<'a>,
    subject: &'m str,
    hours: Option<u32>,
    until: Option<Timestamp>,
    unread: Option<&'m str>,
}

/// The course of the vote that is tallied: the thread's last round.
#[derive(Debug)]
pub(super) struct Course<'m, 'a> {
    pub(super) rounds: Vec<Opening<'m, 'a>>,
    /// When it was opened.
    pub(super) opened: Option<Timestamp>,
    /// Until when it is open at least.
    pub(super) closes: Option<Timestamp>,
    /// The mail that says what it came to and closes it.
    pub(super) closed: Option<&'m Mail<'a>>,
    /// The mail that says what it came to, by whomever.
    pub(super) result: Option<&'m Mail<'a>>,
    pub(super) cancelled: Option<Cancellation>,
    /// Mails that may call it off.
    pub(super) reviews: Vec<Review>,
    pub(super) notes: Vec<String>,
}

impl Opening<'_, '_> {
    pub(super) fn shown(&self) -> Round {
        let head = &self.mail.statement.head;
        Round { message_id: head.message_id.clone(), at: head.at, subject: self.subject.to_owned() }
    }
}

impl<'m, 'a> Course<'m, 'a> {
    pub(super) fn of(case: &Case<'_>, mails: &'m [Mail<'a>]) -> Self {
        let mut course = Self {
            rounds: Vec::new(),
            opened: None,
            closes: None,
            closed: None,
            result: None,
            cancelled: None,
            reviews: Vec::new(),
            notes: Vec::new(),
        };
        course.find_rounds(mails.iter().filter(|mail| is_known_by(mail, case.now)));
        course.opened = course.rounds.last().and_then(|round| dated(round.mail));
        course.find_end(case, mails);
        let of_round = |mail: &&Mail<'_>| is_known_by(mail, case.now) && course.opened <= mail.statement.head.at;
        let later: Vec<&'m Mail<'a>> = mails.iter().filter(of_round).collect();
        course.find_result(&later);
        course.find_cancellation(case, &later);
        course
    }

    pub(super) fn opener(&self) -> Option<&'m Mail<'a>> {
        self.rounds.last().map(|round| round.mail)
    }

    pub(super) fn subject(&self) -> Option<String> {
        self.rounds.last().map(|round| round.subject.to_owned())
    }

    fn find_rounds<'i>(&mut self, mails: impl Iterator<Item = &'m Mail<'a>> + 'i)
    where
        'a: 'm,
        'm: 'i,
    {
        let mut happened = false;
        for mail in mails {
            let Role::Opens { subject, hours, until, unread } = &mail.statement.role else {
                happened |= mail.speaks()
                    || matches!(mail.statement.role, Role::Cancels { certain: true, .. } | Role::Announces(_));
                continue;
            };
            let opening = Opening { mail, subject, hours: *hours, until: *until, unread: unread.as_deref() };
            let Some(last) = self.rounds.last() else {
                self.rounds.push(opening);
                continue;
            };
            let again = plain_subject(last.subject) == plain_subject(subject);
            match (again, last.mail.likeness(mail)) {
                (true, Likeness::Other) => {
                    self.notes.push(format!("{} repeats the mail that opened the vote; it opens none", mail.from()));
                }
                (true, _) if !happened => {
                    self.notes.push("the mail that opened the vote came twice; the first counts".to_owned());
                }
                _ => {
                    self.rounds.push(opening);
                    happened = mail.speaks();
                }
            }
        }
        if self.rounds.len() > 1 {
            let count = self.rounds.len();
            self.notes.push(format!(
                "the thread opens {count} votes; the last is tallied, and what was cast before it is not"
            ));
        }
    }

    /// The minimum time runs from the mail that opens the vote; where there is none, it has run
    /// out by what the first vote gives for certain.
    fn find_end(&mut self, case: &Case<'_>, mails: &[Mail<'_>]) {
        let by_rule = u64::from(case.action.minimum_days) * 24;
        let announced = self.rounds.last().and_then(|round| round.hours).map(u64::from);
        let hours = announced.unwrap_or(0).max(by_rule);
        if let Some(announced) = announced.filter(|announced| *announced < by_rule) {
            self.notes.push(format!("its mail says {announced} hours; the bylaws ask for at least {by_rule}"));
        }
        let first_vote = || {
            let casts = |mail: &&Mail<'_>| matches!(mail.statement.says, Says::Casts(_));
            mails.iter().filter(casts).filter_map(dated).min()
        };
        match self.opener() {
            None => self
                .notes
                .push("no mail here opens the vote; it was opened before its first vote at the latest".to_owned()),
            Some(opener) if self.opened.is_none() => self.notes.push(format!(
                "{}, which opens the vote, has no date that can be read; it was opened before its first vote at the latest",
                opener.id()
            )),
            Some(_) => {}
        }
        let from = self.opened.or_else(first_vote);
        let length = SignedDuration::from_hours(i64::try_from(hours).unwrap_or(i64::MAX / 3600));
        self.closes = from.map(|from| from.saturating_add(length).unwrap_or(Timestamp::MAX));
        let until = self.rounds.last().and_then(|round| round.until);
        self.stays_open(until, "its mail says that it is open");
        if let Some(line) = self.rounds.last().and_then(|round| round.unread) {
            self.notes.push(format!(
                "until when it is open stands in its mail in words that were not read ({line:?}): see that it is over"
            ));
        }
        self.find_extensions(case, mails);
    }

    /// Whoever opened the vote may have it stay open for longer, until it is closed.
    fn find_extensions(&mut self, case: &Case<'_>, mails: &[Mail<'_>]) {
        let by_opener = |mail: &&Mail<'_>| self.opener().is_some_and(|opener| opener.likeness(mail) == Likeness::Same);
        let later = |mail: &&Mail<'_>| is_known_by(mail, case.now) && self.opened <= mail.statement.head.at;
        let extensions: Vec<(String, Option<u32>, Option<Timestamp>)> = mails
            .iter()
            .filter(by_opener)
            .filter(later)
            .filter_map(|mail| match mail.statement.role {
                Role::Extends { hours, until } => Some((mail.id().to_owned(), hours, until)),
                _ => None,
            })
            .collect();
        for (id, hours, until) in extensions {
            let more = hours.map(|hours| SignedDuration::from_hours(i64::from(hours)));
            let by_hours = self.closes.zip(more).and_then(|(closes, more)| closes.saturating_add(more).ok());
            match until.or(by_hours) {
                Some(until) => self.stays_open(Some(until), &format!("{id} has it stay open")),
                None => self.notes.push(format!("{id} has the vote stay open, and until when was not read")),
            }
        }
    }

    /// Takes in that the vote is open until then, where that is later than was known, and not
    /// later than anybody would have a vote be open.
    fn stays_open(&mut self, until: Option<Timestamp>, by_whom: &str) {
        let (Some(until), Some(closes)) = (until, self.closes) else { return };
        if until <= closes {
            return;
        }
        if until.duration_since(closes) > LONGEST {
            self.notes.push(format!("{by_whom} until {until:.0}, which cannot be meant"));
            return;
        }
        self.notes.push(format!("{by_whom} until {until:.0}"));
        self.closes = Some(until);
    }

    fn find_result(&mut self, mails: &[&'m Mail<'a>]) {
        let opener = self.opener();
        let announces = |mail: &&&'m Mail<'a>| matches!(mail.statement.role, Role::Announces(_));
        // a mistaken reading of somebody's mail must not close the vote for the others
        let plain = |mail: &Mail<'_>| match &mail.statement.role {
            Role::Announces(claimed) => claimed.passed.is_some() && !mail.speaks(),
            _ => false,
        };
        let may = |mail: &Mail<'_>| {
            opener.is_none_or(|opener| opener.likeness(mail) != Likeness::Other)
                || (matches!(mail.voter.binding, Binding::Yes(_)) && plain(mail))
        };
        self.closed = mails.iter().filter(announces).find(|mail| may(mail)).copied();
        self.result = mails.iter().filter(announces).rfind(|mail| may(mail)).copied();
        if self.result.is_none() {
            self.result = mails.iter().rfind(announces).copied();
            if let Some(mail) = self.result {
                self.notes.push(format!(
                    "{} seems to say what the vote came to, and did not open it; that closes nothing",
                    mail.from()
                ));
            }
        }
        let times = (self.closed.and_then(|mail| mail.statement.head.at), self.opened, self.closes);
        if let (Some(closed), Some(opened), Some(closes)) = times
            && closed < closes
        {
            let hours = closed.duration_since(opened).as_hours();
            self.notes.push(format!(
                "the result was announced after {hours} h; the vote had to be open for {} h at least",
                closes.duration_since(opened).as_hours()
            ));
        }
    }

    fn find_cancellation(&mut self, case: &Case<'_>, mails: &[&'m Mail<'a>]) {
        let closed = self.closed.and_then(|mail| mail.statement.head.at);
        for mail in mails {
            let Role::Cancels { line, certain } = &mail.statement.role else { continue };
            let head = &mail.statement.head;
            let ruled = mail.ruling.is_some_and(|ruling| ruling.verdict == Verdict::Cancels);
            let likeness = self.opener().map_or(Likeness::Other, |opener| opener.likeness(mail));
            let late = closed.is_some_and(|closed| head.at.is_some_and(|at| at > closed));
            let other_way = self.opener().is_some_and(|opener| came_otherwise(opener, mail));
            // under the same name from an address that the roster has, or that a committer alone can have:
            // one person with two
            let by_roster = likeness == Likeness::Namesake
                && head
                    .address
                    .as_deref()
                    .is_some_and(|address| case.roster.owner(address).is_some() || is_home_address(address));
            if !certain && late {
                continue;
            }
            if by_roster && *certain && !ruled {
                self.notes.push(format!(
                    "{} called the vote off from another address than it was opened from, under the same name",
                    mail.from()
                ));
            }
            if ruled || (*certain && (likeness == Likeness::Same || by_roster) && !late && !other_way) {
                self.cancelled.get_or_insert_with(|| Cancellation {
                    message_id: head.message_id.clone(),
                    from: mail.from(),
                    at: head.at,
                    line: line.clone(),
                });
            } else {
                let why = match likeness {
                    _ if !certain => "it may call the vote off, and whether it does is not clear",
                    _ if late => "it calls the vote off after its result was announced",
                    Likeness::Same => "it calls the vote off and came by another way than the mail that opened it",
                    Likeness::Namesake => {
                        "it calls the vote off under the name, but not from the address, of whoever opened it"
                    }
                    Likeness::Other => "it calls the vote off and is not by whom opened it",
                };
                self.reviews.push(Review {
                    message_id: head.message_id.clone(),
                    from: mail.from(),
                    at: head.at,
                    excerpt: line.clone(),
                    why: format!("{why}: does that hold? Rule `cancel` or `none`"),
                });
            }
        }
    }
}

/// How much longer than its rule asks for a vote is open, for somebody to have meant it.
const LONGEST: SignedDuration = SignedDuration::from_hours(400 * 24);

/// When a mail was written, where a header of it says so.
fn dated(mail: &Mail<'_>) -> Option<Timestamp> {
    mail.statement.head.at.filter(|_| !mail.statement.head.at_of_archive)
}

/// Whether a mail lacks the good signature of the domain that another one of the same sender has.
fn came_otherwise(opener: &Mail<'_>, mail: &Mail<'_>) -> bool {
    let dkim = |mail: &Mail<'_>| mail.statement.head.route.dkim.clone();
    dkim(opener).is_some() && dkim(opener) != dkim(mail)
}

/// Whether the mail was there at that time; one without a date may have been.
fn is_known_by(mail: &Mail<'_>, now: Timestamp) -> bool {
    mail.statement.head.at.is_none_or(|at| at <= now)
}

/// A subject without what answering and lists put before it.
fn plain_subject(subject: &str) -> String {
    let mut rest = subject.trim();
    loop {
        let lower = rest.to_lowercase();
        let cut = ["re:", "fwd:", "fw:", "aw:"].iter().find(|mark| lower.starts_with(**mark)).map(|mark| mark.len());
        let Some(next) = cut.and_then(|cut| rest.get(cut..)) else { break };
        rest = next.trim_start();
    }
    rest.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
