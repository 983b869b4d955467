// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Git: local work by libgit2, what goes to a remote by the user's own `git`,
//! so that their ssh, credential helpers and the server's hooks apply.
//!
//! libgit2's own push moves an existing tag where that is a fast-forward, runs no
//! hooks of a local remote, and hides a hook's refusal over HTTP: it is not used.

mod checkout;
mod command;
mod commit;
mod error;
mod export;
mod log;
mod push;
mod refs;
mod remote;
mod tag;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod tree;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use checkout::{Head, Untracked};
pub use commit::NewCommit;
pub use error::{GitError, RefusedRef};
pub use export::{ExportError, PeeledCommit};
pub use git2::Oid as ObjectId;
pub use log::LoggedCommit;
pub use push::{Lease, PushUpdate};
pub use remote::RemoteRef;
pub use tag::{AnnotatedTag, NewTag, TagError};
pub use tree::{FileKind, TreeFile};

use super::Effects;

/// The release manager's clone and its official remote.
#[derive(Debug)]
pub struct Git {
    path: PathBuf,
    remote: String,
    timeout: Duration,
    effects: Effects,
}

impl Git {
    /// The clone at `path`, with the official repository as its remote `remote`.
    /// What is done with the remote may take ten minutes.
    pub fn new(path: impl Into<PathBuf>, remote: impl Into<String>, effects: Effects) -> Self {
        Self { path: path.into(), remote: remote.into(), timeout: Duration::from_secs(600), effects }
    }

    /// The same, with another limit for each thing that is done with the remote.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Where the clone is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The name of the official repository's remote.
    pub fn remote(&self) -> &str {
        &self.remote
    }

    fn repository(&self) -> Result<git2::Repository, GitError> {
        git2::Repository::open(&self.path).map_err(|source| GitError::Open { path: self.path.clone(), source })
    }
}

/// An error of libgit2 while `doing` something.
fn local(doing: impl Into<String>) -> impl FnOnce(git2::Error) -> GitError {
    let doing = doing.into();
    move |source| GitError::Local { doing, source }
}

/// What was sought, or `None` where there is no such thing.
fn if_found<T>(result: Result<T, git2::Error>) -> Result<Option<T>, git2::Error> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
