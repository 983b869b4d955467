// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Rosters and aliases as TOML files.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};
use toml::Spanned;

use super::file_fault::{FileFault, Source};
use super::file_used::FileUsed;
use super::roster::{Member, Office, Roster, home_address, plain_name};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RosterFile {
    format: Option<u32>,
    #[serde(default)]
    project: String,
    #[serde(default, deserialize_with = "day")]
    as_of: Option<Date>,
    source: Option<String>,
    #[serde(default)]
    member: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: Spanned<String>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    emails: Vec<Spanned<String>>,
    #[serde(default)]
    roles: Vec<Office>,
    #[serde(default)]
    emeritus: bool,
    #[serde(default, deserialize_with = "day")]
    since: Option<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AliasFile {
    format: Option<u32>,
    #[serde(default)]
    alias: Vec<Alias>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Alias {
    id: Spanned<String>,
    emails: Vec<Spanned<String>>,
}

/// A day, as TOML's own date or as a text; of a time, its day.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = match toml::Value::deserialize(deserializer)? {
        toml::Value::String(text) => text,
        toml::Value::Datetime(date) => date.to_string(),
        other => return Err(serde::de::Error::custom(format!("expected a day such as 2026-11-21, found {other}"))),
    };
    let date = text.get(..10).unwrap_or(&text).parse();
    date.map(Some).map_err(|_| serde::de::Error::custom(format!("expected a day such as 2026-11-21, found `{text}`")))
}

impl Roster {
    /// Reads a roster; `file` names it in faults.
    ///
    /// # Errors
    /// With the line of the first thing that cannot be used: an unknown field or role, an id
    /// twice, an address of two members.
    pub fn parse(file: &str, text: &str) -> Result<Self, FileFault> {
        let source = Source { file, text };
        let read: RosterFile = source.parse()?;
        source.demand_format(read.format)?;
        let mut roster = Self::of(read.project, read.as_of, read.source, Vec::new());
        roster.files.push(FileUsed::of(file, text.as_bytes()));
        for entry in read.member {
            let at = entry.id.span().start;
            let id = entry.id.into_inner().trim().to_owned();
            if id.is_empty() || roster.member(&id).is_some() {
                let what = if id.is_empty() {
                    "a member has an id".to_owned()
                } else {
                    format!("`{id}` is on the roster twice")
                };
                return Err(source.fault(at, what));
            }
            let name = if entry.name.trim().is_empty() { id.clone() } else { entry.name.trim().to_owned() };
            let (roles, emeritus, since) = (entry.roles, entry.emeritus, entry.since);
            roster.names.entry(plain_name(&name)).or_default().push(roster.members.len());
            roster.members.push(Member { id: id.clone(), name, emails: Vec::new(), roles, emeritus, since });
            roster.take(source, &Spanned::new(at..at, home_address(&id)))?;
            for email in entry.emails {
                let address = roster.take(source, &email)?;
                roster.members.last_mut().expect("just put there").emails.push(address);
            }
        }
        Ok(roster)
    }

    /// The roster with the addresses of an alias file, which says of ids on the roster what other
    /// addresses they write from.
    ///
    /// # Errors
    /// With the line of what cannot be used: an id that is not on the roster, an address of
    /// somebody else.
    pub fn with_aliases(mut self, file: &str, text: &str) -> Result<Self, FileFault> {
        let source = Source { file, text };
        let read: AliasFile = source.parse()?;
        source.demand_format(read.format)?;
        self.files.push(FileUsed::of(file, text.as_bytes()));
        for alias in read.alias {
            let id = alias.id.get_ref();
            let Some(index) = self.members.iter().position(|member| member.id.eq_ignore_ascii_case(id)) else {
                return Err(source.fault(alias.id.span().start, format!("`{id}` is not on the roster")));
            };
            for email in &alias.emails {
                let address = self.take_for(source, email, index)?;
                if !self.members[index].emails.contains(&address) {
                    self.members[index].emails.push(address);
                }
            }
        }
        Ok(self)
    }

    /// Notes an address of the last member.
    fn take(&mut self, source: Source<'_>, email: &Spanned<String>) -> Result<String, FileFault> {
        let last = self.members.len() - 1;
        self.take_for(source, email, last)
    }

