// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A whole runtime without threads: what happens next is diced.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use statefun_store::{MemoryStore, Space, Store};
use tokio::sync::oneshot;

use super::dice::{Dice, mix};
use super::function::{ADDRESSES, Format, Message, address, answer, write};
use crate::log::Taken;
use crate::outages::Outages;
use crate::{
    Answer, Catalogue, Decision, Effects, Event, Failure, FunctionType, Hosted, Log, Metrics, Reached, Registry,
    Request, Sending, Settings, Shard, Shared,
};

/// After so many steps nothing new begins.
const STEPS: usize = 600;
/// No message takes more memory.
const MOST_LETTER_BYTES: usize = 200;
/// A run that has not ended by then has lost something.
const MOST_STEPS: usize = 400_000;

/// A message that came through the ingress.
pub(super) struct Root {
    pub(super) message: Message,
    pub(super) target: usize,
    /// Whether it was said to be on the disk.
    pub(super) acknowledged: bool,
}

pub(super) struct World {
    pub(super) seed: u64,
    pub(super) store: Arc<MemoryStore>,
    pub(super) roots: Vec<Root>,
    pub(super) crashes: usize,
    pub(super) overflowed: usize,
    /// Messages that waited for a type that was down when nothing else did.
    pub(super) held_up: usize,
    /// Values that had expired when everything was at rest, and were removed.
    pub(super) swept: usize,
    dice: Dice,
    now: u64,
    running: Running,
    sent: [u64; ADDRESSES],
    /// Acknowledgements to come: the index of the root.
    pending: Vec<(usize, oneshot::Receiver<()>)>,
    calm: bool,
    odd: Odd,
}

/// How the functions of the odd type are, for as long as new things happen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Odd {
    /// As the others.
    Up,
    /// Nobody is there, or who is there says nothing for long.
    Down,
    /// Who is there says nothing.
    Silent,
}

