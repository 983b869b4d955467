// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Functions that are not there, or stand still: their messages wait, and nobody else's.

use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::world::{Sdk, World, eventually};

#[test]
fn nobody_there_is_no_fault_of_the_messages() {
    let mut world = World::new("transport: {call: 100ms}");
    world.start_runtime();
    world.command("1", &json!([{"do": "increment"}, {"do": "show"}]));
    eventually("calls fail", || world.metric("remoteInvocationFailures", "interpreter") > 12);
    assert_eq!(world.metric("numBacklog", "interpreter"), 1);
    world.start_functions(Sdk::Python);
    assert_eq!(world.next("out")["count"], 1);
    assert!(world.dead_letters().is_empty());
}

#[test]
fn functions_that_stand_still_for_a_while_are_no_fault_of_the_messages() {
    let mut world = World::new("transport: {call: 300ms}");
    world.start_functions(Sdk::JavaScript);
    world.start_runtime();
    world.command("0", &json!([{"do": "show"}]));
    world.next("out");
    world.signal_functions("-STOP");
    for id in 0..100 {
        world.command(&id.to_string(), &json!([{"do": "increment"}]));
    }
    thread::sleep(Duration::from_secs(2));
    world.signal_functions("-CONT");
    eventually("nothing waits", || world.metric("numBacklog", "interpreter") == 0);
    assert!(world.dead_letters().is_empty());
    world.command("99", &json!([{"do": "show"}]));
    assert_eq!(world.next("out")["count"], 1);
}

#[test]
fn a_small_budget_sets_nothing_aside_when_the_functions_stand_still_for_long() {
    let mut world = World::new("transport: {call: 200ms}");
    world.start_functions(Sdk::JavaScript);
    world.start_runtime();
    for id in 0..50 {
        world.command(&id.to_string(), &json!([{"do": "increment"}]));
    }
    eventually("nothing waits", || world.metric("numBacklog", "interpreter") == 0);
    world.signal_functions("-STOP");
    for id in 0..50 {
        world.command(&id.to_string(), &json!([{"do": "increment"}]));
    }
    // Each is called seven times and more.
    thread::sleep(Duration::from_secs(11));
    world.signal_functions("-CONT");
    eventually("nothing waits", || world.metric("numBacklog", "interpreter") == 0);
    assert!(world.dead_letters().is_empty());
    world.command("49", &json!([{"do": "show"}]));
    assert_eq!(world.next("out")["count"], 2, "nothing was processed twice");
}

#[test]
fn the_log_says_of_a_type_that_it_is_down_and_that_it_is_back_and_nothing_of_each_address() {
    let mut world = World::new("transport: {call: 50ms}");
    world.start_runtime();
    for id in 0..100 {
        world.command(&id.to_string(), &json!([{"do": "increment"}]));
    }
    eventually("all were called and failed", || world.metric("remoteInvocationFailures", "interpreter") > 500);
    let lines = |world: &World, said: &str| world.runtime_log().lines().filter(|line| line.contains(said)).count();
    assert_eq!(lines(&world, "functions cannot be called; their messages wait"), 1, "{}", world.runtime_log());
    assert_eq!(lines(&world, "called again later"), 0, "that is for those who look for it");
    world.start_functions(Sdk::JavaScript);
    eventually("nothing waits", || world.metric("numBacklog", "interpreter") == 0);
    assert_eq!(lines(&world, "functions can be called again"), 1);
    let log = world.runtime_log();
    let down = log.lines().find(|line| line.contains("functions cannot be called")).unwrap();
    for said in ["WARN", "function=test/interpreter", "addresses=", "messages=", "example=", "cannot be reached"] {
        assert!(down.contains(said), "{said}: {down}");
    }
}

#[test]
fn functions_that_are_down_hold_up_no_others_before_and_after_a_restart() {
    let mut world = World::new("");
    let down =
        "---\nkind: io.statefun.endpoints.v2/http\nspec: {functions: down/*, urlPathTemplate: http://127.0.0.1:9/}\n";
    fs::write(world.module(), fs::read_to_string(world.module()).unwrap() + down).unwrap();
    world.arguments.extend(["--shards".to_owned(), "1".to_owned()]);
    world.start_functions(Sdk::JavaScript);
    world.start_runtime();
    // More than messages may take of the memory.
    for id in 0..80 {
        let large = vec![b'x'; 1_000_000];
        assert_eq!(world.put(&format!("down/f/{id}"), "application/vnd.test/large", large).status(), 200);
    }
    for round in ["before", "after"] {
        for id in 0..20 {
            world.command(&format!("{round}-{id}"), &json!([{"do": "increment"}, {"do": "show"}]));
        }
        for _ in 0..20 {
            assert_eq!(world.next("out")["count"], 1);
        }
        world.kill_runtime();
        world.start_runtime();
    }
    assert!(world.dead_letters().is_empty());
}
