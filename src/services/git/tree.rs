// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Reading the files of a commit.

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
    /// `wanted` accepts, in the tree's order; submodules are passed over.
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
        let local = |doing: String| move |source: git2::Error| GitError::Local { doing, source: source.into() };
        let tree = repository
            .revparse_single(commit)
            .and_then(|object| object.peel_to_tree())
            .map_err(local(format!("read commit {commit}")))?;
        let mut fault = None;
        let walked = tree.walk(git2::TreeWalkMode::PreOrder, |parent, entry| {
            let step = || -> Result<(), E> {
                if entry.kind() != Some(git2::ObjectType::Blob) {
                    return Ok(());
                }
                let path = match (parent, entry.name()) {
                    (parent, Ok(name)) => format!("{parent}{name}"),
                    (parent, Err(_)) => {
                        let path = format!("{parent}{}", String::from_utf8_lossy(entry.name_bytes()));
                        return Err(GitError::Path { commit: commit.to_owned(), path }.into());
                    }
                };
                if !wanted(&path) {
                    return Ok(());
                }
                let blob = repository.find_blob(entry.id()).map_err(local(format!("read {path} of {commit}")))?;
                let kind = match entry.filemode() {
                    0o100_755 => FileKind::Executable,
                    0o120_000 => FileKind::Symlink,
                    _ => FileKind::Regular,
                };
                visit(TreeFile { path, kind, bytes: blob.content().to_vec() })
            };
            let mut step = step;
            match step() {
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
}
