// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Every check by its name, and what it proves when it holds. A new check is a line here, a
//! row in docs/verifying.md, and findings of that name from the file that makes it.

/// A check, as reports name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// Its name in findings.
    pub name: &'static str,
    /// What is so when it holds.
    pub proves: &'static str,
}

/// All of them, in the order in which a report is read.
pub const CHECKS: [Check; 17] = [
    check("release", "The version is known, and of which product"),
    check("inventory", "Each artifact has a signature and a digest; nothing is orphaned or forbidden"),
    check("readable", "The file is a regular file and can be read to its end"),
    check("signature", "A good signature of these bytes by a key in KEYS"),
    check("checksum", "Each digest that is there is of the file that it names"),
    check("archive-whole", "The archive can be read to its end, every sum is right, nothing follows"),
    check("archive-safe", "No path or link leaves the archive; no device, no name twice, no bomb"),
    check("archive-root", "All of the archive is in the one directory of the right name"),
    check("contents", "What is in the file could be looked at"),
    check("licence-notice", "LICENSE is the Apache License 2.0; NOTICE names product, years and owner"),
    check("licence-header", "Every source file has a licence header, as Apache RAT judges it"),
    check("no-binaries", "There is no compiled code in the source archive, nor in what is packed in it"),
    check("version", "No snapshot's version is left; the source archive says the version"),
    check("metadata", "The package's metadata say its version and name, and hold for its files"),
    check("secrets", "There is no private key and no token"),
    check("source-tag", "The source archive is the tree of a tag that a key in KEYS signed"),
    check("manifest", "The files and their bytes are exactly those of the manifest"),
];

/// The check of that name.
pub fn named(name: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.name == name)
}

const fn check(name: &'static str, proves: &'static str) -> Check {
    Check { name, proves }
}
