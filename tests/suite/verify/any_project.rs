// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A candidate of a product that no configuration knows: what every release must be still
//! holds for it.

use std::process::{Command, Stdio};

use sha1::{Digest, Sha1};

use super::candidate::{CandidateDirectory, archive, archive_of, good_tree};
use super::packages::wheel;
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
        ("apache-demo-1.2.0-source-release.tar.gz", "demo-1.2.0"),
        ("demo-1.2.0-src.tar.gz", "demo-1.2.0-src"),
        ("demo-1.2.0.tgz", "demo-1.2.0"),
        ("apache-demo-src-1.2.0.tgz", "demo-1.2.0"),
        ("apache-demo-1.2.0-incubating-src.tar.gz", "apache-demo-1.2.0-incubating"),
    ] {
        let (code, said) = verify(&candidate(name, root), KEYS);
        assert_eq!(code, Some(0), "{name}: {said}");
        let checks = ["signature", "checksum", "licence-notice", "licence-header", "no-binaries", "archive-root"];
        assert!(checks.iter().all(|check| said.contains(check)), "{name}: {said}");
    }
}

#[test]
fn a_podling_says_in_its_files_that_it_is_one_where_the_archives_name_does() {
    let tree = || {
        let mut tree = good_tree();
        let pom = tree.iter_mut().find(|(path, ..)| path == "pom.xml").unwrap();
        pom.2 = String::from_utf8(pom.2.clone()).unwrap().replace("1.2.0", "1.2.0-incubating").into_bytes();
        tree
    };
    let mut podling = candidate("demo-1.2.0.tgz", "demo-1.2.0");
    podling.files.clear();
    let name = "apache-demo-1.2.0-incubating-src.tar.gz";
    podling.publish(name, archive("apache-demo-1.2.0-incubating", &tree()));
    for more in [KEYS, &["--keys", "KEYS", "--version", "1.2.0-incubating"]] {
        let (code, said) = verify(&podling, more);
        assert_eq!(code, Some(0), "{said}");
    }
    podling.files.clear();
    podling.publish("apache-demo-1.2.0-src.tar.gz", archive("apache-demo-1.2.0", &tree()));
    let (code, said) = verify(&podling, KEYS);
    assert!(code == Some(1) && said.contains("its version is 1.2.0-incubating, the release's 1.2.0"), "{said}");
}

#[test]
fn a_number_of_the_version_is_told_from_a_candidate_s() {
    let mut tree = good_tree();
    for (_, _, bytes) in &mut tree {
        *bytes = String::from_utf8(bytes.clone()).unwrap().replace("1.2.0", "1.2.0-RC1").into_bytes();
    }
    let mut demo = candidate("apache-demo-1.2.0-RC1-src.tgz", "apache-demo-1.2.0-RC1");
    demo.publish("apache-demo-1.2.0-RC1-src.tgz", archive("apache-demo-1.2.0-RC1", &tree));
    let (code, said) = verify(&demo, KEYS);
    assert!(code == Some(1) && said.contains("--version 1.2.0-RC1 says so"), "{said}");
    let (code, said) = verify(&demo, &["--keys", "KEYS", "--version", "1.2.0-RC1"]);
    assert!(code == Some(0) && said.contains(" 0 to know"), "{said}");
    for root in ["apache-demo-1.2.0-incubating", "apache-demo-1.2.0-rc1-incubating", "demo-1.2.0"] {
        let podling = candidate("apache-demo-1.2.0-rc1-incubating-src.tgz", root);
        let (code, said) = verify(&podling, KEYS);
        assert!(code == Some(0) && said.contains(" 0 to know"), "{root}: {said}");
    }
}

#[test]
fn another_source_archive_is_told_in_a_maven_repository_too() {
    let at = |name: &str| format!("apache-demo/1.2.0/apache-demo-1.2.0{name}");
    let mut repository = candidate(&at("-src.tgz"), "apache-demo-1.2.0");
    let pom = b"<project><artifactId>apache-demo</artifactId><version>1.2.0</version></project>".to_vec();
    repository.publish(&at(".pom"), pom);
    let with_sums = |candidate: &mut CandidateDirectory| {
        candidate.files.retain(|name, _| !name.ends_with(".sha512"));
        let is_artifact = |name: &&String| !name.ends_with(".asc") && !name.ends_with(".sha1");
        let artifacts: Vec<String> = candidate.files.keys().filter(is_artifact).cloned().collect();
        for name in artifacts {
            let sum = Sha1::digest(&candidate.files[&name]);
            let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
            candidate.files.insert(format!("{name}.sha1"), sum.into_bytes());
        }
    };
    with_sums(&mut repository);
    let (code, said) = verify(&repository, KEYS);
    assert!(code == Some(0) && said.contains(" 0 to know") && said.contains("Maven repository"), "{said}");
    for other in [".tgz", ".src.tgz", "-sources.zip"] {
        let mut more = CandidateDirectory::good();
        more.files = repository.files.clone();
        let bytes = if other.ends_with("zip") { wheel().to_vec() } else { archive("apache-demo-1.2.0", &good_tree()) };
        more.publish(&at(other), bytes);
        with_sums(&mut more);
        let (_, said) = verify(&more, &["--keys", "KEYS", "--format", "sarif"]);
        let told = format!("apache-demo-1.2.0{other}: ");
        assert!(said.contains(&told) && said.contains("not held against the rules of a source release"), "{said}");
    }
}

