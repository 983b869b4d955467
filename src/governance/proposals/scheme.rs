// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A kind of proposal as data: how it is numbered and called, which states it goes through on
//! which evidence, which sections its page has. Flink's, Kafka's and Spark's differ in nothing else.

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::life::Evidence;
use super::link::Archive;
use crate::governance::file_fault::{FileFault, Source};

/// What a state means, whatever a project calls it. In the order of a proposal's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// It is being written.
    Draft,
    /// It is discussed on the list.
    Discussion,
    /// A vote on it is open.
    Vote,
    /// The vote passed; it is not in a release yet.
    Accepted,
    /// It came with a release.
    Released,
    /// The vote failed, or it was dropped by agreement.
    Rejected,
    /// Who proposed it took it back.
    Withdrawn,
    /// Another one stands in its place.
    Superseded,
}

/// A state, and what a proposal needs to come into it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateRule {
    /// Its name in the pages: `accepted`.
    pub id: String,
    /// As the index calls it: `Accepted, not released yet`.
    pub title: String,
    /// What it means.
    pub stage: Stage,
    /// The label of a page in this state, in the other home.
    #[serde(default)]
    pub label: String,
    /// Other names that are read as it.
    #[serde(default)]
    pub also: Vec<String>,
    /// The states that it is reached from; none where every state but the last ones.
    #[serde(default)]
    pub from: Vec<String>,
    /// The evidence that it needs.
    #[serde(default)]
    pub needs: Vec<Evidence>,
}

/// A section that a page has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionRule {
    /// Its heading in a new page.
    pub title: String,
    /// Other headings that are the same section.
    #[serde(default)]
    pub also: Vec<String>,
    /// What belongs there; a new page has it as a comment.
    #[serde(default)]
    pub guide: String,
    /// Whether a page may be without it.
    #[serde(default)]
    pub optional: bool,
}

/// The subjects of the mails about a proposal; `{id}` and `{heading}` are filled in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subjects {
    /// Of the discussion.
    pub discuss: String,
    /// Of the vote.
    pub vote: String,
    /// Of the vote's result.
    pub result: String,
}

/// The words of the round-up page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexWords {
    /// Its title.
    pub title: String,
    /// What stands before the next free number.
    pub next: String,
}

/// The tracker with the proposals' issues.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tracker {
    /// Its address.
    pub url: String,
    /// The project's key there.
    pub project: String,
}

/// A kind of proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// Its name among the schemes: `flip`.
    pub id: String,
    /// Whose proposals.
    pub project: String,
    /// What one is called: `Flink Improvement Proposal`.
    pub title: String,
    /// What stands before the number: `FLIP`.
    pub prefix: String,
    /// What stands in the place of a number that is not given yet: `XXX`.
    pub placeholder: String,
    /// The first number.
    pub first_number: u32,
    /// How many digits a file's name has for the number.
    pub digits: usize,
    /// The directory of the pages in a registry.
    pub directory: String,
    /// The file of the index in a registry.
    pub index_file: String,
    /// The list where proposals are discussed.
    pub list: String,
    /// The action of the bylaws that accepts one.
    pub action: String,
    /// The address of a page in the other home; `{page}` is its id.
    pub page: String,
    /// Where people read a page at the registry's remote; `{place}` is its file.
    pub web: String,
    /// What a new page has as its component.
    pub component: String,
    /// The names of components as they are written; others that mean one are found by their letters alone.
    pub components: Vec<String>,
    /// After how many weeks without a change a discussion is stale.
    pub stale_weeks: u32,
    /// The tracker.
    pub tracker: Option<Tracker>,
    /// The subjects of mails.
    pub subjects: Subjects,
    /// The words of the index.
    pub index: IndexWords,
    /// The states, in the order of the index.
    pub states: Vec<StateRule>,
    /// The sections, in their order.
    pub sections: Vec<SectionRule>,
    /// Archives of mails, and which of them are gone.
    pub archives: Vec<Archive>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: Option<u32>,
    id: String,
    project: String,
    title: String,
    prefix: Spanned<String>,
    #[serde(default = "placeholder")]
    placeholder: Spanned<String>,
    #[serde(default = "first")]
    first_number: u32,
    #[serde(default = "digits")]
    digits: Spanned<usize>,
    directory: Spanned<String>,
    #[serde(default = "index_file")]
    index_file: Spanned<String>,
    list: String,
    action: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    web: String,
    #[serde(default)]
    component: String,
    #[serde(default)]
    components: Vec<String>,
    #[serde(default = "stale_weeks")]
    stale_weeks: u32,
    #[serde(default)]
    tracker: Option<Tracker>,
    subjects: Subjects,
    index: IndexWords,
    #[serde(default)]
    state: Vec<Spanned<StateRule>>,
    #[serde(default)]
    section: Vec<SectionRule>,
    #[serde(default)]
    archive: Vec<Archive>,
}

