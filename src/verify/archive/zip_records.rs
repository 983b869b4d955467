// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The records of a zip: its end, its directory and the header before each entry's
//! bytes. They are read here and not by a library because it is the disagreements
//! between them that have to be seen.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::zip_extra::{other_name, widen};

const END: [u8; 4] = *b"PK\x05\x06";
const END_BYTES: usize = 22;
const END_64: [u8; 4] = *b"PK\x06\x06";
const LOCATOR_64: [u8; 4] = *b"PK\x06\x07";
const LOCATOR_BYTES: u64 = 20;
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const LOCAL: [u8; 4] = *b"PK\x03\x04";

/// The end of a zip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// How many entries there are.
    pub entries: u64,
    /// How long the directory is.
    pub directory_bytes: u64,
    /// Where the directory begins, as is said.
    pub directory_at: u64,
    /// Where what follows the directory begins.
    pub directory_ends: u64,
    /// How many bytes are after all that the end accounts for.
    pub garbage: u64,
}

/// What a header says of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// The name, as bytes.
    pub name: Vec<u8>,
    /// Another name that an extra field gives it.
    pub other_name: Option<Vec<u8>>,
    /// The version of the format that it needs, in tenths.
    pub needs: u8,
    /// General purpose flags.
    pub flags: u16,
    /// How it is compressed: 0 stored, 8 deflated.
    pub method: u16,
    /// Its CRC-32.
    pub crc: u32,
    /// How many bytes it takes in the archive.
    pub packed: u64,
    /// How many bytes it has.
    pub unpacked: u64,
    /// The Unix mode, where one is given by a system that has such.
    pub mode: Option<u32>,
    /// What another system, by its number, gives in the place of the mode.
    pub foreign_mode: Option<(u8, u32)>,
    /// Its time, where one is given, as if its zone were UTC.
    pub time: Option<Timestamp>,
    /// Where its local header is.
    pub at: u64,
    /// The length of its local header; of the central one nothing.
    pub header_bytes: u64,
}

/// The end of the zip of `length` bytes; none when there is no end.
///
/// # Errors
/// When the file cannot be read.
pub fn end(file: &mut (impl Read + Seek), length: u64) -> io::Result<Option<End>> {
    let tail_bytes = length.min(END_BYTES as u64 + u64::from(u16::MAX));
    let tail_at = length - tail_bytes;
    let tail = bytes(file, tail_at, tail_bytes)?;
    let Some(at) = memchr::memmem::rfind(&tail, &END).filter(|at| tail.len() - at >= END_BYTES) else {
        return Ok(None);
    };
    let record = &tail[at..];
    let end_at = tail_at + at as u64;
    let accounted = END_BYTES + usize::from(u16_at(record, 20));
    let end = End {
        entries: u16_at(record, 10).into(),
        directory_bytes: u32_at(record, 12).into(),
        directory_at: u32_at(record, 16).into(),
        directory_ends: end_at,
        garbage: (record.len() as u64).saturating_sub(accounted as u64),
    };
    let volumes = u16_at(record, 4) != 0 || u16_at(record, 6) != 0 || u16_at(record, 8) != u16_at(record, 10);
    if record.len() < accounted || volumes {
        // cut off in its comment, or a part of several volumes
        return Ok(None);
    }
    if let Some(at) = end_at.checked_sub(LOCATOR_BYTES) {
        let locator = bytes(file, at, LOCATOR_BYTES)?;
        if locator.starts_with(&LOCATOR_64) {
            return end_64(file, at, u64_at(&locator, 8), end);
        }
    }
    Ok(Some(end))
}

/// The end that the locator at `locator_at` says to be at `at`. It has to reach to the
/// locator: some programs go by the locator, others read what stands before that, and
/// both must see the same.
fn end_64(file: &mut (impl Read + Seek), locator_at: u64, at: u64, end: End) -> io::Result<Option<End>> {
    const BYTES: u64 = 56;
    const BEFORE_ITS_SIZE: u64 = 12;
    if at.checked_add(BYTES).is_none_or(|end| end > locator_at) {
        return Ok(None);
    }
    let record = bytes(file, at, BYTES)?;
    let ends = u64_at(&record, 4).checked_add(BEFORE_ITS_SIZE).and_then(|bytes| bytes.checked_add(at));
    let wide = End {
        entries: u64_at(&record, 32),
        directory_bytes: u64_at(&record, 40),
        directory_at: u64_at(&record, 48),
        directory_ends: at,
        garbage: end.garbage,
    };
    // the small fields either say the same or that they are too small
    let agrees = |small: u64, most: u64, large: u64| small == large || small == most;
    let same = agrees(end.entries, u16::MAX.into(), wide.entries)
        && agrees(end.directory_bytes, u32::MAX.into(), wide.directory_bytes)
        && agrees(end.directory_at, u32::MAX.into(), wide.directory_at);
    let volumes = u64_at(&record, 16) != 0 || u64_at(&record, 24) != wide.entries;
    Ok((record.starts_with(&END_64) && same && ends == Some(locator_at) && !volumes).then_some(wide))
}

