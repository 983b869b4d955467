// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A server that cuts, fails, falls silent and changes its mind.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use crate::release::Sha512;

/// What the server has, and what it was asked.
#[derive(Default)]
pub(super) struct Shelf {
    pub files: BTreeMap<String, Vec<u8>>,
    /// How many bytes of a body are sent before the line is cut, once each.
    pub cuts: BTreeMap<String, Vec<usize>>,
    /// How often a path is answered with 503 first.
    pub failing: BTreeMap<String, usize>,
    /// How often a path is answered with 429 first.
    pub limited: BTreeMap<String, usize>,
    /// How many bytes of a body are sent before the server falls silent, once.
    pub silent: BTreeMap<String, usize>,
    /// In which coding the server says that a path comes.
    pub codings: BTreeMap<String, &'static str>,
    /// Answers that say nothing of which file it is.
    pub unnamed: bool,
    /// How ranges are answered.
    pub ranges: Ranges,
    pub asked: Vec<String>,
}

#[derive(Default, Clone, Copy, PartialEq)]
pub(super) enum Ranges {
    #[default]
    Good,
    /// The beginning, whatever was asked for.
    Wrong,
    /// Answered with 416.
    Refused,
}

/// A web server on loopback, for as long as the value lives.
pub(super) struct Server {
    pub address: String,
    pub shelf: Arc<Mutex<Shelf>>,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub fn with(files: &[(&str, &[u8])]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let files = files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect();
        let shelf = Arc::new(Mutex::new(Shelf { files, ..Shelf::default() }));
        let ended = Arc::new(AtomicBool::new(false));
        let (state, end) = (Arc::clone(&shelf), Arc::clone(&ended));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if end.load(Ordering::SeqCst) {
                    return;
                }
                let state = Arc::clone(&state);
                std::thread::spawn(move || {
                    let _ = answer(stream.unwrap(), &state);
                });
            }
        });
        Self { address: format!("http://127.0.0.1:{port}"), shelf, ended, thread: Some(thread) }
    }

    pub fn asked(&self) -> Vec<String> {
        self.shelf.lock().unwrap().asked.drain(..).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address.trim_start_matches("http://"));
        let _ = self.thread.take().unwrap().join();
    }
}

/// One request of a connection that is closed after it.
fn answer(stream: TcpStream, shelf: &Mutex<Shelf>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let head = line.starts_with("HEAD ");
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut range = None;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        if header.trim().is_empty() {
            break;
        }
        if let Some(value) = header.to_ascii_lowercase().strip_prefix("range: bytes=") {
            range = value.trim().trim_end_matches('-').parse::<usize>().ok();
        }
    }
    let mut stream = stream;
    let mut shelf = shelf.lock().unwrap();
    let asked = if head { format!("HEAD {path}") } else { path.clone() };
    shelf.asked.push(range.map_or_else(|| asked, |from| format!("{path} from {from}")));
    if let Some(count @ 1..) = shelf.failing.get_mut(&path) {
        *count -= 1;
        return write!(stream, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
    if let Some(count @ 1..) = shelf.limited.get_mut(&path) {
        *count -= 1;
        let head = "HTTP/1.1 429 Slowly\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        return stream.write_all(head.as_bytes());
    }
    let body = if path.starts_with("/endless/") {
        b"<a href='a/'>a</a>".to_vec()
    } else if path.ends_with('/') {
        let below = |name: &&String| name.starts_with(&path);
        let links: String = shelf
            .files
            .keys()
            .filter(below)
            .map(|name| {
                let rest = &name[path.len()..];
                let link = rest.find('/').map_or(rest, |at| &rest[..=at]);
                format!("<li><a href=\"{link}\">{link}</a></li>")
            })
            .collect();
        format!("<html><a href=\"../\">..</a>{links}</html>").into_bytes()
    } else if let Some(bytes) = shelf.files.get(&path) {
        bytes.clone()
    } else {
        return write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    };
    let tag = &Sha512::of(&body).as_str()[..16].to_owned();
    let all = body.len();
    let (status, body) = match range.filter(|_| !head) {
        Some(_) if shelf.ranges == Ranges::Refused => ("416 Range Not Satisfiable".to_owned(), Vec::new()),
        Some(_) if shelf.ranges == Ranges::Wrong => {
            (format!("206 Partial Content\r\nContent-Range: bytes 0-{}/{all}", all - 1), body)
        }
        Some(from) if from <= all => {
            (format!("206 Partial Content\r\nContent-Range: bytes {from}-{}/{all}", all - 1), body[from..].to_vec())
        }
        _ => ("200 OK".to_owned(), body),
    };
    let tag = if shelf.unnamed { String::new() } else { format!("ETag: \"{tag}\"\r\n") };
    let coding = shelf.codings.get(&path).map_or_else(String::new, |coding| format!("Content-Encoding: {coding}\r\n"));
    let length = body.len();
    write!(stream, "HTTP/1.1 {status}\r\n{tag}{coding}Content-Length: {length}\r\nConnection: close\r\n\r\n")?;
    if head {
        return Ok(());
    }
    if let Some(bytes) = shelf.silent.remove(&path) {
        drop(shelf);
        stream.write_all(&body[..bytes])?;
        // Until the other side goes away.
        return reader.read_line(&mut line).map(drop);
    }
    let cut = shelf.cuts.get_mut(&path).and_then(Vec::pop).unwrap_or(body.len());
    stream.write_all(&body[..cut.min(body.len())])
}
