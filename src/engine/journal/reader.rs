// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Reading a journal: every line is checked before any of it counts. A long one is
//! hashed by a second thread while this one reads it, since that is what takes the
//! time in `status`.

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
    /// What comes after them.
    pub end: JournalEnd,
}

/// How a journal ends, once every line of it is checked.
#[derive(Debug)]
pub struct JournalEnd {
    /// How many whole lines it has.
    pub lines: u64,
    /// The bytes of a torn last line, which count for nothing.
    pub torn: Option<Vec<u8>>,
    pub(super) last_digest: String,
    pub(super) whole_bytes: u64,
}

impl JournalReader {
    /// Reads the journal at `path`.
    ///
    /// # Errors
    /// As [`JournalReader::fold`].
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let mut entries = Vec::new();
        let end = Self::fold(path, &mut |entry| entries.push(entry))?;
        Ok(Self { entries, end })
    }

    /// Reads the journal at `path` and gives its entries one after another to `take`.
    /// What `take` makes of them counts only where this comes back without an error:
    /// the chain is known to hold at the end.
    ///
    /// # Errors
    /// When it cannot be read, a line is malformed, the chain is broken, or lines
    /// that were there are missing or cut at the end. A last line that was torn by an
    /// interruption, and that the head does not count yet, is no error.
    pub fn fold(path: &Path, take: &mut dyn FnMut(Entry)) -> Result<JournalEnd, JournalError> {
        // The head first: a run that writes meanwhile puts the journal ahead of it.
        let head = Head::read(path)?;
        let bytes = fs::read(path).map_err(|source| match source.kind() {
            NotFound => JournalError::Missing { path: path.to_owned() },
            _ => file_error("read", path, source),
        })?;
        let whole_bytes = memchr::memrchr(b'\n', &bytes).map_or(0, |end| end + 1);
        let (whole, torn) = bytes.split_at(whole_bytes);
        let lines = lines_of(whole);
        let (links, digests) = read_and_hash(&lines, take);
        let last_digest = Chain { path, head: head.as_ref() }.check(links, &digests)?;
        // What the head counts was on the disk in whole: only a line beyond it can have been
        // torn by an interruption.
        match head {
            Some(head) if head.lines > lines.len() as u64 => {
                Err(JournalError::Cut { path: path.to_owned(), found: lines.len(), expected: head.lines })
            }
            _ => Ok(JournalEnd {
                lines: lines.len() as u64,
                torn: (!torn.is_empty()).then(|| torn.to_vec()),
                last_digest,
                whole_bytes: whole_bytes as u64,
            }),
        }
    }
}

/// What binds a line to the one before.
struct Link<'a> {
    seq: u64,
    previous: Cow<'a, str>,
}

enum Fault {
    Malformed(String),
    Version(u32),
}

/// What each line must be to count.
struct Chain<'a> {
    path: &'a Path,
    head: Option<&'a Head>,
}

impl Chain<'_> {
    /// Whether each line is bound to the one before, and the head's is the one that it
    /// names; gives the digest of the last. The first fault in the order of lines is told.
    fn check(&self, links: Vec<Result<Link<'_>, Fault>>, digests: &[Digested]) -> Result<String, JournalError> {
        let path = || self.path.to_owned();
        let mut last_digest = NOTHING_BEFORE.to_owned();
        for (index, (link, digest)) in links.into_iter().zip(digests).enumerate() {
            let line = index + 1;
            let Link { seq, previous } = link.map_err(|fault| match fault {
                Fault::Malformed(why) => JournalError::Malformed { path: path(), line, why },
                Fault::Version(found) => JournalError::Version { path: path(), line, found },
            })?;
            if previous != last_digest {
                return Err(JournalError::Chain { path: path(), line, before: index });
            }
            if seq != index as u64 {
                let why = format!("seq is {seq}, expected {index}");
                return Err(JournalError::Malformed { path: path(), line, why });
            }
            last_digest.clear();
            push_hexadecimal(&mut last_digest, digest);
            if self.head.is_some_and(|head| head.lines == line as u64 && head.digest != last_digest) {
                return Err(JournalError::Edited { path: path(), line });
            }
        }
        Ok(last_digest)
    }
}

/// The lines, without their line feeds.
fn lines_of(whole: &[u8]) -> Vec<&[u8]> {
    let mut start = 0;
    let line = |end| &whole[std::mem::replace(&mut start, end + 1)..end];
    memchr::memchr_iter(b'\n', whole).map(line).collect()
}

/// The SHA-512 of a line.
type Digested = [u8; 64];

/// Reads the lines to the first that is malformed, and hashes all of them.
fn read_and_hash<'a>(lines: &[&'a [u8]], take: &mut dyn FnMut(Entry)) -> (Vec<Result<Link<'a>, Fault>>, Vec<Digested>) {
    /// From how many lines on a second thread is worth its start.
    const LONG: usize = 500;
    let hash = || lines.iter().map(|line| Sha512::digest(line).into()).collect::<Vec<Digested>>();
    if lines.len() < LONG {
        return (read(lines, take), hash());
    }
    std::thread::scope(|scope| {
        let digests = scope.spawn(hash);
        let links = read(lines, take);
        (links, digests.join().expect("hashing does not panic"))
    })
}

fn read<'a>(lines: &[&'a [u8]], take: &mut dyn FnMut(Entry)) -> Vec<Result<Link<'a>, Fault>> {
    let mut links = Vec::with_capacity(lines.len());
    for line in lines {
        let read = parse(line).map(|(entry, link)| {
            take(entry);
            link
        });
        let malformed = read.is_err();
        links.push(read);
        if malformed {
            break;
        }
    }
    links
}

fn parse(bytes: &[u8]) -> Result<(Entry, Link<'_>), Fault> {
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
    Ok((Entry { seq, at, who, candidate, step, event }, Link { seq, previous }))
}

/// The digest of a line, as the next one gives it.
pub(super) fn digest(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * size_of::<Digested>());
    push_hexadecimal(&mut text, &Sha512::digest(bytes).into());
    text
}

fn push_hexadecimal(text: &mut String, digest: &Digested) {
    // Formatting digit by digit would cost more than the digest itself.
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut digits = [0; 2 * size_of::<Digested>()];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(digest) {
        pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    text.push_str(std::str::from_utf8(&digits).expect("digits are ASCII"));
}
