// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Reading a journal: every line is checked before any of it counts.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha512};

use super::error::{JournalError, file_error};
use crate::engine::event::{Entry, Event, Line};

/// The journal's version.
pub(super) const VERSION: u32 = 1;

/// What the first line names as the digest of the line before.
pub(super) const NOTHING_BEFORE: &str = "";

/// All entries of a journal, without the right to write.
#[derive(Debug)]
pub struct JournalReader {
    /// The entries in order.
    pub entries: Vec<Entry>,
    /// The bytes of a torn last line, which count for nothing.
    pub torn: Option<Vec<u8>>,
    pub(super) last_digest: String,
    pub(super) whole_bytes: u64,
}

impl JournalReader {
    /// Reads the journal at `path`.
    ///
    /// # Errors
    /// When it cannot be read, a line is malformed, or the chain is broken. A last
    /// line that was torn by an interruption is no error.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let bytes = fs::read(path).map_err(|source| file_error("read", path, source))?;
        let mut reader =
            Self { entries: Vec::new(), torn: None, last_digest: NOTHING_BEFORE.to_owned(), whole_bytes: 0 };
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let Some(end) = rest.iter().position(|&byte| byte == b'\n') else {
                reader.torn = Some(rest.to_vec());
                break;
            };
            reader.take(path, &rest[..end])?;
            reader.whole_bytes += end as u64 + 1;
            rest = &rest[end + 1..];
        }
        Ok(reader)
    }

    fn take(&mut self, path: &Path, bytes: &[u8]) -> Result<(), JournalError> {
        let number = self.entries.len() + 1;
        let malformed = |why: String| JournalError::Malformed { path: path.to_owned(), line: number, why };
        let text = std::str::from_utf8(bytes).map_err(|error| malformed(error.to_string()))?;
        let line: Line<'_> = match serde_json::from_str(text) {
            Ok(line) => line,
            Err(error) => {
                let version = serde_json::from_str::<serde_json::Value>(text)
                    .ok()
                    .and_then(|value| u32::try_from(value.get("v")?.as_u64()?).ok());
                return Err(match version {
                    Some(found) if found != VERSION => {
                        JournalError::Version { path: path.to_owned(), line: number, found }
                    }
                    _ => malformed(error.to_string()),
                });
            }
        };
        if line.v != VERSION {
            return Err(JournalError::Version { path: path.to_owned(), line: number, found: line.v });
        }
        if line.previous != self.last_digest {
            return Err(JournalError::Chain { path: path.to_owned(), line: number, before: number - 1 });
        }
        if line.seq != number as u64 - 1 {
            return Err(malformed(format!("seq is {}, expected {}", line.seq, number - 1)));
        }
        let event = Event::parse(&line.event, line.data)
            .ok_or_else(|| malformed(format!("unknown event `{}`", line.event)))?
            .map_err(|error| malformed(format!("{}: {error}", line.event)))?;
        let Line { seq, at, who, candidate, step, .. } = line;
        self.entries.push(Entry { seq, at, who, candidate, step, event });
        self.last_digest = digest(bytes);
        Ok(())
    }
}

pub(super) fn digest(bytes: &[u8]) -> String {
    // Formatting digit by digit would cost more than the digest itself.
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digest = Sha512::digest(bytes);
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}
