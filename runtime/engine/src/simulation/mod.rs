// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The engine's core under dice: crashes that lose what was not synced, slow answers, slow
//! disks, shards that run in any order, functions that fail, memory that is too small.
//!
//! A seed gives a run; a run that fails is repeated by its seed. What must hold in the end
//! is in `verdict.rs`, what functions do in `function.rs`.

mod dice;
mod function;
mod verdict;
mod world;

use world::World;

/// How many seeds the usual test runs; `STATEFUN_SEEDS` says another number.
const SEEDS: u64 = 300;

#[test]
fn every_message_is_processed_once_and_in_order_whatever_happens() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
    let seeds = match number("STATEFUN_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("STATEFUN_SEEDS").unwrap_or(SEEDS),
    };
    let mut seen = verdict::Seen::default();
    for seed in seeds.clone() {
        let mut world = World::new(seed);
        world.run();
        seen += verdict::verdict(&world);
    }
    println!("{} seeds: {seen:?}", seeds.end - seeds.start);
    if seeds.end - seeds.start >= SEEDS {
        // A simulation in which nothing happens proves nothing.
        assert!(seen.processed > 10_000 && seen.crashes > 100 && seen.dead > 100, "{seen:?}");
        assert!(seen.cancelled > 100 && seen.delayed > 1000 && seen.overflowed > 100, "{seen:?}");
        assert!(seen.swept > 100 && seen.held_up > 1000, "{seen:?}");
    }
}
