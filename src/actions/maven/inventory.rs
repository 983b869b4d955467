// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! All that a staging repository holds: every file is fetched, as a voter would, and
//! digested; one digest over all of them is what the record binds the vote to.

use std::fs::File;
use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::actions::failures::with_causes;
use crate::engine::ActionError;
use crate::release::Sha512;
use crate::services::{Cache, DownloadError, Downloader};
use crate::verify::{Listed, list_files};

/// What a staging repository holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Inventory {
    /// How many files, without the metadata that Nexus itself writes.
    pub files: usize,
    /// How many bytes they have.
    pub bytes: u64,
    /// The SHA-512 of the list of all of them, each with its own, as `sha512sum` writes it.
    pub sha512: Sha512,
}

/// A copy of what a staging repository holds.
pub(super) struct Copy {
    directory: TempDir,
    /// All its files, metadata too.
    pub files: Vec<Listed>,
}

impl Copy {
    /// Fetches all that is below `address`; `None` where there is nothing.
    pub fn fetch(address: &str) -> Result<Option<Self>, ActionError> {
        let directory = tempfile::tempdir().map_err(no_room)?;
        // what was fetched earlier says nothing of what is there now: the cache begins empty
        let into = directory.path().join("files");
        match downloader(&directory.path().join("cache"))?.directory(address, &into, &|_| {}) {
            Ok(_) => {
                let files = list_files(&into).map_err(no_room)?;
                Ok(Some(Self { directory, files }))
            }
            Err(DownloadError::Empty { .. }) => Ok(None),
            Err(DownloadError::Status { status, .. }) if status == reqwest::StatusCode::NOT_FOUND => Ok(None),
            Err(error) => Err(download_failed(error)),
        }
    }

    /// Where the files are.
    pub fn directory(&self) -> std::path::PathBuf {
        self.directory.path().join("files")
    }

    /// The list of the files, each with its SHA-512, and what it comes to.
    pub fn inventory(&self) -> Result<(String, Inventory), ActionError> {
        let directory = self.directory();
        let voted: Vec<&Listed> = self.files.iter().filter(|file| !is_metadata(&file.path)).collect();
        let digested: Result<Vec<(String, u64)>, std::io::Error> = voted
            .par_iter()
            .map(|file| {
                let (sha512, bytes) = Sha512::of_reader(File::open(directory.join(&file.path))?)?;
                Ok((format!("{sha512}  {}\n", file.path), bytes))
            })
            .collect();
        let digested = digested.map_err(no_room)?;
        let text: String = digested.iter().map(|(line, _)| line.as_str()).collect();
        let inventory = Inventory {
            files: digested.len(),
            bytes: digested.iter().map(|(_, bytes)| bytes).sum(),
            sha512: Sha512::of(text.as_bytes()),
        };
        Ok((text, inventory))
    }
}

/// The paths of all that is below `address`.
pub(super) fn paths(address: &str) -> Result<Vec<String>, ActionError> {
    let directory = tempfile::tempdir().map_err(no_room)?;
    downloader(directory.path())?.paths(address).map_err(download_failed)
}

/// Whether Nexus itself writes such a file, also anew.
pub(super) fn is_metadata(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with("maven-metadata.xml") || name.starts_with("archetype-catalog.xml") || path.starts_with(".")
}

/// The lines by which two lists differ, in words.
pub(super) fn differences(before: &str, now: &str) -> Vec<String> {
    let entries = |text: &str| -> std::collections::BTreeMap<String, String> {
        let split = |line: &str| line.split_once("  ").map(|(digest, path)| (path.to_owned(), digest.to_owned()));
        text.lines().filter_map(split).collect()
    };
    let (before, now) = (entries(before), entries(now));
    let gone = before.keys().filter(|path| !now.contains_key(*path)).map(|path| format!("{path} is gone"));
    let other = now.iter().filter_map(|(path, digest)| match before.get(path) {
        None => Some(format!("{path} is new")),
        Some(recorded) if recorded != digest => Some(format!("{path} has other bytes")),
        Some(_) => None,
    });
    gone.chain(other).collect()
}

/// How many of the files in `list` (as `sha512sum` writes it) were fetched from `address`, and
/// which are not there with these bytes. The digests beside them are passed over: not every
/// repository keeps the same ones.
pub(super) fn differing(address: &str, list: &str) -> Result<(usize, Vec<String>), ActionError> {
    let directory = tempfile::tempdir().map_err(no_room)?;
    let downloader = downloader(&directory.path().join("cache"))?;
    let is_digest = |path: &str| [".md5", ".sha1", ".sha256", ".sha512"].iter().any(|end| path.ends_with(end));
    let voted: Vec<(&str, &str)> =
        list.lines().filter_map(|line| line.split_once("  ")).filter(|(_, path)| !is_digest(path)).collect();
    let compared: Result<Vec<Option<String>>, ActionError> = voted
        .par_iter()
        .enumerate()
        .map(|(nth, (sha512, path))| {
            let target = directory.path().join(nth.to_string());
            match downloader.file(&format!("{}/{path}", address.trim_end_matches('/')), &target, &|_| {}) {
                Ok(()) => {}
                Err(DownloadError::Status { status, .. }) if status == reqwest::StatusCode::NOT_FOUND => {
                    return Ok(Some(format!("{address} does not serve {path}")));
                }
                Err(error) => return Err(download_failed(error)),
            }
            let (found, _) = File::open(&target).and_then(Sha512::of_reader).map_err(no_room)?;
            Ok((found.as_str() != *sha512).then(|| format!("{path} at {address} is not what was voted on")))
        })
        .collect();
    Ok((voted.len(), compared?.into_iter().flatten().collect()))
}

fn downloader(cache: &Path) -> Result<Downloader, ActionError> {
    Downloader::new(Cache::new(cache)).map_err(download_failed)
}

fn download_failed(error: DownloadError) -> ActionError {
    let hint = error.hint();
    match &error {
        DownloadError::Status { status, .. } if status.is_client_error() => {
            ActionError::refused(with_causes(&error), hint)
        }
        _ => ActionError::service("Nexus", error, hint),
    }
}

pub(super) fn no_room(error: std::io::Error) -> ActionError {
    ActionError::service("a directory on this machine", error, "see that the disk has room and can be read and written")
}
