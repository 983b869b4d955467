// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a source archive is a commit's tree, less what the product leaves out.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::archive::{self, Entry, EntryKind, Faults, Limits, Visitor, printable};
use super::{CheckedOut, Finding, Status};
use crate::release::Sha512;

/// The check's name.
pub(super) const CHECK: &str = "source-tag";
/// How many files are named one by one.
const NAMED: usize = 50;

/// What an entry of a tree or an archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeKind {
    /// A file.
    File,
    /// A file that can be executed.
    Executable,
    /// A file of an archive that does not say of any whether it can be executed.
    Unmarked,
    /// A symbolic link; its bytes are the target.
    Symlink,
    /// What no commit has: a device, or a hard link to no file.
    Other,
}

/// An entry of a tree or an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeEntry {
    /// What it is.
    pub kind: TreeKind,
    /// The digest of its bytes.
    pub sha512: Sha512,
}

/// Entries by their path from the root, with `/`.
pub type Tree = BTreeMap<String, TreeEntry>;

/// Compares an archive's files with those of the commit that it is said to be made
/// from (`what`, such as "the tag release-1.0.0-rc1 (commit 0123…)"): every file that
/// is extra, missing or different is named. `said` is what the commit's own `.gitattributes` say of
/// its files: one that has other ends of lines by them is not different.
pub fn compare_trees(what: &str, expected: &Tree, found: &Tree, said: &CheckedOut) -> Vec<Finding> {
    let absent = expected.keys().filter(|path| !found.contains_key(*path));
    let missing = absent.map(|path| (path, missing(what) + &said.why_missing(path)));
    let extra = found.keys().filter(|path| !expected.contains_key(*path)).map(|path| (path, extra(what)));
    let other_ends = |path: &str, entry: &TreeEntry| said.line_ends.get(path) == Some(&entry.sha512);
    let different = found.iter().filter_map(|(path, entry)| {
        let bytes = !other_ends(path, entry);
        let word = difference(expected.get(path)?, entry, what, bytes)?;
        Some((path, word + &said.why_different(path)))
    });
    let mut faults: Vec<(&String, String)> = missing.chain(extra).chain(different).collect();
    if faults.is_empty() && found.is_empty() {
        return vec![Finding::fail(CHECK, format!("there is no file in it, and none in {what}"))];
    }
    if faults.is_empty() {
        let count = found.len();
        let unmarked = found.values().any(|entry| entry.kind == TreeKind::Unmarked);
        let marks = if unmarked { "; it does not say which of them can be executed" } else { "" };
        let ends = match found.iter().filter(|(path, entry)| other_ends(path, entry)).count() {
            0 => String::new(),
            1 => "; 1 has the line ends that .gitattributes says".to_owned(),
            count => format!("; {count} have the line ends that .gitattributes says"),
        };
        let detail = format!("its {count} files are those of {what}, less what is left out{ends}{marks}");
        return vec![Finding::pass(CHECK, detail)];
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

/// Says of each of the `submodules` of a commit (`what`, as above) that the commit has none of
/// its files, so that none in the archive can be held against it.
pub fn compare_submodules(what: &str, submodules: &[String], found: &Tree) -> Vec<Finding> {
    let of_one = |path: &String| {
        let below = |file: &&String| file.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('/'));
        let is = format!("a submodule in {what}, which has none of its files");
        match found.keys().filter(|file| *file == path || below(file)).count() {
            0 => Finding::warn(CHECK, format!("{is}; none are in the archive: does the source want them?")),
            count => Finding::fail(CHECK, format!("{is}: the {count} in the archive cannot be held against it")),
        }
        .of_entry(printable(path))
    };
    submodules.iter().map(of_one).collect()
}

/// The files of the archive at `path`, whose name is `name`, from its one root
/// directory on; it may hold what `limits` say.
///
/// # Errors
/// When it cannot be read to its end.
pub fn tree_of_archive(name: &str, path: &Path, limits: Limits) -> io::Result<Tree> {
    let (mut files, mut faults) = (Files::default(), Faults::default());
    let walked = archive::walk(name, File::open(path)?, &[], limits, &mut files, &mut faults);
    // nothing is missing of an archive of another form than its name says: it could not be looked into
    if walked.complete && walked.entries > 0 {
        return Ok(files.into_tree());
    }
    let fault = faults.into_findings().into_iter().find(|finding| finding.status == Status::Fail);
    Err(io::Error::other(fault.map_or_else(|| "the archive is not whole".to_owned(), |fault| fault.detail)))
}

/// The files of an archive, as they are walked over.
#[derive(Default)]
struct Files {
    tree: Tree,
    /// Whether it says of a file whether that can be executed: a zip that was made without the
    /// modes of Unix does not.
    marked: bool,
}

impl Visitor for Files {
    fn entry(&mut self, entry: &Entry, content: &mut dyn Read, _faults: &mut Faults) -> io::Result<()> {
        let Some((_, path)) = entry.tidy().split_once('/') else { return Ok(()) };
        let found = match &entry.kind {
            EntryKind::File => {
                self.marked |= entry.mode.is_some();
                let executable = entry.mode.is_some_and(|mode| mode & 0o100 != 0);
                let kind = if executable { TreeKind::Executable } else { TreeKind::File };
                TreeEntry { kind, sha512: Sha512::of_reader(content)?.0 }
            }
            EntryKind::Symlink(target) => TreeEntry { kind: TreeKind::Symlink, sha512: Sha512::of(target.as_bytes()) },
            EntryKind::HardLink(target) => self.linked(target),
            EntryKind::Special(_) => nothing(),
            EntryKind::Directory => return Ok(()),
        };
        self.tree.insert(path.to_owned(), found);
        Ok(())
    }
}

impl Files {
    /// The file before it that a hard link is another name of.
    fn linked(&self, target: &str) -> TreeEntry {
        let target = target.strip_prefix("./").unwrap_or(target);
        let file = target.split_once('/').and_then(|(_, path)| self.tree.get(path));
        file.cloned().unwrap_or_else(nothing)
    }

    /// All of them.
    fn into_tree(self) -> Tree {
        let Self { mut tree, marked } = self;
        let files = tree.values_mut().filter(|entry| entry.kind == TreeKind::File && !marked);
        files.for_each(|entry| entry.kind = TreeKind::Unmarked);
        tree
    }
}

fn nothing() -> TreeEntry {
    TreeEntry { kind: TreeKind::Other, sha512: Sha512::of(b"") }
}

fn missing(what: &str) -> String {
    format!("missing: it is in {what}, and not in the archive")
}

fn extra(what: &str) -> String {
    format!("extra: it is in the archive, and not in {what}")
}

/// In what the two are different; `bytes` says whether their bytes have to be the same.
fn difference(expected: &TreeEntry, found: &TreeEntry, what: &str, bytes: bool) -> Option<String> {
    let unmarked = found.kind == TreeKind::Unmarked && matches!(expected.kind, TreeKind::File | TreeKind::Executable);
    if expected.kind != found.kind && !unmarked {
        let word = |kind| match kind {
            TreeKind::File | TreeKind::Unmarked => "a file",
            TreeKind::Executable => "an executable file",
            TreeKind::Symlink => "a symbolic link",
            TreeKind::Other => "no file at all",
        };
        return Some(format!("different: {} here, {} in {what}", word(found.kind), word(expected.kind)));
    }
    (bytes && expected.sha512 != found.sha512).then(|| format!("different: its bytes are not those in {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(entries: &[(&str, TreeKind, &str)]) -> Tree {
        let entry = |kind, text: &str| TreeEntry { kind, sha512: Sha512::of(text.as_bytes()) };
        entries.iter().map(|(path, kind, text)| ((*path).to_owned(), entry(*kind, text))).collect()
    }

    #[test]
    fn an_archive_of_another_form_than_its_name_says_has_one_cause() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("a-src.tgz");
        std::fs::write(&path, b"\xfd7zXZ\0 and more").unwrap();
        let error = tree_of_archive("a-src.tgz", &path, Limits::default()).unwrap_err();
        assert!(error.to_string().contains("its name says gzip, its first bytes say xz"), "{error}");
    }

    #[test]
    fn each_file_that_is_extra_missing_or_different_is_named() {
        let tagged = tree(&[
            ("LICENSE", TreeKind::File, "terms"),
            ("bin/run", TreeKind::Executable, "run"),
            ("gone", TreeKind::File, "x"),
            ("link", TreeKind::Symlink, "bin/run"),
        ]);
        let archive = tree(&[
            ("LICENSE", TreeKind::File, "other terms"),
            ("added", TreeKind::File, "x"),
            ("bin/run", TreeKind::File, "run"),
            ("link", TreeKind::Symlink, "bin/run"),
        ]);
        let findings = compare_trees("the tag v1", &tagged, &archive, &CheckedOut::default());
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
        assert_eq!(compare_trees("the tag v1", &tagged, &tagged, &CheckedOut::default())[0].status, Status::Pass);
        assert_eq!(
            compare_trees("the tag v1", &Tree::new(), &Tree::new(), &CheckedOut::default())[0].status,
            Status::Fail
        );
    }

    #[test]
    fn line_ends_of_gitattributes_are_no_difference_and_no_others_are() {
        let (file, run) = (TreeKind::File, TreeKind::Executable);
        let tagged = tree(&[("a.bat", file, "a\n"), ("b.bat", run, "b\n"), ("docs/c", file, "x"), ("v", file, "$Id$")]);
        let said = CheckedOut {
            line_ends: ["a.bat", "b.bat"]
                .map(|path| (path.to_owned(), Sha512::of(format!("{}\r\n", &path[..1]).as_bytes())))
                .into(),
            expanded: BTreeMap::from([("v".to_owned(), "export-subst")]),
            ignored: BTreeMap::from([("docs/c".to_owned(), "docs".to_owned())]),
        };
        let whole = |a: &str, b: (TreeKind, &str), v: &str| {
            let found = tree(&[("a.bat", file, a), ("b.bat", b.0, b.1), ("docs/c", file, "x"), ("v", file, v)]);
            compare_trees("the tag v1", &tagged, &found, &said)
        };
        let good = whole("a\r\n", (run, "b\r\n"), "$Id$");
        assert_eq!(good[0].status, Status::Pass, "{good:?}");
        assert!(good[0].detail.ends_with("; 2 have the line ends that .gitattributes says"), "{good:?}");
        for found in [whole("a\r\n\r\n", (run, "b\n"), "$Id$"), whole("a\r\n", (file, "b\r\n"), "$Id$")] {
            assert_eq!((found.len(), found[0].status), (1, Status::Fail), "{found:?}");
        }
        let expanded = whole("a\n", (run, "b\n"), "v1.2.0");
        assert!(
            expanded[0].status == Status::Fail && expanded[0].detail.contains("; export-subst in .gitattributes: ")
        );
        let without = compare_trees("the tag v1", &tree(&[("docs/c", file, "x")]), &tree(&[]), &said);
        assert!(without[0].detail.ends_with("--exclude docs where that is meant"), "{without:?}");
    }

    #[test]
    fn very_many_are_counted() {
        let names: Vec<String> = (0..NAMED + 7).map(|number| format!("f{number:03}")).collect();
        let many: Vec<(&str, TreeKind, &str)> = names.iter().map(|name| (name.as_str(), TreeKind::File, "x")).collect();
        let findings = compare_trees("the tag v1", &Tree::new(), &tree(&many), &CheckedOut::default());
        assert_eq!(findings.len(), NAMED + 1);
        assert!(findings[NAMED].detail.starts_with("7 more files"));
    }

    fn member(tar: &mut tar::Builder<Vec<u8>>, path: &str, kind: tar::EntryType, link: &str, bytes: &[u8]) {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(0o644);
        header.set_size(bytes.len() as u64);
        if !link.is_empty() {
            header.set_link_name(link).unwrap();
        }
        tar.append_data(&mut header, path, bytes).unwrap();
    }

    #[test]
    fn a_hard_link_is_the_file_that_it_names_again() {
        let mut tar = tar::Builder::new(Vec::new());
        member(&mut tar, "d-1/a", tar::EntryType::Regular, "", b"text");
        member(&mut tar, "d-1/again", tar::EntryType::Link, "d-1/a", b"");
        member(&mut tar, "d-1/evil", tar::EntryType::Link, "d-1/a", b"");
        member(&mut tar, "d-1/pipe", tar::EntryType::Fifo, "", b"");
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("d-1.tar");
        std::fs::write(&path, tar.into_inner().unwrap()).unwrap();
        let found = tree_of_archive("d-1.tar", &path, Limits::default()).unwrap();
        let tagged = tree(&[("a", TreeKind::File, "text"), ("again", TreeKind::File, "text")]);
        let faults = compare_trees("the tag v1", &tagged, &found, &CheckedOut::default());
        let named: Vec<_> = faults.iter().map(|fault| (fault.entry.as_deref().unwrap(), fault.status)).collect();
        assert_eq!(named, [("evil", Status::Fail), ("pipe", Status::Fail)], "{faults:?}");
        assert!(faults.iter().all(|fault| fault.detail.starts_with("extra: ")));
    }

    #[test]
    fn an_archive_is_read_within_the_limits_that_are_given() {
        let mut tar = tar::Builder::new(Vec::new());
        for name in ["d-1/a", "d-1/b", "d-1/c"] {
            member(&mut tar, name, tar::EntryType::Regular, "", &[b'x'; 600]);
        }
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("d-1.tar");
        std::fs::write(&path, tar.into_inner().unwrap()).unwrap();
        let read = |limits| tree_of_archive("d-1.tar", &path, limits).map(|tree| tree.len());
        assert_eq!(read(Limits::default()).unwrap(), 3);
        let few = read(Limits { entries: 2, ..Limits::default() }).unwrap_err().to_string();
        assert!(few.contains("more than 2"), "{few}");
        let small = read(Limits { total_bytes: 1000, ..Limits::default() }).unwrap_err().to_string();
        assert!(small.contains("more than 1000 bytes"), "{small}");
    }

    #[test]
    fn a_zip_without_modes_says_of_no_file_that_it_is_plain() {
        let visited = |modes: &[Option<u32>]| {
            let mut files = Files::default();
            for (at, mode) in modes.iter().enumerate() {
                let (path, kind) = (format!("d-1/f{at}"), EntryKind::File);
                let entry = Entry { path, kind, size: 4, mode: *mode, time: None };
                files.entry(&entry, &mut &b"text"[..], &mut Faults::default()).unwrap();
            }
            files.into_tree()
        };
        let tagged = tree(&[("f0", TreeKind::File, "text"), ("f1", TreeKind::Executable, "text")]);
        let held = |found: &Tree| compare_trees("the tag v1", &tagged, found, &CheckedOut::default());
        let without = held(&visited(&[None, None]));
        assert_eq!(without[0].status, Status::Pass, "{without:?}");
        assert!(without[0].detail.ends_with("it does not say which of them can be executed"), "{without:?}");
        // As git makes one: of an executable alone it has the mode.
        assert_eq!(held(&visited(&[None, Some(0o755)]))[0].status, Status::Pass);
        let plain = held(&visited(&[Some(0o644), None]));
        assert_eq!((plain[0].status, plain[0].entry.as_deref()), (Status::Fail, Some("f1")), "{plain:?}");
        let link = tree(&[("f0", TreeKind::Symlink, "text"), ("f1", TreeKind::File, "text")]);
        assert_eq!(
            compare_trees("the tag v1", &link, &visited(&[None, None]), &CheckedOut::default())[0].status,
            Status::Fail
        );
    }

    #[test]
    fn each_submodule_is_told_and_files_of_one_fail() {
        let archive = tree(&[("LICENSE", TreeKind::File, "x"), ("sub/a", TreeKind::File, "x")]);
        let submodules = ["sub".to_owned(), "su".to_owned(), "lib/other".to_owned()];
        let found = compare_submodules("the tag v1", &submodules, &archive);
        let named: Vec<_> = found.iter().map(|found| (found.entry.as_deref().unwrap(), found.status)).collect();
        assert_eq!(named, [("sub", Status::Fail), ("su", Status::Warn), ("lib/other", Status::Warn)]);
        assert!(found[0].detail.contains("the 1 in the archive cannot be held against it"), "{found:?}");
        assert_eq!(compare_submodules("the tag v1", &submodules, &tree(&[("sub", TreeKind::File, "x")])).len(), 3);
        assert_eq!(compare_submodules("the tag v1", &[], &archive), []);
    }
}
