// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The keys of a KEYS file, in a home of their own: what is verified against
//! them says what anybody sees who has only that file.

use std::path::Path;

use gpgme::{Context, Data};
use tempfile::TempDir;

use super::session::{open_file, verify};
use super::{KeyDescription, OpenPgp, OpenPgpError, Verdict, home};

const BEGIN: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
const END: &str = "-----END PGP PUBLIC KEY BLOCK-----";

/// The keys of a KEYS file.
pub struct Keyring {
    context: Context,
    directory: TempDir,
}

impl Keyring {
    /// Of `text`: armored blocks with free text before, between and after them.
    ///
    /// # Errors
    /// When a block is damaged, or GnuPG does not work.
    pub fn new(text: &str) -> Result<Self, OpenPgpError> {
        // Directly under /tmp where there is one, since the agent's socket needs a short path.
        let short = Path::new("/tmp");
        let builder = tempfile::Builder::new().prefix("keys-").to_owned();
        let directory = if short.is_dir() { builder.tempdir_in(short) } else { builder.tempdir() }
            .map_err(|error| OpenPgpError::Home { path: short.to_owned(), why: error.to_string() })?;
        let mut context = home::open(Some(directory.path()))?;
        context.set_offline(true);
        let mut keyring = Self { context, directory };
        keyring.import(text)?;
        Ok(keyring)
    }

    /// Its keys.
    ///
    /// # Errors
    /// When GnuPG does not list them.
    pub fn keys(&mut self) -> Result<Vec<KeyDescription>, OpenPgpError> {
        let engine = |source| OpenPgpError::Engine { doing: "list keys", source };
        let mut keys = Vec::new();
        for key in self.context.keys().map_err(engine)? {
            keys.extend(KeyDescription::of(&key.map_err(engine)?));
        }
        Ok(keys)
    }

    /// What `signature` is worth for one who has only these keys, as one over
    /// the file at `path`.
    ///
    /// # Errors
    /// When the file cannot be read, or GnuPG could not tell.
    pub fn verify_file(&mut self, signature: &str, path: &Path) -> Result<Verdict, OpenPgpError> {
        let file = open_file(path)?;
        let data = Data::from_fd(&file).map_err(|source| OpenPgpError::Engine { doing: "verify", source })?;
        verify(&mut self.context, signature.as_bytes(), data, |_| true)
    }

    /// All blocks at once; one by one only to find the damaged one.
    fn import(&mut self, text: &str) -> Result<(), OpenPgpError> {
        let blocks = blocks(text);
        let whole: String = blocks.iter().map(|(_, block)| format!("{block}\n\n")).collect();
        if blocks.is_empty() || self.import_block(&whole) {
            return Ok(());
        }
        for (line, block) in blocks {
            if !self.import_block(block) {
                return Err(OpenPgpError::DamagedKeys { line });
            }
        }
        Ok(())
    }

    fn import_block(&mut self, block: &str) -> bool {
        // Keys that GnuPG passes over (too old, without a user id) are no damage.
        self.context
            .import(block.as_bytes())
            .is_ok_and(|result| result.considered() > 0 || result.skipped_v3_keys() > 0)
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        // Verifying and importing start an agent, too; without one there is nothing to end.
        let _ = OpenPgp::stop_agent(self.directory.path());
    }
}

/// Each armored block with the line, from 1, that it begins in. A block
/// without its end goes on to the next beginning.
fn blocks(text: &str) -> Vec<(usize, &str)> {
    let mut blocks = Vec::new();
    let starts: Vec<usize> = text.match_indices(BEGIN).map(|(at, _)| at).collect();
    for (number, start) in starts.iter().enumerate() {
        let limit = starts.get(number + 1).copied().unwrap_or(text.len());
        let block = &text[*start..limit];
        let block = block.find(END).map_or(block, |end| &block[..end + END.len()]);
        blocks.push((text[..*start].matches('\n').count() + 1, block));
    }
    blocks
}
