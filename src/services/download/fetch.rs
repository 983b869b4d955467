// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! One download: from the cache where the server confirms what is there, else from the
//! server, going on where it was cut.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use reqwest::blocking::{Client, Response};
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, HeaderMap, IF_RANGE, RANGE, RETRY_AFTER,
    TRANSFER_ENCODING,
};
use reqwest::{StatusCode, Url, Version};

use super::beside;
use super::cache::{Cache, Kept, Partial};
use super::error::{DownloadError, shown};
use super::validator::Validator;
use super::{Came, Progress, RemoteFile};
use crate::release::stands_beside;
use crate::services::web;

/// How often a download is tried without a single byte more.
pub const ATTEMPTS: u32 = 4;
/// How often it is tried at all.
const ALL_ATTEMPTS: u32 = 200;
/// The pause after the first of them; it doubles.
pub const PAUSE: Duration = Duration::from_millis(200);
/// The longest pause that a server is granted that asks for one.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// The most that a page may have which lists a directory.
const PAGE_BYTES: u64 = 64 * 1024 * 1024;
/// The most that a file may have: no release's comes near it, a server without an end does.
const FILE_BYTES: u64 = 4 * 1024 * 1024 * 1024;
/// The most of a signature or a digest, which have a few lines.
const BESIDE_BYTES: u64 = 1024 * 1024;

/// The page at `url`.
pub fn page(client: &Client, url: &Url, progress: Progress<'_>) -> Result<String, DownloadError> {
    let mut vain = 1;
    loop {
        let again = match read_page(client, url) {
            Ok(text) => return Ok(text),
            Err(Ended::ForGood(error)) => return Err(error),
            Err(Ended::Again(again)) => again,
        };
        if vain >= ATTEMPTS {
            return Err(DownloadError::Unreachable { url: shown(url), source: again.why });
        }
        again.wait(url.path(), vain, progress);
        vain += 1;
    }
}

fn read_page(client: &Client, url: &Url) -> Result<String, Ended> {
    let response = send(url, client.get(url.clone()))?;
    // Half a list would be a candidate with less in it.
    if response.status() != StatusCode::OK {
        return Err(Ended::ForGood(DownloadError::Status { url: shown(url), status: response.status() }));
    }
    let tells_its_end = response.version() >= Version::HTTP_2
        || [CONTENT_LENGTH, TRANSFER_ENCODING].iter().any(|name| response.headers().contains_key(name));
    match web::text(response, PAGE_BYTES) {
        Ok(Some(text)) if !tells_its_end && !text.to_ascii_lowercase().contains("</html>") => {
            let why = io::Error::new(io::ErrorKind::UnexpectedEof, "the list ends in the middle");
            Err(Again::because(why).into())
        }
        Ok(Some(text)) => Ok(text),
        Ok(None) => Err(Ended::ForGood(DownloadError::Endless { url: shown(url), most: PAGE_BYTES })),
        Err(why) => Err(Again::because(why).into()),
    }
}

/// Has the file at `target`: from the cache where the server says that it is still the
/// same, else from the server.
pub fn fetch(
    client: &Client,
    cache: &Cache,
    file: &RemoteFile,
    target: &Path,
    progress: Progress<'_>,
) -> Result<(), DownloadError> {
    if let Some(kept) = cache.kept(&file.url)
        && is_confirmed(client, &file.url, &kept)
        && cache.supply(&kept, target)
    {
        progress(Came::File(&file.path));
        return Ok(());
    }
    let partial = cache.partial(&file.url)?;
    if stands_beside(&file.path) {
        // Nothing would tell that the beginning which an earlier run left was damaged.
        partial.clear()?;
    }
    let mut resumed = partial.length() > 0;
    resumed |= whole(client, file, &partial, progress)?;
    if resumed && beside::speaks_against(target, partial.path()) {
        partial.clear()?;
        whole(client, file, &partial, progress)?;
    }
    cache.keep(&partial, &file.url, target)?;
    progress(Came::File(&file.path));
    Ok(())
}

