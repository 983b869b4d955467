// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The hash states that signatures ask for, each fed once however many ask for it.

use sequoia_openpgp::crypto::hash::Context;
use sequoia_openpgp::packet::Signature;
use sequoia_openpgp::types::{HashAlgorithm, SignatureType};

/// What distinguishes one hash state from another.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Kind {
    algorithm: HashAlgorithm,
    /// Whether line ends become CR LF first (RFC 9580, 5.2.1.2).
    text: bool,
    /// What version 6 signatures hash before the data.
    salt: Vec<u8>,
}

impl Kind {
    fn of(signature: &Signature) -> Self {
        let salt = match signature {
            Signature::V6(signature) => signature.salt().to_vec(),
            _ => Vec::new(),
        };
        Self { algorithm: signature.hash_algo(), text: signature.typ() == SignatureType::Text, salt }
    }
}

/// A hash state that is being fed.
#[derive(Clone)]
pub(super) struct Hashing {
    kind: Kind,
    context: Context,
    /// The last byte was a CR, whose line end has been hashed already.
    after_cr: bool,
}

impl Hashing {
    /// A plain digest.
    pub(super) fn plain(algorithm: HashAlgorithm) -> Option<Self> {
        Self::new(Kind { algorithm, text: false, salt: Vec::new() })
    }

    /// What `signature` is made over; `None` where its algorithm is not known here.
    pub(super) fn for_signature(signature: &Signature) -> Option<Self> {
        Self::new(Kind::of(signature))
    }

    fn new(kind: Kind) -> Option<Self> {
        let mut context = kind.algorithm.context().ok()?.for_digest();
        context.update(&kind.salt);
        Some(Self { kind, context, after_cr: false })
    }

    /// Whether this state is what `signature` is made over.
    pub(super) fn serves(&self, signature: &Signature) -> bool {
        self.kind == Kind::of(signature)
    }

    /// Whether this state is the plain digest by `algorithm`.
    pub(super) fn is_plain(&self, algorithm: HashAlgorithm) -> bool {
        self.kind == Kind { algorithm, text: false, salt: Vec::new() }
    }

    /// The state after all the data.
    pub(super) fn context(&self) -> Context {
        self.context.clone()
    }

    pub(super) fn update(&mut self, mut data: &[u8]) {
        if !self.kind.text {
            return self.context.update(data);
        }
        if self.after_cr && data.first() == Some(&b'\n') {
            data = &data[1..];
            self.after_cr = false;
        }
        while let Some(at) = data.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
            self.context.update(&data[..at]);
            self.context.update(b"\r\n");
            let pair = data[at..].starts_with(b"\r\n");
            self.after_cr = data[at] == b'\r' && at + 1 == data.len();
            data = &data[at + if pair { 2 } else { 1 }..];
        }
        if !data.is_empty() {
            self.context.update(data);
            self.after_cr = false;
        }
    }
}
