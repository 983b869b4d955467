// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Messages: into memory, and out of the disk.
//!
//! What does not fit into memory stays on the disk, where it is in any case. A message that
//! is on the disk alone is read when it is committed and everything before it is processed.

use statefun_store::Space;

use super::instance::{Instance, Resting, size};
use super::{Effects, Shard};
use crate::metrics::count;
use crate::record::{Damage, LetterRecord, maybe_address, read};
use crate::{Address, EngineError, Letter, keys};

impl Shard {
    pub(super) fn deliver(
        &mut self,
        address: Address,
        letter: Letter,
        effects: &mut Effects,
    ) -> Result<(), EngineError> {
        if let Some(instance) = self.busy.get_mut(&address) {
            arrived(instance, 1);
            if instance.spilled.is_some()
                || instance.queue.len() >= self.shared.settings.most_queued
                || self.room.is_out_of_bytes(&address.function)
            {
                instance.spilled = Some(letter.sequence);
            } else {
                self.room.takes(&address.function, size(&letter));
                push(instance, letter);
            }
            instance.count_blocked();
            return Ok(());
        }
        if self.overflow.has(&address.function) || self.room.is_full(&address.function) {
            let metrics = &self.types.of(&address.function, &self.shared).metrics;
            count(&metrics.r#in, 1);
            metrics.move_backlog(1);
            self.overflow.note(&address.function, letter.sequence);
            return Ok(());
        }
        let mut instance = self.wake(&address);
        arrived(&instance, 1);
        self.room.takes(&address.function, size(&letter));
        push(&mut instance, letter);
        self.advance(address, instance, effects)
    }

    /// The address as it is known, or read anew; it is busy from now on.
    pub(super) fn wake(&mut self, address: &Address) -> Instance {
        self.room.enters(&address.function);
        let unknown = || Resting::unknown(self.types.of(&address.function, &self.shared).metrics.clone());
        let mut instance = self.cache.take(address).unwrap_or_else(unknown).into_instance();
        self.suspects.give_back(address, &mut instance);
        instance
    }

    /// The address is busy no more.
    pub(super) fn rest(&mut self, address: Address, instance: Instance) {
        self.room.leaves(&address.function);
        self.cache.keep(address, instance.into_resting(), &self.durable);
    }

    /// Takes the first messages off the queue: they are processed.
    pub(super) fn consume(
        &mut self,
        address: &Address,
        instance: &mut Instance,
        letters: usize,
        mut each: impl FnMut(Letter),
    ) {
        let mut bytes = 0;
        for letter in instance.queue.drain(..letters) {
            bytes += size(&letter);
            each(letter);
        }
        self.room.gives(&address.function, bytes);
        instance.metrics.move_backlog(-(i64::try_from(letters).unwrap_or(i64::MAX)));
        if instance.apart > 0 {
            instance.apart = instance.apart.saturating_sub(letters);
        }
        instance.registered = 0;
        instance.dirty = self.durable.epoch();
    }

    /// Leaves the messages of an address to the disk, where they are or will be: they take no
    /// room until they are read again.
    pub(super) fn spill(&mut self, address: &Address, instance: &mut Instance) {
        let ends = instance.queue.front().zip(instance.queue.back());
        let Some((first, last)) = ends.map(|(first, last)| (first.sequence, last.sequence)) else { return };
        instance.spilled = instance.spilled.max(Some(last));
        instance.last_read = first - 1;
        let letters = std::mem::take(&mut instance.queue);
        self.room.gives(&address.function, letters.iter().map(size).sum());
        // They are counted when they are read.
        let earlier = letters.iter().filter(|letter| letter.sequence <= self.first_sequence).count();
        instance.metrics.move_backlog(-i64::try_from(earlier).unwrap_or(i64::MAX));
        instance.count_blocked();
    }

    /// Reads the next messages of an address, as far as they are on the disk.
    pub(super) fn read_letters(&mut self, address: &Address, instance: &mut Instance) -> Result<(), EngineError> {
        let on_disk = self.durable.sequence();
        let from = keys::letter(address, instance.last_read + 1);
        let below = keys::letter(address, on_disk + 1);
        let (most, most_bytes) = (self.shared.settings.most_queued, self.room.readable(&address.function));
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
            self.room.takes(&address.function, size(&letter));
            if letter.sequence <= self.first_sequence {
                instance.metrics.move_backlog(1);
            }
            push(instance, letter);
        }
        if all && instance.spilled.is_some_and(|last| last <= on_disk) {
            instance.spilled = None;
        }
        Ok(())
    }
}

fn arrived(instance: &Instance, letters: i64) {
    count(&instance.metrics.r#in, usize::try_from(letters).unwrap_or_default());
    instance.metrics.move_backlog(letters);
}

fn push(instance: &mut Instance, letter: Letter) {
    debug_assert!(letter.sequence > instance.last_read, "messages come in order");
    instance.last_read = letter.sequence;
    instance.queue.push_back(letter);
}

fn read_letter(key: &[u8], value: &[u8]) -> Result<Letter, EngineError> {
    let damage = || Damage("message");
    let sequence = key.last_chunk::<8>().map(|number| u64::from_be_bytes(*number)).ok_or_else(damage)?;
    let record: LetterRecord = read(bytes::Bytes::copy_from_slice(value), "message")?;
    let caller = maybe_address(record.caller.as_ref()).map_err(|_| damage())?;
    Ok(Letter { sequence, caller, argument: record.argument })
}
