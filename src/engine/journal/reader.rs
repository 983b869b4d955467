// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Reading a journal: every line is checked before any of it counts.

use std::borrow::Cow;
use std::fs;
use std::io::ErrorKind::NotFound;
use std::path::Path;

use sha2::{Digest, Sha512};

use super::error::{JournalError, file_error};
use super::head::Head;
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
    /// When it cannot be read, a line is malformed, the chain is broken, or lines
    /// that were there are missing at the end. A last line that was torn by an
    /// interruption is no error.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        // The head first: a run that writes meanwhile puts the journal ahead of it.
        let head = Head::read(path)?;
        let bytes = fs::read(path).map_err(|source| match source.kind() {
            NotFound => JournalError::Missing { path: path.to_owned() },
            _ => file_error("read", path, source),
        })?;
        let whole_bytes = memchr::memrchr(b'\n', &bytes).map_or(0, |end| end + 1);
        let (whole, torn) = bytes.split_at(whole_bytes);
        let lines = lines_of(whole);
        let mut reader = Self {
            entries: Vec::with_capacity(lines.len()),
            torn: (!torn.is_empty()).then(|| torn.to_vec()),
            last_digest: NOTHING_BEFORE.to_owned(),
            whole_bytes: whole_bytes as u64,
        };
        for read in read_lines(&lines) {
            let number = reader.entries.len() + 1;
            reader.take(path, number, read).and_then(|()| reader.check_head(path, head.as_ref()))?;
        }
        // The line that is torn may be the head's: a disk can keep less than it said it had.
        let found = reader.entries.len() as u64 + u64::from(reader.torn.is_some());
        match head {
            Some(head) if head.lines > found => {
                Err(JournalError::Cut { path: path.to_owned(), found: reader.entries.len(), expected: head.lines })
            }
            _ => Ok(reader),
        }
    }

    /// Takes the next line in.
    fn take(&mut self, path: &Path, number: usize, read: ReadLine<'_>) -> Result<(), JournalError> {
        let path = || path.to_owned();
        let LinkedEntry { entry, previous } = read.content.map_err(|fault| match fault {
            Fault::Malformed(why) => JournalError::Malformed { path: path(), line: number, why },
            Fault::Version(found) => JournalError::Version { path: path(), line: number, found },
        })?;
        if previous != self.last_digest {
            return Err(JournalError::Chain { path: path(), line: number, before: number - 1 });
        }
        if entry.seq != number as u64 - 1 {
            let why = format!("seq is {}, expected {}", entry.seq, number - 1);
            return Err(JournalError::Malformed { path: path(), line: number, why });
        }
        self.entries.push(entry);
        self.last_digest = read.digest;
        Ok(())
    }

    /// Whether the line that was taken in last is what the head says, where it speaks of it.
    fn check_head(&self, path: &Path, head: Option<&Head>) -> Result<(), JournalError> {
        let line = self.entries.len();
        match head {
            Some(head) if head.lines == line as u64 && head.digest != self.last_digest => {
                Err(JournalError::Edited { path: path.to_owned(), line })
            }
            _ => Ok(()),
        }
    }
}

/// The lines, without their line feeds.
fn lines_of(whole: &[u8]) -> Vec<&[u8]> {
    let mut start = 0;
    let line = |end| &whole[std::mem::replace(&mut start, end + 1)..end];
    memchr::memchr_iter(b'\n', whole).map(line).collect()
}

/// What a line says by itself, with its digest.
struct ReadLine<'a> {
    content: Result<LinkedEntry<'a>, Fault>,
    digest: String,
}

/// An entry with the digest that it gives for the line before.
struct LinkedEntry<'a> {
    entry: Entry,
    previous: Cow<'a, str>,
}

enum Fault {
    Malformed(String),
    Version(u32),
}

/// Reads each line by itself; a long journal on two threads, since this is what
/// takes the time in `status`.
fn read_lines<'a>(lines: &[&'a [u8]]) -> Vec<ReadLine<'a>> {
    const LONG: usize = 500;
    let all = |lines: &[&'a [u8]]| lines.iter().map(|line| read_line(line)).collect::<Vec<_>>();
    if lines.len() < LONG {
        return all(lines);
    }
    let (first, second) = lines.split_at(lines.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| all(second));
        let mut read = all(first);
        read.extend(other.join().expect("reading a line does not panic"));
        read
    })
}

fn read_line(bytes: &[u8]) -> ReadLine<'_> {
    ReadLine { content: parse(bytes), digest: digest(bytes) }
}

fn parse(bytes: &[u8]) -> Result<LinkedEntry<'_>, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|error| Fault::Malformed(error.to_string()))?;
    let line: Line<'_> = serde_json::from_str(text).map_err(|error| {
        let value = serde_json::from_str::<serde_json::Value>(text).ok();
        let version = value.and_then(|value| u32::try_from(value.get("v")?.as_u64()?).ok());
        version.filter(|found| *found != VERSION).map_or_else(|| Fault::Malformed(error.to_string()), Fault::Version)
    })?;
    if line.v != VERSION {
        return Err(Fault::Version(line.v));
    }
    let event = Event::parse(&line.event, line.data)
        .ok_or_else(|| Fault::Malformed(format!("unknown event `{}`", line.event)))?
        .map_err(|error| Fault::Malformed(format!("{}: {error}", line.event)))?;
    let Line { seq, at, who, candidate, step, previous, .. } = line;
    Ok(LinkedEntry { entry: Entry { seq, at, who, candidate, step, event }, previous })
}

pub(super) fn digest(bytes: &[u8]) -> String {
    // Formatting digit by digit would cost more than the digest itself.
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digest = Sha512::digest(bytes);
    let mut digits = Vec::with_capacity(2 * digest.len());
    for byte in digest {
        digits.extend_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    String::from_utf8(digits).expect("digits are ASCII")
}
