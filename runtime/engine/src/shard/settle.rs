// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A function's answer as one decision: everything it says is checked before anything of
//! it happens.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use statefun_protocol::{TypedValue, TypedView};

use super::Shard;
use super::instance::Instance;
use super::timers::Timer;
use super::values::position;
use crate::catalogue::Record;
use crate::metrics::count;
use crate::{Address, Change, Decision, Delayed, Egressed, EngineError, Mutation, Outcome, Outgoing, Sending, Spec};

/// The most bytes that a cancellation token may have.
const MOST_TOKEN_BYTES: usize = 1024;
/// The most bytes that a topic may have.
const MOST_TOPIC_BYTES: usize = 1024;

/// Decided, or why the answer cannot be.
type Settled = Result<(), String>;

impl Shard {
    /// Decides that the first messages of an address are processed with this outcome.
    pub(super) fn settle(
        &mut self,
        address: &Address,
        instance: &mut Instance,
        letters: usize,
        outcome: Outcome,
        decision: &mut Decision,
    ) -> Result<Settled, EngineError> {
        let specs = self.types.of(&address.function, &self.shared).specs.clone();
        instance.values.load(address, &specs, &*self.shared.store)?;
        let Outcome { messages, delayed, egresses, mutations } = outcome;
        let records = match check_mutations(&specs, &mutations).and_then(|()| self.check_egresses(&egresses)) {
            Ok(records) => records,
            Err(cause) => return Ok(Err(cause)),
        };
        if let Err(cause) = self.check_delayed(address, &delayed)? {
            return Ok(Err(cause));
        }
        self.consume(address, instance, letters, |letter| {
            decision.changes.push(Change::Consumed { address: address.clone(), sequence: letter.sequence });
        });
        for Outgoing { target, argument } in messages {
            let local = target.shard(self.shared.shards) == self.index;
            count(if local { &instance.metrics.out_local } else { &instance.metrics.out_remote }, 1);
            self.send(decision, Sending { caller: Some(address.clone()), target, argument });
        }
        for delayed in delayed {
            self.delay(address, delayed, decision)?;
        }
        count(&instance.metrics.out_egress, records.len());
        decision.records.extend(records);
        for Mutation { name, encoded } in mutations {
            let index = position(&specs, &name).expect("it was checked that it is registered");
            instance.values.mutate(index, encoded, specs[index].expiry, self.now);
        }
        instance.values.changes(address, &specs, self.now, &mut decision.changes);
        Ok(Ok(()))
    }

    fn check_egresses(&self, egresses: &[Egressed]) -> Result<Vec<Record>, String> {
        let mut records = Vec::with_capacity(egresses.len());
        for Egressed { namespace, name, argument } in egresses {
            let record = self.shared.catalogue.record(namespace, name, argument)?;
            if record.topic.len() > MOST_TOPIC_BYTES {
                return Err(format!("it sends to a topic whose name has {} bytes", record.topic.len()));
            }
            records.push(record);
        }
        Ok(records)
    }

    /// Whether no token is used that is still live, counting what the same answer does before.
    fn check_delayed(&self, sender: &Address, delayed: &[Delayed]) -> Result<Result<(), String>, EngineError> {
        if delayed.is_empty() {
            return Ok(Ok(()));
        }
        let mut live: HashMap<&str, bool> = HashMap::new();
        for delayed in delayed {
            let (token, to_be_sent) = match delayed {
                Delayed::Send { token, .. } => (token, true),
                Delayed::Cancel { token } => (token, false),
            };
            if token.is_empty() {
                continue;
            }
            if token.len() > MOST_TOKEN_BYTES {
                return Ok(Err(format!("it uses a cancellation token of {} bytes", token.len())));
            }
            let is_live = match live.get(token.as_str()) {
                Some(is_live) => *is_live,
                None if to_be_sent => self.timers.find(sender, token, &*self.shared.store)?.is_some(),
                None => false,
            };
            if to_be_sent && is_live {
                return Ok(Err(format!(
                    "it sends a delayed message with the cancellation token {token:?}, which another one still has"
                )));
            }
            live.insert(token, to_be_sent);
        }
        Ok(Ok(()))
    }

    fn delay(&mut self, sender: &Address, delayed: Delayed, decision: &mut Decision) -> Result<(), EngineError> {
        let epoch = self.durable.epoch();
        match delayed {
            Delayed::Send { delay, message: Outgoing { target, argument }, token } => {
                let millis = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
                let number = self.shared.next_timer.fetch_add(1, Ordering::Relaxed);
                let due = (self.now.saturating_add(millis), number);
                let timer = Timer { sender: sender.clone(), target, argument, token };
                self.timers.add(due, timer, epoch, &mut decision.changes);
            }
            Delayed::Cancel { token } if token.is_empty() => {}
            Delayed::Cancel { token } => {
                if let Some(due) = self.timers.find(sender, &token, &*self.shared.store)? {
                    self.timers.cancel(sender, &token, due, epoch, &mut decision.changes);
                }
            }
        }
        Ok(())
    }
}

/// Whether each mutation is of a registered value.
fn check_mutations(specs: &[Spec], mutations: &[Mutation]) -> Result<(), String> {
    for Mutation { name, encoded } in mutations {
        let index =
            position(specs, name).ok_or_else(|| format!("it changes the state {name:?}, which is not registered"))?;
        if let Some(encoded) = encoded {
            check_type(&specs[index], encoded)?;
        }
    }
    Ok(())
}

/// Whether a value is of the type that was registered.
fn check_type(spec: &Spec, encoded: &Bytes) -> Result<(), String> {
    let (name, expected) = (&spec.name, &*spec.typename);
    if TypedView::of(encoded).is_some_and(|view| view.typename == expected) {
        return Ok(());
    }
    let value = TypedValue::open(encoded.clone())
        .map_err(|error| format!("it sets the state {name:?} to what is no typed value: {error}"))?;
    if value.typename == expected {
        return Ok(());
    }
    let found = value.typename;
    Err(format!("it sets the state {name:?} to a value of type {found}, which is registered as {expected}"))
}
