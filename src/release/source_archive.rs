// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Source archives whose bytes depend on nothing but the files in them: no
//! order, owner, clock or machine shows. Nothing is held in memory but the file
//! that is being added.
//!
//! The compressed bytes also depend on the compressor, so that another version
//! of this program may make others out of the same tree.

use std::io::{self, Write};

use flate2::{Compression, GzBuilder, write::GzEncoder};
use tar::{Builder, EntryType, Header};

/// The operating system byte of a gzip header that says nothing (RFC 1952).
const UNKNOWN_SYSTEM: u8 = 255;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchiveEntry<'a> {
    /// A file with its bytes.
    File(&'a [u8]),
    /// A file that can be executed.
    Executable(&'a [u8]),
    /// A symbolic link with its target, as it stands.
    Symlink(&'a str),
}

/// Why an entry cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It does not come after the one before.
    #[error("{path} comes after {before}: entries are added once each, sorted by the bytes of their paths")]
    Order {
        /// The path.
        path: String,
        /// The path that was added before it.
        before: String,
    },
    /// Its path leads out of the archive, or is none.
    #[error("{path:?} is no path inside an archive")]
    Path {
        /// The path.
        path: String,
    },
    /// It could not be written.
    #[error("cannot write {path} into the archive")]
    Write {
        /// The path, or the archive's end.
        path: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// A gzipped tar archive in the making, with all files in one directory.
pub struct SourceArchive<W: Write> {
    tar: Builder<GzEncoder<W>>,
    root: String,
    modified: u64,
    last: Option<String>,
    files: u64,
}

impl<W: Write> SourceArchive<W> {
    /// An archive written to `sink`, all of it under the directory `root`, with
    /// `modified` (seconds of Unix time) as the time of every entry.
    ///
    /// # Errors
    /// When `root` is no single name, or the sink fails.
    pub fn new(sink: W, root: &str, modified: u64) -> Result<Self, ArchiveError> {
        if root.contains('/') {
            return Err(ArchiveError::Path { path: root.to_owned() });
        }
        checked(root)?;
        let gzip = GzBuilder::new().operating_system(UNKNOWN_SYSTEM).write(sink, Compression::new(6));
        let mut archive = Self { tar: Builder::new(gzip), root: root.to_owned(), modified, last: None, files: 0 };
        archive.directory("")?;
        Ok(archive)
    }

    /// Adds the entry at `path`, from the root of the tree, and the directories
    /// that it is the first in.
    ///
    /// # Errors
    /// When it does not come after the entry before, or cannot be written.
    pub fn add(&mut self, path: &str, entry: ArchiveEntry<'_>) -> Result<(), ArchiveError> {
        checked(path)?;
        if let Some(before) = self.last.as_deref().filter(|before| *before >= path) {
            return Err(ArchiveError::Order { path: path.to_owned(), before: before.to_owned() });
        }
        let before = self.last.replace(path.to_owned()).unwrap_or_default();
        for (at, _) in path.match_indices('/') {
            if !before.starts_with(&path[..=at]) {
                self.directory(&path[..=at])?;
            }
        }
        self.files += 1;
        let (kind, mode, bytes) = match entry {
            ArchiveEntry::File(bytes) => (EntryType::Regular, 0o644, bytes),
            ArchiveEntry::Executable(bytes) => (EntryType::Regular, 0o755, bytes),
            ArchiveEntry::Symlink(target) => return self.symlink(path, target),
        };
        let mut header = self.header(kind, mode, bytes.len() as u64);
        let full = format!("{}/{path}", self.root);
        self.tar.append_data(&mut header, &full, bytes).map_err(|source| ArchiveError::Write { path: full, source })
    }

    /// Ends the archive; returns the sink and the count of files and links.
    ///
    /// # Errors
    /// When the end cannot be written.
    pub fn finish(self) -> Result<(W, u64), ArchiveError> {
        let files = self.files;
        let sink = self.tar.into_inner().and_then(GzEncoder::finish);
        sink.map(|sink| (sink, files))
            .map_err(|source| ArchiveError::Write { path: format!("the end of {}", self.root), source })
    }

    fn directory(&mut self, path: &str) -> Result<(), ArchiveError> {
        let mut header = self.header(EntryType::Directory, 0o755, 0);
        let full = format!("{}/{path}", self.root);
        self.tar
            .append_data(&mut header, &full, io::empty())
            .map_err(|source| ArchiveError::Write { path: full, source })
    }

    fn symlink(&mut self, path: &str, target: &str) -> Result<(), ArchiveError> {
        let mut header = self.header(EntryType::Symlink, 0o777, 0);
        let full = format!("{}/{path}", self.root);
        // As it stands where it fits; the other call would tidy `./x//y` up.
        let added = match header.set_link_name_literal(target) {
            Ok(()) => self.tar.append_data(&mut header, &full, io::empty()),
            Err(_) => self.tar.append_link(&mut header, &full, target),
        };
        added.map_err(|source| ArchiveError::Write { path: full, source })
    }

    fn header(&self, kind: EntryType, mode: u32, size: u64) -> Header {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_size(size);
        header.set_mtime(self.modified);
        header.set_uid(0);
        header.set_gid(0);
        header
    }
}

fn checked(path: &str) -> Result<(), ArchiveError> {
    let odd = path.contains('\0') || path.split('/').any(|name| matches!(name, "" | "." | ".."));
    if odd { Err(ArchiveError::Path { path: path.to_owned() }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Output};

    use super::*;

    const TREE: [(&str, ArchiveEntry<'static>); 6] = [
        ("LICENSE", ArchiveEntry::File(b"terms\n")),
        ("a-b", ArchiveEntry::File(b"before a/, since - comes before /\n")),
        ("a/deep/er/file", ArchiveEntry::File(b"")),
        ("a/link", ArchiveEntry::Symlink("deep/er/file")),
        ("a/run.sh", ArchiveEntry::Executable(b"#!/bin/sh\n")),
        ("zu/\u{e9}t\u{e9}-\u{6771}\u{4eac}", ArchiveEntry::File(b"unicode\n")),
    ];

    fn archive<'a>(entries: impl IntoIterator<Item = (&'a str, ArchiveEntry<'a>)>) -> Vec<u8> {
        let mut archive = SourceArchive::new(Vec::new(), "demo-1.0.0", 1_600_000_000).unwrap();
        for (path, entry) in entries {
            archive.add(path, entry).unwrap();
        }
        archive.finish().unwrap().0
    }

    fn tar(arguments: &str, bytes: &[u8]) -> (tempfile::TempDir, Output) {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("x.tgz"), bytes).unwrap();
        let mut command = Command::new("tar");
        command.current_dir(directory.path()).env("TZ", "UTC").env("LC_ALL", "C.UTF-8");
        let output = command.args([arguments, "x.tgz", "--full-time"]).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        (directory, output)
    }

    #[test]
    fn the_same_tree_gives_the_same_bytes_and_a_header_that_says_nothing() {
        let bytes = archive(TREE);
        assert_eq!(bytes, archive(TREE));
        assert_eq!(bytes[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
        assert_ne!(bytes, archive(TREE.into_iter().skip(1)));
    }

    #[test]
    fn tar_lists_it_with_neutral_owners_times_and_modes() {
        let (_, output) = tar("tzvf", &archive(TREE));
        let listing = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<String> =
            listing.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let at = "2020-09-13 12:26:40";
        assert_eq!(
            lines,
            [
                format!("drwxr-xr-x 0/0 0 {at} demo-1.0.0/"),
                format!("-rw-r--r-- 0/0 6 {at} demo-1.0.0/LICENSE"),
                format!("-rw-r--r-- 0/0 34 {at} demo-1.0.0/a-b"),
                format!("drwxr-xr-x 0/0 0 {at} demo-1.0.0/a/"),
                format!("drwxr-xr-x 0/0 0 {at} demo-1.0.0/a/deep/"),
                format!("drwxr-xr-x 0/0 0 {at} demo-1.0.0/a/deep/er/"),
                format!("-rw-r--r-- 0/0 0 {at} demo-1.0.0/a/deep/er/file"),
                format!("lrwxrwxrwx 0/0 0 {at} demo-1.0.0/a/link -> deep/er/file"),
                format!("-rwxr-xr-x 0/0 10 {at} demo-1.0.0/a/run.sh"),
                format!("drwxr-xr-x 0/0 0 {at} demo-1.0.0/zu/"),
                format!("-rw-r--r-- 0/0 8 {at} demo-1.0.0/zu/\u{e9}t\u{e9}-\u{6771}\u{4eac}"),
            ]
        );
    }

    #[test]
    fn long_paths_and_targets_come_out_again() {
        let path = format!("{}/{}", "directory/".repeat(14).trim_end_matches('/'), "f".repeat(150));
        let link = format!("{}/link", "directory/".repeat(14).trim_end_matches('/'));
        let target = "../".repeat(60) + "somewhere";
        let sorted = [
            (path.as_str(), ArchiveEntry::File(b"long\n")),
            (&link, ArchiveEntry::Symlink(&target)),
            ("untidy", ArchiveEntry::Symlink("./x//y/.")),
        ];
        let bytes = archive(sorted);
        assert_eq!(bytes, archive(sorted));
        let (directory, _) = tar("xzf", &bytes);
        let root = directory.path().join("demo-1.0.0");
        assert_eq!(std::fs::read(root.join(&path)).unwrap(), b"long\n");
        assert_eq!(std::fs::read_link(root.join(&link)).unwrap().to_str().unwrap(), target);
        assert_eq!(std::fs::read_link(root.join("untidy")).unwrap().to_str().unwrap(), "./x//y/.");
        let test = Command::new("gzip").arg("-t").arg(directory.path().join("x.tgz")).output().unwrap();
        assert!(test.status.success() && test.stderr.is_empty(), "{test:?}");
    }

    #[test]
    fn another_order_and_paths_that_lead_out_are_refused() {
        let mut archive = SourceArchive::new(Vec::new(), "demo", 0).unwrap();
        archive.add("b", ArchiveEntry::File(b"")).unwrap();
        for path in ["a", "b"] {
            assert!(matches!(archive.add(path, ArchiveEntry::File(b"")), Err(ArchiveError::Order { .. })), "{path}");
        }
        for path in ["", "/etc/x", "c/../../x", "c//d", "./c", "c/", "c\0d"] {
            assert!(matches!(archive.add(path, ArchiveEntry::File(b"")), Err(ArchiveError::Path { .. })), "{path:?}");
        }
        for root in ["", "..", "a/b"] {
            assert!(SourceArchive::new(Vec::new(), root, 0).is_err(), "{root}");
        }
    }
}
