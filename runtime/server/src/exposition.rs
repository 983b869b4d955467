// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The metrics as Prometheus reads them, under upstream's names; text format 0.0.4.

use std::fmt::{Display, Write};
use std::sync::atomic::{AtomicI64, Ordering};

use statefun_engine::{FunctionMetrics, FunctionType, Metrics};

use crate::rates::{self, COUNTERS, Rates};

/// What the text says it is.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Its name, what it says, where it is.
type Gauge = (&'static str, &'static str, fn(&FunctionMetrics) -> &AtomicI64);

const GAUGES: [Gauge; 3] = [
    ("numBlockedAddress", "Addresses with more messages than fit into their next request", |metrics| {
        &metrics.blocked_addresses
    }),
    ("inflightAsyncOps", "Calls under way", |metrics| &metrics.inflight),
    ("numBacklog", "Messages that wait for their functions", |metrics| &metrics.backlog),
];

/// In milliseconds, as upstream's.
const LATENCY: &str = "remoteInvocationLatency";
const OF_ENGINE: [(&str, &str); 2] =
    [("commits", "Commits to the disk"), ("commit_micros", "Microseconds that commits took, all together")];

/// The text of all metrics.
pub(crate) fn render(metrics: &Metrics, rates: &Rates) -> String {
    let functions: Vec<_> = metrics.functions().into_iter().collect();
    let mut text = Text(String::new());
    for (name, help, counter) in COUNTERS {
        text.family(name, help, "counter");
        for (function, metrics) in &functions {
            text.sample(name, &labels(function), counter(metrics).load(Ordering::Relaxed));
        }
        if rates::HAVE_RATES.contains(&name) {
            let rate = format!("{name}Rate");
            text.family(&rate, &format!("{help}, by the second"), "gauge");
            for (function, _) in &functions {
                text.sample(&rate, &labels(function), format_args!("{:.3}", rates.of(function, name)));
            }
        }
    }
    for (name, help, gauge) in GAUGES {
        text.family(name, help, "gauge");
        for (function, metrics) in &functions {
            text.sample(name, &labels(function), gauge(metrics).load(Ordering::Relaxed));
        }
    }
    text.latency(&functions);
    for ((name, help), value) in OF_ENGINE.into_iter().zip([&metrics.commits, &metrics.commit_micros]) {
        text.family(name, help, "counter");
        text.sample(name, "", value.load(Ordering::Relaxed));
    }
    text.0
}

struct Text(String);

impl Text {
    fn family(&mut self, name: &str, help: &str, kind: &str) {
        let _ = writeln!(self.0, "# HELP statefun_{name} {help}");
        let _ = writeln!(self.0, "# TYPE statefun_{name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &str, value: impl Display) {
        let _ = match labels {
            "" => writeln!(self.0, "statefun_{name} {value}"),
            labels => writeln!(self.0, "statefun_{name}{{{labels}}} {value}"),
        };
    }

    fn latency(&mut self, functions: &[(FunctionType, FunctionMetrics)]) {
        let [bucket, sum, count] = ["bucket", "sum", "count"].map(|part| format!("{LATENCY}_{part}"));
        self.family(LATENCY, "Milliseconds that tries of calls took", "histogram");
        for (function, metrics) in functions {
            let (labels, latency) = (labels(function), &metrics.remote_invocation_latency);
            let cumulative = latency.cumulative();
            for (bound, until) in &cumulative {
                let bound = if bound.is_finite() { bound.to_string() } else { "+Inf".to_owned() };
                self.sample(&bucket, &format!("{labels},le=\"{bound}\""), until);
            }
            self.sample(&sum, &labels, latency.sum_millis());
            // Of the same moment as the buckets, with whose last it has to agree.
            self.sample(&count, &labels, cumulative.last().map_or(0, |(_, all)| *all));
        }
    }
}

fn labels(function: &FunctionType) -> String {
    format!("namespace=\"{}\",function=\"{}\"", quoted(&function.namespace), quoted(&function.name))
}

fn quoted(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
