// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A candidate of a product that no configuration knows: what every release must be still
//! holds for it.

use std::process::{Command, Stdio};

use super::candidate::{CandidateDirectory, archive, good_tree};
use super::text;

/// A candidate with a source archive of that name and root directory.
fn candidate(name: &str, root: &str) -> CandidateDirectory {
    let mut candidate = CandidateDirectory::good();
    candidate.files.clear();
    candidate.publish(name, archive(root, &good_tree()));
    candidate
}

/// Verifies without a word of which product it is.
fn verify(candidate: &CandidateDirectory, more: &[&str]) -> (Option<i32>, String) {
    let place = tempfile::tempdir().unwrap();
    let directory = candidate.write(place.path());
    let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
    command.arg("verify").arg(directory).args(more).current_dir(place.path()).stdin(Stdio::null());
    let output = command.output().unwrap();
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

const KEYS: &[&str] = &["--keys", "KEYS"];

#[test]
fn it_is_verified_however_its_project_names_the_files() {
    for (name, root) in [
        ("demo-1.2.0-src.tgz", "demo-1.2.0"),
        ("apache-demo-1.2-source-release.tar.gz", "demo-1.2"),
        ("demo-1.2.0-src.tar.gz", "demo-1.2.0-src"),
        ("demo-1.2.0.tgz", "demo-1.2.0"),
    ] {
        let (code, said) = verify(&candidate(name, root), KEYS);
        assert_eq!(code, Some(0), "{name}: {said}");
        let checks = ["signature", "checksum", "licence-notice", "licence-header", "no-binaries", "archive-root"];
        assert!(checks.iter().all(|check| said.contains(check)), "{name}: {said}");
    }
}

#[test]
fn its_faults_are_found_by_the_same_checks() {
    let (code, said) = verify(&candidate("demo-1.2.0-src.tgz", "demo-1.1.0"), KEYS);
    assert!(code == Some(1) && said.contains("it is not in the directory demo-1.2.0"), "{said}");
    let mut without = candidate("demo-1.2.0-src.tgz", "demo-1.2.0");
    let tree = good_tree().into_iter().filter(|(path, ..)| path != "LICENSE").collect();
    without.publish("demo-1.2.0-src.tgz", archive("demo-1.2.0", &tree));
    let (code, said) = verify(&without, KEYS);
    assert!(code == Some(1) && said.contains("there is no LICENSE"), "{said}");
    let (code, said) = verify(&candidate("demo.tgz", "demo"), KEYS);
    assert!(code == Some(1) && said.contains("name it by --version"), "{said}");
}

#[test]
fn a_product_is_recognised_by_its_source_archive() {
    let (code, said) = verify(&CandidateDirectory::good(), &["--keys", "KEYS", "--format", "json"]);
    assert!(code == Some(0) && said.contains("Apache Greeter 1.2.0"), "{said}");
}

#[test]
fn keys_must_be_named_where_no_product_names_them() {
    let mut beside = candidate("demo-1.2.0-src.tgz", "demo-1.2.0");
    beside.files.insert("KEYS".into(), beside.keys.clone().into_bytes());
    let (code, said) = verify(&beside, &[]);
    assert!(code == Some(2) && said.contains("--keys names the project's KEYS"), "{said}");
}
