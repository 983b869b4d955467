// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The present time, and the right to let time pass.

use jiff::Timestamp;

/// Where the engine takes the time from.
pub trait Clock {
    /// The present time.
    fn now(&self) -> Timestamp;

    /// Lets time pass until `until`, where this clock can; says whether it did.
    /// A real clock cannot: whoever waits comes back later.
    fn pass(&self, until: Timestamp) -> bool;
}

/// The machine's clock, in whole seconds: finer ones say nothing in a record that
/// people read.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    fn pass(&self, until: Timestamp) -> bool {
        self.now() >= until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_in_whole_seconds_and_is_now() {
        let now = SystemClock.now();
        assert_eq!(now.subsec_nanosecond(), 0);
        assert!(now <= Timestamp::now() && SystemClock.pass(now));
    }
}
