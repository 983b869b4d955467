// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether messages are to blame for the silence of their function.
//!
//! Silence alone proves nothing: a process may be stopped, a machine without a network, and what is
//! called then is as innocent as what is not. It counts against the messages that were sent when
//! functions at the same place were heard of between two silences of theirs, and it takes several of
//! them and some time, so that what was called in the wrong moment, or while too much was to be done,
//! is not set aside. What counted is kept while the address is on the disk alone; not over the end of
//! the program.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::instance::Instance;
use crate::Address;

/// How many silences in a row that count put messages at fault.
const MOST_SILENCES: u32 = 6;
/// For how long, in milliseconds, they have to go on for that.
const LEAST_MILLIS: u64 = 60_000;

/// What counts against the next messages of an address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Suspicion {
    /// How many silences counted, in a row.
    counted: u32,
    /// When the first silence of the row was, in milliseconds since 1970; 0 when there was none.
    first: u64,
    /// When the last one was.
    last: u64,
}

impl Suspicion {
    /// A call was met with silence; the place of its function was last heard of at `heard_at`. Whether
    /// the messages are at fault.
    pub(super) fn is_proved_by_silence(&mut self, now: u64, heard_at: Option<u64>) -> bool {
        let now = now.max(1);
        if self.first == 0 {
            (self.first, self.last) = (now, now);
            return false;
        }
        if heard_at.is_some_and(|heard_at| heard_at > self.last) {
            self.counted += 1;
        }
        self.last = now;
        self.counted >= MOST_SILENCES && now - self.first >= LEAST_MILLIS
    }
}

/// What is kept of addresses that are on the disk alone, and whose messages something counts against.
///
/// There is room for a number of them. When it is full, the older half is forgotten, so that what
/// counted against those begins anew.
pub(super) struct Suspects {
    young: HashMap<Address, Suspect, RandomState>,
    old: HashMap<Address, Suspect, RandomState>,
    most: usize,
}

/// What is kept of one.
#[derive(Debug, Clone, Copy, Default)]
struct Suspect {
    suspicion: Suspicion,
    apart: usize,
}

impl Suspects {
    /// Room for so many.
    pub(super) fn new(most: usize) -> Self {
        Self { young: HashMap::default(), old: HashMap::default(), most }
    }

    /// The address goes to the disk alone.
    pub(super) fn keep(&mut self, address: &Address, instance: &Instance) {
        let suspect = Suspect { suspicion: instance.suspicion, apart: instance.apart };
        if suspect.suspicion == Suspicion::default() && suspect.apart == 0 {
            return;
        }
        if self.young.len() >= (self.most / 2).max(1) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(address.clone(), suspect);
    }

    /// The address comes back.
    pub(super) fn give_back(&mut self, address: &Address, instance: &mut Instance) {
        if self.young.is_empty() && self.old.is_empty() {
            return;
        }
        if let Some(suspect) = self.young.remove(address).or_else(|| self.old.remove(address)) {
            (instance.suspicion, instance.apart) = (suspect.suspicion, suspect.apart);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::instance::Resting;
    use super::*;
    use crate::FunctionType;

    const SECOND: u64 = 1000;

    #[test]
    fn silence_counts_when_others_were_heard_between_and_went_on_for_long() {
        let mut suspicion = Suspicion::default();
        for time in 1..1000 {
            assert!(!suspicion.is_proved_by_silence(time * 30 * SECOND, Some(7)), "all were silent all the time");
        }
        let mut suspicion = Suspicion::default();
        for time in 1..=60 {
            let now = time * SECOND;
            assert!(!suspicion.is_proved_by_silence(now, Some(now - 1)), "after {time} s");
        }
        assert!(suspicion.is_proved_by_silence(61 * SECOND, Some(61 * SECOND - 1)));
        let mut suspicion = Suspicion::default();
        let times: Vec<u64> = (1..).map(|time| time * 100 * SECOND).take(7).collect();
        let proved = times.iter().map(|now| suspicion.is_proved_by_silence(*now, Some(now - 1)));
        assert_eq!(proved.collect::<Vec<_>>(), [false, false, false, false, false, false, true]);
    }

    #[test]
    fn a_silence_without_a_sign_of_life_between_does_not_count_and_does_not_acquit() {
        let mut suspicion = Suspicion::default();
        let heard = [Some(50), Some(150), None, Some(150), Some(450), Some(550), Some(650), Some(750)];
        for (at, heard) in (100..).step_by(100).zip(heard) {
            assert!(!suspicion.is_proved_by_silence(at, heard), "at {at}");
        }
        assert!(suspicion.is_proved_by_silence(100_000, Some(99_000)), "the sixth that counts");
    }

    #[test]
    fn what_counts_against_an_address_is_kept_in_bounded_room() {
        let mut suspects = Suspects::new(100);
        let function = FunctionType::new("suspects", "f");
        let instance = |apart| {
            let mut instance = Resting::unknown(Arc::default()).into_instance();
            instance.apart = apart;
            instance
        };
        for id in 0..1000 {
            suspects.keep(&function.instance(&id.to_string()), &instance(id));
            assert!(suspects.young.len() + suspects.old.len() <= 100);
        }
        suspects.keep(&function.instance("innocent"), &instance(0));
        assert!(!suspects.young.contains_key(&function.instance("innocent")));
        let mut back = |id: &str| {
            let mut instance = instance(0);
            suspects.give_back(&function.instance(id), &mut instance);
            instance.apart
        };
        assert_eq!([back("999"), back("960"), back("999"), back("1")], [999, 960, 0, 0]);
    }
}
