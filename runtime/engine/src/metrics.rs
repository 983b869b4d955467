// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is counted: per function type, and for the whole.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::{FunctionType, Latency};

/// What is counted of one function type. The names are upstream's.
///
/// It has lines of the processor's cache to itself: each shard counts in its own.
#[derive(Debug, Default)]
#[repr(align(128))]
pub struct FunctionMetrics {
    /// Messages that came in.
    pub r#in: AtomicU64,
    /// Messages sent to addresses of the same shard.
    pub out_local: AtomicU64,
    /// Messages sent to addresses of other shards.
    pub out_remote: AtomicU64,
    /// Records sent to egresses.
    pub out_egress: AtomicU64,
    /// Tries that came to nothing, of calls.
    pub remote_invocation_failures: AtomicU64,
    /// Addresses with more messages than fit into their next request.
    pub blocked_addresses: AtomicI64,
    /// Calls under way.
    pub inflight: AtomicI64,
    /// Messages that wait.
    pub backlog: AtomicI64,
    /// Addresses that wait to be called again.
    pub waiting_addresses: AtomicI64,
    /// Messages that wait for functions of any type of the same shard.
    of_shard: Arc<Waiting>,
    /// How long tries took, of calls over a network.
    pub remote_invocation_latency: Latency,
    /// Messages that could not be taken.
    pub dead_letters: AtomicU64,
}

/// How many messages of a shard wait; by itself in a line of the processor's cache.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Waiting(AtomicI64);

/// What is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Of each type, what each shard counted.
    functions: Mutex<BTreeMap<FunctionType, Vec<Arc<FunctionMetrics>>>>,
    /// Of each shard, how many messages wait: who sends is told with each message whether there
    /// is room, and does not add up all types.
    waiting: RwLock<Vec<Arc<Waiting>>>,
    /// Batches brought to the disk.
    pub commits: AtomicU64,
    /// How long that took together, in microseconds.
    pub commit_micros: AtomicU64,
}

impl Metrics {
    /// Where a shard counts what is of a type.
    pub(crate) fn at(&self, shard: usize, function: &FunctionType) -> Arc<FunctionMetrics> {
        let mut functions = self.lock();
        let shards = match functions.get_mut(function) {
            Some(shards) => shards,
            None => functions.entry(function.clone()).or_default(),
        };
        if shards.len() <= shard {
            for shard in shards.len()..=shard {
                let of_shard = self.waiting(shard);
                shards.push(Arc::new(FunctionMetrics { of_shard, ..FunctionMetrics::default() }));
            }
        }
        shards[shard].clone()
    }

    fn waiting(&self, shard: usize) -> Arc<Waiting> {
        let mut waiting = self.waiting.write().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() <= shard {
            waiting.resize_with(shard + 1, Arc::default);
        }
        waiting[shard].clone()
    }

    /// What was counted of a type until now.
    pub fn of(&self, function: &FunctionType) -> FunctionMetrics {
        self.lock().get(function).map(|shards| FunctionMetrics::sum(shards)).unwrap_or_default()
    }

    /// What was counted until now of every type of which something was.
    pub fn functions(&self) -> BTreeMap<FunctionType, FunctionMetrics> {
        let functions = self.lock();
        functions.iter().map(|(function, shards)| (function.clone(), FunctionMetrics::sum(shards))).collect()
    }

    /// How many messages wait, of all types.
    pub fn backlog(&self) -> i64 {
        let waiting = self.waiting.read().unwrap_or_else(PoisonError::into_inner);
        waiting.iter().map(|of_shard| of_shard.0.load(Ordering::Relaxed)).sum()
    }

    /// How many messages wait for functions of a type.
    pub fn backlog_of(&self, function: &FunctionType) -> i64 {
        let functions = self.lock();
        let shards = functions.get(function).map(Vec::as_slice).unwrap_or_default();
        shards.iter().map(|metrics| metrics.backlog.load(Ordering::Relaxed)).sum()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<FunctionType, Vec<Arc<FunctionMetrics>>>> {
        self.functions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FunctionMetrics {
    /// So many more messages wait, or fewer.
    pub(crate) fn move_backlog(&self, by: i64) {
        move_by(&self.backlog, by);
        move_by(&self.of_shard.0, by);
    }

    fn sum(shards: &[Arc<Self>]) -> Self {
        let counter = |of: fn(&Self) -> &AtomicU64| {
            shards.iter().map(|shard| of(shard).load(Ordering::Relaxed)).sum::<u64>().into()
        };
        let gauge = |of: fn(&Self) -> &AtomicI64| {
            shards.iter().map(|shard| of(shard).load(Ordering::Relaxed)).sum::<i64>().into()
        };
        let mut latency = Latency::default();
        for shard in shards {
            latency.add(&shard.remote_invocation_latency);
        }
        Self {
            r#in: counter(|of| &of.r#in),
            out_local: counter(|of| &of.out_local),
            out_remote: counter(|of| &of.out_remote),
            out_egress: counter(|of| &of.out_egress),
            remote_invocation_failures: counter(|of| &of.remote_invocation_failures),
            blocked_addresses: gauge(|of| &of.blocked_addresses),
            inflight: gauge(|of| &of.inflight),
            backlog: gauge(|of| &of.backlog),
            waiting_addresses: gauge(|of| &of.waiting_addresses),
            remote_invocation_latency: latency,
            dead_letters: counter(|of| &of.dead_letters),
            of_shard: Arc::default(),
        }
    }
}

/// Counts `by` more.
pub(crate) fn count(counter: &AtomicU64, by: usize) {
    counter.fetch_add(by as u64, Ordering::Relaxed);
}

/// Moves a gauge by `by`.
pub(crate) fn move_by(gauge: &AtomicI64, by: i64) {
    gauge.fetch_add(by, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_counted_by_type_and_for_the_whole() {
        let (metrics, one, other) = (Metrics::default(), FunctionType::new("a", "b"), FunctionType::new("a", "c"));
        for (shard, function, by) in [(2, &one, 5), (0, &one, 3), (2, &other, 4), (2, &one, -1)] {
            metrics.at(shard, function).move_backlog(by);
        }
        assert_eq!((metrics.backlog(), metrics.backlog_of(&one), metrics.backlog_of(&other)), (11, 7, 4));
        assert_eq!(metrics.of(&one).backlog.load(Ordering::Relaxed), 7);
    }
}
