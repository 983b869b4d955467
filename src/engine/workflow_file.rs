// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Reading a workflow from its TOML: what was written becomes what holds
//! together, or a list of all faults with their places.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value};
use toml::Spanned;

use super::workflow::{Check, CheckKind, Effect, Phase, Role, Step, StepKind, Workflow};

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
        let id = self.id(raw.id);
        let per_candidate = raw.per_candidate;
        Phase {
            id,
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
