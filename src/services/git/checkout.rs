// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The working tree, who works in it, and by which settings. It is read and never
//! written.

use std::path::PathBuf;

use git2::{Repository, StatusOptions};

use super::{Git, GitError, local};

/// Where HEAD is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    /// On a branch, by its short name.
    Branch(String),
    /// On no branch.
    Detached,
}

impl Git {
    /// Where HEAD is.
    ///
    /// # Errors
    /// When the repository cannot be read.
    pub fn head(&self) -> Result<Head, GitError> {
        let repository = self.repository()?;
        let head = repository.find_reference("HEAD").map_err(local("read HEAD"))?;
        let target = head.symbolic_target().ok().flatten().and_then(|name| name.strip_prefix("refs/heads/"));
        Ok(target.map_or(Head::Detached, |name| Head::Branch(name.to_owned())))
    }

    /// The working tree, of this clone or of another `git worktree` of the same
    /// repository, in which the ref `name` is checked out.
    ///
    /// # Errors
    /// When the repository cannot be read.
    pub fn checked_out_in(&self, name: &str) -> Result<Option<PathBuf>, GitError> {
        let repository = self.repository()?;
        let main = Repository::open(repository.commondir()).map_err(local("open the main working tree"))?;
        let names = repository.worktrees().map_err(local("list the working trees"))?;
        // A working tree that was deleted by hand is still listed, and holds nothing.
        let others = names
            .iter()
            .flatten()
            .flatten()
            .filter_map(|worktree| Repository::open_from_worktree(&repository.find_worktree(worktree).ok()?).ok());
        let mut trees = std::iter::once(main).chain(others);
        Ok(trees.find(|tree| has_head(tree, name)).and_then(|tree| tree.workdir().map(ToOwned::to_owned)))
    }

    /// The paths that differ from HEAD, or that are there and neither known nor
    /// ignored; at most ten.
    ///
    /// # Errors
    /// When the status cannot be told.
    pub fn uncommitted(&self) -> Result<Vec<String>, GitError> {
        let repository = self.repository()?;
        if repository.is_bare() {
            return Ok(Vec::new());
        }
        let mut options = StatusOptions::new();
        options.include_untracked(true).exclude_submodules(true).include_ignored(false);
        let statuses = repository.statuses(Some(&mut options)).map_err(local("tell whether the tree is clean"))?;
        Ok(statuses.iter().take(10).map(|status| String::from_utf8_lossy(status.path_bytes()).into_owned()).collect())
    }

    /// A value of the configuration, as git itself sees it here; `None` where it
    /// is not set or empty.
    ///
    /// # Errors
    /// When the configuration cannot be read.
    pub fn configured(&self, name: &str) -> Result<Option<String>, GitError> {
        let finished = self.run("config", &["--get", name])?;
        let value = finished.stdout.trim();
        // Nothing on either side is git's way to say that there is no such value.
        if !finished.success && !finished.stderr.trim().is_empty() {
            return Err(self.failed("config", &finished.stderr));
        }
        Ok((!value.is_empty()).then(|| value.to_owned()))
    }
}

fn has_head(repository: &Repository, name: &str) -> bool {
    !repository.is_bare()
        && repository
            .find_reference("HEAD")
            .is_ok_and(|head| head.symbolic_target().is_ok_and(|target| target == Some(name)))
}
