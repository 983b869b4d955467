// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a key's algorithm is called and how it stands.

use sequoia_openpgp::crypto::mpi::PublicKey;
use sequoia_openpgp::packet::Key;
use sequoia_openpgp::packet::key::{KeyParts, KeyRole};
use sequoia_openpgp::types::{Curve, PublicKeyAlgorithm};

/// How an algorithm stands with what the Foundation asks of release keys
/// (<https://infra.apache.org/release-signing.html>): RSA of 4096 bits for new keys, never
/// under 2048. Curves that current tools make by default are as strong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// As asked for.
    Strong,
    /// Good, and less than what is asked of new keys.
    Short,
    /// Not broken, and not what release keys are made of.
    Outside,
    /// To be relied on no more.
    Weak,
}

/// A key's algorithm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Algorithm {
    /// "RSA 4096", "Ed25519".
    pub(super) name: String,
    /// The size of the key, where the algorithm has one to choose.
    pub(super) bits: Option<usize>,
    /// How it stands.
    pub(super) standing: Standing,
}

impl Algorithm {
    /// The algorithm of `key`.
    pub(super) fn of<P: KeyParts, R: KeyRole>(key: &Key<P, R>) -> Self {
        let bits = key.mpis().bits();
        let sized = |name: &str| bits.map_or_else(|| name.to_owned(), |bits| format!("{name} {bits}"));
        let known = bits.unwrap_or(0);
        #[expect(deprecated, reason = "old keys are to be named, too")]
        let (name, standing) = match key.pk_algo() {
            PublicKeyAlgorithm::RSAEncryptSign | PublicKeyAlgorithm::RSASign | PublicKeyAlgorithm::RSAEncrypt => {
                (sized("RSA"), by_size(known, Standing::Strong))
            }
            PublicKeyAlgorithm::DSA => (sized("DSA"), by_size(known, Standing::Outside)),
            PublicKeyAlgorithm::ElGamalEncrypt | PublicKeyAlgorithm::ElGamalEncryptSign => {
                (sized("ElGamal"), by_size(known, Standing::Outside))
            }
            PublicKeyAlgorithm::EdDSA | PublicKeyAlgorithm::ECDSA | PublicKeyAlgorithm::ECDH => on_curve(key),
            PublicKeyAlgorithm::Ed25519 => ("Ed25519".to_owned(), Standing::Strong),
            PublicKeyAlgorithm::Ed448 => ("Ed448".to_owned(), Standing::Strong),
            PublicKeyAlgorithm::X25519 => ("X25519".to_owned(), Standing::Strong),
            PublicKeyAlgorithm::X448 => ("X448".to_owned(), Standing::Strong),
            other => (other.to_string(), Standing::Outside),
        };
        Self { name, bits, standing }
    }
}

fn by_size(bits: usize, enough: Standing) -> Standing {
    match bits {
        ..2048 => Standing::Weak,
        // keys of 4096 bits may come out a bit or two shorter
        2048..4090 if enough == Standing::Strong => Standing::Short,
        _ => enough,
    }
}

fn on_curve<P: KeyParts, R: KeyRole>(key: &Key<P, R>) -> (String, Standing) {
    let curve = match key.mpis() {
        PublicKey::EdDSA { curve, .. } | PublicKey::ECDSA { curve, .. } | PublicKey::ECDH { curve, .. } => Some(curve),
        _ => None,
    };
    match curve {
        Some(Curve::Ed25519) => ("Ed25519".to_owned(), Standing::Strong),
        Some(Curve::Cv25519) => ("Curve25519".to_owned(), Standing::Strong),
        Some(Curve::NistP256) => ("NIST P-256".to_owned(), Standing::Strong),
        Some(Curve::NistP384) => ("NIST P-384".to_owned(), Standing::Strong),
        Some(Curve::NistP521) => ("NIST P-521".to_owned(), Standing::Strong),
        Some(other) => (format!("{} on {other}", key.pk_algo()), Standing::Outside),
        None => (key.pk_algo().to_string(), Standing::Outside),
    }
}
