// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The look at each file of an archive, in pieces of a few megabytes.

use std::io::{self, Read};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::metadata::Metadata;
use super::nested::{DEPTH, INNER_BYTES, Inner, Nested, may_hold_others, nested};
use super::notice::{Legal, LegalTexts};
use super::remains::{LOOK_AHEAD, Remain, key_file, names_snapshot, search};
use super::shape::Shape;
use super::source_version::SourceVersion;
use super::{ArchiveForm, ContentRules, compiled};
use crate::verify::archive::{ArchiveKind, Entry, EntryKind, Faults, SAFE, Visitor, printable, unread_by_magic};
use crate::verify::licence::{Document, HeaderCheck, Judgement};

const HEADER: &str = "licence-header";
const BINARIES: &str = "no-binaries";
const VERSION: &str = "version";
const SECRETS: &str = "secrets";

/// How much of a file is looked at at once.
const PIECE_BYTES: usize = 4 * 1024 * 1024;

/// The contents of one archive, as they are walked over.
pub struct Contents<'a> {
    rules: &'a ContentRules,
    shape: Shape,
    /// In the directory that all is in, or where the form has them.
    texts: LegalTexts,
    /// Beside everything else, where there is no such directory.
    flat_texts: LegalTexts,
    metadata: Metadata,
    version: SourceVersion,
    piece: Vec<u8>,
    /// How many archives may be in each other.
    nesting: usize,
    /// Whether the file that is looked at is the artifact itself, and no entry of one.
    alone: bool,
    /// Whether the last archive among the files could not be looked into.
    closed: bool,
    files: usize,
    with_header: usize,
    exempt: usize,
    excluded: usize,
    allowed_snapshots: usize,
    allowed_secrets: usize,
    allowed_binaries: usize,
}

impl<'a> Contents<'a> {
    /// Nothing seen yet.
    pub fn new(rules: &'a ContentRules) -> Self {
        Self {
            rules,
            shape: Shape::default(),
            texts: LegalTexts::default(),
            flat_texts: LegalTexts::default(),
            metadata: Metadata::default(),
            version: SourceVersion::default(),
            piece: Vec::new(),
            nesting: DEPTH,
            alone: false,
            closed: false,
            files: 0,
            with_header: 0,
            exempt: 0,
            excluded: 0,
            allowed_snapshots: 0,
            allowed_secrets: 0,
            allowed_binaries: 0,
        }
    }

    /// With so many archives that may be in each other.
    #[must_use]
    pub fn nested_up_to(self, nesting: usize) -> Self {
        Self { nesting, ..self }
    }

    /// The time of the newest file, where the files have times.
    pub fn newest(&self) -> Option<Timestamp> {
        self.shape.newest()
    }

    /// What the checks came to, after the last file; `name` is the archive's.
    pub fn settle(self, name: &str, faults: &mut Faults) {
        let rooted = self.rules.form != ArchiveForm::Other || self.shape.root().is_some();
        // what is built may be a package of which nobody said that it is one
        let form = self.metadata.form().filter(|_| self.rules.form == ArchiveForm::Other && rooted);
        let form = form.unwrap_or(self.rules.form);
        let texts = if rooted { &self.texts } else { &self.flat_texts };
        let newest = self.shape.newest_year().filter(|_| form == ArchiveForm::Source);
        texts.check(form, self.rules, newest, faults);
        self.metadata.check(name, form, self.rules, faults);
        if self.rules.form == ArchiveForm::Other {
            self.shape.check(name, form, faults);
        }
        let files = self.files;
        if self.rules.form == ArchiveForm::Source {
            if self.with_header == 0 {
                faults.fail(HEADER, "", "no file has a licence header");
            }
            let Self { with_header, exempt, excluded, allowed_binaries, .. } = self;
            faults.settle(HEADER, || {
                let have = if with_header == 1 { "1 file has".to_owned() } else { format!("{with_header} files have") };
                let are = if excluded == 1 { "is" } else { "are" };
                format!("{have} a header, {exempt} cannot have one, {excluded} {are} excluded")
            });
            faults.settle(BINARIES, || {
                format!("no compiled code in {files} files and the archives among them, {allowed_binaries} allowed")
            });
        }
        let snapshots = self.allowed_snapshots;
        let said = if form == ArchiveForm::Source { self.version.check(name, self.rules, faults) } else { 0 };
        faults.settle(VERSION, || {
            let none = format!("no snapshot's version in {files} files, {snapshots} allowed");
            if said == 0 { none } else { format!("{none}; {said} files that should say the version were looked at") }
        });
        self.settle_secrets(faults);
    }

    fn settle_secrets(&self, faults: &mut Faults) {
        let (files, secrets) = (self.files, self.allowed_secrets);
        faults.settle(SECRETS, || format!("no key or token in {files} files, {secrets} allowed"));
    }

