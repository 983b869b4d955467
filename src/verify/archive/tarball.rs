// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The entries of a tar: ustar, GNU's long names and pax headers. What makes two
//! programs read it differently (a pax size, sparse files, links with bytes, two pax
//! headers of one entry) is refused.

use std::io::{self, Read};

use percent_encoding::percent_decode;
use tar::{Archive, EntryType, Header};

use super::faults::printable;
use super::safety::PathBook;
use super::{Entry, EntryKind, Faults, SAFE, Visitor, WHOLE};

/// How long a long name or a pax header may be.
const EXTENSION_BYTES: u64 = 256 * 1024;

/// The pax records by which GNU and BSD tar make a program mightier than who runs it; BSD's decodes `%2E` in them.
const CAPABILITIES: [&[u8]; 2] = [b"SCHILY.xattr.security.capability", b"LIBARCHIVE.xattr.security.capability"];

/// The pax records by which star, Solaris' and GNU's tar say that an entry is sparse: who knows
/// them unpacks other bytes than who does not.
const SPARSE: [&[u8]; 3] = [b"GNU.sparse", b"SCHILY.realsize", b"SUN.holesdata"];

/// The other pax records that change no bytes and no path: times, owners, the word of a commit, and,
/// by how they begin, what programs keep of a file's attributes.
const HARMLESS: [&[u8]; 18] = [
    b"mtime",
    b"atime",
    b"ctime",
    b"uid",
    b"gid",
    b"uname",
    b"gname",
    b"comment",
    b"charset",
    b"hdrcharset",
    b"LIBARCHIVE.",
    b"SCHILY.acl.",
    b"SCHILY.dev",
    b"SCHILY.fflags",
    b"SCHILY.ino",
    b"SCHILY.nlink",
    b"SCHILY.xattr.",
    b"RHT.",
];

/// What headers said about the entry after them.
#[derive(Debug, Default)]
struct Ahead {
    /// Whether a pax header was among them.
    pax: bool,
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    capabilities: bool,
}

impl Ahead {
    /// Whether anything was said of an entry that is still to come.
    fn is_begun(&self) -> bool {
        self.pax || self.path.is_some() || self.link.is_some()
    }
}

/// Remembers whether the end of the bytes was seen.
struct Ends<R> {
    inner: R,
    seen: bool,
}

/// Walks over the tar in `reader`, to the end of its bytes; gives the reader back.
///
/// # Errors
/// When it cannot be read.
pub fn walk<R: Read>(
    reader: R,
    book: &mut PathBook<'_>,
    visitor: &mut dyn Visitor,
    faults: &mut Faults,
) -> io::Result<R> {
    let mut archive = Archive::new(Ends { inner: reader, seen: false });
    let mut ahead = Ahead::default();
    for member in archive.entries()?.raw(true) {
        let mut member = member?;
        let kind = member.header().entry_type();
        if extends(kind) {
            read_ahead(kind, &mut member, &mut ahead, faults)?;
            continue;
        }
        let entry = described(member.header(), std::mem::take(&mut ahead), faults)?;
        if !book.check(&entry, faults) {
            return Err(io::Error::other("too many entries"));
        }
        // GNU tar reads the bytes of a link as the next entries, others write them through it
        if entry.kind != EntryKind::File && entry.size > 0 {
            faults.fail(WHOLE, &entry.path, format!("it is no file, yet has {} bytes", entry.size));
        }
        visitor.entry(&entry, &mut member, faults)?;
    }
    if ahead.is_begun() {
        faults.fail(WHOLE, "", "it ends with a header for an entry that does not come");
    }
    let Ends { mut inner, seen } = archive.into_inner();
    if seen {
        faults.fail(WHOLE, "", "it is cut off: the tar has no end marker");
    } else {
        ended(&mut inner, faults)?;
    }
    Ok(inner)
}

