// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `PUT /namespace/name/id`: the body is a message, `Content-Type: application/vnd.TYPENAME`
//! says of which type. It is acknowledged when it is on the disk.
//!
//! A client that repeats what was not acknowledged names itself in `Statefun-Source` and
//! counts in `Statefun-Position`: a message whose position is not above the last one's of
//! its source was taken before, and is acknowledged and not taken again.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::put;
use futures_util::StreamExt;
use statefun_engine::{EngineError, FunctionType, Position, Runtime, Sending};
use statefun_protocol::{Simple, TypedValue};
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::time::timeout;

use crate::{Incoming, Ingress, Listener, Router, Work, serve};

/// The most bytes of a message.
const MOST_BYTES: usize = 32 * 1024 * 1024;
/// The most bytes of messages that are on their way in at once, of one ingress.
const MOST_ON_THE_WAY: usize = 64 * 1024 * 1024;
/// A piece of them that is counted, in bytes.
const PIECE: usize = 1024;
/// How long the body of a message may take: so long it takes room.
const BODY_TIME: Duration = Duration::from_secs(60);
const TYPED: &str = "application/vnd.";
const PLAIN: [&str; 2] = ["application/x-www-form-urlencoded", "text/plain"];
const SOURCE: &str = "statefun-source";
const POSITION: &str = "statefun-position";
/// The most bytes of a source's name.
const MOST_SOURCE_BYTES: usize = 200;

/// The playground's ingress.
pub struct PlaygroundIngress {
    /// Where it listens.
    pub listener: Listener,
    /// Who decides for which functions a message is.
    pub router: Arc<dyn Router>,
    /// How many messages may wait for their functions before it asks for patience.
    pub most_waiting: i64,
}

impl Ingress for PlaygroundIngress {
    fn name(&self) -> String {
        format!("the playground's ingress at {}", self.listener.address())
    }

    fn run(self: Box<Self>, runtime: Arc<Runtime>, stop: watch::Receiver<bool>) -> Work {
        let on_the_way = Semaphore::new(MOST_ON_THE_WAY / PIECE);
        let taking = Taking { runtime, router: self.router, most_waiting: self.most_waiting, on_the_way };
        let routes = axum::Router::new()
            .route("/{namespace}/{name}/{id}", put(take))
            .fallback(elsewhere)
            .with_state(Arc::new(taking));
        Box::pin(serve(self.listener, routes, stop))
    }
}

struct Taking {
    runtime: Arc<Runtime>,
    router: Arc<dyn Router>,
    most_waiting: i64,
    /// The pieces of messages that may still come in.
    on_the_way: Semaphore,
}

type Said = (StatusCode, String);

