// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The mails of a thread, once each, with whose they are and what was ruled on them.

use std::borrow::Cow;
use std::collections::HashMap;

use super::case::{Case, Ruling, Verdict};
use super::people::Voter;
use crate::governance::roster::plain_name;
use crate::governance::{Cast, Role, Says, Statement, VoteValue};

/// A mail, as the tally looks at it.
#[derive(Debug)]
pub(super) struct Mail<'a> {
    pub(super) statement: Cow<'a, Statement>,
    pub(super) voter: Voter,
    pub(super) ruling: Option<&'a Ruling>,
}

/// How two mails' writers compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    Same,
    /// Another address under the same name.
    Namesake,
    Other,
}

impl Mail<'_> {
    pub(super) fn id(&self) -> &str {
        &self.statement.head.message_id
    }

    /// `Name <address>`; with what its From header has, where that is a list's.
    pub(super) fn from(&self) -> String {
        let head = &self.statement.head;
        let named = self.named();
        match &head.rewritten {
            Some(list) => format!("{named} (its From: {list})"),
            None => named,
        }
    }

    fn named(&self) -> String {
        let head = &self.statement.head;
        match (&head.name, &head.address) {
            (Some(name), Some(address)) => format!("{name} <{address}>"),
            (Some(name), None) => format!("{name} <no address>"),
            (None, Some(address)) => address.clone(),
            (None, None) => "nobody that the mail names".to_owned(),
        }
    }

    pub(super) fn likeness(&self, other: &Mail<'_>) -> Likeness {
        let name = |mail: &Mail<'_>| plain_name(&mail.voter.name);
        if self.voter.key == other.voter.key {
            Likeness::Same
        } else if !name(self).is_empty() && name(self) == name(other) {
            Likeness::Namesake
        } else {
            Likeness::Other
        }
    }

    /// Whether it casts, withdraws or may do so.
    pub(super) fn speaks(&self) -> bool {
        !matches!(self.statement.says, Says::Nothing { .. } | Says::Settles { .. } | Says::Regrets { .. })
    }
}

/// The mails in the order of their dates; those without one come last.
pub(super) fn mails_of<'a>(case: &Case<'a>) -> Vec<Mail<'a>> {
    let mut by_id: HashMap<&str, Vec<&'a Statement>> = HashMap::new();
    for statement in case.statements {
        by_id.entry(&statement.head.message_id).or_default().push(statement);
    }
    let mut mails: Vec<Mail<'a>> = by_id.into_values().map(|copies| mail(case, copies)).collect();
    mails.sort_by(|a, b| {
        let key = |mail: &Mail<'_>| (mail.statement.head.at.is_none(), mail.statement.head.at);
        key(a).cmp(&key(b)).then_with(|| a.id().cmp(b.id()))
    });
    mails
}

fn mail<'a>(case: &Case<'a>, copies: Vec<&'a Statement>) -> Mail<'a> {
    let mut statement = one_of(copies);
    let ruling = case.rulings.iter().find(|ruling| ruling.message_id == statement.head.message_id);
    let mut ruled = None;
    if let Some(ruling) = ruling {
        let written = statement.to_mut();
        match &ruling.verdict {
            Verdict::Counts { value, voter } => {
                written.says = Says::Casts(ruled_cast(*value, ruling, &written.says));
                ruled = Some(voter.as_deref());
            }
            Verdict::Nothing => {
                written.says = Says::Nothing { why: Some(format!("ruled to be no vote: {}", ruling.why)) };
                if matches!(written.role, Role::Cancels { .. }) {
                    written.role = Role::Replies;
                }
            }
            Verdict::Cancels => {
                written.role = Role::Cancels { line: format!("ruled so: {}", ruling.why), certain: true };
            }
        }
    }
    let voter = Voter::of(case, &statement.head, ruled);
    Mail { statement, voter, ruling }
}

fn ruled_cast(value: VoteValue, ruling: &Ruling, said: &Says) -> Cast {
    let line = excerpt(said);
    let claim = if let Says::Casts(cast) = said { cast.claim } else { None };
    Cast { value, claim, line, why: format!("ruled to be {}: {}", value.sign(), ruling.why), explained: true }
}

/// The line in question.
pub(super) fn excerpt(says: &Says) -> String {
    match says {
        Says::Nothing { .. } => String::new(),
        Says::Casts(cast) => cast.line.clone(),
        Says::Withdraws { line } | Says::Settles { line } | Says::Regrets { line } => line.clone(),
        Says::Unclear { excerpt, .. } => excerpt.clone(),
    }
}

/// One mail of those under one Message-ID: copies of one are one; where they differ, nobody can
/// tell which of them was sent.
fn one_of(mut copies: Vec<&Statement>) -> Cow<'_, Statement> {
    if copies.len() > 1 {
        copies.sort_by_cached_key(|copy| (copy.head.at.is_none(), copy.head.at, format!("{copy:?}")));
    }
    let first = copies[0];
    let same = |copy: &&Statement| {
        copy.head.address == first.head.address && copy.says == first.says && copy.role == first.role
    };
    if copies.iter().all(same) {
        return Cow::Borrowed(first);
    }
    let mut mixed = first.clone();
    if copies.iter().any(|copy| copy.head.address != first.head.address) {
        mixed.head.address = None;
    }
    let lines: Vec<String> = copies.iter().map(|copy| excerpt(&copy.says)).collect();
    let why = "mails that differ have the same Message-ID".to_owned();
    mixed.says = Says::Unclear { excerpt: lines.join("\n"), why };
    Cow::Owned(mixed)
}
