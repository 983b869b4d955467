// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A staging repository of a product that builds its Maven artifacts several times: their
//! versions are exactly those that its configuration says.

use std::process::{Command, Stdio};

use super::candidate::CandidateDirectory;
use super::text;
use super::web::sum;

/// A repository with the poms of the connector in these versions, each pom saying its version.
fn repository(versions: &[&str]) -> CandidateDirectory {
    let mut candidate = CandidateDirectory::good();
    candidate.files.clear();
    for version in versions {
        put(&mut candidate, version, version);
    }
    candidate
}

/// Puts a pom at the place of one version that says another.
fn put(candidate: &mut CandidateDirectory, place: &str, says: &str) {
    let name = "flink-connector-kafka";
    let path = format!("org/apache/flink/{name}/{place}/{name}-{place}.pom");
    let pom = format!("<project><artifactId>{name}</artifactId><version>{says}</version></project>\n");
    candidate.files.insert(format!("{path}.sha1"), sum("sha1sum", pom.as_bytes()));
    candidate.publish(&path, pom.into_bytes());
    candidate.files.remove(&format!("{path}.sha512"));
}

fn verify(candidate: &CandidateDirectory, more: &[&str]) -> (Option<i32>, String) {
    let place = tempfile::tempdir().unwrap();
    let directory = candidate.write(place.path());
    let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
    command.arg("verify").arg(directory).args(["--keys", "KEYS"]).args(more).current_dir(place.path());
    let output = command.stdin(Stdio::null()).output().unwrap();
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

const PRODUCT: [&str; 2] = ["--product", "flink-connector-kafka"];

#[test]
fn the_versions_of_the_flavours_are_those_of_the_product() {
    let good = repository(&["4.1.0-2.0", "4.1.0-2.1"]);
    for more in [&PRODUCT[..], &[&PRODUCT[..], &["--version", "4.1.0"]].concat()] {
        let (code, said) = verify(&good, more);
        assert!(code == Some(0) && said.contains("verified: "), "{said}");
    }
    let (code, said) = verify(&good, &[]);
    assert!(code == Some(1) && said.contains("its version is 4.1.0-2.0, not 4.1.0"), "no product: {said}");
    let (code, said) = verify(&good, &[&PRODUCT[..], &["--version", "4.1.0-2.0"]].concat());
    assert!(code == Some(2) && said.contains("give --version 4.1.0:"), "{said}");
}

#[test]
fn no_other_version_is_and_none_is_left_out() {
    for (versions, says) in [
        (&["4.1.0-2.0"][..], "there is no artifact of version 4.1.0-2.1"),
        (&["4.1.0-2.0", "4.1.0-2.1", "4.1.0"], "it is of none of the versions that are built: 4.1.0-2.0, 4.1.0-2.1"),
        (&["4.1.0-2.0", "4.1.0-2.1", "4.1.0-1.20"], "it is of none of the versions that are built"),
        (&["4.1.0"], "it is of none of the versions that are built"),
    ] {
        let (code, said) = verify(&repository(versions), &PRODUCT);
        assert!(code == Some(1) && said.contains(says), "{versions:?}: {said}");
    }
    let mut swapped = repository(&["4.1.0-2.0"]);
    put(&mut swapped, "4.1.0-2.1", "4.1.0-2.0");
    let (code, said) = verify(&swapped, &PRODUCT);
    assert!(code == Some(1) && said.contains("its version is 4.1.0-2.0, not 4.1.0-2.1"), "{said}");
}
