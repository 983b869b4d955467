// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Body, Limits, Login, Request, Web, WebError};
use crate::rehearsal::certificate::Identity;
use crate::rehearsal::stand_ins::{Fault, FaultKind, Faults, Host};
use crate::services::{Effects, Moment};

/// A service that counts what it has done.
struct Counting {
    host: Host,
    faults: Faults,
    acted: Arc<AtomicU32>,
}

impl Counting {
    fn start() -> Self {
        let (acted, faults) = (Arc::new(AtomicU32::new(0)), Faults::default());
        let count = |State(acted): State<Arc<AtomicU32>>| async move {
            axum::response::Json(json!({"done": acted.fetch_add(1, Ordering::SeqCst) + 1}))
        };
        let headers = |headers: HeaderMap| async move {
            let value = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
            axum::response::Json(json!({"agent": value("user-agent"), "login": value("authorization")}))
        };
        let router = Router::new()
            .route("/base/do", post(count))
            .route("/base/read", get(|| async { axum::response::Json(json!({"it": "is so"})) }))
            .route("/base/headers", get(headers))
            .with_state(Arc::clone(&acted));
        Self { host: Host::start("counting", 0, router, faults.clone()).unwrap(), faults, acted }
    }

    fn web(&self) -> Web {
        self.web_as(Login::Anonymous)
    }

    fn web_as(&self, login: Login) -> Web {
        let limits = Limits {
            pause: Duration::from_millis(1),
            longest_pause: Duration::from_secs(1),
            request: Duration::from_secs(5),
            answer: 100_000,
            ..Limits::default()
        };
        Web::new("Counter", &format!("{}/base/", self.host.base()), login, Effects::unwatched())
            .unwrap()
            .limited(limits)
    }

    fn acted(&self) -> u32 {
        self.acted.load(Ordering::SeqCst)
    }

    fn read_with(&self, kind: FaultKind, times: u32) -> Result<Value, WebError> {
        self.faults.add(Fault { times, ..Fault::once("GET", "/read", kind) });
        let web = self.web();
        web.get(web.at(&["read"])).and_then(|answer| answer.json())
    }

    fn write_with(&self, kind: FaultKind) -> Result<Value, WebError> {
        self.faults.add(Fault::once("POST", "/do", kind));
        let web = self.web();
        let request = Request::new(Method::POST, web.at(&["do"]), Body::Json(json!({})));
        web.write("count", request).and_then(|answer| answer.json())
    }
}

fn status(status: u16, retry_after: Option<u32>, body: &str) -> FaultKind {
    FaultKind::Status { status, retry_after, body: body.to_owned() }
}

#[test]
fn reading_is_repeated_until_the_fault_has_passed() {
    let service = Counting::start();
    for kind in [
        FaultKind::CutBefore,
        FaultKind::CutAfter,
        FaultKind::Truncated,
        status(503, None, ""),
        status(500, None, ""),
        status(429, Some(0), ""),
    ] {
        assert_eq!(service.read_with(kind.clone(), 2).unwrap(), json!({"it": "is so"}), "{kind:?}");
        assert!(service.faults.are_spent());
    }
}

