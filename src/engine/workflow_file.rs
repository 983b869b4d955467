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
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::workflow::{Check, CheckKind, Effect, Note, Phase, Role, Step, StepKind, Workflow};

/// A workflow that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}", faults.join("\n"))]
pub struct WorkflowError {
    /// All that is wrong with it, each as `file:line: what`, in the file's order.
    pub faults: Vec<String>,
}

impl Workflow {
    /// Reads a workflow; `file` names it in errors.
    ///
    /// # Errors
    /// When it is no TOML, has unknown or missing fields, ids are not unique,
    /// `needs` do not name earlier steps, or a step is neither an action nor a
    /// person's: all faults at once.
    pub fn parse(file: &str, text: &str) -> Result<Self, WorkflowError> {
        let mut reader = Reader { text, faults: Vec::new(), ids: BTreeSet::new(), steps: BTreeSet::new() };
        match reader.workflow() {
            Some(workflow) if reader.faults.is_empty() => Ok(workflow),
            _ => {
                reader.faults.sort_by_key(|(line, _)| *line);
                let faults = reader.faults.into_iter().map(|(line, what)| format!("{file}:{line}: {what}")).collect();
                Err(WorkflowError { faults })
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWorkflow {
    format: Spanned<u32>,
    id: String,
    title: String,
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
    when_says: Option<String>,
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
    #[serde(default)]
    recheck: Vec<String>,
    when: Option<String>,
    when_says: Option<String>,
    #[serde(default = "release_manager")]
    who: Role,
    effect: Effect,
    #[serde(default)]
    guide: String,
    #[serde(default)]
    commands: Vec<String>,
    #[serde(default)]
    question: String,
    note: Option<Note>,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    gate: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCheck {
    id: Spanned<String>,
    title: String,
    probe: Option<String>,
    question: Option<String>,
    note: Option<Note>,
    #[serde(default)]
    with: Map<String, Value>,
    when: Option<String>,
    when_says: Option<String>,
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

/// Turns what was written into what holds together, collecting faults. Each phase,
/// step and check is read by itself, so that a fault in one hides none in another.
struct Reader<'a> {
    text: &'a str,
    /// Line and fault.
    faults: Vec<(usize, String)>,
    ids: BTreeSet<String>,
    steps: BTreeSet<String>,
}

impl<'a> Reader<'a> {
    fn workflow(&mut self) -> Option<Workflow> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        if !errors.is_empty() {
            errors.iter().for_each(|error| self.refuse(error, 0));
            return None;
        }
        let mut table = table.into_inner();
        let phases = match table.remove("phase") {
            Some(phases) => self.tables(phases),
            None => {
                self.fault(1, "missing field `phase`");
                Vec::new()
            }
        };
        let head = Spanned::new(0..0, DeValue::Table(table));
        let raw: Option<RawWorkflow> = self.read(head);
        let mut phases: Vec<Phase> = phases.into_iter().filter_map(|phase| self.phase(phase)).collect();
        // What is answered after the candidates is answered for one of them.
        if let Some(last) = phases.iter().rposition(|phase| phase.per_candidate) {
            let after = phases[last + 1..].iter_mut();
            after.flat_map(|phase| &mut phase.checks).for_each(|check| check.per_candidate = true);
        }
        if self.faults.is_empty() {
            self.rechecks(&phases);
        }
        let raw = raw?;
        if *raw.format.get_ref() != 1 {
            let what = format!("the format is {}; this program reads format 1", raw.format.get_ref());
            self.fault(self.line(raw.format.span().start), what);
        }
        Some(Workflow { id: raw.id, title: raw.title, phases })
    }

    fn phase(&mut self, mut written: Spanned<DeValue<'a>>) -> Option<Phase> {
        let steps = self.taken(&mut written, "step");
        let checks = self.taken(&mut written, "check");
        let raw: Option<RawPhase> = self.read(written);
        let per_candidate = raw.as_ref().is_some_and(|raw| raw.per_candidate);
        let id = raw.as_ref().map(|raw| self.id(&raw.id));
        let line = raw.as_ref().map_or(0, |raw| self.line(raw.id.span().start));
        let steps = steps.into_iter().filter_map(|step| self.step(step, per_candidate)).collect();
        let checks = checks.into_iter().filter_map(|check| self.check(check, per_candidate)).collect();
        let raw = raw?;
        let RawPhase { title, intro, when, when_says, .. } = raw;
        Some(Phase { id: id?, line, title, intro, per_candidate, when, when_says, steps, checks })
    }

    fn step(&mut self, written: Spanned<DeValue<'a>>, per_candidate: bool) -> Option<Step> {
        let named = name_of(&written);
        let Some(raw) = self.read::<RawStep>(written) else {
            // Steps that need it are not at fault.
            self.steps.extend(named);
            return None;
        };
        let line = self.line(raw.id.span().start);
        let id = self.id(&raw.id);
        let open: Vec<&String> = raw.needs.iter().filter(|need| !self.steps.contains(*need)).collect();
        for need in open {
            self.fault(line, format!("`{id}` needs `{need}`, which is no earlier step"));
        }
        self.steps.insert(id.clone());
        let kind = match (raw.action, raw.person) {
            (Some(name), false) => {
                if !raw.commands.is_empty() || !raw.question.is_empty() || raw.note.is_some() {
                    self.fault(line, format!("`{id}` is an action, which takes no commands, question or note"));
                }
                StepKind::Action { name, with: raw.with }
            }
            (None, true) => {
                if !raw.with.is_empty() {
                    self.fault(line, format!("`{id}` is a person's, which takes no `with`"));
                }
                if !raw.recheck.is_empty() {
                    self.fault(line, format!("`{id}` is a person's, which takes no `recheck`"));
                }
                let note = raw.note.unwrap_or_default();
                StepKind::Person { question: raw.question, commands: raw.commands, note }
            }
            _ => {
                self.fault(line, format!("`{id}` needs either `action` or `person = true`"));
                return None;
            }
        };
        Some(Step {
            id,
            line,
            title: raw.title,
            kind,
            needs: raw.needs,
            recheck: raw.recheck,
            when: raw.when,
            when_says: raw.when_says,
            who: raw.who,
            effect: raw.effect,
            guide: raw.guide,
            optional: raw.optional,
            gate: raw.gate,
            per_candidate,
        })
    }

    fn check(&mut self, written: Spanned<DeValue<'a>>, per_candidate: bool) -> Option<Check> {
        let raw: RawCheck = self.read(written)?;
        let line = self.line(raw.id.span().start);
        let id = self.id(&raw.id);
        let kind = match (raw.probe, raw.question) {
            (Some(name), None) => {
                if raw.note.is_some() {
                    self.fault(line, format!("`{id}` is asked of a probe, which takes no `note`"));
                }
                CheckKind::Probe { name, with: raw.with }
            }
            (None, Some(question)) => {
                if !raw.with.is_empty() {
                    self.fault(line, format!("`{id}` is a question, which takes no `with`"));
                }
                if raw.gate {
                    self.fault(line, format!("`{id}` is a gate, which needs a `probe`"));
                }
                CheckKind::Question { question, note: raw.note.unwrap_or_default() }
            }
            _ => {
                self.fault(line, format!("`{id}` needs either `probe` or `question`"));
                return None;
            }
        };
        if raw.gate && raw.optional {
            self.fault(line, format!("`{id}` is a gate, which cannot be optional"));
        }
        Some(Check {
            id,
            line,
            title: raw.title,
            kind,
            when: raw.when,
            when_says: raw.when_says,
            optional: raw.optional,
            gate: raw.gate,
            guide: raw.guide,
            per_candidate,
        })
    }

    /// What a step has asked once more must be a check that a probe can ask, of
    /// its own phase or an earlier one.
    fn rechecks(&mut self, phases: &[Phase]) {
        let mut probed = BTreeSet::new();
        for phase in phases {
            let checks = phase.checks.iter().filter(|check| matches!(check.kind, CheckKind::Probe { .. }));
            probed.extend(checks.map(|check| check.id.as_str()));
            for step in &phase.steps {
                for unknown in step.recheck.iter().filter(|id| !probed.contains(id.as_str())) {
                    let id = &step.id;
                    let what = format!("`{id}` rechecks `{unknown}`, which is no check with a probe up to its phase");
                    self.fault(step.line, what);
                }
            }
        }
    }

    fn id(&mut self, written: &Spanned<String>) -> String {
        let line = self.line(written.span().start);
        let id = written.get_ref().clone();
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
            self.fault(line, format!("`{id}` is no id: expected lower-case letters, digits and `-`"));
        }
        if !self.ids.insert(id.clone()) {
            self.fault(line, format!("the id `{id}` stands twice"));
        }
        id
    }

    /// The value as `T`; a fault where it is none.
    fn read<T: Deserialize<'a>>(&mut self, written: Spanned<DeValue<'a>>) -> Option<T> {
        let start = written.span().start;
        T::deserialize(ValueDeserializer::from(written)).map_err(|error| self.refuse(&error, start)).ok()
    }

    /// Takes the tables under `key` out of a table.
    fn taken(&mut self, written: &mut Spanned<DeValue<'a>>, key: &str) -> Vec<Spanned<DeValue<'a>>> {
        let DeValue::Table(table) = written.get_mut() else { return Vec::new() };
        table.remove(key).map_or_else(Vec::new, |found| self.tables(found))
    }

    /// The items of an array of tables.
    fn tables(&mut self, written: Spanned<DeValue<'a>>) -> Vec<Spanned<DeValue<'a>>> {
        let line = self.line(written.span().start);
        match written.into_inner() {
            DeValue::Array(items) => items.into_iter().collect(),
            _ => {
                self.fault(line, "expected an array of tables");
                Vec::new()
            }
        }
    }

    fn refuse(&mut self, error: &toml::de::Error, start: usize) {
        let start = error.span().map_or(start, |span| span.start);
        self.fault(self.line(start), error.message().lines().collect::<Vec<_>>().join(", "));
    }

    fn fault(&mut self, line: usize, what: impl Into<String>) {
        self.faults.push((line, what.into()));
    }

    /// The line of a byte; counts from 1.
    fn line(&self, at: usize) -> usize {
        let before = &self.text.as_bytes()[..at.min(self.text.len())];
        memchr::memchr_iter(b'\n', before).count() + 1
    }
}

/// The id that a table gives, whatever else is wrong with it.
fn name_of(written: &Spanned<DeValue<'_>>) -> Option<String> {
    Some(written.get_ref().as_table()?.get("id")?.get_ref().as_str()?.to_owned())
}