    /// The path as rules and RAT see it, and whether a directory was taken off it.
    fn inside<'e>(&self, entry: &'e Entry) -> (&'e str, bool) {
        let path = entry.tidy();
        match path.split_once('/') {
            Some((_, inside)) if self.rules.form.has_root() => (inside, true),
            Some((top, inside)) if self.rules.form == ArchiveForm::Other && self.shape.first() == Some(top) => {
                (inside, true)
            }
            _ => (path, false),
        }
    }

    /// What of the archive's own the file at `path` is, if it is something.
    fn of_the_whole(&mut self, path: &str, rooted: bool) {
        let form = self.rules.form;
        if let Some(legal) = Legal::of(form, path) {
            let flat = form == ArchiveForm::Other && !rooted;
            let texts = if flat { &mut self.flat_texts } else { &mut self.texts };
            texts.take(legal, &self.piece);
        }
        let form = match (form, path) {
            (ArchiveForm::Other, "PKG-INFO") if rooted => ArchiveForm::Sdist,
            (ArchiveForm::Other, "package.json") if rooted && self.shape.first() == Some("package") => ArchiveForm::Npm,
            _ => form,
        };
        if Metadata::wants(form, path) {
            self.metadata.take(form, path, &self.piece);
        }
        if form == ArchiveForm::Source && SourceVersion::wants(self.rules, path) {
            self.version.take(path, &self.piece);
        }
    }

    fn header(&mut self, path: &str) -> Option<HeaderCheck> {
        if self.rules.form != ArchiveForm::Source {
            return None;
        }
        if self.rules.no_header.fit(path) || self.rules.rat_excludes.exclude(path) {
            self.excluded += 1;
            return None;
        }
        Some(HeaderCheck::new(path, &self.piece))
    }

    fn judged(&mut self, check: &HeaderCheck, path: &str, faults: &mut Faults) {
        match check.judgement() {
            Judgement::Approved(_) => self.with_header += 1,
            Judgement::Exempt(_) => self.exempt += 1,
            Judgement::Unapproved => faults.fail(HEADER, path, "it has no licence header"),
        }
    }

    /// Looks for compiled code, and into archives, of which more than the first piece is read.
    fn packed(&mut self, path: &str, content: &mut dyn Read, faults: &mut Faults) -> io::Result<()> {
        let source = self.rules.form == ArchiveForm::Source;
        let code = compiled(&self.piece).map(|what| format!("it is {what}"));
        // a program may stand before a zip, which is looked for where no program may be
        let holds_others = || may_hold_others(&self.piece) && (source || is_archive(&self.piece));
        let found = match code {
            Some(what) => source.then_some(what),
            None if holds_others() => {
                content.take(INNER_BYTES).read_to_end(&mut self.piece)?;
                if self.piece.len() as u64 > INNER_BYTES {
                    Some(format!("it is an archive of more than {INNER_BYTES} bytes, too large to look into"))
                } else {
                    let Nested { inner, secrets, attacks } = nested(&self.piece, self.nesting);
                    self.nested_secrets(path, &secrets, faults);
                    for (entry, what) in &attacks {
                        let inside = entry.trim_end_matches("!/");
                        let place = if inside.is_empty() { String::new() } else { format!("{}: ", printable(inside)) };
                        faults.fail(SAFE, path, format!("in the archive: {place}{what}"));
                    }
                    self.closed = matches!(inner, Inner::Closed(_));
                    if attacks.is_empty() { found_inside(inner, source) } else { None }
                }
            }
            None => None,
        };
        match found {
            // an artifact into which nobody can look was not checked
            Some(what) if !source && self.alone && self.closed => faults.fail(SECRETS, path, what),
            Some(what) if !source => faults.warn(SECRETS, path, what),
            Some(_) if self.rules.allowed_binaries.fit(path) => self.allowed_binaries += 1,
            Some(what) => faults.fail(BINARIES, path, what),
            None => {}
        }
        Ok(())
    }

    fn nested_secrets(&mut self, path: &str, secrets: &[(String, Remain)], faults: &mut Faults) {
        for (entry, remain) in secrets {
            match remain {
                _ if self.rules.allowed_secrets.fit(path) => self.allowed_secrets += 1,
                Remain::Suspect(what) => {
                    faults.warn(SECRETS, path, format!("{path}: {} may hold {what}", printable(entry)))
                }
                Remain::Secret(what) => {
                    faults.fail(SECRETS, path, format!("{path}: {} holds {what}", printable(entry)))
                }
                Remain::Snapshot => {}
            }
        }
    }

    /// Whether the file itself is a key.
    fn key(&mut self, path: &str, faults: &mut Faults) {
        match key_file(&self.piece) {
            Some(_) if self.rules.allowed_secrets.fit(path) => self.allowed_secrets += 1,
            Some(Remain::Secret(what)) => faults.fail(SECRETS, path, format!("{path} is {what}")),
            Some(Remain::Suspect(what)) => faults.warn(SECRETS, path, format!("{path} may hold {what}")),
            Some(Remain::Snapshot) | None => {}
        }
    }

    /// Looks for what was left in the piece, which begins in line `line` of the file.
    /// What begins at `end` or behind it comes with the next piece.
    fn remains(&mut self, path: &str, text: bool, line: usize, end: usize, faults: &mut Faults) {
        let Self { piece, rules, allowed_snapshots, allowed_secrets, .. } = self;
        let seeks_snapshots = text && (rules.form != ArchiveForm::Jar || path.starts_with("META-INF/"));
        search(piece, |remain, at| {
            let line = || line + memchr::memchr_iter(b'\n', &piece[..at]).count();
            match remain {
                _ if at >= end => {}
                Remain::Snapshot if !seeks_snapshots => {}
                Remain::Snapshot if rules.allowed_snapshots.fit(path) => *allowed_snapshots += 1,
                Remain::Snapshot => faults.fail(VERSION, path, format!("{path}:{} names a snapshot's version", line())),
                Remain::Secret(_) | Remain::Suspect(_) if rules.allowed_secrets.fit(path) => *allowed_secrets += 1,
                Remain::Suspect(what) => {
                    faults.warn(SECRETS, path, format!("{path}:{} may hold {what}", line()));
                }
                Remain::Secret(what) => faults.fail(SECRETS, path, format!("{path}:{} holds {what}", line())),
            }
        });
    }

    fn file(&mut self, entry: &Entry, content: &mut dyn Read, faults: &mut Faults) -> io::Result<()> {
        self.files += 1;
        let (path, rooted) = self.inside(entry);
        self.piece.clear();
        let form = self.rules.form;
        let whole = matches!(form, ArchiveForm::Wheel | ArchiveForm::Crate) && Metadata::wants(form, path);
        let first = if whole { INNER_BYTES } else { PIECE_BYTES as u64 };
        content.take(first).read_to_end(&mut self.piece)?;
        self.of_the_whole(path, rooted);
        self.key(path, faults);
        self.packed(path, content, faults)?;
        let text = !matches!(Document::of("", &self.piece), Document::Binary);
        let mut header = self.header(path);
        let mut line = 1;
        loop {
            let full = self.piece.len() >= PIECE_BYTES;
            let end = if full { cut(&self.piece) } else { self.piece.len() };
            if let Some(header) = &mut header {
                header.look_at(&self.piece[..end]);
            }
            self.remains(path, text, line, end, faults);
            if !full {
                break;
            }
            line += memchr::memchr_iter(b'\n', &self.piece[..end]).count();
            self.piece.drain(..end);
            content.take((PIECE_BYTES - self.piece.len().min(PIECE_BYTES - 1)) as u64).read_to_end(&mut self.piece)?;
        }
        if let Some(header) = header {
            self.judged(&header, path, faults);
        }
        Ok(())
    }
}

