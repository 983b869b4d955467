// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Who has a binding vote: the project's members with their addresses and offices.
//!
//! A person is known by an address alone. A name proves nothing, since anybody can write one
//! before an address of their own: it is only ever a reason to ask somebody.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::file_used::FileUsed;

/// What a member may be. A PMC member is always a committer as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Office {
    /// Of the project management committee.
    Pmc,
    /// With write access to the code.
    Committer,
}

impl Office {
    /// One who has it.
    pub fn holder(self) -> &'static str {
        match self {
            Self::Pmc => "PMC member",
            Self::Committer => "committer",
        }
    }
}

/// Somebody on the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Their name at the foundation: `ann`.
    pub id: String,
    /// As people call them.
    pub name: String,
    /// Addresses beside `id@apache.org`, which is theirs without being named; in lower case.
    pub emails: Vec<String>,
    /// What they are.
    pub roles: Vec<Office>,
    /// Whether they declared themselves emeritus, and so have no binding vote.
    pub emeritus: bool,
    /// Since when they are a PMC member; a committer since when they are one, where they are no more.
    pub since: Option<Date>,
}

/// Whether somebody has an office at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding {
    /// They have.
    Active,
    /// They had, and are emeritus.
    Emeritus,
    /// Only from a later day on.
    Later(Date),
    /// They have not.
    Not,
}

impl Member {
    /// Whether they have `office` at a time.
    pub fn holds(&self, office: Office, at: Timestamp) -> Holding {
        let pmc = self.roles.contains(&Office::Pmc);
        let has = pmc || (office == Office::Committer && self.roles.contains(&Office::Committer));
        // the date of one who is both says when they joined the PMC
        let dated = self.since.filter(|_| office == Office::Pmc || !pmc);
        let day = at.to_zoned(TimeZone::UTC).date();
        match dated {
            _ if !has => Holding::Not,
            _ if self.emeritus => Holding::Emeritus,
            Some(since) if since > day => Holding::Later(since),
            _ => Holding::Active,
        }
    }
}

/// The members of a project, of some day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// Whose.
    pub project: String,
    /// Of which day.
    pub as_of: Option<Date>,
    /// Where it was taken from.
    pub source: Option<String>,
    /// The members, as they stand there.
    pub members: Vec<Member>,
    /// The files that it was read from: its own, and one of aliases.
    pub files: Vec<FileUsed>,
    /// Which member an address belongs to; in lower case.
    pub(super) owners: BTreeMap<String, usize>,
    /// Which members are called so, by the plain name.
    pub(super) names: BTreeMap<String, Vec<usize>>,
}

/// Where everybody has an address under their id, and nobody else has one.
const HOME: &str = "@apache.org";

/// The address that everybody has under their id.
pub fn home_address(id: &str) -> String {
    format!("{id}{HOME}")
}

/// Whether an address, in lower case, is somebody's by their id.
pub fn is_home_address(address: &str) -> bool {
    address.ends_with(HOME)
}

impl Roster {
    /// A roster of these members, with their own addresses.
    pub fn of(project: String, as_of: Option<Date>, source: Option<String>, members: Vec<Member>) -> Self {
        let (owners, names) = (BTreeMap::new(), BTreeMap::new());
        let mut roster = Self { project, as_of, source, members, files: Vec::new(), owners, names };
        for (index, member) in roster.members.iter().enumerate() {
            roster.owners.insert(home_address(&member.id.to_lowercase()), index);
            roster.owners.extend(member.emails.iter().map(|email| (email.to_lowercase(), index)));
            roster.names.entry(plain_name(&member.name)).or_default().push(index);
        }
        roster
    }

    /// The member that is called `id`.
    pub fn member(&self, id: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.id.eq_ignore_ascii_case(id))
    }

    /// Whose address it is.
    pub fn owner(&self, address: &str) -> Option<&Member> {
        self.owners.get(&address.trim().to_lowercase()).map(|index| &self.members[*index])
    }

    /// The members who are called so: whom the writer may be, and may not be.
    pub fn namesakes(&self, name: &str) -> Vec<&Member> {
        let plain = plain_name(name);
        let found = self.names.get(&plain).filter(|_| !plain.is_empty());
        found.into_iter().flatten().map(|index| &self.members[*index]).collect()
    }

    /// Those who have `office` at a time.
    pub fn holders(&self, office: Office, at: Timestamp) -> Vec<&Member> {
        self.members.iter().filter(|member| member.holds(office, at) == Holding::Active).collect()
    }
}

/// A name's words in lower case, in an order of their own: "Example, Ann" is "Ann Example".
pub(super) fn plain_name(name: &str) -> String {
    let lower = name.to_lowercase();
    let mut words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(id: &str, roles: &[Office]) -> Member {
        let name = format!("{} Example", id.to_uppercase());
        Member { id: id.into(), name, emails: Vec::new(), roles: roles.to_vec(), emeritus: false, since: None }
    }

    #[test]
    fn an_office_is_held_from_its_day_on_and_not_as_emeritus() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let day: Date = "2024-05-01".parse().unwrap();
        let mut ann = Member { since: Some(day), ..member("ann", &[Office::Pmc, Office::Committer]) };
        let (before, after) = (at("2024-04-30T23:00:00Z"), at("2024-05-01T00:00:00Z"));
        assert_eq!(ann.holds(Office::Pmc, before), Holding::Later(day));
        assert_eq!(ann.holds(Office::Pmc, after), Holding::Active);
        assert_eq!(ann.holds(Office::Committer, before), Holding::Active, "the date is that of the PMC");
        ann.roles = vec![Office::Committer];
        assert_eq!(ann.holds(Office::Committer, before), Holding::Later(day));
        assert_eq!(ann.holds(Office::Pmc, after), Holding::Not);
        ann.roles = vec![Office::Pmc];
        assert_eq!(ann.holds(Office::Committer, after), Holding::Active, "a PMC member is a committer");
        ann.emeritus = true;
        assert_eq!(ann.holds(Office::Pmc, after), Holding::Emeritus);
        ann.roles.clear();
        assert_eq!(ann.holds(Office::Pmc, after), Holding::Not);
    }

    #[test]
    fn people_are_known_by_address_and_suspected_by_name() {
        let mut ann = member("ann", &[Office::Pmc]);
        ann.emails = vec!["ann@example.org".into()];
        let roster = Roster::of("greeter".into(), None, None, vec![ann, member("bob", &[])]);
        for address in ["ann@apache.org", "Ann@Example.ORG ", "ANN@APACHE.ORG"] {
            assert_eq!(roster.owner(address).unwrap().id, "ann", "{address}");
        }
        assert_eq!(roster.owner("ann@example.com"), None);
        assert_eq!(roster.owner("ANN Example"), None);
        assert_eq!(roster.namesakes("Example, Ann")[0].id, "ann");
        assert!(roster.namesakes("").is_empty() && roster.namesakes("Ann").is_empty());
        assert_eq!(roster.holders(Office::Pmc, Timestamp::now()).len(), 1);
    }
}
