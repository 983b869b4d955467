// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! SHA-512 digests of files.

use std::fmt::Write as _;
use std::io::{self, Read};

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

/// A SHA-512 digest as 128 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sha512(String);

/// A file of a candidate, bound to its bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileDigest {
    /// The name, without a directory.
    pub name: String,
    /// The size in bytes.
    pub bytes: u64,
    /// The digest.
    pub sha512: Sha512,
}

impl Sha512 {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_output(&sha2::Sha512::digest(bytes))
    }

    /// The digest of all that `reader` yields, with the count of bytes.
    ///
    /// # Errors
    /// When reading fails.
    pub fn of_reader(mut reader: impl Read) -> io::Result<(Self, u64)> {
        let mut hasher = sha2::Sha512::new();
        let mut buffer = vec![0; 128 * 1024];
        let mut bytes = 0;
        loop {
            match reader.read(&mut buffer)? {
                0 => return Ok((Self::from_output(&hasher.finalize()), bytes)),
                read => {
                    hasher.update(&buffer[..read]);
                    bytes += read as u64;
                }
            }
        }
    }

    /// The digest that these 64 bytes are; `None` for any other number.
    pub fn from_bytes(digest: &[u8]) -> Option<Self> {
        (digest.len() == 64).then(|| Self::from_output(digest))
    }

    /// The digest that these 128 digits say, in any case; `None` for anything else.
    pub fn from_digits(digits: &str) -> Option<Self> {
        let fits = digits.len() == 128 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        fits.then(|| Self(digits.to_ascii_lowercase()))
    }

    /// The 128 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn from_output(output: &[u8]) -> Self {
        let mut text = String::with_capacity(128);
        for byte in output {
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }
}

impl std::fmt::Display for Sha512 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
