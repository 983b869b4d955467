// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! One small file out of an archive, without unpacking it to the disk.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use super::archive::{Entry, EntryKind, Faults, Visitor, walk};
use super::{Finding, Limits, Status};

/// The most that such a file may have, in bytes.
const MOST: u64 = 4 * 1024 * 1024;

/// A file of an archive that could not be had.
#[derive(Debug, thiserror::Error)]
pub enum OneFileError {
    /// The archive cannot be read.
    #[error("cannot read {0}")]
    Open(String, #[source] io::Error),
    /// It is damaged, or not safe to unpack.
    #[error("{0}: {1}")]
    Damaged(String, String),
    /// There is no such file in it.
    #[error("{0} has no {1}")]
    Missing(String, String),
}

struct Taker<'a> {
    wanted: &'a dyn Fn(&str) -> bool,
    found: Option<Vec<u8>>,
}

impl Visitor for Taker<'_> {
    fn entry(&mut self, entry: &Entry, content: &mut dyn Read, _faults: &mut Faults) -> io::Result<()> {
        if self.found.is_none() && entry.kind == EntryKind::File && (self.wanted)(entry.tidy()) {
            let mut bytes = Vec::new();
            content.take(MOST).read_to_end(&mut bytes)?;
            self.found = Some(bytes);
        }
        Ok(())
    }
}

/// The first file of the archive at `path` whose path in it is `wanted`; `what` names it
/// in errors. The whole archive is looked at: one that is damaged gives nothing.
///
/// # Errors
/// When there is none, or the archive is damaged.
pub fn file_of_archive(path: &Path, what: &str, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<u8>, OneFileError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let file = File::open(path).map_err(|source| OneFileError::Open(name.clone(), source))?;
    let (mut taker, mut faults) = (Taker { wanted, found: None }, Faults::default());
    walk(&name, BufReader::new(file), &[], Limits::default(), &mut taker, &mut faults);
    let is_fault = |finding: &Finding| finding.status == Status::Fail;
    if let Some(fault) = faults.into_findings().into_iter().find(is_fault) {
        return Err(OneFileError::Damaged(name, fault.detail));
    }
    taker.found.ok_or_else(|| OneFileError::Missing(name, what.to_owned()))
}
