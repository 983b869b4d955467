// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Making a commit without touching the working tree or the index.

use std::collections::BTreeMap;

use git2::{FileMode, Signature, Time};
use jiff::Timestamp;

use super::{Git, GitError, local, parse};

/// Who commits and tags.
#[derive(Debug, Clone, Copy)]
pub struct Committer<'a> {
    /// The name.
    pub name: &'a str,
    /// The address.
    pub email: &'a str,
    /// The time, written as UTC.
    pub at: Timestamp,
}

/// A commit to be made on a parent.
#[derive(Debug)]
pub struct NewCommit<'a> {
    /// The parent's id.
    pub parent: &'a str,
    /// The files that change, whole; each is there already.
    pub changes: &'a BTreeMap<String, Vec<u8>>,
    /// The message.
    pub message: &'a str,
    /// Author and committer.
    pub committer: Committer<'a>,
}

/// A file that a commit adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its content.
    pub bytes: Vec<u8>,
    /// Whether it is a program.
    pub executable: bool,
}

impl Git {
    /// Makes a commit; the same input gives the same id. No ref is moved.
    ///
    /// # Errors
    /// When the parent or a changed file is not there.
    pub fn commit(&self, new: &NewCommit<'_>) -> Result<String, GitError> {
        self.commit_files(new, &BTreeMap::new())
    }

    /// The same with files that are not there yet beside those that change.
    ///
    /// # Errors
    /// When the parent or a changed file is not there.
    pub fn commit_files(&self, new: &NewCommit<'_>, added: &BTreeMap<String, NewFile>) -> Result<String, GitError> {
        let repository = self.repository()?;
        let parent = repository.find_commit(parse(new.parent)?).map_err(|source| GitError::Local {
            doing: format!("read commit {}", new.parent),
            source: source.into(),
        })?;
        let base = parent.tree().map_err(local("read a tree"))?;
        let mut update = git2::build::TreeUpdateBuilder::new();
        for (path, bytes) in new.changes {
            let entry = base.get_path(path.as_ref()).map_err(|source| GitError::Local {
                doing: format!("find {path} in {}", new.parent),
                source: source.into(),
            })?;
            let blob = repository.blob(bytes).map_err(local("write a file"))?;
            update.upsert(path.as_str(), blob, mode(entry.filemode()));
        }
        for (path, file) in added {
            let blob = repository.blob(&file.bytes).map_err(local("write a file"))?;
            update.upsert(path.as_str(), blob, if file.executable { FileMode::BlobExecutable } else { FileMode::Blob });
        }
        let tree = update.create_updated(&repository, &base).map_err(local("write a tree"))?;
        let tree = repository.find_tree(tree).map_err(local("read a tree"))?;
        let who = new.committer.signature()?;
        repository
            .commit(None, &who, &who, new.message, &tree, &[&parent])
            .map(|id| id.to_string())
            .map_err(local("write a commit"))
    }

    /// The first parent of a commit, if it has one.
    ///
    /// # Errors
    /// When the commit is not there.
    pub fn first_parent(&self, commit: &str) -> Result<Option<String>, GitError> {
        let repository = self.repository()?;
        let commit = repository.find_commit(parse(commit)?).map_err(local(format!("read commit {commit}")))?;
        Ok(commit.parent_id(0).ok().map(|id| id.to_string()))
    }

    /// Whether two commits have the same files, modes and all.
    ///
    /// # Errors
    /// When one of them is not there.
    pub fn same_tree(&self, one: &str, other: &str) -> Result<bool, GitError> {
        let repository = self.repository()?;
        let tree = |id: &str| {
            let commit = repository.find_commit(parse(id)?).map_err(local(format!("read commit {id}")))?;
            Ok::<_, GitError>(commit.tree_id())
        };
        Ok(tree(one)? == tree(other)?)
    }
}

impl Committer<'_> {
    pub(super) fn signature(&self) -> Result<Signature<'static>, GitError> {
        Signature::new(self.name, self.email, &Time::new(self.at.as_second(), 0)).map_err(|source| GitError::Local {
            doing: format!("use the identity {} <{}>", self.name, self.email),
            source: source.into(),
        })
    }
}

fn mode(raw: i32) -> FileMode {
    match raw {
        0o100_755 => FileMode::BlobExecutable,
        0o120_000 => FileMode::Link,
        _ => FileMode::Blob,
    }
}
