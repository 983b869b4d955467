// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is inside of what is packed inside an archive: a jar of classes, a jar in a zip, a library under
//! gzip, a key in any of them. What cannot be opened is said to be closed.

use std::cell::{Cell, RefCell};
use std::io::{self, Cursor, Read};

use super::binaries::compiled;
use super::remains::{Remain, key_file, search};
use crate::verify::archive::{
    ArchiveKind, Entry, EntryKind, Faults, GROWS, Limits, SAFE, Visitor, WHOLE, unpacked, unread_by_magic, walk,
    zip_begins,
};

/// How large an archive in an archive may be to be looked into.
pub const INNER_BYTES: u64 = 64 * 1024 * 1024;

/// How many archives may usually be in each other.
pub const DEPTH: usize = 8;

/// How many keys and tokens of one file are told.
const MOST_SECRETS: usize = 20;

/// How many of what harms whoever unpacks are told of one file.
const MOST_ATTACKS: usize = 20;

/// How many bytes of an entry that is no archive are searched for keys and tokens.
const SEARCHED_BYTES: u64 = 32 * 1024 * 1024;

/// How many bytes all the archives in one file may hold.
const TOTAL_BYTES: u64 = 1024 * 1024 * 1024;

/// How many bytes of an entry are looked at for what it is.
const TOP_BYTES: u64 = 64 * 1024;

/// What was found in a file that holds others.
#[derive(Debug, PartialEq, Eq)]
pub enum Inner {
    /// Nothing compiled.
    Clean,
    /// This entry of it, or it itself where that is empty, is this.
    Compiled(String, &'static str),
    /// It, or an entry of it, could not be looked into: why.
    Closed(String),
}

/// Whether a file that begins with these bytes may hold others, so that all of it has to
/// be looked into.
pub fn may_hold_others(top: &[u8]) -> bool {
    ArchiveKind::of_magic(top).is_some()
        || unread_by_magic(top).is_some()
        // a program may stand before a zip
        || memchr::memmem::find(top, b"PK\x03\x04").is_some()
}

/// What is in a file that holds others: compiled code or what is closed, and what was left behind, each with
/// the path of its entry.
#[derive(Debug)]
pub struct Nested {
    /// Whether it holds compiled code, and whether all of it could be looked into.
    pub inner: Inner,
    /// Keys and tokens.
    pub secrets: Vec<(String, Remain)>,
    /// What harms whoever unpacks one of the archives: bombs, paths that lead out; each with its entry.
    pub attacks: Vec<(String, String)>,
}

/// Looks into `bytes`, all of a file; `depth` archives may be in each other.
pub fn nested(bytes: &[u8], depth: usize) -> Nested {
    let (left, secrets) = (Cell::new(TOTAL_BYTES), RefCell::default());
    let attacks = RefCell::default();
    let look = Look { depth: 0, most: depth, left: &left, place: "", secrets: &secrets, attacks: &attacks };
    let inner = look.into_bytes(bytes);
    Nested { inner, secrets: secrets.into_inner(), attacks: attacks.into_inner() }
}

#[derive(Clone, Copy)]
struct Look<'a> {
    depth: usize,
    /// How many archives may be in each other.
    most: usize,
    /// How many bytes may still be unpacked.
    left: &'a Cell<u64>,
    /// The path of the entry that is looked into, with `!/` behind it.
    place: &'a str,
    secrets: &'a RefCell<Vec<(String, Remain)>>,
    attacks: &'a RefCell<Vec<(String, String)>>,
}

