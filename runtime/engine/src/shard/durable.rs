// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What of a shard's own doings is on the disk.
//!
//! A shard counts epochs: what it does between two appendings is of one epoch, and each
//! epoch gets a ticket. So what waits for the disk notes a number and nothing more.

use std::collections::VecDeque;

use crate::{Committed, Ticket};

pub(super) struct Durable {
    epoch: u64,
    /// The epochs that are appended and not on the disk.
    waiting: VecDeque<(u64, Ticket)>,
    /// Every epoch below this is on the disk.
    below: u64,
    sequence: u64,
}

impl Durable {
    pub(super) fn new(first_sequence: u64) -> Self {
        Self { epoch: 1, waiting: VecDeque::new(), below: 1, sequence: first_sequence }
    }

    /// The epoch of what is done now.
    pub(super) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Whether everything of an epoch is on the disk.
    pub(super) fn has(&self, epoch: u64) -> bool {
        epoch < self.below
    }

    /// Every message up to this number is on the disk, and was delivered here if it is for here.
    pub(super) fn sequence(&self) -> u64 {
        self.sequence
    }

    pub(super) fn appended(&mut self, ticket: Ticket) {
        match self.waiting.back_mut() {
            // One commit answers for both.
            Some((epoch, last)) if *last == ticket => *epoch = self.epoch,
            _ => self.waiting.push_back((self.epoch, ticket)),
        }
        self.epoch += 1;
    }

    pub(super) fn committed(&mut self, committed: Committed) {
        self.sequence = self.sequence.max(committed.sequence);
        while let Some((epoch, ticket)) = self.waiting.front()
            && *ticket <= committed.ticket
        {
            self.below = epoch + 1;
            self.waiting.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_is_durable_when_its_ticket_is() {
        let mut durable = Durable::new(9);
        let committed = |ticket, sequence| Committed { ticket: Ticket(ticket), sequence };
        durable.appended(Ticket(1));
        durable.appended(Ticket(1));
        let third = durable.epoch();
        durable.appended(Ticket(2));
        assert!(!durable.has(1) && durable.has(0));
        durable.committed(committed(1, 12));
        assert!(durable.has(1) && durable.has(2) && !durable.has(third));
        assert_eq!(durable.sequence(), 12);
        durable.committed(committed(5, 11));
        assert!(durable.has(third) && !durable.has(durable.epoch()));
        assert_eq!(durable.sequence(), 12);
    }
}
