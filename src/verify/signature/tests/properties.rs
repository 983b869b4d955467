// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whatever the bytes: no panic, and nothing passes that was not signed.

use jiff::Timestamp;
use proptest::prelude::*;

use super::verified;
use super::world::{DATA, world};
use crate::verify::keys::check_keys;
use crate::verify::signature::{KeyRing, SignatureFile};

/// A change of some bytes.
fn mutate(bytes: &[u8], changes: &[(usize, u8)], cut: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (at, to) in changes {
        let at = at % bytes.len();
        bytes[at] = *to;
    }
    bytes.truncate(bytes.len() - cut % bytes.len());
    bytes
}

fn changes() -> impl Strategy<Value = Vec<(usize, u8)>> {
    proptest::collection::vec((any::<usize>(), any::<u8>()), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arbitrary_bytes_are_no_signature(bytes in proptest::collection::vec(any::<u8>(), 0..400), tag in 0x80_u8..) {
        let keys = KeyRing::parse(&world().blocks["ed25519"]).unwrap();
        prop_assert!(!verified(&keys, DATA, &bytes).passed());
        prop_assert!(!verified(&keys, DATA, &[&[tag], &bytes[..]].concat()).passed());
        let lines = format!("-----BEGIN PGP SIGNATURE-----\n\n{}\n-----END PGP SIGNATURE-----", String::from_utf8_lossy(&bytes));
        prop_assert!(!verified(&keys, DATA, lines.as_bytes()).passed());
    }

    #[test]
    fn a_changed_signature_is_never_over_other_bytes(changes in changes(), cut in 0_usize..40, which in any::<prop::sample::Index>()) {
        let names: Vec<&String> = world().signatures.keys().collect();
        let changed = mutate(&world().signatures[*which.get(&names)], &changes, cut);
        prop_assert!(!verified(&world().keys(), b"other", &changed).passed());
        // over the right bytes it may still be good: not all of a signature is signed
        let report = verified(&world().keys(), DATA, &changed);
        let fails = report.findings().iter().any(|finding| finding.status == crate::verify::Status::Fail);
        prop_assert_eq!(report.passed(), !fails);
    }

    #[test]
    fn arbitrary_and_changed_bytes_as_keys_do_not_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..400), changes in changes(), cut in 0_usize..40,
        which in any::<prop::sample::Index>(),
    ) {
        prop_assert!(KeyRing::parse(&bytes).is_err());
        let name = *which.get(&world().blocks.keys().collect::<Vec<_>>());
        let changed = mutate(&world().blocks[name], &changes, cut);
        for keys in [&bytes, &changed] {
            check_keys(keys, Timestamp::now());
        }
        if let Ok(keys) = KeyRing::parse(&changed) {
            // a stranger's signature is no better for a broken key
            prop_assert!(!verified(&keys, b"other", world().signature("ed25519-SHA512")).passed());
            prop_assert!(!verified(&keys, DATA, world().signature("compromised-before")).passed() || name == "compromised");
        }
        let _ = SignatureFile::parse(&changed);
    }
}
