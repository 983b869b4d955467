// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! One shard: the addresses whose ids fall on it, one event after the other.
//!
//! An address that has messages is *busy*: its messages are here, up to a limit beyond which
//! they stay on the disk. One that has none keeps its values in a bounded cache for a
//! while. Of everything else there is nothing in memory.

mod answers;
mod cache;
mod calls;
mod durable;
mod instance;
mod letters;
mod overflow;
mod room;
mod settle;
mod suspicion;
mod sweep;
mod timers;
mod types;
mod values;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use foldhash::fast::RandomState;
use statefun_store::Store;

use crate::metrics::move_by;
use crate::outages::Outages;
use crate::{
    Address, Answer, Catalogue, Committed, Decision, EngineError, FunctionType, Hosted, Letter, Metrics, Permission,
    Registry, Request, Ticket,
};
use cache::Cache;
use calls::Calls;
use durable::Durable;
use instance::{Instance, Phase};
use overflow::Overflow;
use room::Room;
use suspicion::Suspects;
use sweep::Sweep;
use timers::Timers;
use types::Types;

/// The limits within which a shard works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The most bytes of waiting messages in memory. One type of functions takes at most half
    /// of it, and of the number of addresses: what it leaves over.
    pub resident_bytes: usize,
    /// The most addresses with messages in memory.
    pub most_busy: usize,
    /// The most messages of one address in memory.
    pub most_queued: usize,
    /// The most bytes of arguments in one request; one message always fits.
    pub most_batch_bytes: usize,
    /// The most bytes of values of addresses that are being called; the last call may go beyond it.
    pub call_bytes: usize,
    /// What is kept of the values of addresses without messages, in bytes.
    pub cache_bytes: usize,
    /// The most messages to be sent later in memory.
    pub most_timers: usize,
    /// The most bytes of messages to be sent later in memory.
    pub timer_bytes: usize,
    /// Whether a message that cannot be taken is tried for ever, as upstream does.
    pub strict: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            resident_bytes: 64 * 1024 * 1024,
            most_busy: 50_000,
            most_queued: 4_000,
            most_batch_bytes: 8 * 1024 * 1024,
            call_bytes: 32 * 1024 * 1024,
            cache_bytes: 32 * 1024 * 1024,
            most_timers: 50_000,
            timer_bytes: 32 * 1024 * 1024,
            strict: false,
        }
    }
}

/// After how long it is looked again whether another first request may be sent, in milliseconds.
const LOOK_AGAIN_MILLIS: u64 = 1000;

/// What all shards share.
pub struct Shared {
    /// The functions and egresses.
    pub catalogue: Catalogue,
    /// What state the types have registered.
    pub registry: Registry,
    /// What is on the disk.
    pub store: Arc<dyn Store>,
    /// What is counted.
    pub metrics: Metrics,
    /// How many shards there are.
    pub shards: usize,
    /// The limits.
    pub settings: Settings,
    /// The next number of a message to be sent later.
    pub next_timer: AtomicU64,
    /// Which functions cannot be called.
    pub(crate) outages: Outages,
}

/// What happens to a shard.
#[derive(Debug)]
pub enum Event {
    /// The program begins: what is left from earlier runs is taken up.
    Start,
    /// A message has come for an address of this shard.
    Deliver(Address, Letter),
    /// A call has ended.
    Answered(Address, Answer),
    /// Something is on the disk.
    Committed(Committed),
    /// The first request of this type has ended, one way or the other.
    Ready(FunctionType),
    /// Time has passed.
    Tick,
    /// It is time to look at some more values that may have expired.
    Sweep,
}

/// A call to be made.
#[derive(Debug)]
pub struct Call {
    /// What is asked.
    pub request: Request,
    /// How its type is hosted.
    pub hosted: Hosted,
}

/// What follows from events.
#[derive(Debug, Default)]
pub struct Effects {
    /// What is to be appended to the log.
    pub decision: Decision,
    /// What is to be called.
    pub calls: Vec<Call>,
    /// The types of which every shard is to be told that they are ready.
    pub ready: Vec<FunctionType>,
}

/// Addresses of a type that wait for its first request, in their order.
#[derive(Default)]
struct Parked {
    addresses: VecDeque<Address>,
    /// When the next of them may ask beside those who were silent, in milliseconds since 1970.
    due: Option<u64>,
}

