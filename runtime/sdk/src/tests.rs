// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The same functions embedded, in the harness, and over HTTP.

use std::time::Duration;

use super::*;

fn function(name: &str) -> FunctionType {
    FunctionType::new("example", name)
}

/// Counts what it is sent, passes it to the teller later, can be told to forget or to fail.
fn count(context: &mut Context<'_>, message: &Message) -> Result<(), Failure> {
    match &*message.get::<String>()? {
        "fail" => Err(Failure("told to fail".to_owned())),
        "panic" => panic!("told to panic"),
        "forget" => context.remove("count"),
        "wrong" => context.set("count", 1_i64),
        "cancelled" => {
            context.send_cancellable(Duration::from_secs(3600), function("teller").instance("t"), 7, "token")?;
            context.cancel("token");
            Ok(())
        }
        _ => {
            let count = context.get::<i32>("count")?.unwrap_or_default() + 1;
            context.set("count", count)?;
            context.send_after(Duration::from_millis(5), function("teller").instance("t"), count)
        }
    }
}

/// Tells who sent what.
fn tell(context: &mut Context<'_>, message: &Message) -> Result<(), Failure> {
    let caller = context.caller().map(ToString::to_string).unwrap_or_default();
    context.egress("example/told", format!("{caller} {}", message.get::<i32>()?))
}

fn functions() -> Functions {
    let mut functions = Functions::new();
    functions.bind(function("counter"), [ValueSpec::new::<i32>("count")], count);
    functions.bind(function("teller"), [], tell);
    functions
}

#[test]
fn an_application_runs_in_a_test() {
    let harness = Harness::start(functions()).unwrap();
    let counter = function("counter").instance("c");
    for text in ["one", "cancelled", "two", "forget", "three"] {
        harness.send(counter.clone(), text.to_owned()).unwrap();
    }
    let mut told = harness.egressed::<String>("example/told", 3).unwrap();
    told.sort();
    assert_eq!(told, ["example/counter/c 1", "example/counter/c 1", "example/counter/c 2"]);
    let value = harness.value(&counter, "count").unwrap().unwrap();
    assert_eq!(i32::from_typed(&value).unwrap(), 1);
    let error = harness.egressed::<i32>("example/told", 1).unwrap_err();
    assert!(matches!(error, HarnessError::Record { .. }), "{error}");
}

#[test]
fn what_fails_panics_or_sets_wrongly_is_set_aside() {
    let harness = Harness::start(functions()).unwrap();
    let counter = function("counter").instance("c");
    for text in ["one", "fail", "panic", "wrong", "two"] {
        harness.send(counter.clone(), text.to_owned()).unwrap();
    }
    let mut told = harness.egressed::<String>("example/told", 2).unwrap();
    told.sort();
    assert_eq!(told, ["example/counter/c 1", "example/counter/c 2"]);
    let letters = statefun_engine::DeadLetterEntry::list(harness.runtime().store(), 0, 10).unwrap();
    let causes: Vec<&str> = letters.iter().map(|entry| &*entry.letter.cause).collect();
    let wrong = "the value \"count\" is of type io.statefun.types/int, not io.statefun.types/long";
    assert_eq!(causes, ["told to fail", "the function panicked: told to panic", wrong]);
}

#[test]
fn the_same_functions_answer_the_protocol() {
    use statefun_protocol::{self as wire, Message as _};
    let tokio = tokio::runtime::Runtime::new().unwrap();
    let listener = tokio.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    tokio.spawn(serve(listener, functions()));
    let ask = |state: Vec<wire::PersistedValue>| {
        let invocation = wire::Invocation { caller: None, argument: Some("one".to_owned().to_typed().encoded()) };
        let batch = wire::InvocationBatchRequest {
            target: Some((&function("counter").instance("c")).into()),
            state,
            invocations: vec![invocation.clone(), invocation],
        };
        let request = wire::ToFunction { request: Some(wire::Request::Invocation(batch)) }.encode_to_vec();
        wire::FromFunction::decode(&*post(address, &request)).unwrap().reply.unwrap()
    };
    let wire::Reply::Incomplete(incomplete) = ask(Vec::new()) else { panic!("it needs its state") };
    assert_eq!(incomplete.missing_values[0].state_name, "count");
    let absent = wire::PersistedValue { state_name: "count".to_owned(), state_value: None };
    let wire::Reply::InvocationResult(result) = ask(vec![absent]) else { panic!("it has its state") };
    let value = result.state_mutations[0].state_value.clone().unwrap();
    assert_eq!(i32::from_typed(&TypedValue::open(value).unwrap()).unwrap(), 2, "both of the batch");
    assert_eq!(result.delayed_invocations.len(), 2);
}

/// A POST, and the body of its answer.
fn post(address: std::net::SocketAddr, body: &[u8]) -> Vec<u8> {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let head = format!("POST /f HTTP/1.1\r\nhost: f\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    answer[end + 4..].to_vec()
}