async fn take(
    State(ingress): State<Arc<Taking>>,
    path: Result<Path<(String, String, String)>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Said {
    let Ok(Path((namespace, name, id))) = path else {
        let why = "what is percent-encoded in the address is no text in UTF-8";
        return refused(body, format!("{why}; expected PUT /NAMESPACE/NAME/ID\n")).await;
    };
    let function = FunctionType::new(&namespace, &name);
    let metrics = ingress.runtime.metrics();
    // One type that is down leaves some room to the others, as it does in memory.
    let most = ingress.most_waiting.saturating_mul(2);
    if metrics.backlog() >= ingress.most_waiting && metrics.backlog() + metrics.backlog_of(&function) >= most {
        let _ = timeout(BODY_TIME, pass_over(&mut body.into_data_stream())).await;
        return patience("wait for their functions");
    }
    let (body, _room) = match ingress.read(body).await {
        Ok(read) => read,
        Err(said) => return said,
    };
    let said = match ingress.messages(function, id, &headers, body) {
        Err(said) => Err(said),
        Ok(sendings) => match position(&headers) {
            Err(why) => Err((StatusCode::BAD_REQUEST, why)),
            // What counts is decided where it is appended, however long this client stays.
            Ok(position) => ingress.runtime.send(sendings, position).await.map_err(failed),
        },
    };
    said.err().unwrap_or((StatusCode::OK, String::new()))
}

/// Takes what a client is still sending, and keeps nothing of it: who is answered before that hears
/// of a broken connection in the place of the answer.
async fn pass_over(chunks: &mut BodyDataStream) {
    let mut left = 2 * MOST_BYTES;
    while let Some(Ok(chunk)) = chunks.next().await {
        if chunk.len() > left {
            return;
        }
        left -= chunk.len();
    }
}

fn patience(what: &str) -> Said {
    (StatusCode::TOO_MANY_REQUESTS, format!("too many messages {what}; send it again later\n"))
}

fn failed(error: EngineError) -> Said {
    (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n"))
}

impl Taking {
    /// The whole body, and the room that it has while it is on its way in.
    async fn read(&self, body: Body) -> Result<(Bytes, Option<SemaphorePermit<'_>>), Said> {
        let whole = async {
            let mut chunks = body.into_data_stream();
            let taken = self.taken(&mut chunks).await;
            if taken.is_err() {
                pass_over(&mut chunks).await;
            }
            taken
        };
        let late = |_| (StatusCode::REQUEST_TIMEOUT, format!("the body did not come within {BODY_TIME:?}\n"));
        timeout(BODY_TIME, whole).await.unwrap_or_else(|elapsed| Err(late(elapsed)))
    }

    async fn taken(&self, chunks: &mut BodyDataStream) -> Result<(Bytes, Option<SemaphorePermit<'_>>), Said> {
        let (mut read, mut room): (Vec<u8>, Option<SemaphorePermit<'_>>) = (Vec::new(), None);
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| (StatusCode::BAD_REQUEST, format!("{error}\n")))?;
            read.extend_from_slice(&chunk);
            if read.len() > MOST_BYTES {
                let why = format!("the message has more than {MOST_BYTES} bytes\n");
                return Err((StatusCode::PAYLOAD_TOO_LARGE, why));
            }
            let has = room.as_ref().map_or(0, SemaphorePermit::num_permits);
            let lacks = u32::try_from((read.len() / PIECE + 1).saturating_sub(has)).unwrap_or(u32::MAX);
            let more = self.on_the_way.try_acquire_many(lacks).map_err(|_| patience("come in at once"))?;
            match &mut room {
                Some(room) => room.merge(more),
                None => room = Some(more),
            }
        }
        Ok((Bytes::from(read), room))
    }

    /// The message of a request, for each function that it is for.
    fn messages(
        &self,
        function: FunctionType,
        key: String,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<Vec<Sending>, Said> {
        let value = typed_value(headers, body).map_err(|why| (StatusCode::UNSUPPORTED_MEDIA_TYPE, why))?;
        let routed = self.router.route(&Incoming { function: Some(function), key, value });
        let sendings = routed.map_err(|why| (StatusCode::BAD_REQUEST, format!("{why}\n")))?;
        let nowhere = sendings.iter().find(|sending| !self.runtime.hosts(&sending.target.function));
        match nowhere {
            None => Ok(sendings),
            Some(sending) => {
                let function = &sending.target.function;
                Err((StatusCode::NOT_FOUND, format!("no module hosts functions of type {function}\n")))
            }
        }
    }
}

/// Who sends, and where he is, when he says so.
fn position(headers: &HeaderMap) -> Result<Option<Position>, String> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (text(SOURCE), text(POSITION)) {
        (None, None) => Ok(None),
        (Some(source), Some(position)) if (1..=MOST_SOURCE_BYTES).contains(&source.len()) => match position.parse() {
            Ok(number) => Ok(Some(Position { source: format!("playground/{source}").into(), number })),
            Err(_) => Err(format!("{POSITION} is {position:?}; expected a number that grows\n")),
        },
        _ => Err(format!("{SOURCE} and {POSITION} go together; a source has 1 to {MOST_SOURCE_BYTES} bytes\n")),
    }
}

/// The body as a value of the type that the header says; without one, as a text. The simple
/// types are given as they are encoded, but for text, which is given as it is.
fn typed_value(headers: &HeaderMap, body: Bytes) -> Result<TypedValue, String> {
    let said = headers.get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    // What follows is of the text, whose only encoding is UTF-8: `; charset=utf-8`.
    let kind = said.map(|said| said.split(';').next().unwrap_or_default().trim());
    let typename = match kind {
        None => String::TYPENAME,
        Some(said) => match said.split_at_checked(TYPED.len()) {
            Some((typed, typename)) if typed.eq_ignore_ascii_case(TYPED) && typename.contains('/') => typename,
            // What curl says by itself.
            _ if PLAIN.iter().any(|plain| said.eq_ignore_ascii_case(plain)) => String::TYPENAME,
            _ => return Err(format!("{said:?} names no type; expected {TYPED}NAMESPACE/NAME\n")),
        },
    };
    if typename != String::TYPENAME {
        return Ok(TypedValue::new(typename, body));
    }
    match String::from_utf8(body.into()) {
        Ok(text) => Ok(text.to_typed()),
        Err(_) => Err(format!("the body is no text in UTF-8; give its type as {TYPED}NAMESPACE/NAME\n")),
    }
}

/// What is sent to no address.
async fn refused(body: Body, why: String) -> Said {
    let _ = timeout(BODY_TIME, pass_over(&mut body.into_data_stream())).await;
    (StatusCode::BAD_REQUEST, why)
}

async fn elsewhere(uri: Uri, body: Body) -> Said {
    const HOW: &str = "PUT /NAMESPACE/NAME/ID with the message as the body";
    let parts: Vec<&str> = uri.path().split('/').skip(1).collect();
    match parts[..] {
        [_, _, _] => refused(body, format!("a part of the address is empty; expected {HOW}\n")).await,
        _ => (StatusCode::NOT_FOUND, format!("this is an ingress: {HOW}\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(said: Option<&str>, body: &'static [u8]) -> Result<TypedValue, String> {
        let mut headers = HeaderMap::new();
        if let Some(said) = said {
            headers.insert(CONTENT_TYPE, said.parse().unwrap());
        }
        typed_value(&headers, Bytes::from_static(body))
    }

    #[test]
    fn the_type_is_what_the_header_says_and_text_otherwise() {
        assert_eq!(typed(None, b"Ada").unwrap(), "Ada".to_owned().to_typed());
        assert_eq!(typed(Some("application/x-www-form-urlencoded"), b"Ada").unwrap(), "Ada".to_owned().to_typed());
        assert_eq!(
            typed(Some("application/vnd.example/Order"), b"{}").unwrap(),
            TypedValue::new("example/Order", &b"{}"[..])
        );
        assert_eq!(typed(Some("Text/Plain; charset=UTF-8"), b"Ada").unwrap(), "Ada".to_owned().to_typed());
        assert_eq!(
            typed(Some("Application/VND.example/Order ;charset=utf-8"), b"{}").unwrap(),
            TypedValue::new("example/Order", &b"{}"[..])
        );
        assert!(typed(Some("application/json"), b"{}").unwrap_err().contains("application/vnd."));
        assert!(typed(None, b"\xff").unwrap_err().contains("UTF-8"));
    }
}
