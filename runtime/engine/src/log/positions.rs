// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How far sources of messages were read, of all ingresses of a runtime.
//!
//! It is looked at and moved on where decisions get their order: whoever appends may be gone
//! the moment after, and two may bring the same message at once. In memory is what the disk does
//! not have yet, and some of what it has.

use std::collections::HashMap;

use bytes::Bytes;
use statefun_store::{Space, Store};

use super::{Change, Position, Ticket};
use crate::record::Damage;
use crate::{EngineError, keys};

/// How many sources are remembered before those that the disk knows are forgotten.
const MOST_SOURCES: usize = 4096;

/// How far sources were read.
#[derive(Default)]
pub(super) struct Positions {
    /// The last position of a source, and the group that has it.
    known: HashMap<Bytes, (u64, Ticket)>,
    /// The last group that is on the disk.
    durable: Ticket,
    /// How many were left when some were last forgotten.
    left: usize,
}

impl Positions {
    /// What moves a source on to a position, in the group with this ticket; none when it was
    /// that far before.
    ///
    /// # Errors
    /// When the store does not say how far it was.
    pub(super) fn advance(
        &mut self,
        position: &Position,
        ticket: Ticket,
        store: &dyn Store,
    ) -> Result<Option<Change>, EngineError> {
        let Position { source, number } = position;
        let last = match self.known.get(source) {
            Some((last, _)) => Some(*last),
            None => match store.get(Space::Positions, source)? {
                None => None,
                Some(value) => Some(keys::read_number(&value).ok_or(Damage("position of an ingress"))?),
            },
        };
        if last.is_some_and(|last| *number <= last) {
            return Ok(None);
        }
        self.forget();
        self.known.insert(source.clone(), (*number, ticket));
        Ok(Some(Change::Put { space: Space::Positions, key: source.clone(), value: keys::number(*number) }))
    }

    /// Every group up to this one is on the disk.
    pub(super) fn committed(&mut self, ticket: Ticket) {
        self.durable = ticket;
    }

    /// Forgets what the disk knows, when there is much; what it does not know yet stays.
    fn forget(&mut self) {
        if self.known.len() >= MOST_SOURCES.max(2 * self.left) {
            let durable = self.durable;
            self.known.retain(|_, (_, ticket)| *ticket > durable);
            self.left = self.known.len();
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }
}
