// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Files of a commit that an archive of it may have with other bytes, or not at all, since the commit's
//! own `.gitattributes` say so; and files that a person wants not to be looked at.

use std::collections::BTreeMap;

use super::archive::printable;
use super::{Finding, Tree};
use crate::release::Sha512;

/// How many files are named.
const NAMED: usize = 5;

/// What a commit's `.gitattributes` say of those of its files that are not in an archive as they are in
/// the commit. By the paths of the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckedOut {
    /// The digest of the bytes that the file has where it is checked out: with other ends of lines.
    pub line_ends: BTreeMap<String, Sha512>,
    /// The attribute by which git puts something into it: `export-subst`, `ident`.
    pub expanded: BTreeMap<String, &'static str>,
    /// The path, its own or that of a directory above it, which `export-ignore` is said of.
    pub ignored: BTreeMap<String, String>,
}

impl CheckedOut {
    /// The files of which it has to be known what the attributes say: those that are in both with other
    /// bytes, and those that are missing in the archive.
    pub fn doubtful(expected: &Tree, found: &Tree) -> (Vec<String>, Vec<String>) {
        let differs = |(path, entry): &(&String, &super::TreeEntry)| {
            found.get(*path).is_some_and(|other| other.sha512 != entry.sha512)
        };
        let different = expected.iter().filter(differs).map(|(path, _)| path.clone());
        let missing = expected.keys().filter(|path| !found.contains_key(*path)).cloned();
        (different.collect(), missing.collect())
    }

    /// What is to be added to the word that a file is missing.
    pub(super) fn why_missing(&self, path: &str) -> String {
        self.ignored.get(path).map_or_else(String::new, |said| {
            let said = printable(said);
            format!("; .gitattributes says export-ignore of {said}: --exclude {said} where that is meant")
        })
    }

    /// What is to be added to the word that a file has other bytes.
    pub(super) fn why_different(&self, path: &str) -> String {
        let word = |attribute: &&str| match *attribute {
            "export-subst" => "$Format:…$ in it is expanded by git archive",
            _ => "$Id$ in it is expanded where it is checked out",
        };
        self.expanded.get(path).map_or_else(String::new, |attribute| {
            format!("; {attribute} in .gitattributes: {}, which is not proved here", word(attribute))
        })
    }
}

/// What should be known of the files that a person wants not to be looked at: those of the archive
/// (`found`) that are not as they are in the commit (`expected`), or not in it at all.
pub fn set_aside(what: &str, expected: &Tree, found: &Tree) -> Option<Finding> {
    let same = |path: &String, entry: &super::TreeEntry| expected.get(path) == Some(entry);
    let others: Vec<&String> = found.iter().filter(|(path, entry)| !same(path, entry)).map(|(path, _)| path).collect();
    if others.is_empty() {
        return None;
    }
    let named: Vec<String> = others.iter().take(NAMED).map(|path| printable(path)).collect();
    let more = others.len() - named.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let count = if others.len() == 1 {
        "1 file that --exclude names is".to_owned()
    } else {
        format!("{} files that --exclude names are", others.len())
    };
    let detail = format!("{count} in the archive, not as in {what}, and not looked at: {}{more}", named.join(", "));
    Some(Finding::warn(super::tree::CHECK, detail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{Status, TreeEntry, TreeKind};

    fn tree(entries: &[(&str, &str)]) -> Tree {
        let entry = |text: &str| TreeEntry { kind: TreeKind::File, sha512: Sha512::of(text.as_bytes()) };
        entries.iter().map(|(path, text)| ((*path).to_owned(), entry(text))).collect()
    }

    #[test]
    fn what_is_different_or_missing_is_doubtful() {
        let (expected, found) =
            (tree(&[("a", "x"), ("b", "x"), ("c", "x")]), tree(&[("a", "x"), ("b", "y"), ("d", "x")]));
        assert_eq!(CheckedOut::doubtful(&expected, &found), (vec!["b".to_owned()], vec!["c".to_owned()]));
    }

    #[test]
    fn files_that_are_set_aside_are_told_where_they_are_not_the_commits() {
        let expected = tree(&[("a", "x"), ("b", "x"), ("gone", "x")]);
        let said = set_aside("the tag v1", &expected, &tree(&[("a", "x"), ("b", "y"), ("c", "x")])).unwrap();
        assert_eq!(said.status, Status::Warn);
        assert!(said.detail.starts_with("2 files that --exclude names are in the archive"), "{said:?}");
        assert!(said.detail.ends_with("not looked at: b, c"), "{said:?}");
        assert_eq!(set_aside("the tag v1", &expected, &tree(&[("a", "x")])), None);
        let many: Vec<String> = (0..9).map(|at| format!("f{at}")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "x")).collect();
        assert!(set_aside("the tag v1", &expected, &tree(&many)).unwrap().detail.ends_with("f4 and 4 more"));
    }
}
