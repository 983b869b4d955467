// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Local refs: reading, and moving them only from where they were seen.

use git2::ErrorCode;

use super::{Git, GitError, ObjectId, if_found, local};

impl Git {
    /// The object that the ref `name` (in full) points at, a tag not peeled;
    /// `None` where there is no such ref.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn reference(&self, name: &str) -> Result<Option<ObjectId>, GitError> {
        if_found(self.repository()?.refname_to_id(name)).map_err(local(format!("read {name}")))
    }

    /// The commit that `revision` peels to; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be read, or is no revision at all.
    pub fn commit(&self, revision: &str) -> Result<Option<ObjectId>, GitError> {
        let repository = self.repository()?;
        let object = if_found(repository.revparse_single(revision)).map_err(local(format!("read {revision}")))?;
        let Some(object) = object else { return Ok(None) };
        let commit = object.peel_to_commit().map_err(local(format!("find the commit of {revision}")))?;
        Ok(Some(commit.id()))
    }

    /// Whether the object is here.
    ///
    /// # Errors
    /// When the repository cannot be read.
    pub fn has_object(&self, id: ObjectId) -> Result<bool, GitError> {
        let repository = self.repository()?;
        Ok(repository.odb().map_err(local("open the objects"))?.exists(id))
    }

    /// Whether `ancestor` is `commit` or in its history.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn is_ancestor(&self, ancestor: ObjectId, commit: ObjectId) -> Result<bool, GitError> {
        if ancestor == commit {
            return Ok(true);
        }
        self.repository()?
            .graph_descendant_of(commit, ancestor)
            .map_err(local(format!("walk from {commit} to {ancestor}")))
    }

    /// Makes the ref `name`, which must not exist; fine where it is at `to` already.
    ///
    /// # Errors
    /// [`GitError::Moved`] where it is elsewhere; when it cannot be written.
    pub fn create_reference(&self, name: &str, to: ObjectId, why: &str) -> Result<(), GitError> {
        let repository = self.repository()?;
        let made = self.effects.around("git ref", || repository.reference(name, to, false, why).map(|_| ()));
        match made {
            Err(error) if error.code() == ErrorCode::Exists => self.demand(name, Some(to), "nothing"),
            other => other.map_err(local(format!("write {name}"))),
        }
    }

    /// Moves the ref `name` from `from` to `to`; fine where it is there already.
    ///
    /// # Errors
    /// [`GitError::Moved`] where it is elsewhere; when it cannot be written.
    pub fn move_reference(&self, name: &str, from: ObjectId, to: ObjectId, why: &str) -> Result<(), GitError> {
        let repository = self.repository()?;
        let moved =
            self.effects.around("git ref", || repository.reference_matching(name, to, true, from, why).map(|_| ()));
        match moved {
            Err(error) if matches!(error.code(), ErrorCode::Modified | ErrorCode::NotFound) => {
                self.demand(name, Some(to), &from.to_string())
            }
            other => other.map_err(local(format!("write {name}"))),
        }
    }

    /// Deletes the ref `name`, which must be at `from`; fine where it is gone already.
    ///
    /// # Errors
    /// [`GitError::Moved`] where it is elsewhere; when it cannot be deleted.
    pub fn delete_reference(&self, name: &str, from: ObjectId) -> Result<(), GitError> {
        let repository = self.repository()?;
        let found = if_found(repository.find_reference(name)).map_err(local(format!("read {name}")))?;
        let Some(mut reference) = found else { return Ok(()) };
        if reference.target() != Some(from) {
            return self.demand(name, None, &from.to_string());
        }
        match self.effects.around("git ref", || reference.delete()) {
            Err(error) if matches!(error.code(), ErrorCode::Modified | ErrorCode::NotFound) => {
                self.demand(name, None, &from.to_string())
            }
            other => other.map_err(local(format!("delete {name}"))),
        }
    }

    /// That the ref is where it was to be brought; `expected` is where it was to be before.
    fn demand(&self, name: &str, wanted: Option<ObjectId>, expected: &str) -> Result<(), GitError> {
        let found = self.reference(name)?;
        if found == wanted {
            return Ok(());
        }
        let found = found.map_or_else(|| "nothing".to_owned(), |id| id.to_string());
        Err(GitError::Moved { name: name.to_owned(), found, expected: expected.to_owned() })
    }
}
