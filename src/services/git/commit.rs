// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Making a commit without touching the working copy.

use std::collections::BTreeMap;
use std::path::Path;

use git2::build::TreeUpdateBuilder;
use git2::{FileMode, Repository, Signature, Time};
use jiff::Timestamp;

use super::{Git, GitError, ObjectId, local};

/// A commit to be made.
#[derive(Debug)]
pub struct NewCommit<'a> {
    /// The commit that it follows.
    pub parent: ObjectId,
    /// The files that differ, with their new content; modes stay.
    pub changed: &'a BTreeMap<String, Vec<u8>>,
    /// The name of author and committer.
    pub name: &'a str,
    /// Their address.
    pub email: &'a str,
    /// The time of both, written as UTC.
    pub at: Timestamp,
    /// The message.
    pub message: &'a str,
}

impl Git {
    /// Writes the commit's objects and no ref; the same values give the same id.
    ///
    /// # Errors
    /// When the parent cannot be read, has not one of the files, or an object
    /// cannot be written.
    pub fn write_commit(&self, commit: &NewCommit<'_>) -> Result<ObjectId, GitError> {
        let repository = self.repository()?;
        let doing = || format!("make a commit on {}", commit.parent);
        let parent = repository.find_commit(commit.parent).map_err(local(doing()))?;
        let signature = signature(commit.name, commit.email, commit.at)?;
        let tree = changed_tree(&repository, &parent.tree().map_err(local(doing()))?, commit.changed)?;
        let message = git2::message_prettify(commit.message, None).map_err(local(doing()))?;
        let tree = repository.find_tree(tree).map_err(local(doing()))?;
        repository.commit(None, &signature, &signature, &message, &tree, &[&parent]).map_err(local(doing()))
    }

    /// The first parent of `commit`; `None` for a root.
    ///
    /// # Errors
    /// When the commit cannot be read.
    pub fn first_parent(&self, commit: ObjectId) -> Result<Option<ObjectId>, GitError> {
        let repository = self.repository()?;
        let commit = repository.find_commit(commit).map_err(local(format!("read commit {commit}")))?;
        Ok(commit.parent_ids().next())
    }

    /// The paths that differ between two commits, sorted.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn changed_between(&self, old: ObjectId, new: ObjectId) -> Result<Vec<String>, GitError> {
        let repository = self.repository()?;
        let tree = |id| repository.find_commit(id).and_then(|commit| commit.tree());
        let doing = format!("compare {old} with {new}");
        let compare = || repository.diff_tree_to_tree(Some(&tree(old)?), Some(&tree(new)?), None);
        let diff = compare().map_err(local(doing))?;
        let mut paths: Vec<String> = diff
            .deltas()
            .filter_map(|delta| delta.new_file().path_bytes().or(delta.old_file().path_bytes()))
            .map(|path| String::from_utf8_lossy(path).into_owned())
            .collect();
        paths.sort();
        Ok(paths)
    }
}

/// A signature of `name` at `at`, in UTC.
pub(super) fn signature(name: &str, email: &str, at: Timestamp) -> Result<Signature<'static>, GitError> {
    Signature::new(name, email, &Time::new(at.as_second(), 0)).map_err(local(format!("sign as {name} <{email}>")))
}

fn changed_tree(
    repository: &Repository,
    tree: &git2::Tree<'_>,
    changed: &BTreeMap<String, Vec<u8>>,
) -> Result<ObjectId, GitError> {
    let mut update = TreeUpdateBuilder::new();
    for (path, bytes) in changed {
        let there = tree.get_path(Path::new(path)).map_err(local(format!("find {path} in the parent")))?;
        let mode = match there.filemode() {
            0o100_755 => FileMode::BlobExecutable,
            0o120_000 => FileMode::Link,
            _ => FileMode::Blob,
        };
        let blob = repository.blob(bytes).map_err(local(format!("write {path}")))?;
        update.upsert(path, blob, mode);
    }
    update.create_updated(repository, tree).map_err(local("write a tree"))
}
