// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A workflow as data: phases, steps, checks, as `workflows/*.toml` states them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A workflow: phases in order.
#[derive(Debug, Clone)]
pub struct Workflow {
    /// `release`.
    pub id: String,
    /// What it does.
    pub title: String,
    /// The phases, in order.
    pub phases: Vec<Phase>,
}

/// A phase: steps, then the checks that must hold before the next phase.
#[derive(Debug, Clone)]
pub struct Phase {
    /// `build`.
    pub id: String,
    /// The line of the workflow's file where its id stands.
    pub line: usize,
    /// "Build a release candidate".
    pub title: String,
    /// What it is about; a Markdown template.
    pub intro: String,
    /// Whether it is gone through anew for each candidate.
    pub per_candidate: bool,
    /// An expression: whether it applies.
    pub when: Option<String>,
    /// When that is, in words that go on from "it does": "for bugfix releases only".
    pub when_says: Option<String>,
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// Its checklist.
    pub checks: Vec<Check>,
}

/// A step.
#[derive(Debug, Clone)]
pub struct Step {
    /// `tag-candidate`.
    pub id: String,
    /// The line of the workflow's file where its id stands.
    pub line: usize,
    /// "Tag the release commit".
    pub title: String,
    /// Who or what does it.
    pub kind: StepKind,
    /// The ids of the steps that must be settled before.
    pub needs: Vec<String>,
    /// The ids of the checks that are asked once more just before it acts.
    pub recheck: Vec<String>,
    /// An expression: whether it applies.
    pub when: Option<String>,
    /// When that is, in words that go on from "it does": "for bugfix releases only".
    pub when_says: Option<String>,
    /// Who may do it.
    pub who: Role,
    /// What doing it means for others.
    pub effect: Effect,
    /// What the guide says; a Markdown template.
    pub guide: String,
    /// Whether the phase can be completed without it.
    pub optional: bool,
    /// Whether only its being done counts: it can be neither attested nor skipped.
    pub gate: bool,
    /// Whether it is gone through anew for each candidate.
    pub per_candidate: bool,
}

/// Who or what does a step.
#[derive(Debug, Clone)]
pub enum StepKind {
    /// An action, by name, with its parameters (templates).
    Action {
        /// The name in the registry.
        name: String,
        /// Its parameters.
        with: Map<String, Value>,
    },
    /// A person.
    Person {
        /// What they are asked to attest; a template.
        question: String,
        /// What they may type to get it done; templates.
        commands: Vec<String>,
        /// What their note must hold.
        note: Note,
    },
}

/// A check.
#[derive(Debug, Clone)]
pub struct Check {
    /// `source-staged`.
    pub id: String,
    /// The line of the workflow's file where its id stands.
    pub line: usize,
    /// "Source distribution is in the dev repository".
    pub title: String,
    /// Where its truth comes from.
    pub kind: CheckKind,
    /// An expression: whether it applies.
    pub when: Option<String>,
    /// When that is, in words that go on from "it does": "for bugfix releases only".
    pub when_says: Option<String>,
    /// Whether the phase can be completed without it.
    pub optional: bool,
    /// Whether the truth alone decides: it can be neither attested nor skipped.
    pub gate: bool,
    /// What the guide says; a Markdown template.
    pub guide: String,
    /// Whether it is asked anew for each candidate: also after the candidates' phases,
    /// since the answer is about the candidate that is released.
    pub per_candidate: bool,
}

/// Where a check's truth comes from.
#[derive(Debug, Clone)]
pub enum CheckKind {
    /// A probe, by name, with its parameters (templates).
    Probe {
        /// The name in the registry.
        name: String,
        /// Its parameters.
        with: Map<String, Value>,
    },
    /// A person's answer.
    Question {
        /// The question; a template.
        question: String,
        /// What the note with the answer must hold.
        note: Note,
    },
}

/// What the note of an attestation must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Note {
    /// Anything.
    #[default]
    Text,
    /// One link, which a later text takes.
    Link,
    /// One link or more.
    Links,
}

