// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What stands beside an artifact: its signature and its digests, by the endings in use.

/// The endings of signatures and digests.
const ENDINGS: [&str; 7] = [".asc", ".sig", ".sha512", ".sha256", ".sha1", ".sha", ".md5"];

/// Whether a file of that name is the signature or digest of another.
pub fn stands_beside(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}