impl Visitor for Contents<'_> {
    fn entry(&mut self, entry: &Entry, content: &mut dyn Read, faults: &mut Faults) -> io::Result<()> {
        self.shape.note(entry);
        if names_snapshot(entry.tidy()) && !self.rules.allowed_snapshots.fit(self.inside(entry).0) {
            faults.fail(VERSION, &entry.path, "it is called as a snapshot is");
        }
        if entry.kind != EntryKind::File {
            return Ok(());
        }
        if self.rules.form != ArchiveForm::Wheel {
            return self.file(entry, content, faults);
        }
        let mut hashed = Hashed { content, sha256: Sha256::new() };
        self.file(entry, &mut hashed, faults)?;
        self.metadata.digest(entry.tidy(), hashed.sha256.finalize().into());
        Ok(())
    }
}

/// Looks at one file that is in no archive, for what was left in it.
///
/// # Errors
/// When it cannot be read.
pub fn look_at_file(name: &str, content: &mut dyn Read, rules: &ContentRules, faults: &mut Faults) -> io::Result<()> {
    let mut contents = Contents { alone: true, ..Contents::new(rules) };
    let path = name.rsplit('/').next().unwrap_or(name).to_owned();
    let entry = Entry { path, kind: EntryKind::File, size: 0, mode: None, time: None };
    contents.file(&entry, content, faults)?;
    contents.settle_secrets(faults);
    Ok(())
}

/// Whether it is an archive by its first bytes.
fn is_archive(top: &[u8]) -> bool {
    ArchiveKind::of_magic(top).is_some() || unread_by_magic(top).is_some()
}

/// What is wrong with a file that holds others; compiled code only in a source archive.
fn found_inside(inner: Inner, source: bool) -> Option<String> {
    match inner {
        Inner::Compiled(..) if !source => None,
        Inner::Clean => None,
        Inner::Closed(why) => Some(format!("it is an archive that cannot be looked into: {}", printable(&why))),
        Inner::Compiled(entry, what) if entry.is_empty() => Some(format!("it is {what}, packed")),
        Inner::Compiled(entry, what) => Some(format!("it holds {}, which is {what}", printable(&entry))),
    }
}

/// Where a full piece is cut: behind a line, with as much left as a closer look needs.
fn cut(piece: &[u8]) -> usize {
    let most = piece.len() - LOOK_AHEAD;
    memchr::memrchr(b'\n', &piece[..most]).map_or(most, |at| at + 1)
}

/// Content that is summed while it is read.
struct Hashed<'a> {
    content: &'a mut dyn Read,
    sha256: Sha256,
}

impl Read for Hashed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.content.read(buffer)?;
        self.sha256.update(&buffer[..read]);
        Ok(read)
    }
}
