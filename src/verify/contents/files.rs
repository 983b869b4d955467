// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The look at each file of an archive, in pieces of a few megabytes.

use std::io::{self, Read};

use super::binaries::compiled;
use super::metadata::Metadata;
use super::nested::{Inner, inner};
use super::notice::{Legal, LegalTexts};
use super::remains::{LOOK_AHEAD, Remain, search};
use super::{ArchiveForm, ContentRules};
use crate::verify::archive::{ArchiveKind, Entry, EntryKind, Faults, Visitor};
use crate::verify::licence::{Document, HeaderCheck, Judgement};

const HEADER: &str = "licence-header";
const BINARIES: &str = "no-binaries";
const VERSION: &str = "version";
const SECRETS: &str = "secrets";

/// How much of a file is looked at at once.
const PIECE_BYTES: usize = 4 * 1024 * 1024;

/// How large an archive in an archive may be to be looked into.
const INNER_BYTES: u64 = 64 * 1024 * 1024;

/// The contents of one archive, as they are walked over.
pub struct Contents<'a> {
    rules: &'a ContentRules,
    texts: LegalTexts,
    metadata: Metadata,
    piece: Vec<u8>,
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
            texts: LegalTexts::default(),
            metadata: Metadata::default(),
            piece: Vec::new(),
            files: 0,
            with_header: 0,
            exempt: 0,
            excluded: 0,
            allowed_snapshots: 0,
            allowed_secrets: 0,
            allowed_binaries: 0,
        }
    }

    /// What the checks came to, after the last file; `name` is the archive's.
    pub fn settle(self, name: &str, faults: &mut Faults) {
        self.texts.check(self.rules, faults);
        self.metadata.check(name, self.rules, faults);
        let files = self.files;
        if self.rules.form == ArchiveForm::Source {
            if self.with_header == 0 {
                faults.fail(HEADER, "", "no file has a licence header");
            }
            let Self { with_header, exempt, excluded, allowed_binaries, .. } = self;
            faults.settle(HEADER, || {
                format!("{with_header} files have a header, {exempt} cannot have one, {excluded} are excluded")
            });
            faults.settle(BINARIES, || format!("no compiled code in {files} files, {allowed_binaries} allowed"));
        }
        let (snapshots, secrets) = (self.allowed_snapshots, self.allowed_secrets);
        faults.settle(VERSION, || format!("no snapshot's version in {files} files, {snapshots} allowed"));
        faults.settle(SECRETS, || format!("no key or token in {files} files, {secrets} allowed"));
    }

    /// The path as rules and RAT see it.
    fn inside<'e>(&self, entry: &'e Entry) -> &'e str {
        let path = entry.tidy();
        match path.split_once('/') {
            Some((_root, inside)) if self.rules.form.has_root() => inside,
            _ => path,
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

    /// Looks for compiled code; reads more of an archive than the first piece.
    fn binaries(&mut self, path: &str, content: &mut dyn Read, faults: &mut Faults) -> io::Result<()> {
        let found = match compiled(&self.piece) {
            Some(what) => Some(format!("it is {what}")),
            None if ArchiveKind::of_magic(&self.piece).is_some() => {
                content.take(INNER_BYTES).read_to_end(&mut self.piece)?;
                if self.piece.len() as u64 > INNER_BYTES {
                    Some(format!("it is an archive of more than {INNER_BYTES} bytes, too large to look into"))
                } else {
                    match inner(path, &self.piece) {
                        Inner::Clean => None,
                        Inner::Closed => Some("it is an archive that cannot be looked into".to_owned()),
                        Inner::Compiled(entry, what) => {
                            let entry = crate::verify::archive::printable(&entry);
                            Some(format!("it holds {entry}, which is {what}"))
                        }
                    }
                }
            }
            None => None,
        };
        match found {
            Some(_) if self.rules.allowed_binaries.fit(path) => self.allowed_binaries += 1,
            Some(what) => faults.fail(BINARIES, path, what),
            None => {}
        }
        Ok(())
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
                Remain::Secret(_) if rules.allowed_secrets.fit(path) => *allowed_secrets += 1,
                Remain::Secret(what) => faults.fail(SECRETS, path, format!("{path}:{} holds {what}", line())),
            }
        });
    }
}

impl Visitor for Contents<'_> {
    fn entry(&mut self, entry: &Entry, content: &mut dyn Read, faults: &mut Faults) -> io::Result<()> {
        if entry.kind != EntryKind::File {
            return Ok(());
        }
        self.files += 1;
        let path = self.inside(entry);
        let form = self.rules.form;
        self.piece.clear();
        content.take(PIECE_BYTES as u64).read_to_end(&mut self.piece)?;
        if let Some(legal) = Legal::of(form, path) {
            self.texts.take(legal, &self.piece);
        }
        if Metadata::wants(form, path) {
            self.metadata.take(form, path, &self.piece);
        }
        if form == ArchiveForm::Source {
            self.binaries(path, content, faults)?;
        }
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

/// Where a full piece is cut: behind a line, with as much left as a closer look needs.
fn cut(piece: &[u8]) -> usize {
    let most = piece.len() - LOOK_AHEAD;
    memchr::memrchr(b'\n', &piece[..most]).map_or(most, |at| at + 1)
}
