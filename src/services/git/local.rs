// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Branches, refs, configuration and commits of the clone itself, by libgit2.
//! The working tree and the index are read and never written.

use std::collections::BTreeMap;

use git2::{ErrorCode, FileMode, ObjectType, Oid, Repository, Signature, StatusOptions, Time};
use jiff::Timestamp;

use super::{Git, GitError};

/// Where HEAD is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    /// On a branch, by its short name.
    Branch(String),
    /// On no branch.
    Detached,
}

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

impl Git {
    /// Where HEAD is.
    ///
    /// # Errors
    /// When the repository cannot be read.
    pub fn head(&self) -> Result<Head, GitError> {
        let repository = self.repository()?;
        let head = repository.find_reference("HEAD").map_err(local("read HEAD"))?;
        let target = head.symbolic_target().ok().flatten().and_then(|name| name.strip_prefix("refs/heads/"));
        Ok(target.map_or(Head::Detached, |name| Head::Branch(name.to_owned())))
    }

    /// The paths that differ from HEAD, or that are there and neither known nor
    /// ignored; at most ten.
    ///
    /// # Errors
    /// When the status cannot be told.
    pub fn uncommitted(&self) -> Result<Vec<String>, GitError> {
        let repository = self.repository()?;
        if repository.is_bare() {
            return Ok(Vec::new());
        }
        let mut options = StatusOptions::new();
        options.include_untracked(true).exclude_submodules(true).include_ignored(false);
        let statuses = repository.statuses(Some(&mut options)).map_err(local("tell whether the tree is clean"))?;
        Ok(statuses.iter().take(10).map(|status| String::from_utf8_lossy(status.path_bytes()).into_owned()).collect())
    }

