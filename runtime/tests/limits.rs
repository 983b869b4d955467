// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What others take of the runtime is bounded.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

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

/// What a process has had in memory at most, in megabytes.
fn peak_megabytes(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

/// A record for the playground's egress that has so many bytes, as an answer of the protocol.
fn large_answer(bytes: usize) -> Vec<u8> {
    let field = |number: u32, within: &[u8]| {
        let mut field = Vec::new();
        for mut rest in [(number as usize) << 3 | 2, within.len()] {
            while rest > 127 {
                field.push((rest % 128) as u8 | 128);
                rest /= 128;
            }
            field.push(rest as u8);
        }
        field.extend_from_slice(within);
        field
    };
    let record = json!({"topic": "out", "payload": "x".repeat(bytes)}).to_string();
    let value = [field(1, b"io.statefun.playground/EgressRecord"), vec![2 << 3, 1], field(3, record.as_bytes())];
    let egress = [field(1, b"io.statefun.playground"), field(2, b"egress"), field(3, &value.concat())];
    field(100, &field(4, &egress.concat()))
}

#[test]
fn many_large_answers_at_once_take_bounded_memory() {
    const CALLS: usize = 40;
    let mut world = World::new("");
    let answer = large_answer(25 * 1024 * 1024);
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\nconnection: close\r\n";
    let answer = Arc::new([format!("{head}content-length: {}\r\n\r\n", answer.len()).as_bytes(), &answer].concat());
    let listener = TcpListener::bind(world.functions_address()).unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, answer) = (stream.unwrap(), answer.clone());
            thread::spawn(move || {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request);
                stream.write_all(&answer)
            });
        }
    });
    world.start_runtime();
    for id in 0..CALLS {
        assert_eq!(world.put(&format!("test/large/{id}"), "text/plain", "x").status(), 200);
    }
    let done = || world.metric("outEgress", "large") == i64::try_from(CALLS).unwrap();
    let began = Instant::now();
    while !done() && began.elapsed() < Duration::from_secs(120) {
        thread::sleep(Duration::from_millis(100));
    }
    assert!(done(), "{} came", world.metric("outEgress", "large"));
    let peak = peak_megabytes(world.runtime_process());
    assert!(peak < 500, "1,000 MB came in, and {peak} MB were in memory");
}
