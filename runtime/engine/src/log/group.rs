// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Decisions that go to the disk together: of each key only what it is in the end.
//!
//! A message is known by its number until then, and gets a key and a form for the disk only
//! if it is to go there: most come and go within a group.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use bytes::Bytes;
use foldhash::fast::RandomState;
use statefun_protocol::Message as _;
use statefun_store::{Space, Write};

use super::Change;
use crate::record::LetterRecord;
use crate::{Address, Letter, keys};

/// The changes of decisions, one after the other.
#[derive(Default)]
pub(super) struct Group {
    keys: HashMap<(Space, Bytes), Outcome, RandomState>,
    /// Messages that came.
    letters: HashMap<u64, (Address, Letter), RandomState>,
    /// Messages of earlier groups that went.
    consumed: Vec<(Address, u64)>,
    bytes: usize,
    /// How many records of egresses are among them.
    pub(super) records: usize,
}

struct Outcome {
    value: Option<Bytes>,
    /// Whether the key is in no group before this one.
    fresh: bool,
}

impl Group {
    pub(super) fn apply(&mut self, change: Change) {
        match change {
            Change::Fresh { space, key, value } => {
                self.bytes += key.len() + value.len();
                self.keys.insert((space, key), Outcome { value: Some(value), fresh: true });
            }
            Change::Put { space, key, value } => {
                self.bytes += key.len() + value.len();
                match self.keys.entry((space, key)) {
                    Entry::Occupied(mut entry) => entry.get_mut().value = Some(value),
                    Entry::Vacant(entry) => {
                        entry.insert(Outcome { value: Some(value), fresh: false });
                    }
                }
            }
            Change::Consumed { address, sequence } => {
                if self.letters.remove(&sequence).is_none() {
                    self.bytes += size_of::<(Address, u64)>();
                    self.consumed.push((address, sequence));
                }
            }
            Change::Remove { space, key } => match self.keys.entry((space, key)) {
                Entry::Occupied(entry) if entry.get().fresh => {
                    entry.remove();
                }
                Entry::Occupied(mut entry) => entry.get_mut().value = None,
                Entry::Vacant(entry) => {
                    self.bytes += entry.key().1.len();
                    entry.insert(Outcome { value: None, fresh: false });
                }
            },
        }
    }

    /// A message comes.
    pub(super) fn letter(&mut self, address: Address, letter: Letter) {
        self.bytes += letter.argument.len() + size_of::<(Address, Letter)>();
        self.letters.insert(letter.sequence, (address, letter));
    }

    /// How much was applied, in bytes; what was removed again counts.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn into_writes(self) -> Vec<Write> {
        let mut writes = Vec::with_capacity(self.keys.len() + self.letters.len() + self.consumed.len());
        let write = |((space, key), outcome): ((Space, Bytes), Outcome)| Write { space, key, value: outcome.value };
        writes.extend(self.keys.into_iter().map(write));
        writes.extend(self.letters.into_values().map(|(address, letter)| Write {
            space: Space::Mailbox,
            key: keys::letter(&address, letter.sequence),
            value: Some(LetterRecord::from(letter).encode_to_vec().into()),
        }));
        writes.extend(self.consumed.into_iter().map(|(address, sequence)| Write {
            space: Space::Mailbox,
            key: keys::letter(&address, sequence),
            value: None,
        }));
        writes
    }
}
