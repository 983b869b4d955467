// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Everything that is checked of one archive, in one walk over it.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use jiff::Timestamp;

use super::Finding;
use super::archive::{Faults, Limits, ROOT, SAFE, WHOLE, walk};
use super::contents::{ContentRules, Contents};

/// The name under which it is said that nothing can be said of the contents.
const CONTENTS: &str = "contents";

/// What an archive is held against.
#[derive(Debug, Clone)]
pub struct ArchiveRules {
    /// The names that the one directory may have that all must be in, "flink-statefun-3.4.0";
    /// empty where there need be none.
    pub roots: Vec<String>,
    /// How much it may hold.
    pub limits: Limits,
    /// What must be in it.
    pub contents: ContentRules,
}

/// What was found of one archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveReport {
    /// Each check: one finding when it holds, one for each fault when it does not.
    pub findings: Vec<Finding>,
    /// How many bytes were looked at, unpacked.
    pub bytes: u64,
    /// The time of the newest file in it, where it could be read to its end and the files have times.
    pub newest: Option<Timestamp>,
}

impl ArchiveRules {
    /// For contents, in any directory, with the usual limits.
    pub fn new(contents: ContentRules) -> Self {
        Self { roots: Vec::new(), limits: Limits::default(), contents }
    }
}

/// Checks the archive at `path`, whose name in the candidate is `name`. A file that
/// cannot be opened fails as one that is not whole.
pub fn check_archive(name: &str, path: &Path, rules: &ArchiveRules) -> ArchiveReport {
    match File::open(path) {
        Ok(file) => check_archive_bytes(name, file, rules),
        Err(error) => ArchiveReport {
            findings: vec![Finding::fail(WHOLE, format!("it cannot be opened: {error}"))],
            bytes: 0,
            newest: None,
        },
    }
}

/// The same for an archive that is not a file on the disk.
pub fn check_archive_bytes(name: &str, archive: impl Read + Seek, rules: &ArchiveRules) -> ArchiveReport {
    let mut faults = Faults::default();
    let mut contents = Contents::new(&rules.contents).nested_up_to(rules.limits.nesting);
    let walked = walk(name, archive, &rules.roots, rules.limits, &mut contents, &mut faults);
    let newest = contents.newest().filter(|_| walked.complete);
    if walked.complete && faults.failed(WHOLE) == 0 {
        contents.settle(name, &mut faults);
        faults.settle(WHOLE, || format!("{} entries, {} bytes, every sum as it must be", walked.entries, walked.bytes));
        faults.settle(SAFE, || format!("every path stays inside; {} links", walked.links));
        if let Some(root) = walked.root {
            faults.settle(ROOT, || format!("all is in {root}"));
        }
    } else {
        faults.skip(CONTENTS, "the archive could not be read to its end");
    }
    ArchiveReport { findings: faults.into_findings(), bytes: walked.bytes, newest }
}