type AddressMap<V> = HashMap<Address, V, RandomState>;

/// One shard.
pub struct Shard {
    index: usize,
    shared: Arc<Shared>,
    types: Types,
    busy: AddressMap<Instance>,
    cache: Cache,
    timers: Timers,
    /// Addresses that are tried again, by when.
    retries: BTreeSet<(u64, Address)>,
    /// Addresses that wait for the first request of their type.
    parked: HashMap<FunctionType, Parked>,
    /// Addresses whose next messages are not on the disk yet, and not in memory.
    unread: BTreeSet<Address>,
    suspects: Suspects,
    overflow: Overflow,
    sweep: Sweep,
    durable: Durable,
    room: Room,
    calls: Calls,
    first_sequence: u64,
    now: u64,
}

impl Shard {
    /// The shard with this index; every message up to `first_sequence` is from earlier runs.
    pub fn new(index: usize, shared: Arc<Shared>, first_sequence: u64) -> Self {
        Self {
            index,
            types: Types::new(index),
            busy: AddressMap::default(),
            cache: Cache::new(shared.settings.cache_bytes),
            timers: Timers::new(shared.settings.most_timers, shared.settings.timer_bytes),
            retries: BTreeSet::new(),
            parked: HashMap::new(),
            unread: BTreeSet::new(),
            suspects: Suspects::new(shared.settings.most_busy),
            overflow: Overflow::at_start(first_sequence),
            sweep: Sweep::default(),
            durable: Durable::new(first_sequence),
            room: Room::new(shared.settings.most_busy, shared.settings.resident_bytes),
            calls: Calls::new(shared.settings.call_bytes),
            first_sequence,
            now: 0,
            shared,
        }
    }

    /// Takes an event at the time `now`, in milliseconds since 1970.
    ///
    /// # Errors
    /// When the store fails.
    pub fn handle(&mut self, now: u64, event: Event, effects: &mut Effects) -> Result<(), EngineError> {
        self.now = self.now.max(now);
        match event {
            Event::Start => {
                self.read_timers()?;
                self.fire(effects);
                self.take_up_overflow(effects)
            }
            Event::Deliver(address, letter) => self.deliver(address, letter, effects),
            Event::Answered(address, answer) => {
                self.answered(address, answer, effects)?;
                // What fails decides nothing, so that no commit comes of it.
                self.take_up_overflow(effects)
            }
            Event::Committed(committed) => self.committed(committed, effects),
            Event::Ready(function) => self.ready(&function, effects),
            Event::Tick => self.tick(effects),
            Event::Sweep => self.sweep(effects),
        }
    }

    /// What the effects so far decided was appended with this ticket.
    pub fn appended(&mut self, ticket: Ticket) {
        self.durable.appended(ticket);
    }

    /// When the next [`Event::Tick`] is due, in milliseconds since 1970.
    pub fn next_tick(&self) -> Option<u64> {
        let retry = self.retries.first().map(|(due, _)| *due);
        let unseen = self.overflow.is_unseen().then_some(self.now);
        let parked = self.parked.values().filter_map(|parked| parked.due).min();
        [retry, self.timers.next_due(), unseen, parked].into_iter().flatten().min()
    }

    /// How many addresses have messages in memory.
    pub fn busy(&self) -> usize {
        self.busy.len()
    }

    /// How many bytes of waiting messages are in memory.
    pub fn resident_bytes(&self) -> usize {
        self.room.bytes()
    }

    /// Whether there are addresses with messages on the disk alone.
    #[cfg(test)]
    pub(crate) fn is_overflowing(&self) -> bool {
        self.overflow.is_active()
    }

    fn committed(&mut self, committed: Committed, effects: &mut Effects) -> Result<(), EngineError> {
        self.durable.committed(committed);
        self.timers.forget_durable(&self.durable);
        self.forget_saved();
        for address in std::mem::take(&mut self.unread) {
            if let Some(instance) = self.busy.remove(&address) {
                self.advance(address, instance, effects)?;
            }
        }
        self.read_timers()?;
        self.take_up_overflow(effects)
    }

    fn ready(&mut self, function: &FunctionType, effects: &mut Effects) -> Result<(), EngineError> {
        for address in self.parked.remove(function).unwrap_or_default().addresses {
            if let Some(instance) = self.busy.remove(&address) {
                self.advance(address, instance, effects)?;
            }
        }
        Ok(())
    }

