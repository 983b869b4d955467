// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `GET /topic`: one record after the other. Functions send JSON with `topic` and `payload`.
//!
//! A record that was polled is not given again; `?from=OFFSET` reads some without polling, and says
//! in `Statefun-Next` from where more are read, and `?follow` goes on reading, each record on a line of JSON with its offset.
//!
//! An egress with an id of its own stands in for a broker's: it takes what functions send to
//! Kafka and Kinesis, and any other value.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream;
use serde::Deserialize;
use serde_json::json;
use statefun_engine::{EgressFormat, EngineError, Runtime};
use statefun_protocol::{DecodeError, KafkaProducerRecord, KinesisEgressRecord, Message, TypedValue};
use tokio::sync::watch;

use crate::{Egress, Listener, Work, serve};

/// What functions call it when the module gives it no id.
pub const EGRESS_NAME: &str = "io.statefun.playground/egress";
const RECORD_TYPE: &str = "io.statefun.playground/EgressRecord";
/// The header that says from where more records are read.
const NEXT: &str = "statefun-next";
/// How many records are read at once.
const PAGE: usize = 256;

/// How the playground's egress reads what it is sent.
#[derive(Debug)]
pub struct PlaygroundFormat {
    topics: Vec<Arc<str>>,
    takes: Takes,
}

/// What an egress takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// The playground's own records.
    Records,
    /// Those, records for brokers, and any other value, which goes to the first topic.
    Everything,
}

impl PlaygroundFormat {
    /// Of the egress with this id, with these topics and no others.
    pub fn new(id: &str, topics: &[String]) -> Self {
        let takes = if id == EGRESS_NAME { Takes::Records } else { Takes::Everything };
        Self { topics: topics.iter().map(|topic| topic.as_str().into()).collect(), takes }
    }

    fn named(&self, topic: &str, payload: Bytes) -> Result<(Arc<str>, Bytes), String> {
        match self.topics.iter().find(|known| &***known == topic) {
            Some(known) => Ok((known.clone(), payload)),
            None => Err(format!("with the topic {topic:?}, which the module does not name")),
        }
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
        match (&*value.typename, self.takes) {
            (RECORD_TYPE, _) => {
                let record: EgressRecord = serde_json::from_slice(&value.value)
                    .map_err(|error| format!("what is no JSON with a topic and a payload: {error}"))?;
                self.named(&record.topic, record.payload.into())
            }
            (other, Takes::Records) => Err(format!("a value of type {other}; it takes {RECORD_TYPE}")),
            (KafkaProducerRecord::TYPENAME, Takes::Everything) => {
                let record = KafkaProducerRecord::decode(value.value).map_err(|error| no_record("Kafka", &error))?;
                self.named(&record.topic, record.value_bytes)
            }
            (KinesisEgressRecord::TYPENAME, Takes::Everything) => {
                let record = KinesisEgressRecord::decode(value.value).map_err(|error| no_record("Kinesis", &error))?;
                self.named(&record.stream, record.value_bytes)
            }
            (_, Takes::Everything) => match self.topics.first() {
                Some(topic) => Ok((topic.clone(), value.value)),
                None => Err("which has no topic".to_owned()),
            },
        }
    }
}

fn no_record(of: &str, error: &DecodeError) -> String {
    format!("what is no record for {of}: {error}")
}

/// The playground's egress.
pub struct PlaygroundEgress {
    /// Where it listens.
    pub listener: Listener,
    /// What functions call it.
    pub id: String,
    /// The topics that can be read.
    pub topics: Vec<String>,
}

impl Egress for PlaygroundEgress {
    fn name(&self) -> String {
        format!("the playground's egress {} at {}", self.id, self.listener.address())
    }

    fn run(self: Box<Self>, runtime: Arc<Runtime>, stop: watch::Receiver<bool>) -> Work {
        let giving = Giving { runtime, id: self.id, topics: self.topics };
        let routes = axum::Router::new().route("/{topic}", get(read).head(look)).with_state(Arc::new(giving));
        Box::pin(serve(self.listener, routes, stop))
    }
}

struct Giving {
    runtime: Arc<Runtime>,
    id: String,
    topics: Vec<String>,
}

#[derive(Deserialize)]
struct How {
    from: Option<u64>,
    follow: Option<String>,
}

