// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! One pass over an artifact, which makes every digest that checksums and signatures ask
//! for. A signature by SHA-512 shares its hash state with the checksum.

use std::io::{self, Read};

use sequoia_openpgp::crypto::hash::Context;
use sequoia_openpgp::packet::Signature;
use sequoia_openpgp::types::HashAlgorithm;

use super::{Hashing, SignatureFile};
use crate::release::Sha512;

/// The size of each read; larger ones are no faster.
const BUFFER_BYTES: usize = 128 * 1024;

/// What one pass over a file came to.
pub struct Reading {
    bytes: u64,
    sha512: Sha512,
    sha256: Option<String>,
    sha1: Option<String>,
    md5: Option<String>,
    states: Vec<Hashing>,
}

impl Reading {
    /// Reads all of `file` once, for its SHA-512 and for each signature of `signatures`;
    /// for its other digests where `further` says so. Memory does not grow with the file.
    ///
    /// # Errors
    /// When reading fails.
    pub fn of(mut file: impl Read, signatures: Option<&SignatureFile>, further: FurtherDigests) -> io::Result<Self> {
        let mut states = states(signatures, further);
        let mut buffer = vec![0; BUFFER_BYTES];
        let mut bytes = 0;
        loop {
            let read = match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            bytes += read as u64;
            states.iter_mut().for_each(|state| state.update(&buffer[..read]));
        }
        let digest = |algorithm| {
            let state = states.iter().find(|state| state.is_plain(algorithm))?;
            state.context().into_digest().ok()
        };
        let sha512 = digest(HashAlgorithm::SHA512).as_deref().and_then(Sha512::from_bytes);
        let sha512 = sha512.ok_or_else(|| io::Error::other("SHA-512 is not to be had"))?;
        let sha256 = digest(HashAlgorithm::SHA256).map(|bytes| hexadecimal(&bytes));
        let sha1 = digest(HashAlgorithm::SHA1).map(|bytes| hexadecimal(&bytes));
        let md5 = digest(HashAlgorithm::MD5).map(|bytes| hexadecimal(&bytes));
        Ok(Self { bytes, sha512, sha256, sha1, md5, states })
    }

    /// How many bytes the file has.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The file's SHA-512.
    pub fn sha512(&self) -> &Sha512 {
        &self.sha512
    }

    /// The file's SHA-256 as 64 lower-case digits, where it was asked for.
    pub fn sha256(&self) -> Option<&str> {
        self.sha256.as_deref()
    }

    /// The file's SHA-1 as 40 lower-case digits, where it was asked for.
    pub fn sha1(&self) -> Option<&str> {
        self.sha1.as_deref()
    }

    /// The file's MD5 as 32 lower-case digits, where it was asked for.
    pub fn md5(&self) -> Option<&str> {
        self.md5.as_deref()
    }

    /// The hash state that `signature` is made over; `None` where the signature was not
    /// known when the file was read, or its hash is not known here.
    pub(super) fn state_for(&self, signature: &Signature) -> Option<Context> {
        self.states.iter().find(|state| state.serves(signature)).map(Hashing::context)
    }
}

/// Which digests are wanted beside SHA-512: those that there is a file to hold against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FurtherDigests {
    /// For a `.sha256`.
    pub sha256: bool,
    /// For a `.sha1`, which Maven makes.
    pub sha1: bool,
    /// For a `.md5`, which Maven makes too.
    pub md5: bool,
}

fn states(signatures: Option<&SignatureFile>, further: FurtherDigests) -> Vec<Hashing> {
    let mut states = Vec::new();
    states.extend(Hashing::plain(HashAlgorithm::SHA512));
    if further.sha256 {
        states.extend(Hashing::plain(HashAlgorithm::SHA256));
    }
    if further.sha1 {
        states.extend(Hashing::plain(HashAlgorithm::SHA1));
    }
    if further.md5 {
        states.extend(Hashing::plain(HashAlgorithm::MD5));
    }
    for signature in signatures.into_iter().flat_map(SignatureFile::signatures) {
        if !states.iter().any(|state| state.serves(signature)) {
            states.extend(Hashing::for_signature(signature));
        }
    }
    states
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
