// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Signed annotated tags: the object that `git tag -s` makes, byte for byte in
//! form, with the signature made by whoever can.

use std::error::Error;

use git2::ObjectType;

use super::local::{Committer, find, local, parse};
use super::{Git, GitError};

/// An annotated tag as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The id of the tag object.
    pub object: String,
    /// The id of the commit that it peels to.
    pub commit: String,
    /// The bytes that were signed.
    pub payload: Vec<u8>,
    /// The armored signature; empty where there is none.
    pub signature: String,
}

/// A tag to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewTag<'a> {
    /// Its name, without `refs/tags/`.
    pub name: &'a str,
    /// The commit.
    pub commit: &'a str,
    /// The message.
    pub message: &'a str,
    /// The tagger.
    pub tagger: Committer<'a>,
}

impl Git {
    /// Writes a signed tag object; no ref is made. Returns its id.
    ///
    /// # Errors
    /// When the commit is not there, or `sign` fails.
    pub fn signed_tag(
        &self,
        new: &NewTag<'_>,
        sign: impl FnOnce(&[u8]) -> Result<String, Box<dyn Error + Send + Sync>>,
    ) -> Result<String, GitError> {
        let repository = self.repository()?;
        find(&repository, new.commit, ObjectType::Commit)?;
        let message = git2::message_prettify(new.message, None).map_err(local("use the message"))?;
        let tagger = new.tagger.signature()?;
        let mut payload = format!(
            "object {}\ntype commit\ntag {}\ntagger {} <{}> {} +0000\n\n{message}",
            new.commit,
            new.name,
            tagger.name().unwrap_or_default(),
            tagger.email().unwrap_or_default(),
            new.tagger.at.as_second(),
        );
        let signature =
            sign(payload.as_bytes()).map_err(|source| GitError::Sign { name: new.name.to_owned(), source })?;
        payload.push_str(&signature);
        let odb = repository.odb().map_err(local("open the object database"))?;
        let id = odb.write(ObjectType::Tag, payload.as_bytes()).map_err(local("write a tag"))?;
        Ok(id.to_string())
    }

    /// The annotated tag object `id`; `None` where the object is no tag.
    ///
    /// # Errors
    /// When the object is not there.
    pub fn tag(&self, id: &str) -> Result<Option<Tag>, GitError> {
        let repository = self.repository()?;
        let odb = repository.odb().map_err(local("open the object database"))?;
        let object = odb.read(parse(id)?).map_err(|source| GitError::Local { doing: format!("read {id}"), source })?;
        if object.kind() != ObjectType::Tag {
            return Ok(None);
        }
        let bytes = object.data();
        let marker = b"-----BEGIN PGP SIGNATURE-----";
        let start = bytes.windows(marker.len()).position(|window| window == marker).unwrap_or(bytes.len());
        let commit = find(&repository, id, ObjectType::Commit)?.id().to_string();
        Ok(Some(Tag {
            object: id.to_owned(),
            commit,
            payload: bytes[..start].to_vec(),
            signature: String::from_utf8_lossy(&bytes[start..]).into_owned(),
        }))
    }
}
