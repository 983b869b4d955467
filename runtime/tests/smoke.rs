// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Random commands over many addresses, with the runtime and the functions killed again and
//! again; in the end every count is what it must be.
//!
//! `STATEFUN_SMOKE` says how many commands; usually there are few. What is sent again because
//! a kill took the answer carries its position, so that it is taken once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::world::{Sdk, World, client};

const IDS: usize = 128;
const SENDERS: usize = 8;
const USUAL: usize = 3000;
const KILL_EVERY: Duration = Duration::from_millis(1500);

#[test]
fn python_counts_are_exact_whatever_is_killed() {
    smoke(Sdk::Python);
}

#[test]
fn javascript_counts_are_exact_whatever_is_killed() {
    smoke(Sdk::JavaScript);
}

fn smoke(sdk: Sdk) {
    let commands = std::env::var("STATEFUN_SMOKE").map_or(USUAL, |text| text.parse().expect("a number"));
    let mut world = World::new("transport: {call: 30s}");
    world.start_functions(sdk);
    world.start_runtime();
    let sent = Arc::new(AtomicUsize::new(0));
    let expected = Arc::new(Mutex::new(HashMap::<usize, i64>::new()));
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let (sent, expected) = (sent.clone(), expected.clone());
            let url = world.ingress_url("test/interpreter");
            thread::spawn(move || send(sender, commands / SENDERS, &url, &sent, &expected))
        })
        .collect();
    let (mut runtime_kills, mut function_kills) = (0, 0);
    let began = Instant::now();
    while !senders.iter().all(thread::JoinHandle::is_finished) {
        thread::sleep(KILL_EVERY);
        if (runtime_kills + function_kills) % 2 == 0 {
            world.kill_runtime();
            world.start_runtime();
            runtime_kills += 1;
        } else {
            let sdk = world.kill_functions().unwrap();
            world.start_functions(sdk);
            function_kills += 1;
        }
    }
    for sender in senders {
        sender.join().unwrap();
    }
    let took = began.elapsed();
    let expected = expected.lock().unwrap();
    let total: i64 = expected.values().sum();
    verify(&world, &expected);
    assert_eq!(world.dead_letters(), Vec::<Value>::new());
    assert!(runtime_kills > 0 && total > 0);
    println!(
        "{sdk:?}: {} commands, {total} increments at {} addresses, {runtime_kills} kills of the runtime, \
         {function_kills} of the functions, {took:.1?}; every count is exact",
        sent.load(Ordering::Relaxed),
        expected.len(),
    );
}

/// Every address is asked until its count is what it must be; more is a failure at once.
fn verify(world: &World, expected: &HashMap<usize, i64>) {
    let mut open: HashMap<String, i64> = expected.iter().map(|(id, count)| (id.to_string(), *count)).collect();
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

fn send(sender: usize, commands: usize, url: &str, sent: &AtomicUsize, expected: &Mutex<HashMap<usize, i64>>) {
    let client = client();
    let mut dice = Dice(sender as u64 + 1);
    for position in 1..=commands {
        let (target, body) = {
            let mut expected = expected.lock().unwrap();
            let target = dice.below(IDS);
            (target, Value::Array(program(&mut dice, target, 2, &mut expected)))
        };
        let url = format!("{url}/{target}");
        loop {
            let answer = client
                .put(&url)
                .header("content-type", "application/vnd.test/commands")
                .header("statefun-source", format!("sender-{sender}"))
                .header("statefun-position", position.to_string())
                .body(body.to_string())
                .send();
            if answer.is_ok_and(|answer| answer.status() == 200) {
                break;
            }
            thread::sleep(Duration::from_millis(20));
        }
        sent.fetch_add(1, Ordering::Relaxed);
    }
}

/// Commands for an address; what they will have counted is added.
fn program(dice: &mut Dice, at: usize, depth: usize, expected: &mut HashMap<usize, i64>) -> Vec<Value> {
    let count = 1 + dice.below(3);
    let mut commands = Vec::new();
    for _ in 0..count {
        let other = dice.below(IDS);
        match dice.below(if depth > 0 { 8 } else { 4 }) {
            0..=2 => {
                *expected.entry(at).or_default() += 1;
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

struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next()).unwrap() % end
    }
}
