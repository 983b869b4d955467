// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What somebody works with at a command: it is handed to all that opens a record.

use super::environment::Environment;
use crate::engine::{Clock, Entry, Journal, SystemClock};
use crate::rehearsal::Interruption;
use crate::services::Effects;

/// What somebody works with: how they reach the outside, and what time it is.
pub struct Desk<'a> {
    /// The environment.
    pub environment: &'a Environment,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Who is told of what is written outside.
    pub effects: Effects,
    /// What ends the program at a record, where a test has it end there.
    pub interruption: Option<Interruption>,
}

impl<'a> Desk<'a> {
    /// The one that everybody has.
    pub fn new(environment: &'a Environment) -> Self {
        Self { environment, clock: &SystemClock, effects: Effects::unwatched(), interruption: None }
    }

    /// The same, of a journal that is gone on with after its last entry.
    pub fn go_on(&self, journal: &mut Journal, last: Option<&Entry>) {
        if let (Some(interruption), Some(last)) = (&self.interruption, last) {
            interruption.goes_on_from(last);
        }
        self.watch(journal);
    }

    /// Has the journal tell of each record, where somebody wants to know.
    pub fn watch(&self, journal: &mut Journal) {
        if let Some(interruption) = self.interruption.clone() {
            journal.watch(move |entry| interruption.record(entry));
        }
    }
}
