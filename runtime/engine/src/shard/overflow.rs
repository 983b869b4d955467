// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.
//! Addresses that are on the disk alone, because there are more than fit: type by type, since
//! the functions of one type may be down while those of another are not.

use std::collections::{HashMap, VecDeque};

use foldhash::fast::RandomState;
use statefun_store::{Space, Store, after_prefix};

use super::instance::Instance;
use super::{Effects, Shard};
use crate::record::Damage;
use crate::{Address, EngineError, FunctionType, keys};

/// How many keys of one address are passed over before the next address is looked for.
const PASSED_OVER: u32 = 32;
/// How many addresses are looked for at once.
const PIECE: usize = 256;
/// How many types are looked at in turn for which nothing can be done.
const MOST_IN_VAIN: usize = 16;
/// How many types of earlier runs are looked for at once.
const MOST_FOUND: usize = 256;

/// Addresses that are on the disk alone.
pub(super) struct Overflow {
    of: HashMap<FunctionType, OfType, RandomState>,
    /// The types, in the order in which they are taken up.
    turns: VecDeque<FunctionType>,
    /// Where in the mailbox types of earlier runs are looked for next; none when all are known.
    unseen: Option<Vec<u8>>,
    /// The last message of earlier runs.
    first_sequence: u64,
}

/// Such addresses of one type.
#[derive(Default)]
struct OfType {
    /// The last message of such an address.
    last: u64,
    /// Where in the mailbox the next look begins; empty for the beginning.
    cursor: Vec<u8>,
    /// Up to which message everything has been looked at.
    seen: u64,
}

impl Overflow {
    /// Everything of the earlier runs.
    pub(super) fn at_start(first_sequence: u64) -> Self {
        Self { of: HashMap::default(), turns: VecDeque::new(), unseen: Some(Vec::new()), first_sequence }
    }

    /// Whether there may be such addresses of a type.
    pub(super) fn has(&self, function: &FunctionType) -> bool {
        self.of.contains_key(function)
            || self.unseen.as_ref().is_some_and(|from| keys::of_function(function)[..] >= from[..])
    }

    /// Whether there may be such addresses of types that are not known yet.
    pub(super) fn is_unseen(&self) -> bool {
        self.unseen.is_some()
    }

    /// Messages of an address of this type are on the disk alone, up to this one.
    pub(super) fn note(&mut self, function: &FunctionType, last: u64) {
        if let Some(of) = self.of.get_mut(function) {
            (of.last, of.seen) = (of.last.max(last), 0);
        } else {
            self.of.insert(function.clone(), OfType { last, ..OfType::default() });
            self.turns.push_back(function.clone());
        }
    }

    /// Looks for types that earlier runs have left messages of.
    fn find_types(&mut self, store: &dyn Store) -> Result<(), EngineError> {
        for _ in 0..MOST_FOUND {
            let Some(from) = self.unseen.take() else { break };
            let mut found = None;
            store.scan(Space::Mailbox, &from, None, &mut |key, _| {
                found = Some(keys::read_address(key).map(|(address, _)| address.function));
                false
            })?;
            let Some(found) = found else { break };
            let function = found.ok_or(Damage("message"))?;
            self.unseen = after_prefix(&keys::of_function(&function));
            self.note(&function, self.first_sequence);
        }
        Ok(())
    }

    /// Whether there are such addresses.
    #[cfg(test)]
    pub(super) fn is_active(&self) -> bool {
        !self.of.is_empty()
    }
}

impl Shard {
    /// Takes up addresses that are on the disk alone, while there is room; the types in turn.
    pub(super) fn take_up_overflow(&mut self, effects: &mut Effects) -> Result<(), EngineError> {
        self.overflow.find_types(&*self.shared.store)?;
        let mut in_vain = 0;
        while in_vain < MOST_IN_VAIN.min(self.overflow.turns.len())
            && let Some(function) = self.overflow.turns.pop_front()
        {
            let before = self.room.free(&function);
            self.take_up(&function, effects)?;
            let is_done = !self.overflow.of.contains_key(&function);
            let took_up = self.room.free(&function) != before;
            in_vain = if is_done || took_up { 0 } else { in_vain + 1 };
            if !is_done {
                self.overflow.turns.push_back(function);
            }
        }
        Ok(())
    }

