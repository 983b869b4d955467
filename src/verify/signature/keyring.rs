// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The keys that signatures are held against: those of a KEYS file and no others.

use std::collections::BTreeMap;

use sequoia_openpgp::{Cert, KeyHandle, KeyID};

use super::{KeyFault, KeysFile};

/// The keys that signatures are held against.
#[derive(Debug, Clone)]
pub struct KeyRing {
    certificates: Vec<Cert>,
    /// Which certificates have a key with this id.
    by_key_id: BTreeMap<KeyID, Vec<usize>>,
    faults: Vec<KeyFault>,
}

/// Why a KEYS file gives no keys at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// It has no armored block.
    #[error("no public key block in it")]
    NoBlock,
    /// None of its blocks can be read.
    #[error("none of its keys can be read: line {}: {}", .0.line, .0.why)]
    NoKey(KeyFault),
}

impl KeyRing {
    /// Reads a whole KEYS file. A key that is there several times is merged into one; what
    /// cannot be read is kept as a fault and takes nothing else with it.
    ///
    /// # Errors
    /// When no key at all comes of it.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeysError> {
        let file = KeysFile::read(bytes);
        if file.keys.is_empty() {
            return Err(file.faults.into_iter().next().map_or(KeysError::NoBlock, KeysError::NoKey));
        }
        Ok(Self::new(file.keys.into_iter().map(|key| key.certificate).collect(), file.faults))
    }

    fn new(certificates: Vec<Cert>, faults: Vec<KeyFault>) -> Self {
        let mut by_key_id: BTreeMap<KeyID, Vec<usize>> = BTreeMap::new();
        for (index, certificate) in certificates.iter().enumerate() {
            for key in certificate.keys() {
                let holders = by_key_id.entry(key.key().keyid()).or_default();
                if holders.last() != Some(&index) {
                    holders.push(index);
                }
            }
        }
        Self { certificates, by_key_id, faults }
    }

    /// How many keys there are, each with its subkeys counted once.
    pub fn len(&self) -> usize {
        self.certificates.len()
    }

    /// Whether there is no key; never so for what `parse` returned.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// The parts of the file that gave no key.
    pub fn faults(&self) -> &[KeyFault] {
        &self.faults
    }

    /// The fingerprints of the primary keys, in upper-case digits, sorted.
    pub fn fingerprints(&self) -> Vec<String> {
        let mut all: Vec<_> = self.certificates.iter().map(|each| each.fingerprint().to_hex()).collect();
        all.sort();
        all
    }

    /// The certificates that may hold the key of one of `issuers`.
    pub(super) fn holding(&self, issuers: &[KeyHandle]) -> Vec<&Cert> {
        let mut indices: Vec<usize> =
            issuers.iter().filter_map(|issuer| self.by_key_id.get(&KeyID::from(issuer))).flatten().copied().collect();
        indices.sort_unstable();
        indices.dedup();
        indices.into_iter().map(|index| &self.certificates[index]).collect()
    }
}
