// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What operators' programs read: the metrics, by Prometheus's own library for Python.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::functions::{here, set_up};
use crate::world::{Sdk, World, eventually};

const LATENCY: &str = "statefun_remoteInvocationLatency";

/// What that library makes of the metrics.
struct Read(Value);

impl Read {
    fn of(world: &World) -> Self {
        let python = set_up("statefun-sdks.sh", &["prometheus"]).join("prometheus/bin/python");
        let mut command = Command::new(python);
        command.arg(here("functions/metrics.py")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(world.admin("metrics").unwrap().as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "the library does not read it");
        Self(serde_json::from_slice(&output.stdout).unwrap())
    }

    fn kind(&self, family: &str) -> Option<&str> {
        self.0["types"][family].as_str()
    }

    /// The values of the interpreter's samples of a name, with their labels.
    fn samples(&self, name: &str) -> Vec<(&Value, f64)> {
        let samples = self.0["samples"].as_array().unwrap().iter();
        let samples = samples.filter(|sample| sample["name"] == name && sample["labels"]["function"] == "interpreter");
        samples.map(|sample| (&sample["labels"], sample["value"].as_f64().unwrap_or(f64::INFINITY))).collect()
    }

    fn one(&self, name: &str) -> f64 {
        let samples = self.samples(name);
        assert_eq!(samples.len(), 1, "{name}");
        assert_eq!(samples[0].0["namespace"], "test");
        samples[0].1
    }

    /// How many took no longer, for each bound in milliseconds.
    fn buckets(&self) -> Vec<(f64, f64)> {
        let samples = self.samples(&format!("{LATENCY}_bucket"));
        let bound = |labels: &Value| match labels["le"].as_str().unwrap() {
            "+Inf" => f64::INFINITY,
            bound => bound.parse().unwrap(),
        };
        samples.into_iter().map(|(labels, count)| (bound(labels), count)).collect()
    }

    fn no_longer_than(&self, millis: f64) -> f64 {
        self.buckets().into_iter().find(|(bound, _)| (bound - millis).abs() < f64::EPSILON).unwrap().1
    }
}

#[test]
fn how_long_functions_take_is_a_histogram_that_prometheus_reads() {
    let mut world = World::new("");
    world.start_functions(Sdk::JavaScript);
    world.start_runtime();
    world.command("1", &json!([{"do": "sleep", "ms": 300}, {"do": "show"}]));
    world.next("out");
    let (read, before) = (Read::of(&world), 2.0);
    assert_eq!(read.kind(LATENCY), Some("histogram"));
    assert_eq!(read.kind("statefun_in"), Some("counter"));
    assert_eq!(read.kind("statefun_inRate"), Some("gauge"));
    let buckets = read.buckets();
    let grow = |one: &(f64, f64), next: &(f64, f64)| one.0 < next.0 && one.1 <= next.1;
    assert!(buckets.is_sorted_by(grow), "bounds and counts grow: {buckets:?}");
    // The first request asked for no more than which state there is.
    assert_eq!(buckets.last(), Some(&(f64::INFINITY, before)));
    assert_eq!(read.one(&format!("{LATENCY}_count")).to_bits(), before.to_bits());
    assert_eq!(read.no_longer_than(250.0).to_bits(), 1.0_f64.to_bits(), "{buckets:?}");
    assert!((300.0..30_000.0).contains(&read.one(&format!("{LATENCY}_sum"))), "in milliseconds");
}

#[test]
fn each_try_of_a_call_is_counted_and_each_that_fails() {
    let mut world = World::new("transport: {call: 200ms}");
    world.start_functions(Sdk::JavaScript);
    world.start_runtime();
    world.command("1", &json!([{"do": "show"}]));
    world.next("out");
    world.command("1", &json!([{"do": "fail"}]));
    eventually("a dead letter", || world.dead_letters().len() == 1);
    let read = Read::of(&world);
    // The library ends the names of counters alike, whatever they are in the text.
    let (tries, failures) =
        (read.one(&format!("{LATENCY}_count")), read.one("statefun_remoteInvocationFailures_total"));
    assert!(failures > 2.0, "{failures} tries failed in 200 ms");
    assert_eq!((tries - failures).to_bits(), 2.0_f64.to_bits(), "{tries} tries, {failures} failures");
}
