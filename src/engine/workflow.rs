// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A workflow as data: phases, steps, checks, as `workflows/*.toml` states them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use toml::Spanned;

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
    /// An expression: whether it applies.
    pub when: Option<String>,
    /// Who may do it.
    pub who: Role,
    /// What doing it means for others.
    pub effect: Effect,
    /// What the guide says; a Markdown template.
    pub guide: String,
    /// Whether the phase can be completed without it.
    pub optional: bool,
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
    /// Whether the phase can be completed without it.
    pub optional: bool,
    /// Whether the truth alone decides: it can be neither attested nor skipped.
    pub gate: bool,
    /// What the guide says; a Markdown template.
    pub guide: String,
    /// Whether it is asked anew for each candidate.
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
    },
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

/// A workflow that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WorkflowError {
    /// It is no TOML, or has unknown or missing fields.
    #[error("{file} is no workflow")]
    Malformed {
        /// Which file.
        file: String,
        /// Line, column and what was expected.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// It does not hold together.
    #[error("{}", faults.join("\n"))]
    Faults {
        /// Each fault as `file:line: what`.
        faults: Vec<String>,
    },
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
    /// Reads a workflow; `file` names it in errors.
    ///
    /// # Errors
    /// When it is malformed, or ids are not unique, `needs` do not name earlier
    /// steps, or a step is neither an action nor a person's: all faults at once.
    pub fn parse(file: &str, text: &str) -> Result<Self, WorkflowError> {
        let raw: RawWorkflow = toml::from_str(text)
            .map_err(|source| WorkflowError::Malformed { file: file.to_owned(), source: Box::new(source) })?;
        let mut reader = Reader { file, text, faults: Vec::new(), ids: BTreeSet::new(), steps: BTreeSet::new() };
        if raw.format != 1 {
            reader.faults.push(format!("{file}: the format is {}; this program reads format 1", raw.format));
        }
        let phases = raw.phases.into_iter().map(|phase| reader.phase(phase)).collect();
        if reader.faults.is_empty() {
            Ok(Self { id: raw.id, title: raw.title, phases })
        } else {
            Err(WorkflowError::Faults { faults: reader.faults })
        }
    }

    /// The phase and step with that id.
    pub fn step(&self, id: &str) -> Option<(&Phase, &Step)> {
        self.phases.iter().find_map(|phase| Some((phase, phase.steps.iter().find(|step| step.id == id)?)))
    }

    /// The phase and check with that id.
    pub fn check(&self, id: &str) -> Option<(&Phase, &Check)> {
        self.phases.iter().find_map(|phase| Some((phase, phase.checks.iter().find(|check| check.id == id)?)))
    }

    /// The ids of all phases.
    pub fn phase_ids(&self) -> Vec<&str> {
        self.phases.iter().map(|phase| phase.id.as_str()).collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWorkflow {
    format: u32,
    id: String,
    title: String,
    #[serde(rename = "phase")]
    phases: Vec<RawPhase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPhase {
    id: Spanned<String>,
    title: String,
    #[serde(default)]
    intro: String,
    #[serde(default)]
    per_candidate: bool,
    when: Option<String>,
    #[serde(default, rename = "step")]
    steps: Vec<RawStep>,
    #[serde(default, rename = "check")]
    checks: Vec<RawCheck>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    id: Spanned<String>,
    title: String,
    action: Option<String>,
    #[serde(default)]
    person: bool,
    #[serde(default)]
    with: Map<String, Value>,
    #[serde(default)]
    needs: Vec<String>,
    when: Option<String>,
    #[serde(default = "release_manager")]
    who: Role,
    effect: Effect,
    #[serde(default)]
    guide: String,
    #[serde(default)]
    commands: Vec<String>,
    #[serde(default)]
    question: String,
    #[serde(default)]
    optional: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCheck {
    id: Spanned<String>,
    title: String,
    probe: Option<String>,
    question: Option<String>,
    #[serde(default)]
    with: Map<String, Value>,
    when: Option<String>,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    gate: bool,
    #[serde(default)]
    guide: String,
}

fn release_manager() -> Role {
    Role::ReleaseManager
}

/// Turns what was parsed into what holds together, collecting faults.
struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    faults: Vec<String>,
    ids: BTreeSet<String>,
    steps: BTreeSet<String>,
}

impl Reader<'_> {
    fn phase(&mut self, raw: RawPhase) -> Phase {
        let line = self.line(&raw.id);
        let id = self.id(raw.id);
        let per_candidate = raw.per_candidate;
        Phase {
            id,
            line,
            title: raw.title,
            intro: raw.intro,
            per_candidate,
            when: raw.when,
            steps: raw.steps.into_iter().map(|step| self.step(step, per_candidate)).collect(),
            checks: raw.checks.into_iter().map(|check| self.check(check, per_candidate)).collect(),
        }
    }

    fn step(&mut self, raw: RawStep, per_candidate: bool) -> Step {
        let line = self.line(&raw.id);
        let id = self.id(raw.id);
        for need in raw.needs.iter().filter(|need| !self.steps.contains(*need)) {
            self.faults.push(format!("{}:{line}: `{id}` needs `{need}`, which is no earlier step", self.file));
        }
        self.steps.insert(id.clone());
        let kind = match (raw.action, raw.person) {
            (Some(name), false) => {
                if !raw.commands.is_empty() || !raw.question.is_empty() {
                    self.faults.push(format!(
                        "{}:{line}: `{id}` is an action, which takes no commands or question",
                        self.file
                    ));
                }
                StepKind::Action { name, with: raw.with }
            }
            (None, true) => {
                if !raw.with.is_empty() {
                    self.faults.push(format!("{}:{line}: `{id}` is a person's, which takes no `with`", self.file));
                }
                StepKind::Person { question: raw.question, commands: raw.commands }
            }
            _ => {
                let file = self.file;
                self.faults.push(format!("{file}:{line}: `{id}` needs either `action` or `person = true`"));
                StepKind::Person { question: raw.question, commands: raw.commands }
            }
        };
        Step {
            id,
            line,
            title: raw.title,
            kind,
            needs: raw.needs,
            when: raw.when,
            who: raw.who,
            effect: raw.effect,
            guide: raw.guide,
            optional: raw.optional,
            per_candidate,
        }
    }

    fn check(&mut self, raw: RawCheck, per_candidate: bool) -> Check {
        let line = self.line(&raw.id);
        let id = self.id(raw.id);
        let kind = match (raw.probe, raw.question) {
            (Some(name), None) => CheckKind::Probe { name, with: raw.with },
            (None, Some(question)) => CheckKind::Question { question },
            _ => {
                self.faults.push(format!("{}:{line}: `{id}` needs either `probe` or `question`", self.file));
                CheckKind::Question { question: String::new() }
            }
        };
        Check {
            id,
            line,
            title: raw.title,
            kind,
            when: raw.when,
            optional: raw.optional,
            gate: raw.gate,
            guide: raw.guide,
            per_candidate,
        }
    }

    fn id(&mut self, id: Spanned<String>) -> String {
        let line = self.line(&id);
        let id = id.into_inner();
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
            self.faults
                .push(format!("{}:{line}: `{id}` is no id: expected lower-case letters, digits and `-`", self.file));
        }
        if !self.ids.insert(id.clone()) {
            self.faults.push(format!("{}:{line}: the id `{id}` stands twice", self.file));
        }
        id
    }

    fn line(&self, id: &Spanned<String>) -> usize {
        self.text[..id.span().start.min(self.text.len())].matches('\n').count() + 1
    }
}
