// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What functions answer wrongly, and what becomes of the messages.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::json;

use crate::world::{Sdk, World, eventually};

/// A server that answers the first requests with these bytes, later ones with an empty result.
struct Answers {
    given: Arc<Mutex<usize>>,
}

const EMPTY: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: 0\r\n\r\n";

impl Answers {
    fn serve(address: (String, u16), answers: &[Vec<u8>]) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let queue = Arc::new(Mutex::new(VecDeque::from(answers.to_vec())));
        let given = Arc::new(Mutex::new(0));
        let counted = given.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (queue, counted) = (queue.clone(), counted.clone());
                thread::spawn(move || answer(stream.unwrap(), &queue, &counted));
            }
        });
        Self { given }
    }

    fn given(&self) -> usize {
        *self.given.lock().unwrap()
    }
}

/// One request a connection.
fn answer(mut stream: TcpStream, queue: &Mutex<VecDeque<Vec<u8>>>, given: &Mutex<usize>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().to_lowercase().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().ok()?,
            _ if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    *given.lock().unwrap() += 1;
    let answer = queue.lock().unwrap().pop_front().unwrap_or_else(|| EMPTY.to_vec());
    stream.write_all(&answer).ok()?;
    stream.shutdown(std::net::Shutdown::Both).ok()
}