/// The entries of the directory, at most `most`; none when it is malformed.
///
/// # Errors
/// When the file cannot be read.
pub fn directory(file: &mut (impl Read + Seek), end: &End, most: u64) -> io::Result<Option<Vec<Record>>> {
    file.seek(SeekFrom::Start(end.directory_at))?;
    let mut reader = BufReader::with_capacity(64 * 1024, file.take(end.directory_bytes));
    let mut records = Vec::new();
    while (records.len() as u64) < end.entries.min(most) {
        match central(&mut reader) {
            Ok(Some(record)) => records.push(record),
            Ok(None) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    let rest = reader.read(&mut [0])?;
    Ok((rest == 0 || end.entries > most).then_some(records))
}

fn central(reader: &mut impl Read) -> io::Result<Option<Record>> {
    let mut fixed = [0; 46];
    reader.read_exact(&mut fixed)?;
    if !fixed.starts_with(&CENTRAL) {
        return Ok(None);
    }
    let name = take(reader, u16_at(&fixed, 28))?;
    let extra = take(reader, u16_at(&fixed, 30))?;
    take(reader, u16_at(&fixed, 32))?;
    let (system, mode) = (fixed[5], u32_at(&fixed, 38) >> 16);
    let (mode, foreign_mode) = match system {
        _ if mode == 0 => (None, None),
        3 | 19 => (Some(mode), None),
        _ => (None, Some((system, mode))),
    };
    let mut record = Record {
        other_name: other_name(&extra, &name),
        name,
        needs: fixed[6],
        flags: u16_at(&fixed, 8),
        method: u16_at(&fixed, 10),
        crc: u32_at(&fixed, 16),
        packed: u32_at(&fixed, 20).into(),
        unpacked: u32_at(&fixed, 24).into(),
        mode,
        foreign_mode,
        time: time(u16_at(&fixed, 14), u16_at(&fixed, 12)),
        at: u32_at(&fixed, 42).into(),
        header_bytes: 0,
    };
    let known = widen(&extra, [&mut record.unpacked, &mut record.packed, &mut record.at]);
    Ok(known.then_some(record))
}

/// The local header at `at`; none when there is none.
///
/// # Errors
/// When the file cannot be read.
pub fn local(file: &mut (impl Read + Seek), at: u64) -> io::Result<Option<Record>> {
    let mut fixed = [0; 30];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut fixed)?;
    if !fixed.starts_with(&LOCAL) {
        return Ok(None);
    }
    let name = take(file, u16_at(&fixed, 26))?;
    let extra = take(file, u16_at(&fixed, 28))?;
    let mut record = Record {
        header_bytes: (fixed.len() + name.len() + extra.len()) as u64,
        other_name: other_name(&extra, &name),
        name,
        needs: fixed[4],
        flags: u16_at(&fixed, 6),
        method: u16_at(&fixed, 8),
        crc: u32_at(&fixed, 14),
        packed: u32_at(&fixed, 18).into(),
        unpacked: u32_at(&fixed, 22).into(),
        mode: None,
        foreign_mode: None,
        time: None,
        at,
    };
    let mut unused = 0;
    let known = widen(&extra, [&mut record.unpacked, &mut record.packed, &mut unused]);
    Ok(known.then_some(record))
}

/// How long the descriptor at `at` is that repeats `record` behind its bytes; none
/// when it says something else.
///
/// # Errors
/// When the file cannot be read.
pub fn descriptor(file: &mut (impl Read + Seek), at: u64, record: &Record) -> io::Result<Option<u64>> {
    file.seek(SeekFrom::Start(at))?;
    let mut found = Vec::with_capacity(24);
    file.take(24).read_to_end(&mut found)?;
    let forms = [true, false].into_iter().flat_map(|signed| [true, false].map(|wide| (signed, wide)));
    for (signed, wide) in forms {
        let mut wanted = if signed { b"PK\x07\x08".to_vec() } else { Vec::new() };
        wanted.extend(record.crc.to_le_bytes());
        for size in [record.packed, record.unpacked] {
            let bytes = size.to_le_bytes();
            wanted.extend(if wide { &bytes[..] } else { &bytes[..4] });
        }
        if found.starts_with(&wanted) {
            return Ok(Some(wanted.len() as u64));
        }
    }
    Ok(None)
}

/// Date and time as DOS has them: years from 1980 in the upper seven bits, months and days from 1 in four and
/// five; hours, minutes and pairs of seconds. A date that is none has nothing but its year.
fn time(date: u16, time: u16) -> Option<Timestamp> {
    let part = |of: u16, shift: u16, bits: u16| i8::try_from((of >> shift) & ((1 << bits) - 1)).ok();
    let year = i16::try_from(1980 + (date >> 9)).ok().filter(|_| date != 0)?;
    let day = Date::new(year, part(date, 5, 4)?, part(date, 0, 5)?).or_else(|_| Date::new(year, 1, 1)).ok()?;
    let clock = Time::new(part(time, 11, 5)?, part(time, 5, 6)?, part(time, 0, 5)? * 2, 0).unwrap_or(Time::midnight());
    Some(day.to_datetime(clock).to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn bytes(file: &mut (impl Read + Seek), at: u64, length: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

fn take(reader: &mut impl Read, length: u16) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length.into()];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// The little-endian number at `at`; zero where there are no bytes.
fn number<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut number = [0; N];
    for (to, from) in number.iter_mut().zip(bytes.iter().skip(at)) {
        *to = *from;
    }
    number
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(number(bytes, at))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(number(bytes, at))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(number(bytes, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_that_of_dos() {
        let at = |date, clock| time(date, clock).map(|time| time.to_string());
        let date = (2026 - 1980) << 9 | 11 << 5 | 22;
        assert_eq!(at(date, 23 << 11 | 59 << 5 | 29).as_deref(), Some("2026-11-22T23:59:58Z"));
        assert_eq!(at(date, u16::MAX).as_deref(), Some("2026-11-22T00:00:00Z"), "an hour that is none");
        assert_eq!(at((2026 - 1980) << 9, 0).as_deref(), Some("2026-01-01T00:00:00Z"), "a day that is none");
        assert_eq!(at(0, 0), None);
    }
}
