// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `GET /topic`: one record after the other. Functions send JSON with `topic` and `payload`.
//!
//! A record that was polled is not given again; `?from=OFFSET` reads without polling, and
//! `?follow` goes on reading, each record on a line of JSON with its offset.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream;
use serde::Deserialize;
use statefun_engine::{EgressFormat, EngineError, Runtime};
use statefun_protocol::TypedValue;

/// What functions call it.
pub const EGRESS_NAME: &str = "io.statefun.playground/egress";
const RECORD_TYPE: &str = "io.statefun.playground/EgressRecord";
/// How many records are read at once.
const PAGE: usize = 256;

/// How the playground's egress reads what it is sent.
#[derive(Debug)]
pub struct PlaygroundFormat {
    topics: Vec<Arc<str>>,
}

impl PlaygroundFormat {
    /// With these topics, and no others.
    pub fn new(topics: &[String]) -> Self {
        Self { topics: topics.iter().map(|topic| topic.as_str().into()).collect() }
    }
}

#[derive(Deserialize)]
struct EgressRecord {
    topic: String,
    payload: String,
}

impl EgressFormat for PlaygroundFormat {
    fn read(&self, argument: &Bytes) -> Result<(Arc<str>, Bytes), String> {
        let value = TypedValue::open(argument.clone()).map_err(|error| format!("what is no typed value: {error}"))?;
        if value.typename != RECORD_TYPE {
            return Err(format!("a value of type {}; it takes {RECORD_TYPE}", value.typename));
        }
        let record: EgressRecord = serde_json::from_slice(&value.value)
            .map_err(|error| format!("what is no JSON with a topic and a payload: {error}"))?;
        match self.topics.iter().find(|topic| ***topic == *record.topic) {
            Some(topic) => Ok((topic.clone(), record.payload.into())),
            None => Err(format!("with the topic {:?}, which the module does not name", record.topic)),
        }
    }
}

struct Egress {
    runtime: Arc<Runtime>,
    topics: Vec<String>,
}

/// The egress, with these topics.
pub fn playground_egress(runtime: Arc<Runtime>, topics: Vec<String>) -> Router {
    Router::new().route("/{topic}", get(read)).with_state(Arc::new(Egress { runtime, topics }))
}

#[derive(Deserialize)]
struct How {
    from: Option<u64>,
    follow: Option<String>,
}

async fn read(State(egress): State<Arc<Egress>>, Path(topic): Path<String>, Query(how): Query<How>) -> Response {
    if !egress.topics.contains(&topic) {
        return (StatusCode::NOT_FOUND, format!("there is no topic {topic:?}; known: {}\n", egress.topics.join(", ")))
            .into_response();
    }
    let read = match (how.from, how.follow) {
        (from, Some(_)) => Ok(follow(egress.runtime.clone(), topic, from.unwrap_or_default())),
        (Some(from), None) => page(&egress.runtime, &topic, from).map(|(lines, _)| json_lines(Body::from(lines))),
        (None, None) => egress.runtime.poll(EGRESS_NAME, &topic).await.map(|record| match record {
            Some(payload) => payload.into_response(),
            None => StatusCode::NO_CONTENT.into_response(),
        }),
    };
    read.unwrap_or_else(|error| (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response())
}

/// Records as lines, and the offset after them.
fn page(runtime: &Runtime, topic: &str, from: u64) -> Result<(String, u64), EngineError> {
    let (mut lines, mut next) = (String::new(), from);
    for (offset, payload) in runtime.records(EGRESS_NAME, topic, from, PAGE)? {
        let payload = String::from_utf8_lossy(&payload);
        lines.push_str(&serde_json::json!({ "offset": offset, "payload": payload }).to_string());
        lines.push('\n');
        next = offset + 1;
    }
    Ok((lines, next))
}

fn follow(runtime: Arc<Runtime>, topic: String, from: u64) -> Response {
    let pages = stream::unfold((runtime, topic, from, None), |(runtime, topic, from, mut seen)| async move {
        loop {
            if !runtime.more_records(&mut seen).await {
                return None;
            }
            let (lines, next) = page(&runtime, &topic, from).ok()?;
            if next != from {
                // What came meanwhile is looked for at once.
                return Some((Ok::<_, Infallible>(lines), (runtime, topic, next, None)));
            }
        }
    });
    json_lines(Body::from_stream(pages))
}

fn json_lines(body: Body) -> Response {
    ([(CONTENT_TYPE, "application/x-ndjson")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_goes_to_its_topic_and_what_is_none_is_refused() {
        let format = PlaygroundFormat::new(&["greetings".to_owned()]);
        let read =
            |typename: &str, json: &'static str| format.read(&TypedValue::new(typename, json.as_bytes()).encoded());
        let (topic, payload) = read(RECORD_TYPE, r#"{"topic": "greetings", "payload": "Hello"}"#).unwrap();
        assert_eq!((&*topic, &payload[..]), ("greetings", &b"Hello"[..]));
        assert!(read(RECORD_TYPE, r#"{"topic": "other", "payload": "x"}"#).unwrap_err().contains("\"other\""));
        assert!(read(RECORD_TYPE, r#"{"topic": "greetings"}"#).unwrap_err().contains("payload"));
        assert!(read("a/b", "{}").unwrap_err().contains("a value of type a/b"));
    }
}
