// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! One POST and its answer, with everything that can be wrong about it.

use std::future::pending;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, Response, StatusCode, Url};
use statefun_engine::Reached;
use tokio::time::timeout;

use crate::progress::{Noting, Patience, Progress, Standstill};
use crate::room::Taken;

const PROTOCOL_TYPE: &str = "application/octet-stream";
/// How much of an answer that is none is quoted.
const QUOTED: usize = 120;

/// How long a large answer may stand still in the middle while others wait for its room.
const STANDSTILL: Duration = Duration::from_secs(5);

/// Whether anything was heard of it otherwise is not known here.
const SILENT: Reached = Reached::Silent { heard_at: None };

/// Why an exchange came to nothing.
#[derive(Debug)]
pub(crate) struct Fault {
    what: String,
    reached: Reached,
    may_pass: bool,
}

impl Fault {
    /// Nothing was heard in time.
    pub(crate) fn silence() -> Self {
        Self { what: "did not answer in time".to_owned(), reached: SILENT, may_pass: true }
    }

    /// It stopped in the middle of an answer, in the way of others.
    fn standstill() -> Self {
        let what = format!("sent nothing more of its answer for {STANDSTILL:?}, while others waited for its room");
        Self { what, reached: SILENT, may_pass: true }
    }

    /// It answered with what is no answer.
    pub(crate) fn no_answer(what: impl Into<String>) -> Self {
        Self { what: what.into(), reached: Reached::Yes, may_pass: false }
    }

    /// What happened, to be said after the function's address.
    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    pub(crate) fn reached(&self) -> Reached {
        self.reached
    }

    /// Whether the same may go well another time.
    pub(crate) fn may_pass(&self) -> bool {
        self.may_pass
    }
}

/// What is sent, and how much is waited for.
pub(crate) struct Exchange<'c> {
    pub(crate) client: &'c Client,
    pub(crate) url: Url,
    pub(crate) body: Bytes,
    /// The most bytes of an answer.
    pub(crate) most_bytes: u64,
    /// How long nothing may happen; without it, as long as whoever waits likes.
    pub(crate) patience: Option<Patience>,
}

/// Sends a request; gives the body of the answer.
pub(crate) async fn post(exchange: Exchange<'_>, room: &mut Taken) -> Result<Bytes, Fault> {
    let Exchange { client, url, body, most_bytes, patience } = exchange;
    let request = client.post(url).header(CONTENT_TYPE, PROTOCOL_TYPE).header(ACCEPT, PROTOCOL_TYPE);
    let progress = Progress::default();
    let request = match patience {
        // A body that is whole may be sent again by the client itself, over another connection.
        None => request.body(body),
        Some(_) => request.body(reqwest::Body::wrap(Noting { rest: body, progress: progress.clone() })),
    };
    let standstill = async {
        match patience {
            None => pending().await,
            Some(patience) => (progress.standstill(patience).await, patience),
        }
    };
    let mut response = tokio::select! {
        response = request.send() => response.map_err(|error| broken(&error))?,
        (what, patience) = standstill => return Err(stood_still(what, patience)),
    };
    let status = response.status();
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_protocol = content_type.split(';').next().is_some_and(|kind| kind.trim() == PROTOCOL_TYPE);
    let named = if content_type.is_empty() { "without a type".to_owned() } else { format!("of type {content_type}") };
    let known = response.content_length().unwrap_or_default().min(most_bytes);
    let known = if status.is_success() { usize::try_from(known).unwrap_or_default() } else { 0 };
    room.grow(known, known).await;
    let most = usize::try_from(most_bytes).unwrap_or(usize::MAX);
    let mut received = BytesMut::with_capacity(known);
    loop {
        let next = next_chunk(&mut response, room);
        let chunk = match patience {
            None => next.await?,
            Some(patience) => timeout(patience.read, next).await.map_err(|_| Fault::silence())??,
        };
        let Some(chunk) = chunk else { break };
        let fits = (received.len() + chunk.len()) as u64 <= most_bytes;
        if !fits {
            return Err(Fault::no_answer(format!("answered with more than {most_bytes} bytes")));
        }
        room.grow(received.len() + chunk.len(), if known > 0 { known } else { most }).await;
        received.extend_from_slice(&chunk);
        if !status.is_success() && received.len() > QUOTED {
            break;
        }
    }
    if !status.is_success() {
        return Err(refused(status, &received));
    }
    if !is_protocol {
        return Err(Fault::no_answer(format!(
            "answered with a body {named}; expected {PROTOCOL_TYPE}{}",
            quote(&received)
        )));
    }
    room.fit(received.capacity());
    Ok(received.freeze())
}

/// What comes next of an answer. One that stands still in the middle may do so for as long as its call has
/// time, but not in the way of others.
async fn next_chunk(response: &mut Response, room: &Taken) -> Result<Option<Bytes>, Fault> {
    loop {
        match timeout(STANDSTILL, response.chunk()).await {
            Ok(chunk) => return chunk.map_err(|error| broken(&error)),
            Err(_) if room.is_waited_for() => return Err(Fault::standstill()),
            Err(_) => {}
        }
    }
}

fn stood_still(what: Standstill, patience: Patience) -> Fault {
    match what {
        Standstill::Reading => Fault::silence(),
        Standstill::Writing => Fault {
            what: format!("took nothing of the request for {:?}", patience.write),
            reached: SILENT,
            may_pass: true,
        },
    }
}

fn refused(status: StatusCode, body: &[u8]) -> Fault {
    let code = status.as_u16();
    let reached = if asks_for_patience(status) { Reached::No } else { Reached::Yes };
    let may_pass = status.is_server_error() || matches!(code, 408 | 409 | 420 | 429 | 499);
    Fault { what: format!("answered {status}{}", quote(body)), reached, may_pass }
}

/// Whether this is what somebody says who stands before the function, or the function that has too much
/// to do.
fn asks_for_patience(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 425 | 429 | 502..=504)
}

/// Whether anybody is there: a question without content, whose answer may be whatever it is.
pub(crate) async fn answers_at_all(client: &Client, url: &Url, limit: Duration) -> bool {
    let asked = timeout(limit, client.head(url.clone()).send()).await;
    asked.is_ok_and(|answer| answer.is_ok_and(|answer| !asks_for_patience(answer.status())))
}

/// The beginning of a text, for a person; nothing of what is no text.
fn quote(body: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(&body[..body.len().min(QUOTED)]).replace(char::is_control, " ");
    match text.trim() {
        "" => String::new(),
        text if text.contains('\u{fffd}') => String::new(),
        text => format!(": {text}"),
    }
}

fn broken(error: &reqwest::Error) -> Fault {
    let mut what = String::new();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        what = inner.to_string();
        source = inner.source();
    }
    if error.is_connect() {
        return Fault { what: format!("cannot be reached: {what}"), reached: Reached::No, may_pass: true };
    }
    if error.is_timeout() {
        return Fault::silence();
    }
    Fault { what: format!("broke off: {what}"), reached: Reached::Yes, may_pass: true }
}