    fn take_for(&mut self, source: Source<'_>, email: &Spanned<String>, index: usize) -> Result<String, FileFault> {
        let address = email.get_ref().trim().to_lowercase();
        if address.split_once('@').is_none_or(|(local, domain)| local.is_empty() || domain.is_empty()) {
            return Err(source.fault(email.span().start, format!("`{address}` is no address")));
        }
        match self.owners.insert(address.clone(), index) {
            Some(other) if other != index => {
                let (first, second) = (&self.members[other].id, &self.members[index].id);
                Err(source.fault(email.span().start, format!("{address} belongs to `{first}` and to `{second}`")))
            }
            _ => Ok(address),
        }
    }

    /// The roster as a file, which [`Roster::parse`] reads.
    pub fn to_toml(&self) -> String {
        let members = self.members.iter().map(|member| EntryOut {
            id: &member.id,
            name: &member.name,
            emails: &member.emails,
            roles: &member.roles,
            emeritus: member.emeritus,
            since: member.since.map(|day| day.to_string()),
        });
        let file = FileOut {
            format: 1,
            project: &self.project,
            as_of: self.as_of.map(|day| day.to_string()),
            source: self.source.as_deref(),
            member: members.collect(),
        };
        toml::to_string(&file).expect("a roster is plain data")
    }
}

#[derive(Serialize)]
struct FileOut<'a> {
    format: u32,
    project: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    member: Vec<EntryOut<'a>>,
}

#[derive(Serialize)]
struct EntryOut<'a> {
    id: &'a str,
    name: &'a str,
    emails: &'a [String],
    roles: &'a [Office],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    emeritus: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
project = "greeter"
as_of = 2026-11-01
[[member]]
id = "ann"
name = "Ann Example"
emails = ["Ann@Example.org"]
roles = ["pmc", "committer"]
since = "2020-02-03"

[[member]]
id = "bob"
roles = []
emeritus = true
"#;

    fn fault(text: &str) -> String {
        Roster::parse("r.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn a_roster_is_read_and_written() {
        let roster = Roster::parse("r.toml", TEXT).unwrap();
        assert_eq!(roster.as_of.unwrap().to_string(), "2026-11-01");
        assert_eq!(roster.owner("ann@example.org").unwrap().since.unwrap().to_string(), "2020-02-03");
        assert_eq!(roster.member("bob").unwrap().name, "bob", "the id, where no name is given");
        assert_eq!(roster.files, [FileUsed::of("r.toml", TEXT.as_bytes())]);
        let again = Roster::parse("r.toml", &roster.to_toml()).unwrap();
        assert_eq!(Roster { files: roster.files.clone(), ..again }, roster);
        let dated = Roster::parse("r.toml", "as_of = \"2026-11-01T10:00:00Z\"").unwrap();
        assert_eq!(dated.as_of, roster.as_of);
    }

    #[test]
    fn what_cannot_be_used_is_named_with_file_and_line() {
        assert!(fault(&TEXT.replace("roles = []", "role = []")).starts_with("r.toml:13: unknown field `role`"));
        assert!(fault(&TEXT.replace("\"pmc\"", "\"boss\"")).starts_with("r.toml:8: unknown variant `boss`"));
        assert_eq!(fault(&TEXT.replace("\"bob\"", "\"Ann\"")), "r.toml:12: `Ann` is on the roster twice");
        let shared = TEXT.replace("roles = []", "emails = [\"ann@apache.org\"]");
        assert_eq!(fault(&shared), "r.toml:13: ann@apache.org belongs to `ann` and to `bob`");
        assert_eq!(fault(&TEXT.replace("Ann@Example.org", "Ann")), "r.toml:7: `ann` is no address");
        assert!(fault(&TEXT.replace("2026-11-01", "7")).contains("expected a day such as"));
        assert!(fault(&TEXT.replace("2020-02-03", "soon")).contains("found `soon`"));
        assert!(fault("member = 3").starts_with("r.toml:1: "));
    }

    #[test]
    fn aliases_add_addresses_to_people_on_the_roster_alone() {
        let with = |text: &str| Roster::parse("r.toml", TEXT).unwrap().with_aliases("a.toml", text);
        let roster = with("[[alias]]\nid = \"bob\"\nemails = [\"Bob@Example.com\", \"bob@apache.org\"]\n").unwrap();
        assert_eq!(roster.owner("bob@example.com").unwrap().id, "bob");
        let unknown = with("[[alias]]\nid = \"cleo\"\nemails = []\n").unwrap_err();
        assert_eq!(unknown.to_string(), "a.toml:2: `cleo` is not on the roster");
        let taken = with("[[alias]]\nid = \"bob\"\nemails = [\"ann@example.org\"]\n").unwrap_err();
        assert_eq!(taken.to_string(), "a.toml:3: ann@example.org belongs to `ann` and to `bob`");
    }
}
