// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The one order of everything that happens: decisions are appended to an open group,
//! groups are committed one after the other.
//!
//! A decision may build on one that is not on the disk yet: the order of groups is the
//! order of appending, so what survives a crash is always a beginning of it. Only what
//! leaves the runtime waits for the disk. Messages to other shards are in the same group
//! as what caused them; that is why there is no outbox and nothing to de-duplicate.

mod decision;
mod group;

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use statefun_protocol::Message;
use statefun_store::{Space, Store, StoreError, Write};
use tokio::sync::oneshot;

pub use decision::{Change, DeadLetter, Decision, Sending};
use group::Group;

use crate::catalogue::Record;
use crate::record::{Damage, DeadLetterRecord};
use crate::{Address, EngineError, Letter, keys};

/// How many bits of a number count within one run of the program; the run's number is above.
const RUN_BITS: u32 = 40;
const RUN_KEY: &[u8] = b"run";
/// How many bytes may wait for the disk before appending waits too.
const MOST_OPEN_BYTES: usize = 64 * 1024 * 1024;

/// Which group something was appended to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Ticket(pub u64);

/// What is on the disk from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// Every group up to this one.
    pub ticket: Ticket,
    /// Every message up to this number.
    pub sequence: u64,
}

/// The one order of everything.
pub struct Log {
    store: Arc<dyn Store>,
    open: Mutex<Open>,
    /// Something was appended, or the log was closed.
    appended: Condvar,
    /// The open group was taken.
    taken: Condvar,
    first_sequence: u64,
    /// How many of the latest records a topic keeps.
    retained: u64,
}

struct Open {
    ticket: Ticket,
    sequence: u64,
    group: Group,
    /// Whether anything was appended to it: it is committed, and said to be, also when nothing
    /// of that is left to write.
    touched: bool,
    waiting: Vec<oneshot::Sender<()>>,
    topics: HashMap<(Arc<str>, Arc<str>), u64>,
    end: Option<End>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// What was appended is still committed, nothing more is appended.
    Closed,
    /// The disk failed.
    Broken,
}

/// A group that was taken from the log to be committed.
pub struct Taken {
    writes: Vec<Write>,
    committed: Committed,
    waiting: Vec<oneshot::Sender<()>>,
    /// The records that readers of egresses can have afterwards.
    pub records: usize,
}

impl Log {
    /// The log over a store, for one run of the program.
    ///
    /// # Errors
    /// When the store fails.
    pub fn open(store: Arc<dyn Store>, retained: u64) -> Result<Self, EngineError> {
        let run = match store.get(Space::Meta, RUN_KEY)? {
            None => 1,
            Some(run) => keys::read_number(&run).ok_or(Damage("number of the run"))? + 1,
        };
        let value = Some(keys::number(run));
        store.commit(vec![Write { space: Space::Meta, key: Bytes::from_static(RUN_KEY), value }])?;
        let first_sequence = run << RUN_BITS;
        let open = Open {
            ticket: Ticket(1),
            sequence: first_sequence,
            group: Group::default(),
            touched: false,
            waiting: Vec::new(),
            topics: HashMap::new(),
            end: None,
        };
        let (appended, taken) = (Condvar::new(), Condvar::new());
        Ok(Self { store, open: Mutex::new(open), appended, taken, first_sequence, retained })
    }

    /// Every message with a number up to this one is from an earlier run.
    pub fn first_sequence(&self) -> u64 {
        self.first_sequence
    }

    /// The store beneath.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Appends decisions, all to one group, and hands their messages to `deliver` in the
    /// order that they have from now on. `when_durable` is told once they are on the disk;
    /// it is dropped untold when they will never be.
    ///
    /// # Errors
    /// When nothing is taken any more.
    pub fn append(
        &self,
        decisions: Vec<Decision>,
        when_durable: Option<oneshot::Sender<()>>,
        deliver: &mut dyn FnMut(Address, Letter),
    ) -> Result<Ticket, EngineError> {
        let mut open = self.lock();
        while open.group.bytes() > MOST_OPEN_BYTES && open.end.is_none() {
            open = self.taken.wait(open).unwrap_or_else(PoisonError::into_inner);
        }
        if open.end.is_some() {
            return Err(EngineError::Stopped);
        }
        for decision in decisions {
            self.append_one(&mut open, decision, deliver)?;
        }
        open.touched = true;
        open.waiting.extend(when_durable);
        let ticket = open.ticket;
        drop(open);
        self.appended.notify_one();
        Ok(ticket)
    }

