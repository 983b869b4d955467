// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What became of one signature, in plain values.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// One signature packet, verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Whose key the signature names: a fingerprint or, in old signatures, a key id.
    pub issuer: Option<String>,
    /// The key in KEYS that it is by, where there is one.
    pub signer: Option<Signer>,
    /// When it says that it was made.
    pub made: Option<Timestamp>,
    /// The digest that it is over: "SHA512".
    pub hash: Option<String>,
    /// What became of it.
    pub verdict: Verdict,
}

/// A key in KEYS that made a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The key's primary user id, or one of them.
    pub uid: Option<String>,
    /// The primary key's fingerprint, in upper-case digits.
    pub certificate: String,
    /// The fingerprint of the key that signed: the primary key's or a subkey's.
    pub key: String,
    /// The key's algorithm: "RSA 4096".
    pub algorithm: String,
    /// The key's size in bits, where the algorithm has several.
    pub bits: Option<usize>,
}

/// What became of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is over these bytes, by a key in KEYS that could make it then.
    Good(Vec<Caution>),
    /// It is by a key that is not in KEYS, so nothing is known of it.
    UnknownSigner,
    /// It proves nothing, and why.
    Bad(Fault),
}

/// What should be known of a good signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caution {
    /// The key has expired since.
    KeyExpiredSince(Timestamp),
    /// The key was withdrawn since, for a reason that leaves earlier signatures valid.
    RevokedSince(Option<Timestamp>, String),
    /// The key says that somebody else may revoke it, and there is a revocation that
    /// cannot be verified without that person's key.
    MayBeRevoked,
    /// The key's algorithm is not one that release keys are made of.
    AlgorithmOutsidePolicy(String),
    /// What binds the key to its owner in KEYS is younger than the signature, as after a
    /// renewal; nothing shows that the key was in use before.
    BoundLater,
    /// The signature is over the text without regard to line ends.
    TextMode,
    /// The signature itself is valid until then only.
    Until(Timestamp),
}

/// Why a signature proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is over other bytes, or was altered.
    OtherBytes,
    /// The same of one that was made in text mode, for which programs read line ends in several ways.
    OtherText,
    /// It was made when the key had expired.
    KeyExpired,
    /// It says that it was made before its key was.
    BeforeKey(Timestamp),
    /// It says that it was made in the future.
    InFuture,
    /// It was made to be valid for a time, which is over.
    Expired,
    /// The key is revoked, for a reason that makes every signature doubtful.
    RevokedHard(String),
    /// The key was revoked, for a harmless reason, before the signature was made.
    RevokedBefore(String),
    /// What it rests on can be forged: SHA-1, MD5, a short key.
    Weak(String),
    /// Nothing valid binds the key to its owner.
    Unbound(String),
    /// The key is not one for signing.
    NotForSigning,
    /// It is a signature of another kind, not over a document.
    WrongType(String),
    /// It says something that must be understood, and is not.
    NotUnderstood(String),
    /// This program cannot verify its algorithm.
    Unsupported(String),
    /// It cannot be read.
    Malformed(String),
}

impl fmt::Display for Caution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyExpiredSince(at) => write!(f, "the key expired on {} (after it signed)", day(*at)),
            Self::RevokedSince(Some(at), why) => {
                write!(f, "the key was revoked on {} ({why}), after it signed", day(*at))
            }
            Self::RevokedSince(None, why) => write!(f, "the key was revoked ({why}) after it signed"),
            Self::MayBeRevoked => write!(f, "somebody the key names has revoked it, which cannot be verified here"),
            Self::AlgorithmOutsidePolicy(name) => {
                write!(f, "{name} is outside the policy: release keys are RSA of 4096 bits, Ed25519 or a NIST curve")
            }
            Self::BoundLater => write!(f, "the key's own signatures in KEYS are younger than this one"),
            Self::TextMode => write!(f, "made in text mode, so that line ends are not covered"),
            Self::Until(at) => write!(f, "the signature itself holds until {} only", day(*at)),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherBytes => write!(f, "bad signature: it is over other bytes than the file's"),
            Self::OtherText => write!(
                f,
                "bad signature: made in text mode, and over other bytes than the file's, or over line ends that its \
                 maker's program reads differently; expected one that is made by gpg --detach-sign without --textmode"
            ),
            Self::KeyExpired => write!(f, "made after the key had expired"),
            Self::BeforeKey(at) => write!(f, "made before its key, which is of {}", day(*at)),
            Self::InFuture => write!(f, "made in the future"),
            Self::Expired => write!(f, "the signature has expired"),
            Self::RevokedHard(why) => write!(f, "the key is revoked ({why}): none of its signatures counts"),
            Self::RevokedBefore(why) => write!(f, "the key was revoked ({why}) before it signed"),
            Self::Weak(why) => write!(f, "too weak: {why}"),
            Self::Unbound(why) => write!(f, "nothing in KEYS binds the key to its owner: {why}"),
            Self::NotForSigning => write!(f, "the key is not one for signing"),
            Self::WrongType(what) => write!(f, "{what}, not a signature over a file"),
            Self::NotUnderstood(what) => write!(f, "it makes a condition that is not understood: {what}"),
            Self::Unsupported(what) => write!(f, "could not be checked: {what}"),
            Self::Malformed(why) => write!(f, "malformed signature: {why}"),
        }
    }
}

/// The day of a time, as "2026-11-21".
pub(in crate::verify) fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}