fn http(status: &str, content_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn protocol(body: &[u8]) -> Vec<u8> {
    http("200 OK", "application/octet-stream", body)
}

/// A field that holds what is within.
fn field(number: u32, within: &[u8]) -> Vec<u8> {
    let mut tag = number << 3 | 2;
    let mut bytes = Vec::new();
    while tag >= 0x80 {
        bytes.push(u8::try_from(tag & 0x7f).unwrap() | 0x80);
        tag >>= 7;
    }
    bytes.push(u8::try_from(tag).unwrap());
    bytes.push(u8::try_from(within.len()).unwrap());
    bytes.extend_from_slice(within);
    bytes
}

fn result(within: &[u8]) -> Vec<u8> {
    protocol(&field(100, within))
}

/// Sends one message to a function that answers so, with a short budget; gives the cause with
/// which it is a dead letter.
fn cause_of(answer: Vec<u8>) -> String {
    let endpoint = "transport: {call: 300ms, payload_max_bytes: 1000}";
    let mut world = World::new(endpoint);
    let answers = Answers::serve(world.functions_address(), &vec![answer; 500]);
    world.start_runtime();
    world.command("1", &json!([]));
    eventually("a dead letter", || !world.dead_letters().is_empty());
    assert!(answers.given() > 0);
    let letters = world.dead_letters();
    assert_eq!((letters.len(), &letters[0]["id"]), (1, &json!("1")));
    letters[0]["cause"].as_str().unwrap().to_owned()
}

#[test]
fn what_is_no_answer_is_said_to_be_what_it_is() {
    let html = http("200 OK", "text/html", b"<html>It works!</html>");
    let truncated =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: 50\r\n\r\nshort".to_vec();
    let mutation = |state: &[u8]| result(&field(1, &[b"\x08\x01".to_vec(), field(2, state)].concat()));
    let egress = result(&field(4, &[field(1, b"test"), field(2, b"nowhere")].concat()));
    let cases = [
        (html, "body of type text/html; expected application/octet-stream: <html>It works!</html>"),
        (truncated, "broke off"),
        (protocol(&[0xff; 20]), "no message of the protocol"),
        (protocol(&[0; 2000]), "more than 1000 bytes"),
        (mutation(b"unknown"), "changes the state \"unknown\", which is not registered"),
        (egress, "the egress test/nowhere, which no module defines"),
        (result(&field(2, b"")), "sends a message to nobody"),
        (
            http("500 Internal Server Error", "text/plain", b"Traceback: line 7"),
            "500 Internal Server Error: Traceback: line 7",
        ),
    ];
    let found: Vec<(String, &str)> = thread::scope(|scope| {
        let running = cases.map(|(answer, expected)| (scope.spawn(move || cause_of(answer)), expected));
        running.map(|(running, expected)| (running.join().unwrap(), expected)).into()
    });
    for (cause, expected) in found {
        assert!(cause.contains(expected), "{cause}\n{expected}");
        assert!(cause.starts_with("http://127.") || cause.starts_with("it "), "where it was: {cause}");
    }
}

#[test]
fn what_may_pass_is_tried_again_and_nothing_is_lost() {
    let mut world = World::new("");
    let refused = http("400 Bad Request", "text/plain", b"");
    let busy = http("429 Too Many Requests", "text/plain", b"");
    let answers =
        Answers::serve(world.functions_address(), &[refused, busy, b"".to_vec(), http("200 OK", "text/html", b"")]);
    world.start_runtime();
    world.command("1", &json!([]));
    eventually("the fifth request", || answers.given() == 5);
    eventually("nothing waits", || world.metric("numBacklog", "interpreter") == 0);
    assert!(world.dead_letters().is_empty());
}

#[test]
fn the_other_transport_does_not_try_again_what_the_function_does_not_want() {
    let endpoint = "transport: {type: io.statefun.transports.v1/okhttp, timeouts: {call: 5s}}";
    let mut world = World::new(endpoint);
    let refused = || http("400 Bad Request", "text/plain", b"no");
    let answers = Answers::serve(world.functions_address(), &[http("503 Unavailable", "text/plain", b""), refused()]);
    world.start_runtime();
    world.command("1", &json!([]));
    eventually("a dead letter", || !world.dead_letters().is_empty());
    assert_eq!(answers.given(), 2, "503 is tried again, 400 is not");
    assert!(world.dead_letters()[0]["cause"].as_str().unwrap().contains("400 Bad Request: no"));
}

#[test]
fn the_other_transport_waits_as_long_for_the_writing_as_it_is_told() {
    let limits = "{call: 1s, read: 60s, write: 200ms}";
    let mut world = World::new(&format!("transport: {{type: io.statefun.transports.v1/okhttp, timeouts: {limits}}}"));
    // It takes connections, and reads nothing.
    let _listener = TcpListener::bind(world.functions_address()).unwrap();
    world.start_runtime();
    let large = vec![b'x'; 20_000_000];
    assert_eq!(world.put("test/interpreter/1", "application/vnd.test/large", large).status(), 200);
    // Nobody hears of it: it may stand still, and the message waits.
    eventually("it is said", || world.runtime_log().contains("took nothing of the request for 200ms, after "));
    assert!(world.dead_letters().is_empty());
    assert_eq!(world.metric("numBacklog", "interpreter"), 1);
}

#[test]
fn a_poison_message_is_set_aside_alone_and_others_go_on() {
    let mut world = World::new("transport: {call: 200ms}");
    world.start_functions(Sdk::Python);
    world.start_runtime();
    // While the first is processed, the others become one batch.
    world.command("p", &json!([{"do": "sleep", "ms": 100}]));
    world.command("p", &json!([{"do": "increment"}]));
    world.command("p", &json!([{"do": "increment"}, {"do": "fail"}]));
    world.command("p", &json!([{"do": "increment"}]));
    world.command("other", &json!([{"do": "show"}]));
    assert_eq!(world.next("out")["id"], "other", "another address does not wait");
    world.command("p", &json!([{"do": "show"}]));
    assert_eq!(world.next("out")["count"], 2, "what failed has no effects");
    let letters = world.dead_letters();
    assert_eq!((letters.len(), &letters[0]["id"]), (1, &json!("p")));
    assert!(letters[0]["cause"].as_str().unwrap().contains("told to fail"));
    assert_eq!(world.metric("deadLetters", "interpreter"), 1);
    replay_and_drop(&mut world);
}

fn replay_and_drop(world: &mut World) {
    let number = |world: &World| world.dead_letters()[0]["number"].as_u64().unwrap();
    let first = number(world);
    let shown = world.administer(&["deadletter", "show", &first.to_string()]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("told to fail"));
    assert!(world.administer(&["deadletter", "replay", &first.to_string()]).status.success());
    eventually("it failed again, under a new number", || world.dead_letters().len() == 1 && number(world) != first);
    assert_eq!(world.administer(&["deadletter", "drop", &first.to_string()]).status.code(), Some(1), "it is gone");
    world.kill_runtime();
    let second = number(world);
    assert!(world.administer(&["deadletter", "replay", &second.to_string()]).status.success(), "without a runtime");
    assert!(world.dead_letters().is_empty());
    world.start_runtime();
    eventually("it failed once more", || world.dead_letters().len() == 1);
    assert!(world.administer(&["deadletter", "drop", &number(world).to_string()]).status.success());
    assert!(world.dead_letters().is_empty());
}

#[test]
fn many_dead_letters_are_settled_by_type_and_instance_when_that_is_agreed_to() {
    let mut world = World::new("");
    world.start_runtime();
    for address in ["test/a/1", "test/a/2", "test/b/1", "test/b/2", "test/b/2"] {
        assert_eq!(world.put(address, "application/vnd.test/x", "x").status(), 200);
    }
    world.kill_runtime();
    world.write_module("elsewhere/*", "http://127.0.0.1:9/", "");
    world.start_runtime();
    eventually("nobody hosts them", || world.dead_letters().len() == 5);
    let deadletter = |arguments: &[&str]| {
        let output = world.administer(&[&["deadletter"], arguments].concat());
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, _, said) = deadletter(&["drop", "--all"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("5 dead letters would be dropped for ever, and nobody can be asked"), "{said}");
    assert!(said.contains("hint: give --yes"), "{said}");
    assert_eq!(deadletter(&["replay", "--type", "test/b"]).0, Some(2));
    assert_eq!(world.dead_letters().len(), 5, "nothing was done");
    let listed = |arguments: &[&str]| deadletter(&[&["list"], arguments].concat()).1.lines().count();
    assert_eq!([listed(&["--type", "test/b"]), listed(&["--type", "test/b", "--id", "2", "--most", "1"])], [3, 1]);
    for wrong in [&["drop"][..], &["drop", "--id", "1", "--yes"], &["drop", "1", "--all"], &["drop", "--type", "b"]] {
        assert_eq!(deadletter(wrong).0, Some(2), "{wrong:?}");
    }
    let dropped = deadletter(&["drop", "--type", "test/b", "--id", "2", "--yes", "--json"]);
    assert_eq!(dropped, (Some(0), "{\"dropped\":2}\n".to_owned(), "dropped: 2\n".to_owned()));
    assert_eq!(deadletter(&["drop", "--type", "test/b", "--id", "2", "--yes"]).2, "dropped: 0\n");
    assert_eq!(deadletter(&["replay", "--type", "test/b", "--yes"]).2, "replayed: 1\n");
    eventually("it failed again", || world.dead_letters().len() == 3);
    world.kill_runtime();
    let deadletter = |arguments: &[&str]| world.administer(&[&["deadletter"], arguments].concat());
    assert!(deadletter(&["drop", "--type", "test/a", "--yes"]).status.success(), "without a runtime");
    assert_eq!(world.dead_letters().len(), 1);
    assert!(deadletter(&["drop", "--all", "--yes"]).status.success());
    assert!(world.dead_letters().is_empty());
}

#[test]
fn strictly_a_poison_message_is_tried_for_ever() {
    let mut world = World::new("transport: {call: 50ms}");
    world.arguments.push("--strict".to_owned());
    world.start_functions(Sdk::JavaScript);
    world.start_runtime();
    world.command("p", &json!([{"do": "fail"}]));
    eventually("calls fail", || world.metric("remoteInvocationFailures", "interpreter") > 20);
    assert!(world.dead_letters().is_empty());
    assert_eq!(world.metric("numBacklog", "interpreter"), 1);
}

#[test]
fn what_nobody_hosts_or_a_duplicate_token_asks_for_is_set_aside() {
    let mut world = World::new("transport: {call: 200ms}");
    world.start_functions(Sdk::Python);
    world.start_runtime();
    let later = json!({"do": "later", "ms": 60_000, "id": "x", "commands": [], "token": "same"});
    world.command("t", &json!([later]));
    world.command("t", &json!([{"do": "increment"}, later]));
    eventually("a dead letter", || world.dead_letters().len() == 1);
    assert!(world.dead_letters()[0]["cause"].as_str().unwrap().contains("the cancellation token \"same\""));
    world.command("t", &json!([{"do": "show"}]));
    assert_eq!(world.next("out")["count"], json!(null));
    // The module no longer hosts what a message was sent to.
    world.kill_functions();
    world.command("t", &json!([{"do": "increment"}]));
    world.kill_runtime();
    world.write_module("elsewhere/*", "http://127.0.0.1:9/", "");
    world.start_runtime();
    eventually("another dead letter", || world.dead_letters().len() == 2);
    assert!(
        world.dead_letters()[1]["cause"]
            .as_str()
            .unwrap()
            .contains("no module hosts functions of type test/interpreter")
    );
}

#[test]
fn who_sends_more_than_may_wait_is_asked_for_patience() {
    let mut world = World::new("maxNumBatchRequests: 3");
    world.arguments.extend(["--most-waiting".to_owned(), "10".to_owned()]);
    world.start_functions(Sdk::JavaScript);
    world.start_runtime();
    world.command("b", &json!([{"do": "sleep", "ms": 700}]));
    for _ in 0..9 {
        world.command("b", &json!([{"do": "increment"}]));
    }
    let answer = world.put("test/interpreter/b", "application/vnd.test/commands", "[]");
    assert_eq!(answer.status(), 429);
    assert_eq!(world.metric("numBlockedAddress", "interpreter"), 1, "nine wait, and three fit");
    eventually("there is room again", || world.metric("numBacklog", "interpreter") == 0);
    world.command("b", &json!([{"do": "show"}]));
    assert_eq!(world.next("out")["count"], 9);
    assert_eq!(world.metric("numBlockedAddress", "interpreter"), 0);
}

/// Answers nothing where the request is for the instance that hangs, and an empty result otherwise.
fn hang_or_answer(mut stream: TcpStream) -> Option<()> {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    let begins = |request: &[u8]| request.windows(4).position(|end| end == b"\r\n\r\n");
    while begins(&request).is_none_or(|head| request.len() < head + 10) {
        let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
        request.extend_from_slice(&piece[..read]);
    }
    if request.windows(5).any(|part| part == b"hangs") {
        thread::sleep(std::time::Duration::from_secs(600));
    }
    stream.write_all(&http("200 OK", "application/octet-stream", b"")).ok()?;
    stream.shutdown(std::net::Shutdown::Both).ok()
}

#[test]
fn a_first_message_whose_function_hangs_holds_up_its_own_address_alone() {
    let mut world = World::new("");
    let listener = TcpListener::bind(world.functions_address()).unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || hang_or_answer(stream.unwrap()));
        }
    });
    // A call has two minutes, and the other shard's addresses are of the same type.
    world.arguments = vec!["--grace-seconds".to_owned(), "0".to_owned()];
    world.start_runtime();
    world.command("hangs", &json!([]));
    eventually("it is called", || world.metric("inflightAsyncOps", "interpreter") == 1);
    for id in 0..20 {
        world.command(&id.to_string(), &json!([]));
    }
    eventually("the others are answered", || world.metric("numBacklog", "interpreter") == 1);
}
