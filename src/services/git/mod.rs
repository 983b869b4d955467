// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Git: local work by libgit2, what goes to a remote by the user's own `git`,
//! so that their keys, credential helpers and the server's hooks apply.
//!
//! libgit2's own push moves an existing tag where that is a fast-forward, runs no
//! hooks of a local remote, and hides a hook's refusal over HTTP: it is not used.

pub mod address;
mod attributes;
mod checkout;
mod command;
mod commit;
mod error;
mod export;
mod history;
mod identity;
mod index;
mod lines;
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

use git2::{ErrorCode, ObjectType, Oid, Repository};

pub use attributes::{Attributes, LineEnds};
pub use checkout::Head;
pub use command::apart_from_the_caller;
pub use commit::{Committer, NewCommit, NewFile};
pub use error::{GitError, LibGit2};
pub use export::{ExportError, PeeledCommit};
pub use history::Patch;
pub use identity::author_at;
pub use index::index_entry;
pub use lines::added_lines;
pub use push::RefUpdate;
pub use tag::{NewTag, Tag};
pub use tree::{FileKind, TreeFile};

use super::Effects;

/// How long a command may take: a first push of a large history is slow.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// The release manager's clone and its official remote.
#[derive(Debug)]
pub struct Git {
    path: PathBuf,
    remote: String,
    address: Option<String>,
    patience: Duration,
    effects: Effects,
    /// Whether a clone is taken whose history is cut.
    even_shallow: bool,
}

impl Git {
    /// The clone at `path`, with the official repository as its remote `remote`.
    pub fn new(path: impl Into<PathBuf>, remote: impl Into<String>, effects: Effects) -> Self {
        let (path, remote) = (path.into(), remote.into());
        Self { path, remote, address: None, patience: PATIENCE, effects, even_shallow: false }
    }

    /// The same clone, whose remote has the address that was recorded of it, if one was:
    /// nothing is asked of another and nothing pushed there.
    #[must_use]
    pub fn with_address(self, address: Option<String>) -> Self {
        Self { address, ..self }
    }

    /// The same clone, ending each command to the remote that takes longer than
    /// `patience` (15 minutes where nothing else is said).
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The same clone, even where its history is cut: for what asks for a commit's files alone.
    #[must_use]
    pub fn even_shallow(self) -> Self {
        Self { even_shallow: true, ..self }
    }

    /// Where the clone is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The remote's name.
    pub fn remote(&self) -> &str {
        &self.remote
    }

    fn repository(&self) -> Result<Repository, GitError> {
        let repository = Repository::open(&self.path).map_err(|source| {
            let path = self.path.clone();
            if source.code() == ErrorCode::Owner {
                GitError::AnothersClone { path, source: source.into() }
            } else if source.message().contains("partialclone") {
                GitError::Incomplete { path, how: "partial" }
            } else if source.message().contains("object format") {
                GitError::ObjectFormat { path, source: source.into() }
            } else {
                GitError::Open { path, source: source.into() }
            }
        })?;
        if !self.even_shallow && repository.is_shallow() {
            return Err(GitError::Incomplete { path: self.path.clone(), how: "shallow" });
        }
        Ok(repository)
    }
}

/// An object id from its digits.
fn parse(id: &str) -> Result<Oid, GitError> {
    Oid::from_str(id)
        .map_err(|source| GitError::Local { doing: format!("read `{id}` as an object's id"), source: source.into() })
}

/// For `map_err`: what libgit2 was asked to do.
fn local(doing: impl Into<String>) -> impl FnOnce(git2::Error) -> GitError {
    let doing = doing.into();
    move |source| GitError::Local { doing, source: source.into() }
}

/// What was sought, or `None` where there is no such thing.
fn if_found<T>(result: Result<T, git2::Error>) -> Result<Option<T>, git2::Error> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Git {
    /// The commit behind `revision`, which must be in the clone.
    fn commit_of<'r>(&self, repository: &'r Repository, revision: &str) -> Result<git2::Commit<'r>, GitError> {
        let object = if_found(repository.revparse_single(revision)).map_err(local(format!("read {revision}")))?;
        let missing = || GitError::Missing { revision: revision.to_owned(), path: self.path.clone() };
        let object = object.ok_or_else(missing)?;
        object
            .peel(ObjectType::Commit)
            .and_then(|commit| commit.peel_to_commit())
            .map_err(local(format!("find the commit of {revision}")))
    }
}
