// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The engine at work: a thread for each shard, one that brings groups to the disk.
//!
//! Functions that are reached over a network are called on tokio; embedded ones are called
//! by the shard's own thread, and should not make it wait.

mod admin;
mod committer;
mod egress;
mod shard_thread;

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use statefun_store::Store;
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};

use crate::outages::Outages;
use crate::{
    Address, Answer, Catalogue, Decision, EngineError, Event, FunctionMetrics, FunctionType, HeldRoom, Letter, Log,
    Metrics, Position, Registry, Request, Sending, Settings, Shared,
};
pub use admin::{DeadLetterEntry, StateEntry, decide_offline};

/// A function that is reached over a network.
pub trait Remote: Send + Sync {
    /// Calls it; a call that fails is tried again as long as its budget allows. How long each try
    /// took is counted in `metrics`, and each that failed, but for the last: whoever calls does that.
    fn call(&self, request: Request, metrics: Arc<FunctionMetrics>) -> Pin<Box<dyn Future<Output = Held> + Send>>;
}

/// An answer, and what is kept until it was dealt with.
pub struct Held {
    /// How the call ended.
    pub answer: Answer,
    /// The room that the answer takes, where it is counted: kept until what it decides is on the disk.
    pub room: Option<HeldRoom>,
}

impl From<Answer> for Held {
    fn from(answer: Answer) -> Self {
        Self { answer, room: None }
    }
}

/// A function in this program.
pub trait Embedded: Send + Sync {
    /// Calls it.
    fn call(&self, request: &Request) -> Answer;
}

/// How functions are reached.
#[derive(Clone)]
pub enum Callee {
    /// Over a network.
    Remote(Arc<dyn Remote>),
    /// In this program.
    Embedded(Arc<dyn Embedded>),
}

/// The engine at work.
pub struct Runtime {
    inner: Arc<Inner>,
    threads: Mutex<Threads>,
}

#[derive(Default)]
struct Threads {
    shards: Vec<JoinHandle<()>>,
    committer: Option<JoinHandle<()>>,
}

/// How the engine ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopping {
    /// How long calls that are under way are waited for.
    pub grace: Duration,
}

struct Inner {
    log: Log,
    shared: Arc<Shared>,
    inputs: Vec<mpsc::Sender<Input>>,
    callees: Vec<Callee>,
    tokio: Handle,
    /// Why everything stopped, when it did by itself.
    fatal: watch::Sender<Option<Arc<EngineError>>>,
    /// How often records for egresses came to the disk.
    records: watch::Sender<u64>,
    /// Whether those who wait for something are to stop waiting.
    stopping: watch::Sender<bool>,
    /// How far the topics were polled; held while one is.
    polled: tokio::sync::Mutex<egress::Polled>,
}

enum Input {
    Event(Event),
    /// A call over a network has ended.
    Answered(Address, Held),
    /// Messages have come, in this order.
    Letters(Vec<(Address, Letter)>),
    /// No new calls; the end when those under way have ended, and at the latest then.
    Stop(Instant),
}

impl Runtime {
    /// Starts the engine over a store. The catalogue's callees are indexes into `callees`.
    /// Of each topic the latest `retained` records are kept.
    ///
    /// # Errors
    /// When the store fails or threads cannot be started.
    pub fn start(
        store: Arc<dyn Store>,
        catalogue: Catalogue,
        callees: Vec<Callee>,
        settings: Settings,
        shards: usize,
        retained: u64,
        tokio: Handle,
    ) -> Result<Self, EngineError> {
        let log = Log::open(store.clone(), retained)?;
        let shared = Arc::new(Shared {
            catalogue,
            registry: Registry::load(&*store)?,
            store,
            metrics: Metrics::default(),
            shards,
            settings,
            next_timer: AtomicU64::new(log.first_sequence()),
            outages: Outages::default(),
        });
        let (inputs, receivers): (Vec<_>, Vec<_>) = (0..shards).map(|_| mpsc::channel()).unzip();
        let inner = Arc::new(Inner {
            log,
            shared,
            inputs,
            callees,
            tokio,
            fatal: watch::Sender::new(None),
            records: watch::Sender::new(0),
            stopping: watch::Sender::new(false),
            polled: tokio::sync::Mutex::default(),
        });
        let mut threads = Threads::default();
        for (index, receiver) in receivers.into_iter().enumerate() {
            let inner = inner.clone();
            let thread = thread::Builder::new().name(format!("shard-{index}"));
            let started = thread.spawn(move || shard_thread::run(index, &inner, &receiver));
            threads.shards.push(started.map_err(EngineError::Thread)?);
        }
        let started = thread::Builder::new().name("committer".to_owned()).spawn({
            let inner = inner.clone();
            move || committer::run(&inner)
        });
        threads.committer = Some(started.map_err(EngineError::Thread)?);
        Ok(Self { inner, threads: Mutex::new(threads) })
    }

