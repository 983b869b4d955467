// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Reading the files of a commit.

use git2::ErrorCode;

use super::{Git, GitError};

/// What a tree entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A file.
    Regular,
    /// A file with the executable bit.
    Executable,
    /// A symbolic link; its bytes are the target.
    Symlink,
}

/// A file of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeFile {
    /// From the root of the tree, with `/`.
    pub path: String,
    /// What it is.
    pub kind: FileKind,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Git {
    /// Visits the files of `commit` (anything that peels to one) whose paths
    /// `wanted` accepts, in the tree's order; submodules are passed over, see
    /// [`Git::submodules`].
    ///
    /// # Errors
    /// When the commit or one of its files cannot be read, or `visit` fails.
    pub fn visit_files<E: From<GitError>>(
        &self,
        commit: &str,
        wanted: impl Fn(&str) -> bool,
        mut visit: impl FnMut(TreeFile) -> Result<(), E>,
    ) -> Result<(), E> {
        let repository = self.repository()?;
        walk(&repository, commit, git2::ObjectType::Blob, |path, entry| {
            if !wanted(&path) {
                return Ok(());
            }
            let blob = repository.find_blob(entry.id()).map_err(|source| match source.code() {
                ErrorCode::NotFound if is_partial(&repository) => {
                    GitError::Incomplete { path: self.path.clone(), how: "partial" }
                }
                _ => local(format!("read {path} of {commit}"))(source),
            })?;
            let kind = match entry.filemode() {
                0o100_755 => FileKind::Executable,
                0o120_000 => FileKind::Symlink,
                _ => FileKind::Regular,
            };
            visit(TreeFile { path, kind, bytes: blob.content().to_vec() })
        })
    }

    /// The paths of the submodules of `commit` (anything that peels to one), in the tree's
    /// order. The commit says which commit of theirs is meant, and has none of their files.
    ///
    /// # Errors
    /// When the commit cannot be read.
    pub fn submodules(&self, commit: &str) -> Result<Vec<String>, GitError> {
        let mut found = Vec::new();
        walk(&self.repository()?, commit, git2::ObjectType::Commit, |path, _| {
            found.push(path);
            Ok::<(), GitError>(())
        })?;
        Ok(found)
    }
}

/// Whether a part of the objects was left where the clone was made from (`git clone --filter`).
fn is_partial(repository: &git2::Repository) -> bool {
    let promised = |config: git2::Config| {
        let entries = config.entries(Some("remote\\..*\\.promisor"))?;
        let mut any = false;
        entries.for_each(|_| any = true)?;
        Ok::<bool, git2::Error>(any)
    };
    repository.config().and_then(promised).unwrap_or(false)
}

fn local(doing: String) -> impl FnOnce(git2::Error) -> GitError {
    move |source| GitError::Local { doing, source: source.into() }
}

/// Has `step` take the entries of `commit` that are of this kind, with their paths.
fn walk<E: From<GitError>>(
    repository: &git2::Repository,
    commit: &str,
    wanted: git2::ObjectType,
    mut step: impl FnMut(String, &git2::TreeEntry<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let tree = repository
        .revparse_single(commit)
        .and_then(|object| object.peel_to_tree())
        .map_err(local(format!("read commit {commit}")))?;
    let mut fault = None;
    let walked = tree.walk(git2::TreeWalkMode::PreOrder, |parent, entry| {
        if entry.kind() != Some(wanted) {
            return git2::TreeWalkResult::Ok;
        }
        let stepped = match entry.name() {
            Ok(name) => step(format!("{parent}{name}"), entry),
            Err(_) => {
                let path = format!("{parent}{}", String::from_utf8_lossy(entry.name_bytes()));
                Err(GitError::Path { commit: commit.to_owned(), path }.into())
            }
        };
        match stepped {
            Ok(()) => git2::TreeWalkResult::Ok,
            Err(error) => {
                fault = Some(error);
                git2::TreeWalkResult::Abort
            }
        }
    });
    match (fault, walked) {
        (Some(error), _) => Err(error),
        (None, Err(source)) => Err(local(format!("walk the tree of {commit}"))(source).into()),
        (None, Ok(())) => Ok(()),
    }
}
