// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a signature is worth. GnuPG's own exit code calls signatures by revoked
//! and expired keys good, so nothing here depends on it.

use gpgme::{HashAlgorithm, SignatureSummary, VerificationResult};

/// What a detached signature is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Good, by the key (or subkey) of this fingerprint.
    Good {
        /// The signer's fingerprint.
        fingerprint: String,
    },
    /// Not good, and why.
    Bad {
        /// A fragment: "the key has been revoked".
        why: String,
    },
}

impl Verdict {
    /// Of a verification. Where there are several signatures, each must be good
    /// and by one of the fingerprints that `ours` accepts.
    pub(super) fn of(result: &VerificationResult, ours: impl Fn(&str) -> bool) -> Self {
        let mut signer = None;
        for signature in result.signatures() {
            let fingerprint = signature.fingerprint().unwrap_or("an unknown key").to_owned();
            let why = match fault(&signature) {
                Some(why) => why,
                None if !ours(&fingerprint) => format!("it is by another key, {fingerprint}"),
                None => {
                    signer.get_or_insert(fingerprint);
                    continue;
                }
            };
            return Self::Bad { why };
        }
        match signer {
            Some(fingerprint) => Self::Good { fingerprint },
            None => Self::bad("there is no signature in it"),
        }
    }

    pub(super) fn bad(why: impl Into<String>) -> Self {
        Self::Bad { why: why.into() }
    }

    /// Whether it is good.
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Good { .. })
    }
}

fn fault(signature: &gpgme::Signature<'_>) -> Option<String> {
    use gpgme::Error as E;
    let summary = signature.summary();
    let by = signature.fingerprint().unwrap_or("an unknown key");
    if let Err(error) = signature.status() {
        return Some(match error.with_source(E::SOURCE_UNKNOWN) {
            E::BAD_SIGNATURE => format!("it does not fit the file (key {by})"),
            E::CERT_REVOKED => format!("key {by} has been revoked"),
            E::KEY_EXPIRED => format!("key {by} has expired"),
            E::SIG_EXPIRED => "the signature has expired".to_owned(),
            E::NO_PUBKEY => format!("key {by} is not known"),
            _ => format!("{}", error.description()),
        });
    }
    let faults = [
        (SignatureSummary::KEY_REVOKED, "the key has been revoked"),
        (SignatureSummary::KEY_EXPIRED, "the key has expired"),
        (SignatureSummary::SIG_EXPIRED, "the signature has expired"),
        (SignatureSummary::KEY_MISSING, "the key is not known"),
        (SignatureSummary::RED, "GnuPG calls it bad"),
    ];
    if let Some((_, why)) = faults.iter().find(|(flag, _)| summary.contains(*flag)) {
        return Some((*why).to_owned());
    }
    match signature.hash_algorithm() {
        HashAlgorithm::Md5 | HashAlgorithm::Sha1 | HashAlgorithm::RipeMd160 => {
            Some(format!("its digest is {}, which is broken", signature.hash_algorithm()))
        }
        _ => None,
    }
}
