// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The policy by which keys and signatures are judged, as of a time.

use std::time::SystemTime;

use jiff::Timestamp;
use sequoia_openpgp::policy::StandardPolicy;
use sequoia_openpgp::types::{Duration, HashAlgorithm};

/// The policy that counts, and one to find out why something does not.
pub(super) struct Policies {
    /// The time that they are of.
    pub(super) now: SystemTime,
    /// Sequoia's standard policy.
    pub(super) strict: StandardPolicy<'static>,
    /// The same that would also take broken digests, to tell "weak" from "unbound".
    pub(super) lenient: StandardPolicy<'static>,
}

impl Policies {
    /// The policies as of `now`.
    pub(super) fn at(now: Timestamp) -> Self {
        let now = SystemTime::from(now);
        let mut strict = StandardPolicy::at(now);
        // a revocation made by SHA-1 still counts: to forge one does harm to nobody's release
        if let Ok(long) = Duration::years(100) {
            strict.hash_revocation_tolerance(long);
        }
        let mut lenient = strict.clone();
        for broken in [HashAlgorithm::SHA1, HashAlgorithm::MD5, HashAlgorithm::RipeMD] {
            lenient.accept_hash(broken);
        }
        Self { now, strict, lenient }
    }
}
