// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The walk over an archive of any form.

use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

pub use super::safety::{ROOT, SAFE};

use super::compressed::Decompressed;
use super::limits::{Counts, GROWS, Unpacked};
use super::safety::PathBook;
use super::{ArchiveKind, Faults, Limits, Visitor, tarball, zip};

/// The check that an archive is whole and nothing else.
pub const WHOLE: &str = "archive-whole";

/// What the first bytes of a file are looked at for its form.
const MAGIC_BYTES: u64 = 512;

/// How a walk went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Walked<'a> {
    /// The one directory that everything must be in, if there must be one.
    pub root: Option<&'a str>,
    /// How many entries there are.
    pub entries: u64,
    /// How many of them are links.
    pub links: u64,
    /// How many bytes were read, unpacked.
    pub bytes: u64,
    /// Whether it was read to its end.
    pub complete: bool,
}

/// Walks over the archive in `file`, whose name is `name`; all of it must be in the
/// directory that is called one of `roots`, if there are any. What is wrong goes into `faults`; the checks that
/// hold are left to be settled.
pub fn walk<'a, R: Read + Seek>(
    name: &str,
    mut file: R,
    roots: &'a [String],
    limits: Limits,
    visitor: &mut dyn Visitor,
    faults: &mut Faults,
) -> Walked<'a> {
    let counts = Rc::new(Counts::default());
    let mut book = PathBook::new(roots, limits);
    let walked = kind(name, &mut file, faults).and_then(|kind| match kind {
        Some((ArchiveKind::Zip, length)) => {
            let mut walk = zip::Walk { counts: Rc::clone(&counts), limits, visitor, faults };
            zip::walk(file, length, &mut book, &mut walk)
        }
        Some((kind, _)) => tar(kind, file, &counts, limits, &mut book, visitor, faults),
        None => Ok(()),
    });
    book.end(faults);
    let complete = walked.is_ok();
    if let Err(error) = walked {
        match counts.exceeded.borrow().as_deref() {
            Some(limit) if limit.starts_with(GROWS) => faults.attack(SAFE, "", limit),
            Some(limit) => faults.fail(SAFE, "", limit),
            // what stopped it is said already
            None if book.entries() > limits.entries => {}
            None => faults.fail(WHOLE, "", format!("it cannot be read to its end: {}", said(&error))),
        }
    }
    if book.entries() == 0 && faults.failed(WHOLE) == 0 && faults.failed(SAFE) == 0 {
        faults.fail(WHOLE, "", "it holds nothing");
    }
    Walked { root: book.root(), entries: book.entries(), links: book.links(), bytes: counts.unpacked.get(), complete }
}

fn tar<R: Read>(
    kind: ArchiveKind,
    file: R,
    counts: &Rc<Counts>,
    limits: Limits,
    book: &mut PathBook<'_>,
    visitor: &mut dyn Visitor,
    faults: &mut Faults,
) -> io::Result<()> {
    let bytes = match kind {
        ArchiveKind::TarGz => Decompressed::gzip(file, counts),
        ArchiveKind::TarXz => Decompressed::xz(file, counts),
        ArchiveKind::Tar | ArchiveKind::Zip => Decompressed::plain(file, counts),
    };
    let rest = tarball::walk(Unpacked::new(bytes, Rc::clone(counts), limits), book, visitor, faults)?;
    if rest.into_inner().has_more()? {
        faults.fail(WHOLE, "", format!("there is something after the end of the {}", kind.word()));
    }
    Ok(())
}

/// The form and length of the archive; none when it is said what is wrong.
fn kind<R: Read + Seek>(name: &str, file: &mut R, faults: &mut Faults) -> io::Result<Option<(ArchiveKind, u64)>> {
    let length = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    let mut top = Vec::new();
    file.by_ref().take(MAGIC_BYTES).read_to_end(&mut top)?;
    file.rewind()?;
    let found = match (ArchiveKind::of_name(name), ArchiveKind::of_magic(&top)) {
        _ if length == 0 => Err("it is empty".to_owned()),
        (Some(named), Some(magic)) if named != magic => {
            Err(format!("its name says {}, its first bytes say {}", named.word(), magic.word()))
        }
        (_, Some(magic)) => Ok(magic),
        // a tar may be older than its magic, a zip may have something before it
        (Some(named @ (ArchiveKind::Tar | ArchiveKind::Zip)), None) => Ok(named),
        (Some(named), None) => Err(format!("its name says {}, its first bytes do not", named.word())),
        (None, None) => Err("it is no archive that can be looked into".to_owned()),
    };
    Ok(found.map_err(|fault| faults.fail(WHOLE, "", fault)).ok().map(|kind| (kind, length)))
}

/// What an error says, with what is below it.
fn said(error: &io::Error) -> String {
    let mut said = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(below) = source {
        let text = below.to_string();
        if !said.contains(&text) {
            said = format!("{said}: {text}");
        }
        source = below.source();
    }
    said
}
