// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Everything that functions can do, on the published SDKs as they are.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::world::{Sdk, World, eventually};

fn world(sdk: Sdk) -> World {
    let mut world = World::new("");
    world.start_functions(sdk);
    world.start_runtime();
    world
}

#[test]
fn python_functions_do_everything() {
    does_everything(&mut world(Sdk::Python));
}

#[test]
fn javascript_functions_do_everything() {
    does_everything(&mut world(Sdk::JavaScript));
}

#[test]
#[cfg_attr(not(has_java), ignore = "there is no Java with Maven here")]
fn java_functions_do_everything() {
    does_everything(&mut world(Sdk::Java));
}

#[test]
#[cfg_attr(not(has_go), ignore = "there is no Go here")]
fn go_functions_do_everything() {
    does_everything(&mut world(Sdk::Go));
}

fn does_everything(world: &mut World) {
    messages_and_state(world);
    let cancelled = delayed_and_cancelled(world);
    records_for_brokers(world);
    expiring(world);
    over_a_restart(world);
    thread::sleep(cancelled.saturating_duration_since(Instant::now()));
    assert_eq!(world.poll("out"), None, "what was cancelled came");
}

fn messages_and_state(world: &World) {
    world.command("a", &json!([{"do": "increment"}, {"do": "increment"}, {"do": "show"}]));
    let shown = world.next("out");
    assert_eq!((&shown["id"], &shown["count"], &shown["caller"]), (&json!("a"), &json!(2), &Value::Null));
    let to_b = json!([{"do": "increment"}, {"do": "show"}]);
    world.command("a", &json!([{"do": "send", "id": "b", "commands": to_b}]));
    let shown = world.next("out");
    assert_eq!((&shown["id"], &shown["count"], &shown["caller"]), (&json!("b"), &json!(1), &json!("a")));
    world.command("a", &json!([{"do": "send", "id": "a", "commands": [{"do": "show"}]}]));
    assert_eq!(world.next("out")["caller"], "a", "a function sends to itself");
    world.command("a", &json!([{"do": "delete", "name": "count"}, {"do": "show"}]));
    assert_eq!(world.next("out")["count"], Value::Null);
    let state = world.administer(&["state", "get", "test/interpreter", "b", "--json"]);
    let state: Value = serde_json::from_slice(&state.stdout).unwrap();
    assert_eq!((&state["name"], &state["value"]["plain"]), (&json!("count"), &json!(1)));
}

/// Gives when a message would have come that was cancelled.
fn delayed_and_cancelled(world: &World) -> Instant {
    let began = Instant::now();
    let say = |text: &str| json!([{"do": "out", "value": text}]);
    world.command(
        "d",
        &json!([
            {"do": "later", "ms": 400, "id": "d", "commands": say("second")},
            {"do": "later", "ms": 2500, "id": "e", "commands": say("cancelled"), "token": "t"},
            {"do": "later", "ms": 150, "id": "e", "commands": say("first")},
            {"do": "later", "ms": 50, "id": "d", "commands": [{"do": "cancel", "token": "t"}]},
        ]),
    );
    assert_eq!(world.next("out"), "first");
    assert!(began.elapsed() >= Duration::from_millis(150));
    assert_eq!(world.next("out"), "second");
    assert!(began.elapsed() >= Duration::from_millis(400));
    let acknowledged = Instant::now();
    // The token is free again; cancelling what is gone does nothing.
    world.command(
        "d",
        &json!([
            {"do": "cancel", "token": "t"},
            {"do": "later", "ms": 1, "id": "d", "commands": say("third"), "token": "t"},
        ]),
    );
    assert_eq!(world.next("out"), "third");
    world.command("d", &json!([{"do": "cancel", "token": "t"}, {"do": "cancel", "token": "never"}]));
    acknowledged + Duration::from_secs(3)
}

/// What functions send to Kafka and Kinesis is read where an egress of the playground stands in.
fn records_for_brokers(world: &World) {
    for (what, topic, value) in [("kafka", "first", "for Kafka"), ("kinesis", "second", "for Kinesis")] {
        world.command("k", &json!([{"do": what, "topic": topic, "value": value}]));
        let (url, mut found) = (world.broker_url(topic), None);
        eventually(what, || {
            found = world.poll_bytes(&url);
            found.is_some()
        });
        assert_eq!(found.unwrap(), value.as_bytes());
    }
}

/// How long the values of the tests' functions live.
const LIFETIME: Duration = Duration::from_millis(600);

fn expiring(world: &World) {
    let tried = (0..50).any(|attempt| expires(world, &format!("x{attempt}")));
    assert!(tried, "the machine is too slow to look at a value within {LIFETIME:?}");
}

