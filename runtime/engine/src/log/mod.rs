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
mod positions;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use statefun_protocol::Message;
use statefun_store::{Space, Store, StoreError, Write};
use tokio::sync::oneshot;

pub use decision::{Change, DeadLetter, Decision, HeldRoom, Position, Sending};
use group::{Group, Spare};
use positions::Positions;

use crate::catalogue::Record;
use crate::record::{Damage, DeadLetterRecord};
use crate::{Address, EngineError, Letter, keys};

/// How many bits of a number count within one run of the program; the run's number is above.
const RUN_BITS: u32 = 40;
const RUN_KEY: &[u8] = b"run";
/// How many bytes may wait for the disk before appending waits too.
const MOST_OPEN_BYTES: usize = 64 * 1024 * 1024;
/// How many bytes of large values may wait for the disk before appending waits too: what is this large
/// seldom comes and goes within a group, and the store has copies of it while it is written.
const MOST_OPEN_LARGE_BYTES: usize = 16 * 1024 * 1024;
/// How long a group for which nobody waits is left open: what comes and goes in it need not be
/// written.
const LINGER: Duration = Duration::from_millis(10);
/// A group is not left open when so many bytes are in it.
const MOST_LINGERING_BYTES: usize = 8 * 1024 * 1024;

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
    spare: Mutex<Spare>,
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
    group: Group,
    /// When something was first appended to it: it is committed, and said to be, also when
    /// nothing of that is left to write.
    touched: Option<Instant>,
    waiting: Vec<oneshot::Sender<()>>,
    rooms: Vec<HeldRoom>,
    topics: HashMap<(Arc<str>, Arc<str>), u64>,
    positions: Positions,
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
    group: Group,
    committed: Committed,
    waiting: Vec<oneshot::Sender<()>>,
    rooms: Vec<HeldRoom>,
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
            group: Group::after(first_sequence, &mut Spare::default()),
            touched: None,
            waiting: Vec::new(),
            rooms: Vec::new(),
            topics: HashMap::new(),
            positions: Positions::default(),
            end: None,
        };
        let (appended, taken) = (Condvar::new(), Condvar::new());
        Ok(Self { store, open: Mutex::new(open), spare: Mutex::default(), appended, taken, first_sequence, retained })
    }

    /// Every message with a number up to this one is from an earlier run.
    pub fn first_sequence(&self) -> u64 {
        self.first_sequence
    }

    /// The store beneath.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Appends a decision, which is empty then and may be filled anew, and hands its messages
    /// to `deliver`, all at once, in the order that they have from now on. `when_durable` is
    /// told once it is on the disk; it is dropped untold when it will never be. A decision with a
    /// position that its source had before was taken before: nothing of it happens, and
    /// `when_durable` is told once what was taken then is on the disk.
    ///
    /// # Errors
    /// When nothing is taken any more.
    pub fn append(
        &self,
        decision: &mut Decision,
        when_durable: Option<oneshot::Sender<()>>,
        deliver: &mut dyn FnMut(Vec<(Address, Letter)>),
    ) -> Result<Ticket, EngineError> {
        let mut open = self.lock();
        while open.group.is_full() && open.end.is_none() {
            open = self.taken.wait(open).unwrap_or_else(PoisonError::into_inner);
        }
        if open.end.is_some() {
            return Err(EngineError::Stopped);
        }
        let (first, was_urgent) = (open.touched.is_none(), open.is_urgent());
        let letters = self.append_to(&mut open, decision)?;
        if !letters.is_empty() {
            deliver(letters);
        }
        if first {
            open.touched = Some(Instant::now());
        }
        open.waiting.extend(when_durable);
        let wake = first || (open.is_urgent() && !was_urgent);
        let ticket = open.ticket;
        drop(open);
        if wake {
            self.appended.notify_one();
        }
        Ok(ticket)
    }

    /// Appends to the open group; gives the messages with their numbers.
    fn append_to(&self, open: &mut Open, decision: &mut Decision) -> Result<Vec<(Address, Letter)>, EngineError> {
        // What may fail comes first: a decision happens as a whole or not at all.
        self.learn_topics(open, &decision.records)?;
        if let Some(position) = decision.position.take() {
            match open.positions.advance(&position, open.ticket, &*self.store)? {
                Some(change) => open.group.apply(change),
                None => {
                    *decision = Decision::default();
                    return Ok(Vec::new());
                }
            }
        }
        open.rooms.append(&mut decision.rooms);
        open.group.apply_all(&mut decision.changes);
        let mut letters = Vec::with_capacity(decision.sendings.len());
        for Sending { caller, target, argument } in decision.sendings.drain(..) {
            let letter = Letter { sequence: open.group.sequence() + 1, caller, argument };
            open.group.letter(target.clone(), letter.clone());
            letters.push((target, letter));
        }
        for dead in decision.dead.drain(..) {
            let value = DeadLetterRecord::from(&dead).encode_to_vec().into();
            let key = keys::number(open.group.number());
            open.group.apply(Change::Fresh { space: Space::DeadLetters, key, value });
        }
        for record in decision.records.drain(..) {
            self.append_record(open, record);
        }
        Ok(letters)
    }

    /// Reads how far the topics of records are written, where that is not known.
    fn learn_topics(&self, open: &mut Open, records: &[Record]) -> Result<(), EngineError> {
        for Record { egress, topic, .. } in records {
            if let Entry::Vacant(unknown) = open.topics.entry((egress.clone(), topic.clone())) {
                let next = match self.store.get(Space::Cursors, &keys::cursor(egress, topic, "written"))? {
                    None => 0,
                    Some(value) => keys::read_number(&value).ok_or(Damage("cursor of an egress"))?,
                };
                unknown.insert(next);
            }
        }
        Ok(())
    }

    fn append_record(&self, open: &mut Open, record: Record) {
        let Record { egress, topic, payload } = record;
        let written = keys::cursor(&egress, &topic, "written");
        let next = *open.topics.get(&(egress.clone(), topic.clone())).expect("topics were learned before");
        open.group.records += 1;
        let key = keys::record(&egress, &topic, next);
        open.group.apply(Change::Fresh { space: Space::Egress, key, value: payload });
        open.group.apply(Change::Put { space: Space::Cursors, key: written, value: keys::number(next + 1) });
        if let Some(old) = next.checked_sub(self.retained) {
            open.group.apply(Change::Remove { space: Space::Egress, key: keys::record(&egress, &topic, old) });
        }
        open.topics.insert((egress, topic), next + 1);
    }

    /// Takes the open group, when there is something in it.
    pub fn take(&self) -> Option<Taken> {
        self.take_from(&mut self.lock())
    }

    /// Takes the open group, waiting for there to be something in it, and a little longer when
    /// nobody waits for that; none when the log was closed and everything is taken.
    pub fn take_next(&self) -> Option<Taken> {
        let mut open = self.lock();
        loop {
            if open.end.is_some() {
                return self.take_from(&mut open);
            }
            let touched = open.touched;
            open = match touched {
                None => self.appended.wait(open).unwrap_or_else(PoisonError::into_inner),
                Some(since) => match LINGER.checked_sub(since.elapsed()) {
                    Some(rest) if !open.is_urgent() => {
                        self.appended.wait_timeout(open, rest).unwrap_or_else(PoisonError::into_inner).0
                    }
                    _ => return self.take_from(&mut open),
                },
            };
        }
    }

    fn take_from(&self, open: &mut Open) -> Option<Taken> {
        if open.end == Some(End::Broken) {
            return None;
        }
        open.touched.take()?;
        let sequence = open.group.sequence();
        let group = std::mem::replace(&mut open.group, Group::after(sequence, &mut self.spare()));
        let committed = Committed { ticket: open.ticket, sequence };
        open.ticket.0 += 1;
        self.taken.notify_all();
        let records = group.records;
        let (waiting, rooms) = (std::mem::take(&mut open.waiting), std::mem::take(&mut open.rooms));
        Some(Taken { group, committed, waiting, rooms, records })
    }

    /// Commits a taken group and tells those who wait for it. Groups are committed in the
    /// order in which they were taken.
    ///
    /// # Errors
    /// When the store fails; nothing is appended from then on.
    pub fn commit(&self, taken: Taken) -> Result<Committed, StoreError> {
        // Nobody else waits for the spare memory: who takes groups also commits them.
        let writes = taken.group.into_writes(&mut self.spare());
        if !writes.is_empty()
            && let Err(error) = self.store.commit(writes)
        {
            self.end(End::Broken);
            return Err(error);
        }
        drop(taken.rooms);
        self.lock().positions.committed(taken.committed.ticket);
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

    fn spare(&self) -> MutexGuard<'_, Spare> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Whether somebody waits for the open group, or it has become large.
    fn is_urgent(&self) -> bool {
        !self.waiting.is_empty() || self.group.records > 0 || self.group.bytes() > MOST_LINGERING_BYTES
    }
}

#[cfg(test)]
impl Taken {
    /// What a crash leaves that comes after the disk has it and before anybody was told.
    pub(crate) fn only_written(self, store: &dyn Store) {
        store.commit(self.group.into_writes(&mut Spare::default())).expect("the simulated disk is there");
    }
}

#[cfg(test)]
mod tests;
