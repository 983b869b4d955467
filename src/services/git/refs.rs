// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Local refs: reading, and moving them only from where they were seen.

use std::collections::BTreeMap;

use git2::{ErrorCode, Reference};

use super::{Git, GitError, if_found, local, parse};

impl Git {
    /// The id that a full ref name stands for, not peeled.
    ///
    /// # Errors
    /// When the repository cannot be read, or it is no name of a ref.
    pub fn reference(&self, name: &str) -> Result<Option<String>, GitError> {
        valid(name)?;
        let id = if_found(self.repository()?.refname_to_id(name)).map_err(local(format!("read {name}")))?;
        Ok(id.map(|id| id.to_string()))
    }

    /// The full names of local refs that fit `glob`, with their ids.
    ///
    /// # Errors
    /// When the refs cannot be listed.
    pub fn references(&self, glob: &str) -> Result<BTreeMap<String, String>, GitError> {
        let repository = self.repository()?;
        let mut found = BTreeMap::new();
        for reference in repository.references_glob(glob).map_err(local("list refs"))? {
            let reference = reference.map_err(local("list refs"))?;
            if let (Ok(name), Some(id)) = (reference.name(), reference.target()) {
                found.insert(name.to_owned(), id.to_string());
            }
        }
        Ok(found)
    }

    /// Puts the ref `name` to `to`, if it is now at `expected`; fine where it is at
    /// `to` already. `why` goes into its log.
    ///
    /// # Errors
    /// When it is elsewhere or cannot be written.
    pub fn move_reference(&self, name: &str, expected: Option<&str>, to: &str, why: &str) -> Result<(), GitError> {
        valid(name)?;
        let repository = self.repository()?;
        let id = parse(to)?;
        let from = expected.map(parse).transpose()?;
        let moved = self.effects.around("git ref", || match from {
            None => repository.reference(name, id, false, why).map(|_| ()),
            Some(from) => repository.reference_matching(name, id, true, from, why).map(|_| ()),
        });
        match moved {
            Err(error) if is_elsewhere(&error) => self.demand(name, Some(to), expected),
            other => other.map_err(local(format!("write {name}"))),
        }
    }

    /// Why the ref `name` was last moved, as [`Git::move_reference`] was told; `None`
    /// where there is no log of it.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn last_moved(&self, name: &str) -> Result<Option<String>, GitError> {
        let repository = self.repository()?;
        let log = repository.reflog(name).map_err(local(format!("read the log of {name}")))?;
        Ok(log.get(0).and_then(|entry| entry.message_bytes().map(|bytes| String::from_utf8_lossy(bytes).into_owned())))
    }

    /// Deletes the ref `name`, if it is at `expected`; none there is fine.
    ///
    /// # Errors
    /// When it is elsewhere or cannot be deleted.
    pub fn delete_reference(&self, name: &str, expected: &str) -> Result<(), GitError> {
        let repository = self.repository()?;
        let found = if_found(repository.find_reference(name)).map_err(local(format!("read {name}")))?;
        let Some(mut reference) = found else { return Ok(()) };
        if reference.target() != Some(parse(expected)?) {
            return self.demand(name, None, Some(expected));
        }
        match self.effects.around("git ref", || reference.delete()) {
            Err(error) if is_elsewhere(&error) => self.demand(name, None, Some(expected)),
            other => other.map_err(local(format!("delete {name}"))),
        }
    }

    /// Whether `ancestor` is `descendant` or one of its ancestors; what is not in
    /// the clone is nobody's ancestor.
    ///
    /// # Errors
    /// When `descendant` is not there.
    pub fn is_ancestor(&self, ancestor: &str, descendant: &str) -> Result<bool, GitError> {
        if ancestor == descendant {
            return Ok(true);
        }
        if !self.has_object(ancestor)? {
            return Ok(false);
        }
        let doing = format!("compare {ancestor} with {descendant}");
        self.repository()?.graph_descendant_of(parse(descendant)?, parse(ancestor)?).map_err(local(doing))
    }

    /// Whether an object is in the clone.
    ///
    /// # Errors
    /// When the repository cannot be read.
    pub fn has_object(&self, id: &str) -> Result<bool, GitError> {
        let repository = self.repository()?;
        let known = repository.odb().map_err(local("open the object database"))?.exists(parse(id)?);
        Ok(known)
    }

    /// That the ref is where it was to be brought; `expected` is where it was to be before.
    fn demand(&self, name: &str, wanted: Option<&str>, expected: Option<&str>) -> Result<(), GitError> {
        let found = self.reference(name)?;
        if found.as_deref() == wanted {
            return Ok(());
        }
        let nothing = || "nothing".to_owned();
        Err(GitError::Moved {
            name: name.to_owned(),
            found: found.unwrap_or_else(nothing),
            expected: expected.map_or_else(nothing, ToOwned::to_owned),
        })
    }
}

/// That `name` can be the full name of a ref.
pub(super) fn valid(name: &str) -> Result<(), GitError> {
    let fits = name.starts_with("refs/") && Reference::is_valid_name(name);
    if fits { Ok(()) } else { Err(GitError::Name { name: name.to_owned() }) }
}

fn is_elsewhere(error: &git2::Error) -> bool {
    matches!(error.code(), ErrorCode::Exists | ErrorCode::Modified | ErrorCode::NotFound)
}
