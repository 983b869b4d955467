// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What follows from the end of a call: its effects, more state, another try, or a dead letter.
//!
//! A failure is the address's own affair: others go on. When the function was there and did
//! not take a batch, its messages are tried one by one, so that the one at fault is found;
//! when nobody was there, no message is at fault, and all wait; when it said nothing, they wait until it
//! is known that it is they who make it silent ([`Suspicion`]).

use std::sync::atomic::Ordering;

use statefun_store::Space;

use super::instance::{Instance, Phase};
use super::suspicion::Suspicion;
use super::values::Values;
use super::{Effects, Shard};
use crate::metrics::{count, move_by};
use crate::{
    Address, Answer, Change, DeadLetter, Decision, EngineError, Failure, FunctionType, Reached, Spec, SpecsRecord, keys,
};

/// How often in a row a function may ask for state, for one batch. The SDKs ask once, for all.
const MOST_REGISTRATIONS: u32 = 64;
/// The pause after the first call that reached nobody, in milliseconds; it doubles.
const FIRST_PAUSE: u64 = 100;
/// The longest pause, in milliseconds.
const LONGEST_PAUSE: u64 = 30_000;

impl Shard {
    pub(super) fn answered(
        &mut self,
        address: Address,
        answer: Answer,
        effects: &mut Effects,
    ) -> Result<(), EngineError> {
        let Some(mut instance) = self.busy.remove(&address) else { return Ok(()) };
        let Phase::Called { letters } = instance.phase else {
            self.busy.insert(address, instance);
            return Ok(());
        };
        instance.phase = Phase::Idle;
        move_by(&instance.metrics.inflight, -1);
        self.call_ended(std::mem::take(&mut instance.called_bytes), effects)?;
        let answer = match answer {
            Answer::Done(outcome) => self
                .settle(&address, &mut instance, letters, outcome, &mut effects.decision)?
                .map_err(|cause| Failure { reached: Reached::Yes, cause }),
            Answer::Incomplete(specs) => self.register(&address, &mut instance, &specs, effects),
            Answer::Failed(failure) => Err(failure),
        };
        match answer {
            Ok(()) => {
                instance.unreached = 0;
                instance.suspicion = Suspicion::default();
                if let Some(time) = self.shared.outages.answered(&address.function, self.now) {
                    tracing::info!(function = %address.function, after = ?time, "functions can be called again");
                }
                let known = self.types.of(&address.function, &self.shared);
                if !known.answered
                    && let Some(record) = self.shared.registry.answered(&address.function)
                {
                    effects.decision.changes.push(registered(&address.function, &record));
                    effects.ready.push(address.function.clone());
                }
                self.advance(address, instance, effects)
            }
            Err(failure) => self.failed(address, instance, letters, &failure, effects),
        }
    }

    /// Registers the state that the function needs; the same messages go to it again.
    fn register(
        &self,
        address: &Address,
        instance: &mut Instance,
        wanted: &[Spec],
        effects: &mut Effects,
    ) -> Result<(), Failure> {
        let refuse = |cause| Failure { reached: Reached::Yes, cause };
        instance.registered += 1;
        if instance.registered > MOST_REGISTRATIONS {
            return Err(refuse(format!(
                "it asked for state {MOST_REGISTRATIONS} times in a row, and did nothing else"
            )));
        }
        let known = self.shared.registry.specs(&address.function).len();
        if let Some(record) = self.shared.registry.register(&address.function, wanted).map_err(refuse)? {
            effects.decision.changes.push(registered(&address.function, &record));
        } else if known <= instance.values.len() {
            return Err(refuse("it asks for state that it was given".to_owned()));
        }
        Ok(())
    }

    fn failed(
        &mut self,
        address: Address,
        mut instance: Instance,
        letters: usize,
        failure: &Failure,
        effects: &mut Effects,
    ) -> Result<(), EngineError> {
        count(&instance.metrics.remote_invocation_failures, 1);
        instance.registered = 0;
        if self.shared.registry.gave_up(&address.function) {
            effects.ready.push(address.function.clone());
        }
        let is_at_fault = match failure.reached {
            Reached::Yes => true,
            Reached::No => false,
            Reached::Silent { heard_at } => instance.suspicion.is_proved_by_silence(self.now, heard_at),
        };
        if !is_at_fault || (letters == 1 && self.shared.settings.strict) {
            self.wait(address, instance, failure);
            return Ok(());
        }
        // Each message is judged by itself from now on.
        (instance.unreached, instance.suspicion) = (0, Suspicion::default());
        if letters > 1 {
            tracing::info!(%address, letters, cause = failure.cause, "the messages are tried one by one");
            instance.apart = letters;
        } else {
            tracing::warn!(%address, cause = failure.cause, "dead letter");
            self.bury(&address, &mut instance, 1, &failure.cause, effects);
        }
        self.advance(address, instance, effects)
    }

    /// The first messages of an address are dead letters.
    fn bury(&mut self, address: &Address, instance: &mut Instance, letters: usize, cause: &str, effects: &mut Effects) {
        count(&instance.metrics.dead_letters, letters);
        let Decision { changes, dead, .. } = &mut effects.decision;
        let at = self.now;
        self.consume(address, instance, letters, |letter| {
            changes.push(Change::Consumed { address: address.clone(), sequence: letter.sequence });
            dead.push(DeadLetter::of(address, letter, cause, at));
        });
    }

    /// Calls again, later. Until then nothing of it is in memory that the disk has or will have.
    fn wait(&mut self, address: Address, mut instance: Instance, failure: &Failure) {
        let pause = FIRST_PAUSE.checked_shl(instance.unreached).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE);
        tracing::debug!(%address, pause_ms = pause, cause = failure.cause, "the function is called again later");
        move_by(&instance.metrics.waiting_addresses, 1);
        if self.shared.outages.failed(&address.function, self.now) {
            self.say_outage(&address, failure);
        }
        instance.unreached = (instance.unreached + 1).min(16);
        instance.phase = Phase::Waiting;
        self.spill(&address, &mut instance);
        if self.durable.has(instance.dirty) {
            instance.values = Values::default();
        }
        self.retries.insert((self.now + pause, address.clone()));
        self.busy.insert(address, instance);
    }

    /// Says that functions of a type cannot be called, in the words of the address at which it was found.
    fn say_outage(&self, address: &Address, failure: &Failure) {
        let (function, metrics) = (&address.function, self.shared.metrics.of(&address.function));
        let (addresses, messages) = (&metrics.waiting_addresses, &metrics.backlog);
        let (addresses, messages) = (addresses.load(Ordering::Relaxed), messages.load(Ordering::Relaxed));
        let (example, cause) = (&*address.id, &failure.cause);
        tracing::warn!(%function, addresses, messages, example, cause, "functions cannot be called; their messages wait");
    }

    /// Messages for a type that nobody hosts any more are dead letters.
    pub(super) fn bury_unhosted(&mut self, address: Address, mut instance: Instance, effects: &mut Effects) {
        let cause = format!("no module hosts functions of type {}", address.function);
        tracing::warn!(%address, cause, "dead letters");
        let letters = instance.queue.len();
        self.bury(&address, &mut instance, letters, &cause, effects);
        if instance.spilled.is_some() {
            instance.phase = Phase::Reading;
            self.unread.insert(address.clone());
            self.busy.insert(address, instance);
        } else {
            self.rest(address, instance);
        }
    }
}

/// That a type has answered, and what it has registered.
fn registered(function: &FunctionType, record: &SpecsRecord) -> Change {
    let key = keys::of_function(function).freeze();
    Change::Put { space: Space::Specs, key, value: record.to_bytes() }
}
