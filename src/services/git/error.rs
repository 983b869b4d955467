// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What can go wrong with git.

use std::path::PathBuf;
use std::time::Duration;

/// What libgit2 said, in its words and without its codes.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.message())]
pub struct LibGit2(#[from] git2::Error);

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
        source: LibGit2,
    },
    /// The clone is somebody else's, who could have put anything into its settings.
    #[error("the clone {} belongs to another user, and git does not trust it", path.display())]
    AnothersClone {
        /// Where.
        path: PathBuf,
        /// What libgit2 said.
        #[source]
        source: LibGit2,
    },
    /// The repository names its objects in another way than by SHA-1.
    #[error("the repository {} does not name its objects by SHA-1, and no other way is supported", path.display())]
    ObjectFormat {
        /// Where.
        path: PathBuf,
        /// What libgit2 said.
        #[source]
        source: LibGit2,
    },
    /// The clone lacks a part of the history.
    #[error("the clone {} is {how}: a part of the history is not in it", path.display())]
    Incomplete {
        /// Where.
        path: PathBuf,
        /// "shallow", "partial".
        how: &'static str,
    },
    /// The clone has no such remote.
    #[error("the clone {} has no remote called `{remote}`; it has {known}", path.display())]
    NoRemote {
        /// Where.
        path: PathBuf,
        /// What was taken for a remote's name.
        remote: String,
        /// Those that it has.
        known: String,
    },
    /// The remote stands for several repositories, to which nothing can be
    /// pushed in one step.
    #[error("the remote `{remote}` of the clone {} pushes to {count} addresses, expected one", path.display())]
    ManyAddresses {
        /// Where.
        path: PathBuf,
        /// The remote's name.
        remote: String,
        /// How many.
        count: usize,
    },
    /// The remote is not the repository that it was when the release began.
    #[error("the remote `{remote}` of the clone {} is {found}, and this release goes to {expected}", path.display())]
    AnotherAddress {
        /// Where.
        path: PathBuf,
        /// The remote's name.
        remote: String,
        /// Its address now, without a login.
        found: String,
        /// Its address when the release began.
        expected: String,
    },
    /// A revision is not in the clone.
    #[error("{revision} is not in the clone {}", path.display())]
    Missing {
        /// A commit's id, a ref.
        revision: String,
        /// Where.
        path: PathBuf,
    },
    /// Something cannot be the name of a ref.
    #[error("`{name}` cannot be the name of a ref")]
    Name {
        /// The full name.
        name: String,
    },
    /// Something in the repository could not be read or written.
    #[error("git could not {doing}")]
    Local {
        /// "read commit 1234…".
        doing: String,
        /// What libgit2 said.
        #[source]
        source: LibGit2,
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
    /// The remote's refs are not as expected; none of the updates was made.
    #[error("the remote `{remote}` refused: {}", refused.join("; "))]
    Rejected {
        /// The remote's name.
        remote: String,
        /// Each ref that was refused on its own account, with the reason.
        refused: Vec<String>,
    },
    /// A hook or a rule of the remote declined; none of the updates was made.
    #[error("the remote `{remote}` declined {}{}", refused.join("; "), after_colon(said))]
    Declined {
        /// The remote's name.
        remote: String,
        /// Each ref that was declined, with the reason.
        refused: Vec<String>,
        /// What the hook said.
        said: String,
    },
    /// A `pre-push` hook of the user stopped the push; nothing was sent.
    #[error("a pre-push hook in the clone stopped the push{}", after_colon(said))]
    Stopped {
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
    /// git did not end in time and was ended; what it had begun may have happened.
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
            Self::Open { .. } => {
                "put the clone back there, or record where it is now: `quorate take-over --repo PATH --why \"…\"`"
            }
            Self::ObjectFormat { .. } => {
                "use a clone whose objects are named by SHA-1, as those of git's own default are"
            }
            Self::AnothersClone { .. } => {
                "where you trust who owns it: `git config --global --add safe.directory PATH`; else make a clone of your own"
            }
            Self::Incomplete { how: "shallow", .. } => "fetch the rest: `git fetch --unshallow`",
            Self::Incomplete { .. } => "make a clone without `--filter`, and name that one",
            Self::NoRemote { .. } => {
                "`product.git.remote` is a remote's name, neither an address nor a path: `git remote add NAME URL`, or \
                 correct it"
            }
            Self::ManyAddresses { .. } => "leave it one address: `git remote set-url --delete --push NAME URL`",
            Self::AnotherAddress { .. } => {
                "put its address back: `git remote set-url NAME URL`; where the project's repository has moved, \
                 `quorate take-over --repo PATH --why \"…\"` records the new one"
            }
            Self::Missing { .. } => {
                "fetch it from where it is: `git fetch --tags REMOTE`, or from the clone in which this release was \
                 begun: `git fetch PATH 'refs/heads/*:refs/heads/*' 'refs/tags/*:refs/tags/*'`"
            }
            Self::Name { .. } => "correct the name in the product's configuration; see `git check-ref-format`",
            Self::Local { .. } | Self::Path { .. } => "see that the clone is complete: `git fsck`",
            Self::Moved { .. } => "somebody moved it; find out who and why before going on",
            Self::Rejected { .. } => "nothing was pushed; fetch and look at what is there",
            Self::Declined { .. } => "nothing was pushed; do what the remote says",
            Self::Stopped { .. } => {
                "nothing was pushed; do what your hook says: `git config core.hooksPath` tells where"
            }
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

fn after_colon(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": {said}") }
}
