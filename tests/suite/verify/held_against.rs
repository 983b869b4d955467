// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is said of a candidate elsewhere, by a manifest, by the user, by the product's
//! configuration, has to be so.

use std::path::Path;

use quorate::release::{FileDigest, Sha512};
use quorate::verify::Manifest;

use super::candidate::CandidateDirectory;
use super::packages::WHEEL;
use super::text;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// Writes the manifest of the candidate's files into `place`.
fn manifest(candidate: &CandidateDirectory, product: &str, version: &str, place: &Path) -> String {
    let digest = |(name, bytes): (&String, &Vec<u8>)| {
        let (name, sha512) = (name.clone(), Sha512::of(bytes));
        FileDigest { name, bytes: bytes.len() as u64, sha512 }
    };
    let files = candidate.files.iter().map(digest).collect();
    let path = place.join("manifest.json");
    let manifest = Manifest::new(product, version, 1, COMMIT, files);
    std::fs::write(&path, manifest.to_text().unwrap()).unwrap();
    path.display().to_string()
}

#[test]
fn a_manifest_of_another_product_or_version_does_not_hold() {
    let candidate = CandidateDirectory::good();
    let place = tempfile::tempdir().unwrap();
    let verify = |product: &str, version: &str| {
        let output = candidate.verify(&["--expect", &manifest(&candidate, product, version, place.path())]);
        (output.status.code(), text(&output.stdout))
    };
    let (code, said) = verify("sample", "1.2.0");
    assert!(
        code == Some(0) && said.contains(&format!("for the commit {COMMIT}, and the candidate's is not")),
        "{said}"
    );
    let (code, said) = verify("flink-statefun", "1.2.0");
    assert!(code == Some(1) && said.contains("for the product flink-statefun, the candidate's is sample"), "{said}");
    let (code, said) = verify("sample", "1.2.1");
    assert!(code == Some(1) && said.contains("for the version 1.2.1, the candidate's is 1.2.0"), "{said}");
}

#[test]
fn what_the_products_builds_leave_has_to_be_there() {
    let mut candidate = CandidateDirectory::good();
    candidate.files.retain(|name, _| !name.starts_with(WHEEL));
    let output = candidate.verify(&[]);
    let said = text(&output.stdout);
    assert!(output.status.code() == Some(1) && said.contains(&format!("there is no {WHEEL}")), "{said}");
}

#[test]
fn the_version_that_is_named_is_that_of_the_files() {
    let output = CandidateDirectory::good().verify(&["--version", "1.3.0"]);
    let said = text(&output.stdout);
    assert!(output.status.code() == Some(1) && said.contains("no file's name says version 1.3.0"), "{said}");
    assert_eq!(CandidateDirectory::good().verify(&["--version", "1.2.0"]).status.code(), Some(0));
}