#[test]
fn a_signature_that_says_that_it_is_older_than_the_files_is_told() {
    let mut demo = candidate("demo-1.2.0-src.tgz", "demo-1.2.0");
    let ahead = |hours: u64| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        archive_of(now + hours * 3600, "demo-1.2.0", &good_tree())
    };
    demo.publish("demo-1.2.0-src.tgz", ahead(20));
    let (code, said) = verify(&demo, KEYS);
    assert!(code == Some(0) && said.contains(" 0 to know"), "{said}");
    demo.publish("demo-1.2.0-src.tgz", ahead(72));
    let (code, said) = verify(&demo, KEYS);
    assert!(code == Some(0) && said.contains("to know: it says that it is of 20"), "{said}");
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

#[test]
fn another_versions_archive_beside_the_source_is_found_without_being_told_the_version() {
    let mut beside = candidate("demo-1.2.0-src.tgz", "demo-1.2.0");
    beside.publish("demo-1.1.0-src.tgz", archive("demo-1.1.0", &good_tree()));
    let mut built = candidate("demo-1.2.0-src.tgz", "demo-1.2.0");
    let legal = good_tree().into_iter().filter(|(path, ..)| matches!(path.as_str(), "LICENSE" | "NOTICE")).collect();
    built.publish("demo-1.1.0-bin.tgz", archive("demo-1.1.0", &legal));
    let (code, said) = verify(&built, KEYS);
    assert!(code == Some(1) && said.contains("demo-1.1.0-bin.tgz: not of version 1.2.0 by the name"), "{said}");
    let (code, said) = verify(&beside, KEYS);
    assert_eq!(code, Some(1), "{said}");
    for version in ["1.1.0", "1.2.0"] {
        let (code, said) = verify(&beside, &["--keys", "KEYS", "--version", version]);
        let other = if version == "1.1.0" { "1.2.0" } else { "1.1.0" };
        assert!(code == Some(1) && said.contains(&format!("demo-{other}-src.tgz: not of version {version}")), "{said}");
    }
}

#[test]
fn what_is_built_for_convenience_is_verified_as_what_it_is() {
    let mut candidate = candidate("demo-1.2.0-src.tgz", "demo-1.2.0");
    let legal = || good_tree().into_iter().filter(|(path, ..)| matches!(path.as_str(), "LICENSE" | "NOTICE"));
    let built = |root: &str, more: &[(&str, &str)]| {
        let file =
            |(path, text): &(&str, &str)| ((*path).to_owned(), tar::EntryType::Regular, text.as_bytes().to_vec());
        archive(root, &legal().chain(more.iter().map(file)).collect())
    };
    candidate.publish("demo-1.2.0-bin.tgz", built("demo-1.2.0", &[("bin/run", "#!/bin/sh\n")]));
    candidate.publish("demo_2.13-1.2.0.tgz", built("demo_2.13-1.2.0", &[]));
    candidate.publish("apache_demo-1.2.0.tar.gz", built("apache_demo-1.2.0", &[("PKG-INFO", SDIST)]));
    candidate.publish("demo-js-1.2.0.tgz", built("package", &[("package.json", "{\"version\": \"1.2.0\"}")]));
    candidate.publish("demo-1.2.0-linux", b"\x7fELF\x02\x01".to_vec());
    let (code, said) = verify(&candidate, &["--keys", "KEYS", "--all"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("it is an ELF program or library: what it does cannot be checked"), "{said}");
}

#[test]
fn a_package_for_r_beside_the_source_is_none() {
    let mut candidate = candidate("demo-1.2.0.tgz", "demo-1.2.0");
    let package = |description: &str| {
        let file = |path: &str, text: &str| (path.to_owned(), tar::EntryType::Regular, text.as_bytes().to_vec());
        archive("demoR", &vec![file("DESCRIPTION", description), file("R/hello.R", "hello <- function() 1\n")])
    };
    let name = "demoR_1.2.0.tar.gz";
    candidate.publish(name, package("Package: demoR\nVersion: 1.2.0\nLicense: Apache License (== 2.0)\n"));
    let (code, said) = verify(&candidate, &["--keys", "KEYS", "--all"]);
    assert!(code == Some(0) && said.contains(&format!("! {name}")), "{said}");
    assert!(said.contains("archive-root: all is in demoR"), "{said}");
    assert!(said.contains("licence-notice: to know: NOTICE: there is no NOTICE in the root directory"), "{said}");
    assert_eq!(said.matches("licence-notice: LICENSE is").count(), 1, "{said}");
    // Without the DESCRIPTION it is held as the source that it may be.
    candidate.publish(name, package("Package: other\nVersion: 1.2.0\n"));
    let (code, said) = verify(&candidate, KEYS);
    assert!(code == Some(1) && said.contains("it is not in the directory demoR_1.2.0"), "{said}");
}

const SDIST: &str = "Metadata-Version: 2.1\nName: apache-demo\nVersion: 1.2.0\n";

#[test]
fn a_candidate_without_a_source_archive_that_is_read_is_none() {
    for name in ["demo-1.2.0.jar", "demo-1.2.0.txt", "demo-1.2.0-src.tar.bz2", "demo-1.2.0-src.7z"] {
        let mut candidate = candidate("demo-1.2.0-src.tgz", "demo-1.2.0");
        candidate.files.clear();
        candidate.publish(name, b"BZh91AY&SY\n".to_vec());
        let (code, said) = verify(&candidate, KEYS);
        assert!(code == Some(1) && said.contains("no archive that is read is a source archive"), "{name}: {said}");
    }
}