    /// Takes up addresses of a type that are on the disk alone, while there is room for it.
    fn take_up(&mut self, function: &FunctionType, effects: &mut Effects) -> Result<(), EngineError> {
        let on_disk = self.durable.sequence();
        if !self.room.is_free_again(function) {
            return Ok(());
        }
        while let Some(OfType { last, cursor, seen }) = self.overflow.of.get(function)
            && *seen < on_disk
            && !self.room.is_full(function)
        {
            let (last, cursor) = (*last, cursor.clone());
            let (addresses, mut rest) = self.waiting_addresses(function, &cursor)?;
            for address in addresses {
                if self.room.is_full(function) {
                    rest = Some(keys::of_address(&address).to_vec());
                    break;
                }
                let mut instance = self.wake(&address);
                instance.spilled = Some(last);
                self.advance(address, instance, effects)?;
            }
            // What began in the middle has not seen the beginning.
            let is_whole = cursor.is_empty() && rest.is_none();
            if is_whole && last <= on_disk {
                self.overflow.of.remove(function);
            } else if let Some(of) = self.overflow.of.get_mut(function) {
                of.cursor = rest.unwrap_or_default();
                of.seen = if is_whole { on_disk } else { 0 };
            }
        }
        Ok(())
    }

    /// Leaves an address to the disk, where its messages are or will be: it is taken up again
    /// when its turn comes.
    pub(super) fn leave_to_disk(&mut self, address: Address, mut instance: Instance) {
        self.spill(&address, &mut instance);
        let last = instance.spilled.take().unwrap_or_default();
        self.suspects.keep(&address, &instance);
        self.overflow.note(&address.function, last);
        self.rest(address, instance);
    }

    /// Some addresses of this shard of a type, with messages on the disk that nobody in memory
    /// knows of, from a place in the mailbox on, and where to go on; none when the end was reached.
    fn waiting_addresses(
        &self,
        function: &FunctionType,
        from: &[u8],
    ) -> Result<(Vec<Address>, Option<Vec<u8>>), EngineError> {
        let prefix = keys::of_function(function);
        let below = after_prefix(&prefix);
        let mut from = if from.is_empty() { prefix.to_vec() } else { from.to_vec() };
        let mut found: Vec<Address> = Vec::new();
        loop {
            let mut next = None;
            // The keys of an address of which all is known.
            let mut known: Option<(Vec<u8>, u32)> = None;
            let mut damage = None;
            self.shared.store.scan(Space::Mailbox, &from, below.as_deref(), &mut |key, _| {
                if let Some((prefix, passed)) = &mut known
                    && key.starts_with(prefix)
                {
                    *passed += 1;
                    next = after_prefix(prefix);
                    return *passed < PASSED_OVER;
                }
                next = None;
                if found.len() >= PIECE {
                    next = Some(key.to_vec());
                    return false;
                }
                let Some((address, sequence)) = read_key(key) else {
                    damage = Some(Damage("message"));
                    return false;
                };
                let is_new = self.is_new_here(&address, sequence);
                if is_new != Some(false) {
                    known = Some((key[..key.len() - 8].to_vec(), 0));
                }
                if is_new == Some(true) {
                    found.push(address);
                }
                true
            })?;
            match (damage, next) {
                (Some(damage), _) => return Err(damage.into()),
                (None, Some(next)) if found.len() >= PIECE => return Ok((found, Some(next))),
                (None, Some(next)) => from = next,
                (None, None) => return Ok((found, None)),
            }
        }
    }

    /// Whether a message on the disk is one that this shard is to process and does not know;
    /// none when that is said for all later ones of its address, too, which are not to be.
    fn is_new_here(&self, address: &Address, sequence: u64) -> Option<bool> {
        let is_ours = address.shard(self.shared.shards) == self.index
            && sequence <= self.durable.sequence()
            && !self.busy.contains_key(address);
        is_ours.then(|| self.cache.last_read(address).is_none_or(|last| sequence > last))
    }
}

fn read_key(key: &[u8]) -> Option<(Address, u64)> {
    let (address, rest) = keys::read_address(key)?;
    Some((address, keys::read_number(rest)?))
}