    /// Brings messages in; when this returns, they are on the disk. `position` says how far
    /// their source was read with them, and is written with them; messages whose source was read
    /// that far before were brought in before, and are not again.
    ///
    /// Whoever does not wait for the end has brought them in all the same.
    ///
    /// # Errors
    /// When they will never be on the disk.
    pub async fn send(&self, sendings: Vec<Sending>, position: Option<Position>) -> Result<(), EngineError> {
        self.decide(Decision { position, sendings, ..Decision::default() }).await
    }

    /// Has something happen as a whole; when this returns, it is on the disk.
    async fn decide(&self, mut decision: Decision) -> Result<(), EngineError> {
        let (told, durable) = oneshot::channel();
        self.inner.append(&mut decision, Some(told))?;
        durable.await.map_err(|_| EngineError::Stopped)
    }

    /// Whether somebody hosts functions of the type.
    pub fn hosts(&self, function: &FunctionType) -> bool {
        self.inner.shared.catalogue.hosted(function).is_some()
    }

    /// What is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.inner.shared.metrics
    }

    /// Returns when the engine has stopped by itself, with why.
    pub async fn failed(&self) -> Arc<EngineError> {
        let mut fatal = self.inner.fatal.subscribe();
        match fatal.wait_for(Option::is_some).await {
            Ok(error) => error.clone().unwrap_or_else(|| Arc::new(EngineError::Stopped)),
            Err(_) => Arc::new(EngineError::Stopped),
        }
    }

    /// Whether it works.
    pub fn works(&self) -> bool {
        self.inner.fatal.borrow().is_none()
    }

    /// Those who wait for records need not wait any more; nothing else ends yet.
    pub fn release_readers(&self) {
        self.inner.stopping.send_replace(true);
    }

    /// Ends it: no new calls, those under way are waited for, everything decided comes to
    /// the disk.
    pub fn stop(&self, stopping: Stopping) {
        self.release_readers();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let latest = Instant::now() + stopping.grace;
        for input in &self.inner.inputs {
            // A shard that has stopped need not be told.
            let _ = input.send(Input::Stop(latest));
        }
        for shard in threads.shards {
            let _ = shard.join();
        }
        self.inner.log.close();
        if let Some(committer) = threads.committer {
            let _ = committer.join();
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.stop(Stopping { grace: Duration::ZERO });
    }
}

impl Inner {
    fn append(
        &self,
        decision: &mut Decision,
        when_durable: Option<oneshot::Sender<()>>,
    ) -> Result<crate::Ticket, EngineError> {
        self.log.append(decision, when_durable, &mut |letters| self.deliver(letters))
    }

    /// Hands messages to their shards.
    fn deliver(&self, letters: Vec<(Address, Letter)>) {
        let shards = self.inputs.len();
        let mut of_shards: Vec<Vec<(Address, Letter)>> = Vec::new();
        of_shards.resize_with(shards, || Vec::with_capacity(letters.len() / shards * 5 / 4 + 1));
        for (address, letter) in letters {
            of_shards[address.shard(shards)].push((address, letter));
        }
        for (input, letters) in self.inputs.iter().zip(of_shards) {
            if !letters.is_empty() {
                // A shard that has stopped takes them up from the disk when the program begins again.
                let _ = input.send(Input::Letters(letters));
            }
        }
    }

    fn tell(&self, shard: usize, event: Event) {
        // A shard that has stopped takes it up from the disk when the program begins again.
        let _ = self.inputs[shard].send(Input::Event(event));
    }

    fn tell_all(&self, event: impl Fn() -> Event) {
        for shard in 0..self.inputs.len() {
            self.tell(shard, event());
        }
    }

    /// Everything stops.
    fn fail(&self, error: EngineError) {
        tracing::error!(error = &error as &dyn std::error::Error, "the runtime stops");
        self.log.close();
        self.fatal.send_if_modified(|fatal| {
            let first = fatal.is_none();
            if first {
                *fatal = Some(Arc::new(error));
            }
            first
        });
    }
}

/// Milliseconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
