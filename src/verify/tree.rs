// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a source archive is a commit's tree, less what the product leaves out.

use std::collections::BTreeMap;

use super::Finding;
use crate::release::Sha512;

/// The check's name.
const CHECK: &str = "source-tag";
/// How many files are named one by one.
const NAMED: usize = 50;

/// What an entry of a tree or an archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A file.
    File,
    /// A file that can be executed.
    Executable,
    /// A symbolic link; its bytes are the target.
    Symlink,
}

/// An entry of a tree or an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeEntry {
    /// What it is.
    pub kind: EntryKind,
    /// The digest of its bytes.
    pub sha512: Sha512,
}

/// Entries by their path from the root, with `/`.
pub type Tree = BTreeMap<String, TreeEntry>;

/// Compares an archive's files with those of the commit that it is said to be made
/// from (`what`, such as "the tag release-1.0.0-rc1 (commit 0123…)"): every file that
/// is extra, missing or different is named.
pub fn compare_trees(what: &str, expected: &Tree, found: &Tree) -> Vec<Finding> {
    let missing = expected.keys().filter(|path| !found.contains_key(*path)).map(|path| (path, missing(what)));
    let extra = found.keys().filter(|path| !expected.contains_key(*path)).map(|path| (path, extra(what)));
    let different =
        found.iter().filter_map(|(path, entry)| Some((path, difference(expected.get(path)?, entry, what)?)));
    let mut faults: Vec<(&String, String)> = missing.chain(extra).chain(different).collect();
    if faults.is_empty() && found.is_empty() {
        return vec![Finding::fail(CHECK, format!("there is no file in it, and none in {what}"))];
    }
    if faults.is_empty() {
        let count = found.len();
        return vec![Finding::pass(CHECK, format!("its {count} files are those of {what}, less what is left out"))];
    }
    faults.sort();
    let more = faults.len().saturating_sub(NAMED);
    let mut findings: Vec<Finding> =
        faults.into_iter().take(NAMED).map(|(path, why)| Finding::fail(CHECK, why).of_entry(path.as_str())).collect();
    if more > 0 {
        findings.push(Finding::fail(CHECK, format!("{more} more files are not those of {what}")));
    }
    findings
}

fn missing(what: &str) -> String {
    format!("missing: it is in {what}, and not in the archive")
}

fn extra(what: &str) -> String {
    format!("extra: it is in the archive, and not in {what}")
}

fn difference(expected: &TreeEntry, found: &TreeEntry, what: &str) -> Option<String> {
    if expected.kind != found.kind {
        let word = |kind| match kind {
            EntryKind::File => "a file",
            EntryKind::Executable => "an executable file",
            EntryKind::Symlink => "a symbolic link",
        };
        return Some(format!("different: {} here, {} in {what}", word(found.kind), word(expected.kind)));
    }
    (expected.sha512 != found.sha512).then(|| format!("different: its bytes are not those in {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Status;

    fn tree(entries: &[(&str, EntryKind, &str)]) -> Tree {
        let entry = |kind, text: &str| TreeEntry { kind, sha512: Sha512::of(text.as_bytes()) };
        entries.iter().map(|(path, kind, text)| ((*path).to_owned(), entry(*kind, text))).collect()
    }

    #[test]
    fn each_file_that_is_extra_missing_or_different_is_named() {
        let tagged = tree(&[
            ("LICENSE", EntryKind::File, "terms"),
            ("bin/run", EntryKind::Executable, "run"),
            ("gone", EntryKind::File, "x"),
            ("link", EntryKind::Symlink, "bin/run"),
        ]);
        let archive = tree(&[
            ("LICENSE", EntryKind::File, "other terms"),
            ("added", EntryKind::File, "x"),
            ("bin/run", EntryKind::File, "run"),
            ("link", EntryKind::Symlink, "bin/run"),
        ]);
        let findings = compare_trees("the tag v1", &tagged, &archive);
        let said: Vec<String> =
            findings.iter().map(|found| format!("{} {}", found.entry.as_deref().unwrap_or(""), found.detail)).collect();
        assert_eq!(
            said,
            [
                "LICENSE different: its bytes are not those in the tag v1",
                "added extra: it is in the archive, and not in the tag v1",
                "bin/run different: a file here, an executable file in the tag v1",
                "gone missing: it is in the tag v1, and not in the archive",
            ]
        );
        assert!(findings.iter().all(|found| found.status == Status::Fail));
        assert_eq!(compare_trees("the tag v1", &tagged, &tagged)[0].status, Status::Pass);
        assert_eq!(compare_trees("the tag v1", &Tree::new(), &Tree::new())[0].status, Status::Fail);
    }

    #[test]
    fn very_many_are_counted() {
        let names: Vec<String> = (0..NAMED + 7).map(|number| format!("f{number:03}")).collect();
        let many: Vec<(&str, EntryKind, &str)> =
            names.iter().map(|name| (name.as_str(), EntryKind::File, "x")).collect();
        let findings = compare_trees("the tag v1", &Tree::new(), &tree(&many));
        assert_eq!(findings.len(), NAMED + 1);
        assert!(findings[NAMED].detail.starts_with("7 more files"));
    }
}
