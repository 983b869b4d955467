// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Decisions that go to the disk together: of each key only what it is in the end.
//!
//! While a group is open, all shards wait for each other at it: what they append is put
//! aside as it is. What of it is to be written is found out when the group is taken, by who
//! commits it. A message is known by its number until then, and gets a key and a form for the
//! disk only if it is to go there: most come and go within a group.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use bytes::Bytes;
use foldhash::fast::RandomState;
use statefun_store::{Space, Write};

use super::{Change, MOST_OPEN_BYTES, MOST_OPEN_LARGE_BYTES};
use crate::record::letter_bytes;
use crate::{Address, Letter, keys};

/// The changes of decisions, one after the other.
pub(super) struct Group {
    /// The last number that was given before.
    before: u64,
    /// What the numbers since then were given to: messages, or something else.
    numbered: Vec<Option<(Address, Letter)>>,
    changes: Vec<Change>,
    bytes: usize,
    /// How many of them are of large values.
    large_bytes: usize,
    /// How many records of egresses are among them.
    pub(super) records: usize,
}

/// The memory of groups that were written, for those to come: what is taken from the system
/// anew for each group is cleared by it anew.
#[derive(Default)]
pub(super) struct Spare {
    numbered: Vec<Option<(Address, Letter)>>,
    changes: Vec<Change>,
    keys: Keys,
}

type Keys = HashMap<(Space, Bytes), Outcome, RandomState>;

/// From so many bytes on, something is large.
const LARGE: usize = 64 * 1024;
/// For how many entries memory is kept.
const MOST_SPARE: usize = 32 * 1024;

impl Group {
    /// An empty one, after everything up to this number.
    pub(super) fn after(sequence: u64, spare: &mut Spare) -> Self {
        let (numbered, changes) = (std::mem::take(&mut spare.numbered), std::mem::take(&mut spare.changes));
        Self { before: sequence, numbered, changes, bytes: 0, large_bytes: 0, records: 0 }
    }

    /// The last number that was given.
    pub(super) fn sequence(&self) -> u64 {
        self.before + self.numbered.len() as u64
    }

    pub(super) fn apply(&mut self, change: Change) {
        self.count(size(&change));
        self.changes.push(change);
    }

    /// The changes are taken out of `changes`.
    pub(super) fn apply_all(&mut self, changes: &mut Vec<Change>) {
        changes.iter().for_each(|change| self.count(size(change)));
        self.changes.append(changes);
    }

    /// A message comes, with the next number.
    pub(super) fn letter(&mut self, address: Address, letter: Letter) {
        debug_assert_eq!(letter.sequence, self.sequence() + 1, "numbers are given one by one");
        self.count(letter.argument.len() + size_of::<(Address, Letter)>());
        self.numbered.push(Some((address, letter)));
    }

    /// The next number, for what is no message that waits.
    pub(super) fn number(&mut self) -> u64 {
        self.numbered.push(None);
        self.sequence()
    }

    fn count(&mut self, bytes: usize) {
        self.bytes += bytes;
        if bytes >= LARGE {
            self.large_bytes += bytes;
        }
    }

    /// Whether so much was appended that it has to be committed before more is.
    pub(super) fn is_full(&self) -> bool {
        self.bytes > MOST_OPEN_BYTES || self.large_bytes > MOST_OPEN_LARGE_BYTES
    }

    /// How much was appended, in bytes; what was removed again counts.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn into_writes(self, spare: &mut Spare) -> Vec<Write> {
        let Self { before, numbered, mut changes, .. } = self;
        let mut net = Net { before, numbered, keys: std::mem::take(&mut spare.keys), consumed: Vec::new() };
        for change in changes.drain(..) {
            net.apply(change);
        }
        let writes = net.take_writes();
        let Net { mut numbered, mut keys, .. } = net;
        numbered.shrink_to(MOST_SPARE);
        changes.shrink_to(MOST_SPARE);
        keys.shrink_to(MOST_SPARE);
        *spare = Spare { numbered, changes, keys };
        writes
    }
}

/// What a change takes while it waits, in bytes.
fn size(change: &Change) -> usize {
    let held = match change {
        Change::Fresh { key, value, .. } | Change::Put { key, value, .. } => key.len() + value.len(),
        Change::Remove { key, .. } => key.len(),
        Change::Consumed { .. } => 0,
    };
    size_of::<Change>() + held
}

/// What is left of changes in the end.
struct Net {
    before: u64,
    numbered: Vec<Option<(Address, Letter)>>,
    keys: Keys,
    /// Messages of earlier groups that went.
    consumed: Vec<(Address, u64)>,
}

struct Outcome {
    value: Option<Bytes>,
    /// Whether the key is in no group before this one.
    fresh: bool,
}

impl Net {
    fn apply(&mut self, change: Change) {
        match change {
            Change::Fresh { space, key, value } => {
                self.keys.insert((space, key), Outcome { value: Some(value), fresh: true });
            }
            Change::Put { space, key, value } => match self.keys.entry((space, key)) {
                Entry::Occupied(mut entry) => entry.get_mut().value = Some(value),
                Entry::Vacant(entry) => {
                    entry.insert(Outcome { value: Some(value), fresh: false });
                }
            },
            Change::Consumed { address, sequence } => match sequence.checked_sub(self.before + 1) {
                Some(index) => self.forget(index),
                None => self.consumed.push((address, sequence)),
            },
            Change::Remove { space, key } => match self.keys.entry((space, key)) {
                Entry::Occupied(entry) if entry.get().fresh => {
                    entry.remove();
                }
                Entry::Occupied(mut entry) => entry.get_mut().value = None,
                Entry::Vacant(entry) => {
                    entry.insert(Outcome { value: None, fresh: false });
                }
            },
        }
    }

    /// A message of this group went.
    fn forget(&mut self, index: u64) {
        let index = usize::try_from(index).expect("a group has fewer messages than memory has bytes");
        self.numbered[index] = None;
    }

    fn take_writes(&mut self) -> Vec<Write> {
        let mut writes = Vec::with_capacity(self.keys.len() + self.numbered.len() + self.consumed.len());
        let write = |((space, key), outcome): ((Space, Bytes), Outcome)| Write { space, key, value: outcome.value };
        writes.extend(self.keys.drain().map(write));
        writes.extend(self.numbered.drain(..).flatten().map(|(address, letter)| Write {
            space: Space::Mailbox,
            key: keys::letter(&address, letter.sequence),
            value: Some(letter_bytes(&letter)),
        }));
        writes.extend(self.consumed.drain(..).map(|(address, sequence)| Write {
            space: Space::Mailbox,
            key: keys::letter(&address, sequence),
            value: None,
        }));
        writes
    }
}
