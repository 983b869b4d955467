// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! For tests: a roster, mails, and votes made of them.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::governance::{Action, Approval, Cast, ClaimedResult, Head, Office, Role, Roster, Route, Says, Statement};

const ROSTER: &str = r#"
project = "greeter"
as_of = "2026-11-01"
[[member]]
id = "ann"
name = "Ann Example"
emails = ["ann@example.org"]
roles = ["pmc", "committer"]
since = "2020-01-01"
[[member]]
id = "bob"
name = "Bob Example"
emails = ["bob@example.org", "bob@example.com"]
roles = ["pmc"]
[[member]]
id = "cleo"
name = "Cleo Example"
roles = ["pmc"]
[[member]]
id = "dan"
name = "Dan Example"
roles = ["pmc"]
[[member]]
id = "eve"
name = "Eve Example"
roles = ["committer"]
[[member]]
id = "fay"
name = "Fay Example"
roles = ["pmc"]
emeritus = true
[[member]]
id = "gus"
name = "Gus Example"
roles = ["pmc"]
since = "2026-11-22"
"#;

pub(super) fn roster() -> Roster {
    Roster::parse("roster.toml", ROSTER).unwrap()
}

pub(super) fn action(approval: Approval) -> Action {
    Action {
        id: "x".into(),
        title: "X".into(),
        approval,
        binding: Office::Pmc,
        minimum_days: 3,
        list: "dev".into(),
        exclude_subject: false,
        minimum_plus: usize::from(approval == Approval::LazyApproval),
        escalates_to: (approval == Approval::LazyApproval).then_some(Approval::LazyMajority),
    }
}

/// So many hours after the vote was opened.
pub(super) fn hour(hours: i64) -> Timestamp {
    "2026-11-20T17:30:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours)
}

/// A mail of somebody: `ann` writes from ann@apache.org, anything with an @ from there.
pub(super) fn mail(id: &str, who: &str, hours: i64) -> Statement {
    let address = if who.contains('@') { who.to_owned() } else { format!("{who}@apache.org") };
    let word = address.split('@').next().unwrap();
    let name = format!("{}{} Example", word[..1].to_uppercase(), &word[1..]);
    Statement {
        head: Head {
            message_id: id.into(),
            name: Some(name),
            address: Some(address),
            at: Some(hour(hours)),
            at_of_archive: false,
            rewritten: None,
            contested: false,
            doubts: Vec::new(),
            route: Route::default(),
        },
        role: Role::Replies,
        says: Says::Nothing { why: None },
        remark: None,
    }
}

pub(super) fn cast(value: &str) -> Says {
    Says::Casts(Cast {
        value: VoteValue::parse(value).unwrap(),
        claim: None,
        line: value.into(),
        why: "the first line is the vote".into(),
        explained: true,
    })
}

pub(super) fn vote(id: &str, who: &str, hours: i64, value: &str) -> Statement {
    Statement { says: cast(value), ..mail(id, who, hours) }
}

pub(super) fn opens(id: &str, who: &str, hours: i64, subject: &str) -> Statement {
    Statement {
        role: Role::Opens { subject: subject.into(), hours: Some(72), until: None, unread: None },
        ..mail(id, who, hours)
    }
}

pub(super) fn open() -> Statement {
    opens("open", "eve", 0, "[VOTE] Release 1.2.0, rc1")
}

pub(super) fn result(id: &str, who: &str, hours: i64, claimed: ClaimedResult) -> Statement {
    Statement { role: Role::Announces(claimed), ..mail(id, who, hours) }
}

/// A vote with its circumstances, as tests change them.
pub(super) struct Votes {
    pub(super) action: Action,
    pub(super) roster: Roster,
    pub(super) statements: Vec<Statement>,
    pub(super) rulings: Vec<Ruling>,
    pub(super) reminders: Vec<Reminder>,
    pub(super) subject: Option<String>,
    pub(super) now: Timestamp,
}

impl Votes {
    pub(super) fn by(approval: Approval, statements: Vec<Statement>) -> Self {
        let statements = std::iter::once(open()).chain(statements).collect();
        Self {
            action: action(approval),
            roster: roster(),
            statements,
            rulings: Vec::new(),
            reminders: Vec::new(),
            subject: None,
            now: hour(1000),
        }
    }

    pub(super) fn majority(statements: Vec<Statement>) -> Self {
        Self::by(Approval::LazyMajority, statements)
    }

    pub(super) fn ruled(mut self, message_id: &str, verdict: &str) -> Self {
        let verdict = verdict.parse().unwrap();
        self.rulings.push(Ruling { message_id: message_id.into(), verdict, why: "asked".into() });
        self
    }

    pub(super) fn tally(&self) -> Tally {
        tally(&Case {
            action: &self.action,
            roster: &self.roster,
            statements: &self.statements,
            rulings: &self.rulings,
            reminders: &self.reminders,
            subject: self.subject.as_deref(),
            now: self.now,
            clock: hour(1000),
        })
    }
}

pub(super) fn three() -> Vec<Statement> {
    vec![vote("a", "ann", 1, "+1"), vote("b", "bob", 2, "+1"), vote("c", "cleo", 3, "+1")]
}

pub(super) fn with(mut statements: Vec<Statement>, more: Statement) -> Vec<Statement> {
    statements.push(more);
    statements
}

pub(super) fn counts(tally: &Tally) -> [usize; 6] {
    let (b, n) = (tally.binding, tally.non_binding);
    [b.plus, b.zero, b.minus, n.plus, n.zero, n.minus]
}

pub(super) fn review_of<'t>(tally: &'t Tally, id: &str) -> &'t str {
    tally.review.iter().find(|review| review.message_id == id).map_or("", |review| &review.why)
}

pub(super) fn left_out<'t>(tally: &'t Tally, id: &str) -> &'t str {
    tally.left_out.iter().find(|left| left.message_id == id).map_or("", |left| &left.why)
}
