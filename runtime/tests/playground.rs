// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The playground's two ends, with curl's kind of requests.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{Sdk, World, eventually};

fn world() -> World {
    let mut world = World::new("");
    world.start_functions(Sdk::JavaScript);
    world.start_runtime();
    world
}

#[test]
fn what_is_no_message_is_refused_with_why() {
    let world = world();
    let refused = |address: &str, kind: &str, body: &'static [u8]| {
        let answer = world.put(address, kind, body);
        (answer.status().as_u16(), answer.text().unwrap())
    };
    let (status, why) = refused("elsewhere/f/1", "application/vnd.a/b", b"");
    assert_eq!((status, why.trim()), (404, "no module hosts functions of type elsewhere/f"));
    let (status, why) = refused("test/interpreter/1", "application/json", b"{}");
    assert_eq!(status, 415, "{why}");
    assert_eq!(refused("test/interpreter", "application/vnd.a/b", b"").0, 404);
    let (status, why) = refused("test/interpreter/%ff", "application/vnd.a/b", b"");
    assert_eq!(
        (status, why.trim()),
        (400, "what is percent-encoded in the address is no text in UTF-8; expected PUT /NAMESPACE/NAME/ID")
    );
    let (status, why) = refused("test/interpreter/", "application/vnd.a/b", b"");
    assert!(
        status == 400 && why.starts_with("a part of the address is empty; expected PUT /NAMESPACE/NAME/ID"),
        "{why}"
    );
    assert_eq!(refused(&format!("test/interpreter/{}", "x".repeat(20_000)), "application/vnd.a/b", b"").0, 400);
    let get = world.client.get(world.egress_url("unknown")).send().unwrap();
    assert_eq!(get.status(), 404);
    assert!(get.text().unwrap().contains("known: out, verdicts"));
    assert_eq!(world.client.get(world.egress_url("out")).send().unwrap().status(), 204);
}

#[test]
fn what_is_sent_again_with_its_position_is_taken_once() {
    let mut world = world();
    let send = |world: &World, position: &str| {
        let request = world
            .client
            .put(world.ingress_url("test/interpreter/p"))
            .header("content-type", "application/vnd.test/commands");
        let request = request.header("statefun-source", "me").header("statefun-position", position);
        request.body(json!([{"do": "increment"}]).to_string()).send().unwrap().status().as_u16()
    };
    assert_eq!([send(&world, "1"), send(&world, "1"), send(&world, "2"), send(&world, "x")], [200, 200, 200, 400]);
    world.kill_runtime();
    world.start_runtime();
    assert_eq!([send(&world, "2"), send(&world, "3")], [200, 200]);
    world.command("p", &json!([{"do": "show"}]));
    assert_eq!(world.next("out")["count"], 3);
}

#[test]
fn what_a_client_sends_again_that_went_in_the_middle_is_taken_once() {
    const MESSAGES: u64 = 150;
    let world = world();
    let connect = || TcpStream::connect(world.ingress_address()).unwrap();
    let body = json!([{"do": "increment"}]).to_string();
    let send = |connection: &mut TcpStream, position: u64| {
        let named = "Content-Type: application/vnd.test/commands\r\nStatefun-Source: gone\r\nStatefun-Position";
        let (start, length) = ("PUT /test/interpreter/gone HTTP/1.1\r\nHost: here\r\n", body.len());
        let head = format!("{start}{named}: {position}\r\nContent-Length: {length}\r\n\r\n");
        connection.write_all(format!("{head}{body}").as_bytes()).unwrap();
    };
    for position in 1..=MESSAGES {
        let mut gone = connect();
        send(&mut gone, position);
        thread::sleep(Duration::from_micros(300 * (position % 6)));
        drop(gone);
        let mut again = connect();
        send(&mut again, position);
        let mut answer = [0; 12];
        again.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
    }
    world.command("gone", &json!([{"do": "show"}]));
    assert_eq!(world.next("out")["count"], MESSAGES);
}

