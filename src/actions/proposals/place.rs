// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Where proposals are kept: the registry, and the wiki where there is one.

use std::path::PathBuf;

use super::book::{BookError, ProposalBook, View};
use crate::actions::failures::{git_failed, web_failed};
use crate::engine::ActionError;
use crate::governance::proposals::Scheme;
use crate::services::{Confluence, Effects, GitRegistry, HomeError};

/// Where the proposals of a project are kept.
#[derive(Debug)]
pub struct ProposalPlace {
    /// The root of the registry's repository.
    pub path: PathBuf,
    /// Of which kind they are.
    pub scheme: Scheme,
    /// Name and address of whoever commits.
    pub author: (String, String),
    /// Whether a commit goes to the registry's remote, where it has one.
    pub publish: Publish,
    /// The other home.
    pub wiki: Option<Confluence>,
    /// Who is told of what is written.
    pub effects: Effects,
}

/// Whether what is committed is pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publish {
    /// To the registry's remote, where it has one.
    ToRemote,
    /// It stays here.
    Nowhere,
}

impl ProposalPlace {
    /// The registry as its last commit has it.
    ///
    /// # Errors
    /// When it is not there.
    pub fn book(&self) -> Result<ProposalBook, ActionError> {
        let git = GitRegistry::open(&self.path, &self.scheme.directory, self.author.clone(), self.effects.clone())
            .map_err(home_failed)?;
        git.demand_kept().map_err(home_failed)?;
        Ok(ProposalBook { git, scheme: self.scheme.clone(), view: View::Commit })
    }

    /// The remote that commits go to.
    ///
    /// # Errors
    /// When the repository cannot be read.
    pub fn remote(&self, book: &ProposalBook) -> Result<Option<String>, ActionError> {
        match self.publish {
            Publish::Nowhere => Ok(None),
            Publish::ToRemote => book.git.remote().map_err(home_failed),
        }
    }

    /// The address of a page in the other home.
    pub fn page_address(&self, id: &str) -> Option<String> {
        match &self.wiki {
            Some(wiki) => Some(wiki.page_address(id)),
            None => self.scheme.page_address(id),
        }
    }
}

/// A home that could not be used.
pub fn home_failed(error: HomeError) -> ActionError {
    let hint = error.hint();
    match error {
        HomeError::Git(error) => git_failed(error),
        HomeError::Web(error) => web_failed(error),
        HomeError::Changed { place, expected, found } => {
            ActionError::Conflict { found: format!("{place} with {found}"), expected }
        }
        error @ (HomeError::Apart { .. }
        | HomeError::OffBranch { .. }
        | HomeError::Uncommitted { .. }
        | HomeError::Overlaps { .. }
        | HomeError::InTheWay { .. }) => ActionError::refused(error.to_string(), hint),
        error @ (HomeError::NoRepository { .. }
        | HomeError::NoRegistry { .. }
        | HomeError::OfAnother { .. }
        | HomeError::NotRoot { .. }
        | HomeError::Detached { .. }
        | HomeError::NoHead { .. }
        | HomeError::Nobody
        | HomeError::NoText { .. }) => ActionError::misconfigured(error.to_string(), hint),
        error => ActionError::service("the registry of proposals", error, hint),
    }
}

/// A registry that could not be read.
pub fn book_failed(error: BookError) -> ActionError {
    match error {
        BookError::Home(error) => home_failed(error),
        broken @ BookError::Broken { .. } => ActionError::refused(
            broken.to_string(),
            "it is written by `quorate flip import` alone; `git checkout` brings it back",
        ),
    }
}
