// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Values of addresses without messages, kept for a while.
//!
//! Two generations: what is used moves to the young one; when that is full, the old one
//! goes and the young one is the old. What is not on the disk yet stays in any case.

use foldhash::fast::RandomState;
use std::collections::HashMap;

use super::durable::Durable;
use super::instance::Resting;
use crate::Address;

type Generation = HashMap<Address, Resting, RandomState>;

pub(super) struct Cache {
    young: Generation,
    old: Generation,
    young_bytes: usize,
    most_bytes: usize,
}

impl Cache {
    pub(super) fn new(most_bytes: usize) -> Self {
        Self { young: Generation::default(), old: Generation::default(), young_bytes: 0, most_bytes }
    }

    /// Takes an address out.
    pub(super) fn take(&mut self, address: &Address) -> Option<Resting> {
        self.young.remove(address).or_else(|| self.old.remove(address))
    }

    /// The last message that an address was given, when something is known of it.
    pub(super) fn last_read(&self, address: &Address) -> Option<u64> {
        self.look(address).map(|resting| resting.last_read)
    }

    /// In which epoch something of an address was decided last, when something is known of it.
    pub(super) fn dirty(&self, address: &Address) -> Option<u64> {
        self.look(address).map(|resting| resting.dirty)
    }

    fn look(&self, address: &Address) -> Option<&Resting> {
        self.young.get(address).or_else(|| self.old.get(address))
    }

    /// Keeps an address.
    pub(super) fn keep(&mut self, address: Address, resting: Resting, durable: &Durable) {
        self.young_bytes += size(&address, &resting);
        self.young.insert(address, resting);
        if self.young_bytes > self.most_bytes / 2 {
            self.turn(durable);
        }
    }

    fn turn(&mut self, durable: &Durable) {
        let leaving = std::mem::replace(&mut self.old, std::mem::take(&mut self.young));
        self.young_bytes = 0;
        for (address, resting) in leaving {
            if !durable.has(resting.dirty) {
                self.young_bytes += size(&address, &resting);
                self.young.insert(address, resting);
            }
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

/// About what an address takes here, in bytes.
fn size(address: &Address, resting: &Resting) -> usize {
    size_of::<Address>() + size_of::<Resting>() + 64 + address.id.len() + resting.values.bytes()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Committed, FunctionType, Ticket};

    #[test]
    fn what_is_not_on_the_disk_stays_and_the_rest_is_bounded() {
        let mut durable = Durable::new(0);
        let mut cache = Cache::new(20_000);
        let address = |id: u32| FunctionType::new("a", "b").instance(&id.to_string());
        let resting = |dirty| Resting { dirty, ..Resting::unknown(Arc::default()) };
        cache.keep(address(0), resting(durable.epoch()), &durable);
        for id in 1..5000 {
            cache.keep(address(id), resting(0), &durable);
        }
        assert!(cache.len() < 200, "{} are kept", cache.len());
        assert!(cache.take(&address(4999)).is_some(), "the latest is there");
        assert!(cache.take(&address(1)).is_none());
        let dirty = cache.take(&address(0)).expect("it is on no disk");
        cache.keep(address(0), dirty, &durable);
        durable.appended(Ticket(1));
        durable.committed(Committed { ticket: Ticket(1), sequence: 0 });
        for id in 1..5000 {
            cache.keep(address(id), resting(0), &durable);
        }
        assert!(cache.take(&address(0)).is_none());
    }
}
