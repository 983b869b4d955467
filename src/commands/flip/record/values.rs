// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is recorded of a proposal when its record begins, and the values that its workflow and its
//! mails see: those of the record, and what its page says now.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::actions::proposals::{ProposalBook, View};
use crate::commands::error::chain;
use crate::commands::vote::{BylawsNamed, Sender};
use crate::config::Vote;
use crate::engine::ValueSource;
use crate::governance::proposals::{Field, Page, Scheme, Stage};
use crate::governance::{Action, FileUsed};
use crate::services::{Effects, GitRegistry};

/// What is recorded of a proposal when its record begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposalRecord {
    /// `proposal`: what tells it from a release's.
    pub kind: String,
    /// `FLIP-42`.
    pub id: String,
    /// 42.
    pub number: u32,
    /// The registry, as an absolute path.
    pub registry: PathBuf,
    /// Of which kind it is: a scheme's name, or a file.
    pub scheme: String,
    /// The product whose lists, relay and rules are used.
    pub product: String,
    /// Who writes, and to which list.
    pub sender: Sender,
    /// What it is voted on as, as the bylaws had it then.
    pub action: Action,
    /// Which bylaws.
    pub bylaws: BylawsNamed,
    /// By which rules it is counted, as they are named.
    pub rules: Vote,
    /// The files of these as they were then.
    pub used: Vec<FileUsed>,
    /// What mails say of it, where somebody gave other words than its page has.
    pub about: Option<String>,
    /// Where its text is to be read, where somebody said.
    #[serde(default)]
    pub link: Option<String>,
    /// The other home.
    pub wiki: Option<WikiNamed>,
    /// The tracker's address, where it is another than the scheme's.
    pub tracker: Option<String>,
    /// Whether commits stay here, although the registry has a remote.
    pub local: bool,
    /// What was there when the record began.
    pub had: Had,
    /// Whether it was begun by a command that asks for no checklists.
    pub short: bool,
    /// Whether nothing of this is real.
    pub rehearsal: bool,
    /// The version of this program.
    pub quorate: String,
}

/// A wiki with proposals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WikiNamed {
    /// Its address.
    pub url: String,
    /// The space.
    pub space: String,
    /// The page whose children the proposals are.
    pub parent: String,
}

/// How far a proposal was when its record began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Had {
    /// Its stage.
    pub stage: Stage,
    /// The link to its discussion; empty where it had none.
    pub discussion: String,
}

/// The values of a proposal's workflow.
pub struct ProposalValues {
    /// What was recorded.
    pub record: ProposalRecord,
    /// The kind of proposals.
    pub scheme: Scheme,
}

impl ProposalValues {
    /// Its page, as the registry's last commit has it.
    fn page(&self) -> Result<Page, String> {
        let author = (self.record.sender.name.clone(), self.record.sender.email.clone());
        let git = GitRegistry::open(&self.record.registry, &self.scheme.directory, author, Effects::unwatched())
            .map_err(|error| chain(&error))?;
        let book = ProposalBook { git, scheme: self.scheme.clone(), view: View::Commit };
        let pages = book.pages().map_err(|error| chain(&error))?;
        pages.into_iter().find(|page| page.number() == Some(self.record.number)).ok_or_else(|| {
            format!(
                "the registry {} has no {} any more, as its last commit has it",
                self.record.registry.display(),
                self.record.id
            )
        })
    }

    /// Its title, where it can be read.
    pub fn title(&self) -> Option<String> {
        self.page().ok().map(|page| page.title().to_owned())
    }

    /// What mails say of it: what somebody gave, else how its first section begins.
    fn about(&self, page: &Page) -> String {
        match &self.record.about {
            Some(about) => about.clone(),
            None => first_words(page.body()).unwrap_or_else(|| "Its page says what it proposes, and why.".to_owned()),
        }
    }

    fn address(&self, page: &Page) -> Option<String> {
        if let Some(link) = &self.record.link {
            return Some(link.clone());
        }
        self.address_of_home(page).or_else(|| self.scheme.web_address(&page.place))
    }

    /// Whether the mails can link the text.
    pub fn has_address(&self) -> bool {
        self.page().map_or(true, |page| self.address(&page).is_some())
    }

    fn address_of_home(&self, page: &Page) -> Option<String> {
        let text = page.get(Field::Text).map(str::to_owned);
        let Some(id) = page.get(Field::Page) else { return text };
        match &self.record.wiki {
            Some(wiki) => Some(format!("{}/pages/viewpage.action?pageId={id}", wiki.url.trim_end_matches('/'))),
            None => self.scheme.page_address(id).or(text),
        }
    }
}

impl ValueSource for ProposalValues {
    fn values(&self, candidate: u32, cancelled: Option<&str>) -> Result<Value, String> {
        let (record, scheme, page) = (&self.record, &self.scheme, self.page()?);
        let heading = page.heading(scheme);
        let subject = |pattern: &str| scheme.subject(pattern, Some(record.number), &heading);
        let stage = page.state(scheme).map(|state| state.stage);
        let discussion = page.set(Field::Discussion);
        let address = self.address(&page);
        let links: Vec<&str> = address.as_deref().into_iter().collect();
        let place = format!("votes/{candidate}");
        Ok(json!({
            "proposal": {
                "id": record.id, "number": record.number, "title": page.title(), "heading": heading,
                "place": page.place, "registry": record.registry, "page": address, "stage": stage,
                "over": matches!(stage, Some(Stage::Withdrawn | Stage::Superseded)),
                "subjects": {
                    "discuss": subject(&scheme.subjects.discuss), "vote": subject(&scheme.subjects.vote),
                    "result": subject(&scheme.subjects.result),
                },
            },
            "vote": {
                "title": format!("{}: {heading}", record.id), "about": self.about(&page), "links": links,
                "discussion": discussion,
                "person": null, "hours": record.action.minimum_days * 24, "action": record.action,
                "bylaws": record.bylaws, "rules": record.rules,
            },
            "sender": record.sender,
            "had": record.had,
            "short": record.short,
            "rehearsal": record.rehearsal,
            "candidate": {
                "number": candidate, "cancelled": cancelled.is_some(), "why": cancelled.unwrap_or_default(),
            },
            "workspace": { "votes": format!("{place}/votes.json"), "tally": format!("{place}/tally.json") },
        }))
    }
}

/// The first paragraph of a text that is no heading, comment, list or table.
fn first_words(body: &str) -> Option<String> {
    let mut lines = Vec::new();
    let mut commented = false;
    for line in body.lines() {
        let plain = line.trim();
        let begins = plain.starts_with("<!--");
        let skipped = commented || begins || plain.is_empty() || plain.starts_with(['#', '|', '<', '`', '!']);
        commented = (commented || begins) && !plain.contains("-->");
        match (skipped, lines.is_empty()) {
            (false, _) => lines.push(plain),
            (true, false) => break,
            (true, true) => {}
        }
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_begins_with_the_first_words_of_the_page() {
        let body = "\n# FLIP-7: Pause\n\n## Motivation\n\n<!-- The problem\nto be solved. -->\n\nJobs cannot\nbe paused.\n\nMore.\n";
        assert_eq!(first_words(body).as_deref(), Some("Jobs cannot\nbe paused."));
        assert_eq!(first_words("# Only\n\n## Headings\n"), None);
    }
}