fn placeholder() -> Spanned<String> {
    Spanned::new(0..0, "XXX".to_owned())
}

fn first() -> u32 {
    1
}

fn digits() -> Spanned<usize> {
    Spanned::new(0..0, 4)
}

fn index_file() -> Spanned<String> {
    Spanned::new(0..0, "INDEX.md".to_owned())
}

fn stale_weeks() -> u32 {
    12
}

impl Scheme {
    /// Reads a scheme; `file` names it in faults.
    ///
    /// # Errors
    /// With the line of the first thing that cannot be used.
    pub fn parse(file: &str, text: &str) -> Result<Self, FileFault> {
        let source = Source { file, text };
        let read: File = source.parse()?;
        source.demand_format(read.format)?;
        names_fault(&read).map_or(Ok(()), |(at, what)| Err(source.fault(at, what)))?;
        let states: Vec<StateRule> = read.state.iter().map(|state| state.get_ref().clone()).collect();
        for (number, state) in read.state.iter().enumerate() {
            if let Some(what) = state_fault(state.get_ref(), &states, number) {
                return Err(source.fault(state.span().start, what));
            }
        }
        if let Some(missing) = [Stage::Draft, Stage::Accepted].iter().find(|stage| of_stage(&states, **stage).is_none())
        {
            return Err(source.fault(0, format!("no [[state]] has the stage `{missing:?}`").to_lowercase()));
        }
        Ok(Self {
            id: read.id,
            project: read.project,
            title: read.title,
            prefix: read.prefix.into_inner(),
            placeholder: read.placeholder.into_inner(),
            first_number: read.first_number,
            digits: read.digits.into_inner(),
            directory: read.directory.into_inner(),
            index_file: read.index_file.into_inner(),
            list: read.list,
            action: read.action,
            page: read.page,
            web: read.web,
            component: read.component,
            components: read.components,
            stale_weeks: read.stale_weeks,
            tracker: read.tracker,
            subjects: read.subjects,
            index: read.index,
            states,
            sections: read.section,
            archives: read.archive,
        })
    }

    /// The state of this name, or of another one that is read as it.
    pub fn state(&self, name: &str) -> Option<&StateRule> {
        let same = |one: &str| one.eq_ignore_ascii_case(name.trim());
        let exact = self.states.iter().find(|state| same(&state.id));
        exact.or_else(|| self.states.iter().find(|state| state.also.iter().any(|also| same(also))))
    }

    /// The first state of a stage.
    pub fn of_stage(&self, stage: Stage) -> Option<&StateRule> {
        of_stage(&self.states, stage)
    }

    /// As a proposal is called: `FLIP-42`, `FLIP-XXX`.
    pub fn name(&self, number: Option<u32>) -> String {
        match number {
            Some(number) => format!("{}-{number}", self.prefix),
            None => format!("{}-{}", self.prefix, self.placeholder),
        }
    }

    /// A subject with what it names filled in.
    pub fn subject(&self, pattern: &str, number: Option<u32>, heading: &str) -> String {
        pattern.replace("{id}", &self.name(number)).replace("{heading}", heading)
    }

    /// The address of a page in the other home, where the scheme says it.
    pub fn page_address(&self, page: &str) -> Option<String> {
        (!self.page.is_empty() && !page.is_empty()).then(|| self.page.replace("{page}", page))
    }

    /// The address of a page's file at the registry's remote.
    pub fn web_address(&self, place: &str) -> Option<String> {
        (!self.web.is_empty()).then(|| self.web.replace("{place}", place))
    }
}

