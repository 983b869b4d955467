// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! One download: from the cache, or from the server, going on where it was cut.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use reqwest::blocking::{Client, Response};
use reqwest::header::{CONTENT_RANGE, ETAG, HeaderMap, IF_RANGE, LAST_MODIFIED, RANGE, RETRY_AFTER};
use reqwest::{StatusCode, Url};

use super::cache::{Cache, is_checksum};
use super::error::DownloadError;
use super::{Came, Progress, RemoteFile};
use crate::services::web;

/// How often a download is tried without a single byte more.
const ATTEMPTS: u32 = 4;
/// The pause after the first of them; it doubles.
const PAUSE: Duration = Duration::from_millis(200);
/// The longest pause that a server is granted that asks for one.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// The most that a page may have which lists a directory.
const PAGE_BYTES: u64 = 64 * 1024 * 1024;

/// The page at `url`.
pub fn page(client: &Client, url: &Url) -> Result<String, DownloadError> {
    let mut vain = 1;
    loop {
        let again = match read_page(client, url) {
            Ok(text) => return Ok(text),
            Err(Ended::ForGood(error)) => return Err(error),
            Err(Ended::Again(again)) => again,
        };
        if vain >= ATTEMPTS {
            return Err(DownloadError::Unreachable { url: url.to_string(), source: again.why });
        }
        thread::sleep(again.pause(vain));
        vain += 1;
    }
}

fn read_page(client: &Client, url: &Url) -> Result<String, Ended> {
    let response = send(url, client.get(url.clone()))?;
    match web::text(response, PAGE_BYTES) {
        Ok(Some(text)) => Ok(text),
        // Half a list would be a candidate with less in it.
        Ok(None) => Err(Ended::ForGood(DownloadError::Endless { url: url.to_string(), most: PAGE_BYTES })),
        Err(why) => Err(Again::because(why).into()),
    }
}

/// Has the file at `target`: from the cache where its digest is known, else from the
/// server.
pub fn fetch(
    client: &Client,
    cache: &Cache,
    file: &RemoteFile,
    target: &Path,
    progress: Progress<'_>,
) -> Result<(), DownloadError> {
    if !is_checksum(&file.path) && cache.supply(target) {
        progress(Came::File(&file.path));
        return Ok(());
    }
    let partial = cache.partial(file.url.as_str())?;
    let mut vain = 0;
    loop {
        let before = length(partial.path());
        let again = match advance(client, file, partial.path(), progress) {
            Ok(()) => break,
            Err(Ended::ForGood(error)) => {
                partial.abandon();
                return Err(error);
            }
            Err(Ended::Again(again)) => again,
        };
        vain = if length(partial.path()) > before { 0 } else { vain + 1 };
        if vain >= ATTEMPTS {
            let (url, bytes) = (file.url.to_string(), length(partial.path()));
            partial.abandon();
            return Err(DownloadError::Cut { url, bytes, attempts: ATTEMPTS, source: again.why });
        }
        thread::sleep(again.pause(vain));
    }
    let _ = fs::remove_file(validator_of(partial.path()));
    cache.keep(&partial, target)?;
    progress(Came::File(&file.path));
    Ok(())
}

enum Ended {
    /// A repeat may go on.
    Again(Again),
    ForGood(DownloadError),
}

/// Why something is tried again, and when.
struct Again {
    why: io::Error,
    /// What the server asks for.
    wanted: Option<Duration>,
}

impl Again {
    fn because(why: io::Error) -> Self {
        Self { why, wanted: None }
    }

    fn pause(&self, vain: u32) -> Duration {
        self.wanted.unwrap_or(PAUSE * 2_u32.pow(vain)).min(LONGEST_PAUSE)
    }
}

impl From<Again> for Ended {
    fn from(again: Again) -> Self {
        Self::Again(again)
    }
}

