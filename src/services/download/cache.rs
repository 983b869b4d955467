// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What was downloaded, kept by the SHA-512 of its bytes.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::error::DownloadError;
use crate::release::Sha512;

/// The largest file that is taken for one of digests.
const CHECKSUM_BYTES: u64 = 4096;

/// A directory with downloaded files, each named by its digest, and with what came in
/// of downloads that were cut.
#[derive(Debug, Clone)]
pub struct Cache {
    directory: PathBuf,
}

impl Cache {
    /// The cache in `directory`, which is made when it is first written to.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into() }
    }

    /// Puts the file that `target` is to be beside its digest file, if that names a
    /// digest whose bytes are here; says whether it did. The bytes are digested again
    /// first: a file that was changed in the cache is thrown away.
    pub(super) fn supply(&self, target: &Path) -> bool {
        let Some(claimed) = claimed_digest(target) else { return false };
        let kept = self.place(&claimed);
        let Ok(file) = File::open(&kept) else { return false };
        match Sha512::of_reader(file) {
            Ok((found, _)) if found.as_str() == claimed => copy(&kept, target).is_ok(),
            Ok(_) => {
                let _ = fs::remove_file(&kept);
                false
            }
            Err(_) => false,
        }
    }

    /// Moves a whole download into the cache and puts it at `target` too.
    pub(super) fn keep(&self, partial: &Partial, target: &Path) -> Result<(), DownloadError> {
        let write = |path: &Path| {
            let path = path.to_owned();
            move |source| DownloadError::Write { path, source }
        };
        let partial = partial.path();
        let file = File::open(partial).map_err(write(partial))?;
        let (digest, _) = Sha512::of_reader(file).map_err(write(partial))?;
        let kept = self.place(digest.as_str());
        fs::create_dir_all(kept.parent().unwrap_or(&self.directory)).map_err(write(&kept))?;
        fs::rename(partial, &kept).map_err(write(&kept))?;
        copy(&kept, target).map_err(write(target))
    }

    /// Where what comes in of `url` is kept until it is whole: for this process alone, in
    /// a place of its own where another one is downloading the same.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn partial(&self, url: &str) -> Result<Partial, DownloadError> {
        let directory = self.directory.join("partial");
        let write = |path: &Path, source| DownloadError::Write { path: path.to_owned(), source };
        fs::create_dir_all(&directory).map_err(|source| write(&directory, source))?;
        let digest = Sha512::of(url.as_bytes());
        let name = &digest.as_str()[..40];
        let held = |path: PathBuf| match OpenOptions::new().append(true).create(true).open(&path) {
            Ok(lock) => Ok(Partial { path, lock }),
            Err(source) => Err(write(&path, source)),
        };
        let partial = held(directory.join(name))?;
        match partial.lock.try_lock() {
            Err(TryLockError::WouldBlock) => held(directory.join(format!("{name}-{}", std::process::id()))),
            // A file system without locks has to do without.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(partial),
        }
    }

    fn place(&self, digest: &str) -> PathBuf {
        self.directory.join("sha512").join(&digest[..2]).join(digest)
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

    /// Leaves it to a later run, if there is something to go on with.
    pub(super) fn abandon(&self) {
        if self.lock.metadata().is_ok_and(|data| data.len() == 0) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether a file of that name holds the SHA-512 of another.
pub(super) fn is_checksum(path: &str) -> bool {
    path.ends_with(".sha512")
}

/// The digest that the `.sha512` file beside `target` names: only a key to look for
/// bytes by, and no proof of anything.
fn claimed_digest(target: &Path) -> Option<String> {
    let mut beside = target.as_os_str().to_owned();
    beside.push(".sha512");
    let beside = PathBuf::from(beside);
    if fs::metadata(&beside).ok()?.len() > CHECKSUM_BYTES {
        return None;
    }
    let text = fs::read_to_string(beside).ok()?;
    let digits = text.split_whitespace().find(|word| word.len() == 128)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| digits.to_ascii_lowercase())
}

/// As a second name where the file system can, else as a copy: what is verified is
/// read only.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    let _ = fs::remove_file(to);
    fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(|_| ()))
}