/// Whether the server says that it still has what was kept. One that cannot be asked so
/// is asked for the file, and that says what is wrong.
fn is_confirmed(client: &Client, url: &Url, kept: &Kept) -> bool {
    let Ok(response) = client.head(url.clone()).send() else { return false };
    response.status() == StatusCode::OK && kept.validator.is_confirmed_by(response.headers(), kept.bytes)
}

/// Has all of the file in `partial`; says whether it came in more than one piece.
fn whole(client: &Client, file: &RemoteFile, partial: &Partial, progress: Progress<'_>) -> Result<bool, DownloadError> {
    // What comes in again after a new beginning is nothing gained.
    let (mut attempt, mut vain, mut furthest) = (0, 0, partial.length());
    loop {
        attempt += 1;
        let again = match advance(client, file, partial, progress) {
            Ok(()) => return Ok(attempt > 1),
            Err(Ended::ForGood(error)) => {
                partial.abandon();
                return Err(error);
            }
            Err(Ended::Again(again)) => again,
        };
        let bytes = partial.length();
        vain = if bytes > furthest { 0 } else { vain + 1 };
        furthest = furthest.max(bytes);
        if vain >= ATTEMPTS || attempt >= ALL_ATTEMPTS {
            partial.abandon();
            return Err(DownloadError::Cut { url: shown(&file.url), bytes: furthest, attempt, source: again.why });
        }
        again.wait(&file.path, vain, progress);
    }
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

    /// Says that it waits, and waits.
    fn wait(&self, name: &str, vain: u32, progress: Progress<'_>) {
        let pause = self.wanted.unwrap_or(PAUSE * 2_u32.pow(vain)).min(LONGEST_PAUSE);
        progress(Came::Again(name, pause, &self.why.to_string()));
        thread::sleep(pause);
    }
}

impl From<DownloadError> for Ended {
    fn from(error: DownloadError) -> Self {
        Self::ForGood(error)
    }
}

impl From<Again> for Ended {
    fn from(again: Again) -> Self {
        Self::Again(again)
    }
}

/// The answer to a request, where it is what was asked for.
fn send(url: &Url, request: reqwest::blocking::RequestBuilder) -> Result<Response, Ended> {
    let response = match request.header(ACCEPT_ENCODING, "identity").send() {
        Ok(response) => response,
        // What leads nowhere, or where nobody may go, does so again.
        Err(source) if source.is_redirect() || source.is_builder() => {
            let (url, source) = (shown(url), io::Error::other(source.without_url()));
            return Err(Ended::ForGood(DownloadError::Unreachable { url, source }));
        }
        Err(error) => return Err(Again::because(io::Error::other(error.without_url())).into()),
    };
    match response.status() {
        status if status.is_success() || status == StatusCode::RANGE_NOT_SATISFIABLE => as_it_is(url, response),
        status if passing(status) => {
            let why = io::Error::other(format!("the server answered {status}"));
            Err(Again { why, wanted: wanted_pause(response.headers()) }.into())
        }
        status => Err(Ended::ForGood(DownloadError::Status { url: shown(url), status })),
    }
}

/// The answer, unless the server sends the bytes in a coding that nobody asked for: a digest would be of
/// other bytes than the file's. Of what is a gzip itself many servers say so, and mean the file.
fn as_it_is(url: &Url, response: Response) -> Result<Response, Ended> {
    let coding = response.headers().get(CONTENT_ENCODING).and_then(|coding| coding.to_str().ok()).unwrap_or_default();
    let coding = coding.trim().to_ascii_lowercase();
    let gzip =
        matches!(coding.as_str(), "gzip" | "x-gzip") && [".gz", ".tgz"].iter().any(|end| url.path().ends_with(end));
    if coding.is_empty() || coding == "identity" || gzip {
        return Ok(response);
    }
    Err(Ended::ForGood(DownloadError::Encoded { url: shown(url), coding }))
}

