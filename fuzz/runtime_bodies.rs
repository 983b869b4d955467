// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What must hold for any bytes whatever that reach the Stateful Functions runtime: as the
//! answer of a function, as a request to functions, as a typed value, as a module file.
//! Nothing panics, and what is read is what was written.

use std::path::PathBuf;
use std::sync::LazyLock;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use bytes::Bytes;
use statefun_engine::{Answer, Delayed, EgressFormat};
use statefun_io::{EGRESS_NAME, PlaygroundFormat};
use statefun_module::Source;
use statefun_protocol::{FromFunction, Message, Simple, ToFunction, TypedValue};
use statefun_sdk::Functions;
use tower_service::Service;

/// As the answer of a function: an outcome, specs, or why it is neither.
pub fn from_function(bytes: &[u8]) {
    let read = statefun_remote::read_answer(Bytes::copy_from_slice(bytes));
    let decoded = FromFunction::decode(bytes);
    match &read {
        Err(why) => assert!(why.starts_with("answered "), "{why}"),
        Ok(Answer::Failed(failure)) => panic!("a function does not say itself that it failed: {}", failure.cause),
        Ok(Answer::Incomplete(_)) => assert!(decoded.is_ok()),
        Ok(Answer::Done(outcome)) => {
            let later = outcome.delayed.iter().filter_map(|delayed| match delayed {
                Delayed::Send { message, .. } => Some(message),
                Delayed::Cancel { .. } => None,
            });
            for message in outcome.messages.iter().chain(later) {
                let target = &message.target;
                assert!(!target.id.is_empty() && !target.function.name.is_empty(), "{target}");
            }
        }
    }
    if let Ok(message) = decoded {
        same_again(&message);
    }
}

static FUNCTIONS: LazyLock<axum::Router> = LazyLock::new(|| statefun_sdk::handler(Functions::default()));
static TOKIO: LazyLock<tokio::runtime::Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_current_thread().build().expect("a machine that has threads"));

/// As a request to functions that are served: it is answered, whatever it is.
pub fn to_function(bytes: &[u8]) {
    if let Ok(message) = ToFunction::decode(bytes) {
        same_again(&message);
    }
    let request = Request::post("/").body(Body::from(bytes.to_vec())).expect("a request that is written here");
    let Ok(answer) = TOKIO.block_on(FUNCTIONS.clone().call(request));
    // No function is served, so there is none that could have done anything.
    let refused = matches!(answer.status(), StatusCode::BAD_REQUEST | StatusCode::INTERNAL_SERVER_ERROR);
    assert!(refused, "{}", answer.status());
}

/// As a typed value, in a message, a state or a record.
pub fn typed_value(bytes: &[u8]) {
    let encoded = Bytes::copy_from_slice(bytes);
    for id in [EGRESS_NAME, "example/greets"] {
        let format = PlaygroundFormat::new(id, &["first".to_owned(), "second".to_owned()]);
        if let Ok((topic, _)) = format.read(&encoded) {
            assert!(matches!(&*topic, "first" | "second"), "{topic}");
        }
    }
    let Ok(value) = TypedValue::open(encoded) else { return };
    same_again(&value);
    simple::<bool>(&value);
    simple::<i32>(&value);
    simple::<i64>(&value);
    simple::<f32>(&value);
    simple::<f64>(&value);
    simple::<String>(&value);
}

/// What is a value of a simple type is one again, with the same bytes.
fn simple<T: Simple>(value: &TypedValue) {
    let Ok(read) = T::from_typed(value) else { return };
    assert!(value.has_value && value.typename == T::TYPENAME);
    let written = read.to_bytes();
    let again = T::from_bytes(written.clone()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(again.to_bytes(), written);
}

/// As a module file: an application that defines something, or faults with their places.
pub fn module_file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let source = Source { name: "m.yaml".to_owned(), directory: PathBuf::from("/etc"), text: text.to_owned() };
    // An end of the file may be a place, too.
    let lines = text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count() + 1;
    let (faults, remarks) = match statefun_module::read(&[source]) {
        Ok(application) => (Vec::new(), application.remarks),
        Err(faults) => {
            assert!(!faults.is_empty(), "it is refused and nobody says why");
            (faults, Vec::new())
        }
    };
    for said in faults.iter().chain(&remarks) {
        let place = &said.place;
        assert!(!said.message.is_empty() && place.column >= 1, "{said}");
        assert!((1..=lines).contains(&place.line), "{said}: the file has {lines} lines");
    }
}

fn same_again<M: Message + Default + PartialEq>(message: &M) {
    let written = message.encode_to_vec();
    // What is not a number is not itself; its bytes are.
    let again = M::decode(&*written).unwrap_or_else(|error| panic!("what was written cannot be read: {error}"));
    assert_eq!(again.encode_to_vec(), written);
}
