// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The entries of a zip, with both headers of each held against each other, and every
//! byte of the file accounted for.

use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::limits::Counts;
use super::safety::PathBook;
use super::zip_forms::read_differently;
use super::zip_records::{End, Record, descriptor, directory, end, local};
use super::{Entry, EntryKind, Faults, Limits, SAFE, Visitor, WHOLE};

pub(super) const ENCRYPTED: u16 = 1;
pub(super) const DESCRIBED_BEHIND: u16 = 8;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// How long the target of a link may be.
const TARGET_BYTES: u64 = 4096;

/// What a walk over a zip needs to know.
pub struct Walk<'a> {
    /// What was counted so far.
    pub counts: Rc<Counts>,
    /// What it may hold.
    pub limits: Limits,
    /// Who looks at the entries.
    pub visitor: &'a mut dyn Visitor,
    /// What was found.
    pub faults: &'a mut Faults,
}

/// Walks over the zip of `length` bytes in `file`.
///
/// # Errors
/// When it cannot be read.
pub fn walk<R: Read + Seek>(mut file: R, length: u64, book: &mut PathBook<'_>, walk: &mut Walk<'_>) -> io::Result<()> {
    let Some(end) = end(&mut file, length)? else {
        walk.faults.fail(WHOLE, "", "it is cut off or no zip: it has no end record that fits it");
        return Ok(());
    };
    if !framed(&end, walk.faults) {
        return Ok(());
    }
    let Some(mut records) = directory(&mut file, &end, walk.limits.entries.saturating_add(1))? else {
        walk.faults.fail(WHOLE, "", "its central directory does not hold what its end says");
        return Ok(());
    };
    if records.is_empty() {
        walk.faults.fail(WHOLE, "", "it holds nothing");
    }
    records.sort_by_key(|record| record.at);
    let mut reached = 0;
    for record in &records {
        reached = reached.max(one(&mut file, record, reached, &end, book, walk)?);
    }
    if reached < end.directory_at && walk.faults.failed(WHOLE) == 0 {
        let gap = end.directory_at - reached;
        walk.faults.fail(WHOLE, "", format!("{gap} bytes between the entries and the directory belong to nothing"));
    }
    Ok(())
}

/// Where the zip begins that `bytes` end with; none where they end with none. A program
/// may stand before it.
pub fn begins(bytes: &[u8]) -> Option<usize> {
    let end = end(&mut io::Cursor::new(bytes), bytes.len() as u64).ok()??;
    let before = end.directory_ends.checked_sub(end.directory_bytes)?.checked_sub(end.directory_at)?;
    usize::try_from(before).ok()
}

/// Whether directory and end stand where they must.
fn framed(end: &End, faults: &mut Faults) -> bool {
    if end.garbage > 0 {
        faults.fail(WHOLE, "", format!("{} bytes follow the end of the zip", end.garbage));
    }
    match end.directory_at.checked_add(end.directory_bytes) {
        Some(ends) if ends == end.directory_ends => true,
        Some(ends) if ends < end.directory_ends => {
            let odd = end.directory_ends - ends;
            faults.fail(WHOLE, "", format!("{odd} bytes are before the zip, or between its directory and its end"));
            false
        }
        _ => {
            faults.fail(WHOLE, "", "its central directory is beyond its end: the zip is cut off");
            false
        }
    }
}

/// Looks at one entry; gives where the next may begin.
fn one<R: Read + Seek>(
    file: &mut R,
    record: &Record,
    reached: u64,
    end: &End,
    book: &mut PathBook<'_>,
    walk: &mut Walk<'_>,
) -> io::Result<u64> {
    let name = String::from_utf8_lossy(&record.name).into_owned();
    if record.at < reached {
        walk.faults.fail(WHOLE, &name, "it overlaps the entry before it");
    } else if record.at > reached {
        let gap = record.at - reached;
        walk.faults.fail(WHOLE, &name, format!("{gap} bytes before it belong to nothing that the directory names"));
    }
    let header = match local(file, record.at) {
        Ok(Some(header)) => header,
        Ok(None) => {
            walk.faults.fail(WHOLE, &name, "it has no local header where the directory says");
            return Ok(reached);
        }
        Err(error) => return Err(error),
    };
    disagreements(record, &header, &name, walk.faults);
    read_differently(record, &header, &name, walk.faults);
    let data_at = record.at.saturating_add(header.header_bytes);
    let mut after = data_at.saturating_add(record.packed);
    if after > end.directory_at {
        walk.faults.fail(WHOLE, &name, "its bytes run into the directory");
        return Ok(reached);
    }
    if record.flags & DESCRIBED_BEHIND != 0 {
        match descriptor(file, after, record)? {
            Some(length) => after = after.saturating_add(length),
            None => {
                walk.faults.fail(WHOLE, &name, "the descriptor behind its bytes says something else than the directory")
            }
        }
    }
    if std::str::from_utf8(&record.name).is_err() {
        walk.faults.fail(SAFE, &name, "its name is no UTF-8");
    }
    if record.flags & ENCRYPTED != 0 {
        walk.faults.fail(WHOLE, &name, "it is encrypted");
        return Ok(after);
    }
    if !matches!(record.method, STORED | DEFLATED) {
        let method = record.method;
        walk.faults.fail(WHOLE, &name, format!("it is compressed by method {method}, which is not read"));
        return Ok(after);
    }
    file.seek(SeekFrom::Start(data_at))?;
    let entry = described(file, data_at, record, name)?;
    if !book.check(&entry, walk.faults) {
        return Err(io::Error::other("too many entries"));
    }
    content(file, record, &entry, walk)?;
    Ok(after)
}

