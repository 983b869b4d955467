// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How long calls took, as a histogram: how many took no longer than each of a few times.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The buckets' ends, in microseconds. From what a function on the same machine takes, to the two
/// minutes that a call may take where the module does not say otherwise; what takes longer is in
/// a last bucket without an end.
const BOUNDS_MICROS: [u64; 17] = [
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    30_000_000,
    60_000_000,
    120_000_000,
];

/// How long calls took.
#[derive(Debug, Default)]
pub struct Latency {
    /// How many ended in each bucket; the last has no end.
    buckets: [AtomicU64; BOUNDS_MICROS.len() + 1],
    sum_micros: AtomicU64,
}

impl Latency {
    /// Counts one that took so long.
    pub fn note(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_MICROS.partition_point(|bound| *bound < micros);
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        self.sum_micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// For each bound, in milliseconds, how many took no longer; the last bound is infinite, and
    /// its number is that of all.
    pub fn cumulative(&self) -> Vec<(f64, u64)> {
        let bounds = BOUNDS_MICROS.iter().map(|bound| millis(*bound)).chain([f64::INFINITY]);
        let mut until = 0;
        let grown = self.buckets.iter().map(|bucket| {
            until += bucket.load(Ordering::Relaxed);
            until
        });
        bounds.zip(grown).collect()
    }

    /// How long they took together, in milliseconds.
    pub fn sum_millis(&self) -> f64 {
        millis(self.sum_micros.load(Ordering::Relaxed))
    }

    /// Adds what another counted.
    pub(crate) fn add(&mut self, other: &Self) {
        for (bucket, more) in self.buckets.iter_mut().zip(&other.buckets) {
            *bucket.get_mut() += more.load(Ordering::Relaxed);
        }
        *self.sum_micros.get_mut() += other.sum_micros.load(Ordering::Relaxed);
    }
}

fn millis(micros: u64) -> f64 {
    micros as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_in_the_bucket_whose_end_it_does_not_pass() {
        let (mut all, one, other) = (Latency::default(), Latency::default(), Latency::default());
        for micros in [0, 500, 501] {
            one.note(Duration::from_micros(micros));
        }
        other.note(Duration::from_secs(3600));
        all.add(&one);
        all.add(&other);
        let counted = all.cumulative();
        assert_eq!(counted[..2], [(0.5, 2), (1.0, 3)]);
        assert_eq!(counted[counted.len() - 2..], [(120_000.0, 3), (f64::INFINITY, 4)]);
        assert!((all.sum_millis() - 3_600_001.001).abs() < 1e-6);
    }
}
