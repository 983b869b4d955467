// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a server says of a file by which a later answer can be told to be about the same
//! bytes: a strong entity tag, the date of the last change (RFC 9110, 8.8).

use reqwest::header::{CONTENT_LENGTH, ETAG, HeaderMap, HeaderName, LAST_MODIFIED};
use serde::{Deserialize, Serialize};

/// A file's entity tag, if it is a strong one, and its date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Validator {
    etag: Option<String>,
    modified: Option<String>,
}

impl Validator {
    /// What an answer says; `None` where it says neither.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let etag = value(headers, ETAG).filter(|tag| !tag.starts_with("W/"));
        let modified = value(headers, LAST_MODIFIED);
        (etag.is_some() || modified.is_some()).then_some(Self { etag, modified })
    }

    /// What `If-Range` is to hold.
    pub(super) fn for_range(&self) -> Option<&str> {
        self.etag.as_deref().or(self.modified.as_deref())
    }

    /// Whether the answer with these `headers` is about the same file, which had so many
    /// bytes: by its tag where both have one, else by its date and its length together.
    pub(super) fn is_confirmed_by(&self, headers: &HeaderMap, bytes: u64) -> bool {
        let Some(now) = Self::of(headers) else { return false };
        let length = value(headers, CONTENT_LENGTH).and_then(|length| length.trim().parse::<u64>().ok());
        let agree = |one: &Option<String>, other: &Option<String>| one.is_none() || other.is_none() || one == other;
        let known = match (&self.etag, &now.etag) {
            (Some(_), Some(_)) => length.is_none_or(|length| length == bytes),
            (None, None) => length == Some(bytes),
            _ => false,
        };
        known && agree(&self.etag, &now.etag) && agree(&self.modified, &now.modified)
    }
}

fn value(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: &str = "Sat, 21 Nov 2026 12:00:00 GMT";
    const LATER: &str = "Sat, 21 Nov 2026 12:00:01 GMT";

    fn headers(said: &[(HeaderName, &str)]) -> HeaderMap {
        said.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_the_same_tag_or_the_same_date_and_length_is_the_same_file() {
        let etag = |tag| (ETAG, tag);
        let modified = |date| (LAST_MODIFIED, date);
        let length = |bytes| (CONTENT_LENGTH, bytes);
        for (then, now, same) in [
            (&[etag("\"a\"")][..], &[etag("\"a\"")][..], true),
            (&[etag("\"a\"")], &[etag("\"a\""), length("7")], true),
            (&[etag("\"a\"")], &[etag("\"a\""), length("8")], false),
            (&[etag("\"a\"")], &[etag("\"b\""), length("7")], false),
            (&[etag("\"a\""), modified(DATE)], &[etag("\"a\""), modified(LATER)], false),
            (&[etag("\"a\""), modified(DATE)], &[modified(DATE), length("7")], false),
            (&[modified(DATE)], &[modified(DATE), length("7")], true),
            (&[modified(DATE)], &[modified(DATE)], false),
            (&[modified(DATE)], &[modified(LATER), length("7")], false),
            (&[modified(DATE)], &[length("7")], false),
            (&[etag("W/\"a\""), modified(DATE)], &[etag("W/\"b\""), modified(DATE), length("7")], true),
        ] {
            let then = Validator::of(&headers(then)).unwrap();
            assert_eq!(then.is_confirmed_by(&headers(now), 7), same, "{then:?} {now:?}");
        }
        assert_eq!(Validator::of(&headers(&[etag("W/\"a\"")])), None, "a weak tag is of no particular bytes");
    }
}
