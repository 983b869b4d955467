// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What every home of proposals does.

use std::io;
use std::path::PathBuf;

use crate::services::{GitError, LibGit2, WebError};

/// The file that says of which kind a registry is.
pub const SETTINGS: &str = "registry.toml";

/// A page as its home has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Where it is: a file from the registry's root, or a page's id.
    pub place: String,
    /// Its title, where the home keeps it apart from the text.
    pub title: String,
    /// Its text, as the home writes it.
    pub text: String,
    /// Its labels, where the home has such.
    pub labels: Vec<String>,
    /// In which revision it is.
    pub revision: String,
    /// Whether it is a text in UTF-8; else `text` has marks where it is none.
    pub is_text: bool,
}

/// A change of a page, or a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageChange {
    /// Its place; a home that gives places itself finds an empty one.
    pub place: String,
    /// The revision that was read; `None` for a new page.
    pub revision: Option<String>,
    /// Its title.
    pub title: String,
    /// Its text.
    pub text: String,
    /// The labels that it is to have and those that it is not to have any more.
    pub labels: (Vec<String>, Vec<String>),
}

/// A place where proposals are kept.
pub trait ProposalHome {
    /// Where it is, as messages name it.
    fn address(&self) -> String;

    /// All pages.
    ///
    /// # Errors
    /// When they cannot be read.
    fn sheets(&self) -> Result<Vec<Sheet>, HomeError>;

    /// Makes a change; the page as it then is.
    ///
    /// # Errors
    /// [`HomeError::Changed`] where the page is in another revision: nothing was written.
    fn put(&self, change: &PageChange) -> Result<Sheet, HomeError>;
}

