// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Reading history: who worked on it, and which changes are on two branches.

use std::collections::BTreeSet;
use std::path::Path;

use git2::{Commit, Mailmap, Oid, Repository};

use super::{Git, GitError, ObjectId, local};

/// A commit of a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedCommit {
    /// Which.
    pub id: ObjectId,
    /// The first line of its message.
    pub subject: String,
    /// The id of its change, which a commit that was picked over shares; `None`
    /// where it changes nothing.
    pub patch: Option<ObjectId>,
}

impl Git {
    /// The names of the authors and committers of `from..to`, by the `.mailmap` of
    /// `to`; one for each commit and role, newest first.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn people(&self, from: ObjectId, to: ObjectId) -> Result<Vec<String>, GitError> {
        let repository = self.repository()?;
        let read = || -> Result<Vec<String>, git2::Error> {
            let mailmap = mailmap(&repository, to)?;
            let mut names = Vec::new();
            for id in walk(&repository, from, to)? {
                let commit = repository.find_commit(id)?;
                for signature in [commit.author(), commit.committer()] {
                    let resolved = mailmap.resolve_signature(&signature).unwrap_or(signature.to_owned());
                    names.push(String::from_utf8_lossy(resolved.name_bytes()).into_owned());
                }
            }
            Ok(names)
        };
        read().map_err(local(format!("read the history {from}..{to}")))
    }

    /// The commits of `from..to` that are no merges, newest first.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn commits(&self, from: ObjectId, to: ObjectId) -> Result<Vec<LoggedCommit>, GitError> {
        let repository = self.repository()?;
        let read = || -> Result<Vec<LoggedCommit>, git2::Error> {
            let mut commits = Vec::new();
            for id in walk(&repository, from, to)? {
                let commit = repository.find_commit(id)?;
                if commit.parent_count() < 2 {
                    let subject = String::from_utf8_lossy(commit.summary_bytes().unwrap_or_default()).into_owned();
                    commits.push(LoggedCommit { id, subject, patch: patch_id(&repository, &commit)? });
                }
            }
            Ok(commits)
        };
        read().map_err(local(format!("read the history {from}..{to}")))
    }

    /// The changes that are on `to` and not on `other`, as
    /// [`LoggedCommit::patch`] has them.
    ///
    /// # Errors
    /// When the history cannot be read, or the two have none in common.
    pub fn patches_beside(&self, to: ObjectId, other: ObjectId) -> Result<BTreeSet<ObjectId>, GitError> {
        let base = self.repository()?.merge_base(to, other).map_err(local(format!("compare {to} with {other}")))?;
        Ok(self.commits(base, to)?.into_iter().filter_map(|commit| commit.patch).collect())
    }
}

fn walk(repository: &Repository, from: Oid, to: Oid) -> Result<Vec<Oid>, git2::Error> {
    let mut walk = repository.revwalk()?;
    walk.push(to)?;
    walk.hide(from)?;
    walk.collect()
}

fn mailmap(repository: &Repository, commit: Oid) -> Result<Mailmap, git2::Error> {
    let tree = repository.find_commit(commit)?.tree()?;
    let Ok(entry) = tree.get_path(Path::new(".mailmap")) else { return Mailmap::new() };
    let blob = repository.find_blob(entry.id())?;
    Mailmap::from_buffer(&String::from_utf8_lossy(blob.content()))
}

fn patch_id(repository: &Repository, commit: &Commit<'_>) -> Result<Option<Oid>, git2::Error> {
    let parent = commit.parent(0).ok().map(|parent| parent.tree()).transpose()?;
    let diff = repository.diff_tree_to_tree(parent.as_ref(), Some(&commit.tree()?), None)?;
    if diff.deltas().len() == 0 { Ok(None) } else { diff.patchid(None).map(Some) }
}
