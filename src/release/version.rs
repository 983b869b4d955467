// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Version numbers of releases: three plain numbers, nothing else.

use std::fmt;
use std::str::FromStr;

/// A release's version: `3.4.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second.
    pub minor: u32,
    /// The third.
    pub patch: u32,
}

/// What a release means to its users, by the position of the first number above zero
/// from the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseKind {
    /// `4.0.0`.
    Major,
    /// `3.4.0`.
    Minor,
    /// `3.4.1`.
    Bugfix,
}

/// A text that is no release version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no release version: expected three numbers, such as 3.4.0; {why}")]
pub struct VersionError {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub why: &'static str,
}

impl Version {
    /// Major, minor or bugfix.
    pub fn kind(self) -> ReleaseKind {
        match (self.minor, self.patch) {
            (0, 0) => ReleaseKind::Major,
            (_, 0) => ReleaseKind::Minor,
            _ => ReleaseKind::Bugfix,
        }
    }

    /// The series: `3.4`.
    pub fn series(self) -> String {
        format!("{}.{}", self.major, self.minor)
    }

    /// Whether what a tree says of its version, `3.4-SNAPSHOT` or `3.4.1`, is of this
    /// version's series.
    pub fn is_of_series(self, said: &str) -> bool {
        series_of(said) == Some((self.major, self.minor))
    }

    /// Whether this is the first release of the major version after the one that a
    /// tree says.
    pub fn is_next_major(self, said: &str) -> bool {
        self.kind() == ReleaseKind::Major
            && series_of(said).is_some_and(|(major, _)| self.major.checked_sub(1) == Some(major))
    }
}

/// The first two numbers of what a tree says of its version.
fn series_of(said: &str) -> Option<(u32, u32)> {
    let (major, rest) = said.trim().split_once('.')?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some((major.parse().ok()?, rest[..digits].parse().ok()?))
}

impl ReleaseKind {
    /// The word that workflows use: `major`, `minor`, `bugfix`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Major => "major",
            Self::Minor => "minor",
            Self::Bugfix => "bugfix",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let fail = |why| VersionError { text: text.to_owned(), why };
        if text.starts_with(['v', 'V']) {
            return Err(fail("leave out the leading `v`"));
        }
        if text.contains('-') {
            return Err(fail("leave out everything from the `-`: a release is neither a snapshot nor a candidate"));
        }
        let parts: Vec<&str> = text.split('.').collect();
        let [major, minor, patch] = parts[..] else {
            return Err(fail(if parts.len() < 3 { "a number is missing" } else { "there are too many numbers" }));
        };
        let number = |part: &str| {
            if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(fail("each part must be digits alone"));
            }
            if part.len() > 1 && part.starts_with('0') {
                return Err(fail("a number must not begin with 0"));
            }
            part.parse().map_err(|_| fail("a number is too large"))
        };
        Ok(Self { major: number(major)?, minor: number(minor)?, patch: number(patch)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_plain_numbers_are_a_version() {
        let version: Version = "3.4.0".parse().unwrap();
        assert_eq!(
            (version.to_string(), version.series(), version.kind()),
            ("3.4.0".into(), "3.4".into(), ReleaseKind::Minor)
        );
        assert_eq!("4.0.0".parse::<Version>().unwrap().kind(), ReleaseKind::Major);
        assert_eq!("3.4.12".parse::<Version>().unwrap().kind(), ReleaseKind::Bugfix);
    }

    #[test]
    fn a_version_follows_on_what_a_tree_says() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        for (text, said, of_series, next_major) in [
            ("1.2.0", "1.2-SNAPSHOT", true, false),
            ("1.2.1", "1.2.0", true, false),
            ("1.2.0", "1.2", true, false),
            ("1.20.0", "1.2-SNAPSHOT", false, false),
            ("2.0.0", "1.2-SNAPSHOT", false, true),
            ("9.0.0", "1.2-SNAPSHOT", false, false),
            ("2.0.1", "1.2-SNAPSHOT", false, false),
            ("1.2.0", "dev", false, false),
            ("0.0.0", "4294967295.0", false, false),
        ] {
            let version = version(text);
            assert_eq!(
                (version.is_of_series(said), version.is_next_major(said)),
                (of_series, next_major),
                "{text} {said}"
            );
        }
    }

    #[test]
    fn everything_else_is_refused_with_its_reason() {
        for (text, why) in [
            ("3.4", "missing"),
            ("v3.4.0", "leading `v`"),
            ("3.4.0-SNAPSHOT", "snapshot"),
            ("3.4.0.1", "too many"),
            ("3.04.0", "begin with 0"),
            ("3..0", "digits"),
            ("", "missing"),
            ("3.4.９", "digits"),
            ("3.4.99999999999", "too large"),
            ("3.4.0\n", "digits"),
        ] {
            let error = text.parse::<Version>().unwrap_err();
            assert!(error.why.contains(why), "{text:?}: {error}");
        }
    }
}