/// Reads what is after the first block of the end marker: a second one, then zeros.
fn ended(reader: &mut impl Read, faults: &mut Faults) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    let (mut length, mut garbage) = (0, false);
    loop {
        match reader.read(&mut buffer)? {
            0 => break,
            read => {
                length += read as u64;
                garbage |= buffer[..read].iter().any(|byte| *byte != 0);
            }
        }
    }
    if garbage {
        faults.fail(WHOLE, "", "there is something after the end of the tar");
    } else if length < 512 {
        faults.fail(WHOLE, "", "it is cut off within the end marker of the tar");
    }
    Ok(())
}

fn extends(kind: EntryType) -> bool {
    kind.is_gnu_longname()
        || kind.is_gnu_longlink()
        || kind.is_pax_local_extensions()
        || kind.is_pax_global_extensions()
}

/// Reads a header that is about the entry after it.
fn read_ahead(kind: EntryType, member: &mut impl Read, ahead: &mut Ahead, faults: &mut Faults) -> io::Result<()> {
    let mut bytes = Vec::new();
    member.take(EXTENSION_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > EXTENSION_BYTES {
        return Err(io::Error::other(format!("a name or pax header is longer than {EXTENSION_BYTES} bytes")));
    }
    let name = || bytes.strip_suffix(b"\0").unwrap_or(&bytes).to_vec();
    if kind.is_gnu_longname() {
        twice(ahead.path.replace(name()).is_some(), faults);
    } else if kind.is_gnu_longlink() {
        twice(ahead.link.replace(name()).is_some(), faults);
    } else if kind.is_pax_local_extensions() {
        // some programs go by both, others by the second alone
        if std::mem::replace(&mut ahead.pax, true) {
            faults.fail(WHOLE, "", "an entry has two pax headers");
        }
        pax(&bytes, ahead, faults);
    } else {
        if ahead.is_begun() {
            faults.fail(WHOLE, "", "a global pax header stands between an entry and what is said of it");
        }
        // git writes the commit here; a path or size for all entries is a trick
        let mut global = Ahead::default();
        pax(&bytes, &mut global, faults);
        if global.path.is_some() || global.link.is_some() || global.size.is_some() {
            faults.fail(WHOLE, "", "a global pax header sets the path or size of entries");
        }
        if global.capabilities {
            faults.fail(SAFE, "", "a global pax header gives capabilities to entries");
        }
    }
    Ok(())
}

fn twice(is: bool, faults: &mut Faults) {
    if is {
        faults.fail(WHOLE, "", "an entry's name is given twice");
    }
}

/// The records of a pax header: `LENGTH KEY=VALUE\n` each.
fn pax(mut bytes: &[u8], ahead: &mut Ahead, faults: &mut Faults) {
    while !bytes.is_empty() {
        let Some((key, value, rest)) = pax_record(bytes) else {
            faults.fail(WHOLE, "", "a pax header is malformed");
            return;
        };
        bytes = rest;
        if key.is_empty() || key.iter().any(|byte| byte.is_ascii_control() || *byte == b' ') {
            faults.fail(WHOLE, "", "a pax header has a key that programs read differently");
            return;
        }
        match key {
            b"path" => twice(ahead.path.replace(value.to_vec()).is_some(), faults),
            b"linkpath" => twice(ahead.link.replace(value.to_vec()).is_some(), faults),
            b"size" => {
                let size = std::str::from_utf8(value).ok().and_then(|size| size.parse().ok());
                // what cannot be read agrees with no header
                if ahead.size.replace(size.unwrap_or(u64::MAX)).is_some() {
                    faults.fail(WHOLE, "", "an entry's size is given twice");
                }
            }
            _ if CAPABILITIES.contains(&&*percent_decode(key).collect::<Vec<u8>>()) => ahead.capabilities = true,
            _ if SPARSE.iter().any(|begin| key.starts_with(begin)) => {
                faults.fail(WHOLE, "", "it holds a sparse file, which is not read")
            }
            _ if HARMLESS.iter().any(|known| key == *known || known.ends_with(b".") && key.starts_with(known)) => {}
            _ => {
                let key = printable(&String::from_utf8_lossy(key));
                faults.warn(WHOLE, "", format!("a pax header says `{key}`, which programs may read differently"));
            }
        }
    }
}

fn pax_record(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = bytes.iter().take(20).position(|byte| *byte == b' ')?;
    let length = &bytes[..space];
    if !length.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let length: usize = std::str::from_utf8(length).ok()?.parse().ok()?;
    let record = bytes.get(space + 1..length)?.strip_suffix(b"\n")?;
    let equals = record.iter().position(|byte| *byte == b'=')?;
    Some((&record[..equals], &record[equals + 1..], &bytes[length..]))
}

/// What of a header programs read differently, where it is one that none writes.
fn ambiguous(header: &Header) -> Option<&'static str> {
    let bytes = header.as_bytes();
    let (magic, prefix) = (&bytes[257..265], &bytes[345..500]);
    // of GNU's headers the times of an incremental archive stand there, in digits
    let of_gnu = prefix.iter().all(|byte| matches!(byte, b'0'..=b'7' | b' ' | 0));
    let known = match magic {
        b"ustar\x0000" => true,
        b"ustar  \0" => of_gnu,
        [0, 0, 0, 0, 0, 0, 0, 0] => prefix.iter().all(|byte| *byte == 0),
        _ => false,
    };
    if !known {
        return Some("its header is of a form in which programs find different names");
    }
    let size = &bytes[124..136];
    let octal = size.iter().all(|byte| matches!(byte, b'0'..=b'7' | b' ' | 0));
    // eight bytes of a number in binary are read, and by some programs more
    let binary = size[0] == 0x80 && size[1..4] == [0, 0, 0];
    (!octal && !binary).then_some("its header has a size that programs read differently")
}

