// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is around a tar: gzip in one or several members, or xz.

use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use flate2::bufread::GzDecoder;
use lzma_rust2::XzReader;

use super::ArchiveKind;
use super::limits::{Counts, Packed};

/// How much is read from the file at once.
const BUFFER: usize = 256 * 1024;

/// What each member of a gzip begins with.
const GZIP_MAGIC: u8 = 0x1f;

/// How much memory the window of an xz may take; `xz -9` takes 65 MiB.
const XZ_MEMORY_KIB: u32 = 200 * 1024;

/// The bytes in a compressed file. After an error it is not read again.
pub enum Decompressed<R: Read> {
    /// Not compressed at all.
    Plain(BufReader<Packed<R>>),
    /// gzip.
    Gzip(Box<GzDecoder<BufReader<Packed<R>>>>),
    /// xz.
    Xz(Box<XzReader<BufReader<Packed<R>>>>),
    /// After the last member of a gzip.
    Ended(BufReader<Packed<R>>),
    /// Broken.
    Broken,
}

impl<R: Read> Decompressed<R> {
    /// Of a file without compression.
    pub fn plain(file: R, counts: &Rc<Counts>) -> Self {
        Self::Plain(buffered(file, counts))
    }

    /// Of a gzip.
    pub fn gzip(file: R, counts: &Rc<Counts>) -> Self {
        Self::Gzip(Box::new(GzDecoder::new(buffered(file, counts))))
    }

    /// Of an xz.
    pub fn xz(file: R, counts: &Rc<Counts>) -> Self {
        Self::Xz(Box::new(XzReader::new_mem_limit(buffered(file, counts), true, XZ_MEMORY_KIB)))
    }

    /// Whether bytes are left in the file behind the end of what was compressed.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn has_more(&mut self) -> io::Result<bool> {
        match self {
            Self::Plain(file) | Self::Ended(file) => file.fill_buf().map(|rest| !rest.is_empty()),
            Self::Gzip(gzip) => gzip.get_mut().fill_buf().map(|rest| !rest.is_empty()),
            Self::Xz(xz) => xz.inner_mut().fill_buf().map(|rest| !rest.is_empty()),
            Self::Broken => Ok(false),
        }
    }

    /// Reads from a gzip: where a member ends another begins, or what is no gzip.
    fn read_gzip(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Self::Gzip(member) = self else { return Ok(0) };
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let Self::Gzip(member) = std::mem::replace(self, Self::Broken) else { return Ok(0) };
            let mut file = member.into_inner();
            *self = match file.fill_buf()?.first() {
                Some(&GZIP_MAGIC) => Self::Gzip(Box::new(GzDecoder::new(file))),
                _ => Self::Ended(file),
            };
        }
    }
}

/// What is compressed in `bytes`, a gzip or xz, if it has at most `most` bytes.
///
/// # Errors
/// When it cannot be read, or has more.
pub fn unpacked(kind: ArchiveKind, bytes: &[u8], most: u64) -> io::Result<Vec<u8>> {
    let counts = Rc::default();
    let mut reader = match kind {
        ArchiveKind::TarGz => Decompressed::gzip(bytes, &counts),
        ArchiveKind::TarXz => Decompressed::xz(bytes, &counts),
        ArchiveKind::Tar | ArchiveKind::Zip => Decompressed::plain(bytes, &counts),
    };
    let mut unpacked = Vec::new();
    reader.by_ref().take(most.saturating_add(1)).read_to_end(&mut unpacked)?;
    if unpacked.len() as u64 > most {
        return Err(io::Error::other(format!("it has more than {most} bytes")));
    }
    if reader.has_more()? { Err(io::Error::other("there is something after its end")) } else { Ok(unpacked) }
}

fn buffered<R: Read>(file: R, counts: &Rc<Counts>) -> BufReader<Packed<R>> {
    BufReader::with_capacity(BUFFER, Packed::new(file, Rc::clone(counts)))
}

impl<R: Read> Read for Decompressed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match self {
            Self::Plain(file) => file.read(buffer),
            Self::Gzip(_) => self.read_gzip(buffer),
            Self::Ended(_) => Ok(0),
            Self::Xz(xz) => xz.read(buffer),
            Self::Broken => return Err(io::Error::other("it is broken")),
        };
        if read.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::Interrupted) {
            *self = Self::Broken;
        }
        read
    }
}