/// Whether the server may answer otherwise a little later.
pub fn passing(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
}

/// `Retry-After` in seconds; the form with a date is left to the usual pauses.
pub fn wanted_pause(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// One request: goes on with `partial` where the server still has the same file.
fn advance(client: &Client, file: &RemoteFile, partial: &Partial, progress: Progress<'_>) -> Result<(), Ended> {
    let have = partial.length();
    let mut request = client.get(file.url.clone());
    let validator = partial.validator();
    let asked = validator.as_ref().and_then(Validator::for_range).filter(|_| have > 0);
    if let Some(same) = asked {
        request = request.header(RANGE, format!("bytes={have}-")).header(IF_RANGE, same);
    }
    let mut response = send(&file.url, request)?;
    let status = response.status();
    let part = part_of(response.headers()).filter(|_| status == StatusCode::PARTIAL_CONTENT);
    let fits = part.as_ref().is_some_and(|part| part.begins == have);
    if status == StatusCode::RANGE_NOT_SATISFIABLE || (status == StatusCode::PARTIAL_CONTENT && !fits) {
        // What comes after the end was asked for, so it is another file now; or the server
        // cannot send parts.
        partial.clear()?;
        return Err(Again::because(io::Error::other("the server sent another part than was asked for")).into());
    }
    if part.is_none() {
        partial.clear()?;
    }
    partial.note(Validator::of(response.headers()).as_ref())?;
    let expected = part.and_then(|part| part.all).or(response.content_length().map(|bytes| partial.length() + bytes));
    let write = |source| Ended::ForGood(DownloadError::Write { path: partial.path().to_owned(), source });
    let mut sink = OpenOptions::new().append(true).open(partial.path()).map_err(write)?;
    let most = if stands_beside(&file.path) { BESIDE_BYTES } else { FILE_BYTES };
    let left = most.saturating_sub(partial.length());
    let came = copy(&mut response, &mut sink, left, |bytes| progress(Came::Bytes(&file.path, bytes)));
    came.map_err(|fault| match fault {
        CopyFault::Read(error) => Again::because(error).into(),
        CopyFault::Write(error) => write(error),
        CopyFault::Endless => {
            // nothing of it is worth its room
            match partial.clear() {
                Ok(()) => Ended::ForGood(DownloadError::Oversized { url: shown(&file.url), most }),
                Err(error) => Ended::ForGood(error),
            }
        }
    })?;
    match expected {
        Some(expected) if partial.length() < expected => {
            Err(Again::because(io::ErrorKind::UnexpectedEof.into()).into())
        }
        _ => Ok(()),
    }
}

enum CopyFault {
    Read(io::Error),
    Write(io::Error),
    /// More came than may.
    Endless,
}

/// Copies at most `left` bytes.
fn copy(from: &mut Response, to: &mut File, mut left: u64, progress: impl Fn(u64)) -> Result<(), CopyFault> {
    let mut buffer = vec![0; 128 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => {
                left = left.checked_sub(read as u64).ok_or(CopyFault::Endless)?;
                to.write_all(&buffer[..read]).map_err(CopyFault::Write)?;
                progress(read as u64);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(CopyFault::Read(error)),
        }
    }
}

/// Which part of a file an answer has.
struct Part {
    begins: u64,
    /// How long the file is, where the server says so.
    all: Option<u64>,
}

/// `Content-Range: bytes 200-999/1000`
fn part_of(headers: &HeaderMap) -> Option<Part> {
    let (range, all) = headers.get(CONTENT_RANGE)?.to_str().ok()?.trim().strip_prefix("bytes ")?.split_once('/')?;
    Some(Part { begins: range.split('-').next()?.trim().parse().ok()?, all: all.trim().parse().ok() })
}
