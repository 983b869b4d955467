// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Messages to be sent later, and the tokens by which their senders cancel them.
//!
//! They belong to the sender's shard, which therefore both sends and cancels them: the two
//! never meet. The soonest are in memory, all are on the disk.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use foldhash::fast::RandomState;
use statefun_protocol::Message;
use statefun_store::{Space, Store};

use super::durable::Durable;
use super::{Effects, Shard};
use crate::metrics::count;
use crate::record::{self, Damage, TimerRecord, read};
use crate::{Address, Change, DeadLetter, Decision, EngineError, Sending, keys};

/// When a message is due, in milliseconds since 1970, and its number.
pub(super) type Due = (u64, u64);

pub(super) struct Timer {
    pub(super) sender: Address,
    pub(super) target: Address,
    pub(super) argument: Bytes,
    /// Empty for none.
    pub(super) token: String,
}

pub(super) struct Timers {
    soonest: BTreeMap<Due, Timer>,
    /// What is due then or later may be on the disk alone; none when everything is here.
    horizon: Option<Due>,
    /// The epoch in which something was last left to the disk alone.
    left: u64,
    most: usize,
    /// What those in memory take, and may take, in bytes.
    bytes: usize,
    most_bytes: usize,
    /// What became of tokens, until the disk knows it too; with the epoch.
    tokens: HashMap<(Address, String), (Option<Due>, u64), RandomState>,
    /// What was cancelled on the disk alone, until the disk knows it; with the epoch.
    cancelled: HashMap<Due, u64, RandomState>,
}

impl Timers {
    pub(super) fn new(most: usize, most_bytes: usize) -> Self {
        Self {
            soonest: BTreeMap::new(),
            horizon: Some((0, 0)),
            left: 0,
            most,
            bytes: 0,
            most_bytes,
            tokens: HashMap::default(),
            cancelled: HashMap::default(),
        }
    }

    pub(super) fn next_due(&self) -> Option<u64> {
        self.soonest.first_key_value().map(|((due, _), _)| *due)
    }

    /// What a token of a sender stands for.
    pub(super) fn find(&self, sender: &Address, token: &str, store: &dyn Store) -> Result<Option<Due>, EngineError> {
        if let Some((due, _)) = self.tokens.get(&(sender.clone(), token.to_owned())) {
            return Ok(*due);
        }
        match store.get(Space::Tokens, &keys::token(sender, token))? {
            None => Ok(None),
            Some(value) => Ok(Some(read_due(&value).ok_or(Damage("cancellation token"))?)),
        }
    }

    /// Takes a message up, in the epoch given.
    pub(super) fn add(&mut self, due: Due, timer: Timer, epoch: u64, changes: &mut Vec<Change>) {
        let record = TimerRecord {
            sender: Some((&timer.sender).into()),
            target: Some((&timer.target).into()),
            argument: timer.argument.clone(),
            token: timer.token.clone(),
        };
        let key = keys::timer(due.0, due.1);
        changes.push(Change::Fresh { space: Space::Timers, key: key.clone(), value: record.encode_to_vec().into() });
        if !timer.token.is_empty() {
            let token = keys::token(&timer.sender, &timer.token);
            changes.push(Change::Put { space: Space::Tokens, key: token, value: key });
            self.tokens.insert((timer.sender.clone(), timer.token.clone()), (Some(due), epoch));
        }
        if self.horizon.is_some_and(|horizon| due >= horizon) {
            self.left = epoch;
            return;
        }
        self.keep(due, timer);
        while self.soonest.len() > self.most || (self.bytes > self.most_bytes && self.soonest.len() > 1) {
            let (last, timer) = self.soonest.pop_last().expect("there is one");
            self.bytes -= size(&timer);
            self.horizon = Some(last);
            self.left = epoch;
        }
    }

    /// Cancels a message that has a token, in the epoch given.
    pub(super) fn cancel(&mut self, sender: &Address, token: &str, due: Due, epoch: u64, changes: &mut Vec<Change>) {
        match self.soonest.remove(&due) {
            Some(timer) => self.bytes -= size(&timer),
            None => {
                self.cancelled.insert(due, epoch);
            }
        }
        self.end(due, sender, token, epoch, changes);
    }

    /// Takes out what is due.
    fn pop_due(&mut self, now: u64) -> Option<(Due, Timer)> {
        let entry = self.soonest.first_entry()?;
        if entry.key().0 > now {
            return None;
        }
        let (due, timer) = entry.remove_entry();
        self.bytes -= size(&timer);
        Some((due, timer))
    }

    fn keep(&mut self, due: Due, timer: Timer) {
        self.bytes += size(&timer);
        self.soonest.insert(due, timer);
    }

    /// Whether what is read from the disk has filled the memory for it by half.
    fn is_half_full(&self) -> bool {
        self.soonest.len() >= self.most / 2 || (self.bytes >= self.most_bytes / 2 && !self.soonest.is_empty())
    }