/// What a crash ends.
struct Running {
    log: Log,
    shared: Arc<Shared>,
    shards: Vec<(Shard, VecDeque<Event>)>,
    calls: Vec<(usize, Request)>,
    taken: Option<Taken>,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let store = Arc::new(MemoryStore::new());
        let running = Running::start(&store, &mut dice);
        let odd = if dice.once_in(3) { Odd::Down } else { Odd::Up };
        Self {
            seed,
            store,
            roots: Vec::new(),
            crashes: 0,
            overflowed: 0,
            held_up: 0,
            swept: 0,
            dice,
            now: 1_000_000,
            running,
            sent: [0; ADDRESSES],
            pending: Vec::new(),
            calm: false,
            odd,
        }
    }

    /// Lets things happen for a while, then lets everything come to an end.
    pub(super) fn run(&mut self) {
        for _ in 0..STEPS {
            self.step();
        }
        self.calm = true;
        if self.odd == Odd::Down {
            self.odd = Odd::Silent;
            self.come_to_rest();
            self.others_went_on();
            self.odd = Odd::Up;
        }
        self.come_to_rest();
        self.sweep();
    }

    fn come_to_rest(&mut self) {
        for steps in 0.. {
            assert!(steps < MOST_STEPS, "seed {}: it does not come to an end", self.seed);
            if !self.step() {
                break;
            }
        }
    }

    /// Whatever waits for a type that is down, nothing waits for the other one.
    fn others_went_on(&mut self) {
        let mut visit = |key: &[u8], _: &[u8]| {
            let (address, _) = crate::keys::read_address(key).unwrap();
            assert_eq!(&*address.function.name, "odd", "seed {}: {address} has messages that wait", self.seed);
            self.held_up += 1;
            true
        };
        self.store.scan(Space::Mailbox, &[], None, &mut visit).unwrap();
    }

    /// Everything that can expire has, and is looked for.
    fn sweep(&mut self) {
        let before = self.store.count(Space::State);
        self.now += 1000;
        // Each time one of the two types is seen, or the end of them.
        for _ in 0..5 {
            self.running.tell_all(|| Event::Sweep);
            while self.step() {}
        }
        self.swept = before - self.store.count(Space::State);
    }

    /// Something happens; false when nothing can any more.
    fn step(&mut self) -> bool {
        if !self.calm && self.dice.once_in(8) {
            self.ingress();
            return true;
        }
        if !self.calm && self.dice.once_in(150) {
            self.crash();
            return true;
        }
        if !self.calm && self.dice.once_in(20) {
            self.running.tell_all(|| Event::Sweep);
        }
        let choices = [Self::shard_turns, Self::call_ends, Self::disk_takes, Self::disk_has, Self::time_passes];
        let first = self.dice.below(choices.len());
        let happened = (0..choices.len()).any(|turn| choices[(first + turn) % choices.len()](self));
        self.acknowledge();
        happened
    }

    fn ingress(&mut self) {
        let target = self.dice.below(ADDRESSES);
        self.sent[target] += 1;
        let name = mix(mix(self.seed ^ 0x5eed_0000_0000).wrapping_add(self.roots.len() as u64)) | 1;
        let message = Message { name, depth: 3, number: self.sent[target], cancels: 0 };
        let sending = Sending { caller: None, target: address(target), argument: write(&message) };
        let (told, durable) = oneshot::channel();
        self.running.append(&mut Decision { sendings: vec![sending], ..Decision::default() }, Some(told));
        self.pending.push((self.roots.len(), durable));
        self.roots.push(Root { message, target, acknowledged: false });
    }

    /// What was not committed is lost. A group that the disk has begun to take may be on it,
    /// without anybody having been told.
    fn crash(&mut self) {
        self.crashes += 1;
        if self.dice.once_in(2)
            && let Some(taken) = self.running.taken.take()
        {
            taken.only_written(&*self.store);
        }
        self.store = Arc::new(self.store.crash());
        self.running = Running::start(&self.store, &mut self.dice);
        self.pending.clear();
    }

    fn shard_turns(&mut self) -> bool {
        let waiting: Vec<usize> =
            (0..self.running.shards.len()).filter(|index| !self.running.shards[*index].1.is_empty()).collect();
        if waiting.is_empty() {
            return false;
        }
        let index = waiting[self.dice.below(waiting.len())];
        let events = 1 + self.dice.below(3);
        let mut effects = Effects::default();
        let (shard, inbox) = &mut self.running.shards[index];
        for _ in 0..events {
            if let Some(event) = inbox.pop_front() {
                shard.handle(self.now, event, &mut effects).unwrap();
            }
        }
        self.carry_out(index, effects);
        true
    }

    fn carry_out(&mut self, index: usize, effects: Effects) {
        let (shard, _) = &mut self.running.shards[index];
        let settings = &self.running.shared.settings;
        assert!(shard.busy() <= settings.most_busy, "seed {}: {} addresses are busy", self.seed, shard.busy());
        let (bytes, most) = (shard.resident_bytes(), 2 * settings.resident_bytes + MOST_LETTER_BYTES);
        assert!(bytes <= most, "seed {}: {bytes} bytes of messages are in memory", self.seed);
        self.overflowed += usize::from(shard.is_overflowing());
        self.running.calls.extend(effects.calls.into_iter().map(|call| (index, call.request)));
        let mut decision = effects.decision;
        if !decision.is_empty() {
            let ticket = self.running.append(&mut decision, None);
            self.running.shards[index].0.appended(ticket);
        }
        for function in effects.ready {
            self.running.tell_all(|| Event::Ready(function.clone()));
        }
    }

    fn call_ends(&mut self) -> bool {
        let odd = self.odd;
        let is_down = |request: &Request| odd != Odd::Up && &*request.address.function.name == "odd";
        let calls = self.running.calls.iter().enumerate();
        let ending: Vec<usize> =
            calls.filter(|(_, (_, request))| odd != Odd::Silent || !is_down(request)).map(|(at, _)| at).collect();
        if ending.is_empty() {
            return false;
        }
        let at = ending[self.dice.below(ending.len())];
        if is_down(&self.running.calls[at].1) && self.dice.once_in(2) {
            return true;
        }
        let (index, request) = self.running.calls.swap_remove(at);
        let nobody = is_down(&request) || (!self.calm && self.dice.once_in(6));
        let answer = if nobody {
            let is_silent = self.dice.once_in(2);
            let reached = if is_silent { Reached::Silent { heard_at: None } } else { Reached::No };
            Answer::Failed(Failure { reached, cause: "nobody is there".to_owned() })
        } else {
            answer(&request)
        };
        self.running.shards[index].1.push_back(Event::Answered(request.address, answer));
        true
    }

    fn disk_takes(&mut self) -> bool {
        if self.running.taken.is_some() {
            return false;
        }
        self.running.taken = self.running.log.take();
        self.running.taken.is_some()
    }

    fn disk_has(&mut self) -> bool {
        let Some(taken) = self.running.taken.take() else { return false };
        let committed = self.running.log.commit(taken).unwrap();
        self.running.tell_all(|| Event::Committed(committed));
        true
    }

    /// Time passes up to the next thing that waits for it, or not quite so far.
    fn time_passes(&mut self) -> bool {
        let next = self.running.shards.iter().filter_map(|(shard, _)| shard.next_tick()).min();
        let Some(next) = next else { return false };
        let ahead = usize::try_from(next.saturating_sub(self.now)).unwrap_or(usize::MAX - 2);
        // What is delayed for ever is cancelled, which needs no time.
        if ahead > 100_000_000 {
            return false;
        }
        self.now += if self.calm { ahead as u64 } else { self.dice.below(ahead + 2) as u64 };
        self.running.tell_all(|| Event::Tick);
        true
    }

    fn acknowledge(&mut self) {
        let roots = &mut self.roots;
        self.pending.retain_mut(|(root, durable)| match durable.try_recv() {
            Ok(()) => {
                roots[*root].acknowledged = true;
                false
            }
            Err(_) => true,
        });
    }
}