async fn read(State(egress): State<Arc<Giving>>, Path(topic): Path<String>, Query(how): Query<How>) -> Response {
    if !egress.topics.contains(&topic) {
        return (StatusCode::NOT_FOUND, format!("there is no topic {topic:?}; known: {}\n", egress.topics.join(", ")))
            .into_response();
    }
    let read = match (how.from, how.follow) {
        (from, Some(_)) => Ok(follow(egress.clone(), topic, from.unwrap_or_default())),
        (Some(from), None) => egress.page(&topic, from).map(|(lines, next)| {
            let mut page = json_lines(Body::from(lines));
            page.headers_mut().insert(NEXT, next.into());
            page
        }),
        (None, None) => egress.runtime.poll(&egress.id, &topic).await.map(|record| match record {
            Some(payload) => payload.into_response(),
            None => StatusCode::NO_CONTENT.into_response(),
        }),
    };
    read.unwrap_or_else(|error| (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response())
}

/// Whether there is such a topic; nothing is polled.
async fn look(State(egress): State<Arc<Giving>>, Path(topic): Path<String>) -> StatusCode {
    if egress.topics.contains(&topic) { StatusCode::OK } else { StatusCode::NOT_FOUND }
}

impl Giving {
    /// Records as lines, and the offset after them.
    fn page(&self, topic: &str, from: u64) -> Result<(String, u64), EngineError> {
        let (mut lines, mut next) = (String::new(), from);
        for (offset, payload) in self.runtime.records(&self.id, topic, from, PAGE)? {
            lines.push_str(&line(offset, &payload));
            lines.push('\n');
            next = offset + 1;
        }
        Ok((lines, next))
    }
}

/// A record as a line of JSON: a text as it is, in which JSON escapes ends of lines; other bytes in base64.
fn line(offset: u64, payload: &[u8]) -> String {
    let line = match std::str::from_utf8(payload) {
        Ok(text) => json!({ "offset": offset, "payload": text }),
        Err(_) => json!({ "offset": offset, "base64": STANDARD.encode(payload) }),
    };
    line.to_string()
}

fn follow(egress: Arc<Giving>, topic: String, from: u64) -> Response {
    let pages = stream::unfold((egress, topic, from, None), |(egress, topic, from, mut seen)| async move {
        loop {
            if !egress.runtime.more_records(&mut seen).await {
                return None;
            }
            let (lines, next) = egress.page(&topic, from).ok()?;
            if next != from {
                // What came meanwhile is looked for at once.
                return Some((Ok::<_, Infallible>(lines), (egress, topic, next, None)));
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
        let format = PlaygroundFormat::new(EGRESS_NAME, &["greetings".to_owned()]);
        let read =
            |typename: &str, json: &'static str| format.read(&TypedValue::new(typename, json.as_bytes()).encoded());
        let (topic, payload) = read(RECORD_TYPE, r#"{"topic": "greetings", "payload": "Hello"}"#).unwrap();
        assert_eq!((&*topic, &payload[..]), ("greetings", &b"Hello"[..]));
        assert!(read(RECORD_TYPE, r#"{"topic": "other", "payload": "x"}"#).unwrap_err().contains("\"other\""));
        assert!(read(RECORD_TYPE, r#"{"topic": "greetings"}"#).unwrap_err().contains("payload"));
        assert!(read("a/b", "{}").unwrap_err().contains("a value of type a/b"));
    }

    #[test]
    fn a_record_is_one_line_whatever_it_is() {
        assert_eq!(line(3, b"one\r\ntwo \"three\""), r#"{"offset":3,"payload":"one\r\ntwo \"three\""}"#);
        assert_eq!(line(4, b"\xff\n\x00"), r#"{"offset":4,"base64":"/woA"}"#);
        assert_eq!(line(5, b""), r#"{"offset":5,"payload":""}"#);
    }

    #[test]
    fn an_egress_with_its_own_id_takes_records_for_brokers_and_everything_else() {
        let format = PlaygroundFormat::new("example/greets", &["first".to_owned(), "greets".to_owned()]);
        let read = |typename: &str, value: Vec<u8>| {
            let read = format.read(&TypedValue::new(typename, value).encoded());
            read.map(|(topic, payload)| (topic.to_string(), payload.to_vec()))
        };
        let went = |topic: &str| Ok((topic.to_owned(), b"Hello".to_vec()));
        let kafka = |topic: &str| KafkaProducerRecord {
            key: "Ada".to_owned(),
            value_bytes: Bytes::from_static(b"Hello"),
            topic: topic.to_owned(),
        };
        let kinesis = KinesisEgressRecord {
            partition_key: "Ada".to_owned(),
            value_bytes: Bytes::from_static(b"Hello"),
            stream: "greets".to_owned(),
            explicit_hash_key: String::new(),
        };
        assert_eq!(read(KafkaProducerRecord::TYPENAME, kafka("greets").encode_to_vec()), went("greets"));
        assert_eq!(read(KinesisEgressRecord::TYPENAME, kinesis.encode_to_vec()), went("greets"));
        assert_eq!(read("a/b", b"Hello".to_vec()), went("first"));
        let unknown = read(KafkaProducerRecord::TYPENAME, kafka("other").encode_to_vec());
        assert!(unknown.unwrap_err().contains("\"other\""));
        assert!(read(KafkaProducerRecord::TYPENAME, vec![0xff]).unwrap_err().contains("no record for Kafka"));
    }
}
