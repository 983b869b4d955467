// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What was downloaded, kept by the SHA-512 of its bytes, with what its server said of
//! it: it serves again only where the server confirms that it is still the same.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::error::DownloadError;
use super::validator::Validator;
use crate::release::Sha512;

/// A directory with downloaded files, each named by its digest, and with what came in
/// of downloads that were cut.
#[derive(Debug, Clone)]
pub struct Cache {
    directory: PathBuf,
}

/// What is known of a file that was downloaded.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    /// What its server said of it.
    pub validator: Validator,
    /// How long it is.
    pub bytes: u64,
    sha512: Sha512,
}

impl Cache {
    /// The cache in `directory`, which is made when it is first written to.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into() }
    }

    /// What is known of the file that was downloaded from `url`.
    pub(super) fn kept(&self, url: &Url) -> Option<Kept> {
        serde_json::from_slice(&fs::read(self.note(url)).ok()?).ok()
    }

    /// Puts a kept file at `target`; says whether it did. The bytes are digested again
    /// first: a file that was changed in the cache is thrown away.
    pub(super) fn supply(&self, kept: &Kept, target: &Path) -> bool {
        let Some(place) = Sha512::from_digits(kept.sha512.as_str()).map(|digest| self.place(&digest)) else {
            return false;
        };
        let Ok(file) = File::open(&place) else { return false };
        match Sha512::of_reader(file) {
            Ok((found, _)) if found == kept.sha512 => copy(&place, target).is_ok(),
            Ok(_) => {
                let _ = fs::remove_file(&place);
                false
            }
            Err(_) => false,
        }
    }

    /// Moves a whole download of `url` into the cache and puts it at `target` too. Where
    /// the server said nothing by which it could confirm it later, it is at `target` alone.
    pub(super) fn keep(&self, partial: &Partial, url: &Url, target: &Path) -> Result<(), DownloadError> {
        let write = |path: &Path| {
            let path = path.to_owned();
            move |source| DownloadError::Write { path, source }
        };
        let (note, validator, partial) = (self.note(url), partial.take_validator(), partial.path());
        let Some(validator) = validator else { return bring(partial, target).map_err(write(target)) };
        let file = File::open(partial).map_err(write(partial))?;
        let (sha512, bytes) = Sha512::of_reader(file).map_err(write(partial))?;
        let place = self.place(&sha512);
        bring(partial, &place).map_err(write(&place))?;
        copy(&place, target).map_err(write(target))?;
        let text = serde_json::to_vec(&Kept { validator, bytes, sha512 }).map_err(io::Error::other);
        text.and_then(|text| make_parent(&note).and_then(|()| fs::write(&note, text))).map_err(write(&note))
    }

    /// Where what comes in of `url` is kept until it is whole: for this process alone, in
    /// a place of its own where another one is downloading the same.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn partial(&self, url: &Url) -> Result<Partial, DownloadError> {
        let directory = self.directory.join("partial");
        let write = |path: &Path, source| DownloadError::Write { path: path.to_owned(), source };
        fs::create_dir_all(&directory).map_err(|source| write(&directory, source))?;
        let name = name_of(url);
        let held = |path: PathBuf| match OpenOptions::new().append(true).create(true).open(&path) {
            Ok(lock) => Ok(Partial { path, lock }),
            Err(source) => Err(write(&path, source)),
        };
        let partial = held(directory.join(&name))?;
        match partial.lock.try_lock() {
            Err(TryLockError::WouldBlock) => held(directory.join(format!("{name}-{}", std::process::id()))),
            // A file system without locks has to do without.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(partial),
        }
    }

    fn place(&self, digest: &Sha512) -> PathBuf {
        let digest = digest.as_str();
        self.directory.join("sha512").join(&digest[..2]).join(digest)
    }

    /// Where it is noted what `url` gave.
    fn note(&self, url: &Url) -> PathBuf {
        self.directory.join("known").join(name_of(url))
    }
}

/// What has come in of a download, held as long as this value lives.
pub(super) struct Partial {
    path: PathBuf,
    lock: File,
}

impl Partial {
    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// How many bytes have come in.
    pub(super) fn length(&self) -> u64 {
        self.lock.metadata().map_or(0, |data| data.len())
    }

    /// What the server said of the file that this is the beginning of.
    pub(super) fn validator(&self) -> Option<Validator> {
        serde_json::from_slice(&fs::read(self.validator_path()).ok()?).ok()
    }

    /// Notes what the server says of the file.
    pub(super) fn note(&self, validator: Option<&Validator>) -> Result<(), DownloadError> {
        let path = self.validator_path();
        let Some(validator) = validator else {
            let _ = fs::remove_file(path);
            return Ok(());
        };
        let text = serde_json::to_vec(validator).map_err(io::Error::other);
        text.and_then(|text| fs::write(&path, text)).map_err(|source| DownloadError::Write { path, source })
    }

    fn take_validator(&self) -> Option<Validator> {
        let validator = self.validator();
        let _ = fs::remove_file(self.validator_path());
        validator
    }

    /// Throws away what has come in.
    pub(super) fn clear(&self) -> Result<(), DownloadError> {
        self.note(None)?;
        self.lock.set_len(0).map_err(|source| DownloadError::Write { path: self.path.clone(), source })
    }

    /// Leaves it to a later run, if there is something to go on with.
    pub(super) fn abandon(&self) {
        if self.length() == 0 {
            let _ = (fs::remove_file(&self.path), fs::remove_file(self.validator_path()));
        }
    }

    fn validator_path(&self) -> PathBuf {
        self.path.with_extension("validator")
    }
}

/// What files about a URL are called.
fn name_of(url: &Url) -> String {
    Sha512::of(url.as_str().as_bytes()).as_str()[..40].to_owned()
}

fn make_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

fn bring(from: &Path, to: &Path) -> io::Result<()> {
    make_parent(to)?;
    // Another file system has no place for the same file.
    fs::rename(from, to).or_else(|_| fs::copy(from, to).and_then(|_| fs::remove_file(from)))
}

/// As a second name where the file system can, else as a copy: what is verified is
/// read only.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    make_parent(to)?;
    let _ = fs::remove_file(to);
    fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(|_| ()))
}
