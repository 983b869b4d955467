// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The smoke test of Apache StateFun with upstream's own command interpreters, unchanged, out
//! of a checkout that `STATEFUN_UPSTREAM` names; nothing of them is here. The driver is ours:
//! random commands to them, kills of the runtime and of their processes, and in the end the
//! count of every instance, exactly.
//!
//! ```sh
//! STATEFUN_UPSTREAM=~/flink-statefun STATEFUN_SMOKE=100000 \
//!     cargo test --release --package statefun-server --test runtime upstream -- --ignored --nocapture
//! ```

mod commands;

use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use prost::Message;
use serde_json::Value;

use crate::functions::Functions;
use crate::storm::{Dice, IDS, storm, wanted};
use crate::world::{Sdk, World};
use commands::{Command, Commands, Send, SourceCommand, VerificationResult, Verify, What};

const INTERPRETER: &str = "statefun.smoke.e2e/command-interpreter-fn";
const SOURCE_COMMAND: &str = "statefun.smoke.e2e/source-command";
/// How deep commands are in commands at most, and how many there are at each depth, as upstream's driver has it.
const MOST_DEPTH: usize = 10;
const MOST_COMMANDS: usize = 3;

#[test]
#[ignore = "STATEFUN_UPSTREAM has to name a checkout of apache/flink-statefun"]
fn upstreams_javascript_interpreter_counts_exactly_whatever_is_killed() {
    smoke(Sdk::JavaScript);
}

#[test]
#[ignore = "STATEFUN_UPSTREAM has to name a checkout of apache/flink-statefun"]
fn upstreams_java_interpreter_counts_exactly_whatever_is_killed() {
    smoke(Sdk::Java);
}

#[test]
#[ignore = "STATEFUN_UPSTREAM has to name a checkout of apache/flink-statefun"]
fn upstreams_go_interpreter_counts_exactly_whatever_is_killed() {
    smoke(Sdk::Go);
}

/// What each instance must have counted in the end.
type Expected = [AtomicI64; IDS];

fn smoke(sdk: Sdk) {
    let mut world = World::new("");
    world.name_egresses([
        ("statefun.smoke.e2e/verification-sink", "verdicts"),
        ("statefun.smoke.e2e/discard-sink", "discarded"),
    ]);
    let (host, port) = world.functions_address();
    world.write_module(
        INTERPRETER,
        &format!("http://{host}:{port}/"),
        "maxNumBatchRequests: 10000\ntransport: {call: 30s}",
    );
    world.start_functions(Functions::Upstream(sdk));
    world.start_runtime();
    let expected: Expected = std::array::from_fn(|_| AtomicI64::new(0));
    let storm = storm(&mut world, INTERPRETER, SOURCE_COMMAND, wanted(), |dice| {
        let (target, depth) = (dice.below(IDS), dice.below(MOST_DEPTH));
        let commands = program(dice, target, depth, &expected);
        (target, SourceCommand { target: number(target), commands: Some(commands) }.encode_to_vec())
    });
    let expected = expected.map(AtomicI64::into_inner);
    verify(&world, &expected);
    assert_eq!(world.dead_letters(), Vec::<Value>::new());
    assert!(storm.runtime_kills > 0);
    let total: i64 = expected.iter().sum();
    println!("upstream's {sdk:?}: {storm}; {total} increments at {IDS} instances, every count is exact");
}

/// Commands for an instance, with upstream's frequencies; what they will have counted is added.
fn program(dice: &mut Dice, at: usize, depth: usize, expected: &Expected) -> Commands {
    let increment = || {
        expected[at].fetch_add(1, Ordering::Relaxed);
        Command { what: Some(What::Increment(commands::Nothing {})) }
    };
    let count = if depth == 0 { 0 } else { dice.below(MOST_COMMANDS) };
    let mut list = Vec::new();
    for _ in 0..count {
        let inner = |dice: &mut Dice| {
            let target = dice.below(IDS);
            Send { target: number(target), commands: Some(program(dice, target, depth - 1, expected)) }
        };
        // Of 163: state 40, send 90, send later 10, nothing 20, a record 3.
        match dice.below(163) {
            0..40 => list.push(increment()),
            40..130 => list.push(Command { what: Some(What::Send(inner(dice))) }),
            130..140 => list.push(Command { what: Some(What::SendAfter(inner(dice))) }),
            140..160 => {}
            _ => list.push(Command { what: Some(What::SendEgress(commands::Nothing {})) }),
        }
    }
    if list.is_empty() {
        list.push(increment());
    }
    Commands { command: list }
}

/// Every instance is asked every two seconds until its count is what it must be; more is a
/// failure at once.
fn verify(world: &World, expected: &[i64; IDS]) {
    let began = Instant::now();
    loop {
        let open = counts(world, expected);
        if open.is_empty() {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(300), "these counts stay too small: {open:?}");
        thread::sleep(Duration::from_secs(2));
    }
    // What is too much may come late.
    thread::sleep(Duration::from_secs(2));
    assert_eq!(counts(world, expected), Vec::<usize>::new());
}

/// Asks every instance once; gives those whose count is too small still.
fn counts(world: &World, expected: &[i64; IDS]) -> Vec<usize> {
    for (id, expected) in expected.iter().enumerate() {
        let verify = Command { what: Some(What::Verify(Verify { expected: *expected })) };
        let command = SourceCommand { target: number(id), commands: Some(Commands { command: vec![verify] }) };
        let content_type = format!("application/vnd.{SOURCE_COMMAND}");
        let answer = world.put(&format!("{INTERPRETER}/{id}"), &content_type, command.encode_to_vec());
        assert_eq!(answer.status(), 200);
    }
    let mut open: Vec<usize> = (0..IDS).collect();
    for _ in 0..IDS {
        let result = VerificationResult::decode(&*world.next_bytes("verdicts")).unwrap();
        let id = usize::try_from(result.id).unwrap();
        assert_eq!(result.expected, expected[id], "instance {id} was asked for another count");
        assert!(result.actual <= expected[id], "instance {id} has {} and must have {}", result.actual, expected[id]);
        if result.actual == expected[id] {
            open.retain(|other| *other != id);
        }
    }
    open
}

fn number(id: usize) -> i32 {
    i32::try_from(id).unwrap()
}