/// The entry that a header describes.
fn described(header: &Header, ahead: Ahead, faults: &mut Faults) -> io::Result<Entry> {
    let own = header.path_bytes().ends_with(b"/");
    let path = text(ahead.path.as_deref().unwrap_or(&header.path_bytes()), faults);
    if let Some(why) = ambiguous(header) {
        faults.fail(WHOLE, &path, why);
    }
    // Of the old form, a file is a directory to those who go by the header's own name, and its
    // bytes are then the next entries.
    if own && header.as_bytes()[156] == 0 && !path.ends_with('/') {
        faults.fail(WHOLE, &path, "by its header's own name it is a directory, by what is said of it a file");
    }
    let size = header.entry_size()?;
    if ahead.size.is_some_and(|pax| pax != size) {
        faults.fail(WHOLE, &path, "its pax header gives another size than its header");
    }
    if ahead.capabilities {
        faults.fail(SAFE, &path, "its pax header gives it capabilities, which is as setuid");
    }
    let link = || header.link_name_bytes().map(std::borrow::Cow::into_owned);
    let mut target = || text(&ahead.link.clone().or_else(link).unwrap_or_default(), faults);
    let kind = match header.entry_type() {
        EntryType::Regular | EntryType::Continuous if path.ends_with('/') => EntryKind::Directory,
        EntryType::Regular | EntryType::Continuous => EntryKind::File,
        EntryType::Directory => EntryKind::Directory,
        EntryType::Symlink => EntryKind::Symlink(target()),
        EntryType::Link => EntryKind::HardLink(target()),
        EntryType::Char => EntryKind::Special("character device"),
        EntryType::Block => EntryKind::Special("block device"),
        EntryType::Fifo => EntryKind::Special("fifo"),
        EntryType::GNUSparse => return Err(io::Error::other("it holds a sparse file, which is not read")),
        _ => EntryKind::Special("entry of an unknown type"),
    };
    let seconds = header.mtime().ok().and_then(|seconds| i64::try_from(seconds).ok());
    let time = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    Ok(Entry { path, kind, size, mode: Some(header.mode()?), time })
}

/// A name as text; a name in another encoding is said to be one.
fn text(bytes: &[u8], faults: &mut Faults) -> String {
    let text = String::from_utf8_lossy(bytes).into_owned();
    if std::str::from_utf8(bytes).is_err() {
        faults.fail(SAFE, &text, "its name is no UTF-8");
    }
    text
}

impl<R: Read> Read for Ends<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.seen |= read == 0 && !buffer.is_empty();
        Ok(read)
    }
}