impl Look<'_> {
    fn into_bytes(self, bytes: &[u8]) -> Inner {
        if let Some(what) = compiled(bytes) {
            return Inner::Compiled(String::new(), what);
        }
        if let Some(what) = unread_by_magic(bytes) {
            return Inner::Closed(format!("it is {what}, which is not read"));
        }
        let kind = ArchiveKind::of_magic(bytes);
        if self.depth >= self.most && (kind.is_some() || zip_begins(bytes).is_some()) {
            return Inner::Closed(format!("it is more than {} archives deep", self.most));
        }
        match kind {
            Some(kind @ (ArchiveKind::TarGz | ArchiveKind::TarXz)) => self.into_compressed(kind, bytes),
            Some(ArchiveKind::Tar | ArchiveKind::Zip) => self.into_archive(bytes),
            None => match zip_begins(bytes) {
                Some(at) => self.into_archive(&bytes[at..]),
                None => Inner::Clean,
            },
        }
    }

    /// Keeps the keys and tokens in a file at `path`.
    fn seek_secrets(&self, path: &str, bytes: &[u8]) {
        let keep = |remain: Remain| {
            let mut secrets = self.secrets.borrow_mut();
            if secrets.len() < MOST_SECRETS {
                secrets.push((format!("{}{path}", self.place), remain));
            }
        };
        if let Some(key) = key_file(bytes) {
            keep(key);
        }
        search(bytes, |remain, _| {
            if remain != Remain::Snapshot {
                keep(remain);
            }
        });
    }

    /// A tar is walked over, anything else is one file.
    fn into_compressed(self, kind: ArchiveKind, bytes: &[u8]) -> Inner {
        let most = INNER_BYTES.min(self.left.get());
        match unpacked(kind, bytes, most) {
            Ok(one) if !matches!(ArchiveKind::of_magic(&one), Some(ArchiveKind::Tar)) => {
                self.left.set(self.left.get().saturating_sub(one.len() as u64));
                self.seek_secrets("", &one);
                Look { depth: self.depth + 1, ..self }.into_bytes(&one)
            }
            Ok(_) => self.into_archive(bytes),
            Err(error) => match self.into_grown(bytes, &error.to_string()) {
                // a large tar is walked over all the same
                Inner::Closed(_) => Inner::Closed(format!("it cannot be unpacked: {error}")),
                found => found,
            },
        }
    }

    /// What does not fit when it is unpacked: a large tar, or one file that is a bomb.
    fn into_grown(self, bytes: &[u8], error: &str) -> Inner {
        let found = self.into_archive(bytes);
        let ratio = Limits::default().ratio;
        let grows = error.starts_with("it has more than")
            && INNER_BYTES / (bytes.len() as u64).max(1) > ratio
            && self.left.get() >= INNER_BYTES;
        let told = self.attacks.borrow().iter().any(|(entry, _)| entry.starts_with(self.place));
        if grows && !told && matches!(found, Inner::Closed(_)) {
            let what = format!("{GROWS} {ratio} times when it is unpacked, the limit");
            self.attacks.borrow_mut().push((self.place.to_owned(), what));
        }
        found
    }

    fn into_archive(self, bytes: &[u8]) -> Inner {
        let limits = Limits { total_bytes: self.left.get(), entries: 100_000, ..Limits::default() };
        let (mut first, mut faults) = (First { look: self, found: Inner::Clean }, Faults::default());
        // by its bytes, not by its name
        let walked = walk("", Cursor::new(bytes), &[], limits, &mut first, &mut faults);
        self.left.set(self.left.get().saturating_sub(walked.bytes));
        for (entry, what) in faults.attacks() {
            let mut attacks = self.attacks.borrow_mut();
            if attacks.len() < MOST_ATTACKS {
                attacks.push((format!("{}{entry}", self.place), what.clone()));
            }
        }
        let broken = faults.failed(WHOLE) + faults.failed(SAFE) > 0;
        match first.found {
            Inner::Clean if broken => Inner::Closed("it is damaged, or not safe".to_owned()),
            found => found,
        }
    }
}

/// Keeps what is compiled; else what is closed; of these the first.
struct First<'a> {
    look: Look<'a>,
    found: Inner,
}

impl Visitor for First<'_> {
    fn entry(&mut self, entry: &Entry, content: &mut dyn Read, _: &mut Faults) -> io::Result<()> {
        if entry.kind != EntryKind::File {
            return Ok(());
        }
        let mut bytes = Vec::new();
        content.take(TOP_BYTES).read_to_end(&mut bytes)?;
        let holds_others = compiled(&bytes).is_none() && may_hold_others(&bytes);
        content.take(if holds_others { INNER_BYTES } else { SEARCHED_BYTES }).read_to_end(&mut bytes)?;
        self.look.seek_secrets(&entry.path, &bytes);
        let place = format!("{}{}!/", self.look.place, entry.path);
        let look = Look { depth: self.look.depth + 1, place: &place, ..self.look };
        let found = match look.into_bytes(&bytes) {
            _ if holds_others && bytes.len() as u64 > INNER_BYTES => {
                Inner::Closed(format!("{} has more than {INNER_BYTES} bytes", entry.path))
            }
            Inner::Compiled(inner, what) if inner.is_empty() => Inner::Compiled(entry.path.clone(), what),
            Inner::Compiled(inner, what) => Inner::Compiled(format!("{}!/{inner}", entry.path), what),
            Inner::Closed(why) => Inner::Closed(format!("{}: {why}", entry.path)),
            Inner::Clean => return Ok(()),
        };
        let compiled = matches!(found, Inner::Compiled(..)) && !matches!(self.found, Inner::Compiled(..));
        if self.found == Inner::Clean || compiled {
            self.found = found;
        }
        Ok(())
    }
}
