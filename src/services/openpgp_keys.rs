// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Public keys: the manager's own as a text, and whose keys a KEYS file holds.

use std::path::Path;

use gpgme::{Context, ExportMode, Protocol};

use super::OpenPgp;

/// Why a public key could not be exported, or a KEYS file not be read.
#[derive(Debug, thiserror::Error)]
pub enum OpenPgpKeysError {
    /// GnuPG did not do it.
    #[error("GnuPG could not {doing}")]
    GnuPg {
        /// "export key …".
        doing: String,
        /// What it said.
        #[source]
        source: gpgme::Error,
    },
    /// There is no such key.
    #[error("there is no key {fingerprint} in the GnuPG home")]
    NoKey {
        /// Its fingerprint.
        fingerprint: String,
    },
    /// The directory to read keys in could not be made.
    #[error("a temporary GnuPG home could not be made")]
    Home(#[source] std::io::Error),
}

impl OpenPgp {
    /// The key's full fingerprint.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The key's public part, armored.
    ///
    /// # Errors
    /// When the home has no such key, or GnuPG fails.
    pub fn export_armored(&self) -> Result<String, OpenPgpKeysError> {
        let fingerprint = self.fingerprint.as_str();
        let fail = |source| OpenPgpKeysError::GnuPg { doing: format!("export key {fingerprint}"), source };
        let mut context = context(self.home.as_deref()).map_err(fail)?;
        context.set_armor(true);
        let mut block = Vec::new();
        context.export([fingerprint], ExportMode::empty(), &mut block).map_err(fail)?;
        let block = String::from_utf8_lossy(&block).into_owned();
        if block.is_empty() {
            return Err(OpenPgpKeysError::NoKey { fingerprint: fingerprint.to_owned() });
        }
        Ok(block)
    }

    /// The fingerprints of all primary keys and subkeys in `keys`, the text of a
    /// KEYS file: armored blocks with free text between them.
    ///
    /// # Errors
    /// When GnuPG cannot read the blocks; one broken block spoils them all.
    pub fn fingerprints_in(keys: &str) -> Result<Vec<String>, OpenPgpKeysError> {
        if !keys.contains("-----BEGIN PGP PUBLIC KEY BLOCK-----") {
            return Ok(Vec::new());
        }
        let home = tempfile::Builder::new().prefix("q").tempdir().map_err(OpenPgpKeysError::Home)?;
        let fail = |source| OpenPgpKeysError::GnuPg { doing: "read the keys of KEYS".to_owned(), source };
        let mut context = context(Some(home.path())).map_err(fail)?;
        context.set_offline(true);
        let mut fingerprints = Vec::new();
        for key in context.read_keys(keys.as_bytes()).map_err(fail)? {
            let key = key.map_err(fail)?;
            fingerprints.extend(key.subkeys().filter_map(|part| part.fingerprint().ok().map(str::to_owned)));
        }
        Ok(fingerprints)
    }
}

fn context(home: Option<&Path>) -> gpgme::Result<Context> {
    let mut context = Context::from_protocol(Protocol::OpenPgp)?;
    if let Some(home) = home {
        context.set_engine_home_dir(home.to_string_lossy().as_ref())?;
    }
    Ok(context)
}
