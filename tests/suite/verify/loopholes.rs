// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Candidates that would pass by what they say of themselves: by one file that makes them
//! something else, by names that nobody looks at, by digests that nobody reads.

use tar::EntryType;

use super::candidate::{CandidateDirectory, ROOT, SOURCE, archive, good_tree};
use super::corpus::{Case, case, caught};

const REPOSITORY: &str = "org/apache/greeter/core/1.2.0/core-1.2.0";

fn pom(version: &str) -> Vec<u8> {
    format!("<project><artifactId>core</artifactId><version>{version}</version></project>").into_bytes()
}

/// Takes the digests away that a release has, and puts Maven's in.
fn with_maven_digests(candidate: &mut CandidateDirectory) {
    candidate.files.retain(|name, _| !name.ends_with(".sha512"));
    let artifacts: Vec<String> = candidate.files.keys().filter(|name| !name.ends_with(".asc")).cloned().collect();
    for name in artifacts {
        candidate.files.insert(format!("{name}.sha1"), b"0".repeat(40));
    }
}

fn in_tree(candidate: &mut CandidateDirectory, path: &str, text: &str) {
    candidate.source(|tree| {
        tree.retain(|(present, ..)| present != path);
        tree.push((path.to_owned(), EntryType::Regular, text.as_bytes().to_vec()));
    });
}

fn layouts() -> Vec<Case> {
    let check = "inventory";
    vec![
        case("one pom among the files", check, &[SOURCE, "no checksum"], |candidate| {
            candidate.publish("core-1.2.0.pom", pom("1.2.0"));
            with_maven_digests(candidate);
        }),
        case("a jar as it is in a repository", check, &["core-1.2.0.jar", "no checksum"], |candidate| {
            candidate.publish("core-1.2.0.jar", b"x".to_vec());
            with_maven_digests(candidate);
        }),
        case("a pom and no source", check, &["there is no source archive", SOURCE], |candidate| {
            candidate.files.clear();
            candidate.publish("core-1.2.0.pom", pom("1.2.0"));
        }),
        case("a name that begins like metadata", check, &["maven-metadata.xml-evil.tgz", "unsigned"], |candidate| {
            candidate.files.clear();
            candidate.publish(&format!("{REPOSITORY}.pom"), pom("1.2.0"));
            with_maven_digests(candidate);
            candidate.files.insert("org/apache/greeter/core/maven-metadata.xml-evil.tgz".into(), b"x".to_vec());
        }),
        case("KEYS in a directory", check, &["bin/KEYS", "unsigned"], |candidate| {
            candidate.files.insert("bin/KEYS".into(), b"\x7fELF".to_vec());
        }),
        case("KEYS that are none", check, &["KEYS", "no text of public keys"], |candidate| {
            candidate.files.insert("KEYS".into(), b"\x7fELF\0".to_vec());
        }),
        case("a snapshot's name", "version", &["core-1.2-SNAPSHOT.jar", "called as a snapshot"], |candidate| {
            candidate.publish("core-1.2-SNAPSHOT.jar", b"x".to_vec());
        }),
    ]
}

fn contents() -> Vec<Case> {
    vec![
        case("a pom of another version", "metadata", &["core-1.2.0.pom", "9.9.9, not 1.2.0"], |candidate| {
            candidate.files.clear();
            candidate.publish(&format!("{REPOSITORY}.pom"), pom("9.9.9"));
        }),
        case("another version in the source", "version", &["pom.xml", "1.1.9"], |candidate| {
            let pom = "<project><groupId>g</groupId><artifactId>greeter</artifactId><version>1.1.9</version></project>";
            in_tree(candidate, "pom.xml", pom);
        }),
        case("another version in one language", "version", &["greeter-sdk-python/setup.py"], |candidate| {
            in_tree(candidate, "greeter-sdk-python/setup.py", "setup(version='9.9.9')\n");
        }),
        case("no file that says the version", "version", &["pom.xml", "no such file"], |candidate| {
            candidate.source(|tree| tree.retain(|(path, ..)| path != "pom.xml"));
        }),
        case("a bzip2", "contents", &["greeter-1.2.0-bin.tar.bz2", "could not be checked"], |candidate| {
            candidate.publish("greeter-1.2.0-bin.tar.bz2", b"BZh91AY&SY".to_vec());
        }),
        case("a 7z of another name", "contents", &["greeter-1.2.0.bin", "it is a 7z"], |candidate| {
            candidate.publish("greeter-1.2.0.bin", b"7z\xbc\xaf\x27\x1c\0\x04".to_vec());
        }),
        case("a key in a loose file", "secrets", &["settings.xml", "an RSA private key"], |candidate| {
            let key = format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n", "A".repeat(64));
            candidate.publish("settings.xml", key.into_bytes());
        }),
        case("an sdist in another directory", "archive-root", &["wrong-9.9"], |candidate| {
            let mut tree = good_tree();
            let info = b"Metadata-Version: 2.1\nName: apache-greeter\nVersion: 1.2.0\n".to_vec();
            tree.push(("PKG-INFO".into(), EntryType::Regular, info));
            candidate.publish("apache-greeter-1.2.0.tar.gz", archive("wrong-9.9", &tree));
        }),
        case("a gzip with something behind it", "archive-whole", &["after the end of the gzip"], |candidate| {
            let bytes = [archive(ROOT, &good_tree()), b"more".to_vec()].concat();
            candidate.publish(SOURCE, bytes);
        }),
    ]
}

fn digests() -> Vec<Case> {
    vec![
        case("a wrong digest of a signature", "checksum", &[".asc.sha512", "wrong SHA-512"], |candidate| {
            let name = format!("{SOURCE}.asc.sha512");
            candidate.files.insert(name, format!("{}  {SOURCE}.asc\n", "0".repeat(128)).into_bytes());
        }),
        case("a wrong line for another file", "checksum", &[SOURCE, "wrong for notes-1.2.0.txt"], |candidate| {
            candidate.publish("notes-1.2.0.txt", b"notes\n".to_vec());
            let sums = candidate.files.get_mut(&format!("{SOURCE}.sha512")).unwrap();
            sums.extend(format!("{}  notes-1.2.0.txt\n", "0".repeat(128)).into_bytes());
        }),
        case("a wrong MD5 in a repository", "checksum", &["core-1.2.0.pom", "wrong MD5"], |candidate| {
            candidate.files.clear();
            candidate.publish(&format!("{REPOSITORY}.pom"), pom("1.2.0"));
            candidate.files.insert(format!("{REPOSITORY}.pom.md5"), b"0".repeat(32));
        }),
    ]
}

#[test]
fn what_a_candidate_says_of_itself_does_not_make_it_pass() {
    caught(&[layouts(), contents(), digests()].into_iter().flatten().collect::<Vec<_>>());
}
