// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Reading a KEYS file: free text with armored blocks between, as every Apache project
//! publishes one.

use std::collections::BTreeMap;
use std::io::Read as _;

use sequoia_openpgp::armor::{Reader, ReaderMode};
use sequoia_openpgp::cert::{Cert, CertParser};
use sequoia_openpgp::packet::{Packet, Signature};
use sequoia_openpgp::parse::Parse as _;
use sequoia_openpgp::types::SignatureType;
use sequoia_openpgp::{KeyID, PacketPile};

use crate::verify::armor::{Piece, pieces};

/// A part of a KEYS file that gives no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFault {
    /// The line that it begins at, from 1.
    pub line: usize,
    /// What is wrong.
    pub why: String,
}

/// What a KEYS file holds.
#[derive(Debug, Default)]
pub(in crate::verify) struct KeysFile {
    /// Each key once, in the file's order.
    pub(in crate::verify) keys: Vec<FileKey>,
    /// The parts that give no key, in the file's order.
    pub(in crate::verify) faults: Vec<KeyFault>,
}

/// A key of a KEYS file.
#[derive(Debug)]
pub(in crate::verify) struct FileKey {
    /// The key, merged of all its occurrences.
    pub(in crate::verify) certificate: Cert,
    /// The lines at which its blocks begin.
    pub(in crate::verify) lines: Vec<usize>,
}

impl KeysFile {
    /// Reads all of the file. A key that is there several times is merged into one, a
    /// revocation that stands by itself is applied to its key, and what cannot be read
    /// is kept as a fault and takes nothing else with it.
    pub(in crate::verify) fn read(bytes: &[u8]) -> Self {
        let mut read = Self::default();
        let mut known = BTreeMap::new();
        let mut revocations = Vec::new();
        for piece in pieces(bytes) {
            let (label, block, line) = match piece {
                Piece::Text => continue,
                Piece::Broken { line, why } => {
                    read.faults.push(KeyFault { line, why: why.to_string() });
                    continue;
                }
                Piece::Block { label, bytes, line } => (label, bytes, line),
            };
            match block_contents(label, block) {
                Err(why) => read.faults.push(KeyFault { line, why }),
                Ok(Contents::Revocations(signatures)) => {
                    revocations.extend(signatures.into_iter().map(|signature| (line, signature)));
                }
                Ok(Contents::Certificates(certificates)) => {
                    for parsed in certificates {
                        match parsed {
                            Ok(certificate) => read.add(&mut known, certificate, line),
                            Err(why) => read.faults.push(KeyFault { line, why }),
                        }
                    }
                }
            }
        }
        for (line, signature) in revocations {
            read.revoke(line, signature);
        }
        read.faults.sort_by_key(|fault| fault.line);
        read
    }

    fn add(&mut self, known: &mut BTreeMap<String, usize>, certificate: Cert, line: usize) {
        let fingerprint = certificate.fingerprint().to_hex();
        match known.get(&fingerprint).and_then(|index| self.keys.get_mut(*index)) {
            Some(key) => {
                key.lines.push(line);
                // the fingerprints are equal, which is all that merging can stumble over
                if let Ok(merged) = key.certificate.clone().merge_public(certificate) {
                    key.certificate = merged;
                }
            }
            None => {
                known.insert(fingerprint, self.keys.len());
                self.keys.push(FileKey { certificate, lines: vec![line] });
            }
        }
    }

    /// Gives a revocation to the key that it says it is by. Whether it is genuine is seen
    /// when the key is used.
    fn revoke(&mut self, line: usize, signature: Signature) {
        let issuers: Vec<KeyID> = signature.get_issuers().iter().map(KeyID::from).collect();
        let mut found = false;
        for key in self.keys.iter_mut().filter(|key| issuers.contains(&key.certificate.keyid())) {
            if let Ok((revoked, _)) = key.certificate.clone().insert_packets(signature.clone()) {
                key.certificate = revoked;
                found = true;
            }
        }
        if !found {
            self.faults.push(KeyFault { line, why: "a revocation of a key that is not in the file".to_owned() });
        }
    }
}

/// What an armored block holds.
enum Contents {
    Certificates(Vec<Result<Cert, String>>),
    /// Revocations of primary keys, without the keys.
    Revocations(Vec<Signature>),
}

fn block_contents(label: &str, block: &[u8]) -> Result<Contents, String> {
    if label != "PUBLIC KEY BLOCK" {
        return Err(match label {
            "PRIVATE KEY BLOCK" => "a private key block: its owner must revoke the key at once".to_owned(),
            other => format!("a block of \"{}\" instead of a public key", other.to_lowercase()),
        });
    }
    let mut bytes = Vec::new();
    Reader::from_bytes(block, ReaderMode::Tolerant(None))
        .read_to_end(&mut bytes)
        .map_err(|error| format!("the armor cannot be decoded: {error}"))?;
    if let Some(revocations) = revocations(&bytes) {
        return Ok(Contents::Revocations(revocations));
    }
    let parser = CertParser::from_bytes(&bytes).map_err(|error| format!("no key in the block: {error}"))?;
    let certificates: Vec<_> = parser.map(|parsed| parsed.map_err(|error| error.to_string())).collect();
    if certificates.is_empty() {
        Err("no key in the block".to_owned())
    } else {
        Ok(Contents::Certificates(certificates))
    }
}

/// The packets, if all of them are revocations of primary keys.
fn revocations(bytes: &[u8]) -> Option<Vec<Signature>> {
    let packets: Vec<Packet> = PacketPile::from_bytes(bytes).ok()?.into_children().collect();
    let revocation = |packet| match packet {
        Packet::Signature(signature) if signature.typ() == SignatureType::KeyRevocation => Some(signature),
        _ => None,
    };
    packets.into_iter().map(revocation).collect::<Option<Vec<_>>>().filter(|all| !all.is_empty())
}
