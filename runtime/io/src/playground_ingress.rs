// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `PUT /namespace/name/id`: the body is a message, `Content-Type: application/vnd.TYPENAME`
//! says of which type. It is acknowledged when it is on the disk.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::put;
use statefun_engine::{Address, Runtime, Sending};
use statefun_protocol::{Simple, TypedValue};

/// The most bytes of a message.
const MOST_BYTES: usize = 32 * 1024 * 1024;
const TYPED: &str = "application/vnd.";

/// The ingress.
pub fn playground_ingress(runtime: Arc<Runtime>) -> Router {
    let router = Router::new().route("/{namespace}/{name}/{id}", put(take)).layer(DefaultBodyLimit::max(MOST_BYTES));
    router.fallback(elsewhere).with_state(runtime)
}

type Said = (StatusCode, String);

async fn take(
    State(runtime): State<Arc<Runtime>>,
    Path((namespace, name, id)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Said {
    match message(&runtime, (&namespace, &name, &id), &headers, body) {
        Err(said) => said,
        Ok(sending) => match runtime.send(vec![sending], Vec::new()).await {
            Ok(()) => (StatusCode::OK, String::new()),
            Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")),
        },
    }
}

fn message(
    runtime: &Runtime,
    (namespace, name, id): (&str, &str, &str),
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Sending, Said> {
    let target = Address::new(namespace, name, id).map_err(|error| (StatusCode::BAD_REQUEST, format!("{error}\n")))?;
    if !runtime.hosts(&target.function) {
        return Err((StatusCode::NOT_FOUND, format!("no module hosts functions of type {}\n", target.function)));
    }
    let typed = typed_value(headers, body).map_err(|why| (StatusCode::UNSUPPORTED_MEDIA_TYPE, why))?;
    Ok(Sending { caller: None, target, argument: typed.encoded() })
}

/// The body as a value of the type that the header says; without one, as a text. The simple
/// types are given as they are encoded, but for text, which is given as it is.
fn typed_value(headers: &HeaderMap, body: Bytes) -> Result<TypedValue, String> {
    let said = headers.get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default().trim());
    let typename = match said {
        None => String::TYPENAME,
        Some(said) => match said.strip_prefix(TYPED) {
            Some(typename) if typename.contains('/') => typename,
            // What curl says by itself.
            _ if said.starts_with("application/x-www-form-urlencoded") || said.starts_with("text/plain") => {
                String::TYPENAME
            }
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

async fn elsewhere() -> Said {
    let how = "this is an ingress: PUT /NAMESPACE/NAME/ID with the message as the body\n";
    (StatusCode::NOT_FOUND, how.to_owned())
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
        assert!(typed(Some("application/json"), b"{}").unwrap_err().contains("application/vnd."));
        assert!(typed(None, b"\xff").unwrap_err().contains("UTF-8"));
    }
}
