// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A release of the toy world on the disk: each call of [`Stage::with`] is a
//! process of its own, which opens the journal and reads it anew.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::toy_actions::registry;
use super::toy_world::{ToyClock, ToyWorld};
use crate::engine::{
    Answer, Clock, Driver, DriverError, Entry, Event, Goal, Halt, Journal, JournalReader, Obstacle, Person, Plan,
    Registry, Silent, State, StepPreview, ValueSource, Workflow,
};

pub struct Stage {
    directory: TempDir,
    pub workflow: Workflow,
    pub registry: Registry<ToyWorld>,
    pub world: ToyWorld,
    pub clock: ToyClock,
}

/// The release's values.
pub struct ToyValues;

impl ValueSource for ToyValues {
    fn values(&self, candidate: u32, cancelled: Option<&str>) -> Result<Value, String> {
        Ok(json!({
            "version": "1.0.0",
            "kind": "minor",
            // A text, since a string that is one expression keeps its type.
            "candidate": {"number": candidate.to_string(), "cancelled": cancelled.is_some(), "why": cancelled},
        }))
    }
}

/// In memory where that can be had: every line of a journal is synced.
fn quick_directory() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// A workflow of these phases.
pub fn workflow(phases: &str) -> Workflow {
    Workflow::parse("toy.toml", &format!("format = 1\nid = \"toy\"\ntitle = \"Toy\"\n{phases}")).unwrap()
}

impl Stage {
    /// A release that was started by a workflow of these phases.
    pub fn new(phases: &str) -> Self {
        let stage = Self {
            directory: quick_directory(),
            workflow: workflow(phases),
            registry: registry(),
            world: ToyWorld::default(),
            clock: ToyClock::new(),
        };
        let mut journal = Journal::create(&stage.journal_path(), "Ann Example <ann@example.org>").unwrap();
        let event = Event::ReleaseStarted { release: json!({"toy": true}), files: BTreeMap::new() };
        journal.append(stage.clock.now(), 0, None, event).unwrap();
        stage
    }

    pub fn journal_path(&self) -> PathBuf {
        self.directory.path().join("journal.jsonl")
    }

    /// One process: the journal is opened, and closed at the end.
    pub fn with<T>(&self, work: impl FnOnce(&mut Driver<'_, ToyWorld>) -> T) -> T {
        let (mut journal, reader, _) = Journal::open(&self.journal_path(), "Ann Example <ann@example.org>").unwrap();
        let fuse = Rc::clone(&self.world.fuse);
        journal.watch(move |entry| {
            fuse.burn(|| {
                let step = entry.step.as_deref().unwrap_or("-");
                format!("recorded {} {step} {}", entry.candidate, entry.event.name())
            });
        });
        let mut observer = Silent;
        let mut driver = Driver {
            workflow: &self.workflow,
            registry: &self.registry,
            world: &self.world,
            values: &ToyValues,
            clock: &self.clock,
            observer: &mut observer,
            journal,
            state: State::of(&reader.entries),
        };
        work(&mut driver)
    }

    /// Runs to a goal with a person who agrees to everything.
    pub fn run_to(&self, goal: &Goal) -> Result<Halt, DriverError> {
        self.with(|driver| driver.advance(goal, &mut Scripted::agreeable()))
    }

    /// Runs as far as it goes with a person who agrees to everything.
    pub fn run(&self) -> Halt {
        self.run_to(&Goal::All).unwrap()
    }

    /// Takes up these steps and checks.
    pub fn run_items(&self, ids: &[&str]) -> Result<Halt, DriverError> {
        self.run_to(&Goal::Items(ids.iter().map(|id| (*id).to_owned()).collect()))
    }

    pub fn plan(&self) -> Plan {
        self.with(|driver| driver.plan().unwrap())
    }

    pub fn entries(&self) -> Vec<Entry> {
        JournalReader::open(&self.journal_path()).unwrap().entries
    }

    /// The names of the events about a step or check.
    pub fn events(&self, id: &str) -> Vec<&'static str> {
        let about = |entry: &Entry| entry.step.as_deref() == Some(id);
        self.entries().iter().filter(|entry| about(entry)).map(|entry| entry.event.name()).collect()
    }

