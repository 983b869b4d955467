// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whose a mail is, and whether their vote binds.

use jiff::Timestamp;

use super::case::Case;
use crate::governance::roster::plain_name;
use crate::governance::{Head, Holding, Member};

/// Whose a mail is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Voter {
    /// What all mails of one person have in common: their id, else the address, else the mail itself.
    pub(super) key: String,
    /// As they are called.
    pub(super) name: String,
    pub(super) address: String,
    pub(super) binding: Binding,
}

/// Whether a vote binds, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Binding {
    Yes(String),
    No(String),
    /// It would, if the mail were by whom it seems to be; `member` where that is one person.
    Perhaps {
        member: Option<String>,
        why: String,
    },
}

impl Voter {
    /// Whose the mail is; `ruled` is whose a person ruled it to be.
    pub(super) fn of(case: &Case<'_>, head: &Head, ruled: Option<Option<&str>>) -> Self {
        let at = head.at.unwrap_or(case.now);
        let address = head.address.clone().unwrap_or_default();
        let name = head.name.clone().unwrap_or_default();
        let as_member = |member: &Member, by: &str| Self {
            key: member.id.clone(),
            name: if member.name == member.id && !name.is_empty() { name.clone() } else { member.name.clone() },
            address: address.clone(),
            binding: binding_of(case, member, at, by),
        };
        if let Some(member) = ruled.flatten().and_then(|id| case.roster.member(id)) {
            return as_member(member, "by a ruling");
        }
        if address.is_empty() {
            let why = "the mail does not say from which address it is".to_owned();
            return Self {
                key: format!("? {}", head.message_id),
                binding: if ruled.is_some() { Binding::No(why) } else { Binding::Perhaps { member: None, why } },
                name,
                address,
            };
        }
        if let Some(member) = case.roster.owner(&address) {
            return as_member(member, &format!("by the address {address}"));
        }
        let binding = if is_subject(case, None, &address, &name) {
            Binding::No("the person concerned has no binding vote on this".to_owned())
        } else if ruled.is_some() {
            Binding::No(format!("{address} is not on the roster"))
        } else if head.contested {
            let why = format!("{address} is not on the roster, and its headers name another: whose is it?");
            Binding::Perhaps { member: None, why }
        } else {
            stranger(case, &address, &name, at)
        };
        Self { key: address.clone(), name, address, binding }
    }
}

fn binding_of(case: &Case<'_>, member: &Member, at: Timestamp, by: &str) -> Binding {
    let office = case.action.binding;
    let id = &member.id;
    if case.action.exclude_subject && is_subject(case, Some(member), "", "") {
        return Binding::No(format!("`{id}` on the roster, {by}: the person concerned has no binding vote on this"));
    }
    match member.holds(office, at) {
        Holding::Active => {
            let since = member.since.map_or_else(String::new, |day| format!(" since {day}"));
            Binding::Yes(format!("`{id}` on the roster, {}{since}, {by}", title(member, office)))
        }
        Holding::Emeritus => Binding::No(format!("`{id}` on the roster, {by}: emeritus, without a binding vote")),
        Holding::Later(day) => {
            Binding::No(format!("`{id}` on the roster, {by}: a {} only since {day}", office.holder()))
        }
        Holding::Not => Binding::No(format!("`{id}` on the roster, {by}: no {}", office.holder())),
    }
}

fn title(member: &Member, office: crate::governance::Office) -> &'static str {
    if member.roles.contains(&crate::governance::Office::Pmc) { "PMC member" } else { office.holder() }
}

/// An address that is not on the roster, under a name that may be.
fn stranger(case: &Case<'_>, address: &str, name: &str, at: Timestamp) -> Binding {
    let office = case.action.binding;
    let mut namesakes = case.roster.namesakes(name);
    namesakes.retain(|member| matches!(binding_of(case, member, at, ""), Binding::Yes(_)));
    match namesakes.as_slice() {
        [] => Binding::No(format!("{address} is not on the roster")),
        [member] => Binding::Perhaps {
            member: Some(member.id.clone()),
            why: format!(
                "{address} is not on the roster, but somebody called {name} is (`{}`, {}): is it they? A name proves nothing",
                member.id,
                title(member, office)
            ),
        },
        several => Binding::Perhaps {
            member: None,
            why: format!(
                "{address} is not on the roster, but several people called {name} are ({}): is it one of them?",
                several.iter().map(|member| format!("`{}`", member.id)).collect::<Vec<_>>().join(", ")
            ),
        },
    }
}

/// Whether it is the person concerned, as far as names and addresses say.
fn is_subject(case: &Case<'_>, member: Option<&Member>, address: &str, name: &str) -> bool {
    let Some(subject) = case.subject.filter(|_| case.action.exclude_subject) else { return false };
    match member {
        Some(member) => {
            subject.eq_ignore_ascii_case(&member.id)
                || case.roster.owner(subject).is_some_and(|owner| owner.id == member.id)
                || case.roster.namesakes(subject).iter().any(|namesake| namesake.id == member.id)
        }
        None => subject.eq_ignore_ascii_case(address) || (!name.is_empty() && plain_name(subject) == plain_name(name)),
    }
}
