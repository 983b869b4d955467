// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Downloading a directory of a web server: an area of dist.apache.org, or a staging
//! repository of Nexus. Files come in parallel, a download that was cut goes on where
//! it ended, and what was downloaded once is kept by its digest.

mod beside;
mod cache;
mod crawl;
mod error;
mod fetch;
mod listing;
#[cfg(test)]
mod tests;
mod validator;

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Url;
use reqwest::blocking::Client;

pub use cache::Cache;
use crawl::{list, several};
pub use error::DownloadError;
use error::shown;
pub(super) use fetch::{ATTEMPTS, LONGEST_PAUSE, PAUSE, passing, wanted_pause};
pub(super) use listing::{children, links};

use super::address::hide_login;
use super::web;
use crate::release::stands_beside;

/// Downloads directories of web servers.
pub struct Downloader {
    /// For what is anywhere.
    outside: Client,
    /// For what is on this machine.
    here: Client,
    cache: Cache,
}

/// A file of a web server's directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RemoteFile {
    /// Its path from the directory, with `/`, as it is to be called on the disk.
    pub path: String,
    /// Its address.
    pub url: Url,
}

/// What is told while files come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came<'a> {
    /// So many files are to come.
    Listed(usize),
    /// Bytes of a file.
    Bytes(&'a str, u64),
    /// The rest of a file, or all of it from the cache.
    File(&'a str),
    /// Nothing for now: a file or list is asked for again after a pause, because of this.
    Again(&'a str, Duration, &'a str),
}

/// Who is told.
pub type Progress<'a> = &'a (dyn Fn(Came<'_>) + Sync);

impl Downloader {
    /// A downloader that keeps what it downloads in `cache`.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(cache: Cache) -> Result<Self, DownloadError> {
        Self::patient(cache, web::SILENCE)
    }

    /// One that waits so long for a server that says nothing.
    fn patient(cache: Cache, silence: Duration) -> Result<Self, DownloadError> {
        let (outside, here) = (web::reader(silence), web::reader_here(silence));
        Ok(Self { outside: outside.map_err(DownloadError::Client)?, here: here.map_err(DownloadError::Client)?, cache })
    }

    fn client(&self, url: &Url) -> &Client {
        if web::is_here(url) { &self.here } else { &self.outside }
    }

    /// Downloads all that the directory at `address` lists, and the directories below
    /// it, into the directory `into`, which is made; returns the paths, sorted.
    ///
    /// # Errors
    /// When the directory cannot be listed or a file not be had; what came in stays
    /// in the cache, so that a repeat goes on from there.
    pub fn directory(&self, address: &str, into: &Path, progress: Progress<'_>) -> Result<Vec<String>, DownloadError> {
        let root = parsed(address)?;
        let files = list(self.client(&root), root.clone(), progress)?;
        progress(Came::Listed(files.len()));
        let (beside, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| stands_beside(&file.path));
        let mut paths = self.all(beside, into, progress)?;
        paths.extend(self.all(others, into, progress)?);
        paths.sort();
        Ok(paths)
    }

    /// The paths of all that the directory at `address` lists, and the directories below
    /// it, sorted; none where there is no such directory, or nothing in it.
    ///
    /// # Errors
    /// When it cannot be listed.
    pub fn paths(&self, address: &str) -> Result<Vec<String>, DownloadError> {
        let root = parsed(address)?;
        match list(self.client(&root), root.clone(), &|_| {}) {
            Ok(files) => Ok(files.into_iter().map(|file| file.path).collect()),
            Err(DownloadError::Empty { .. }) => Ok(Vec::new()),
            Err(DownloadError::Status { status, .. }) if status == reqwest::StatusCode::NOT_FOUND => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Downloads the file at `address` to `target`.
    ///
    /// # Errors
    /// When it cannot be had.
    pub fn file(&self, address: &str, target: &Path, progress: Progress<'_>) -> Result<(), DownloadError> {
        let url = parsed(address)?;
        let name = target.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        fetch::fetch(self.client(&url), &self.cache, &RemoteFile { path: name, url: url.clone() }, target, progress)
    }

    /// Downloads the file at `address` into the directory `into`, and of `endings` those
    /// files beside it that are there (`.asc`); returns the names, the file's first.
    ///
    /// # Errors
    /// When the file itself cannot be had, or it cannot be told what is beside it.
    pub fn with_companions(
        &self,
        address: &str,
        endings: &[&str],
        into: &Path,
        progress: Progress<'_>,
    ) -> Result<Vec<String>, DownloadError> {
        let url = parsed(address)?;
        let name = url.join(".").ok().and_then(|directory| listing::path_below(&directory, &url));
        let name = name.ok_or_else(|| DownloadError::Name { url: shown(&url) })?;
        let mut names = Vec::new();
        for ending in endings.iter().rev().chain(&[""]) {
            let mut beside = url.clone();
            beside.set_path(&format!("{}{ending}", url.path()));
            let file = RemoteFile { path: format!("{name}{ending}"), url: beside };
            match fetch::fetch(self.client(&url), &self.cache, &file, &into.join(&file.path), progress) {
                Err(DownloadError::Status { status, .. })
                    if !ending.is_empty() && status == reqwest::StatusCode::NOT_FOUND => {}
                fetched => fetched.map(|()| names.insert(0, file.path))?,
            }
        }
        Ok(names)
    }

    /// Downloads the files; returns their paths.
    fn all(&self, files: Vec<RemoteFile>, into: &Path, progress: Progress<'_>) -> Result<Vec<String>, DownloadError> {
        several(&files, |file| {
            fetch::fetch(self.client(&file.url), &self.cache, file, &target_of(into, &file.path), progress)
        })?;
        Ok(files.into_iter().map(|file| file.path).collect())
    }
}

fn target_of(into: &Path, path: &str) -> PathBuf {
    path.split('/').fold(into.to_owned(), |directory, name| directory.join(name))
}

fn parsed(address: &str) -> Result<Url, DownloadError> {
    let url = match Url::parse(address) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.host().is_some() => url,
        _ => return Err(DownloadError::Address { address: hide_login(address) }),
    };
    match web::protected(&url) {
        Ok(()) => Ok(url),
        Err(source) => Err(DownloadError::Unprotected { url: shown(&url), source: source.into() }),
    }
}
