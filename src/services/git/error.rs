// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What can go wrong with git.

use std::path::PathBuf;

/// What can go wrong with git.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no repository there.
    #[error("{} is no git repository that can be opened", path.display())]
    Open {
        /// Where.
        path: PathBuf,
        /// What libgit2 said.
        #[source]
        source: git2::Error,
    },
    /// Something in the repository could not be read or written.
    #[error("git could not {doing}")]
    Local {
        /// "read commit 1234…".
        doing: String,
        /// What libgit2 said.
        #[source]
        source: git2::Error,
    },
    /// A path in a tree is no UTF-8.
    #[error("a path in commit {commit} is no UTF-8: {path}")]
    Path {
        /// Which commit.
        commit: String,
        /// The path, with what does not fit replaced.
        path: String,
    },
}
