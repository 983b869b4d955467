// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The journal's head: how many lines there were at the last write, and the digest
//! of the last of them. The chain shows a change of any line but the last one, and
//! cannot show that lines are missing at the end; the head can.
//!
//! It is written after the line is on the disk and is not itself synced: one that is
//! behind the journal is what a crash leaves, and proves what it can.

use std::fs;
use std::io::ErrorKind::{InvalidData, NotADirectory, NotFound};
use std::path::{Path, PathBuf};

use super::error::{JournalError, file_error};

/// The length of a journal and the digest of its last line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// How many lines there are; at least 1.
    pub lines: u64,
    /// The SHA-512 of the last one.
    pub digest: String,
}

impl Head {
    /// The head of the journal at `path`; `None` where there is none, or only a torn one.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn read(path: &Path) -> Result<Option<Self>, JournalError> {
        let path = place(path);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(parse(&text)),
            Err(error) if matches!(error.kind(), NotFound | NotADirectory | InvalidData) => Ok(None),
            Err(source) => Err(file_error("read", &path, source)),
        }
    }

    /// Puts the head beside the journal at `path`. That it cannot be written is no
    /// error: the line that it is for is on the disk, and a head behind it is harmless.
    pub fn write(&self, path: &Path) {
        let _ = fs::write(place(path), format!("{:>10} {}\n", self.lines, self.digest));
    }

    /// Has the journal at `path` be without a head, as before its first line.
    pub fn remove(path: &Path) {
        let _ = fs::remove_file(place(path));
    }
}

fn parse(text: &str) -> Option<Head> {
    let (lines, digest) = text.strip_suffix('\n')?.trim_start().split_once(' ')?;
    let whole = digest.len() == 128 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some(Head { lines: lines.parse().ok().filter(|lines| *lines > 0 && whole)?, digest: digest.to_owned() })
}

fn place(journal: &Path) -> PathBuf {
    journal.with_extension("head")
}
