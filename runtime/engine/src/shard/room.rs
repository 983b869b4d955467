// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How much memory the messages of each type of functions take, and may take.
//!
//! What waits for a function that does not answer stays for as long as that lasts. So no type
//! may take more than is left over: one alone has at most half of the room, two have at most
//! a third each. When many types together have taken all of that, a type that has next to nothing
//! still has a few addresses, out of an eighth of the room that is kept for it.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::FunctionType;

/// For how many types that have nothing here it is kept that they have nothing.
const MOST_EMPTY: usize = 1024;

/// How many addresses of a type may be busy where others have taken all the room but what is kept; of a
/// small room a sixteenth.
const ALWAYS: usize = 16;

/// The room for busy addresses and their messages.
pub(super) struct Room {
    busy: Budget,
    bytes: Budget,
    types: HashMap<FunctionType, Used, RandomState>,
}

/// What there is of something.
struct Budget {
    most: usize,
    /// How much of it is kept for those that have next to nothing.
    kept: usize,
    used: usize,
}

/// What a type has of it.
#[derive(Default, Clone, Copy)]
struct Used {
    busy: usize,
    bytes: usize,
}

impl Room {
    /// Room for so many addresses, and for so many bytes of their messages.
    pub(super) fn new(most_busy: usize, most_bytes: usize) -> Self {
        let budget = |most, kept| Budget { most, kept, used: 0 };
        Self { busy: budget(most_busy, most_busy / 8), bytes: budget(most_bytes, 0), types: HashMap::default() }
    }

    /// An address becomes busy.
    pub(super) fn enters(&mut self, function: &FunctionType) {
        self.busy.used += 1;
        self.used_mut(function).busy += 1;
    }

    /// An address is not busy any more.
    pub(super) fn leaves(&mut self, function: &FunctionType) {
        self.busy.used -= 1;
        let used = self.used_mut(function);
        used.busy -= 1;
        if used.busy == 0 && used.bytes == 0 && self.types.len() > MOST_EMPTY {
            self.types.remove(function);
        }
    }

    /// Messages come into memory.
    pub(super) fn takes(&mut self, function: &FunctionType, bytes: usize) {
        self.bytes.used += bytes;
        self.used_mut(function).bytes += bytes;
    }

    /// Messages leave memory.
    pub(super) fn gives(&mut self, function: &FunctionType, bytes: usize) {
        self.bytes.used -= bytes;
        self.used_mut(function).bytes -= bytes;
    }

    /// How many bytes of messages are in memory.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.used
    }

    /// Whether no more messages of a type may come into memory.
    pub(super) fn is_out_of_bytes(&self, function: &FunctionType) -> bool {
        let used = self.used(function).bytes;
        // A single large message may be more than a share: a type that has nothing here is kept out by
        // two such rooms only.
        (used > 0 && used >= self.bytes.share(used)) || self.bytes.used >= self.bytes.most.saturating_mul(2)
    }

    /// Whether no more addresses of a type may become busy.
    pub(super) fn is_full(&self, function: &FunctionType) -> bool {
        self.free(function) == 0 || self.is_out_of_bytes(function)
    }

    /// How many more addresses of a type may become busy.
    pub(super) fn free(&self, function: &FunctionType) -> usize {
        let used = self.used(function).busy;
        let of_type = self.busy.share(used).saturating_sub(used);
        let left = self.busy.most.saturating_sub(self.busy.used);
        let within = of_type.min(left.saturating_sub(self.busy.kept));
        within.max(ALWAYS.min(self.busy.most / 16).saturating_sub(used).min(left))
    }

    /// Whether so much is free again for a type that it is worth a look at the disk.
    pub(super) fn is_free_again(&self, function: &FunctionType) -> bool {
        let used = self.used(function);
        let is_low = used.busy <= self.busy.share(used.busy) / 2 && used.bytes <= self.bytes.share(used.bytes) / 2;
        is_low && !self.is_full(function)
    }

    /// How many bytes of messages may be read at once for a type, where some may.
    pub(super) fn readable(&self, function: &FunctionType) -> usize {
        let used = self.used(function).bytes;
        self.bytes.share(used).saturating_sub(used).min(self.bytes.most / 8)
    }

    fn used(&self, function: &FunctionType) -> Used {
        self.types.get(function).copied().unwrap_or_default()
    }

    fn used_mut(&mut self, function: &FunctionType) -> &mut Used {
        if !self.types.contains_key(function) {
            self.types.insert(function.clone(), Used::default());
        }
        self.types.get_mut(function).expect("it was just looked at")
    }
}

impl Budget {
    /// The most that one may have who has `used`: as much as is left over then.
    fn share(&self, used: usize) -> usize {
        let others = self.used - used;
        ((self.most - self.kept).saturating_sub(others) / 2).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_that_took_all_the_room_leave_a_few_addresses_to_each_other_one() {
        let mut room = Room::new(1000, 12_000);
        let of = |number: usize| FunctionType::new("room", &number.to_string());
        let fill = |room: &mut Room, function: &FunctionType| {
            let mut busy = 0;
            while !room.is_full(function) {
                room.enters(function);
                busy += 1;
            }
            busy
        };
        let had: Vec<usize> = (0..10).map(|number| fill(&mut room, &of(number))).collect();
        assert_eq!(&had[..3], [437, 219, 109], "of seven eighths, each has half of the rest");
        assert_eq!((had[9], fill(&mut room, &of(10))), (ALWAYS, ALWAYS));
        assert!(!room.is_free_again(&of(10)));
        (0..ALWAYS).for_each(|_| room.leaves(&of(10)));
        assert!(room.is_free_again(&of(10)), "and again when these are done");
        for number in 11..100 {
            fill(&mut room, &of(number));
        }
        assert_eq!((room.busy.used, room.free(&of(100))), (1000, 0), "and no more than there is");
    }

    #[test]
    fn whoever_takes_all_that_he_may_leaves_as_much() {
        let mut room = Room::new(1600, 12_000);
        let types: Vec<_> = ["a", "b", "c"].map(|name| FunctionType::new("room", name)).into();
        let mut had = Vec::new();
        for function in &types {
            let mut busy = 0;
            while !room.is_full(function) {
                room.enters(function);
                busy += 1;
            }
            had.push(busy);
        }
        assert_eq!(had, [700, 350, 175]);
        assert!(!room.is_full(&FunctionType::new("room", "d")));
        for function in &types {
            room.takes(function, 3_000);
            assert!(!room.is_out_of_bytes(function) || function == &types[2], "{function}");
        }
        assert!(room.is_out_of_bytes(&types[2]), "half of the rest is 3000");
        assert!(!room.is_out_of_bytes(&FunctionType::new("room", "d")));
        assert!(!room.is_free_again(&types[0]));
        for _ in 0..500 {
            room.leaves(&types[0]);
        }
        room.gives(&types[0], 3_000);
        assert!(room.is_free_again(&types[0]));
    }
}
