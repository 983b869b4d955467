// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Against a server on loopback that cuts, fails and changes its mind.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use super::{Cache, DownloadError, Downloader};
use crate::release::Sha512;

/// What the server has, and what it was asked.
#[derive(Default)]
struct Shelf {
    files: BTreeMap<String, Vec<u8>>,
    /// How many bytes of a body are sent before the line is cut, once each.
    cuts: BTreeMap<String, Vec<usize>>,
    /// How often a path is answered with 503 first.
    failing: BTreeMap<String, usize>,
    /// How often a path is answered with 429 first.
    limited: BTreeMap<String, usize>,
    /// How many bytes of a body are sent before the server falls silent, once.
    silent: BTreeMap<String, usize>,
    /// Answers that say nothing of which file it is.
    unnamed: bool,
    /// Answers to ranges have another part, or none at all.
    ranges: Ranges,
    asked: Vec<String>,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Ranges {
    #[default]
    Good,
    /// The beginning, whatever was asked for.
    Wrong,
    /// Answered with 416.
    Refused,
}

struct Server {
    address: String,
    shelf: Arc<Mutex<Shelf>>,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn with(files: &[(&str, &[u8])]) -> Self {
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

    fn asked(&self) -> Vec<String> {
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
    let length = body.len();
    write!(stream, "HTTP/1.1 {status}\r\n{tag}Content-Length: {length}\r\nConnection: close\r\n\r\n")?;
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

fn digest_line(bytes: &[u8], name: &str) -> Vec<u8> {
    format!("{}  {name}\n", Sha512::of(bytes)).into_bytes()
}

#[test]
fn a_directory_comes_in_whole_and_the_second_time_from_the_cache() {
    let big = vec![7_u8; 300_000];
    let sum = digest_line(&big, "x.tgz");
    let server = Server::with(&[
        ("/dev/x-rc1/x.tgz", &big),
        ("/dev/x-rc1/x.tgz.sha512", &sum),
        ("/dev/x-rc1/deep/a/y.jar", b"jar"),
        ("/dev/other/z", b"not ours"),
    ]);
    let place = tempfile::tempdir().unwrap();
    let downloader = Downloader::new(Cache::new(place.path().join("cache"))).unwrap();
    let get =
        |into: &str| downloader.directory(&format!("{}/dev/x-rc1", server.address), &place.path().join(into), &|_| {});
    assert_eq!(get("one").unwrap(), ["deep/a/y.jar", "x.tgz", "x.tgz.sha512"]);
    assert_eq!(fs::read(place.path().join("one/x.tgz")).unwrap(), big);
    assert_eq!(fs::read(place.path().join("one/deep/a/y.jar")).unwrap(), b"jar");
    assert!(!server.asked().contains(&"/dev/other/z".to_owned()));
    get("two").unwrap();
    let asked = server.asked();
    assert!(!asked.contains(&"/dev/x-rc1/x.tgz".to_owned()), "it is in the cache: {asked:?}");
    assert!(asked.contains(&"HEAD /dev/x-rc1/x.tgz".to_owned()), "and the server was asked: {asked:?}");
    assert_eq!(fs::read(place.path().join("two/x.tgz")).unwrap(), big);
    // Other bytes under the same name have another digest.
    let other = vec![8_u8; 300_000];
    let sum = digest_line(&other, "x.tgz");
    server
        .shelf
        .lock()
        .unwrap()
        .files
        .extend([("/dev/x-rc1/x.tgz".to_owned(), other.clone()), ("/dev/x-rc1/x.tgz.sha512".to_owned(), sum)]);
    get("three").unwrap();
    assert_eq!(fs::read(place.path().join("three/x.tgz")).unwrap(), other);
}

#[test]
fn a_file_that_was_changed_in_the_cache_is_downloaded_again() {
    let bytes = vec![1_u8; 1000];
    let server = Server::with(&[("/d/x", &bytes), ("/d/x.sha512", &digest_line(&bytes, "x"))]);
    let place = tempfile::tempdir().unwrap();
    let downloader = Downloader::new(Cache::new(place.path().join("cache"))).unwrap();
    let get = |into: &str| downloader.directory(&format!("{}/d/", server.address), &place.path().join(into), &|_| {});
    get("one").unwrap();
    let digest = Sha512::of(&bytes);
    let kept = place.path().join("cache/sha512").join(&digest.as_str()[..2]).join(digest.as_str());
    fs::remove_file(place.path().join("one/x")).unwrap();
    fs::write(&kept, b"something else").unwrap();
    get("two").unwrap();
    assert_eq!(fs::read(place.path().join("two/x")).unwrap(), bytes);
}

#[test]
fn a_download_that_is_cut_goes_on_where_it_ended_also_in_a_later_run() {
    let bytes: Vec<u8> = (0..200_000_u32).map(|number| (number % 251) as u8).collect();
    let server = Server::with(&[("/d/x", &bytes)]);
    let place = tempfile::tempdir().unwrap();
    let cache = Cache::new(place.path().join("cache"));
    let downloader = Downloader::new(cache).unwrap();
    let (address, target) = (format!("{}/d/x", server.address), place.path().join("x"));
    server.shelf.lock().unwrap().cuts.insert("/d/x".into(), vec![60_000, 50_000]);
    downloader.file(&address, &target, &|_| {}).unwrap();
    assert_eq!(fs::read(&target).unwrap(), bytes);
    assert_eq!(server.asked(), ["/d/x", "/d/x from 50000", "/d/x from 110000"]);
    // Cut so often that this run gives up; the next one goes on.
    let mut changed = bytes.clone();
    changed[0] = 99;
    server.shelf.lock().unwrap().files.insert("/d/x".into(), changed.clone());
    server.shelf.lock().unwrap().cuts.insert("/d/x".into(), vec![0, 0, 0, 0, 70_000]);
    let error = downloader.file(&address, &target, &|_| {}).unwrap_err();
    assert!(matches!(error, DownloadError::Cut { bytes: 70_000, .. }), "{error}");
    server.asked();
    downloader.file(&address, &target, &|_| {}).unwrap();
    assert_eq!(server.asked(), ["HEAD /d/x", "/d/x from 70000"]);
    assert_eq!(fs::read(&target).unwrap(), changed);
}

#[test]
fn what_is_not_there_cannot_be_asked_or_lists_nothing_is_told_apart() {
    let server = Server::with(&[("/d/x", b"x")]);
    let place = tempfile::tempdir().unwrap();
    let downloader = Downloader::new(Cache::new(place.path().join("cache"))).unwrap();
    let get = |address: &str| downloader.directory(address, &place.path().join("into"), &|_| {}).unwrap_err();
    assert!(matches!(get(&format!("{}/none", server.address)), DownloadError::Empty { .. }));
    assert!(matches!(get("ftp://example.org/d"), DownloadError::Address { .. }));
    assert!(matches!(get("http://dist.example.org/d"), DownloadError::Unprotected { .. }));
    assert!(matches!(get("http://127.0.0.1:1/"), DownloadError::Unreachable { .. }));
    let missing = downloader.file(&format!("{}/d/y", server.address), &place.path().join("y"), &|_| {}).unwrap_err();
    assert!(matches!(missing, DownloadError::Status { .. }), "{missing}");
    server.shelf.lock().unwrap().failing.insert("/d/x".into(), 2);
    downloader.file(&format!("{}/d/x", server.address), &place.path().join("x"), &|_| {}).unwrap();
}

#[test]
fn a_server_that_falls_silent_is_given_up_and_asked_for_the_rest() {
    let bytes = vec![5_u8; 5000];
    let server = Server::with(&[("/d/x", &bytes)]);
    server.shelf.lock().unwrap().silent.insert("/d/x".into(), 2000);
    let place = tempfile::tempdir().unwrap();
    let downloader = Downloader::patient(Cache::new(place.path().join("cache")), Duration::from_secs(1)).unwrap();
    let target = place.path().join("x");
    downloader.file(&format!("{}/d/x", server.address), &target, &|_| {}).unwrap();
    assert_eq!(fs::read(&target).unwrap(), bytes);
    assert_eq!(server.asked(), ["/d/x", "/d/x from 2000"]);
}

#[test]
fn a_server_that_asks_for_patience_gets_it() {
    let server = Server::with(&[("/d/x", b"x")]);
    server.shelf.lock().unwrap().limited.extend([("/d/x".into(), 2), ("/d/".into(), 1)]);
    let place = tempfile::tempdir().unwrap();
    let downloader = Downloader::new(Cache::new(place.path().join("cache"))).unwrap();
    downloader.directory(&format!("{}/d", server.address), &place.path().join("into"), &|_| {}).unwrap();
    assert_eq!(server.asked(), ["/d/", "/d/", "/d/x", "/d/x", "/d/x"]);
}

#[test]
fn a_single_file_that_is_in_the_cache_is_not_downloaded_again() {
    let server = Server::with(&[("/d/x.tgz", b"x"), ("/d/x.tgz.sha512", &digest_line(b"x", "x.tgz"))]);
    let place = tempfile::tempdir().unwrap();
    let downloader = Downloader::new(Cache::new(place.path().join("cache"))).unwrap();
    let get = |into: &str| {
        let address = format!("{}/d/x.tgz", server.address);
        downloader.with_companions(&address, &[".asc", ".sha512"], &place.path().join(into), &|_| {}).unwrap()
    };
    assert_eq!(get("one"), ["x.tgz", "x.tgz.sha512"]);
    server.asked();
    assert_eq!(get("two"), ["x.tgz", "x.tgz.sha512"]);
    assert_eq!(server.asked(), ["HEAD /d/x.tgz.sha512", "/d/x.tgz.asc", "HEAD /d/x.tgz"]);
    assert_eq!(fs::read(place.path().join("two/x.tgz")).unwrap(), b"x");
}

#[test]
fn two_runs_that_download_the_same_do_not_write_into_one_file() {
    let place = tempfile::tempdir().unwrap();
    let cache = Cache::new(place.path());
    let url = reqwest::Url::parse("https://example.org/x").unwrap();
    let one = cache.partial(&url).unwrap();
    let other = cache.partial(&url).unwrap();
    assert_ne!(one.path(), other.path());
    let path = one.path().to_owned();
    drop(one);
    assert_eq!(cache.partial(&url).unwrap().path(), path);
    other.abandon();
    assert!(!other.path().exists(), "nothing had come in");
}

/// A server with one file and its digest, and a way to download both into a directory.
fn one_file(bytes: &[u8]) -> (Server, tempfile::TempDir, impl Fn(&str) -> Result<Vec<u8>, DownloadError>) {
    let server = Server::with(&[("/d/x", bytes), ("/d/x.sha512", &digest_line(bytes, "x"))]);
    let place = tempfile::tempdir().unwrap();
    let downloader = Downloader::new(Cache::new(place.path().join("cache"))).unwrap();
    let (address, below) = (format!("{}/d/x", server.address), place.path().to_owned());
    let get = move |into: &str| {
        let into = below.join(into);
        downloader.with_companions(&address, &[".sha512"], &into, &|_| {})?;
        Ok(fs::read(into.join("x")).unwrap())
    };
    (server, place, get)
}

#[test]
fn what_was_changed_or_taken_away_on_the_server_does_not_come_out_of_the_cache() {
    let bytes = vec![1_u8; 5000];
    let (server, _place, get) = one_file(&bytes);
    assert_eq!(get("one").unwrap(), bytes);
    // As long as before, and the digest beside it still that of the first.
    let changed = vec![2_u8; 5000];
    server.shelf.lock().unwrap().files.insert("/d/x".into(), changed.clone());
    assert_eq!(get("two").unwrap(), changed);
    server.shelf.lock().unwrap().files.remove("/d/x");
    let error = get("three").unwrap_err();
    assert!(matches!(error, DownloadError::Status { status, .. } if status == 404), "{error}");
}

#[test]
fn a_server_by_which_nothing_can_be_confirmed_is_asked_for_the_bytes() {
    let bytes = vec![1_u8; 5000];
    let (server, _place, get) = one_file(&bytes);
    server.shelf.lock().unwrap().unnamed = true;
    get("one").unwrap();
    server.asked();
    assert_eq!(get("two").unwrap(), bytes);
    assert_eq!(server.asked(), ["/d/x.sha512", "/d/x"]);
}

#[test]
fn a_server_that_cannot_send_parts_is_given_up_soon_or_sends_the_whole() {
    for ranges in [Ranges::Wrong, Ranges::Refused] {
        let bytes = vec![1_u8; 5000];
        let (server, _place, get) = one_file(&bytes);
        let spoil = |cuts: usize| {
            let mut shelf = server.shelf.lock().unwrap();
            shelf.ranges = ranges;
            shelf.cuts.insert("/d/x".into(), vec![4000; cuts]);
        };
        spoil(100);
        let error = get("one").unwrap_err();
        assert!(matches!(error, DownloadError::Cut { bytes: 4000, .. }), "{error}");
        assert!(server.asked().len() < 10);
        spoil(1);
        assert_eq!(get("two").unwrap(), bytes);
    }
}

#[test]
fn a_beginning_that_was_damaged_since_is_not_gone_on_with_for_good() {
    let bytes = vec![1_u8; 5000];
    let (server, place, get) = one_file(&bytes);
    server.shelf.lock().unwrap().cuts.insert("/d/x".into(), vec![0, 0, 0, 0, 4000]);
    get("one").unwrap_err();
    let partials = fs::read_dir(place.path().join("cache/partial")).unwrap().flatten().map(|entry| entry.path());
    let [partial] = partials.filter(|path| path.extension().is_none()).collect::<Vec<_>>().try_into().unwrap();
    let mut damaged = fs::read(&partial).unwrap();
    assert_eq!(damaged.len(), 4000);
    damaged[7] = 9;
    fs::write(&partial, damaged).unwrap();
    server.asked();
    assert_eq!(get("two").unwrap(), bytes);
    assert_eq!(server.asked(), ["HEAD /d/x.sha512", "/d/x from 4000", "/d/x"]);
}

#[test]
fn a_directory_that_lists_itself_without_end_is_given_up_soon() {
    let server = Server::with(&[]);
    let place = tempfile::tempdir().unwrap();
    let downloader = Downloader::new(Cache::new(place.path().join("cache"))).unwrap();
    let error = downloader.paths(&format!("{}/endless/", server.address)).unwrap_err();
    assert!(error.to_string().contains("more than 30 directories in one another below"), "{error}");
    assert!(server.asked().len() <= 31);
}

#[test]
fn no_error_shows_a_login() {
    let server = Server::with(&[]);
    let place = tempfile::tempdir().unwrap();
    let downloader = Downloader::new(Cache::new(place.path().join("cache"))).unwrap();
    let with_login = |address: &str| address.replace("://", "://ann:s3cret@");
    let file = |address: &str| downloader.file(&with_login(address), &place.path().join("x"), &|_| {}).unwrap_err();
    let list = |address: &str| downloader.directory(&with_login(address), place.path(), &|_| {}).unwrap_err();
    let none = format!("{}/none", server.address);
    let addresses = [&none, "http://dist.example.org/x", "ftp://example.org/x"];
    let errors = addresses.into_iter().flat_map(|address| [file(address), list(address)]);
    for error in errors.chain([file("http://127.0.0.1:1/x")]) {
        let said = format!("{error} {:?}", std::error::Error::source(&error));
        assert!(!said.contains("s3cret"), "{said}");
    }
}