/// The answer to a request, where it is what was asked for.
fn send(url: &Url, request: reqwest::blocking::RequestBuilder) -> Result<Response, Ended> {
    let response = match request.send() {
        Ok(response) => response,
        // What leads nowhere, or where nobody may go, does so again.
        Err(source) if source.is_redirect() || source.is_builder() => {
            let (url, source) = (url.to_string(), io::Error::other(source.without_url()));
            return Err(Ended::ForGood(DownloadError::Unreachable { url, source }));
        }
        Err(error) => return Err(Again::because(io::Error::other(error.without_url())).into()),
    };
    match response.status() {
        status if status.is_success() || status == StatusCode::RANGE_NOT_SATISFIABLE => Ok(response),
        status if passing(status) => {
            let why = io::Error::other(format!("the server answered {status}"));
            Err(Again { why, wanted: wanted_pause(response.headers()) }.into())
        }
        status => Err(Ended::ForGood(DownloadError::Status { url: url.to_string(), status })),
    }
}

/// Whether the server may answer otherwise a little later.
fn passing(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
}

/// `Retry-After` in seconds; the form with a date is left to the usual pauses.
fn wanted_pause(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// One request: goes on with `partial` where the server still has the same file.
fn advance(client: &Client, file: &RemoteFile, partial: &Path, progress: Progress<'_>) -> Result<(), Ended> {
    let write = |path: &Path, source| Ended::ForGood(DownloadError::Write { path: path.to_owned(), source });
    let validator_path = validator_of(partial);
    let validator = fs::read_to_string(&validator_path).ok();
    let have = length(partial);
    let mut request = client.get(file.url.clone());
    if let Some(validator) = validator.filter(|_| have > 0) {
        request = request.header(RANGE, format!("bytes={have}-")).header(IF_RANGE, validator);
    }
    let mut response = send(&file.url, request)?;
    // Asked for what comes after the end: it was whole, or is another one now.
    if response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
        File::create(partial).map_err(|error| write(partial, error))?;
        return Err(Again::because(io::Error::other("the server has less than was downloaded")).into());
    }
    let goes_on = response.status() == StatusCode::PARTIAL_CONTENT;
    if goes_on && begins_at(response.headers()) != Some(have) {
        File::create(partial).map_err(|error| write(partial, error))?;
        return Err(Again::because(io::Error::other("the server sent another part than was asked for")).into());
    }
    match validator_in(response.headers()) {
        Some(validator) => fs::write(&validator_path, validator).map_err(|error| write(&validator_path, error))?,
        None => {
            let _ = fs::remove_file(&validator_path);
        }
    }
    let expected = response.content_length();
    let mut open = OpenOptions::new();
    let open = if goes_on { open.append(true) } else { open.write(true).truncate(true).create(true) };
    let mut sink = open.open(partial).map_err(|error| write(partial, error))?;
    let came = copy(&mut response, &mut sink, |bytes| progress(Came::Bytes(&file.path, bytes)));
    let came = came.map_err(|fault| match fault {
        CopyFault::Read(error) => Again::because(error).into(),
        CopyFault::Write(error) => write(partial, error),
    })?;
    match expected {
        Some(expected) if came < expected => Err(Again::because(io::ErrorKind::UnexpectedEof.into()).into()),
        _ => Ok(()),
    }
}

enum CopyFault {
    Read(io::Error),
    Write(io::Error),
}

fn copy(from: &mut Response, to: &mut File, progress: impl Fn(u64)) -> Result<u64, CopyFault> {
    let mut buffer = vec![0; 128 * 1024];
    let mut all = 0;
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(all),
            Ok(read) => {
                to.write_all(&buffer[..read]).map_err(CopyFault::Write)?;
                all += read as u64;
                progress(read as u64);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(CopyFault::Read(error)),
        }
    }
}

/// The first byte's place in the file, of a part.
fn begins_at(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_RANGE)?.to_str().ok()?.trim().strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}

/// What says that the file is the same one: a strong entity tag, else its date.
fn validator_in(headers: &HeaderMap) -> Option<String> {
    let value = |name| headers.get(name)?.to_str().ok().map(str::to_owned);
    value(ETAG).filter(|tag: &String| !tag.starts_with("W/")).or_else(|| value(LAST_MODIFIED))
}

fn validator_of(partial: &Path) -> std::path::PathBuf {
    partial.with_extension("validator")
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |data| data.len())
}
