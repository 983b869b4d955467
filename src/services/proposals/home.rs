// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What every home of proposals does.

use std::io;
use std::path::PathBuf;

use crate::services::{GitError, LibGit2, WebError};

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
    /// The repository's root is elsewhere.
    #[error("{} is no root of a git repository; its repository is at {}", path.display(), root.display())]
    NotRoot {
        /// What was given.
        path: PathBuf,
        /// Where the root is.
        root: PathBuf,
    },
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
    #[error("{} and its remote went apart", path.display())]
    Apart {
        /// Which repository.
        path: PathBuf,
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
            || matches!(self, Self::Git(GitError::Rejected { .. } | GitError::Moved { .. }))
    }

    /// The next thing to do.
    pub fn hint(&self) -> String {
        match self {
            Self::File { .. } => "see that it is there and that you may read and write it".to_owned(),
            Self::NoText { .. } => "a page is a text in UTF-8; mend or move the file".to_owned(),
            Self::NoRepository { .. } => "`quorate flip init` makes one; --registry DIR names another".to_owned(),
            Self::NotRoot { root, .. } => format!("--registry {}", root.display()),
            Self::Detached { .. } => "check a branch out there: `git switch main`".to_owned(),
            Self::Changed { .. } => {
                "nothing was written over it; run it again, which reads what is there now".to_owned()
            }
            Self::Apart { path } => format!("bring them together: `git -C {} pull --rebase`", path.display()),
            Self::Outrun { .. } => "nothing was written; run it again".to_owned(),
            Self::Git(error) => error.hint().to_owned(),
            Self::Local { .. } => "see `git status` and `git fsck` in the registry".to_owned(),
            Self::Web(error) => error.hint(),
        }
    }
}

/// For `map_err`: what libgit2 was asked to do.
pub(super) fn local(doing: &'static str) -> impl FnOnce(git2::Error) -> HomeError {
    move |source| HomeError::Local { doing, source: source.into() }
}
