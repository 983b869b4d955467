// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What others take of the runtime is bounded.

use std::net::TcpStream;

use serde_json::json;

use crate::world::{World, eventually};

#[test]
fn idle_connections_to_the_administration_take_nothing_from_the_rest() {
    let mut world = World::new("");
    world.open_files = Some(256);
    world.start_runtime();
    let address = world.admin_address();
    let idle: Vec<_> = (0..300).map_while(|_| TcpStream::connect(&*address).ok()).collect();
    assert!(idle.len() > 100, "{} are connected", idle.len());
    for id in 0..20 {
        world.command(&format!("{id}"), &json!([]));
    }
    drop(idle);
    eventually("whoever watches has a place again", || world.admin("healthz").is_some());
    let log = world.runtime_log();
    assert!(!log.contains("Too many open files"), "{log}");
}
