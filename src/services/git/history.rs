// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Walking commits: who wrote them, and which patches two branches share.

use std::collections::BTreeSet;
use std::path::Path;

use git2::{DiffOptions, Mailmap, Oid, Repository, Sort};

use super::{Git, GitError, if_found, local};

/// A commit that is on one branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// The commit's id.
    pub commit: String,
    /// The first line of its message.
    pub summary: String,
    /// Who wrote it and when, which a cherry-pick keeps: name, address and second.
    pub authored: (String, String, i64),
    /// The patch's own id, the same wherever it was picked; `None` for a merge and
    /// for a commit that changes nothing.
    pub patch: Option<String>,
}

impl Git {
    /// The names and addresses of authors and committers of `from..to`, of all up to `to` without
    /// `from`, by the `.mailmap` of `to`: neither the working tree's nor the user's own counts.
    ///
    /// # Errors
    /// When a revision is not there.
    pub fn people(&self, from: Option<&str>, to: &str) -> Result<BTreeSet<(String, String)>, GitError> {
        let repository = self.repository()?;
        let mailmap = mailmap(&repository, &self.commit_of(&repository, to)?).map_err(local("read the mailmap"))?;
        let mut people = BTreeSet::new();
        for id in self.between(&repository, from.as_slice(), to)? {
            let commit = repository.find_commit(id).map_err(local("read a commit"))?;
            for person in [commit.author_with_mailmap(&mailmap), commit.committer_with_mailmap(&mailmap)] {
                let person = person.map_err(local("resolve a name"))?;
                let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
                people.insert((text(person.name_bytes()), text(person.email_bytes())));
            }
        }
        Ok(people)
    }

    /// Whether two revisions have a commit in common.
    ///
    /// # Errors
    /// When a revision is not there.
    pub fn are_related(&self, one: &str, other: &str) -> Result<bool, GitError> {
        self.common_commit(one, other).map(|common| common.is_some())
    }

    /// The last commit that two revisions have in common; `None` where there is none.
    ///
    /// # Errors
    /// When a revision is not there.
    pub fn common_commit(&self, one: &str, other: &str) -> Result<Option<String>, GitError> {
        let repository = self.repository()?;
        let (one, other) = (self.commit_of(&repository, one)?.id(), self.commit_of(&repository, other)?.id());
        let base =
            if_found(repository.merge_base(one, other)).map_err(local("find what two commits have in common"))?;
        Ok(base.map(|id| id.to_string()))
    }

    /// The commits that are on `to` and on none of `without`, newest first, with
    /// their patches' ids.
    ///
    /// # Errors
    /// When a revision is not there or a commit cannot be compared to its parent.
    pub fn patches(&self, without: &[&str], to: &str) -> Result<Vec<Patch>, GitError> {
        let repository = self.repository()?;
        let mut patches = Vec::new();
        for id in self.between(&repository, without, to)? {
            let commit = repository.find_commit(id).map_err(local("read a commit"))?;
            let summary = String::from_utf8_lossy(commit.summary_bytes().unwrap_or_default()).into_owned();
            let author = commit.author();
            let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
            let authored = (text(author.name_bytes()), text(author.email_bytes()), author.when().seconds());
            patches.push(Patch { commit: id.to_string(), summary, authored, patch: patch_id(&repository, &commit)? });
        }
        Ok(patches)
    }

    /// How many commits are on `to` and not on `from`.
    ///
    /// # Errors
    /// When a revision is not there.
    pub fn count_commits(&self, from: &str, to: &str) -> Result<usize, GitError> {
        let repository = self.repository()?;
        Ok(self.between(&repository, &[from], to)?.len())
    }

    fn between(&self, repository: &Repository, without: &[&str], to: &str) -> Result<Vec<Oid>, GitError> {
        let doing = || local("walk the history");
        let mut walk = repository.revwalk().map_err(doing())?;
        walk.set_sorting(Sort::TOPOLOGICAL).map_err(doing())?;
        walk.push(self.commit_of(repository, to)?.id()).map_err(doing())?;
        for revision in without {
            walk.hide(self.commit_of(repository, revision)?.id()).map_err(doing())?;
        }
        walk.collect::<Result<_, _>>().map_err(doing())
    }
}

fn mailmap(repository: &Repository, commit: &git2::Commit<'_>) -> Result<Mailmap, git2::Error> {
    let tree = commit.tree()?;
    match tree.get_path(Path::new(".mailmap")) {
        // A symbolic link is not followed, as git does not.
        Ok(entry) if entry.filemode() != 0o120_000 => {
            let blob = repository.find_blob(entry.id())?;
            Mailmap::from_buffer(&String::from_utf8_lossy(blob.content()))
        }
        _ => Mailmap::new(),
    }
}

fn patch_id(repository: &Repository, commit: &git2::Commit<'_>) -> Result<Option<String>, GitError> {
    if commit.parent_count() > 1 {
        return Ok(None);
    }
    let parent = commit.parent(0).ok().map(|parent| parent.tree()).transpose().map_err(local("read a commit"))?;
    let tree = commit.tree().map_err(local("read a commit"))?;
    // Without `show_binary` all changes of a binary file would be the same.
    let diff = repository
        .diff_tree_to_tree(parent.as_ref(), Some(&tree), Some(DiffOptions::new().show_binary(true)))
        .map_err(local("compare a commit to its parent"))?;
    if diff.deltas().len() == 0 {
        return Ok(None);
    }
    let id = diff.patchid(None).map_err(local("compare a commit to its parent"))?;
    Ok(Some(id.to_string()))
}