    /// A value of the configuration that git would use here.
    ///
    /// # Errors
    /// When the configuration cannot be read.
    pub fn configured(&self, name: &str) -> Result<Option<String>, GitError> {
        let repository = self.repository()?;
        let config = repository.config().map_err(local("read the configuration"))?;
        match config.get_string(name) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(source) => Err(GitError::Local { doing: format!("read {name}"), source }),
        }
    }

    /// The id that a full ref name stands for, not peeled.
    ///
    /// # Errors
    /// When the repository cannot be read.
    pub fn reference(&self, name: &str) -> Result<Option<String>, GitError> {
        let repository = self.repository()?;
        match repository.refname_to_id(name) {
            Ok(id) => Ok(Some(id.to_string())),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(source) => Err(GitError::Local { doing: format!("read {name}"), source }),
        }
    }

    /// Puts the ref `name` to `to`, if it is now at `expected`.
    ///
    /// # Errors
    /// When it is elsewhere or cannot be written.
    pub fn move_reference(&self, name: &str, expected: Option<&str>, to: &str) -> Result<(), GitError> {
        let repository = self.repository()?;
        let id = parse(to)?;
        let log = "quorate";
        self.effects.around("git ref", || {
            let moved = match expected {
                None => repository.reference(name, id, false, log),
                Some(expected) => repository.reference_matching(name, id, true, parse(expected)?, log),
            };
            match moved {
                Ok(_) => Ok(()),
                Err(error) if matches!(error.code(), ErrorCode::Exists | ErrorCode::Modified) => Err(GitError::Moved {
                    name: name.to_owned(),
                    found: self.reference(name)?.unwrap_or_else(|| "nothing".into()),
                    expected: expected.unwrap_or("nothing").to_owned(),
                }),
                Err(source) => Err(GitError::Local { doing: format!("write {name}"), source }),
            }
        })
    }

    /// Deletes the ref `name`, if it is at `expected`; none there is fine.
    ///
    /// # Errors
    /// When it is elsewhere or cannot be deleted.
    pub fn delete_reference(&self, name: &str, expected: &str) -> Result<(), GitError> {
        match self.reference(name)? {
            None => Ok(()),
            Some(found) if found != expected => {
                Err(GitError::Moved { name: name.to_owned(), found, expected: expected.to_owned() })
            }
            Some(_) => self.effects.around("git ref", || {
                let repository = self.repository()?;
                let mut reference = repository.find_reference(name).map_err(local("find a ref"))?;
                reference.delete().map_err(|source| GitError::Local { doing: format!("delete {name}"), source })
            }),
        }
    }

    /// Makes a commit; the same input gives the same id. No ref is moved.
    ///
    /// # Errors
    /// When the parent or a changed file is not there.
    pub fn commit(&self, new: &NewCommit<'_>) -> Result<String, GitError> {
        let repository = self.repository()?;
        let parent = repository
            .find_commit(parse(new.parent)?)
            .map_err(|source| GitError::Local { doing: format!("read commit {}", new.parent), source })?;
        let base = parent.tree().map_err(local("read a tree"))?;
        let mut update = git2::build::TreeUpdateBuilder::new();
        for (path, bytes) in new.changes {
            let entry = base
                .get_path(path.as_ref())
                .map_err(|source| GitError::Local { doing: format!("find {path} in {}", new.parent), source })?;
            let blob = repository.blob(bytes).map_err(local("write a file"))?;
            update.upsert(path.as_str(), blob, mode(entry.filemode()));
        }
        let tree = update.create_updated(&repository, &base).map_err(local("write a tree"))?;
        let tree = repository.find_tree(tree).map_err(local("read a tree"))?;
        let who = new.committer.signature()?;
        repository
            .commit(None, &who, &who, new.message, &tree, &[&parent])
            .map(|id| id.to_string())
            .map_err(local("write a commit"))
    }

    /// Whether `ancestor` is `descendant` or one of its ancestors.
    ///
    /// # Errors
    /// When one of them is not there.
    pub fn is_ancestor(&self, ancestor: &str, descendant: &str) -> Result<bool, GitError> {
        if ancestor == descendant {
            return Ok(true);
        }
        let repository = self.repository()?;
        repository.graph_descendant_of(parse(descendant)?, parse(ancestor)?).map_err(local("compare two commits"))
    }

    /// Whether an object is in the clone.
    ///
    /// # Errors
    /// When the repository cannot be read.
    pub fn has_object(&self, id: &str) -> Result<bool, GitError> {
        let repository = self.repository()?;
        let known = repository.odb().map_err(local("open the object database"))?.exists(parse(id)?);
        Ok(known)
    }

    /// The first parent of a commit, if it has one.
    ///
    /// # Errors
    /// When the commit is not there.
    pub fn first_parent(&self, commit: &str) -> Result<Option<String>, GitError> {
        let repository = self.repository()?;
        let commit = repository.find_commit(parse(commit)?).map_err(local("read a commit"))?;
        Ok(commit.parent_id(0).ok().map(|id| id.to_string()))
    }
}

impl Committer<'_> {
    pub(super) fn signature(&self) -> Result<Signature<'static>, GitError> {
        Signature::new(self.name, self.email, &Time::new(self.at.as_second(), 0)).map_err(|source| GitError::Local {
            doing: format!("use the identity {} <{}>", self.name, self.email),
            source,
        })
    }
}

/// An object id from its digits.
pub(super) fn parse(id: &str) -> Result<Oid, GitError> {
    Oid::from_str(id).map_err(|source| GitError::Local { doing: format!("read `{id}` as an object's id"), source })
}

/// For `map_err`: what libgit2 was asked to do.
pub(super) fn local(doing: &'static str) -> impl FnOnce(git2::Error) -> GitError {
    move |source| GitError::Local { doing: doing.to_owned(), source }
}

/// The object behind an id, as far as it is one of that kind.
pub(super) fn find<'r>(repository: &'r Repository, id: &str, kind: ObjectType) -> Result<git2::Object<'r>, GitError> {
    repository
        .find_object(parse(id)?, None)
        .and_then(|object| object.peel(kind))
        .map_err(|source| GitError::Local { doing: format!("read {id}"), source })
}

fn mode(raw: i32) -> FileMode {
    match raw {
        0o100_755 => FileMode::BlobExecutable,
        0o120_000 => FileMode::Link,
        _ => FileMode::Blob,
    }
}