    fn append_one(
        &self,
        open: &mut Open,
        decision: Decision,
        deliver: &mut dyn FnMut(Address, Letter),
    ) -> Result<(), EngineError> {
        for change in decision.changes {
            open.group.apply(change);
        }
        for Sending { caller, target, argument } in decision.sendings {
            open.sequence += 1;
            let letter = Letter { sequence: open.sequence, caller, argument };
            open.group.letter(target.clone(), letter.clone());
            deliver(target, letter);
        }
        for dead in decision.dead {
            open.sequence += 1;
            let record = DeadLetterRecord::from(&dead);
            let value = record.encode_to_vec().into();
            open.group.apply(Change::Fresh { space: Space::DeadLetters, key: keys::number(open.sequence), value });
        }
        for record in decision.records {
            self.append_record(open, record)?;
        }
        Ok(())
    }

    fn append_record(&self, open: &mut Open, record: Record) -> Result<(), EngineError> {
        let Record { egress, topic, payload } = record;
        let written = keys::cursor(&egress, &topic, "written");
        let next = match open.topics.get(&(egress.clone(), topic.clone())) {
            Some(next) => *next,
            None => match self.store.get(Space::Cursors, &written)? {
                None => 0,
                Some(value) => keys::read_number(&value).ok_or(Damage("cursor of an egress"))?,
            },
        };
        open.group.records += 1;
        let key = keys::record(&egress, &topic, next);
        open.group.apply(Change::Fresh { space: Space::Egress, key, value: payload });
        open.group.apply(Change::Put { space: Space::Cursors, key: written, value: keys::number(next + 1) });
        if let Some(old) = next.checked_sub(self.retained) {
            open.group.apply(Change::Remove { space: Space::Egress, key: keys::record(&egress, &topic, old) });
        }
        open.topics.insert((egress, topic), next + 1);
        Ok(())
    }

    /// Takes the open group, when there is something in it.
    pub fn take(&self) -> Option<Taken> {
        self.take_from(&mut self.lock())
    }

    /// Takes the open group, waiting for there to be something in it; none when the log was
    /// closed and everything is taken.
    pub fn take_next(&self) -> Option<Taken> {
        let mut open = self.lock();
        loop {
            match self.take_from(&mut open) {
                None if open.end.is_some() => return None,
                None => open = self.appended.wait(open).unwrap_or_else(PoisonError::into_inner),
                taken => return taken,
            }
        }
    }

    fn take_from(&self, open: &mut Open) -> Option<Taken> {
        if open.end == Some(End::Broken) || !open.touched {
            return None;
        }
        open.touched = false;
        let group = std::mem::take(&mut open.group);
        let committed = Committed { ticket: open.ticket, sequence: open.sequence };
        open.ticket.0 += 1;
        self.taken.notify_all();
        let records = group.records;
        Some(Taken { writes: group.into_writes(), committed, waiting: std::mem::take(&mut open.waiting), records })
    }

    /// Commits a taken group and tells those who wait for it. Groups are committed in the
    /// order in which they were taken.
    ///
    /// # Errors
    /// When the store fails; nothing is appended from then on.
    pub fn commit(&self, taken: Taken) -> Result<Committed, StoreError> {
        if !taken.writes.is_empty()
            && let Err(error) = self.store.commit(taken.writes)
        {
            self.end(End::Broken);
            return Err(error);
        }
        for waiting in taken.waiting {
            // Who does not wait any more need not be told.
            let _ = waiting.send(());
        }
        Ok(taken.committed)
    }

    /// Nothing is appended any more.
    pub fn close(&self) {
        self.end(End::Closed);
    }

    fn end(&self, end: End) {
        let mut open = self.lock();
        if open.end != Some(End::Broken) {
            open.end = Some(end);
        }
        if end == End::Broken {
            open.waiting.clear();
        }
        drop(open);
        self.appended.notify_all();
        self.taken.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
impl Taken {
    /// What a crash leaves that comes after the disk has it and before anybody was told.
    pub(crate) fn only_written(self, store: &dyn Store) {
        store.commit(self.writes).expect("the simulated disk is there");
    }
}

#[cfg(test)]
mod tests;
