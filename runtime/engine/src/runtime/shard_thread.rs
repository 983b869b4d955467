// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A shard's thread: events in, calls and decisions out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use super::{Callee, Embedded, Held, Inner, Input, Remote, now};
use crate::{Answer, Call, Effects, EngineError, Event, Failure, Reached, Request, Shard};

/// How many events are taken before what they decided is appended.
const MOST_AT_ONCE: usize = 512;
/// How many answers large enough that their memory is counted are taken before what they decided is appended.
const MOST_LARGE: usize = 4;
/// How many changes are decided before they are appended.
const MOST_CHANGES: usize = 1024;
/// How often some values are looked at for whether they have expired, in milliseconds.
const SWEEP_EVERY: u64 = 1000;

struct Driver<'i> {
    index: usize,
    inner: &'i Arc<Inner>,
    shard: Shard,
    effects: Effects,
    /// How many events were taken since something was last appended.
    taken: usize,
    /// The calls that are being made; here so that their memory is used again.
    calls: Vec<Call>,
    /// Calls over a network that are under way.
    under_way: usize,
    /// Set when no new calls are made.
    latest: Option<Instant>,
    /// What the clock said when it was last looked at, in milliseconds since 1970.
    now: u64,
    /// When values are looked at next.
    next_sweep: u64,
}

pub(super) fn run(index: usize, inner: &Arc<Inner>, inputs: &Receiver<Input>) {
    let shard = Shard::new(index, inner.shared.clone(), inner.log.first_sequence());
    let (effects, next_sweep) = (Effects::default(), now() + SWEEP_EVERY);
    let calls = Vec::new();
    let mut driver =
        Driver { index, inner, shard, effects, taken: 0, calls, under_way: 0, latest: None, now: now(), next_sweep };
    match driver.work(inputs) {
        // The log was closed: the reason was said where it was.
        Ok(()) | Err(EngineError::Stopped) => {}
        Err(error) => inner.fail(error),
    }
}

impl Driver<'_> {
    fn work(&mut self, inputs: &Receiver<Input>) -> Result<(), EngineError> {
        self.take(Event::Start)?;
        self.carry_out()?;
        while self.latest.is_none_or(|latest| self.under_way > 0 && Instant::now() < latest) {
            let input = self.wait(inputs);
            self.now = now();
            self.taken = 0;
            match input {
                Ok(input) => {
                    self.input(input)?;
                    while self.taken < MOST_AT_ONCE
                        && self.effects.decision.rooms.len() < MOST_LARGE
                        && let Ok(input) = inputs.try_recv()
                    {
                        self.input(input)?;
                    }
                }
                Err(RecvTimeoutError::Timeout) => self.take(Event::Tick)?,
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.now >= self.next_sweep {
                self.next_sweep = self.now + SWEEP_EVERY;
                self.take(Event::Sweep)?;
            }
            self.carry_out()?;
        }
        Ok(())
    }

    fn wait(&self, inputs: &Receiver<Input>) -> Result<Input, RecvTimeoutError> {
        let next = self.shard.next_tick().map_or(self.next_sweep, |tick| tick.min(self.next_sweep));
        let until_next = Some(Duration::from_millis(next.saturating_sub(now())));
        let until_end = self.latest.map(|latest| latest.saturating_duration_since(Instant::now()));
        match [until_next, until_end].into_iter().flatten().min() {
            None => inputs.recv().map_err(|mpsc::RecvError| RecvTimeoutError::Disconnected),
            Some(Duration::ZERO) => Err(RecvTimeoutError::Timeout),
            Some(pause) => inputs.recv_timeout(pause),
        }
    }

    fn input(&mut self, input: Input) -> Result<(), EngineError> {
        match input {
            Input::Event(event) => self.take(event),
            Input::Answered(address, Held { answer, room }) => {
                self.under_way -= 1;
                self.effects.decision.rooms.extend(room);
                self.take(Event::Answered(address, answer))
            }
            Input::Letters(letters) => {
                for (address, letter) in letters {
                    self.take(Event::Deliver(address, letter))?;
                }
                Ok(())
            }
            Input::Stop(latest) => {
                self.latest = Some(latest);
                Ok(())
            }
        }
    }

    fn take(&mut self, event: Event) -> Result<(), EngineError> {
        self.taken += 1;
        self.shard.handle(self.now, event, &mut self.effects)
    }

    /// Calls what is to be called and appends what was decided.
    fn carry_out(&mut self) -> Result<(), EngineError> {
        if self.latest.is_some() {
            // What is not called now is called when the program begins again.
            self.effects.calls.clear();
        }
        while !self.effects.calls.is_empty() {
            self.now = now();
            let mut calls = std::mem::replace(&mut self.effects.calls, std::mem::take(&mut self.calls));
            for Call { request, hosted } in calls.drain(..) {
                match &self.inner.callees[hosted.callee] {
                    Callee::Remote(remote) => self.call_remote(remote, request),
                    Callee::Embedded(embedded) => {
                        let answer = call_embedded(&**embedded, &request);
                        self.take(Event::Answered(request.address, answer))?;
                    }
                }
            }
            self.calls = calls;
            if self.effects.decision.changes.len() > MOST_CHANGES {
                self.append()?;
            }
        }
        self.append()?;
        for function in std::mem::take(&mut self.effects.ready) {
            self.inner.tell_all(|| Event::Ready(function.clone()));
        }
        Ok(())
    }

    fn append(&mut self) -> Result<(), EngineError> {
        if !self.effects.decision.is_empty() {
            let ticket = self.inner.append(&mut self.effects.decision, None)?;
            self.shard.appended(ticket);
        }
        // What decided nothing is dealt with.
        self.effects.decision.rooms.clear();
        Ok(())
    }

    fn call_remote(&mut self, remote: &Arc<dyn Remote>, request: Request) {
        self.under_way += 1;
        let (inner, index, remote) = (self.inner.clone(), self.index, remote.clone());
        let address = request.address.clone();
        self.inner.tokio.spawn(async move {
            let metrics = inner.shared.metrics.at(index, &address.function);
            let answer = remote.call(request, metrics).await;
            // A shard that has stopped takes it up from the disk when the program begins again.
            let _ = inner.inputs[index].send(Input::Answered(address, answer));
        });
    }
}

/// A function that panics fails, and takes nobody with it.
fn call_embedded(embedded: &dyn Embedded, request: &Request) -> Answer {
    catch_unwind(AssertUnwindSafe(|| embedded.call(request))).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        let cause = format!("the function panicked: {}", said.unwrap_or("without a word"));
        Answer::Failed(Failure { reached: Reached::Yes, cause })
    })
}
