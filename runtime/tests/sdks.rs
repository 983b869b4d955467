// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Everything that functions can do, on the published SDKs as they are.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::world::{Sdk, World};

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

fn does_everything(world: &mut World) {
    messages_and_state(world);
    delayed_and_cancelled(world);
    expiring(world);
    over_a_restart(world);
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

fn delayed_and_cancelled(world: &World) {
    let began = Instant::now();
    let say = |text: &str| json!([{"do": "out", "value": text}]);
    world.command(
        "d",
        &json!([
            {"do": "later", "ms": 400, "id": "d", "commands": say("second")},
            {"do": "later", "ms": 250, "id": "e", "commands": say("cancelled"), "token": "t"},
            {"do": "later", "ms": 150, "id": "e", "commands": say("first")},
            {"do": "later", "ms": 50, "id": "d", "commands": [{"do": "cancel", "token": "t"}]},
        ]),
    );
    assert_eq!(world.next("out"), "first");
    assert!(began.elapsed() >= Duration::from_millis(150));
    assert_eq!(world.next("out"), "second");
    assert!(began.elapsed() >= Duration::from_millis(400));
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
}

fn expiring(world: &World) {
    let show = json!([{"do": "show"}]);
    world.command(
        "x",
        &json!([
            {"do": "set", "name": "written", "value": "w"},
            {"do": "set", "name": "called", "value": "c"},
            {"do": "show"},
        ]),
    );
    let shown = world.next("out");
    assert_eq!((&shown["written"], &shown["called"]), (&json!("w"), &json!("c")));
    for _ in 0..3 {
        thread::sleep(Duration::from_millis(300));
        world.command("x", &show);
    }
    let (_, _, last) = (world.next("out"), world.next("out"), world.next("out"));
    assert_eq!((&last["written"], &last["called"]), (&Value::Null, &json!("c")), "what is called lives on");
    thread::sleep(Duration::from_millis(750));
    world.command("x", &show);
    assert_eq!(world.next("out")["called"], Value::Null);
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

#[test]
fn python_passes_every_simple_type_through_message_and_state() {
    let world = world(Sdk::Python);
    let values: [(&str, &[u8], Value); 6] = [
        ("bool", b"\x08\x01", json!(true)),
        ("int", b"\x0d\xfe\xff\xff\xff", json!(-2)),
        ("long", b"\x09\x00\x00\x00\x00\x00\x00\x00\x80", json!(i64::MIN)),
        ("float", b"\x0d\0\0\xc0\x3f", json!(1.5)),
        ("double", b"\x09\0\0\0\0\0\0\xf8\x3f", json!(1.5)),
        ("string", "ü".as_bytes(), json!("ü")),
    ];
    passes(&world, &values);
}

#[test]
fn javascript_passes_every_simple_type_that_it_has() {
    let world = world(Sdk::JavaScript);
    let values: [(&str, &[u8], Value); 4] = [
        ("bool", b"\x08\x01", json!(true)),
        ("int", b"\x0d\xfe\xff\xff\xff", json!(-2)),
        ("float", b"\x0d\0\0\xc0\x3f", json!(1.5)),
        ("string", "ü".as_bytes(), json!("ü")),
    ];
    passes(&world, &values);
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
    let world = world(Sdk::Python);
    world.command("b", &json!([{"do": "sleep", "ms": 400}]));
    for _ in 0..50 {
        world.command("b", &json!([{"do": "increment"}]));
    }
    world.command("b", &json!([{"do": "show"}]));
    assert_eq!(world.next("out")["count"], 50);
    let calls = world.metric("remoteInvocationLatency_count", "interpreter");
    assert!(calls < 10, "{calls} calls were made for 52 messages");
}
