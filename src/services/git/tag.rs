// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Signed annotated tags: the object that `git tag -s` makes, byte for byte in
//! form, with the signature made by whoever can.

use std::error::Error;

use git2::ObjectType;

use super::refs::valid;
use super::{Committer, Git, GitError, local, parse};

const ARMOR: &[u8] = b"-----BEGIN PGP SIGNATURE-----";

/// An annotated tag as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The id of the tag object.
    pub object: String,
    /// The name that it says itself, which need not be its ref's.
    pub name: String,
    /// The id of the commit that it peels to; `None` where that is no commit.
    pub commit: Option<String>,
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
        valid(&format!("refs/tags/{}", new.name))?;
        let repository = self.repository()?;
        repository.find_commit(parse(new.commit)?).map_err(local(format!("read commit {}", new.commit)))?;
        let message = git2::message_prettify(new.message, None).map_err(local("use the message"))?;
        let tagger = new.tagger.signature()?;
        let mut payload = format!(
            "object {}\ntype commit\ntag {}\ntagger {} <{}> {} +0000\n\n{message}",
            new.commit,
            new.name,
            String::from_utf8_lossy(tagger.name_bytes()),
            String::from_utf8_lossy(tagger.email_bytes()),
            new.tagger.at.as_second(),
        );
        let signature =
            sign(payload.as_bytes()).map_err(|source| GitError::Sign { name: new.name.to_owned(), source })?;
        payload.push_str(signature.trim_end());
        payload.push('\n');
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
        let object = odb
            .read(parse(id)?)
            .map_err(|source| GitError::Local { doing: format!("read {id}"), source: source.into() })?;
        if object.kind() != ObjectType::Tag {
            return Ok(None);
        }
        let tag = repository.find_tag(object.id()).map_err(local(format!("read the tag {id}")))?;
        let commit = tag.as_object().peel_to_commit().ok().map(|commit| commit.id().to_string());
        let name = String::from_utf8_lossy(tag.name_bytes()).into_owned();
        let (payload, signature) = split_signature(object.data());
        Ok(Some(Tag {
            object: id.to_owned(),
            name,
            commit,
            payload: payload.to_vec(),
            signature: String::from_utf8_lossy(signature).into_owned(),
        }))
    }
}

/// What is signed and the signature, which is the last armor that begins a line.
fn split_signature(bytes: &[u8]) -> (&[u8], &[u8]) {
    let starts = memchr::memmem::find_iter(bytes, ARMOR);
    let last = starts.filter(|&at| at == 0 || bytes[at - 1] == b'\n').last();
    bytes.split_at(last.unwrap_or(bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_last_armor_that_begins_a_line() {
        let armor = String::from_utf8_lossy(ARMOR);
        let split = |text: &str| {
            let (payload, signature) = split_signature(text.as_bytes());
            (payload.len(), signature.len())
        };
        let length = ARMOR.len() + 1;
        assert_eq!(split(&format!("a\n{armor}\n")), (2, length));
        assert_eq!(split(&format!("a {armor}\n{armor}\n")), (3 + ARMOR.len(), length));
        assert_eq!(split(&format!("{armor}\n{armor}\n")), (length, length));
        assert_eq!((split(&format!("a {armor}")), split("")), ((2 + ARMOR.len(), 0), (0, 0)));
    }
}
