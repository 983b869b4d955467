// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Carries octocrab's requests through the one HTTP layer, so that its limits, its
//! proxies, its repeating and its errors hold for GitHub too.

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, Response};
use octocrab::OctoBody;
use reqwest::Url;
use serde::de::IgnoredAny;
use tower_service::Service;

use crate::services::web::{self, Answer, Body, Web, WebError};

/// GitHub wants to know which of its interfaces is meant.
const VERSION: &str = "2022-11-28";

/// octocrab's way to GitHub.
#[derive(Debug, Clone)]
pub(super) struct Carrier(pub Arc<Web>);

type Carried = Result<Response<Full<Bytes>>, WebError>;

impl Service<Request<OctoBody>> for Carrier {
    type Response = Response<Full<Bytes>>;
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Carried> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), WebError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<OctoBody>) -> Self::Future {
        let web = Arc::clone(&self.0);
        let (head, body) = request.into_parts();
        let Some(path) = head.uri.path_and_query().map(ToString::to_string) else {
            return Box::pin(ready(Err(unusable(&web, &head.uri.to_string(), "it has no path"))));
        };
        Box::pin(async move {
            let sent = body.collect().await.map_err(|error| unusable(&web, &path, &error.to_string()))?.to_bytes();
            let carried = tokio::task::spawn_blocking(move || carry(&web, head.method, &path, &sent));
            carried.await.expect("carrying a request does not panic")
        })
    }
}

/// Sends one request, once where it changes something.
fn carry(web: &Web, method: Method, path: &str, sent: &Bytes) -> Carried {
    let whole = format!("{}{path}", web.base());
    let url = Url::parse(&whole).map_err(|error| unusable(web, &whole, &error.to_string()))?;
    let body = match sent.is_empty() {
        true => Body::None,
        false => Body::Bytes("application/json", sent.to_vec()),
    };
    let name = url.path_segments().and_then(|mut segments| segments.next_back()).unwrap_or_default().to_owned();
    let harmless = method == Method::GET || method == Method::HEAD;
    let effect = format!("github {} {name}", method.as_str().to_lowercase());
    let mut request = web::Request::new(method, url, body).with("X-GitHub-Api-Version", VERSION);
    request.accept = "application/vnd.github+json";
    let answer = if harmless { web.read(request)? } else { web.write(&effect, request)? };
    demand_json(&answer)?;
    let response = Response::builder().status(answer.status);
    let mut response = response.body(Full::from(answer.bytes)).expect("a status and a body");
    *response.headers_mut() = answer.headers;
    Ok(response)
}

/// A page that wants somebody to log in has status 200 too.
pub(super) fn demand_json(answer: &Answer) -> Result<(), WebError> {
    let fits = answer.bytes.is_empty() || serde_json::from_slice::<IgnoredAny>(&answer.bytes).is_ok();
    if fits { Ok(()) } else { Err(answer.unexpected("expected JSON")) }
}

fn unusable(web: &Web, address: &str, why: &str) -> WebError {
    WebError::Address { service: web.service().to_owned(), address: address.to_owned(), why: why.to_owned() }
}
