// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Against a server on loopback that cuts, fails and changes its mind.

mod server;

use std::fs;
use std::time::Duration;

use server::{Ranges, Server};

use super::{Cache, Came, DownloadError, Downloader};
use crate::release::Sha512;

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
    let told = std::sync::Mutex::new(Vec::new());
    let progress = |came: Came<'_>| {
        if let Came::Again(name, pause, why) = came {
            told.lock().unwrap().push(format!("{name} {} {why}", pause.as_secs()));
        }
    };
    downloader.directory(&format!("{}/d", server.address), &place.path().join("into"), &progress).unwrap();
    assert_eq!(server.asked(), ["/d/", "/d/", "/d/x", "/d/x", "/d/x"]);
    let why = "0 the server answered 429 Too Many Requests";
    assert_eq!(told.into_inner().unwrap(), [format!("/d/ {why}"), format!("x {why}"), format!("x {why}")]);
}

#[test]
fn a_coding_that_nobody_asked_for_is_no_fault_of_the_file() {
    let server = Server::with(&[("/d/x.asc", b"x"), ("/d/y.tgz", b"y"), ("/d/z", b"z")]);
    server.shelf.lock().unwrap().codings.extend([
        ("/d/x.asc".into(), "gzip"),
        ("/d/y.tgz".into(), "x-gzip"),
        ("/d/z".into(), "br"),
    ]);
    let place = tempfile::tempdir().unwrap();
    let downloader = Downloader::new(Cache::new(place.path().join("cache"))).unwrap();
    let file = |name: &str| downloader.file(&format!("{}/d/{name}", server.address), &place.path().join(name), &|_| {});
    file("y.tgz").unwrap();
    assert_eq!(fs::read(place.path().join("y.tgz")).unwrap(), b"y", "as it is on the server");
    for name in ["x.asc", "z"] {
        assert!(matches!(file(name), Err(DownloadError::Encoded { .. })), "{name}: {:?}", file(name));
        assert!(!place.path().join(name).exists());
    }
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
fn a_signature_without_end_does_not_fill_the_disk() {
    let server = Server::with(&[("/d/x.asc", &vec![b'a'; (1 << 20) + 1]), ("/d/y.asc", &vec![b'a'; 1 << 20])]);
    let place = tempfile::tempdir().unwrap();
    let downloader = Downloader::new(Cache::new(place.path().join("cache"))).unwrap();
    let get = |name: &str| downloader.file(&format!("{}/d/{name}", server.address), &place.path().join(name), &|_| {});
    let error = get("x.asc").unwrap_err();
    assert!(matches!(error, DownloadError::Oversized { most: 1_048_576, .. }), "{error}");
    let left = walk(&place.path().join("cache"));
    assert!(left.iter().all(|bytes| *bytes == 0), "{left:?}");
    get("y.asc").unwrap();
}

/// The sizes of all files below.
fn walk(directory: &std::path::Path) -> Vec<u64> {
    let entries = fs::read_dir(directory).unwrap().flatten();
    let sizes = entries.flat_map(|entry| match entry.path().is_dir() {
        true => walk(&entry.path()),
        false => vec![entry.metadata().unwrap().len()],
    });
    sizes.collect()
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

#[test]
fn half_a_list_is_none() {
    use std::io::{Read, Write};
    let list = "<html><a href='x-src.tgz'>x</a>";
    let whole = format!("{list}</html>");
    for (head, body, listed) in [
        (format!("206 Partial Content\r\nContent-Range: bytes 0-9/99\r\nContent-Length: {}", list.len()), list, false),
        ("200 OK\r\nX-Odd: no length".to_owned(), list, false),
        ("200 OK\r\nX-Odd: no length".to_owned(), whole.as_str(), true),
        (format!("200 OK\r\nContent-Length: {}", list.len()), list, true),
    ] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/rc1/", listener.local_addr().unwrap());
        let answer = format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n{body}");
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (mut stream, mut asked) = (stream, [0; 4096]);
                let _ = stream.read(&mut asked).and_then(|_| stream.write_all(answer.as_bytes()));
            }
        });
        let place = tempfile::tempdir().unwrap();
        let found = Downloader::new(Cache::new(place.path())).unwrap().paths(&address);
        assert_eq!(found.is_ok(), listed, "{head}: {found:?}");
    }
}
