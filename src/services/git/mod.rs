// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Git: local work by libgit2, what goes to a remote by the user's own `git`.

mod error;
mod export;
mod history;
mod local;
mod remote;
mod tag;
mod tree;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use error::GitError;
pub use export::{ExportError, PeeledCommit};
pub use history::Patch;
pub use local::{Committer, Head, NewCommit};
pub use remote::RefUpdate;
pub use tag::{NewTag, Tag};
pub use tree::{FileKind, TreeFile};

use super::Effects;

/// The release manager's clone and its official remote.
#[derive(Debug)]
pub struct Git {
    path: PathBuf,
    remote: String,
    patience: Duration,
    effects: Effects,
}

impl Git {
    /// The clone at `path`, with the official repository as its remote `remote`.
    pub fn new(path: impl Into<PathBuf>, remote: impl Into<String>, effects: Effects) -> Self {
        Self { path: path.into(), remote: remote.into(), patience: remote::PATIENCE, effects }
    }

    /// The same clone, ending each command to the remote that takes longer than
    /// `patience` (15 minutes where nothing else is said).
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Where the clone is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn repository(&self) -> Result<git2::Repository, GitError> {
        git2::Repository::open(&self.path).map_err(|source| GitError::Open { path: self.path.clone(), source })
    }
}