    /// The tokens of a step's intentions, in order.
    pub fn tokens(&self, id: &str) -> Vec<String> {
        let token = |entry: &Entry| match &entry.event {
            Event::StepIntended { token } if entry.step.as_deref() == Some(id) => Some(token.clone()),
            _ => None,
        };
        self.entries().iter().filter_map(token).collect()
    }

    /// How each phase, step and check stands: "build active", "tag ready".
    pub fn standing(&self) -> Vec<String> {
        let plan = self.plan();
        let word = |state: Value| state.as_str().unwrap().to_owned();
        let mut lines = Vec::new();
        for phase in &plan.phases {
            lines.push(format!("{}: {}", phase.id, word(json!(phase.state))));
            for step in &phase.steps {
                let detail = if step.detail.is_empty() { String::new() } else { format!(" ({})", step.detail) };
                lines.push(format!("  {} {}{detail}", step.id, word(json!(step.state))));
            }
            for check in &phase.checks {
                lines.push(format!("  {}? {}", check.id, word(json!(check.state))));
            }
        }
        lines
    }

    /// How one step or check stands, as in [`standing`](Self::standing).
    pub fn stands(&self, id: &str) -> String {
        let lines = self.standing();
        let found =
            |line: &&String| line.split_whitespace().next().is_some_and(|word| word.trim_end_matches('?') == id);
        let line = lines.iter().find(found).unwrap_or_else(|| panic!("{id} is not in {lines:?}"));
        line.trim().split_once(' ').unwrap().1.to_owned()
    }
}

/// A person who answers by a script, and else agrees.
#[derive(Default)]
pub struct Scripted {
    answers: BTreeMap<String, Vec<Answer>>,
    pub asked: Rc<RefCell<Vec<String>>>,
}

impl Scripted {
    pub fn agreeable() -> Self {
        Self::default()
    }

    /// Gives this answer the next time that `id` comes up.
    pub fn answering(mut self, id: &str, answer: Answer) -> Self {
        self.answers.entry(id.to_owned()).or_default().insert(0, answer);
        self
    }

    fn answer(&mut self, verb: &str, item: &StepPreview) -> Answer {
        self.asked.borrow_mut().push(format!("{verb} {}", item.id));
        let scripted = self.answers.get_mut(&item.id).and_then(Vec::pop);
        scripted.unwrap_or_else(|| Answer::Yes { note: format!("Ann says so of {}", item.id) })
    }
}

impl Person for Scripted {
    fn consent(&mut self, step: &StepPreview) -> Answer {
        self.answer("consent", step)
    }

    fn attest(&mut self, item: &StepPreview) -> Answer {
        self.answer("attest", item)
    }
}

pub fn later(why: &str) -> Answer {
    Answer::Later { why: why.to_owned() }
}

/// What is in the way, in words: "tag: found …; expected …".
pub fn in_the_way(halt: &Halt) -> Vec<String> {
    let Halt::Pending(pending) = halt else { panic!("not pending: {halt:?}") };
    pending
        .iter()
        .map(|item| match &item.obstacle {
            Obstacle::Person(what) => format!("{}: person: {what}", item.id),
            Obstacle::Time { until, why } => format!("{}: until {until}: {why}", item.id),
            Obstacle::Failed(error) => format!("{}: failed: {error}", item.id),
            Obstacle::Conflict { found, expected } => format!("{}: found {found}; expected {expected}", item.id),
            Obstacle::CheckFailed(faults) => format!("{}: does not hold: {}", item.id, faults.join("; ")),
        })
        .collect()
}

/// What a request was refused with, and its hint.
#[track_caller]
pub fn refusal<T: std::fmt::Debug>(result: Result<T, DriverError>) -> (String, String) {
    match result {
        Err(DriverError::Refused { what, hint }) => (what, hint),
        Err(DriverError::InTheWay { what, obstacle: Obstacle::Failed(error), hint }) => {
            (format!("{what}: {}", crate::engine::halt::with_causes(&error)), hint)
        }
        other => panic!("not refused: {other:?}"),
    }
}
