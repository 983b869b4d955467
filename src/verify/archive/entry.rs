// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What an archive holds, one entry at a time.

use std::io::{self, Read};

use jiff::Timestamp;

use super::Faults;

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link to this target.
    Symlink(String),
    /// A second name of the file at this path in the archive.
    HardLink(String),
    /// A device, fifo, socket or something that nobody knows, by its name.
    Special(&'static str),
}

/// An entry, without what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path as it stands in the archive.
    pub path: String,
    /// What it is.
    pub kind: EntryKind,
    /// How many bytes it says that it has.
    pub size: u64,
    /// Its permission bits, where the archive has them.
    pub mode: Option<u32>,
    /// Its time, where the archive has one; that of a zip is without a zone, and taken for UTC.
    pub time: Option<Timestamp>,
}

/// Who looks at what is in an archive.
pub trait Visitor {
    /// Looks at an entry. Its content need not be read to the end.
    ///
    /// # Errors
    /// When the content cannot be read; the walk says what that means.
    fn entry(&mut self, entry: &Entry, content: &mut dyn Read, faults: &mut Faults) -> io::Result<()>;
}

impl Entry {
    /// Its path without `./` before and `/` after it.
    pub fn tidy(&self) -> &str {
        let path = self.path.strip_prefix("./").unwrap_or(&self.path);
        path.strip_suffix('/').unwrap_or(path)
    }
}