    fn end(&mut self, due: Due, sender: &Address, token: &str, epoch: u64, changes: &mut Vec<Change>) {
        changes.push(Change::Remove { space: Space::Timers, key: keys::timer(due.0, due.1) });
        if !token.is_empty() {
            changes.push(Change::Remove { space: Space::Tokens, key: keys::token(sender, token) });
            self.tokens.insert((sender.clone(), token.to_owned()), (None, epoch));
        }
    }

    /// What the disk knows need not be remembered.
    pub(super) fn forget_durable(&mut self, durable: &Durable) {
        self.tokens.retain(|_, (_, epoch)| !durable.has(*epoch));
        self.cancelled.retain(|_, epoch| !durable.has(*epoch));
    }

    /// Where to read on, when there is room for more and the disk has all of it.
    fn wants_more(&self, durable: &Durable) -> Option<Due> {
        let is_low = self.soonest.len() <= self.most / 4 && self.bytes <= self.most_bytes / 4;
        self.horizon.filter(|_| is_low && (self.left == 0 || durable.has(self.left)))
    }
}

impl Shard {
    /// Sends what is due.
    pub(super) fn fire(&mut self, effects: &mut Effects) {
        let epoch = self.durable.epoch();
        while let Some((due, timer)) = self.timers.pop_due(self.now) {
            self.timers.end(due, &timer.sender, &timer.token, epoch, &mut effects.decision.changes);
            let Timer { sender, target, argument, .. } = timer;
            self.send(&mut effects.decision, Sending { caller: Some(sender), target, argument });
        }
    }

    /// Adds a message to a decision; one that nobody hosts is a dead letter at once.
    pub(super) fn send(&mut self, decision: &mut Decision, sending: Sending) {
        let known = self.types.of(&sending.target.function, &self.shared);
        if known.hosted.is_some() {
            decision.sendings.push(sending);
            return;
        }
        count(&known.metrics.dead_letters, 1);
        let cause = format!("no module hosts functions of type {}", sending.target.function);
        let Sending { caller, target, argument } = sending;
        tracing::warn!(address = %target, cause, "dead letter");
        decision.dead.push(DeadLetter { target, caller, argument, cause, at: self.now });
    }

    /// Reads what comes after that which is in memory, when there is room.
    pub(super) fn read_timers(&mut self) -> Result<(), EngineError> {
        let Some(horizon) = self.timers.wants_more(&self.durable) else { return Ok(()) };
        let (shards, index) = (self.shared.shards, self.index);
        let mut stopped_at = None;
        let mut damage = None;
        let timers = &mut self.timers;
        let from = keys::timer(horizon.0, horizon.1);
        self.shared.store.scan(Space::Timers, &from, None, &mut |key, value| {
            let (due, timer) = match read_timer(key, value) {
                Ok(read) => read,
                Err(found) => {
                    damage = Some(found);
                    return false;
                }
            };
            if timers.is_half_full() {
                stopped_at = Some(due);
                return false;
            }
            if timer.sender.shard(shards) == index && !timers.cancelled.contains_key(&due) {
                timers.keep(due, timer);
            }
            true
        })?;
        self.timers.horizon = stopped_at;
        damage.map_or(Ok(()), |damage| Err(damage.into()))
    }
}

/// What a message takes, in bytes.
fn size(timer: &Timer) -> usize {
    size_of::<(Due, Timer)>() + timer.argument.len() + timer.token.len() + timer.sender.id.len() + timer.target.id.len()
}

fn read_due(key: &[u8]) -> Option<Due> {
    let (due, number) = key.split_at_checked(8)?;
    Some((keys::read_number(due)?, keys::read_number(number)?))
}

fn read_timer(key: &[u8], value: &[u8]) -> Result<(Due, Timer), Damage> {
    const WHAT: &str = "message to be sent later";
    let due = read_due(key).ok_or(Damage(WHAT))?;
    let record: TimerRecord = read(Bytes::copy_from_slice(value), WHAT)?;
    let sender = record::address(record.sender.as_ref(), WHAT)?;
    let target = record::address(record.target.as_ref(), WHAT)?;
    Ok((due, Timer { sender, target, argument: record.argument, token: record.token }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FunctionType;

    #[test]
    fn the_soonest_stay_in_memory_as_far_as_their_bytes_allow() {
        let mut timers = Timers::new(100, 2000);
        timers.horizon = None;
        let address = FunctionType::new("a", "b").instance("1");
        for due in (0..20).rev() {
            let argument = Bytes::from(vec![7; 400]);
            let timer = Timer { sender: address.clone(), target: address.clone(), argument, token: String::new() };
            timers.add((due, due), timer, 1, &mut Vec::new());
            assert!(timers.bytes <= 2000);
        }
        let kept: Vec<u64> = timers.soonest.keys().map(|(due, _)| *due).collect();
        assert!((2..5).contains(&kept.len()), "{kept:?}");
        assert_eq!(kept, (0..kept.len() as u64).collect::<Vec<_>>());
        assert_eq!(timers.horizon, Some((kept.len() as u64, kept.len() as u64)));
        while timers.pop_due(100).is_some() {}
        assert_eq!(timers.bytes, 0);
    }
}