#[test]
fn reading_ends_with_what_was_answered_last() {
    let service = Counting::start();
    let error = service.read_with(status(503, None, "<h1>Down</h1>"), 4).unwrap_err();
    assert_eq!(
        error.to_string().replace(service.host.base().as_str(), "HOST"),
        "Counter answered 503 Service Unavailable to GET HOST/base/read: Down"
    );
    assert!(!error.may_have_happened());
    // longer than anybody waits: said at once
    let error = service.read_with(status(429, Some(3600), ""), 1).unwrap_err();
    assert!(error.hint().contains("3600 s"), "{}", error.hint());
    for (kind, says) in [
        (FaultKind::Page, "expected other JSON"),
        (FaultKind::Endless, "more than 100000 bytes"),
        (FaultKind::Redirect("http://example.org/x".to_owned()), "it is not https"),
        (FaultKind::Redirect("/base/read".to_owned()), "again and again"),
        (
            status(401, None, r#"{"message":"Bad credentials"}"#),
            "401 Unauthorized to GET HOST/base/read: Bad credentials",
        ),
        (status(404, None, ""), "404"),
    ] {
        let error = service.read_with(kind.clone(), if says.contains("again") { 9 } else { 1 }).unwrap_err();
        let text = error.to_string().replace(service.host.base().as_str(), "HOST");
        assert!(text.contains(says), "{kind:?}: {text}");
        assert!(!error.hint().is_empty());
    }
}

#[test]
fn writing_is_repeated_only_where_nothing_was_done() {
    let service = Counting::start();
    assert_eq!(service.write_with(status(429, Some(0), "")).unwrap(), json!({"done": 1}));
    for (kind, happened, acted) in [
        (FaultKind::CutBefore, true, 1),
        (FaultKind::CutAfter, true, 2),
        (FaultKind::Truncated, true, 3),
        (status(503, None, ""), true, 3),
        (status(502, None, ""), true, 3),
        (FaultKind::Page, true, 3),
        (status(409, None, ""), false, 3),
        (status(422, None, ""), false, 3),
        (FaultKind::Redirect("/base/do".to_owned()), false, 3),
    ] {
        let error = service.write_with(kind.clone()).unwrap_err();
        assert_eq!((error.may_have_happened(), service.acted()), (happened, acted), "{kind:?}: {error}");
    }
}

#[test]
fn what_comes_about_later_is_waited_for_and_what_does_not_ends() {
    let service = Counting::start();
    let web = service.web();
    let shown_after = |looks: u32| {
        let mut looked = 0;
        let came = web.comes_about(|| {
            looked += 1;
            Ok::<_, WebError>(looked > looks)
        });
        (came.unwrap(), looked)
    };
    assert_eq!(shown_after(0), (true, 1));
    assert_eq!(shown_after(5), (true, 6));
    assert_eq!(shown_after(100), (false, super::LOOKS));
}

#[test]
fn where_nobody_listens_nothing_was_sent() {
    let service = Counting::start();
    let web = service.web();
    drop(service);
    let request = Request::new(Method::POST, web.at(&["do"]), Body::None);
    let error = web.write("count", request).unwrap_err();
    assert!(matches!(error, WebError::Unreachable { .. }) && !error.may_have_happened(), "{error:?}");
}

#[test]
fn the_login_goes_to_the_service_and_is_shown_nowhere() {
    let service = Counting::start();
    let web = service.web_as(Login::Bearer("secret-token".into()));
    let headers: Value = web.get(web.at(&["headers"])).unwrap().json().unwrap();
    assert_eq!(headers["login"], "Bearer secret-token");
    assert_eq!(headers["agent"], concat!("quorate/", env!("CARGO_PKG_VERSION")));
    // the same server by another name is another host: it is told nothing
    let elsewhere = service.host.base().replace("127.0.0.1", "localhost") + "/base/headers";
    service.faults.add(Fault::once("GET", "/read", FaultKind::Redirect(elsewhere)));
    let headers: Value = web.get(web.at(&["read"])).unwrap().json().unwrap();
    assert_eq!(headers["login"], Value::Null);
    service.faults.add(Fault::once("GET", "/read", status(403, None, "")));
    let error = web.get(web.at(&["read"])).unwrap_err();
    assert!(!format!("{error:?} {web:?}").contains("secret-token"));
}

#[test]
fn an_address_is_https_or_of_this_machine() {
    let made = |address: &str| Web::new("Service", address, Login::Anonymous, Effects::unwatched());
    for address in ["https://example.org/x", "http://127.0.0.1:1/", "http://localhost:1", "http://[::1]:1"] {
        assert!(made(address).is_ok(), "{address}");
    }
    for address in
        ["http://example.org", "http://127.0.0.1.example.org", "ftp://example.org", "example.org", "", "https://"]
    {
        assert!(matches!(made(address), Err(WebError::Address { .. })), "{address}");
    }
    let error = made("https://ann:secret@example.org/").unwrap_err().to_string();
    assert!(!error.contains("secret"), "{error}");
}

#[test]
fn segments_are_encoded() {
    let web = Web::new("Service", "https://example.org/a/", Login::Anonymous, Effects::unwatched()).unwrap();
    assert_eq!(web.at(&["b c", "d/e", "ü"]).as_str(), "https://example.org/a/b%20c/d%2Fe/%C3%BC");
    assert_eq!(web.base(), "https://example.org/a");
}

#[test]
fn a_write_is_an_effect() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let service = Counting::start();
    let watch = Arc::clone(&seen);
    let effects = Effects::new(move |moment: Moment, name: &str| watch.lock().unwrap().push((moment, name.to_owned())));
    let web = Web::new("Counter", &format!("{}/base", service.host.base()), Login::Anonymous, effects).unwrap();
    web.write("count", Request::new(Method::POST, web.at(&["do"]), Body::None)).unwrap();
    web.get(web.at(&["read"])).unwrap();
    let expected = [(Moment::Before, "count".to_owned()), (Moment::After, "count".to_owned())];
    assert_eq!(*seen.lock().unwrap(), expected);
}

