// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Which types of functions cannot be called, so that the log says it of a type and not of each address.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use foldhash::fast::RandomState;

use crate::FunctionType;

/// How long, in milliseconds, nothing is said of a type after something was.
const PAUSE: u64 = 60_000;
/// How many types are remembered. Of more that cannot be called at once nothing is said.
const MOST_TYPES: usize = 4096;

/// Which types of functions cannot be called.
#[derive(Debug, Default)]
pub(crate) struct Outages {
    /// How many cannot: who was answered looks here first.
    down: AtomicUsize,
    types: Mutex<HashMap<FunctionType, Outage, RandomState>>,
}

#[derive(Debug, Default)]
struct Outage {
    /// Since when it cannot be called, in milliseconds since 1970; none when it can.
    since: Option<u64>,
    /// When it was last said that it cannot.
    said_at: Option<u64>,
    /// Whether that was said of this outage.
    is_said: bool,
}

impl Outages {
    /// A call came to nothing, through no fault of its messages; whether it is to be said.
    pub(crate) fn failed(&self, function: &FunctionType, now: u64) -> bool {
        let mut types = self.lock();
        if types.len() >= MOST_TYPES && !types.contains_key(function) {
            types.retain(|_, outage| outage.since.is_some());
            if types.len() >= MOST_TYPES {
                return false;
            }
        }
        let outage = types.entry(function.clone()).or_default();
        if outage.since.is_none() {
            outage.since = Some(now);
            self.down.fetch_add(1, Ordering::Relaxed);
        }
        let is_due = outage.said_at.is_none_or(|said_at| now >= said_at + PAUSE);
        if is_due {
            (outage.said_at, outage.is_said) = (Some(now), true);
        }
        is_due
    }

    /// A call was answered; how long there had been none when that is to be said.
    pub(crate) fn answered(&self, function: &FunctionType, now: u64) -> Option<Duration> {
        if self.down.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let mut types = self.lock();
        let outage = types.get_mut(function)?;
        let since = outage.since.take()?;
        self.down.fetch_sub(1, Ordering::Relaxed);
        std::mem::take(&mut outage.is_said).then(|| Duration::from_millis(now.saturating_sub(since)))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<FunctionType, Outage, RandomState>> {
        self.types.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_said_once_then_now_and_then_and_its_end_once() {
        let (outages, one) = (Outages::default(), FunctionType::new("outages", "one"));
        assert_eq!(outages.answered(&one, 500), None);
        assert!(outages.failed(&one, 1000));
        assert!((0..1000).all(|at| !outages.failed(&one, 1001 + at)));
        assert!(outages.failed(&FunctionType::new("outages", "other"), 1500), "another type is another matter");
        assert!(outages.failed(&one, 1000 + PAUSE) && !outages.failed(&one, 1001 + PAUSE));
        assert_eq!(outages.answered(&one, 90_000), Some(Duration::from_millis(89_000)));
        assert_eq!(outages.answered(&one, 90_001), None);
    }

    #[test]
    fn functions_that_come_and_go_do_not_fill_the_log() {
        let (outages, function) = (Outages::default(), FunctionType::new("outages", "flaps"));
        let mut said = 0;
        for at in 0..1000 {
            said += usize::from(outages.failed(&function, at * 10));
            said += usize::from(outages.answered(&function, at * 10 + 5).is_some());
        }
        assert_eq!(said, 2, "in ten seconds: that it cannot be called, and that it can");
    }

    #[test]
    fn no_more_types_are_remembered_than_may_be() {
        let outages = Outages::default();
        let of = |number: usize| FunctionType::new("outages", &format!("f{number}"));
        assert_eq!((0..2 * MOST_TYPES).filter(|number| outages.failed(&of(*number), 1)).count(), MOST_TYPES);
        (0..MOST_TYPES).for_each(|number| assert!(outages.answered(&of(number), 2).is_some()));
        assert!(outages.failed(&of(MOST_TYPES), 3), "what can be called is forgotten first");
    }
}