impl Note {
    /// What is wrong with `note`; `None` where nothing is.
    pub fn fault(self, note: &str) -> Option<&'static str> {
        let links: BTreeSet<&str> = note
            .split_whitespace()
            .filter(|word| word.strip_prefix("https://").is_some_and(names_a_host))
            .map(|word| word.trim_end_matches([',', '.', ';', ':', '!', '>', ')']))
            .collect();
        match (self, links.len()) {
            (Self::Text, _) | (Self::Link, 1) => None,
            (_, 0) if note.contains("https://") => {
                Some("its link must be whole and stand by itself: `https://host.org/page`, without brackets or quotes")
            }
            (_, 0) => Some("the note must hold a link (https://…)"),
            (Self::Links, _) => None,
            (Self::Link, _) => Some(
                "the note must hold one link alone: later texts take it, and cannot tell which of several is meant",
            ),
        }
    }
}

/// Whether what stands behind `https://` begins with a host's whole name, or one with a port.
fn names_a_host(rest: &str) -> bool {
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.trim_end_matches('.').contains(['.', ':']) && !host.starts_with(['.', ':'])
}

/// What doing a step means for others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Nothing leaves this machine.
    Local,
    /// Others see it, and it can be taken back.
    Shared,
    /// Others see it, and it cannot be taken back.
    Public,
}

/// Who may do a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The release manager.
    ReleaseManager,
    /// A member of the project management committee.
    PmcMember,
    /// A committer.
    Committer,
}

impl Effect {
    /// The word that workflows use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Shared => "shared",
            Self::Public => "public",
        }
    }
}

impl Role {
    /// The role in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::ReleaseManager => "release manager",
            Self::PmcMember => "PMC member",
            Self::Committer => "committer",
        }
    }
}

impl Workflow {
    /// The phase and step with that id.
    pub fn step(&self, id: &str) -> Option<(&Phase, &Step)> {
        self.phases.iter().find_map(|phase| Some((phase, phase.steps.iter().find(|step| step.id == id)?)))
    }

    /// The phase and check with that id.
    pub fn check(&self, id: &str) -> Option<(&Phase, &Check)> {
        self.phases.iter().find_map(|phase| Some((phase, phase.checks.iter().find(|check| check.id == id)?)))
    }

    /// What the note of whoever attests the step or check must hold.
    pub fn note_of(&self, id: &str) -> Note {
        match (self.step(id), self.check(id)) {
            (Some((_, Step { kind: StepKind::Person { note, .. }, .. })), _)
            | (None, Some((_, Check { kind: CheckKind::Question { note, .. }, .. }))) => *note,
            _ => Note::Text,
        }
    }

    /// A step or check that cannot be without the outputs of the automated `step`.
    pub fn reader_of(&self, step: &Step) -> Option<&str> {
        if matches!(step.kind, StepKind::Person { .. }) {
            return None;
        }
        let name = format!("steps['{}']", step.id);
        // A template that provides for the step's not being done says so.
        let needs = |text: &str| text.contains(&name) && !text.contains("default(") && !text.contains("is defined");
        let reads = |with: &Map<String, Value>| with.values().any(|value| any_text(value, &needs));
        let steps = self.phases.iter().flat_map(|phase| &phase.steps).filter_map(|other| match &other.kind {
            StepKind::Action { with, .. } if reads(with) => Some(other.id.as_str()),
            _ => None,
        });
        let checks = self.phases.iter().flat_map(|phase| &phase.checks).filter_map(|check| match &check.kind {
            CheckKind::Probe { with, .. } if reads(with) => Some(check.id.as_str()),
            _ => None,
        });
        steps.chain(checks).next()
    }

    /// The ids of all phases.
    pub fn phase_ids(&self) -> Vec<&str> {
        self.phases.iter().map(|phase| phase.id.as_str()).collect()
    }
}

fn any_text(value: &Value, holds: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => holds(text),
        Value::Array(items) => items.iter().any(|item| any_text(item, holds)),
        Value::Object(fields) => fields.values().any(|field| any_text(field, holds)),
        _ => false,
    }
}
