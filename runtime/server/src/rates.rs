// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How fast counters grow: by the second, over the last minute.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use statefun_engine::{FunctionMetrics, FunctionType, Runtime};

/// Its name, what it counts, where it is.
type Counter = (&'static str, &'static str, fn(&FunctionMetrics) -> &AtomicU64);

/// The counters of a function type, under upstream's names.
pub(crate) const COUNTERS: [Counter; 6] = [
    ("in", "Messages that came to addresses of the type", |metrics| &metrics.r#in),
    ("outLocal", "Messages to addresses of the same shard", |metrics| &metrics.out_local),
    ("outRemote", "Messages to addresses of other shards", |metrics| &metrics.out_remote),
    ("outEgress", "Records for egresses", |metrics| &metrics.out_egress),
    ("remoteInvocationFailures", "Tries of calls that failed", |metrics| &metrics.remote_invocation_failures),
    ("deadLetters", "Messages that were set aside", |metrics| &metrics.dead_letters),
];

/// Those of which upstream gives the rate, too.
pub(crate) const HAVE_RATES: [&str; 5] = ["in", "outLocal", "outRemote", "outEgress", "remoteInvocationFailures"];

const EVERY: Duration = Duration::from_secs(5);
const SAMPLES: usize = 13;

type Totals = HashMap<(FunctionType, &'static str), u64>;

/// What the counters were.
#[derive(Default)]
pub(crate) struct Rates {
    samples: Mutex<VecDeque<(Instant, Totals)>>,
}

impl Rates {
    /// Looks at the counters again and again, as long as somebody has this.
    pub(crate) fn sample(runtime: Arc<Runtime>) -> Arc<Self> {
        let rates = Arc::new(Self::default());
        let kept = Arc::downgrade(&rates);
        tokio::spawn(async move {
            while let Some(rates) = kept.upgrade() {
                rates.take(Instant::now(), totals(&runtime));
                drop(rates);
                tokio::time::sleep(EVERY).await;
            }
        });
        rates
    }

    fn take(&self, at: Instant, totals: Totals) {
        let mut samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        samples.push_back((at, totals));
        if samples.len() > SAMPLES {
            samples.pop_front();
        }
    }

    /// How fast a counter grew lately, by the second.
    pub(crate) fn of(&self, function: &FunctionType, name: &'static str) -> f64 {
        let samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some((first, before)), Some((last, after))) = (samples.front(), samples.back()) else { return 0.0 };
        let key = (function.clone(), name);
        let total = |totals: &Totals| totals.get(&key).copied().unwrap_or_default();
        let grown = u32::try_from(total(after).saturating_sub(total(before))).unwrap_or(u32::MAX);
        let seconds = last.duration_since(*first).as_secs_f64();
        if seconds > 0.0 { f64::from(grown) / seconds } else { 0.0 }
    }
}

fn totals(runtime: &Runtime) -> Totals {
    let mut totals = Totals::new();
    for (function, metrics) in runtime.metrics().functions() {
        for (name, _, counter) in COUNTERS.iter().filter(|(name, ..)| HAVE_RATES.contains(name)) {
            totals.insert((function.clone(), name), counter(&metrics).load(Ordering::Relaxed));
        }
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_the_growth_over_the_samples() {
        let (rates, function, began) = (Rates::default(), FunctionType::new("a", "b"), Instant::now());
        let totals = |count| Totals::from([((function.clone(), "in"), count)]);
        let rate = |rates: &Rates| rates.of(&function, "in").round();
        assert_eq!(rate(&rates).to_bits(), 0.0_f64.to_bits());
        rates.take(began, Totals::new());
        rates.take(began + EVERY, totals(50));
        assert!((rate(&rates) - 10.0).abs() < 0.1);
        for number in 2..=20 {
            rates.take(began + EVERY * number, totals(50));
        }
        assert!(rate(&rates).abs() < 0.1, "what is long ago does not count");
    }
}
