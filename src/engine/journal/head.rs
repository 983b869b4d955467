// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The journal's head: how many lines there were at the last write, and the digest
//! of the last of them. The chain shows a change of any line but the last one, and
//! cannot show that lines are missing at the end; the head can.
//!
//! It is written after the line is on the disk, to a file beside it that then takes its
//! name, so that it is never there in part. It is not itself synced: one that is behind
//! the journal, or one of no bytes or of zeros, is what a crash or a power cut leaves.

use std::fs;
use std::io::ErrorKind::{NotADirectory, NotFound};
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
    /// The head of the journal at `path`; `None` where there is none, or one that a
    /// power cut left without a content.
    ///
    /// # Errors
    /// When it is there and cannot be read, or is no head.
    pub fn read(path: &Path) -> Result<Option<Self>, JournalError> {
        let path = place(path);
        match fs::read(&path) {
            Ok(bytes) if bytes.iter().all(|byte| *byte == 0) => Ok(None),
            Ok(bytes) => match std::str::from_utf8(&bytes).ok().and_then(parse) {
                Some(head) => Ok(Some(head)),
                None => Err(JournalError::Head { path }),
            },
            Err(error) if matches!(error.kind(), NotFound | NotADirectory) => Ok(None),
            Err(source) => Err(file_error("read", &path, source)),
        }
    }

    /// Puts the head beside the journal at `path`. That it cannot be written is no
    /// error: the line that it is for is on the disk, and a head behind it is harmless.
    pub fn write(&self, path: &Path) {
        let (new, place) = (path.with_extension("head-new"), place(path));
        let _ =
            fs::write(&new, format!("{:>10} {}\n", self.lines, self.digest)).and_then(|()| fs::rename(&new, &place));
    }

    /// Puts the head of a journal that is lost aside; gives where it is then, and
    /// `None` where there was none.
    ///
    /// # Errors
    /// When it cannot be renamed.
    pub fn set_aside(path: &Path) -> Result<Option<PathBuf>, JournalError> {
        let place = place(path);
        let aside = (1..).map(|number| path.with_extension(format!("head-lost-{number}")));
        let aside = aside.into_iter().find(|aside| !aside.exists()).unwrap_or_default();
        match fs::rename(&place, &aside) {
            Ok(()) => Ok(Some(aside)),
            Err(error) if error.kind() == NotFound => Ok(None),
            Err(source) => Err(file_error("write", &place, source)),
        }
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
