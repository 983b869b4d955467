// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Faults of this module's TOML files: bylaws, rosters, aliases. A message names file and line.

use serde::de::DeserializeOwned;

/// A file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {what}")]
pub struct FileFault {
    /// Which file, as the user named it.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// What stands there, and what was expected.
    pub what: String,
}

/// A text with its name, to make faults of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
}

impl Source<'_> {
    pub(super) fn parse<T: DeserializeOwned>(self) -> Result<T, FileFault> {
        toml::from_str(self.text).map_err(|error| {
            let what = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
            self.fault(error.span().map_or(0, |span| span.start), what)
        })
    }

    /// A fault at a byte of the text.
    pub(super) fn fault(self, at: usize, what: impl Into<String>) -> FileFault {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        FileFault { file: self.file.to_owned(), line, what: what.into() }
    }

    /// That the format is the one that this program reads.
    pub(super) fn demand_format(self, format: Option<u32>) -> Result<(), FileFault> {
        match format {
            None | Some(1) => Ok(()),
            Some(other) => Err(self.fault(0, format!("format {other}; this program reads format 1"))),
        }
    }
}