    /// Has addresses ask whose types' first requests have been silent for a while.
    fn ask_beside(&mut self, effects: &mut Effects) -> Result<(), EngineError> {
        let is_due = |parked: &Parked| parked.due.is_some_and(|due| due <= self.now);
        let due = self.parked.iter().filter(|(_, parked)| is_due(parked)).map(|(function, _)| function.clone());
        for function in due.collect::<Vec<_>>() {
            let mut rest = self.parked.remove(&function).unwrap_or_default().addresses;
            // Where it may not either, it is the first of those who wait again.
            if let Some((address, instance)) = rest.pop_front().and_then(|address| self.busy.remove_entry(&address)) {
                self.advance(address, instance, effects)?;
            }
            if !rest.is_empty() {
                let due = Some(self.now.saturating_add(LOOK_AGAIN_MILLIS));
                let parked = self.parked.entry(function).or_insert_with(|| Parked { due, ..Parked::default() });
                parked.addresses.append(&mut rest);
            }
        }
        Ok(())
    }

    fn tick(&mut self, effects: &mut Effects) -> Result<(), EngineError> {
        self.fire(effects);
        self.read_timers()?;
        self.ask_beside(effects)?;
        while self.retries.first().is_some_and(|(due, _)| *due <= self.now) {
            let (_, address) = self.retries.pop_first().expect("it was just looked at");
            let Some(instance) = self.busy.remove(&address) else { continue };
            move_by(&instance.metrics.waiting_addresses, -1);
            if self.overflow.has(&address.function) {
                // Others of its type wait for their turn; it had one.
                self.leave_to_disk(address, instance);
            } else {
                self.advance(address, instance, effects)?;
            }
        }
        self.take_up_overflow(effects)
    }

    /// Does the next thing with an address that nothing is under way for: reads its messages,
    /// calls its function, or puts it to rest. It is not in `busy`; afterwards it is where it
    /// belongs.
    fn advance(&mut self, address: Address, mut instance: Instance, effects: &mut Effects) -> Result<(), EngineError> {
        if instance.queue.is_empty() && instance.spilled.is_some() {
            if self.room.is_out_of_bytes(&address.function) {
                self.leave_to_disk(address, instance);
                return Ok(());
            }
            self.read_letters(&address, &mut instance)?;
            if instance.queue.is_empty() && instance.spilled.is_some() {
                instance.phase = Phase::Reading;
                self.unread.insert(address.clone());
                self.busy.insert(address, instance);
                return Ok(());
            }
        }
        if instance.queue.is_empty() {
            self.rest(address, instance);
            return Ok(());
        }
        let known = self.types.of(&address.function, &self.shared);
        let Some(hosted) = known.hosted else {
            self.bury_unhosted(address, instance, effects);
            return Ok(());
        };
        if self.calls.is_full() {
            self.wait_for_calls(address, instance);
            return Ok(());
        }
        if !known.answered {
            // Who has waited longer asks first.
            let permission = match self.parked.get(&address.function) {
                Some(_) => Permission::Refused,
                None => self.shared.registry.may_ask(&address.function, self.index, self.now),
            };
            if permission != Permission::Granted {
                instance.phase = Phase::Parked;
                let parked = self.parked.entry(address.function.clone()).or_default();
                parked.addresses.push_back(address.clone());
                if let Permission::NotBefore(due) = permission {
                    parked.due = Some(due);
                }
                self.busy.insert(address, instance);
                return Ok(());
            }
        }
        let specs = &known.specs;
        instance.values.load(&address, specs, &*self.shared.store)?;
        instance.values.expire(self.now);
        let letters = instance.next_batch(hosted.most_in_batch, self.shared.settings.most_batch_bytes);
        instance.phase = Phase::Called { letters: letters.len() };
        instance.called_bytes = instance.values.bytes();
        self.calls.begins(instance.called_bytes);
        instance.most_in_batch = hosted.most_in_batch;
        instance.count_blocked();
        move_by(&instance.metrics.inflight, 1);
        let request = Request { address: address.clone(), state: instance.values.given(specs), letters };
        effects.calls.push(Call { request, hosted });
        self.busy.insert(address, instance);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
