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
use reqwest::header::{ETAG, HeaderMap, IF_RANGE, LAST_MODIFIED, RANGE};
use reqwest::{StatusCode, Url};

use super::cache::{Cache, is_checksum};
use super::error::DownloadError;
use super::{Progress, RemoteFile};

/// How often a download is tried without a single byte more.
const ATTEMPTS: u32 = 4;
/// The pause after the first of them; it doubles.
const PAUSE: Duration = Duration::from_millis(200);
/// The most that a page may have which lists a directory.
const PAGE_BYTES: u64 = 64 * 1024 * 1024;

/// The page at `url`.
pub fn page(client: &Client, url: &Url) -> Result<String, DownloadError> {
    let unreachable =
        |source: reqwest::Error| DownloadError::Unreachable { url: url.to_string(), source: source.without_url() };
    let mut attempt = 1;
    let response = loop {
        match client.get(url.clone()).send() {
            Ok(response) if response.status().is_server_error() && attempt < ATTEMPTS => {}
            Ok(response) => break succeeded(url, response)?,
            Err(error) if attempt < ATTEMPTS && !error.is_builder() => drop(error),
            Err(error) => return Err(unreachable(error)),
        }
        thread::sleep(PAUSE * 2_u32.pow(attempt));
        attempt += 1;
    };
    let mut text = String::new();
    let cut = |source| DownloadError::Cut { url: url.to_string(), bytes: 0, attempts: 1, source };
    response.take(PAGE_BYTES).read_to_string(&mut text).map_err(cut)?;
    Ok(text)
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
        return Ok(());
    }
    let partial = cache.partial(file.url.as_str())?;
    let mut vain = 0;
    loop {
        let before = length(&partial);
        let ended = advance(client, file, &partial, progress);
        let source = match ended {
            Ok(()) => break,
            Err(Ended::ForGood(error)) => return Err(error),
            Err(Ended::Cut(source)) => source,
        };
        vain = if length(&partial) > before { 0 } else { vain + 1 };
        if vain >= ATTEMPTS {
            let (url, bytes) = (file.url.to_string(), length(&partial));
            return Err(DownloadError::Cut { url, bytes, attempts: ATTEMPTS, source });
        }
        thread::sleep(PAUSE * 2_u32.pow(vain));
    }
    let _ = fs::remove_file(validator_of(&partial));
    cache.keep(&partial, target)
}

enum Ended {
    /// A repeat may go on.
    Cut(io::Error),
    ForGood(DownloadError),
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
    let response = request.send().map_err(|error| Ended::Cut(io::Error::other(error.without_url())))?;
    if response.status().is_server_error() {
        return Err(Ended::Cut(io::Error::other(format!("the server answered {}", response.status()))));
    }
    // Asked for what comes after the end: it was whole, or is another one now.
    if response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
        let _ = fs::remove_file(partial);
        return Err(Ended::Cut(io::Error::other("the server has less than was downloaded")));
    }
    let mut response = succeeded(&file.url, response).map_err(Ended::ForGood)?;
    let goes_on = response.status() == StatusCode::PARTIAL_CONTENT;
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
    let came = copy(&mut response, &mut sink, |bytes| progress(&file.path, bytes)).map_err(|fault| match fault {
        CopyFault::Read(error) => Ended::Cut(error),
        CopyFault::Write(error) => write(partial, error),
    })?;
    match expected {
        Some(expected) if came < expected => Err(Ended::Cut(io::ErrorKind::UnexpectedEof.into())),
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

fn succeeded(url: &Url, response: Response) -> Result<Response, DownloadError> {
    match response.status() {
        status if status.is_success() => Ok(response),
        status => Err(DownloadError::Status { url: url.to_string(), status }),
    }
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
