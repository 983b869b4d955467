// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a commit's tree has, asked place by place. Each directory is read once: one with hundreds of
//! pages is long, and git's library reads it anew for each question.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

use git2::{Oid, Repository, Tree};

use super::home::{HomeError, local};

/// The entries of a tree.
pub(super) struct Entries<'r> {
    repository: &'r Repository,
    root: Tree<'r>,
    directories: RefCell<HashMap<String, Option<Tree<'r>>>>,
}

impl<'r> Entries<'r> {
    pub fn of(repository: &'r Repository, root: Tree<'r>) -> Self {
        Self { repository, root, directories: RefCell::default() }
    }

    /// The tree itself.
    pub fn tree(&self) -> &Tree<'r> {
        &self.root
    }

    /// The id and the mode of what is at a place.
    pub fn at(&self, place: &str) -> Option<(Oid, i32)> {
        let (directory, name) = place.rsplit_once('/').unwrap_or(("", place));
        let within = |tree: &Tree<'r>| tree.get_name(name).map(|entry| (entry.id(), entry.filemode()));
        if directory.is_empty() {
            return within(&self.root);
        }
        let mut directories = self.directories.borrow_mut();
        let read = || self.root.get_path(Path::new(directory)).ok()?.to_object(self.repository).ok()?.into_tree().ok();
        directories.entry(directory.to_owned()).or_insert_with(read).as_ref().and_then(within)
    }

    /// The text of the file at a place; `None` where there is none.
    ///
    /// # Errors
    /// When it is no text, or cannot be read; `path` is where the registry is.
    pub fn text(&self, place: &str, path: &Path) -> Result<Option<String>, HomeError> {
        let Some((id, _)) = self.at(place) else { return Ok(None) };
        let blob = self.repository.find_blob(id).map_err(local("read a file of a commit"))?;
        let text = String::from_utf8(blob.content().to_vec());
        text.map(Some).map_err(|_| HomeError::NoText { path: path.join(place) })
    }
}
