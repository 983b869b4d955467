// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A request as the stand-in understands it, and its answers.

use std::collections::HashMap;

use axum::body::{Body, Bytes};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName};
use hyper::{Method, Request, Response};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

/// The token of who may push: nothing of value.
pub const TOKEN: &str = "rehearsal-github";
/// The token of somebody else, who may read only.
pub const OTHER_TOKEN: &str = "rehearsal-github-reader";

/// The most that is taken, in bytes.
const MOST: usize = 256 * 1024 * 1024;

pub(super) struct Call {
    pub method: Method,
    pub segments: Vec<String>,
    pub query: HashMap<String, String>,
    pub body: Bytes,
    /// The address of the stand-in.
    pub base: String,
    pub kind: String,
    /// Who is logged in.
    pub who: Option<String>,
    accept: String,
}

impl Call {
    pub(super) async fn read(request: Request<Body>) -> Result<Self, Fault> {
        let (head, body) = request.into_parts();
        let text = |name: HeaderName| {
            head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let body = axum::body::to_bytes(body, MOST).await.map_err(|_| Fault::new(413, "Payload too large"))?;
        let decoded = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let segments = head.uri.path().split('/').filter(|part| !part.is_empty()).map(decoded).collect();
        let query = head.uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
        let query = query.map(|(name, value)| (decoded(name), decoded(&value.replace('+', " ")))).collect();
        let login = text(AUTHORIZATION);
        let who = match login.split_once(' ') {
            None if login.is_empty() => None,
            Some((_, TOKEN)) => Some("ann".to_owned()),
            Some((_, OTHER_TOKEN)) => Some("bob".to_owned()),
            _ => return Err(Fault::new(401, "Bad credentials")),
        };
        let base = format!("http://{}/github", text(HOST));
        let (kind, accept) = (text(CONTENT_TYPE), text(hyper::header::ACCEPT));
        Ok(Self { method: head.method, segments, query, body, base, kind, who, accept })
    }

    pub(super) fn changes(&self) -> bool {
        self.method != Method::GET && self.method != Method::HEAD
    }

    pub(super) fn may_push(&self) -> bool {
        self.who.as_deref() == Some("ann")
    }

    pub(super) fn wants(&self, kind: &str) -> bool {
        self.accept.contains(kind)
    }

    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The body; an empty one asks for nothing in particular.
    pub(super) fn json(&self) -> Result<Value, Fault> {
        if self.body.is_empty() {
            return Ok(json!({}));
        }
        serde_json::from_slice(&self.body).map_err(|_| Fault::new(400, "Problems parsing JSON"))
    }

    /// One page of what there is, with a link to the next.
    pub(super) fn page<T>(&self, items: Vec<T>, shape: impl Fn(T) -> Result<Value, Fault>) -> Result<Reply, Fault> {
        self.page_within(items, shape, Value::Array)
    }

    /// The same, where the page is a part of the answer.
    pub(super) fn page_within<T>(
        &self,
        items: Vec<T>,
        shape: impl Fn(T) -> Result<Value, Fault>,
        answer: impl FnOnce(Vec<Value>) -> Value,
    ) -> Result<Reply, Fault> {
        let number = |name: &str, usual: usize| self.asked(name).and_then(|text| text.parse().ok()).unwrap_or(usual);
        let (size, page) = (number("per_page", 30).clamp(1, 100), number("page", 1).max(1));
        let more = items.len() > size * page;
        let shown: Result<Vec<Value>, Fault> =
            items.into_iter().skip(size * (page - 1)).take(size).map(shape).collect();
        let reply = Reply::json(200, answer(shown?));
        if !more {
            return Ok(reply);
        }
        let address = format!("{}/{}", self.base, self.segments.join("/"));
        let others = self.query.iter().filter(|(name, _)| *name != "page");
        let others: String = others.map(|(name, value)| format!("&{name}={value}")).collect();
        Ok(reply.with("link", format!("<{address}?page={}{others}>; rel=\"next\"", page + 1)))
    }
}

pub(super) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    kind: &'static str,
    body: Vec<u8>,
}

impl Reply {
    pub(super) fn json(status: u16, value: Value) -> Self {
        let body = serde_json::to_vec(&value).expect("plain data");
        Self { status, headers: Vec::new(), kind: "application/json; charset=utf-8", body }
    }

    pub(super) fn bytes(body: Vec<u8>) -> Self {
        Self { status: 200, headers: Vec::new(), kind: "application/octet-stream", body }
    }

    pub(super) fn nothing() -> Self {
        Self { status: 204, headers: Vec::new(), kind: "application/json; charset=utf-8", body: Vec::new() }
    }

    pub(super) fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(super) fn into_response(self) -> Response<Body> {
        let mut response = Response::builder().status(self.status).header(CONTENT_TYPE, self.kind);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(Body::from(self.body)).expect("a status, plain headers and a body")
    }
}

/// An error in GitHub's words.
#[derive(Debug)]
pub(super) struct Fault {
    status: u16,
    message: String,
    errors: Option<Value>,
}

impl Fault {
    pub(super) fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), errors: None }
    }

    pub(super) fn missing() -> Self {
        Self::new(404, "Not Found")
    }

    /// What does not fit, as GitHub says it of a form.
    pub(super) fn invalid(error: Value) -> Self {
        Self { status: 422, message: "Validation Failed".into(), errors: Some(json!([error])) }
    }

    pub(super) fn into_reply(self) -> Reply {
        let documentation = "https://docs.github.com/rest";
        let mut body = json!({
            "message": self.message, "documentation_url": documentation, "status": self.status.to_string(),
        });
        if let Some(errors) = self.errors {
            body["errors"] = errors;
        }
        Reply::json(self.status, body)
    }
}

impl From<git2::Error> for Fault {
    fn from(error: git2::Error) -> Self {
        Self::new(500, format!("the repository: {}", error.message()))
    }
}