fn of_stage(states: &[StateRule], stage: Stage) -> Option<&StateRule> {
    states.iter().find(|state| state.stage == stage)
}

/// Names become parts of paths and of titles: they are plain.
fn names_fault(file: &File) -> Option<(usize, String)> {
    let letters = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric());
    let path = |text: &str| {
        let plain = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        };
        text.split('/').all(plain)
    };
    for (name, value) in [("prefix", &file.prefix), ("placeholder", &file.placeholder)] {
        if !letters(value.get_ref()) {
            return Some((value.span().start, format!("`{name}` is `{}`; expected letters", value.get_ref())));
        }
    }
    if file.placeholder.get_ref().chars().all(|c| c.is_ascii_digit()) {
        return Some((file.placeholder.span().start, "`placeholder` is a number; expected letters".to_owned()));
    }
    for (name, value) in [("directory", &file.directory), ("index_file", &file.index_file)] {
        if !path(value.get_ref()) {
            let what = format!("`{name}` is `{}`; expected a plain path in the registry", value.get_ref());
            return Some((value.span().start, what));
        }
    }
    let digits = *file.digits.get_ref();
    (!(1..=9).contains(&digits)).then(|| (file.digits.span().start, format!("`digits` is {digits}; expected 1 to 9")))
}

fn state_fault(state: &StateRule, all: &[StateRule], number: usize) -> Option<String> {
    let id = &state.id;
    if id.trim().is_empty() || id.trim() != id {
        return Some("a state has an id, without spaces around it".to_owned());
    }
    let names = |one: &StateRule, name: &str| one.id == name || one.also.iter().any(|also| also == name);
    let mut own = std::iter::once(id).chain(&state.also);
    if let Some(twice) = own.find(|name| all[..number].iter().any(|other| names(other, name))) {
        return Some(format!("`{twice}` names two states"));
    }
    let unknown = state.from.iter().find(|from| all.iter().all(|other| other.id != **from))?;
    Some(format!("`{id}` is reached from `{unknown}`, which is no state"))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Flink's scheme.
    pub(crate) fn flip() -> Scheme {
        Scheme::parse("flip.toml", include_str!("../../../release-config/proposals/flip.toml")).unwrap()
    }

    fn fault(from: &str, to: &str) -> String {
        let text = include_str!("../../../release-config/proposals/flip.toml");
        assert!(text.contains(from), "{from}");
        Scheme::parse("own.toml", &text.replacen(from, to, 1)).unwrap_err().to_string()
    }

    #[test]
    fn a_state_is_found_by_each_of_its_names() {
        let flip = flip();
        for (name, id) in [("accepted", "accepted"), ("In Progress", "accepted"), ("completed", "released")] {
            assert_eq!(flip.state(name).unwrap().id, id);
        }
        assert_eq!(flip.state("done"), None);
        assert_eq!((flip.name(Some(42)), flip.name(None)), ("FLIP-42".to_owned(), "FLIP-XXX".to_owned()));
        let subject = flip.subject(&flip.subjects.discuss, Some(42), "Stop jobs");
        assert_eq!(subject, "[DISCUSS] FLIP-42 Stop jobs");
        assert!(flip.page_address("65146002").unwrap().ends_with("pageId=65146002"));
        assert_eq!(flip.page_address(""), None);
    }

    #[test]
    fn what_cannot_be_used_is_named_with_file_and_line() {
        assert!(fault("prefix = \"FLIP\"", "prefix = \"F/P\"").contains("`prefix` is `F/P`; expected letters"));
        assert!(fault("directory = \"flips\"", "directory = \"../x\"").contains("expected a plain path"));
        assert!(fault("from = [\"draft\"", "from = [\"darft\"").contains("reached from `darft`, which is no state"));
        assert!(fault("format = 1", "format = 2").ends_with("format 2; this program reads format 1"));
        assert!(fault("stage = \"draft\"", "stage = \"withdrawn\"").contains("no [[state]] has the stage `draft`"));
        assert!(fault("also = [\"completed\"", "also = [\"accepted\"").contains("`accepted` names two states"));
        assert!(fault("prefix = \"FLIP\"", "prefix = \"FLIP\"\ncolour = 1").contains("unknown field `colour`"));
    }
}
