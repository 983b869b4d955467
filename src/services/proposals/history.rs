// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a registry's history knows: every file that ever was in a directory of it.

use std::collections::BTreeSet;

use git2::{Oid, Repository};

use super::git_registry::GitRegistry;
use super::home::{HomeError, local};

impl GitRegistry {
    /// The names of all files that are or ever were in `directory`, on any branch that is
    /// known here.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn names_ever(&self, directory: &str) -> Result<BTreeSet<String>, HomeError> {
        let repository = self.repository()?;
        let mut walk = repository.revwalk().map_err(local("read the history"))?;
        for reference in repository.references().map_err(local("list the branches"))?.flatten() {
            if let Some(commit) = reference.peel_to_commit().ok().map(|commit| commit.id()) {
                walk.push(commit).map_err(local("read the history"))?;
            }
        }
        let (mut names, mut seen) = (BTreeSet::new(), BTreeSet::<Oid>::new());
        for commit in walk {
            let commit = commit.map_err(local("read the history"))?;
            let Some(tree) = directory_of(&repository, commit, directory)? else { continue };
            if seen.insert(tree) {
                let tree = repository.find_tree(tree).map_err(local("read the history"))?;
                names.extend(tree.iter().filter_map(|entry| entry.name().ok().map(str::to_owned)));
            }
        }
        Ok(names)
    }
}

fn directory_of(repository: &Repository, commit: Oid, directory: &str) -> Result<Option<Oid>, HomeError> {
    let tree = repository.find_commit(commit).and_then(|commit| commit.tree()).map_err(local("read the history"))?;
    Ok(tree.get_path(directory.as_ref()).ok().map(|entry| entry.id()))
}