/// Why a home did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// A file cannot be read or written.
    #[error("cannot {doing} {}", path.display())]
    File {
        /// What was tried.
        doing: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file is no text.
    #[error("{} is no text in UTF-8", path.display())]
    NoText {
        /// Which file.
        path: PathBuf,
    },
    /// There is no repository.
    #[error("{} is no git repository", path.display())]
    NoRepository {
        /// Where none is.
        path: PathBuf,
    },
    /// It is a repository, and nothing in it says that proposals are kept there.
    #[error("{} is no registry of proposals: it has neither {SETTINGS} nor {directory}/", path.display())]
    NoRegistry {
        /// Which repository.
        path: PathBuf,
        /// Where the pages would be.
        directory: String,
    },
    /// The branch that is checked out is not the one that the registry is kept on.
    #[error("{} is on the branch {branch}, and at its remote `{remote}` proposals are kept on {usual}", path.display())]
    OffBranch {
        /// Which repository.
        path: PathBuf,
        /// The remote's name.
        remote: String,
        /// The branch that is checked out.
        branch: String,
        /// The one that others take numbers on.
        usual: String,
    },
    /// Git does not open what belongs to somebody else.
    #[error("the git repository {} belongs to somebody else, and git does not open such", path.display())]
    OfAnother {
        /// Where it is.
        path: PathBuf,
    },
    /// The repository's root is elsewhere.
    #[error("{} is no root of a git repository; its repository is at {}", path.display(), root.display())]
    NotRoot {
        /// What was given.
        path: PathBuf,
        /// Where the root is.
        root: PathBuf,
    },
    /// A file was never committed, and is to be changed.
    #[error("{place} is in no commit of the registry yet")]
    Uncommitted {
        /// Which file.
        place: String,
        /// The registry.
        path: PathBuf,
    },
    /// What somebody changed in a file and did not commit stands where a change is to be made.
    #[error("{place} was changed and not committed, where it is to be changed now")]
    Overlaps {
        /// Which file.
        place: String,
        /// The registry.
        path: PathBuf,
    },
    /// Files that somebody changed here and did not commit have changed at the remote too.
    #[error("what others pushed cannot be taken over: {} changed and not committed here", were(places))]
    InTheWay {
        /// Which files.
        places: Vec<String>,
        /// The registry.
        path: PathBuf,
    },
    /// A page's head as a whole cannot be read: what were set in it would stand before it.
    #[error("the head of {place} cannot be read: {what}")]
    NoHead {
        /// Which page, with its line.
        place: String,
        /// What is wrong.
        what: String,
    },
    /// Git does not know who commits.
    #[error("git does not know your name and address, which a commit has")]
    Nobody,
    /// HEAD is on no branch.
    #[error("{} is on no branch", path.display())]
    Detached {
        /// Which repository.
        path: PathBuf,
    },
    /// A page is not as it was read.
    #[error("{place} was changed meanwhile: expected {expected}, found {found}")]
    Changed {
        /// Which page.
        place: String,
        /// What was read.
        expected: String,
        /// What is there.
        found: String,
    },
    /// The registry and its remote have commits that the other has not.
    #[error("{} and its remote `{remote}` went apart", path.display())]
    Apart {
        /// Which repository.
        path: PathBuf,
        /// The remote's name.
        remote: String,
        /// The branch.
        branch: String,
    },
    /// Others were faster each time.
    #[error("after {attempts} attempts others were always faster to push")]
    Outrun {
        /// How many.
        attempts: u32,
    },
    /// Git could not do it.
    #[error(transparent)]
    Git(#[from] GitError),
    /// libgit2 could not do it.
    #[error("cannot {doing}")]
    Local {
        /// What it was asked to do.
        doing: &'static str,
        /// What it said.
        #[source]
        source: LibGit2,
    },
    /// A web service could not do it.
    #[error(transparent)]
    Web(#[from] WebError),
}

impl HomeError {
    /// Whether something else is there than what was expected.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Changed { .. } | Self::Apart { .. } | Self::Outrun { .. })
            || matches!(
                self,
                Self::OffBranch { .. } | Self::Uncommitted { .. } | Self::Overlaps { .. } | Self::InTheWay { .. }
            )
            || matches!(self, Self::Git(GitError::Rejected { .. } | GitError::Moved { .. }))
    }

    /// The next thing to do.
    pub fn hint(&self) -> String {
        match self {
            Self::File { .. } => "see that it is there and that you may read and write it".to_owned(),
            Self::NoText { .. } => "a page is a text in UTF-8; mend or move the file".to_owned(),
            Self::NoRepository { path } => {
                format!("`quorate flip --registry {} init` makes one there; or name another", path.display())
            }
            Self::NoRegistry { path, .. } => format!(
                "`quorate flip --registry {} init` makes it one; --registry DIR names another",
                path.display()
            ),
            Self::OffBranch { path, usual, .. } => format!(
                "nothing was written: a number taken on another branch would be given twice; `git -C {} switch {usual}`",
                path.display()
            ),
            Self::NotRoot { root, .. } => format!("--registry {}", root.display()),
            Self::Uncommitted { place, path } | Self::Overlaps { place, path } => {
                let path = path.display();
                format!(
                    "nothing was written; commit it first: `git -C {path} add {place}`, `git -C {path} commit {place}`"
                )
            }
            Self::InTheWay { places, path } => {
                let (path, places) = (path.display(), places.join(" "));
                format!(
                    "nothing was taken over; see `git -C {path} diff HEAD -- {places}`: commit it, or put it aside by \
                     `git -C {path} stash push --include-untracked -- {places}`"
                )
            }
            Self::Nobody => {
                "nothing was written; `git config --global user.name …` and `git config --global user.email …`".to_owned()
            }
            Self::NoHead { .. } => {
                "nothing was written; a head is `---`, lines of `key: value`, and `---`: mend it by hand".to_owned()
            }
            Self::Detached { .. } => "check a branch out there: `git switch main`".to_owned(),
            Self::Changed { .. } => {
                "nothing was written over it; run it again, which reads what is there now".to_owned()
            }
            Self::Apart { path, remote, branch } => {
                format!("bring them together: `git -C {} pull --rebase {remote} {branch}`", path.display())
            }
            Self::Outrun { .. } => {
                "nothing was written; run it again. Where nobody else pushes, a push that was killed has left a lock at the \
                 remote: in its repository, remove `refs/heads/BRANCH.lock`"
                    .to_owned()
            }
            Self::OfAnother { path } => {
                format!("where you trust it: `git config --global --add safe.directory {}`", path.display())
            }
            Self::Git(error) => error.hint().to_owned(),
            Self::Local { .. } => "see `git status` and `git fsck` in the registry".to_owned(),
            Self::Web(error) => error.hint(),
        }
    }
}

fn were(places: &[String]) -> String {
    let verb = if places.len() == 1 { "was" } else { "were" };
    format!("{} {verb}", places.join(", "))
}

/// For `map_err`: what libgit2 was asked to do.
pub(super) fn local(doing: &'static str) -> impl FnOnce(git2::Error) -> HomeError {
    move |source| HomeError::Local { doing, source: source.into() }
}
