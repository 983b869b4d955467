// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A web server for the tests of clients: it answers each request as a function of its path
//! says, one after the other.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Where a server listens that answers by the status and body that `answer` gives for the
/// path with its query: `http://127.0.0.1:PORT`.
pub(crate) fn answering<B: AsRef<[u8]> + 'static>(answer: fn(&str) -> (u16, B)) -> String {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    // it ends with the test's process: nobody connects any more
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let request = BufReader::new(&stream).lines().next().unwrap().unwrap();
            let (status, body) = answer(request.split(' ').nth(1).unwrap());
            let body = body.as_ref();
            let head = format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
        }
    });
    format!("http://127.0.0.1:{port}")
}

/// Where a server listens over TLS with a certificate for `name`, `https://127.0.0.1:PORT`, how
/// many bytes of requests it has read, and the PEM of the authority that vouches for it.
pub(crate) fn answering_as(name: &str) -> (String, Arc<AtomicUsize>, String) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (config, authority) = crate::rehearsal::certificate(vec![name.to_owned()]).unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let read = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&read);
    // it ends with the test's process: nobody connects any more
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream.unwrap());
            let mut request = [0; 4096];
            let Ok(bytes) = stream.read(&mut request) else { continue };
            seen.fetch_add(bytes, Ordering::SeqCst);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
        }
    });
    (format!("https://127.0.0.1:{port}"), read, authority)
}

/// Where a server listens that leads each request to `target`.
pub(crate) fn redirecting(target: &'static str) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    // it ends with the test's process: nobody connects any more
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let header = |line: &std::io::Result<String>| line.as_ref().is_ok_and(|line| !line.is_empty());
            let _ = BufReader::new(&stream).lines().take_while(header).count();
            let _ = write!(
                stream,
                "HTTP/1.1 302 x\r\nLocation: {target}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
        }
    });
    format!("http://127.0.0.1:{port}/")
}
