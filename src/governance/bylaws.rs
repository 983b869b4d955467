// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A project's bylaws as data: for each action, how it is approved and whose votes bind.
//!
//! The four approvals are those of the bylaws of Apache Flink, "Approvals".

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::file_fault::{FileFault, Source};
use super::file_used::FileUsed;
use super::roster::Office;

/// How an action is approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Approval {
    /// Three binding +1 and no binding veto.
    Consensus,
    /// Three binding +1 and more binding +1 than -1.
    LazyMajority,
    /// Allowed until a -1 comes; from then on another approval is needed.
    LazyApproval,
    /// At least two thirds of all who hold a binding vote say +1.
    TwoThirdsMajority,
}

impl Approval {
    /// As people say it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Consensus => "consensus",
            Self::LazyMajority => "lazy majority",
            Self::LazyApproval => "lazy approval",
            Self::TwoThirdsMajority => "2/3 majority",
        }
    }
}

/// An action that the bylaws name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Its name: `product-release`.
    pub id: String,
    /// As people call it; the id where nothing is said.
    #[serde(default)]
    pub title: String,
    /// How it is approved.
    pub approval: Approval,
    /// Whose votes bind, of those who are active.
    pub binding: Office,
    /// For how many days the vote is open at least.
    pub minimum_days: u32,
    /// The list where it is voted on, by the part before the `@`.
    #[serde(default)]
    pub list: String,
    /// Whether the person concerned has no binding vote on it.
    #[serde(default)]
    pub exclude_subject: bool,
    /// For lazy approval: how many binding +1 are needed beside silence.
    #[serde(default)]
    pub minimum_plus: usize,
    /// For lazy approval: the approval that is needed once a binding -1 has come.
    #[serde(default)]
    pub escalates_to: Option<Approval>,
}

/// A project's bylaws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bylaws {
    /// Whose they are.
    pub project: String,
    /// What they are called.
    pub title: String,
    /// Where they are written.
    pub source: String,
    /// What they say, action by action.
    pub actions: Vec<Action>,
    /// The file that they were read from.
    pub file: FileUsed,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: Option<u32>,
    #[serde(default)]
    project: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    action: Vec<Spanned<Action>>,
}

/// No vote stays open for longer than a year by rule.
const MOST_DAYS: u32 = 366;

impl Bylaws {
    /// Reads bylaws; `file` names them in faults.
    ///
    /// # Errors
    /// With the line of the first thing that cannot be used.
    pub fn parse(file: &str, text: &str) -> Result<Self, FileFault> {
        let source = Source { file, text };
        let read: File = source.parse()?;
        source.demand_format(read.format)?;
        let mut actions: Vec<Action> = Vec::new();
        for spanned in read.action {
            let at = spanned.span().start;
            let mut action = spanned.into_inner();
            if let Some(fault) = fault_of(&action, &actions) {
                return Err(source.fault(at, fault));
            }
            if action.title.is_empty() {
                action.title.clone_from(&action.id);
            }
            actions.push(action);
        }
        if actions.is_empty() {
            return Err(source.fault(0, "no [[action]]; bylaws say of each action how it is approved"));
        }
        let title = if read.title.is_empty() { file.to_owned() } else { read.title };
        let file = FileUsed::of(file, text.as_bytes());
        Ok(Self { project: read.project, title, source: read.source, actions, file })
    }

    /// The action that is called `id`.
    pub fn action(&self, id: &str) -> Option<&Action> {
        self.actions.iter().find(|action| action.id == id)
    }
}

fn fault_of(action: &Action, before: &[Action]) -> Option<String> {
    let id = &action.id;
    let lazy = action.approval == Approval::LazyApproval;
    if id.trim().is_empty() {
        return Some("an action has an id".to_owned());
    }
    if before.iter().any(|other| other.id == *id) {
        return Some(format!("`{id}` stands here a second time"));
    }
    match action.escalates_to {
        None if lazy => return Some(format!("`{id}`: lazy approval needs `escalates_to`")),
        Some(_) if !lazy => return Some(format!("`{id}`: `escalates_to` belongs to lazy approval alone")),
        Some(Approval::LazyApproval | Approval::TwoThirdsMajority) => {
            return Some(format!("`{id}`: lazy approval escalates to lazy-majority or consensus"));
        }
        _ => {}
    }
    if action.minimum_plus > 0 && !lazy {
        return Some(format!("`{id}`: `minimum_plus` belongs to lazy approval alone"));
    }
    (action.minimum_days > MOST_DAYS).then(|| format!("`{id}`: more than {MOST_DAYS} days"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str =
        "[[action]]\nid = \"flip\"\napproval = \"consensus\"\nbinding = \"committer\"\nminimum_days = 3\n";

    fn fault(text: &str) -> String {
        Bylaws::parse("own.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn the_fields_that_are_needed_are_few() {
        let bylaws = Bylaws::parse("own.toml", ONE).unwrap();
        let flip = bylaws.action("flip").unwrap();
        assert_eq!((flip.title.as_str(), flip.exclude_subject, flip.escalates_to), ("flip", false, None));
        assert_eq!(bylaws.action("product-release"), None);
    }

    #[test]
    fn what_cannot_be_used_is_named_with_file_and_line() {
        assert!(fault(&format!("{ONE}vetos = true\n")).starts_with("own.toml:6: unknown field `vetos`"));
        assert!(fault(&ONE.replace("consensus", "unanimity")).starts_with("own.toml:3: unknown variant `unanimity`"));
        assert!(fault(&ONE.replace("committer", "members")).starts_with("own.toml:4: unknown variant `members`"));
        assert!(fault(&ONE.replace("minimum_days = 3", "")).starts_with("own.toml:1: missing field `minimum_days`"));
        assert_eq!(fault(&ONE.repeat(2)), "own.toml:6: `flip` stands here a second time");
        assert_eq!(fault("format = 2\n"), "own.toml:1: format 2; this program reads format 1");
        assert!(fault("").contains("no [[action]]"));
        assert!(fault(&ONE.replace('3', "4000")).contains("more than 366 days"));
    }

    #[test]
    fn lazy_approval_says_what_it_escalates_to_and_nothing_else_does() {
        let lazy = ONE.replace("consensus", "lazy-approval");
        assert!(fault(&lazy).contains("needs `escalates_to`"));
        assert!(fault(&format!("{lazy}escalates_to = \"lazy-approval\"\n")).contains("escalates to lazy-majority or"));
        assert!(fault(&format!("{ONE}escalates_to = \"consensus\"\n")).contains("belongs to lazy approval"));
        assert!(fault(&format!("{ONE}minimum_plus = 1\n")).contains("belongs to lazy approval"));
        Bylaws::parse("own.toml", &format!("{lazy}escalates_to = \"consensus\"\nminimum_plus = 1\n")).unwrap();
    }
}
