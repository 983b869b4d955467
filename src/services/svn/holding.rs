// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a directory holds exactly the files that it should.

use std::collections::BTreeMap;

use super::{Depth, Entry, EntryKind, Revision, Svn, SvnError, SvnUrl};
use crate::release::FileDigest;

/// What a directory holds, held against what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holding {
    /// There is no such directory.
    Missing,
    /// Exactly the expected files with the expected bytes.
    Exact {
        /// The last revision that changed the directory.
        revision: Revision,
    },
    /// Something else: each difference, with its file.
    Differs(Vec<String>),
}

impl Svn {
    /// Holds `directory`, as it is now or was at revision `at`, against `files`.
    /// All is read at one revision, so that a commit in between cannot mix two
    /// states; only files whose size is right are read.
    ///
    /// # Errors
    /// When it could not be asked.
    pub fn holding(&self, directory: &SvnUrl, at: Option<Revision>, files: &[FileDigest]) -> Result<Holding, SvnError> {
        let Some(info) = self.info(directory, at)? else { return Ok(Holding::Missing) };
        if info.kind == EntryKind::File {
            return Ok(Holding::Differs(vec![format!("{directory} is a file, not a directory")]));
        }
        let at = Some(info.at);
        let expected: BTreeMap<&str, &FileDigest> = files.iter().map(|file| (file.name.as_str(), file)).collect();
        let entries = self.list(directory, Depth::Whole, at)?;
        let mut differences = differences_of_names(&entries, &expected);
        let readable: Vec<&str> = entries
            .iter()
            .filter(|entry| entry.kind == EntryKind::File)
            .filter(|entry| expected.get(entry.name.as_str()).is_some_and(|file| file.bytes == entry.bytes))
            .map(|entry| entry.name.as_str())
            .collect();
        for found in self.digests(directory, &readable, at)? {
            if expected.get(found.name.as_str()).is_some_and(|file| file.sha512 != found.sha512) {
                differences.push(format!("{} has other bytes: SHA-512 {}", found.name, found.sha512));
            }
        }
        if differences.is_empty() {
            return Ok(Holding::Exact { revision: info.last_changed });
        }
        Ok(Holding::Differs(differences))
    }
}

fn differences_of_names(entries: &[Entry], expected: &BTreeMap<&str, &FileDigest>) -> Vec<String> {
    if entries.is_empty() && !expected.is_empty() {
        return vec!["it is empty".to_owned()];
    }
    let mut differences = Vec::new();
    for entry in entries {
        match (entry.kind, expected.get(entry.name.as_str())) {
            (EntryKind::Directory, _) => differences.push(format!("{}/ is not expected", entry.name)),
            (EntryKind::File, None) => differences.push(format!("{} is not expected", entry.name)),
            (EntryKind::File, Some(file)) if file.bytes != entry.bytes => {
                differences.push(format!("{} has {} bytes, not {}", entry.name, entry.bytes, file.bytes));
            }
            (EntryKind::File, Some(_)) => {}
        }
    }
    for name in expected.keys() {
        if !entries.iter().any(|entry| entry.name == **name) {
            differences.push(format!("{name} is missing"));
        }
    }
    differences
}
