// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Compiled code inside an archive that is inside a source archive: a jar of classes,
//! a wheel with a library.

use std::io::{self, Cursor, Read};

use super::binaries::compiled;
use crate::verify::archive::{ArchiveKind, Entry, EntryKind, Faults, Limits, SAFE, Visitor, WHOLE, walk};

/// How many bytes of an entry are looked at.
const TOP_BYTES: u64 = 1024;

/// What was found in an inner archive.
#[derive(Debug, PartialEq, Eq)]
pub enum Inner {
    /// No archive, or nothing compiled in it.
    Clean,
    /// This entry of it is this.
    Compiled(String, &'static str),
    /// It cannot be looked into.
    Closed,
}

struct First(Option<(String, &'static str)>);

/// Looks into `bytes`, if they are an archive.
pub fn inner(name: &str, bytes: &[u8]) -> Inner {
    let Some(kind) = ArchiveKind::of_magic(bytes) else { return Inner::Clean };
    let limits = Limits { total_bytes: 1024 * 1024 * 1024, entries: 100_000, ..Limits::default() };
    let (mut first, mut faults) = (First(None), Faults::default());
    // by its bytes, not by its name
    walk("", Cursor::new(bytes), &[], limits, &mut first, &mut faults);
    let broken = faults.failed(WHOLE) + faults.failed(SAFE) > 0;
    match first.0 {
        Some((entry, what)) => Inner::Compiled(entry, what),
        // a gzip or xz of a single file is no archive
        None if broken && kind == ArchiveKind::Zip => Inner::Closed,
        None if broken && ArchiveKind::of_name(name).is_some() => Inner::Closed,
        None => Inner::Clean,
    }
}

impl Visitor for First {
    fn entry(&mut self, entry: &Entry, content: &mut dyn Read, _: &mut Faults) -> io::Result<()> {
        if self.0.is_none() && entry.kind == EntryKind::File {
            let mut top = Vec::new();
            content.take(TOP_BYTES).read_to_end(&mut top)?;
            self.0 = compiled(&top).map(|what| (entry.path.clone(), what));
        }
        Ok(())
    }
}
