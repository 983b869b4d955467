// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What can go wrong with git.

use std::path::PathBuf;
use std::time::Duration;

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
    /// A ref is not where it was expected to be.
    #[error("{name} is at {found}, expected {expected}")]
    Moved {
        /// The full ref name.
        name: String,
        /// Where it is, or "nothing".
        found: String,
        /// Where it should be, or "nothing".
        expected: String,
    },
    /// The remote refused some of the updates; none was made.
    #[error("the remote `{remote}` refused: {}", refused.join("; "))]
    Rejected {
        /// The remote's name.
        remote: String,
        /// Each ref with the remote's reason.
        refused: Vec<String>,
    },
    /// A hook at the remote declined; none of the updates was made.
    #[error("a hook at the remote `{remote}` declined: {said}")]
    Declined {
        /// The remote's name.
        remote: String,
        /// What the hook said.
        said: String,
    },
    /// The remote did not let us in.
    #[error("the remote `{remote}` did not accept who we are: {said}")]
    Unauthenticated {
        /// The remote's name.
        remote: String,
        /// What git said.
        said: String,
    },
    /// The remote could not be reached or is no repository.
    #[error("the remote `{remote}` cannot be reached: {said}")]
    Unreachable {
        /// The remote's name.
        remote: String,
        /// What git said.
        said: String,
    },
    /// git itself failed in another way.
    #[error("git {doing} failed: {said}")]
    Failed {
        /// "push", "fetch", "ls-remote".
        doing: &'static str,
        /// What git said.
        said: String,
    },
    /// git is not there.
    #[error("git cannot be run")]
    NotInstalled(#[source] std::io::Error),
    /// git did not end in time and was ended.
    #[error("git {doing} did not end within {} s and was ended", after.as_secs())]
    TimedOut {
        /// "push", "fetch", "ls-remote".
        doing: &'static str,
        /// How long it was given.
        after: Duration,
    },
    /// The signer failed.
    #[error("the tag {name} could not be signed")]
    Sign {
        /// Which tag.
        name: String,
        /// What the signer said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl GitError {
    /// The next thing to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Open { .. } => "name your clone of the product's repository: `quorate start --repo PATH`",
            Self::Local { .. } | Self::Path { .. } => "see that the clone is complete: `git fsck`",
            Self::Moved { .. } => "somebody moved it; find out who and why before going on",
            Self::Rejected { .. } => "nothing was pushed; fetch and look at what is there",
            Self::Declined { .. } => "nothing was pushed; do what the hook says",
            Self::Unauthenticated { .. } => "see that `git push --dry-run` works in the clone: keys, tokens, rights",
            Self::Unreachable { .. } | Self::TimedOut { .. } => {
                "see that the network and `git ls-remote` work; the same command can be given again"
            }
            Self::Failed { .. } => "give the same command again; nothing is done twice",
            Self::NotInstalled(_) => "install git",
            Self::Sign { .. } => "see that `gpg --clearsign` works: agent, passphrase, expiry",
        }
    }
}
