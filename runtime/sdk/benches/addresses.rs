// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What many addresses on the disk cost: memory while they are made, the time that a restart
//! with them takes, and the cost of a message among them.
//!
//!     cargo bench -p statefun-sdk --bench addresses [-- ADDRESSES]

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that cannot go on says where")]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use statefun_engine::{SpecsRecord, keys, stored_value};
use statefun_protocol::{ExpirationSpec, Message as _, PersistedValueSpec};
use statefun_sdk::{Context, Failure, FunctionType, Functions, Harness, Message, Simple, ValueSpec};
use statefun_store::{FjallStore, Space, Store, Write};

const AT_ONCE: u64 = 10_000;
const ASKED: u64 = 20_000;

fn main() {
    let most = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(10_000_000_u64);
    println!("addresses   made in  restart  messages/s  memory now  on disk");
    for addresses in [1_000, most] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        let began = Instant::now();
        fill(&path, addresses);
        let made = began.elapsed();
        let began = Instant::now();
        let store = Arc::new(FjallStore::open(&path).unwrap());
        let harness = Harness::over(store.clone(), functions()).unwrap();
        harness.send(function().instance("first"), 1_i32).unwrap();
        harness.egressed_typed("bench/first", 1).unwrap();
        let restart = began.elapsed();
        let rate = ask(&harness, addresses);
        let (memory, disk) = (memory_mb(), store.disk_bytes() >> 20);
        println!("{addresses:>9}  {made:>7.1?}  {restart:>7.0?}  {rate:>10.0}  {memory:>7} MB  {disk:>4} MB");
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

/// Messages to addresses all over, each of which reads its value from the disk.
fn ask(harness: &Harness, addresses: u64) -> f64 {
    let began = Instant::now();
    let sendings = (0..ASKED).map(|number| {
        let id = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % addresses;
        (function().instance(&id.to_string()), 1_i32)
    });
    harness.send_all(sendings).unwrap();
    let counted = harness.egressed::<i64>("bench/counted", usize::try_from(ASKED).unwrap()).unwrap();
    assert!(counted.iter().all(|count| *count > 1), "every address had its value");
    f64::from(u32::try_from(ASKED).unwrap()) / began.elapsed().as_secs_f64()
}

fn memory_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or_default() / 1024
}
