// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! OpenPGP signatures by GnuPG's agent, through gpgme.
//!
//! Keys are chosen by their full fingerprint only, since GnuPG takes addresses
//! and short ids for names too; whether a signature is good is never taken from
//! an exit code. The agent asks for passphrases, so smartcards and the user's
//! own pinentry work; only where a passphrase is given is it handed over.

mod description;
mod error;
mod home;
mod keyring;
mod session;
mod verdict;

use std::path::{Path, PathBuf};

use secrecy::SecretString;

pub use description::{KeyDescription, SubkeyDescription};
pub use error::OpenPgpError;
pub use keyring::Keyring;
pub use session::Session;
pub use verdict::Verdict;

use super::Effects;

/// One signing key, by its full fingerprint.
#[derive(Debug)]
pub struct OpenPgp {
    home: Option<PathBuf>,
    fingerprint: String,
    passphrase: Option<SecretString>,
    effects: Effects,
}

impl OpenPgp {
    /// The key `fingerprint` (40 hexadecimal digits) in the GnuPG home `home`, or
    /// in the user's own where that is `None`.
    pub fn new(home: Option<PathBuf>, fingerprint: impl Into<String>, effects: Effects) -> Self {
        let fingerprint = fingerprint.into().to_ascii_uppercase();
        Self { home, fingerprint, passphrase: None, effects }
    }

    /// The same key, with its passphrase handed to the agent where it would ask.
    #[must_use]
    pub fn with_passphrase(self, passphrase: SecretString) -> Self {
        Self { passphrase: Some(passphrase), ..self }
    }

    /// The fingerprint, in upper case.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The key in use, for several calls.
    ///
    /// # Errors
    /// When the home cannot be used.
    pub fn session(&self) -> Result<Session<'_>, OpenPgpError> {
        Session::open(self)
    }

    /// An armored detached signature over `bytes`.
    ///
    /// # Errors
    /// When the key cannot sign now, or GnuPG does not.
    pub fn sign_detached(&self, bytes: &[u8]) -> Result<String, OpenPgpError> {
        self.session()?.sign(bytes)
    }

    /// An armored detached signature over the file at `path`.
    ///
    /// # Errors
    /// As [`OpenPgp::sign_detached`], or when the file cannot be read.
    pub fn sign_file(&self, path: &Path) -> Result<String, OpenPgpError> {
        self.session()?.sign_file(path)
    }

    /// Whether `signature` is a good one over `bytes` by this key or its subkey.
    ///
    /// # Errors
    /// When the key is not in the home, or GnuPG could not tell.
    pub fn verify_by_own_key(&self, signature: &str, bytes: &[u8]) -> Result<bool, OpenPgpError> {
        Ok(self.session()?.verify(signature, bytes)?.is_good())
    }

    /// What `signature`, armored or not, is worth as one by this key over the file at `path`.
    ///
    /// # Errors
    /// As [`OpenPgp::verify_by_own_key`], or when the file cannot be read.
    pub fn verify_file(&self, signature: impl AsRef<[u8]>, path: &Path) -> Result<Verdict, OpenPgpError> {
        self.session()?.verify_file(signature.as_ref(), path)
    }

    /// The key's public block, armored, as it belongs into KEYS.
    ///
    /// # Errors
    /// When the key is not in the home.
    pub fn export_armored(&self) -> Result<String, OpenPgpError> {
        self.session()?.export_armored()
    }

    /// The key, in plain values.
    ///
    /// # Errors
    /// When it is not in the home.
    pub fn describe(&self) -> Result<KeyDescription, OpenPgpError> {
        self.session()?.describe()
    }

    /// Whether the agent signs: makes a test signature and throws it away. It may
    /// ask for the passphrase, and keeps it then for the signatures that follow.
    ///
    /// # Errors
    /// What stands in the way.
    pub fn check_agent(&self) -> Result<(), OpenPgpError> {
        self.sign_detached(b"a test\n").map(|_| ())
    }

    /// The fingerprints of all keys and subkeys in the text of a KEYS file.
    ///
    /// # Errors
    /// When a block is damaged, or GnuPG does not work.
    pub fn fingerprints_in(keys_text: &str) -> Result<Vec<String>, OpenPgpError> {
        let keys = Keyring::new(keys_text)?.keys()?;
        Ok(keys.iter().flat_map(KeyDescription::fingerprints).map(str::to_owned).collect())
    }

    fn checked_fingerprint(&self) -> Result<String, OpenPgpError> {
        let text = &self.fingerprint;
        if text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(text.clone());
        }
        Err(OpenPgpError::Fingerprint { text: text.clone() })
    }
}

#[cfg(test)]
pub(crate) mod tests;
