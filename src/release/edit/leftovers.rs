// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Old versions that are left in a tree.

use std::collections::BTreeSet;
use std::fmt;

use super::globs::globs;
use super::versions::{begins, ends, npm_form, whole_versions};
use super::{AllowedLeftover, Tree};
use crate::release::PatternError;

/// An old version that is left.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leftover {
    /// The file.
    pub path: String,
    /// The line, from 1; `None` in a file that is no text.
    pub line: Option<usize>,
    /// What stands there.
    pub version: String,
}

impl fmt::Display for Leftover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.version),
            None => write!(f, "{} (no text): {}", self.path, self.version),
        }
    }
}

/// Where `version`, in its own form or npm's, is left in `tree` outside of
/// `allow`. What holds a NUL byte is no text: it is searched, and has no lines.
///
/// # Errors
/// When a pattern of `allow` is no glob.
pub fn leftovers(tree: &Tree, version: &str, allow: &[AllowedLeftover]) -> Result<Vec<Leftover>, PatternError> {
    let forms = BTreeSet::from([version.to_owned(), npm_form(version)]);
    search(tree, allow, |bytes| {
        forms.iter().flat_map(|form| whole_versions(bytes, form).map(move |at| (at, form.clone()))).collect()
    })
}

/// Where a snapshot of the same major version as `version`, and not `version`
/// itself, stands in `tree` outside of `allow`.
///
/// # Errors
/// When a pattern of `allow` is no glob.
pub fn other_snapshots(tree: &Tree, version: &str, allow: &[AllowedLeftover]) -> Result<Vec<Leftover>, PatternError> {
    let forms = [version.to_owned(), npm_form(version)];
    let major = version.split(['.', '-']).next().unwrap_or_default();
    search(tree, allow, |bytes| {
        snapshots(bytes).filter(|(_, found)| found.split('.').next() == Some(major) && !forms.contains(found)).collect()
    })
}

/// Where any snapshot version stands in `tree` outside of `allow`.
///
/// # Errors
/// When a pattern of `allow` is no glob.
pub fn all_snapshots(tree: &Tree, allow: &[AllowedLeftover]) -> Result<Vec<Leftover>, PatternError> {
    search(tree, allow, |bytes| snapshots(bytes).collect())
}

/// All `N.N[.N…]-SNAPSHOT` in `bytes`.
fn snapshots(bytes: &[u8]) -> impl Iterator<Item = (usize, String)> {
    const WORD: &str = "-SNAPSHOT";
    memchr::memmem::find_iter(bytes, WORD).filter_map(move |at| {
        let numbers = bytes[..at].iter().rev().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        let text = String::from_utf8_lossy(&bytes[at - numbers..at]).trim_start_matches('.').to_owned();
        let start = at - text.len();
        let whole = text.contains('.') && begins(&bytes[..start]) && ends(&bytes[at + WORD.len()..]);
        whole.then(|| (start, format!("{text}{WORD}")))
    })
}

fn search(
    tree: &Tree,
    allow: &[AllowedLeftover],
    find: impl Fn(&[u8]) -> Vec<(usize, String)>,
) -> Result<Vec<Leftover>, PatternError> {
    let allowed = globs(allow.iter().map(|allowed| allowed.files.as_str()))?;
    let mut left = Vec::new();
    for (path, bytes) in tree.iter().filter(|(path, _)| !allowed.is_match(path)) {
        let is_text = memchr::memchr(0, bytes).is_none();
        for (at, version) in find(bytes) {
            let line = is_text.then(|| 1 + memchr::memchr_iter(b'\n', &bytes[..at]).count());
            left.push(Leftover { path: path.clone(), line, version });
        }
    }
    left.sort();
    left.dedup();
    Ok(left)
}
