// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How much memory the values of calls under way take, and may take.
//!
//! A call has the values of its address in memory until it is answered. While those of the calls under
//! way have all the room, other addresses wait, in their order, and keep no values that the disk has. The
//! last call that is let in may go beyond the room: so each has its turn, whatever it takes.

use std::collections::VecDeque;

use super::instance::{Instance, Phase};
use super::values::Values;
use super::{Effects, Shard};
use crate::{Address, EngineError};

/// The room for calls under way.
pub(super) struct Calls {
    most_bytes: usize,
    bytes: usize,
    waiting: VecDeque<Address>,
    /// Those that wait, with values that are not on the disk yet.
    unsaved: Vec<Address>,
}

impl Calls {
    pub(super) fn new(most_bytes: usize) -> Self {
        Self { most_bytes: most_bytes.max(1), bytes: 0, waiting: VecDeque::new(), unsaved: Vec::new() }
    }

    /// Whether no other call may begin.
    pub(super) fn is_full(&self) -> bool {
        self.bytes >= self.most_bytes
    }

    /// A call begins.
    pub(super) fn begins(&mut self, bytes: usize) {
        self.bytes += bytes;
    }
}

impl Shard {
    /// Has an address wait until calls under way have ended.
    pub(super) fn wait_for_calls(&mut self, address: Address, mut instance: Instance) {
        instance.phase = Phase::Crowded;
        if self.durable.has(instance.dirty) {
            instance.values = Values::default();
        } else {
            self.calls.unsaved.push(address.clone());
        }
        self.calls.waiting.push_back(address.clone());
        self.busy.insert(address, instance);
    }

    /// A call has ended: those who have waited longest are called.
    pub(super) fn call_ended(&mut self, bytes: usize, effects: &mut Effects) -> Result<(), EngineError> {
        self.calls.bytes -= bytes;
        while !self.calls.is_full()
            && let Some(address) = self.calls.waiting.pop_front()
        {
            if let Some(instance) = self.busy.remove(&address) {
                self.advance(address, instance, effects)?;
            }
        }
        Ok(())
    }

    /// Those who wait forget the values that have come to the disk.
    pub(super) fn forget_saved(&mut self) {
        let (busy, durable) = (&mut self.busy, &self.durable);
        self.calls.unsaved.retain(|address| {
            let Some(instance) = busy.get_mut(address).filter(|instance| instance.phase == Phase::Crowded) else {
                return false;
            };
            let is_saved = durable.has(instance.dirty);
            if is_saved {
                instance.values = Values::default();
            }
            !is_saved
        });
    }
}
