// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Walking commits: who wrote them, and which patches two branches share.

use std::collections::{BTreeMap, BTreeSet};

use git2::{DiffOptions, Oid, Repository, Sort};

use super::local::{local, parse};
use super::{Git, GitError};

/// A commit that is on one branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// The commit's id.
    pub commit: String,
    /// The first line of its message.
    pub summary: String,
    /// The patch's own id, the same wherever it was picked; `None` for a merge.
    pub patch: Option<String>,
}

impl Git {
    /// The names of authors and committers of `from..to`, by the tree's mailmap.
    ///
    /// # Errors
    /// When a revision is not there.
    pub fn people(&self, from: &str, to: &str) -> Result<BTreeSet<String>, GitError> {
        let repository = self.repository()?;
        let mailmap = repository.mailmap().map_err(local("read the mailmap"))?;
        let mut names = BTreeSet::new();
        for id in between(&repository, from, to)? {
            let commit = repository.find_commit(id).map_err(local("read a commit"))?;
            for person in [commit.author_with_mailmap(&mailmap), commit.committer_with_mailmap(&mailmap)] {
                let person = person.map_err(local("resolve a name"))?;
                names.insert(String::from_utf8_lossy(person.name_bytes()).into_owned());
            }
        }
        Ok(names)
    }

    /// The commits of `from..to`, newest first, with their patches' ids.
    ///
    /// # Errors
    /// When a revision is not there or a commit cannot be compared to its parent.
    pub fn patches(&self, from: &str, to: &str) -> Result<Vec<Patch>, GitError> {
        let repository = self.repository()?;
        let mut patches = Vec::new();
        for id in between(&repository, from, to)? {
            let commit = repository.find_commit(id).map_err(local("read a commit"))?;
            let summary = String::from_utf8_lossy(commit.summary_bytes().unwrap_or_default()).into_owned();
            patches.push(Patch { commit: id.to_string(), summary, patch: patch_id(&repository, &commit)? });
        }
        Ok(patches)
    }

    /// The best common ancestor of two commits, if they have one.
    ///
    /// # Errors
    /// When one of them is not there.
    pub fn merge_base(&self, one: &str, other: &str) -> Result<Option<String>, GitError> {
        let repository = self.repository()?;
        match repository.merge_base(parse(one)?, parse(other)?) {
            Ok(id) => Ok(Some(id.to_string())),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(source) => Err(GitError::Local { doing: format!("compare {one} and {other}"), source }),
        }
    }

    /// The full names of local refs with their ids.
    ///
    /// # Errors
    /// When the refs cannot be listed.
    pub fn references(&self, glob: &str) -> Result<BTreeMap<String, String>, GitError> {
        let repository = self.repository()?;
        let mut found = BTreeMap::new();
        for reference in repository.references_glob(glob).map_err(local("list refs"))? {
            let reference = reference.map_err(local("list refs"))?;
            if let (Ok(name), Some(id)) = (reference.name(), reference.target()) {
                found.insert(name.to_owned(), id.to_string());
            }
        }
        Ok(found)
    }
}

fn between(repository: &Repository, from: &str, to: &str) -> Result<Vec<Oid>, GitError> {
    let commit = |revision: &str| {
        repository
            .revparse_single(revision)
            .and_then(|object| object.peel_to_commit())
            .map(|commit| commit.id())
            .map_err(|source| GitError::Local { doing: format!("find the commit of {revision}"), source })
    };
    let mut walk = repository.revwalk().map_err(local("walk the history"))?;
    walk.set_sorting(Sort::TOPOLOGICAL).map_err(local("walk the history"))?;
    walk.push(commit(to)?).map_err(local("walk the history"))?;
    walk.hide(commit(from)?).map_err(local("walk the history"))?;
    walk.collect::<Result<_, _>>().map_err(local("walk the history"))
}

fn patch_id(repository: &Repository, commit: &git2::Commit<'_>) -> Result<Option<String>, GitError> {
    if commit.parent_count() != 1 {
        return Ok(None);
    }
    let parent = commit.parent(0).and_then(|parent| parent.tree()).map_err(local("read a commit"))?;
    let tree = commit.tree().map_err(local("read a commit"))?;
    let diff = repository
        .diff_tree_to_tree(Some(&parent), Some(&tree), Some(&mut DiffOptions::new()))
        .map_err(local("compare a commit to its parent"))?;
    let id = diff.patchid(None).map_err(local("compare a commit to its parent"))?;
    Ok(Some(id.to_string()))
}