#[test]
fn records_are_followed_read_again_and_polled_once() {
    let mut world = world();
    let follow = world.client.get(world.egress_url("out?follow")).send().unwrap();
    for number in 0..3 {
        world.command("f", &json!([{"do": "out", "value": number}]));
    }
    let mut lines = BufReader::new(follow).lines();
    for number in 0..3 {
        let line: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(line, json!({"offset": number, "payload": number.to_string()}));
    }
    assert_eq!([world.next("out"), world.next("out")], [json!(0), json!(1)]);
    assert_eq!(world.stop_runtime(), Some(0), "a follower does not hold the end up");
    world.start_runtime();
    assert_eq!(world.next("out"), json!(2), "polling goes on where it was");
    assert_eq!(world.poll("out"), None);
    let again = world.client.get(world.egress_url("out?from=1")).send().unwrap().text().unwrap();
    assert_eq!(again.lines().count(), 2);
}

#[test]
fn records_that_are_no_text_are_read_as_they_are() {
    let world = world();
    let follow = world.client.get(world.broker_url("first?follow")).send().unwrap();
    let records = [json!({"value": "one\ntwo"}), json!({"base64": "/woA"})];
    for record in &records {
        let [mut command, given] = [json!({"do": "kafka", "topic": "first"}), record.clone()];
        command.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
        world.command("b", &json!([command]));
    }
    let expected = [json!({"offset": 0, "payload": "one\ntwo"}), json!({"offset": 1, "base64": "/woA"})];
    let lines =
        BufReader::new(follow).lines().take(2).map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    assert_eq!(lines.collect::<Vec<_>>(), expected);
    let page = world.client.get(world.broker_url("first?from=1")).send().unwrap().text().unwrap();
    assert_eq!(serde_json::from_str::<Value>(&page).unwrap(), expected[1]);
    let polled = [(); 2].map(|()| world.poll_bytes(&world.broker_url("first")));
    assert_eq!(polled, [Some(b"one\ntwo".to_vec()), Some(b"\xff\n\x00".to_vec())]);
}

#[test]
fn a_look_at_a_topic_takes_nothing_and_large_records_come_some_at_a_time() {
    let world = world();
    let large = "x".repeat(3_000_000);
    for number in 0..3 {
        world.command("l", &json!([{"do": "out", "value": format!("{number}{large}")}]));
    }
    let page = |from: &str| {
        let page = world.client.get(world.egress_url(&format!("out?from={from}"))).send().unwrap();
        let next = page.headers()["statefun-next"].to_str().unwrap().to_owned();
        (page.text().unwrap().lines().count(), next)
    };
    eventually("the last record", || page("2").0 == 1);
    assert_eq!([page("0"), page("2"), page("3")], [(2, "2".to_owned()), (1, "3".to_owned()), (0, "3".to_owned())]);
    let look = |topic: &str| world.client.head(world.egress_url(topic)).send().unwrap().status();
    assert_eq!([look("out"), look("unknown")].map(|status| status.as_u16()), [200, 404]);
    assert!(world.next("out").as_str().unwrap().starts_with('0'), "nothing was taken");
}

#[test]
fn messages_on_their_way_in_have_a_limit_and_give_their_room_back() {
    let world = world();
    let hold = || {
        let mut connection = TcpStream::connect(world.ingress_address()).unwrap();
        let head = "PUT /test/interpreter/slow HTTP/1.1\r\nHost: here\r\nContent-Length: 33000000\r\n\r\n";
        connection.write_all(head.as_bytes()).unwrap();
        connection.write_all(&vec![b'x'; 32_000_000]).unwrap();
        connection
    };
    let put = |size: usize| world.put("test/interpreter/1", "application/vnd.test/large", vec![b'x'; size]).status();
    // One that comes before the others are in takes their room: then it begins anew.
    eventually("there is no room for it", || {
        let held = [hold(), hold()];
        thread::sleep(Duration::from_millis(300));
        let refused = put(6_000_000) == 429;
        drop(held);
        refused
    });
    eventually("there is room again", || put(6_000_000) == 200);
}