/// What the two headers of an entry say differently.
fn disagreements(central: &Record, local: &Record, name: &str, faults: &mut Faults) {
    let mut differ =
        |what: &str| faults.fail(WHOLE, name, format!("directory and local header give it another {what}"));
    if central.name != local.name {
        differ(&format!("name (`{}`)", super::faults::printable(&String::from_utf8_lossy(&local.name))));
    }
    let again = local.other_name.as_ref().filter(|other| Some(*other) != central.other_name.as_ref());
    for other in central.other_name.iter().chain(again) {
        let other = super::faults::printable(&String::from_utf8_lossy(other));
        differ(&format!("name (`{other}`, in its field for Unicode)"));
    }
    if central.method != local.method {
        differ("compression");
    }
    if central.flags & (ENCRYPTED | DESCRIBED_BEHIND) != local.flags & (ENCRYPTED | DESCRIBED_BEHIND) {
        differ("way of storing");
    }
    // where a descriptor follows, the local header may leave these out
    let left_out = |number: u64| local.flags & DESCRIBED_BEHIND != 0 && number == 0;
    if central.unpacked != local.unpacked && !left_out(local.unpacked) {
        differ("size");
    }
    if central.packed != local.packed && !left_out(local.packed) {
        differ("packed size");
    }
    if central.crc != local.crc && !left_out(local.crc.into()) {
        differ("CRC");
    }
}

/// The entry that a record describes; a link's target is its content.
fn described<R: Read + Seek>(file: &mut R, data_at: u64, record: &Record, path: String) -> io::Result<Entry> {
    let kind = match record.mode.map(|mode| mode & 0o170_000) {
        Some(0o120_000) => {
            let mut target = String::new();
            let packed = BufReader::new(file.take(record.packed));
            let read = if record.method == DEFLATED {
                DeflateDecoder::new(packed).take(TARGET_BYTES).read_to_string(&mut target)
            } else {
                packed.take(TARGET_BYTES).read_to_string(&mut target)
            };
            // a target that cannot be read leads out
            let target = if read.is_ok() { target } else { String::new() };
            file.seek(SeekFrom::Start(data_at))?;
            EntryKind::Symlink(target)
        }
        Some(0o020_000) => EntryKind::Special("character device"),
        Some(0o060_000) => EntryKind::Special("block device"),
        Some(0o010_000) => EntryKind::Special("fifo"),
        Some(0o140_000) => EntryKind::Special("socket"),
        _ if path.ends_with('/') => EntryKind::Directory,
        _ => EntryKind::File,
    };
    Ok(Entry { path, kind, size: record.unpacked, mode: record.mode.map(|mode| mode & 0o7777), time: record.time })
}

/// Reads all of an entry's bytes, by the visitor and then to the end, and holds them
/// against its size and CRC.
fn content<R: Read + Seek>(file: &mut R, record: &Record, entry: &Entry, walk: &mut Walk<'_>) -> io::Result<()> {
    walk.counts.packed.set(walk.counts.packed.get().saturating_add(record.packed));
    let packed = BufReader::with_capacity(64 * 1024, file.take(record.packed));
    let reader = match record.method {
        DEFLATED => Stream::Deflated(Box::new(DeflateDecoder::new(packed))),
        _ => Stream::Stored(packed),
    };
    let counts = Rc::clone(&walk.counts);
    let mut checked =
        Checked { reader, crc: Crc::new(), length: 0, most: record.unpacked, counts, limits: walk.limits };
    let read = walk.visitor.entry(entry, &mut checked, walk.faults);
    let read = read.and_then(|()| io::copy(&mut checked, &mut io::sink()));
    let (crc, length) = (checked.crc.sum(), checked.length);
    let used = match &checked.reader {
        Stream::Deflated(deflated) => deflated.total_in(),
        Stream::Stored(_) => length,
    };
    match read {
        Err(error) if walk.counts.exceeded.borrow().is_some() => return Err(error),
        Err(error) => walk.faults.fail(WHOLE, &entry.path, format!("its bytes cannot be unpacked: {error}")),
        Ok(_) if length != record.unpacked => {
            let said = record.unpacked;
            walk.faults.fail(WHOLE, &entry.path, format!("it has {length} bytes, not {said} as its header says"));
        }
        Ok(_) if crc != record.crc => walk.faults.fail(WHOLE, &entry.path, "its bytes do not have its CRC"),
        Ok(_) if used != record.packed => {
            walk.faults.fail(WHOLE, &entry.path, "there is something behind its bytes that is not unpacked");
        }
        Ok(_) if entry.kind == EntryKind::Directory && length > 0 => {
            walk.faults.fail(WHOLE, &entry.path, "it is a directory, yet has bytes");
        }
        Ok(_) => {}
    }
    Ok(())
}

/// An entry's bytes as they are stored.
enum Stream<R> {
    Stored(R),
    Deflated(Box<DeflateDecoder<R>>),
}

/// An entry's bytes, counted and summed while they are read.
struct Checked<R> {
    reader: Stream<R>,
    crc: Crc,
    length: u64,
    most: u64,
    counts: Rc<Counts>,
    limits: Limits,
}

impl<R: io::BufRead> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.reader {
            Stream::Stored(stored) => stored.read(buffer)?,
            Stream::Deflated(deflated) => deflated.read(buffer)?,
        };
        self.crc.update(&buffer[..read]);
        self.length = self.length.saturating_add(read as u64);
        self.counts.unpack(read as u64, &self.limits)?;
        if self.length > self.most {
            return Err(io::Error::other(format!("it has more than the {} bytes that its header says", self.most)));
        }
        Ok(read)
    }
}
