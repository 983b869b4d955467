// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A clock that goes on from where the record ended, and that can be moved on.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

use crate::engine::Clock;

/// A simulated clock: it runs as time does, from a moment of its own, and shows whole
/// seconds, as the real one does.
#[derive(Debug, Clone)]
pub struct SimulatedClock {
    // a clone is another face of the same clock
    origin: Rc<Cell<Timestamp>>,
    since: Instant,
}

impl SimulatedClock {
    /// A clock that shows `origin` now.
    pub fn new(origin: Timestamp) -> Self {
        Self { origin: Rc::new(Cell::new(origin)), since: Instant::now() }
    }

    /// Moves the clock to `until`, unless it is there already.
    pub fn move_to(&self, until: Timestamp) {
        let ahead = until.duration_since(self.now());
        if ahead.is_positive() {
            self.origin.set(self.origin.get() + ahead + SignedDuration::from_secs(1));
        }
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        let elapsed = SignedDuration::try_from(self.since.elapsed()).unwrap_or(SignedDuration::ZERO);
        let now = self.origin.get() + elapsed;
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    fn pass(&self, until: Timestamp) -> bool {
        self.now() >= until
    }
}
