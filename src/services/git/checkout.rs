// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The working copy, and who works in it.

use git2::{ConfigLevel, Repository, StatusOptions};

use super::{Git, GitError, ObjectId, if_found, local};

/// What is checked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    /// A branch, by its full name; it may have no commit yet.
    Branch(String),
    /// A commit and no branch.
    Detached(ObjectId),
}

/// Whether files that git does not know count as changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untracked {
    /// They do.
    Counted,
    /// They do not.
    Ignored,
}

impl Git {
    /// What is checked out.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn head(&self) -> Result<Head, GitError> {
        let repository = self.repository()?;
        let head = repository.find_reference("HEAD").map_err(local("read HEAD"))?;
        if let Some(branch) = head.symbolic_target().map_err(local("read HEAD"))? {
            return Ok(Head::Branch(branch.to_owned()));
        }
        head.target().map(Head::Detached).ok_or_else(|| GitError::Local {
            doing: "read HEAD".to_owned(),
            source: git2::Error::from_str("it points at nothing"),
        })
    }

    /// Whether the branch `name` (a full ref name) is checked out here or in
    /// another working tree of the repository.
    ///
    /// # Errors
    /// When a working tree cannot be read.
    pub fn is_checked_out(&self, name: &str) -> Result<bool, GitError> {
        let repository = self.repository()?;
        let main = Repository::open(repository.commondir()).map_err(local("open the main working tree"))?;
        if has_head(&repository, name) || has_head(&main, name) {
            return Ok(true);
        }
        let names = repository.worktrees().map_err(local("list the working trees"))?;
        Ok(names.iter().flatten().flatten().any(|worktree| {
            repository
                .find_worktree(worktree)
                .and_then(|worktree| Repository::open_from_worktree(&worktree))
                .is_ok_and(|worktree| has_head(&worktree, name))
        }))
    }

    /// The paths that differ from what is committed, staged or not; submodules
    /// are passed over. Empty for a bare repository.
    ///
    /// # Errors
    /// When the working copy cannot be read.
    pub fn changed_paths(&self, untracked: Untracked) -> Result<Vec<String>, GitError> {
        let repository = self.repository()?;
        if repository.is_bare() {
            return Ok(Vec::new());
        }
        let mut options = StatusOptions::new();
        options.include_untracked(untracked == Untracked::Counted).exclude_submodules(true).include_ignored(false);
        let statuses = repository.statuses(Some(&mut options)).map_err(local("compare the working copy"))?;
        Ok(statuses.iter().map(|entry| String::from_utf8_lossy(entry.path_bytes()).into_owned()).collect())
    }

    /// The value of `key` (`user.signingkey`), from the repository's or the user's
    /// configuration.
    ///
    /// # Errors
    /// When the configuration cannot be read.
    pub fn config(&self, key: &str) -> Result<Option<String>, GitError> {
        let config = self.repository()?.config().and_then(|mut config| config.snapshot());
        config.and_then(|config| if_found(config.get_string(key))).map_err(local(format!("read the setting {key}")))
    }

    /// Sets `key` in the repository's own configuration.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn set_config(&self, key: &str, value: &str) -> Result<(), GitError> {
        let config = self.repository()?.config().and_then(|config| config.open_level(ConfigLevel::Local));
        let mut config = config.map_err(local("open the repository's settings"))?;
        self.effects
            .around("git config", || config.set_str(key, value))
            .map_err(local(format!("write the setting {key}")))
    }

    /// The name and the address that the user commits with, as far as they are set.
    ///
    /// # Errors
    /// When the configuration cannot be read.
    pub fn identity(&self) -> Result<(Option<String>, Option<String>), GitError> {
        Ok((self.config("user.name")?, self.config("user.email")?))
    }
}

fn has_head(repository: &Repository, name: &str) -> bool {
    !repository.is_bare()
        && repository
            .find_reference("HEAD")
            .is_ok_and(|head| head.symbolic_target().is_ok_and(|target| target == Some(name)))
}
