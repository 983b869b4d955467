// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Callers, and what they saw.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::time::timeout;

use crate::Counter;
use crate::place::MOST_PATIENCE;

/// Before it is measured, everybody has called for so long.
const WARMING: Duration = Duration::from_secs(1);

/// What callers saw.
#[derive(Default)]
pub(crate) struct Measured {
    /// How long each call took.
    calls: Vec<Duration>,
    /// How long they called.
    time: Duration,
}

/// Has so many callers call, each again as soon as it has its answer.
pub(crate) async fn measure<C: Counter>(counter: &C, callers: usize, time: Duration) -> Measured {
    let (measuring, ended) = (AtomicBool::new(false), AtomicBool::new(false));
    let call = async |caller: usize| {
        let (mut calls, mut last) = (Vec::new(), None);
        while !ended.load(Ordering::Relaxed) {
            let counts = measuring.load(Ordering::Relaxed);
            let began = Instant::now();
            let count = timeout(MOST_PATIENCE, counter.add(caller)).await;
            let count = count.unwrap_or_else(|_| panic!("{} does not answer caller {caller}, after {last:?}", C::NAME));
            assert!(last.is_none_or(|last| count == last + 1), "{last:?} was followed by {count}");
            last = Some(count);
            if counts && !ended.load(Ordering::Relaxed) {
                calls.push(began.elapsed());
            }
        }
        calls
    };
    let clock = async {
        tokio::time::sleep(WARMING).await;
        measuring.store(true, Ordering::Relaxed);
        let began = Instant::now();
        tokio::time::sleep(time).await;
        ended.store(true, Ordering::Relaxed);
        began.elapsed()
    };
    let (calls, time) = futures_util::future::join(join_all((0..callers).map(call)), clock).await;
    Measured { calls: calls.concat(), time }
}

impl Measured {
    pub(crate) fn add(&mut self, other: Self) {
        self.calls.extend(other.calls);
        self.time += other.time;
    }

    #[expect(clippy::cast_precision_loss, reason = "nobody counts so many calls")]
    fn a_second(&self) -> f64 {
        self.calls.len() as f64 / self.time.as_secs_f64()
    }

    /// In milliseconds; of 100 calls, so many took less.
    fn percentile(&self, of_100: usize) -> f64 {
        let mut calls = self.calls.clone();
        calls.sort_unstable();
        let at = (calls.len() * of_100 / 100).min(calls.len().saturating_sub(1));
        calls.get(at).map_or(f64::NAN, |call| call.as_secs_f64() * 1000.0)
    }

    pub(crate) fn print(&self, callers: usize, who: &str) {
        if self.calls.is_empty() {
            println!("{callers:>4}  {who:<12}         0         -         -");
            return;
        }
        let (p50, p99) = (self.percentile(50), self.percentile(99));
        println!("{callers:>4}  {who:<12} {:>9.0} {p50:>9.2} {p99:>9.2}", self.a_second());
    }

    /// How much better these are: more calls, shorter ones.
    pub(crate) fn print_ratio(&self, other: &Self) {
        if self.calls.is_empty() || other.calls.is_empty() {
            println!("      no ratio     one of the two ended no call while it was measured: this machine is too busy");
            return;
        }
        let shorter = |of_100| other.percentile(of_100) / self.percentile(of_100);
        let more = self.a_second() / other.a_second();
        println!("      {:<12} {:>8.2}x {:>8.2}x {:>8.2}x", "better by", more, shorter(50), shorter(99));
    }
}
