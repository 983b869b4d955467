// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Which repository: its owner and its name.

use std::fmt;

/// A repository at GitHub: `apache/flink-web`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slug {
    /// Whose it is.
    pub owner: String,
    /// What it is called.
    pub name: String,
}

/// An address that names no repository that GitHub can be asked about.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NoSlug {
    /// It has no owner or no name.
    #[error("{0} names no repository; expected an address that ends with OWNER/NAME")]
    Unnamed(String),
    /// It is at another host: of that owner and name GitHub may have a stranger's.
    #[error(
        "{0} is not at github.com; expected https://github.com/OWNER/NAME, or a GitHub of your own as `github.api`"
    )]
    Elsewhere(String),
}

impl Slug {
    /// The repository at an address as git takes it: `https://github.com/apache/flink-web`,
    /// `git@github.com:apache/flink-web.git`.
    ///
    /// # Errors
    /// When the address does not end with an owner and a name.
    pub fn of(address: &str) -> Result<Self, NoSlug> {
        let trimmed = address.trim_end_matches('/');
        let trimmed = trimmed.strip_suffix(".git").unwrap_or(trimmed);
        // A host is no owner.
        let there =
            trimmed.split_once("://").map_or(trimmed, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
        let mut parts = there.rsplit(['/', ':']);
        let fits = |part: &&str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain)
        };
        match (parts.next().filter(fits), parts.next().filter(fits)) {
            (Some(name), Some(owner)) => Ok(Self { owner: owner.to_owned(), name: name.to_owned() }),
            _ => Err(NoSlug::Unnamed(address.to_owned())),
        }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_from_what_git_takes() {
        for address in ["https://github.com/a/b-c", "https://x/a/b-c.git/", "git@github.com:a/b-c.git", "/w/a/b-c.git"]
        {
            assert_eq!(Slug::of(address).unwrap().to_string(), "a/b-c", "{address}");
        }
        for address in [
            "",
            "b",
            "https://x//b",
            "https://x/a/../b c",
            "https://x",
            "https://github.com/owner",
            "ssh://git@host/name.git",
        ] {
            assert!(Slug::of(address).is_err(), "{address}");
        }
    }
}
