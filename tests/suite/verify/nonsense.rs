// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Bytes at random never panic and never pass: the bodies of the fuzz targets, over bytes
//! at random, and over such as begin rightly and go on wrongly.

use proptest::prelude::*;

#[path = "../../../fuzz/bodies.rs"]
mod bodies;

/// Beginnings that lead a reader on: armor, packets, gzip, XZ, zip, digests, JSON.
const BEGINNINGS: [&[u8]; 9] = [
    b"-----BEGIN PGP SIGNATURE-----\n\n",
    b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n",
    b"\x89\x02\x33\x04\x00\x01\x0a\x00",
    b"\x00\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    b"\x01\xfd7zXZ\x00\x00\x04",
    b"\x02PK\x03\x04\x14\x00\x00\x00\x08\x00",
    b"SHA512 (x.tgz) = 0123",
    b"x.tgz: 01 23 45 67\n",
    b"{\"format\": 1, \"product\": \"x\", \"version\": \"1.0.0\",",
];

proptest! {
    #[test]
    fn nothing_panics_and_nothing_passes(
        begin in 0..=BEGINNINGS.len(), bytes in proptest::collection::vec(any::<u8>(), 0..600), text in "[0-9a-zA-Z+/= \n:-]{0,300}",
    ) {
        let begin = BEGINNINGS.get(begin).copied().unwrap_or_default();
        for bytes in [[begin, &bytes].concat(), [begin, text.as_bytes()].concat()] {
            bodies::signature(&bytes);
            bodies::keys(&bytes);
            bodies::checksum(&bytes);
            bodies::archive(&bytes);
            bodies::manifest(&bytes);
        }
    }

    #[test]
    fn a_damaged_key_is_a_key_or_an_error(at in 0..bodies::KEYS.len(), to in any::<u8>()) {
        let mut bytes = bodies::KEYS.as_bytes().to_vec();
        bytes[at] = to;
        bodies::keys(&bytes);
    }
}
