// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How many messages a second embedded functions process, each durable: its function's state
//! and the message that follows from it are on the disk.
//!
//!     cargo bench -p statefun-sdk [-- SECONDS]
//!
//! Chains of messages run through so many addresses; each message counts at its address and
//! sends the next one. What is measured begins and ends with what is on the disk.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that cannot go on says where")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use statefun_sdk::{Context, Failure, FunctionType, Functions, Harness, Message, ValueSpec};
use statefun_store::FjallStore;

const CHAINS: u64 = 2000;

fn main() {
    let seconds = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(5);
    println!("addresses  messages/s  peak memory");
    for addresses in [1_000_u64, 100_000, 1_000_000] {
        let rate = measure(addresses, Duration::from_secs(seconds));
        println!("{addresses:>9}  {rate:>10.0}  {:>8} MB", peak_memory_mb());
    }
}

fn measure(addresses: u64, time: Duration) -> f64 {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(FjallStore::open(directory.path().join("store").as_path()).unwrap());
    let counter = FunctionType::new("bench", "counter");
    let mut functions = Functions::new();
    let target = counter.clone();
    let step = move |context: &mut Context<'_>, message: &Message| -> Result<(), Failure> {
        let (position, end) = split(message.get::<i64>()?.cast_unsigned());
        let count = context.get::<i64>("count")?.unwrap_or_default() + 1;
        context.set("count", count)?;
        if Instant::now() < started() + Duration::from_millis(end) {
            let next = (position + 7919) % addresses;
            context.send(target.instance(&next.to_string()), join(next, end).cast_signed())?;
            return Ok(());
        }
        context.egress("bench/ends", 1_i32)
    };
    functions.bind(counter.clone(), [ValueSpec::new::<i64>("count")], step);
    let harness = Harness::over(store, functions).unwrap();
    let began = Instant::now();
    let end = u64::try_from((began + time - started()).as_millis()).unwrap();
    for chain in 0..CHAINS {
        let position = chain * (addresses / CHAINS.min(addresses)) % addresses;
        harness.send(counter.instance(&position.to_string()), join(position, end).cast_signed()).unwrap();
    }
    harness.egressed_typed("bench/ends", usize::try_from(CHAINS).unwrap()).unwrap();
    let took = began.elapsed();
    let metrics = harness.runtime().metrics().of(&counter);
    let processed = metrics.r#in.load(std::sync::atomic::Ordering::Relaxed);
    #[expect(clippy::cast_precision_loss, reason = "a rate need not be exact")]
    let rate = processed as f64 / took.as_secs_f64();
    rate
}

fn started() -> Instant {
    static STARTED: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    *STARTED.get_or_init(Instant::now)
}

/// Where a chain is, and when it ends, in milliseconds since the program began.
fn split(number: u64) -> (u64, u64) {
    (number >> 32, number & 0xffff_ffff)
}

fn join(position: u64, end: u64) -> u64 {
    position << 32 | end
}

fn peak_memory_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or_default() / 1024
}
