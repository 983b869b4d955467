// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Random commands over many addresses, with the runtime and the functions killed again and
//! again; in the end every count is what it must be.
//!
//! `STATEFUN_SMOKE` says how many commands; usually there are few.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::storm::{Dice, IDS, storm, wanted};
use crate::world::{Sdk, World};

#[test]
fn python_counts_are_exact_whatever_is_killed() {
    smoke(Sdk::Python);
}

#[test]
fn javascript_counts_are_exact_whatever_is_killed() {
    smoke(Sdk::JavaScript);
}

#[test]
#[cfg_attr(not(has_java), ignore = "there is no Java with Maven here")]
fn java_counts_are_exact_whatever_is_killed() {
    smoke(Sdk::Java);
}

#[test]
#[cfg_attr(not(has_go), ignore = "there is no Go here")]
fn go_counts_are_exact_whatever_is_killed() {
    smoke(Sdk::Go);
}

/// What each address must have counted in the end.
type Expected = [AtomicI64; IDS];

fn smoke(sdk: Sdk) {
    let mut world = World::new("transport: {call: 30s}");
    world.start_functions(sdk);
    world.start_runtime();
    let expected: Expected = std::array::from_fn(|_| AtomicI64::new(0));
    let storm = storm(&mut world, "test/interpreter", "test/commands", wanted(), |dice| {
        let target = dice.below(IDS);
        (target, Value::Array(program(dice, target, 2, &expected)).to_string().into())
    });
    let expected: HashMap<usize, i64> = expected.into_iter().map(AtomicI64::into_inner).enumerate().collect();
    let total: i64 = expected.values().sum();
    verify(&world, &expected);
    assert_eq!(world.dead_letters(), Vec::<Value>::new());
    assert!(storm.runtime_kills > 0 && total > 0);
    println!("{sdk:?}: {storm}; {total} increments at {} addresses, every count is exact", expected.len());
}

/// Every address is asked until its count is what it must be; more is a failure at once.
fn verify(world: &World, expected: &HashMap<usize, i64>) {
    let counted = expected.iter().filter(|(_, count)| **count > 0);
    let mut open: HashMap<String, i64> = counted.map(|(id, count)| (id.to_string(), *count)).collect();
    let began = Instant::now();
    while !open.is_empty() {
        assert!(began.elapsed() < Duration::from_secs(120), "these counts stay too small: {open:?}");
        for id in open.keys() {
            world.command(id, &json!([{"do": "show", "topic": "verdicts"}]));
        }
        for _ in 0..open.len() {
            let shown = world.next("verdicts");
            let id = shown["id"].as_str().unwrap();
            let count = shown["count"].as_i64().unwrap_or_default();
            if let Some(must) = open.get(id) {
                assert!(count <= *must, "{id} has {count} and must have {must}");
                if count == *must {
                    open.remove(id);
                }
            }
        }
        if !open.is_empty() {
            thread::sleep(Duration::from_millis(500));
        }
    }
    // What is too much may come late: once more, all of them.
    thread::sleep(Duration::from_millis(500));
    for id in expected.keys() {
        world.command(&id.to_string(), &json!([{"do": "show", "topic": "verdicts"}]));
    }
    for _ in expected {
        let shown = world.next("verdicts");
        let id: usize = shown["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(shown["count"].as_i64(), Some(expected[&id]).filter(|count| *count > 0), "{id}");
    }
}

/// Commands for an address; what they will have counted is added.
fn program(dice: &mut Dice, at: usize, depth: usize, expected: &Expected) -> Vec<Value> {
    let count = 1 + dice.below(3);
    let mut commands = Vec::new();
    for _ in 0..count {
        let other = dice.below(IDS);
        match dice.below(if depth > 0 { 8 } else { 4 }) {
            0..=2 => {
                expected[at].fetch_add(1, Ordering::Relaxed);
                commands.push(json!({"do": "increment"}));
            }
            3 => commands.push(json!({"do": "out", "value": at})),
            4 | 5 => {
                let inner = program(dice, other, depth - 1, expected);
                commands.push(json!({"do": "send", "id": other.to_string(), "commands": inner}));
            }
            6 => {
                let inner = program(dice, other, depth - 1, expected);
                let ms = dice.below(200);
                commands.push(json!({"do": "later", "ms": ms, "id": other.to_string(), "commands": inner}));
            }
            _ => {
                // Were it not cancelled, it would count what nobody expects: after any run has ended.
                let token = format!("{at}-{}", dice.next());
                let inner = json!([{"do": "increment"}]);
                commands.push(
                    json!({"do": "later", "ms": 3_600_000, "id": other.to_string(), "commands": inner, "token": token}),
                );
                commands
                    .push(json!({"do": "send", "id": at.to_string(), "commands": [{"do": "cancel", "token": token}]}));
            }
        }
    }
    commands
}