impl Running {
    fn start(store: &Arc<MemoryStore>, dice: &mut Dice) -> Self {
        let log = Log::open(store.clone(), u64::MAX).unwrap();
        let shards = 1 + dice.below(3);
        let mut catalogue = Catalogue::default();
        let most_in_batch = 1 + dice.below(4);
        catalogue.host_namespace("simulation", Hosted { most_in_batch, callee: 0 });
        catalogue.host(FunctionType::new("simulation", "odd"), Hosted { most_in_batch: 2, callee: 0 });
        catalogue.egress("simulation/egress", Arc::new(Format));
        let small = dice.once_in(2);
        let settings = Settings {
            resident_bytes: if small { 600 } else { 1_000_000 },
            most_busy: if small { 2 } else { 100 },
            most_queued: if small { 2 } else { 100 },
            most_batch_bytes: if small { 60 } else { 100_000 },
            call_bytes: if small { 60 } else { 100_000 },
            cache_bytes: if small { 400 } else { 100_000 },
            most_timers: if small { 4 } else { 100 },
            timer_bytes: if small && dice.once_in(2) { 500 } else { 100_000 },
            strict: false,
        };
        let shared = Arc::new(Shared {
            catalogue,
            registry: Registry::load(&**store).unwrap(),
            store: store.clone(),
            metrics: Metrics::default(),
            shards,
            settings,
            next_timer: AtomicU64::new(log.first_sequence()),
            outages: Outages::default(),
        });
        let first_sequence = log.first_sequence();
        let shard = |index| (Shard::new(index, shared.clone(), first_sequence), VecDeque::from([Event::Start]));
        let shards = (0..shards).map(shard).collect();
        Self { log, shared, shards, calls: Vec::new(), taken: None }
    }

    fn append(&mut self, decision: &mut Decision, told: Option<oneshot::Sender<()>>) -> crate::Ticket {
        let count = self.shards.len();
        let shards = &mut self.shards;
        let mut deliver = |letters: Vec<(crate::Address, crate::Letter)>| {
            for (address, letter) in letters {
                shards[address.shard(count)].1.push_back(Event::Deliver(address, letter));
            }
        };
        self.log.append(decision, told, &mut deliver).unwrap()
    }

    fn tell_all(&mut self, event: impl Fn() -> Event) {
        for (_, inbox) in &mut self.shards {
            inbox.push_back(event());
        }
    }
}

impl World {
    /// What is still under way.
    pub(super) fn is_quiet(&self) -> bool {
        self.running.calls.is_empty() && self.running.shards.iter().all(|(shard, _)| shard.busy() == 0)
    }

    /// What waits according to the metrics of the last run.
    pub(super) fn backlog(&self) -> i64 {
        self.running.shared.metrics.backlog()
    }

    /// How many addresses are blocked according to the metrics of the last run.
    pub(super) fn blocked(&self) -> i64 {
        let functions = self.running.shared.metrics.functions();
        functions.values().map(|metrics| metrics.blocked_addresses.load(std::sync::atomic::Ordering::Relaxed)).sum()
    }

    pub(super) fn reader(&self) -> &dyn Store {
        &*self.store
    }
}
