// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A registry and its remote: taking over what others pushed, pushing one's own commit, and
//! taking that back where somebody else was faster.

use std::path::Path;

use git2::{Oid, Repository};

use super::git_registry::{GitRegistry, head};
use super::home::{HomeError, local};
use crate::services::{Git, GitError, RefUpdate};

impl GitRegistry {
    /// The registry as the client of git has it, with its remote.
    fn git(&self, remote: &str) -> Git {
        Git::new(&self.path, remote, self.effects.clone())
    }

    /// The name of the branch that is checked out.
    ///
    /// # Errors
    /// When HEAD is on none.
    pub fn branch(&self) -> Result<String, HomeError> {
        let name = self.branch_ref(&self.repository()?)?;
        Ok(name.strip_prefix("refs/heads/").unwrap_or(&name).to_owned())
    }

    /// The remote that the registry has: `origin`, else the only one; `None` where there is none.
    ///
    /// # Errors
    /// When the repository cannot be read.
    pub fn remote(&self) -> Result<Option<String>, HomeError> {
        let repository = self.repository()?;
        let names = repository.remotes().map_err(local("list the remotes"))?;
        let names: Vec<&str> = names.iter().flatten().flatten().collect();
        let usual = names.iter().find(|name| **name == "origin");
        Ok(usual.or(names.first()).map(|name| (*name).to_owned()))
    }

    /// The commit that the remote's branch is at, fetched; `None` where it has no such branch.
    ///
    /// # Errors
    /// When the remote cannot be asked.
    pub fn remote_tip(&self, remote: &str) -> Result<Option<String>, HomeError> {
        Ok(self.git(remote).fetch_branch(&self.branch()?)?)
    }

    /// Takes over what is new at the remote's branch. What is only here stays.
    ///
    /// # Errors
    /// [`HomeError::Apart`] where both have commits of their own; [`GitError`] where the
    /// remote cannot be asked, or a change in the working tree is in the way.
    pub fn catch_up(&self, remote: &str) -> Result<(), HomeError> {
        let branch = self.branch()?;
        let Some(theirs) = self.git(remote).fetch_branch(&branch)? else { return Ok(()) };
        let theirs = Oid::from_str(&theirs).map_err(local("read a commit's id"))?;
        let repository = self.repository()?;
        let Some(ours) = head(&repository)? else { return self.check_out(&repository, None, theirs) };
        let within = |old: Oid, new: Oid| old == new || repository.graph_descendant_of(new, old).unwrap_or(false);
        match (within(theirs, ours), within(ours, theirs)) {
            (true, _) => Ok(()),
            (false, true) => self.check_out(&repository, Some(ours), theirs),
            (false, false) => Err(HomeError::Apart { path: self.path.clone() }),
        }
    }

    /// Brings branch, index and working tree to a later commit; a file that somebody changed
    /// here stops it.
    fn check_out(&self, repository: &Repository, before: Option<Oid>, to: Oid) -> Result<(), HomeError> {
        let object = repository.find_object(to, None).map_err(local("read a commit"))?;
        let mut safe = git2::build::CheckoutBuilder::new();
        safe.safe().recreate_missing(true);
        self.effects
            .around("registry files", || repository.checkout_tree(&object, Some(&mut safe)))
            .map_err(local("take over what others pushed: a changed file is in the way"))?;
        self.move_head(repository, before, to, "taken over from the remote")
    }

    /// Pushes the branch; says whether nobody was faster.
    ///
    /// # Errors
    /// When the remote cannot be asked, or declines.
    pub fn push(&self, remote: &str) -> Result<bool, HomeError> {
        let repository = self.repository()?;
        let name = self.branch_ref(&repository)?;
        let to = head(&repository)?.map(|id| id.to_string());
        let branch = name.strip_prefix("refs/heads/").unwrap_or(&name);
        let tracked =
            repository.refname_to_id(&format!("refs/remotes/{remote}/{branch}")).ok().map(|id| id.to_string());
        match self.git(remote).push(&[RefUpdate { name, expected: tracked, to }]) {
            Ok(()) => Ok(true),
            Err(GitError::Rejected { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes the last commit back, which made the files `places` and nothing else: for a
    /// commit that nobody else has.
    ///
    /// # Errors
    /// When the branch is elsewhere by now.
    pub fn take_back(&self, commit: &str, places: &[(String, Option<String>)]) -> Result<(), HomeError> {
        let repository = self.repository()?;
        let id = Oid::from_str(commit).map_err(local("read a commit's id"))?;
        let parent = repository
            .find_commit(id)
            .and_then(|commit| commit.parent_id(0))
            .map_err(local("find the commit before"))?;
        self.move_head(&repository, Some(id), parent, "others were faster")?;
        let mut index = repository.index().map_err(local("read the index"))?;
        for (place, before) in places {
            let path = self.path.join(place);
            let failed = |source| HomeError::File { doing: "take back", path: path.clone(), source };
            match before {
                Some(text) => {
                    std::fs::write(&path, text).map_err(failed)?;
                    index.add_path(Path::new(place)).map_err(local("write the index"))?;
                }
                None => {
                    std::fs::remove_file(&path).map_err(failed)?;
                    index.remove_path(Path::new(place)).map_err(local("write the index"))?;
                }
            }
        }
        index.write().map_err(local("write the index"))
    }
}
