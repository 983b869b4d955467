// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How much an archive may hold, and the reader that stops when it holds more.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};
use std::rc::Rc;

/// What an archive may hold at most. The default lets any release through and stops a bomb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes in all, unpacked.
    pub total_bytes: u64,
    /// Bytes of one entry, unpacked.
    pub entry_bytes: u64,
    /// Entries.
    pub entries: u64,
    /// Bytes unpacked for each packed byte; counted from `RATIO_FROM` bytes on.
    pub ratio: u64,
    /// Directories below each other.
    pub depth: usize,
    /// Archives in each other.
    pub nesting: usize,
}

/// From how many unpacked bytes on the ratio counts: below, nobody is harmed.
pub const RATIO_FROM: u64 = 64 * 1024 * 1024;

/// How it is said that an archive is a bomb.
pub const GROWS: &str = "it grows more than";

impl Default for Limits {
    fn default() -> Self {
        const GIB: u64 = 1024 * 1024 * 1024;
        Self { total_bytes: 16 * GIB, entry_bytes: 8 * GIB, entries: 500_000, ratio: 250, depth: 100, nesting: 8 }
    }
}

/// What is counted while an archive is read, and which limit was passed, if one was.
#[derive(Debug, Default)]
pub struct Counts {
    /// Bytes read from the file.
    pub packed: Cell<u64>,
    /// Bytes that came out.
    pub unpacked: Cell<u64>,
    /// Which limit was passed.
    pub exceeded: RefCell<Option<String>>,
}

/// A reader that counts what it is read for.
pub struct Packed<R> {
    inner: R,
    counts: Rc<Counts>,
}

/// A reader of what is unpacked that stops at the limits.
pub struct Unpacked<R> {
    inner: R,
    counts: Rc<Counts>,
    limits: Limits,
}

impl Counts {
    /// Counts `more` unpacked bytes.
    ///
    /// # Errors
    /// When that is more than may be.
    pub fn unpack(&self, more: u64, limits: &Limits) -> io::Result<()> {
        let unpacked = self.unpacked.get().saturating_add(more);
        self.unpacked.set(unpacked);
        let ratio = unpacked / self.packed.get().max(1);
        if unpacked > limits.total_bytes {
            Err(self.exceed(format!("it holds more than {} bytes in all, the limit", limits.total_bytes)))
        } else if unpacked > RATIO_FROM && ratio > limits.ratio {
            Err(self.exceed(format!("{GROWS} {} times when it is unpacked, the limit", limits.ratio)))
        } else {
            Ok(())
        }
    }

    /// Records that a limit was passed, and gives the error that ends the reading.
    pub fn exceed(&self, what: String) -> io::Error {
        self.exceeded.borrow_mut().get_or_insert(what);
        io::Error::other("a limit was passed")
    }
}

impl<R> Packed<R> {
    /// Counts in `counts` what is read from `inner`.
    pub fn new(inner: R, counts: Rc<Counts>) -> Self {
        Self { inner, counts }
    }
}

impl<R> Unpacked<R> {
    /// Stops reading from `inner` at the limits.
    pub fn new(inner: R, counts: Rc<Counts>, limits: Limits) -> Self {
        Self { inner, counts, limits }
    }

    /// The reader below.
    pub fn into_inner(self) -> R {
        self.inner
    }
}

impl<R: Read> Read for Packed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.counts.packed.set(self.counts.packed.get().saturating_add(read as u64));
        Ok(read)
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.counts.unpack(read as u64, &self.limits)?;
        Ok(read)
    }
}
