// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `licence-headers`: every text file in the source archive says under which
//! licence it is.
//!
//! The archive is looked at, not the tree: it is what people vote on.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use serde::Deserialize;
use tar::{Archive, EntryType};

use crate::actions::Services;
use crate::actions::failures::workspace_failed;
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::release::{HEADER_BYTES, LicenceHeader, PathRules};

/// Whether the files of a source archive have licence headers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenceHeaders {
    /// Where the archive is, from the root of the workspace.
    directory: String,
    /// The archive's name.
    file: String,
    /// Files that need no header, as [`PathRules`] from the one directory in the archive.
    #[serde(default)]
    no_header: Vec<String>,
}

#[derive(Debug, Default)]
struct Counts {
    present: usize,
    inapplicable: usize,
    allowed: usize,
    missing: Vec<String>,
}

impl Probe<Services> for LicenceHeaders {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let allowed = PathRules::new(&self.no_header).map_err(|error| {
            ActionError::misconfigured(error.to_string(), "correct `source.no_header` in the product's configuration")
        })?;
        let path = cx.world.workspace.artifacts(&self.directory).path(&self.file).map_err(workspace_failed)?;
        if !path.is_file() {
            return Ok(Finding::Fails(vec![format!("{} is not in {}", self.file, self.directory)]));
        }
        let counts = match count(&path, &allowed) {
            Ok(counts) => counts,
            Err(error) => return Ok(Finding::Fails(vec![format!("{} cannot be read: {error}", self.file)])),
        };
        let Counts { present, inapplicable, allowed, missing } = counts;
        if !missing.is_empty() {
            return Ok(Finding::Fails(missing.iter().map(|path| format!("{path} has no licence header")).collect()));
        }
        if present == 0 {
            return Ok(Finding::Fails(vec![format!("no file in {} has a licence header", self.file)]));
        }
        Ok(Finding::Holds(format!(
            "{present} files have a header, {inapplicable} are binary or empty, {allowed} need none"
        )))
    }
}

fn count(path: &Path, allowed: &PathRules) -> io::Result<Counts> {
    let reader = BufReader::with_capacity(128 * 1024, File::open(path)?);
    let mut archive = Archive::new(MultiGzDecoder::new(reader));
    let mut counts = Counts::default();
    let mut top = Vec::with_capacity(HEADER_BYTES);
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.header().entry_type() != EntryType::Regular {
            continue;
        }
        let full = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let path = full.split_once('/').map_or(full.as_str(), |(_root, path)| path);
        if allowed.fit(path) {
            counts.allowed += 1;
            continue;
        }
        top.clear();
        entry.by_ref().take(HEADER_BYTES as u64).read_to_end(&mut top)?;
        match LicenceHeader::of(&top) {
            LicenceHeader::Present => counts.present += 1,
            LicenceHeader::Inapplicable => counts.inapplicable += 1,
            LicenceHeader::Missing => counts.missing.push(path.to_owned()),
        }
    }
    Ok(counts)
}
