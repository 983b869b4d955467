// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! OpenPGP signatures by GnuPG's agent, through gpgme.

use std::path::PathBuf;

use super::Effects;

/// One signing key, by its full fingerprint.
#[derive(Debug)]
pub struct OpenPgp {
    pub(super) home: Option<PathBuf>,
    pub(super) fingerprint: String,
    effects: Effects,
}

impl OpenPgp {
    /// The key `fingerprint` (40 hexadecimal digits) in the GnuPG home `home`, or
    /// in the user's own where that is `None`.
    pub fn new(home: Option<PathBuf>, fingerprint: impl Into<String>, effects: Effects) -> Self {
        Self { home, fingerprint: fingerprint.into(), effects }
    }
}