/// False when the machine was too slow to tell.
fn expires(world: &World, id: &str) -> bool {
    let show = json!([{"do": "show"}]);
    let mut before = Instant::now();
    world.command(
        id,
        &json!([
            {"do": "set", "name": "written", "value": "w"},
            {"do": "set", "name": "called", "value": "c"},
            {"do": "show"},
        ]),
    );
    let mut shown = world.next("out");
    assert_eq!((&shown["written"], &shown["called"]), (&json!("w"), &json!("c")));
    let mut in_time = true;
    for _ in 0..3 {
        thread::sleep(LIFETIME / 2);
        let now = Instant::now();
        world.command(id, &show);
        shown = world.next("out");
        in_time &= before.elapsed() < LIFETIME;
        before = now;
    }
    if !in_time {
        return false;
    }
    assert_eq!((&shown["written"], &shown["called"]), (&Value::Null, &json!("c")), "what is called lives on");
    thread::sleep(LIFETIME + Duration::from_millis(150));
    world.command(id, &show);
    assert_eq!(world.next("out")["called"], Value::Null);
    true
}

fn over_a_restart(world: &mut World) {
    world.command(
        "r",
        &json!([
            {"do": "increment"},
            {"do": "later", "ms": 700, "id": "r", "commands": [{"do": "increment"}, {"do": "show"}]},
            {"do": "later", "ms": 700, "id": "r", "commands": [{"do": "increment"}], "token": "t"},
            {"do": "out", "value": "sent"},
        ]),
    );
    assert_eq!(world.next("out"), "sent");
    world.kill_runtime();
    world.start_runtime();
    world.command("r", &json!([{"do": "cancel", "token": "t"}]));
    assert_eq!(world.next("out")["count"], 2, "the timer fired, its state was there, the other was cancelled");
}

/// Each simple type with a value: as bytes, and as it is shown.
fn values() -> [(&'static str, &'static [u8], Value); 6] {
    [
        ("bool", b"\x08\x01", json!(true)),
        ("int", b"\x0d\xfe\xff\xff\xff", json!(-2)),
        ("long", b"\x09\x00\x00\x00\x00\x00\x00\x00\x80", json!(i64::MIN)),
        ("float", b"\x0d\0\0\xc0\x3f", json!(1.5)),
        ("double", b"\x09\0\0\0\0\0\0\xf8\x3f", json!(1.5)),
        ("string", "ü".as_bytes(), json!("ü")),
    ]
}

#[test]
fn python_passes_every_simple_type_through_message_and_state() {
    passes(&world(Sdk::Python), &values());
}

#[test]
fn javascript_passes_every_simple_type_that_it_has() {
    let values = values();
    let has: Vec<_> = values.into_iter().filter(|(name, ..)| !matches!(*name, "long" | "double")).collect();
    passes(&world(Sdk::JavaScript), &has);
}

#[test]
#[cfg_attr(not(has_java), ignore = "there is no Java with Maven here")]
fn java_passes_every_simple_type_through_message_and_state() {
    passes(&world(Sdk::Java), &values());
}

#[test]
#[cfg_attr(not(has_go), ignore = "there is no Go here")]
fn go_passes_every_simple_type_through_message_and_state() {
    passes(&world(Sdk::Go), &values());
}

fn passes(world: &World, values: &[(&str, &[u8], Value)]) {
    for (name, body, value) in values {
        let content_type = format!("application/vnd.io.statefun.types/{name}");
        assert_eq!(world.put("test/types/1", &content_type, body.to_vec()).status(), 200);
        assert_eq!(world.next("out"), json!({"type": name, "value": value, "same": true}));
    }
}

#[test]
fn messages_that_come_while_a_function_works_go_as_one_batch() {
    batches(&world(Sdk::Python));
    batches(&world(Sdk::JavaScript));
}

#[test]
#[cfg_attr(not(has_java), ignore = "there is no Java with Maven here")]
fn java_takes_messages_in_batches() {
    batches(&world(Sdk::Java));
}

#[test]
#[cfg_attr(not(has_go), ignore = "there is no Go here")]
fn go_takes_messages_in_batches() {
    batches(&world(Sdk::Go));
}

fn batches(world: &World) {
    world.command("b", &json!([{"do": "sleep", "ms": 1000}]));
    for _ in 0..50 {
        world.command("b", &json!([{"do": "increment"}]));
    }
    world.command("b", &json!([{"do": "show"}]));
    assert_eq!(world.next("out")["count"], 50);
    let calls = world.metric("remoteInvocationLatency_count", "interpreter");
    assert!(calls < 25, "{calls} calls were made for 52 messages");
}
