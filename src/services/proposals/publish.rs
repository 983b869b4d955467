// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A registry and its remote: taking over what others pushed, pushing one's own commit, and
//! taking that back where somebody else was faster.

use git2::{Oid, Repository};

use super::git_registry::{GitRegistry, head};
use super::home::{HomeError, local};
use super::undertaking::{FileNote, Left, Undertaking};
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

    /// Takes over what is new at the remote's branch. What is only here stays, but for a commit that an
    /// interruption left between [`commit_to_push`](Self::commit_to_push) and its push: it is taken
    /// back where the remote does not have it.
    ///
    /// # Errors
    /// [`HomeError::Apart`] where both have commits of their own; [`HomeError::InTheWay`] where a file
    /// was changed here and not committed; [`GitError`] where the remote cannot be asked.
    pub fn catch_up(&self, remote: &str) -> Result<(), HomeError> {
        let branch = self.branch()?;
        self.demand_common_branch(remote, &branch)?;
        let Some(theirs) = self.git(remote).fetch_branch(&branch)? else { return Ok(()) };
        let theirs = Oid::from_str(&theirs).map_err(local("read a commit's id"))?;
        let repository = self.repository()?;
        let within = |old: Oid, new: Oid| old == new || repository.graph_descendant_of(new, old).unwrap_or(false);
        self.take_back_unpushed(|commit| within(commit, theirs))?;
        let Some(ours) = head(&repository)? else { return self.take_over(&repository, None, theirs) };
        match (within(theirs, ours), within(ours, theirs)) {
            (true, _) => Ok(()),
            (false, true) => self.take_over(&repository, Some(ours), theirs),
            (false, false) => Err(HomeError::Apart { path: self.path.clone(), remote: remote.to_owned(), branch }),
        }
    }

    /// That others take numbers on the branch that is checked out: it is the remote's own, or there is
    /// no registry on that one.
    fn demand_common_branch(&self, remote: &str, branch: &str) -> Result<(), HomeError> {
        let git = self.git(remote);
        let there = git.remote_branches()?;
        let usual = match there.usual.filter(|usual| there.all.contains(usual)) {
            Some(usual) if usual == branch => return Ok(()),
            Some(usual) => usual,
            None if there.all.is_empty() || there.all.contains(branch) => return Ok(()),
            None => there.all.into_iter().next().unwrap_or_default(),
        };
        git.fetch_branch(&usual)?;
        match self.is_kept_at(&format!("refs/remotes/{remote}/{usual}"))? {
            true => Err(HomeError::OffBranch {
                path: self.path.clone(),
                remote: remote.to_owned(),
                branch: branch.to_owned(),
                usual,
            }),
            false => Ok(()),
        }
    }

    /// Brings branch, index and working tree to a later commit; a file that somebody changed
    /// here stops it.
    fn take_over(&self, repository: &Repository, before: Option<Oid>, to: Oid) -> Result<(), HomeError> {
        let files = self.files_between(repository, before, to)?;
        let mut places = Vec::new();
        for file in &files {
            let here = self.read_raw(&file.place)?;
            let id =
                here.and_then(|bytes| Oid::hash_object(git2::ObjectType::Blob, &bytes).ok()).map(|id| id.to_string());
            if id != file.before && id != file.after {
                places.push(file.place.clone());
            }
        }
        if !places.is_empty() {
            return Err(HomeError::InTheWay { places, path: self.path.clone() });
        }
        let undertaking = Undertaking::new(self.branch_ref(repository)?, before, to, files, Left::Nothing);
        self.undertake(repository, &undertaking, "taken over from the remote")
    }

    /// The files that differ between two commits.
    fn files_between(&self, repository: &Repository, before: Option<Oid>, to: Oid) -> Result<Vec<FileNote>, HomeError> {
        let tree = |id: Oid| repository.find_commit(id).and_then(|commit| commit.tree()).map_err(local("read a tree"));
        let (old, new) = (before.map(tree).transpose()?, tree(to)?);
        let diff =
            repository.diff_tree_to_tree(old.as_ref(), Some(&new), None).map_err(local("compare two commits"))?;
        let id = |file: git2::DiffFile<'_>| (!file.id().is_zero()).then(|| file.id().to_string());
        let note = |delta: git2::DiffDelta<'_>| {
            let path = delta.new_file().path().or_else(|| delta.old_file().path())?;
            Some(FileNote {
                place: path.to_str()?.to_owned(),
                before: id(delta.old_file()),
                after: id(delta.new_file()),
            })
        };
        // another repository within it is not brought up
        let is_file = |delta: &git2::DiffDelta<'_>| delta.new_file().mode() != git2::FileMode::Commit;
        Ok(diff.deltas().filter(is_file).filter_map(note).collect())
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
            Ok(()) => self.forget_pushed().map(|()| true),
            Err(GitError::Rejected { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes back the commit that [`commit_to_push`](Self::commit_to_push) made last: for one that
    /// nobody else has.
    ///
    /// # Errors
    /// When the branch is elsewhere by now.
    pub fn take_back(&self) -> Result<(), HomeError> {
        self.take_back_unpushed(|_| false)
    }
}
