// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What can go wrong with git.

use std::fmt;
use std::io;
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
    /// A local ref is not where it was expected; it was left there.
    #[error("{name} is at {found}, expected {expected}")]
    Moved {
        /// Which ref.
        name: String,
        /// Where it is, or "nothing".
        found: String,
        /// Where it was expected, or "nothing".
        expected: String,
    },
    /// The program `git` could not be run.
    #[error("`git` could not be run")]
    Run {
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The remote did not finish in time; `git` was ended, and what it had begun
    /// may or may not have happened.
    #[error("`git {what}` did not end within {seconds} seconds and was ended")]
    TimedOut {
        /// "push", "fetch", "ls-remote".
        what: &'static str,
        /// The limit.
        seconds: u64,
    },
    /// The remote could not be reached, or is no repository.
    #[error("the remote `{remote}` could not be reached: {text}")]
    Unreachable {
        /// Its name.
        remote: String,
        /// What git said.
        text: String,
    },
    /// The remote did not let the user in.
    #[error("the remote `{remote}` did not let you in: {text}")]
    Unauthenticated {
        /// Its name.
        remote: String,
        /// What git said.
        text: String,
    },
    /// The push was refused since the remote's refs are not as expected; nothing
    /// was changed.
    #[error("the remote `{remote}` has something else: {}", list(refs))]
    Rejected {
        /// The remote's name.
        remote: String,
        /// The refs that were refused on their own account.
        refs: Vec<RefusedRef>,
    },
    /// A hook or a rule of the remote refused the push; nothing was changed.
    #[error("the remote `{remote}` declined {}{}", list(refs), said(text))]
    Declined {
        /// The remote's name.
        remote: String,
        /// The refs that were declined.
        refs: Vec<RefusedRef>,
        /// What the hook said.
        text: String,
    },
    /// `git` failed for another reason.
    #[error("`git {what}` failed: {text}")]
    Command {
        /// "push", "fetch", "ls-remote".
        what: &'static str,
        /// What git said.
        text: String,
    },
}

impl GitError {
    /// The next thing to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Open { .. } => "name your clone of the product's repository: `quorate start --repo PATH`",
            Self::Local { .. } | Self::Path { .. } => "see that the clone is complete: `git fsck`",
            Self::Moved { .. } => "somebody moved it; find out who and why before going on",
            Self::Run { .. } => "install git, and see that it is on the PATH",
            Self::TimedOut { .. } => "see that the network works; the next run asks first what is so by then",
            Self::Unreachable { .. } => "see that `git ls-remote` works in the clone; then give the same command again",
            Self::Unauthenticated { .. } => "see that `git push --dry-run` works in the clone: keys, tokens, rights",
            Self::Rejected { .. } => "nothing was pushed; look at what is there: `git fetch`",
            Self::Declined { .. } => "nothing was pushed; do what the server says",
            Self::Command { .. } => "give the same command again; nothing is done twice",
        }
    }
}

/// A ref that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRef {
    /// Its full name at the remote.
    pub name: String,
    /// Why, as git says it: "non-fast-forward", "stale info", "hook declined".
    pub reason: String,
}

impl fmt::Display for RefusedRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.reason)
    }
}

fn list(refs: &[RefusedRef]) -> String {
    refs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn said(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(": {text}") }
}
