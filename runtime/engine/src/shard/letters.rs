// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Messages: into memory, and out of the disk.
//!
//! What does not fit into memory stays on the disk, where it is in any case. A message that
//! is on the disk alone is read when it is committed and everything before it is processed.

use statefun_store::{Space, after_prefix};

use super::instance::{Instance, Resting, size};
use super::{Effects, Shard};
use crate::metrics::{count, move_by};
use crate::record::{Damage, LetterRecord, maybe_address, read};
use crate::{Address, EngineError, Letter, keys};

/// How many keys of one address are passed over before the next address is looked for.
const PASSED_OVER: u32 = 32;

/// Addresses that are on the disk alone, because there are more than fit.
pub(super) struct Overflow {
    /// The last message of such an address; none when there is no such address.
    last: Option<u64>,
    /// Where in the mailbox the next look begins.
    cursor: Vec<u8>,
}

impl Overflow {
    /// Everything of the earlier runs.
    pub(super) fn at_start(first_sequence: u64) -> Self {
        Self { last: Some(first_sequence), cursor: Vec::new() }
    }

    /// Whether there are such addresses.
    #[cfg(test)]
    pub(super) fn is_active(&self) -> bool {
        self.last.is_some()
    }
}

impl Shard {
    pub(super) fn deliver(
        &mut self,
        address: Address,
        letter: Letter,
        effects: &mut Effects,
    ) -> Result<(), EngineError> {
        let full = self.resident_bytes > self.shared.settings.resident_bytes;
        if let Some(instance) = self.busy.get_mut(&address) {
            arrived(instance, 1);
            if instance.spilled.is_some() || full || instance.queue.len() >= self.shared.settings.most_queued {
                instance.spilled = Some(letter.sequence);
            } else {
                self.resident_bytes += size(&letter);
                push(instance, letter);
            }
            instance.count_blocked();
            return Ok(());
        }
        if self.overflow.last.is_some() || full || self.busy.len() >= self.shared.settings.most_busy {
            let metrics = &self.types.of(&address.function, &self.shared).metrics;
            count(&metrics.r#in, 1);
            move_by(&metrics.backlog, 1);
            self.overflow.last = Some(letter.sequence);
            return Ok(());
        }
        let mut instance = self.wake(&address);
        arrived(&instance, 1);
        self.resident_bytes += size(&letter);
        push(&mut instance, letter);
        self.advance(address, instance, effects)
    }

    /// The address as it is known, or read anew.
    fn wake(&mut self, address: &Address) -> Instance {
        let unknown = || Resting::unknown(self.types.of(&address.function, &self.shared).metrics.clone());
        self.cache.take(address).unwrap_or_else(unknown).into_instance()
    }

    /// Takes the first messages off the queue: they are processed.
    pub(super) fn consume(&mut self, instance: &mut Instance, letters: usize, mut each: impl FnMut(Letter)) {
        for letter in instance.queue.drain(..letters) {
            self.resident_bytes -= size(&letter);
            each(letter);
        }
        move_by(&instance.metrics.backlog, -(i64::try_from(letters).unwrap_or(i64::MAX)));
        if instance.apart > 0 {
            instance.apart = instance.apart.saturating_sub(letters);
        }
        instance.dirty = self.durable.epoch();
    }

    /// Reads the next messages of an address, as far as they are on the disk.
    pub(super) fn read_letters(&mut self, address: &Address, instance: &mut Instance) -> Result<(), EngineError> {
        let on_disk = self.durable.sequence();
        let from = keys::letter(address, instance.last_read + 1);
        let below = keys::letter(address, on_disk + 1);
        let (most, most_bytes) = (self.shared.settings.most_queued, self.shared.settings.resident_bytes / 8);
        let mut found = Vec::new();
        let mut bytes = 0;
        self.shared.store.scan(Space::Mailbox, &from, Some(&below), &mut |key, value| {
            found.push(read_letter(key, value));
            bytes += value.len();
            found.len() < most && bytes < most_bytes
        })?;
        let all = found.len() < most && bytes < most_bytes;
        for letter in found {
            let letter = letter?;
            self.resident_bytes += size(&letter);
            if letter.sequence <= self.first_sequence {
                move_by(&instance.metrics.backlog, 1);
            }
            push(instance, letter);
        }
        if all && instance.spilled.is_some_and(|last| last <= on_disk) {
            instance.spilled = None;
        }
        Ok(())
    }

    /// Takes up addresses that are on the disk alone, while there is room.
    pub(super) fn take_up_overflow(&mut self, effects: &mut Effects) -> Result<(), EngineError> {
        while let Some(last) = self.overflow.last
            && self.has_room()
        {
            let from_start = self.overflow.cursor.is_empty();
            let room = self.shared.settings.most_busy - self.busy.len();
            let (addresses, cursor) = self.waiting_addresses(room)?;
            let to_end = cursor.is_none();
            self.overflow.cursor = cursor.unwrap_or_default();
            if from_start && to_end && last <= self.durable.sequence() {
                self.overflow.last = None;
            }
            for address in addresses {
                let mut instance = self.wake(&address);
                instance.spilled = Some(last);
                self.advance(address, instance, effects)?;
            }
            // What began in the middle has not seen the beginning.
            if from_start {
                break;
            }
        }
        Ok(())
    }

    fn has_room(&self) -> bool {
        let settings = &self.shared.settings;
        self.busy.len() <= settings.most_busy / 2 && self.resident_bytes <= settings.resident_bytes / 2
    }

    /// Addresses of this shard with messages on the disk that nobody in memory knows of, from
    /// the overflow's cursor on, and where to go on; none when the end was reached.
    fn waiting_addresses(&self, room: usize) -> Result<(Vec<Address>, Option<Vec<u8>>), EngineError> {
        let mut found: Vec<Address> = Vec::new();
        let mut from = self.overflow.cursor.clone();
        loop {
            let mut next = None;
            let mut last: Option<(Vec<u8>, u32)> = None;
            let mut damage = None;
            self.shared.store.scan(Space::Mailbox, &from, None, &mut |key, _| {
                if let Some((prefix, passed)) = &mut last
                    && key.starts_with(prefix)
                {
                    *passed += 1;
                    next = after_prefix(prefix);
                    return *passed < PASSED_OVER;
                }
                next = None;
                if found.len() >= room {
                    next = Some(key.to_vec());
                    return false;
                }
                let Some((address, sequence)) = read_key(key) else {
                    damage = Some(Damage("message"));
                    return false;
                };
                if self.is_new_here(&address, sequence) {
                    last = Some((key[..key.len() - 8].to_vec(), 0));
                    found.push(address);
                }
                true
            })?;
            match (damage, next) {
                (Some(damage), _) => return Err(damage.into()),
                (None, Some(next)) if found.len() >= room => return Ok((found, Some(next))),
                (None, Some(next)) => from = next,
                (None, None) => return Ok((found, None)),
            }
        }
    }

    /// Whether a message on the disk is one that this shard is to process and does not know.
    fn is_new_here(&self, address: &Address, sequence: u64) -> bool {
        address.shard(self.shared.shards) == self.index
            && sequence <= self.durable.sequence()
            && !self.busy.contains_key(address)
            && self.cache.last_read(address).is_none_or(|last| sequence > last)
    }
}

fn arrived(instance: &Instance, letters: i64) {
    count(&instance.metrics.r#in, usize::try_from(letters).unwrap_or_default());
    move_by(&instance.metrics.backlog, letters);
}

fn push(instance: &mut Instance, letter: Letter) {
    debug_assert!(letter.sequence > instance.last_read, "messages come in order");
    instance.last_read = letter.sequence;
    instance.queue.push_back(letter);
}

fn read_key(key: &[u8]) -> Option<(Address, u64)> {
    let (address, rest) = keys::read_address(key)?;
    Some((address, keys::read_number(rest)?))
}

fn read_letter(key: &[u8], value: &[u8]) -> Result<Letter, EngineError> {
    let damage = || Damage("message");
    let sequence = key.last_chunk::<8>().map(|number| u64::from_be_bytes(*number)).ok_or_else(damage)?;
    let record: LetterRecord = read(bytes::Bytes::copy_from_slice(value), "message")?;
    let caller = maybe_address(record.caller.as_ref()).map_err(|_| damage())?;
    Ok(Letter { sequence, caller, argument: record.argument })
}
