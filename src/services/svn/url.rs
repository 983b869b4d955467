// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Addresses in a repository, and its revisions.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};

use crate::services::address::hide_login;

/// A revision of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub u64);

/// The address of a file or directory in a repository, without a slash at its end:
/// `https://dist.apache.org/repos/dist/dev/flink`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SvnUrl(String);

/// A text that is no address in a repository.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no Subversion address: {why}")]
pub struct SvnUrlError {
    /// The text, without the login that it may hold.
    pub text: String,
    /// What is wrong with it.
    pub why: &'static str,
}

const SCHEMES: [&str; 5] = ["https", "http", "svn", "svn+ssh", "file"];

impl SvnUrl {
    /// The address of `path` below this one: names with `/` between them, as they
    /// are, not percent-encoded.
    ///
    /// # Errors
    /// When a name is empty, `.` or `..`.
    pub fn join(&self, path: &str) -> Result<Self, SvnUrlError> {
        let mut joined = self.0.clone();
        for name in path.split('/') {
            check_segment(path, name)?;
            joined.push('/');
            joined.push_str(&encoded(name));
        }
        Ok(Self(joined))
    }

    /// The address of the directory that this is in.
    pub fn parent(&self) -> Option<Self> {
        let (parent, _) = self.0.rsplit_once('/')?;
        Self::try_from(parent.to_owned()).ok()
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For an argument of `svn`: with the revision at which the path is looked
    /// up. Always with an `@`, since there may be one in the path.
    pub(super) fn pegged(&self, revision: Option<Revision>) -> String {
        revision.map_or_else(|| format!("{self}@"), |revision| format!("{self}@{}", revision.0))
    }
}

impl TryFrom<String> for SvnUrl {
    type Error = SvnUrlError;

    fn try_from(text: String) -> Result<Self, SvnUrlError> {
        let fail = |why| SvnUrlError { text: hide_login(&text), why };
        let (scheme, rest) = text.split_once("://").ok_or_else(|| fail("it has no `://`"))?;
        if !SCHEMES.contains(&scheme) {
            return Err(fail("expected https, http, svn, svn+ssh or file"));
        }
        if text.chars().any(char::is_control) {
            return Err(fail("it holds a control character"));
        }
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        if (scheme == "file") != host.is_empty() {
            return Err(fail("expected a host, or file:/// with a path"));
        }
        let (login, _) = host.rsplit_once('@').unwrap_or_default();
        if scheme.starts_with("svn") && login.contains(':') {
            return Err(fail("it holds a password, which svn takes by its own configuration alone"));
        }
        if host.starts_with('-') || host.split_once('@').is_some_and(|(_, host)| host.starts_with('-')) {
            return Err(fail("a host does not begin with `-`"));
        }
        let path = path.trim_end_matches('/');
        for name in path.split('/').filter(|_| !path.is_empty()) {
            check_segment(&text, name)?;
        }
        let end = text.trim_end_matches('/').len();
        Ok(Self(text[..end].to_owned()))
    }
}

impl From<SvnUrl> for String {
    fn from(url: SvnUrl) -> Self {
        url.0
    }
}

impl fmt::Display for SvnUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r{}", self.0)
    }
}

fn check_segment(text: &str, name: &str) -> Result<(), SvnUrlError> {
    let why = match name {
        "" => "a name in its path is empty",
        "." | ".." => "`.` and `..` are not allowed in its path",
        _ => return Ok(()),
    };
    Err(SvnUrlError { text: hide_login(text), why })
}

fn encoded(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~+".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Result<SvnUrl, SvnUrlError> {
        SvnUrl::try_from(text.to_owned())
    }

    #[test]
    fn an_address_is_kept_without_its_last_slash() {
        assert_eq!(url("https://svn.example.org/repos/dist/").unwrap().as_str(), "https://svn.example.org/repos/dist");
        assert_eq!(url("svn+ssh://ann@svn.example.org").unwrap().parent(), None);
        assert_eq!(url("file:///tmp/r").unwrap().parent().unwrap().as_str(), "file:///tmp");
    }

    #[test]
    fn what_is_joined_is_encoded() {
        let joined = url("file:///tmp/r").unwrap().join("a b/c@d%ä").unwrap();
        assert_eq!(joined.as_str(), "file:///tmp/r/a%20b/c%40d%25%C3%A4");
        assert_eq!(joined.pegged(Some(Revision(7))), "file:///tmp/r/a%20b/c%40d%25%C3%A4@7");
    }

    #[test]
    fn what_could_leave_the_directory_or_be_an_option_is_refused() {
        for text in
            ["--config-option=x", "ext::sh", "https:///x", "file://host/x", "svn+ssh://-oProxy/x", "http://h/a/../b"]
        {
            assert!(url(text).is_err(), "{text}");
        }
        for name in ["", "..", "a/../b", "/a", "a//b", "a/"] {
            assert!(url("file:///tmp/r").unwrap().join(name).is_err(), "{name:?}");
        }
    }
}
