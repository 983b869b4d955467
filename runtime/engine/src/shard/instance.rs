// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! An address that has messages.

use std::collections::VecDeque;
use std::sync::Arc;

use super::suspicion::Suspicion;
use super::values::Values;
use crate::metrics::move_by;
use crate::{FunctionMetrics, Letter};

/// An address that has messages, or is being called.
pub(super) struct Instance {
    /// What waits in memory, in order; what is being processed is at its front.
    pub(super) queue: VecDeque<Letter>,
    /// The last message that is on the disk alone, when there are such.
    pub(super) spilled: Option<u64>,
    /// The last message that is or was in memory.
    pub(super) last_read: u64,
    pub(super) phase: Phase,
    /// How many of the next messages go one by one, because together they failed.
    pub(super) apart: usize,
    /// How often in a row nobody was there.
    pub(super) unreached: u32,
    /// What counts against its next messages.
    pub(super) suspicion: Suspicion,
    /// How often in a row its function asked for state.
    pub(super) registered: u32,
    pub(super) values: Values,
    /// What its values took when it was called, in bytes.
    pub(super) called_bytes: usize,
    /// In which epoch something of it was decided last.
    pub(super) dirty: u64,
    pub(super) metrics: Arc<FunctionMetrics>,
    /// The most messages of a request, once one was made.
    pub(super) most_in_batch: usize,
    /// Whether more messages wait than the next request can have.
    blocked: bool,
}

/// What is under way for an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing: it is about to be advanced.
    Idle,
    /// Its messages are on their way to the disk, from where they are read.
    Reading,
    /// It waits for the first request of its type.
    Parked,
    /// It is called, with that many of its messages.
    Called { letters: usize },
    /// It waits to be called again.
    Waiting,
    /// It waits until calls of others have ended.
    Crowded,
}

/// What is kept of an address without messages.
pub(super) struct Resting {
    pub(super) values: Values,
    pub(super) last_read: u64,
    /// How often in a row nobody was there, when it went to the disk.
    pub(super) unreached: u32,
    pub(super) dirty: u64,
    pub(super) metrics: Arc<FunctionMetrics>,
}

impl Resting {
    /// An address of which nothing is known.
    pub(super) fn unknown(metrics: Arc<FunctionMetrics>) -> Self {
        Self { values: Values::default(), last_read: 0, unreached: 0, dirty: 0, metrics }
    }

    pub(super) fn into_instance(self) -> Instance {
        Instance {
            queue: VecDeque::new(),
            spilled: None,
            last_read: self.last_read,
            phase: Phase::Idle,
            apart: 0,
            unreached: self.unreached,
            suspicion: Suspicion::default(),
            registered: 0,
            values: self.values,
            called_bytes: 0,
            dirty: self.dirty,
            metrics: self.metrics,
            most_in_batch: usize::MAX,
            blocked: false,
        }
    }
}

impl Instance {
    /// Counts whether more messages wait than the next request can have.
    pub(super) fn count_blocked(&mut self) {
        let called = if let Phase::Called { letters } = self.phase { letters } else { 0 };
        let blocked = self.spilled.is_some() || self.queue.len() - called > self.most_in_batch;
        if blocked != self.blocked {
            self.blocked = blocked;
            move_by(&self.metrics.blocked_addresses, if blocked { 1 } else { -1 });
        }
    }

    pub(super) fn into_resting(mut self) -> Resting {
        self.count_blocked();
        Resting {
            values: self.values,
            last_read: self.last_read,
            unreached: self.unreached,
            dirty: self.dirty,
            metrics: self.metrics,
        }
    }

    /// The messages of the next request.
    pub(super) fn next_batch(&self, most: usize, most_bytes: usize) -> Vec<Letter> {
        let most = if self.apart > 0 { 1 } else { most.max(1) };
        let mut bytes = 0;
        let fits = |letter: &&Letter| {
            let first = bytes == 0;
            bytes += size(letter);
            first || bytes <= most_bytes
        };
        self.queue.iter().take(most).take_while(fits).cloned().collect()
    }
}

/// What a waiting message takes, in bytes.
pub(super) fn size(letter: &Letter) -> usize {
    size_of::<Letter>() + letter.argument.len()
}
