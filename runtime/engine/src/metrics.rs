// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is counted: per function type, and for the whole.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::FunctionType;

/// What is counted of one function type. The names are upstream's.
#[derive(Debug, Default)]
pub struct FunctionMetrics {
    /// Messages that came in.
    pub r#in: AtomicU64,
    /// Messages sent to addresses of the same shard.
    pub out_local: AtomicU64,
    /// Messages sent to addresses of other shards.
    pub out_remote: AtomicU64,
    /// Records sent to egresses.
    pub out_egress: AtomicU64,
    /// Calls that came to nothing.
    pub remote_invocation_failures: AtomicU64,
    /// Addresses with more messages than fit into their next request.
    pub blocked_addresses: AtomicI64,
    /// Calls under way.
    pub inflight: AtomicI64,
    /// Messages that wait.
    pub backlog: AtomicI64,
    /// Calls that were answered.
    pub answered: AtomicU64,
    /// How long they took together, in microseconds.
    pub latency_micros: AtomicU64,
    /// Messages that could not be taken.
    pub dead_letters: AtomicU64,
}

/// What is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    functions: Mutex<BTreeMap<FunctionType, Arc<FunctionMetrics>>>,
    /// Batches brought to the disk.
    pub commits: AtomicU64,
    /// How long that took together, in microseconds.
    pub commit_micros: AtomicU64,
}

impl Metrics {
    /// What is counted of a type.
    pub fn of(&self, function: &FunctionType) -> Arc<FunctionMetrics> {
        let mut functions = self.functions.lock().unwrap_or_else(PoisonError::into_inner);
        match functions.get(function) {
            Some(metrics) => metrics.clone(),
            None => functions.entry(function.clone()).or_default().clone(),
        }
    }

    /// Every type of which something was counted.
    pub fn functions(&self) -> BTreeMap<FunctionType, Arc<FunctionMetrics>> {
        self.functions.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many messages wait, of all types.
    pub fn backlog(&self) -> i64 {
        let functions = self.functions.lock().unwrap_or_else(PoisonError::into_inner);
        functions.values().map(|metrics| metrics.backlog.load(Ordering::Relaxed)).sum()
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