/// A service that answers as soon as it has read the head of a request, as one does that a
/// login does not please, and only then takes the rest.
fn hasty() -> (u16, std::thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = std::thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\nConnection: close\r\n\r\nnot yours";
        stream.write_all(answer).unwrap();
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    (port, serving)
}

#[test]
fn an_answer_that_comes_before_the_file_is_sent_is_heard() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("greeter-1.2.0.tgz");
    std::fs::write(&file, vec![7; 8 << 20]).unwrap();
    let bodies =
        [Body::File(file.clone()), Body::Form(vec![("name".into(), "greeter".into())], vec![("content".into(), file)])];
    for body in bodies {
        let (port, serving) = hasty();
        let base = format!("http://127.0.0.1:{port}/");
        let web = Web::new("Counter", &base, Login::Anonymous, Effects::unwatched()).unwrap();
        let error = web.write("send", Request::new(Method::POST, web.at(&["file"]), body)).unwrap_err();
        assert!(!error.may_have_happened(), "{error}");
        assert!(error.to_string().contains("403 Forbidden"), "{error}");
        drop(web);
        serving.join().unwrap();
    }
}

/// Where a server listens over TLS with a certificate for `name`, `https://127.0.0.1:PORT`, how
/// many bytes of requests it has read, and the PEM of the authority that vouches for it.
fn answering_as(name: &str) -> (String, Arc<AtomicU32>, String) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let identity = Identity::new(vec![name.to_owned()]).unwrap();
    let (config, authority) = (identity.server().unwrap(), identity.authority);
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let read = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&read);
    // it ends with the test's process: nobody connects any more
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream.unwrap());
            let mut request = [0; 4096];
            let Ok(bytes) = stream.read(&mut request) else { continue };
            seen.fetch_add(u32::try_from(bytes).unwrap(), Ordering::SeqCst);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
        }
    });
    (format!("https://127.0.0.1:{port}"), read, authority)
}

#[test]
fn a_server_that_cannot_show_who_it_is_is_told_nothing() {
    let limits = Limits { attempts: 1, request: Duration::from_secs(5), ..Limits::default() };
    let sent = |name: &str, trusted: bool| {
        let (base, read, authority) = answering_as(name);
        let web = Web::new("Vault", &base, Login::Bearer("s3cret".into()), Effects::unwatched()).unwrap();
        let web = if trusted { web.limited(limits).trusting(authority) } else { web.limited(limits) };
        let asked = web.get(web.at(&["read"])).map(drop);
        let told = web.write("tell", Request::new(Method::PUT, web.at(&["do"]), Body::Json(json!({})))).map(drop);
        (asked, told, read.load(Ordering::SeqCst))
    };
    let (asked, told, read) = sent("127.0.0.1", true);
    assert!(asked.is_ok() && told.is_ok() && read > 0, "{asked:?} {told:?} {read}");
    for (name, trusted, why) in
        [("other.example.org", true, "not valid for name"), ("127.0.0.1", false, "UnknownIssuer")]
    {
        let (asked, told, read) = sent(name, trusted);
        for result in [asked, told] {
            let error = result.unwrap_err();
            let WebError::Untrusted { source, .. } = &error else { panic!("{name}: {error:?}") };
            assert!(source.to_string().contains(why), "{name}: {source}");
            assert!(!error.may_have_happened() && error.hint().starts_with("nothing was sent"), "{name}");
            assert!(!format!("{error:?}").contains("s3cret"), "{name}");
        }
        assert_eq!(read, 0, "{name}: something was sent to it");
    }
}
