// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether an archive can be unpacked without harm: every entry stays where it belongs
//! and is what a release may hold, on every file system.

use std::collections::{HashMap, HashSet};

use super::links::{Links, leaves};
use super::names::{folded, name_faults};
use super::{Entry, EntryKind, Faults, Limits};

/// The check's name.
pub const SAFE: &str = "archive-safe";

/// The check of the one directory that everything is in.
pub const ROOT: &str = "archive-root";

/// Every path so far, and what it was.
pub struct PathBook<'a> {
    limits: Limits,
    /// The names that the one directory may have that everything must be in; empty: there
    /// need be none. The first entry chooses among them.
    roots: &'a [String],
    root: Option<&'a str>,
    nodes: HashMap<String, Node>,
    /// Paths of which it was said that they collide.
    said: HashSet<String>,
    entries: u64,
    links: Links,
    hard_links: u64,
}

#[derive(Debug)]
struct Node {
    /// As it was written, where that is not the key.
    written: Option<String>,
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// A directory that had no entry of its own yet.
    Implied,
    Directory,
    File,
    Link,
}

impl<'a> PathBook<'a> {
    /// Nothing seen yet.
    pub fn new(roots: &'a [String], limits: Limits) -> Self {
        Self {
            limits,
            roots,
            root: None,
            nodes: HashMap::new(),
            said: HashSet::new(),
            entries: 0,
            links: Links::default(),
            hard_links: 0,
        }
    }

    /// How many entries were seen.
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// How many links were seen.
    pub fn links(&self) -> u64 {
        self.hard_links + self.links.count() as u64
    }

    /// Says which links lead out, after the last entry: a link may lead through one that
    /// comes later.
    pub fn end(&self, faults: &mut Faults) {
        for (path, target) in self.links.leaving(self.root) {
            let target = super::faults::printable(target);
            faults.attack(SAFE, path, format!("the link leads out of the archive, to {target}"));
        }
    }

    /// The one directory that everything must be in; none where there need be none, or
    /// nothing was seen.
    pub fn root(&self) -> Option<&'a str> {
        self.root
    }

    /// Looks at the next entry; false when there are too many of them.
    pub fn check(&mut self, entry: &Entry, faults: &mut Faults) -> bool {
        self.entries += 1;
        if self.entries > self.limits.entries {
            faults.fail(SAFE, "", format!("it holds more than {} entries, the limit", self.limits.entries));
            return false;
        }
        if entry.size > self.limits.entry_bytes {
            let limit = self.limits.entry_bytes;
            faults.fail(SAFE, &entry.path, format!("it has {} bytes, the limit is {limit}", entry.size));
        }
        if self.root.is_none() {
            let top = entry.tidy().split('/').next().unwrap_or_default();
            self.root = self.roots.iter().find(|root| *root == top).or(self.roots.first()).map(String::as_str);
        }
        name_faults(entry, self.limits.depth, faults);
        mode_faults(entry, faults);
        match &entry.kind {
            EntryKind::Symlink(target) => self.links.add(entry.tidy(), target),
            EntryKind::HardLink(target) => {
                self.hard_links += 1;
                self.hard_link(entry, target, faults);
            }
            EntryKind::Special(what) => {
                let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
                faults.fail(SAFE, &entry.path, format!("it is {article} {what}"));
            }
            EntryKind::File | EntryKind::Directory => {}
        }
        self.place(entry, faults);
        true
    }

    /// Puts the entry where it is, below its directories.
    fn place(&mut self, entry: &Entry, faults: &mut Faults) {
        let path = entry.tidy();
        if path.is_empty() || path == "." {
            return;
        }
        if let Some(root) = self.root
            && path.split('/').next() != Some(root)
        {
            faults.fail(ROOT, &entry.path, format!("it is not in the directory {root}"));
        }
        for (at, _) in path.match_indices('/') {
            match self.put(&path[..at], What::Implied, faults) {
                Some(What::File) => faults.fail(SAFE, &entry.path, format!("it is below the file {}", &path[..at])),
                Some(What::Link) => faults.fail(SAFE, &entry.path, format!("it is below the link {}", &path[..at])),
                _ => {}
            }
        }
        let what = match entry.kind {
            EntryKind::Directory => What::Directory,
            EntryKind::Symlink(_) => What::Link,
            _ => What::File,
        };
        match (self.put(path, what, faults), what) {
            (None, _) | (Some(What::Implied), What::Directory) => {}
            (Some(What::Implied), _) => {
                faults.fail(SAFE, &entry.path, "entries stand below it, but it is no directory")
            }
            (Some(What::Directory), What::Directory) => faults.warn(SAFE, &entry.path, "the directory is there twice"),
            (Some(_), _) => faults.fail(SAFE, &entry.path, "the name is there twice"),
        }
    }

    /// What was at `path`, which is noted as `what`.
    fn put(&mut self, path: &str, what: What, faults: &mut Faults) -> Option<What> {
        let key = folded(path);
        let Some(node) = self.nodes.get_mut(&key) else {
            let written = (key != path).then(|| path.to_owned());
            self.nodes.insert(key, Node { written, what });
            return None;
        };
        let written = node.written.as_deref().unwrap_or(&key);
        if written != path {
            // said once for a pair of directories, not for all that is in them
            if self.said.insert(path.to_owned()) {
                faults.fail(SAFE, path, format!("on some file systems it is the same as {written}"));
            }
            return None;
        }
        let before = node.what;
        if what != What::Implied {
            node.what = what;
        }
        Some(before)
    }

    fn hard_link(&self, entry: &Entry, target: &str, faults: &mut Faults) {
        let aim = target.strip_prefix("./").unwrap_or(target);
        let shown = super::faults::printable(target);
        if leaves(target, self.root) {
            faults.attack(SAFE, &entry.path, format!("the hard link leads out of the archive, to {shown}"));
        } else if self.nodes.get(&folded(aim)).is_none_or(|node| node.what != What::File) {
            faults.fail(SAFE, &entry.path, format!("the hard link leads to {shown}, which is no file before it"));
        } else {
            faults.warn(SAFE, &entry.path, format!("it is a hard link to {shown}"));
        }
    }
}

/// The mode that Maven's archiver gave to directories of its own until 2012, as a number that was none: no
/// program takes it for one.
const EVERY_BIT: u32 = 0o7777;

fn mode_faults(entry: &Entry, faults: &mut Faults) {
    let Some(mode) = entry.mode else { return };
    if matches!(entry.kind, EntryKind::Symlink(_)) {
        return;
    }
    let is_directory = entry.kind == EntryKind::Directory;
    if is_directory && mode == EVERY_BIT {
        return;
    }
    for (bit, name) in [(0o4000, "setuid"), (0o2000, "setgid"), (0o1000, "sticky")] {
        // a directory hands its group on to what is made in it, and to nobody a right
        let harmless = is_directory && bit == 0o2000;
        if mode & bit != 0 && !harmless {
            faults.fail(SAFE, &entry.path, format!("its {name} bit is set"));
        }
    }
    if mode & 0o002 != 0 {
        faults.warn(SAFE, &entry.path, "everybody may write to it");
    }
}
