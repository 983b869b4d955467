// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Annotated tags with an OpenPGP signature, as `git tag -s` makes them.

use std::error::Error;

use git2::{ObjectType, Reference};
use jiff::Timestamp;

use super::commit::signature;
use super::{Git, GitError, ObjectId, local};

const ARMOR: &[u8] = b"-----BEGIN PGP SIGNATURE-----";

/// A tag to be made.
#[derive(Debug)]
pub struct NewTag<'a> {
    /// Its name without `refs/tags/`.
    pub name: &'a str,
    /// The commit.
    pub commit: ObjectId,
    /// The tagger's name.
    pub tagger: &'a str,
    /// Their address.
    pub email: &'a str,
    /// When, written as UTC.
    pub at: Timestamp,
    /// The message.
    pub message: &'a str,
}

/// A tag object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnotatedTag {
    /// The object.
    pub object: ObjectId,
    /// The name that it says itself, which is not always its ref's.
    pub name: String,
    /// The commit that it peels to; `None` where that is no commit.
    pub commit: Option<ObjectId>,
    /// The bytes that are signed.
    pub payload: Vec<u8>,
    /// The armored signature, where there is one.
    pub signature: Option<String>,
}

/// Why a tag was not made.
#[derive(Debug, thiserror::Error)]
pub enum TagError {
    /// Git did not take it.
    #[error(transparent)]
    Git(#[from] GitError),
    /// It was not signed.
    #[error("the tag {name} could not be signed")]
    Sign {
        /// Which.
        name: String,
        /// Why.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

impl Git {
    /// Makes the tag and its ref, which must not exist; `sign` gives the armored
    /// detached signature over the bytes that it is handed.
    ///
    /// # Errors
    /// When it cannot be signed or written; [`GitError::Moved`] where the name is
    /// taken.
    pub fn create_signed_tag<E: Into<Box<dyn Error + Send + Sync>>>(
        &self,
        tag: &NewTag<'_>,
        sign: impl FnOnce(&[u8]) -> Result<String, E>,
    ) -> Result<ObjectId, TagError> {
        let name = format!("refs/tags/{}", tag.name);
        if !Reference::is_valid_name(&name) {
            let source = git2::Error::from_str("it is no valid name for a tag");
            return Err(GitError::Local { doing: format!("make the tag {}", tag.name), source }.into());
        }
        let payload = payload(tag)?;
        let signature = sign(payload.as_bytes())
            .map_err(|error| TagError::Sign { name: tag.name.to_owned(), source: error.into() })?;
        let bytes = format!("{payload}{}\n", signature.trim_end());
        let repository = self.repository()?;
        let object = repository
            .odb()
            .and_then(|odb| odb.write(ObjectType::Tag, bytes.as_bytes()))
            .map_err(local(format!("write the tag {}", tag.name)))?;
        self.create_reference(&name, object, &format!("tag: {}", tag.name))?;
        Ok(object)
    }

    /// The tag object `id`; `None` where it is no tag object (a lightweight tag
    /// points at a commit) or is not here.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn annotated_tag(&self, id: ObjectId) -> Result<Option<AnnotatedTag>, GitError> {
        let repository = self.repository()?;
        let odb = repository.odb().map_err(local("open the objects"))?;
        if !odb.exists(id) {
            return Ok(None);
        }
        let object = odb.read(id).map_err(local(format!("read {id}")))?;
        if object.kind() != ObjectType::Tag {
            return Ok(None);
        }
        let tag = repository.find_tag(id).map_err(local(format!("read the tag {id}")))?;
        let commit = tag.as_object().peel_to_commit().ok().map(|commit| commit.id());
        let name = String::from_utf8_lossy(tag.name_bytes()).into_owned();
        let (payload, signature) = split_signature(object.data());
        Ok(Some(AnnotatedTag {
            object: id,
            name,
            commit,
            payload: payload.to_vec(),
            signature: signature.map(|bytes| String::from_utf8_lossy(bytes).into_owned()),
        }))
    }
}

fn payload(tag: &NewTag<'_>) -> Result<String, GitError> {
    let by = signature(tag.tagger, tag.email, tag.at)?;
    let message = git2::message_prettify(tag.message, None).map_err(local("read the tag's message"))?;
    Ok(format!(
        "object {}\ntype commit\ntag {}\ntagger {} <{}> {} +0000\n\n{message}",
        tag.commit,
        tag.name,
        String::from_utf8_lossy(by.name_bytes()),
        String::from_utf8_lossy(by.email_bytes()),
        by.when().seconds(),
    ))
}

/// What is signed and the signature, which is the last armor that begins a line.
fn split_signature(bytes: &[u8]) -> (&[u8], Option<&[u8]>) {
    let at = memchr::memmem::rfind_iter(bytes, ARMOR).find(|&at| at == 0 || bytes[at - 1] == b'\n');
    match at {
        Some(at) => (&bytes[..at], Some(&bytes[at..])),
        None => (bytes, None),
    }
}
