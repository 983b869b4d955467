// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What goes wrong with a service, on demand: each fault for so many requests of a kind.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::Frame;
use hyper::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use hyper::{Request, Response};
use serde::{Deserialize, Serialize};

/// The faults that are still to happen; each clone has the same ones.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Vec<Fault>>>);

/// A fault, and which requests it befalls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// GET, PUT, …; every method where there is none.
    #[serde(default)]
    pub method: Option<String>,
    /// What the path of the request must hold.
    pub path: String,
    /// How many such requests go well before.
    #[serde(default)]
    pub after: u32,
    /// How many such requests it befalls; 0 stands for all.
    #[serde(default = "once")]
    pub times: u32,
    /// What happens.
    pub kind: FaultKind,
}

fn once() -> u32 {
    1
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The connection is cut before the service has acted.
    CutBefore,
    /// The service acts, and the connection is cut before it has answered.
    CutAfter,
    /// The service acts; half of its answer arrives.
    Truncated,
    /// An error in the place of the service's answer; it does not act.
    Status {
        /// The status.
        status: u16,
        /// The seconds of `Retry-After`.
        #[serde(default)]
        retry_after: Option<u32>,
        /// The body.
        #[serde(default)]
        body: String,
    },
    /// A page for people with status 200, as a login form is; it does not act.
    Page,
    /// An answer without end; it does not act.
    Endless,
    /// A redirect to this address; it does not act.
    Redirect(String),
    /// The answer comes after so many milliseconds.
    Slow(u64),
}

impl Fault {
    /// The fault `kind` for the next request with this method whose path holds `path`.
    pub fn once(method: &str, path: &str, kind: FaultKind) -> Self {
        Self { method: Some(method.to_owned()), path: path.to_owned(), after: 0, times: 1, kind }
    }

    /// The same for every such request.
    #[must_use]
    pub fn always(self) -> Self {
        Self { times: 0, ..self }
    }

    /// What becomes of the request; an error cuts the connection.
    pub(super) async fn happen(
        self,
        request: Request<Body>,
        act: impl AsyncFnOnce(Request<Body>) -> Response<Body>,
    ) -> io::Result<Response<Body>> {
        let answer = Response::builder();
        let answer = match self.kind {
            FaultKind::CutBefore => return Err(io::ErrorKind::ConnectionAborted.into()),
            FaultKind::CutAfter => {
                act(request).await;
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            FaultKind::Truncated => {
                let (mut head, body) = act(request).await.into_parts();
                head.headers.remove(hyper::header::CONTENT_LENGTH);
                let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
                let half = whole.slice(..whole.len() / 2);
                return Ok(Response::from_parts(head, Body::new(Broken(Some(half)))));
            }
            FaultKind::Slow(milliseconds) => {
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                return Ok(act(request).await);
            }
            FaultKind::Status { status, retry_after, body } => {
                let answer = answer.status(status);
                let answer = match retry_after {
                    Some(seconds) => answer.header(RETRY_AFTER, seconds),
                    None => answer,
                };
                let kind = if body.starts_with('{') { "application/json" } else { "text/html" };
                answer.header(CONTENT_TYPE, kind).body(Body::from(body))
            }
            FaultKind::Page => answer
                .header(CONTENT_TYPE, "text/html")
                .body(Body::from("<!DOCTYPE html><html><body><h1>Please log in</h1></body></html>")),
            FaultKind::Endless => answer.header(CONTENT_TYPE, "application/json").body(Body::new(Endless)),
            FaultKind::Redirect(to) => answer.status(302).header(LOCATION, to).body(Body::empty()),
        };
        answer.map_err(io::Error::other)
    }
}

impl Faults {
    /// These faults.
    pub fn new(faults: impl IntoIterator<Item = Fault>) -> Self {
        Self(Arc::new(Mutex::new(faults.into_iter().collect())))
    }

    /// One more.
    pub fn add(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    }

    /// Whether none is left that befalls so many requests and no more.
    pub fn are_spent(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().all(|fault| fault.times == 0)
    }

    /// The fault that befalls this request, which is one less of its kind.
    pub(super) fn take(&self, method: &str, path: &str) -> Option<Fault> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fits =
            |fault: &Fault| fault.method.as_deref().is_none_or(|wanted| wanted == method) && path.contains(&fault.path);
        let at = faults.iter().position(fits)?;
        let fault = &mut faults[at];
        if fault.after > 0 {
            fault.after -= 1;
            return None;
        }
        let happens = fault.clone();
        match fault.times {
            0 => {}
            1 => drop(faults.remove(at)),
            _ => fault.times -= 1,
        }
        Some(happens)
    }
}

/// A body that breaks off after these bytes.
struct Broken(Option<Bytes>);

impl HttpBody for Broken {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Poll::Ready(Some(match self.0.take() {
            Some(bytes) => Ok(Frame::data(bytes)),
            None => Err(io::ErrorKind::ConnectionAborted.into()),
        }))
    }
}

/// A body of blanks that never ends.
struct Endless;

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b' '; 65_536])))))
    }
}
