// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What an archive turns out to be while it is walked over: what is at its top, and how
//! new its files are.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::verify::archive::{Entry, EntryKind, Faults, ROOT, printable};
use crate::verify::naming::{fits_root, sdist_roots};

use super::ArchiveForm;

/// Times before are those of packers that leave them out.
const FIRST_YEAR: i16 = 1990;

/// What is at the top of an archive.
#[derive(Debug, Default)]
pub struct Shape {
    /// The first name there.
    first: Option<String>,
    /// Whether something is below it.
    is_directory: bool,
    /// Another name there.
    other: Option<String>,
    /// The newest time of a file.
    newest: Option<Timestamp>,
}

impl Shape {
    /// Takes the next entry in.
    pub fn note(&mut self, entry: &Entry) {
        let path = entry.tidy();
        let (top, below) = path.split_once('/').map_or((path, None), |(top, below)| (top, Some(below)));
        if top.is_empty() || top == "." {
            return;
        }
        let first = self.first.get_or_insert_with(|| top.to_owned());
        if first.as_str() == top {
            self.is_directory |= below.is_some() || entry.kind == EntryKind::Directory;
        } else {
            self.other.get_or_insert_with(|| top.to_owned());
        }
        if entry.kind == EntryKind::File {
            self.newest = self.newest.max(entry.time.filter(|time| year(*time) >= FIRST_YEAR));
        }
    }

    /// The first name at the top: the directory that all is in, if one is.
    pub fn first(&self) -> Option<&str> {
        self.first.as_deref()
    }

    /// The directory that all is in.
    pub fn root(&self) -> Option<&str> {
        self.first().filter(|_| self.is_directory && self.other.is_none())
    }

    /// The time of the newest file, where the files have times.
    pub fn newest(&self) -> Option<Timestamp> {
        self.newest
    }

    /// The year of the newest file.
    pub fn newest_year(&self) -> Option<u16> {
        u16::try_from(year(self.newest?)).ok()
    }

    /// Says whether the top of the archive called `name` is as it should be, where nothing
    /// said before what it has to be.
    pub fn check(&self, name: &str, form: ArchiveForm, faults: &mut Faults) {
        let name = name.rsplit('/').next().unwrap_or(name);
        match (self.root(), &self.first, &self.other) {
            (Some(root), ..) if form == ArchiveForm::Sdist => {
                let roots = sdist_roots(name);
                if !roots.iter().any(|wanted| wanted == root) {
                    let wanted = roots.first().map_or("NAME-VERSION", String::as_str);
                    faults.fail(ROOT, "", format!("all is in {}, expected {wanted}", printable(root)));
                }
            }
            (Some(root), ..) if form == ArchiveForm::Npm || fits_root(name, root) => {}
            (Some(root), ..) => {
                faults.warn(ROOT, "", format!("all is in {}, which is not as the archive is called", printable(root)));
            }
            (None, Some(first), Some(other)) => {
                let (first, other) = (printable(first), printable(other));
                faults.warn(ROOT, "", format!("it is not all in one directory: there are {first} and {other}"));
            }
            _ => {}
        }
        if let Some(root) = self.root() {
            faults.settle(ROOT, || format!("all is in {}", printable(root)));
        }
    }
}

fn year(time: Timestamp) -> i16 {
    time.to_zoned(TimeZone::UTC).year()
}
