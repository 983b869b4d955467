// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How many messages a second embedded functions process, each durable: its function's state
//! and the message that follows from it are on the disk.
//!
//!     cargo bench -p statefun-sdk [-- SECONDS [ADDRESSES…]]
//!
//! Chains of messages run through so many addresses; each message counts at its address and
//! sends the next one. What is measured begins and ends with what is on the disk.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that cannot go on says where")]

mod process;

use std::sync::Arc;
use std::time::{Duration, Instant};

use statefun_sdk::{Context, Failure, FunctionType, Functions, Harness, Message, ValueSpec};
use statefun_store::FjallStore;

/// Messages are freed by other threads than those that made them, which the C library does slowly.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CHAINS: u64 = 2000;

fn main() {
    let mut given = std::env::args().filter_map(|argument| argument.parse().ok());
    let seconds = given.next().unwrap_or(5);
    let sizes: Vec<u64> = given.collect();
    let sizes = if sizes.is_empty() { vec![1_000, 100_000, 1_000_000] } else { sizes };
    println!("addresses  messages/s  processor/message  memory, peak");
    for addresses in sizes {
        process::forget_peak();
        let (rate, cost) = measure(addresses, Duration::from_secs(seconds));
        println!("{addresses:>9}  {rate:>10.0}  {cost:>14.1} µs  {:>9} MB", process::peak_memory_mb());
    }
}

/// How many messages a second, and what each cost in microseconds of processor time.
fn measure(addresses: u64, time: Duration) -> (f64, f64) {
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
    let (began, before) = (Instant::now(), process::processor_seconds());
    let end = u64::try_from((began + time - started()).as_millis()).unwrap();
    let first = (0..CHAINS).map(|chain| {
        let position = chain * (addresses / CHAINS.min(addresses)) % addresses;
        (counter.instance(&position.to_string()), join(position, end).cast_signed())
    });
    harness.send_all(first).unwrap();
    harness.egressed_typed("bench/ends", usize::try_from(CHAINS).unwrap()).unwrap();
    let (took, spent) = (began.elapsed(), process::processor_seconds() - before);
    let metrics = harness.runtime().metrics().of(&counter);
    let processed = metrics.r#in.load(std::sync::atomic::Ordering::Relaxed);
    #[expect(clippy::cast_precision_loss, reason = "a rate need not be exact")]
    let processed = processed as f64;
    (processed / took.as_secs_f64(), spent * 1e6 / processed)
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
