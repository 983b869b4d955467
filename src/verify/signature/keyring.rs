// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The keys of a KEYS file: free text with armored blocks between, as every Apache project
//! publishes one.

use std::collections::BTreeMap;
use std::io::Read as _;

use sequoia_openpgp::armor::{Reader, ReaderMode};
use sequoia_openpgp::cert::{Cert, CertParser};
use sequoia_openpgp::parse::Parse as _;
use sequoia_openpgp::{KeyHandle, KeyID};

use crate::verify::armor::{Piece, pieces};

/// The keys that signatures are held against.
#[derive(Debug, Clone)]
pub struct KeyRing {
    certificates: Vec<Cert>,
    /// Which certificates have a key with this id.
    by_key_id: BTreeMap<KeyID, Vec<usize>>,
    faults: Vec<KeyFault>,
}

/// A part of a KEYS file that gives no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFault {
    /// The line that it begins at, from 1.
    pub line: usize,
    /// What is wrong.
    pub why: String,
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
    /// Reads a whole KEYS file. A key that is there several times is merged into one; a
    /// block that cannot be read is kept as a fault and takes nothing else with it.
    ///
    /// # Errors
    /// When no key at all comes of it.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeysError> {
        let mut certificates: BTreeMap<String, Cert> = BTreeMap::new();
        let mut faults = Vec::new();
        for piece in pieces(bytes) {
            match piece {
                Piece::Text => {}
                Piece::Broken { line, why } => faults.push(KeyFault { line, why: why.to_string() }),
                Piece::Block { label, bytes, line } => {
                    for parsed in parse_block(label, bytes) {
                        match parsed {
                            Ok(certificate) => merge(&mut certificates, certificate),
                            Err(why) => faults.push(KeyFault { line, why }),
                        }
                    }
                }
            }
        }
        if certificates.is_empty() {
            return Err(faults.into_iter().next().map_or(KeysError::NoBlock, KeysError::NoKey));
        }
        Ok(Self::new(certificates.into_values().collect(), faults))
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

fn merge(all: &mut BTreeMap<String, Cert>, certificate: Cert) {
    let fingerprint = certificate.fingerprint().to_hex();
    let merged = match all.remove(&fingerprint) {
        // the fingerprints are equal, which is all that merging can stumble over
        Some(known) => known.clone().merge_public(certificate).unwrap_or(known),
        None => certificate,
    };
    all.insert(fingerprint, merged);
}

/// The certificates of one armored block, or why there is none.
pub(in crate::verify) fn parse_block(label: &str, block: &[u8]) -> Vec<Result<Cert, String>> {
    if label != "PUBLIC KEY BLOCK" {
        return vec![Err(match label {
            "PRIVATE KEY BLOCK" => "a private key block: its owner must revoke the key at once".to_owned(),
            other => format!("a block of \"{}\" instead of a public key", other.to_lowercase()),
        })];
    }
    let mut bytes = Vec::new();
    if let Err(error) = Reader::from_bytes(block, ReaderMode::Tolerant(None)).read_to_end(&mut bytes) {
        return vec![Err(format!("the armor cannot be decoded: {error}"))];
    }
    let parser = match CertParser::from_bytes(&bytes) {
        Ok(parser) => parser,
        Err(error) => return vec![Err(format!("no key in the block: {error}"))],
    };
    let certificates: Vec<_> = parser.map(|parsed| parsed.map_err(|error| error.to_string())).collect();
    if certificates.is_empty() { vec![Err("no key in the block".to_owned())] } else { certificates }
}
