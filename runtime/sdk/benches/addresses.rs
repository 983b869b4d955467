// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What many addresses on the disk cost: memory, the time that a restart with them takes, and
//! the cost of a message among them.
//!
//!     cargo bench -p statefun-sdk --bench addresses [-- ADDRESSES…]
//!
//! The messages go to addresses all over, with no order in them: with more addresses than fit
//! into memory, nearly each one has its value read from the disk.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that cannot go on says where")]

mod process;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use statefun_engine::{SpecsRecord, keys, stored_value};
use statefun_protocol::{ExpirationSpec, Message as _, PersistedValueSpec};
use statefun_sdk::{Context, Failure, FunctionType, Functions, Harness, Message, Simple, ValueSpec};
use statefun_store::{FjallStore, Space, Store, Write};

/// Messages are freed by other threads than those that made them, which the C library does slowly.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const AT_ONCE: u64 = 10_000;
/// How many messages are supplied together, and how often.
const ASKED: (u32, u32) = (10_000, 30);

fn main() {
    let given: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if given.is_empty() { vec![1_000, 100_000, 1_000_000, 10_000_000] } else { given };
    println!("addresses   made in  restart  messages/s  processor/message  memory, peak  on disk");
    for addresses in sizes {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        process::forget_peak();
        let began = Instant::now();
        fill(&path, addresses);
        let made = began.elapsed();
        let began = Instant::now();
        let store = Arc::new(FjallStore::open(&path).unwrap());
        let harness = Harness::over(store.clone(), functions()).unwrap();
        harness.send(function().instance("first"), 1_i32).unwrap();
        harness.egressed_typed("bench/first", 1).unwrap();
        let restart = began.elapsed();
        let (rate, cost) = ask(&harness, addresses);
        let (memory, disk) = (process::peak_memory_mb(), store.disk_bytes() >> 20);
        println!(
            "{addresses:>9}  {made:>7.1?}  {restart:>7.0?}  {rate:>10.0}  {cost:>14.1} µs  {memory:>9} MB  {disk:>4} MB"
        );
    }
}

fn function() -> FunctionType {
    FunctionType::new("bench", "counter")
}

fn functions() -> Functions {
    let mut functions = Functions::new();
    let count = |context: &mut Context<'_>, message: &Message| -> Result<(), Failure> {
        let count = context.get::<i64>("count")?.unwrap_or_default() + i64::from(message.get::<i32>()?);
        context.set("count", count)?;
        let first = &*context.address().id == "first";
        context.egress(if first { "bench/first" } else { "bench/counted" }, count)
    };
    functions.bind(function(), [ValueSpec::new::<i64>("count")], count);
    functions
}

/// The store as it is after a message to each address.
fn fill(path: &Path, addresses: u64) {
    let store = FjallStore::open(path).unwrap();
    let spec = PersistedValueSpec {
        state_name: "count".to_owned(),
        expiration_spec: Some(ExpirationSpec::default()),
        type_typename: i64::TYPENAME.to_owned(),
    };
    let value = Some(SpecsRecord { specs: vec![spec] }.encode_to_vec().into());
    store.commit(vec![Write { space: Space::Specs, key: keys::of_function(&function()).freeze(), value }]).unwrap();
    let value: Bytes = stored_value(0, &1_i64.to_typed().encoded());
    for from in (0..addresses).step_by(usize::try_from(AT_ONCE).unwrap()) {
        let write = |number: u64| {
            let key = keys::value(&function().instance(&number.to_string()), "count");
            Write { space: Space::State, key, value: Some(value.clone()) }
        };
        store.commit((from..(from + AT_ONCE).min(addresses)).map(write).collect()).unwrap();
    }
}

/// Messages to addresses all over; how many a second, and what each cost in microseconds of
/// processor time.
fn ask(harness: &Harness, addresses: u64) -> (f64, f64) {
    let (began, before) = (Instant::now(), process::processor_seconds());
    let (together, times) = ASKED;
    for round in 0..times {
        let sendings = (0..together).map(|number| {
            let id = spread(u64::from(round * together + number)) % addresses;
            (function().instance(&id.to_string()), 1_i32)
        });
        harness.send_all(sendings).unwrap();
    }
    let all = together * times;
    let counted = harness.egressed::<i64>("bench/counted", usize::try_from(all).unwrap()).unwrap();
    assert!(counted.iter().all(|count| *count > 1), "every address had its value");
    let rate = f64::from(all) / began.elapsed().as_secs_f64();
    (rate, (process::processor_seconds() - before) * 1e6 / f64::from(all))
}

/// Spreads numbers over all numbers, in no order.
fn spread(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_add(1).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
