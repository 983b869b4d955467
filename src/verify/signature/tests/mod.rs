// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Tests of verification over keys and signatures that GnuPG made.

mod cases;
mod gpgv;
mod properties;
pub(in crate::verify) mod world;

use jiff::Timestamp;

use super::{FurtherDigests, KeyRing, Reading, SignatureFile, SignatureReport};

/// The report on `signature` over `data`.
fn verified(keys: &KeyRing, data: &[u8], signature: &[u8]) -> SignatureReport {
    let file = SignatureFile::parse(signature);
    let reading = Reading::of(data, Some(&file), FurtherDigests::default()).unwrap();
    keys.verify(&file, &reading, Timestamp::now())
}
