// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What must hold in the end: each message was processed once, or is a dead letter, or was
//! cancelled; each address had them in the order in which each sender sent them.

use std::collections::{BTreeMap, HashMap};
use std::ops::AddAssign;

use statefun_store::Space;

use super::function::{
    ADDRESSES, BRIEF, Child, How, LASTING, Memory, Message, address, cancelling, children, index, is_poison,
    makes_record, read, read_seen,
};
use super::world::World;
use crate::{DeadLetterEntry, StateEntry};

/// What happened in runs.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Seen {
    pub(super) processed: usize,
    pub(super) dead: usize,
    pub(super) delayed: usize,
    pub(super) cancelled: usize,
    pub(super) crashes: usize,
    pub(super) overflowed: usize,
    pub(super) held_up: usize,
    pub(super) swept: usize,
}

impl AddAssign for Seen {
    fn add_assign(&mut self, other: Self) {
        self.processed += other.processed;
        self.dead += other.dead;
        self.delayed += other.delayed;
        self.cancelled += other.cancelled;
        self.crashes += other.crashes;
        self.overflowed += other.overflowed;
        self.held_up += other.held_up;
        self.swept += other.swept;
    }
}

/// How often each message was found, at which address.
type Found = HashMap<(u64, usize), usize>;

struct Verdict<'w> {
    world: &'w World,
    processed: Found,
    dead: Found,
    records: BTreeMap<u64, usize>,
    seen: Seen,
}

/// Holds a world that has come to its end to what must be.
pub(super) fn verdict(world: &World) -> Seen {
    let seed = world.seed;
    assert!(world.is_quiet(), "seed {seed}: something is still under way");
    assert_eq!(world.backlog(), 0, "seed {seed}: the metrics say that something waits");
    assert_eq!(world.blocked(), 0, "seed {seed}: the metrics say that an address is blocked");
    for space in [Space::Mailbox, Space::Timers, Space::Tokens] {
        assert_eq!(world.store.count(space), 0, "seed {seed}: something is left of {space:?}");
    }
    swept(world);
    let memories: Vec<Vec<Memory>> = (0..ADDRESSES).map(|at| memories(world, at)).collect();
    in_order(seed, &memories);
    let mut processed = Found::new();
    for (at, seen) in memories.iter().enumerate() {
        for memory in seen {
            *processed.entry((memory.message.name, at)).or_default() += 1;
        }
    }
    let seen = Seen {
        processed: processed.len(),
        dead: 0,
        delayed: 0,
        cancelled: 0,
        crashes: world.crashes,
        overflowed: world.overflowed,
        held_up: world.held_up,
        swept: world.swept,
    };
    let mut verdict = Verdict { world, processed, dead: dead_letters(world), records: records(world), seen };
    for root in &world.roots {
        let was = verdict.processed.contains_key(&(root.message.name, root.target))
            || verdict.dead.contains_key(&(root.message.name, root.target));
        assert!(was || !root.acknowledged, "seed {seed}: a message that was acknowledged is lost");
        if was {
            verdict.follow(root.message, root.target);
        }
    }
    let left = (&verdict.processed, &verdict.dead, &verdict.records);
    assert!(left.0.is_empty() && left.1.is_empty() && left.2.is_empty(), "seed {seed}: out of nothing came {left:?}");
    verdict.seen
}

impl Verdict<'_> {
    /// The message was processed or is dead, once, and so is everything that follows from it.
    fn follow(&mut self, message: Message, at: usize) {
        let seed = self.world.seed;
        let key = (message.name, at);
        if is_poison(message.name) {
            self.seen.dead += 1;
            assert_eq!(self.dead.remove(&key), Some(1), "seed {seed}: {message:?} at {at} is not once a dead letter");
            return;
        }
        assert_eq!(self.processed.remove(&key), Some(1), "seed {seed}: {message:?} at {at} was not processed once");
        if makes_record(message.name) {
            assert_eq!(self.records.remove(&message.name), Some(1), "seed {seed}: {message:?} has not one record");
        }
        for Child { name, target, depth, how } in children(&message, at) {
            let child = Message { name, depth, number: 0, cancels: 0 };
            match how {
                How::Sent => self.follow(child, target),
                How::Later(_) => {
                    self.seen.delayed += 1;
                    self.follow(child, target);
                }
                How::CancelledAtOnce => self.seen.cancelled += 1,
                How::CancelledSoon => {
                    self.seen.cancelled += 1;
                    self.follow(cancelling(name), at);
                }
                How::Raced(_) => {
                    self.follow(cancelling(name), at);
                    if self.processed.contains_key(&(name, target)) || self.dead.contains_key(&(name, target)) {
                        self.follow(child, target);
                    }
                }
            }
        }
    }
}

fn memories(world: &World, at: usize) -> Vec<Memory> {
    let entries = StateEntry::list(world.reader(), None, Some(&address(at)), None, 0, 10).unwrap();
    let seen = entries.into_iter().find(|entry| entry.name == "seen");
    seen.map(|entry| read_seen(Some(entry.encoded))).unwrap_or_default()
}

/// What was to expire has, and is gone from the disk; what was not is there.
fn swept(world: &World) {
    let values = StateEntry::list(world.reader(), None, None, None, 0, usize::MAX).unwrap();
    let count = |name: &str| values.iter().filter(|entry| entry.name == name).count();
    assert_eq!(count(BRIEF), 0, "seed {}: expired values are left", world.seed);
    assert_eq!(count(LASTING), count("seen"), "seed {}: values went before their time", world.seed);
}

fn in_order(seed: u64, memories: &[Vec<Memory>]) {
    for (at, seen) in memories.iter().enumerate() {
        let mut last: HashMap<Option<usize>, u64> = HashMap::new();
        for memory in seen.iter().filter(|memory| memory.message.number != 0) {
            let before = last.insert(memory.sender, memory.message.number).unwrap_or_default();
            assert!(memory.message.number > before, "seed {seed}: at {at}, {memory:?} came after number {before}");
        }
    }
}

fn dead_letters(world: &World) -> Found {
    let mut dead = Found::new();
    for entry in DeadLetterEntry::list(world.reader(), 0, usize::MAX).unwrap() {
        *dead.entry((read(&entry.letter.argument).name, index(&entry.letter.target))).or_default() += 1;
    }
    dead
}

fn records(world: &World) -> BTreeMap<u64, usize> {
    let mut records = BTreeMap::new();
    let mut visit = |_: &[u8], value: &[u8]| {
        *records.entry(read(&bytes::Bytes::copy_from_slice(value)).name).or_default() += 1;
        true
    };
    world.reader().scan(Space::Egress, &[], None, &mut visit).unwrap();
    records
}
