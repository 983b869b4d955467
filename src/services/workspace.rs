// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The directory of one release on this machine: artifacts, mails, logs, trees.
//!
//! Paths are given relative to its root. What is here can be lost without
//! losing the release: the journal has the digests, the services have the bytes.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Effects;

/// The files of one release on this machine.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
    effects: Effects,
}

/// A file or directory of the workspace that could not be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} {}", path.display())]
pub struct WorkspaceError {
    /// "write", "read", "create", "remove".
    pub doing: &'static str,
    /// Where.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

/// The directory of files that have not taken their place yet.
const UNFINISHED: &str = ".unfinished";

impl Workspace {
    /// The workspace under `root`.
    pub fn new(root: impl Into<PathBuf>, effects: Effects) -> Self {
        Self { root: root.into(), effects }
    }

    /// The absolute path of `relative`.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// Makes the directory `relative` with its parents; returns its path.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn directory(&self, relative: impl AsRef<Path>) -> Result<PathBuf, WorkspaceError> {
        let path = self.path(relative);
        fs::create_dir_all(&path).map_err(|source| WorkspaceError { doing: "create", path: path.clone(), source })?;
        Ok(path)
    }

    /// Puts `bytes` at `relative`, whole or not at all; returns its path.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, relative: impl AsRef<Path>, bytes: &[u8]) -> Result<PathBuf, WorkspaceError> {
        let path = self.path(&relative);
        let fail = |source| WorkspaceError { doing: "write", path: path.clone(), source };
        let parent = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(parent).map_err(fail)?;
        self.effects
            .around("write file", || {
                let mut file = tempfile::NamedTempFile::new_in(self.unfinished()?)?;
                file.write_all(bytes)?;
                file.as_file().sync_all()?;
                file.persist(&path).map_err(|error| error.error)?;
                File::open(parent)?.sync_all()
            })
            .map_err(fail)?;
        Ok(path)
    }

    /// Where files are written before they take their place: one that is left there by an
    /// interruption is beside nothing that is staged or looked at.
    pub(super) fn unfinished(&self) -> io::Result<PathBuf> {
        let directory = self.root.join(UNFINISHED);
        fs::create_dir_all(&directory).map(|()| directory)
    }

    /// The bytes at `relative`; `None` where there is no such file.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn read(&self, relative: impl AsRef<Path>) -> Result<Option<Vec<u8>>, WorkspaceError> {
        let path = self.path(relative);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(source) => Err(WorkspaceError { doing: "read", path, source }),
        }
    }

    /// Removes the file or directory at `relative`; nothing there is fine.
    ///
    /// # Errors
    /// When it is there and cannot be removed.
    pub fn remove(&self, relative: impl AsRef<Path>) -> Result<(), WorkspaceError> {
        let path = self.path(relative);
        let result = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        match result {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(WorkspaceError { doing: "remove", path, source })
            }
            _ => Ok(()),
        }
    }

    /// The hook around outside effects.
    pub fn effects(&self) -> &Effects {
        &self.effects
    }
}
