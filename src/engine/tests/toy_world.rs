// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The toy world: facts that stand for the remote truth, letters that show in an
//! archive only after a while, and quirks that are served once each. A fuse ends
//! a "process" at a chosen point.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::panic::resume_unwind;
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};

use crate::engine::Clock;

/// How long a letter is on its way to the archive.
pub const LAG: SignedDuration = SignedDuration::from_mins(60);

/// What happens once, the next time that a fact is probed or acted upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quirk {
    /// The service cannot be reached; nothing happens.
    Unreachable,
    /// The service says that it has done nothing.
    Declined,
    /// The service does it, and then the connection breaks.
    BreaksAfterwards,
    /// A condition does not hold; nothing happens.
    Refused,
    /// Somebody else's work turns up.
    InTheWay,
    /// It is there, and does not show.
    Hidden,
}

/// A letter that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub name: String,
    pub token: String,
    pub sent: Timestamp,
}

/// The remote truth.
#[derive(Default)]
pub struct ToyWorld {
    pub facts: RefCell<BTreeMap<String, String>>,
    pub letters: RefCell<Vec<Letter>>,
    /// When sending began, by token.
    pub begun: RefCell<BTreeMap<String, Timestamp>>,
    /// Every outside effect, in order: "put tag-1".
    pub effects: RefCell<Vec<String>>,
    /// The token and time under which each effect happened.
    pub intents: RefCell<BTreeMap<String, (String, Timestamp)>>,
    /// What `problems` finds, by fact.
    pub problems: RefCell<BTreeMap<String, Vec<&'static str>>>,
    at_probe: RefCell<BTreeMap<String, VecDeque<Quirk>>>,
    at_act: RefCell<BTreeMap<String, VecDeque<Quirk>>>,
    pub fuse: Rc<Fuse>,
}

impl ToyWorld {
    /// Sets a fact as somebody else would.
    pub fn set(&self, fact: &str, value: &str) {
        self.facts.borrow_mut().insert(fact.to_owned(), value.to_owned());
    }

    pub fn fact(&self, fact: &str) -> Option<String> {
        self.facts.borrow().get(fact).cloned()
    }

    pub fn quirk_at_probe(&self, fact: &str, quirk: Quirk) {
        self.at_probe.borrow_mut().entry(fact.to_owned()).or_default().push_back(quirk);
    }

    pub fn quirk_at_act(&self, fact: &str, quirk: Quirk) {
        self.at_act.borrow_mut().entry(fact.to_owned()).or_default().push_back(quirk);
    }

    pub fn next_at_probe(&self, fact: &str) -> Option<Quirk> {
        self.at_probe.borrow_mut().get_mut(fact)?.pop_front()
    }

    pub fn next_at_act(&self, fact: &str) -> Option<Quirk> {
        self.at_act.borrow_mut().get_mut(fact)?.pop_front()
    }

    /// One outside effect, between the two moments at which a process may die.
    pub fn effect(&self, name: String, intent: &crate::engine::Intent, effect: impl FnOnce()) {
        self.fuse.burn(|| format!("before {name}"));
        effect();
        self.intents.borrow_mut().insert(name.clone(), (intent.token.clone(), intent.at));
        self.effects.borrow_mut().push(name.clone());
        self.fuse.burn(|| format!("after {name}"));
    }

    /// The effects, sorted.
    pub fn sorted_effects(&self) -> Vec<String> {
        let mut effects = self.effects.borrow().clone();
        effects.sort();
        effects
    }
}

/// Ends the process when it has burnt down.
#[derive(Default)]
pub struct Fuse {
    left: Cell<Option<usize>>,
    burnt: RefCell<Vec<String>>,
}

/// What unwinds in place of a kill.
pub struct Killed;

impl Fuse {
    /// Ends the process at the point after `points` others; never where `None`.
    pub fn light(&self, points: Option<usize>) {
        self.left.set(points);
        self.burnt.borrow_mut().clear();
    }

    /// The points that were reached since.
    pub fn burnt(&self) -> Vec<String> {
        self.burnt.borrow().clone()
    }

    pub fn burn(&self, point: impl FnOnce() -> String) {
        self.burnt.borrow_mut().push(point());
        match self.left.get() {
            None => {}
            // Unwinds without the message of a panic.
            Some(0) => resume_unwind(Box::new(Killed)),
            Some(left) => self.left.set(Some(left - 1)),
        }
    }
}

/// A clock that stands still, unless it may pass.
pub struct ToyClock {
    now: Cell<Timestamp>,
    /// Whether waiting lets time pass.
    pub passes: Cell<bool>,
}

impl ToyClock {
    pub fn new() -> Self {
        Self { now: Cell::new(Timestamp::from_second(1_800_000_000).unwrap()), passes: Cell::new(false) }
    }

    pub fn forward(&self, hours: i64) {
        self.now.set(self.now.get() + SignedDuration::from_hours(hours));
    }

    pub fn move_to(&self, at: Timestamp) {
        self.now.set(self.now.get().max(at));
    }
}

impl Clock for ToyClock {
    fn now(&self) -> Timestamp {
        self.now.get()
    }

    fn pass(&self, until: Timestamp) -> bool {
        if self.passes.get() {
            self.move_to(until);
        }
        self.now.get() >= until
    }
}
