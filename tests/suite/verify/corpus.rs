// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Broken candidates, one fault each: each is caught by the check that is meant for it,
//! in a message that names the file and the fault.

use tar::EntryType;

use super::candidate::{CandidateDirectory, ROOT, SOURCE, Signers, archive, good_tree};

/// A fault: its name, what to spoil, the check that must catch it, what it must say.
pub struct Case {
    name: &'static str,
    spoil: Box<dyn Fn(&mut CandidateDirectory)>,
    check: &'static str,
    says: &'static [&'static str],
}

pub fn case(
    name: &'static str,
    check: &'static str,
    says: &'static [&'static str],
    spoil: impl Fn(&mut CandidateDirectory) + 'static,
) -> Case {
    Case { name, spoil: Box::new(spoil), check, says }
}

/// A fault inside the source archive.
fn inside(
    name: &'static str,
    check: &'static str,
    says: &'static [&'static str],
    path: &'static str,
    kind: EntryType,
    bytes: &'static [u8],
) -> Case {
    case(name, check, says, move |candidate| {
        candidate.source(|tree| {
            tree.retain(|(present, ..)| present != path);
            tree.push((path.to_owned(), kind, bytes.to_vec()));
        });
    })
}

fn asc() -> String {
    format!("{SOURCE}.asc")
}

fn sum() -> String {
    format!("{SOURCE}.sha512")
}

fn changed(bytes: &mut [u8]) {
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
}

fn inventory() -> Vec<Case> {
    let check = "inventory";
    vec![
        case("no signature", check, &["unsigned", SOURCE], |candidate| {
            candidate.files.remove(&asc());
        }),
        case("no checksum file", check, &["sha512"], |candidate| {
            candidate.files.remove(&sum());
        }),
        case("no source archive", check, &[SOURCE], |candidate| {
            candidate.files.clear();
            candidate.publish("greeter-1.2.0.txt", b"built\n".to_vec());
        }),
        case("a signature of nothing", check, &["gone.tgz"], |candidate| {
            candidate.files.insert("gone.tgz.asc".into(), b"x".to_vec());
        }),
        case("a checksum file of nothing", check, &["gone.tgz"], |candidate| {
            candidate.files.insert("gone.tgz.sha512".into(), b"x".to_vec());
        }),
        case("an MD5 file", check, &[".md5"], |candidate| {
            candidate.files.insert(format!("{SOURCE}.md5"), b"d41d8cd98f00b204e9800998ecf8427e\n".to_vec());
        }),
        case("a SHA-1 file", check, &[".sha1"], |candidate| {
            candidate.files.insert(format!("{SOURCE}.sha1"), b"x".to_vec());
        }),
        case("a file called .sha", check, &[".sha "], |candidate| {
            candidate.files.insert(format!("{SOURCE}.sha"), b"x".to_vec());
        }),
        case("a file called .sig", check, &[".sig"], |candidate| {
            candidate.files.insert(format!("{SOURCE}.sig"), b"x".to_vec());
        }),
        case("an empty file", check, &["empty"], |candidate| candidate.publish("empty-1.2.0.txt", Vec::new())),
        case("a stray file", check, &["notes.txt"], |candidate| {
            candidate.files.insert("notes.txt".into(), b"mine\n".to_vec());
        }),
    ]
}

fn checksums() -> Vec<Case> {
    let check = "checksum";
    let put = |text: &'static str| {
        move |candidate: &mut CandidateDirectory| {
            candidate.files.insert(sum(), text.as_bytes().to_vec());
        }
    };
    vec![
        case("another digest", check, &["sha512"], changed_digit),
        case("the name of another file", check, &["other.tgz"], |candidate| {
            let text = String::from_utf8(candidate.files[&sum()].clone()).unwrap().replace(SOURCE, "other.tgz");
            candidate.files.insert(sum(), text.into_bytes());
        }),
        case("a digest that is too short", check, &["sha512"], put("abcdef0123\n")),
        case("an empty checksum file", "inventory", &["empty"], put("")),
        case("words", check, &["sha512"], put("see the mail\n")),
        case("a SHA-256 in .sha512", check, &["sha512"], |candidate| {
            let text = format!("{}  {SOURCE}\n", "0".repeat(64));
            candidate.files.insert(sum(), text.into_bytes());
        }),
        case("bytes that are no text", check, &["sha512"], |candidate| {
            candidate.files.insert(sum(), vec![0xff, 0xfe, 0, 1, 2]);
        }),
        case("BSD's form for another algorithm", check, &["sha512"], |candidate| {
            let text = format!("MD5 ({SOURCE}) = {}\n", "0".repeat(32));
            candidate.files.insert(sum(), text.into_bytes());
        }),
    ]
}

fn changed_digit(candidate: &mut CandidateDirectory) {
    let bytes = candidate.files.get_mut(&sum()).unwrap();
    bytes[0] = if bytes[0] == b'0' { b'1' } else { b'0' };
}

fn signatures() -> Vec<Case> {
    let check = "signature";
    let spoil = |with: fn(&mut Vec<u8>)| {
        move |candidate: &mut CandidateDirectory| with(candidate.files.get_mut(&asc()).unwrap())
    };
    vec![
        case("a signature of other bytes", check, &["Ann Example"], |candidate| {
            let signers = Signers::get();
            candidate.files.insert(asc(), signers.sign(&signers.manager, b"other bytes").into_bytes());
        }),
        case("a signer who is not in KEYS", check, &["not in KEYS"], |candidate| {
            let signers = Signers::get();
            let signature = signers.sign(&signers.stranger, &candidate.files[SOURCE].clone());
            candidate.files.insert(asc(), signature.into_bytes());
        }),
        case("KEYS of somebody else", check, &["not in KEYS"], |candidate| {
            let signers = Signers::get();
            candidate.keys = signers.keys(&[&signers.stranger]);
        }),
        case("a truncated signature", check, &[], spoil(|bytes| bytes.truncate(bytes.len() / 2))),
        case("a changed signature", check, &[], spoil(|bytes| changed(bytes))),
        case("words", check, &[], spoil(|bytes| *bytes = b"signed, Ann\n".to_vec())),
        case("bytes", check, &[], spoil(|bytes| *bytes = vec![0, 1, 2, 3, 0xff])),
        case("an empty signature", "inventory", &["empty"], spoil(Vec::clear)),
        case("a key in place of a signature", check, &[], |candidate| {
            candidate.files.insert(asc(), candidate.keys.clone().into_bytes());
        }),
        case("the checksum file in its place", check, &[], |candidate| {
            candidate.files.insert(asc(), candidate.files[&sum()].clone());
        }),
        case("an archive that was changed afterwards", check, &["Ann Example"], |candidate| {
            candidate.files.insert(SOURCE.into(), archive(ROOT, &good_tree()[..3].to_vec()));
        }),
    ]
}

fn archives() -> Vec<Case> {
    let (whole, safe, root) = ("archive-whole", "archive-safe", "archive-root");
    let republished = |with: fn(&mut Vec<u8>)| {
        move |candidate: &mut CandidateDirectory| {
            let mut bytes = candidate.files[SOURCE].clone();
            with(&mut bytes);
            candidate.publish(SOURCE, bytes);
        }
    };
    vec![
        case("a truncated archive", whole, &[], republished(|bytes| bytes.truncate(bytes.len() / 2))),
        case("a changed archive", whole, &[], republished(|bytes| changed(bytes))),
        case("something after its end", whole, &[], republished(|bytes| bytes.extend(b"and more"))),
        case("no archive at all", whole, &[], republished(|bytes| *bytes = b"PK or not\n".to_vec())),
        case(
            "a zip called tgz",
            whole,
            &[],
            republished(|bytes| *bytes = b"PK\x05\x06".iter().copied().chain([0; 18]).collect()),
        ),
        case("an archive of nothing", whole, &[], |candidate| candidate.publish(SOURCE, archive(ROOT, &Vec::new()))),
        inside("a path that leaves it", safe, &[".."], "../../etc/cron", EntryType::Regular, b"x"),
        case("an absolute path", safe, &["/etc/passwd"], |candidate| {
            let tree = vec![("/etc/passwd".to_owned(), EntryType::Regular, b"x".to_vec())];
            candidate.publish(SOURCE, archive("", &tree));
        }),
        inside("a link that leaves it", safe, &["link"], "link", EntryType::Symlink, b"../../../etc/passwd"),
        inside("an absolute link", safe, &["link"], "link", EntryType::Symlink, b"/etc/passwd"),
        inside("a hard link that leaves it", safe, &["link"], "link", EntryType::Link, b"../../etc/passwd"),
        inside("a device", safe, &["null"], "null", EntryType::Char, b""),
        inside("a fifo", safe, &["pipe"], "pipe", EntryType::Fifo, b""),
        inside("a name with a line feed", safe, &[], "two\nlines", EntryType::Regular, b"x"),
        inside("a name with a backslash", safe, &[], "a\\b", EntryType::Regular, b"x"),
        inside("two names that differ in case", safe, &["license"], "license", EntryType::Regular, b"x"),
        case("a name twice", safe, &["NOTICE"], |candidate| {
            candidate.source(|tree| tree.push(("NOTICE".into(), EntryType::Regular, b"another\n".to_vec())));
        }),
        case("a directory of another name", root, &["greeter-1.2.1"], |candidate| {
            candidate.publish(SOURCE, archive("greeter-1.2.1", &good_tree()));
        }),
        case("no directory", root, &["LICENSE"], |candidate| candidate.publish(SOURCE, archive("", &good_tree()))),
        case("too many files for the limit", safe, &[], |candidate| {
            candidate.arguments = vec!["--max-entries".into(), "2".into()]
        }),
        case("too many bytes for the limit", safe, &[], |candidate| {
            candidate.arguments = vec!["--max-unpacked".into(), "50".into()]
        }),
    ]
}

fn contents() -> Vec<Case> {
    let file = EntryType::Regular;
    vec![
        case("no LICENSE", "licence-notice", &["LICENSE"], |candidate| {
            candidate.source(|tree| tree.retain(|(path, ..)| path != "LICENSE"));
        }),
        case("no NOTICE", "licence-notice", &["NOTICE"], |candidate| {
            candidate.source(|tree| tree.retain(|(path, ..)| path != "NOTICE"));
        }),
        inside("another licence", "licence-notice", &["LICENSE"], "LICENSE", file, b"Do what you like.\n"),
        inside("another product's NOTICE", "licence-notice", &["NOTICE"], "NOTICE", file, b"Apache Other\nCopyright 2024 The Apache Software Foundation\n\nThis product includes software developed at\nThe Apache Software Foundation (http://www.apache.org/).\n"),
        inside("a NOTICE without years", "licence-notice", &["NOTICE"], "NOTICE", file, b"Apache Greeter\n\nThis product includes software developed at\nThe Apache Software Foundation (http://www.apache.org/).\n"),
        inside("a NOTICE without its owner", "licence-notice", &["NOTICE"], "NOTICE", file, b"Apache Greeter\nCopyright 2024-2026 The Apache Software Foundation\n"),
        inside("a file without a header", "licence-header", &["bare.py"], "bare.py", file, b"print('no header')\n"),
        inside("a class file", "no-binaries", &["A.dat"], "A.dat", file, b"\xca\xfe\xba\xbe\0\0\0\x34\0\x0d\x0a\0\x03\0"),
        inside("a program", "no-binaries", &["tool"], "tool", file, b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0"),
        inside("a program for Windows", "no-binaries", &["tool.bin"], "tool.bin", file, PROGRAM),
        inside("WebAssembly", "no-binaries", &["x.wasm"], "x.wasm", file, b"\0asm\x01\0\0\0"),
        inside("a snapshot's version", "version", &["setup.py"], "setup.py", file, b"# Licensed to the Apache Software Foundation (ASF) under one or more\n# contributor license agreements.  See the NOTICE file distributed with\n# this work for additional information regarding copyright ownership.\n# The ASF licenses this file to You under the Apache License, Version 2.0\n# (the \"License\"); you may not use this file except in compliance with\n# the License.\nversion='1.2-SNAPSHOT'\n"),
        inside("a private key", "secrets", &["server.key"], "server.key", file, b"-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq1Zx0c9TkW3yq8v0l4sJf2mQwZr6uYtVnPbHdGxCiEoSaK\n-----END RSA PRIVATE KEY-----\n"),
        inside("an OpenSSH key", "secrets", &["id"], "id", file, b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz\n-----END OPENSSH PRIVATE KEY-----\n"),
        case("another version in an sdist", "metadata", &["1.2.1", "PKG-INFO"], |candidate| {
            let name = "apache-greeter-1.2.0";
            let mut tree = good_tree();
            tree.push(("PKG-INFO".into(), EntryType::Regular, b"Metadata-Version: 2.1\nName: apache-greeter\nVersion: 1.2.1\n".to_vec()));
            candidate.publish(&format!("{name}.tar.gz"), archive(name, &tree));
        }),
    ]
}

/// The beginning of a program for Windows.
const PROGRAM: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8\0\0\0\0\0\0\0\x40\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\0\0\0PE\0\0\x64\x86\x02\0";

fn release() -> Vec<Case> {
    vec![case("files of two versions", "release", &["--version"], |candidate| {
        candidate.publish("greeter-extra-1.2.1.txt", b"x\n".to_vec());
    })]
}

#[test]
fn each_fault_is_caught_by_the_check_that_is_meant_for_it() {
    let cases: Vec<Case> =
        [inventory(), checksums(), signatures(), archives(), contents(), release()].into_iter().flatten().collect();
    assert!(cases.len() >= 60, "only {} cases", cases.len());
    caught(&cases);
}

/// That each fault is found, by its check and in its words.
pub fn caught(cases: &[Case]) {
    let _keys = Signers::get();
    let mut faults = Vec::new();
    for Case { name, spoil, check, says } in cases {
        let mut candidate = CandidateDirectory::good();
        spoil(&mut candidate);
        let output = candidate.verify(&["--format", "json"]);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        if output.status.code() != Some(1) || report["passed"] != false {
            let said = String::from_utf8_lossy(&output.stderr);
            faults.push(format!("{name}: passed, or ended with {:?}: {said}", output.status.code()));
            continue;
        }
        let failed = failed(&report);
        let wanted = |said: &String| says.iter().all(|words| said.contains(words));
        let named = |(found, said): &(String, String)| found == check && wanted(said);
        if !failed.iter().any(named) {
            faults.push(format!("{name}: expected `{check}` with {says:?}, found {failed:#?}"));
        }
    }
    assert!(faults.is_empty(), "{} of {} faults are not caught:\n{}", faults.len(), cases.len(), faults.join("\n"));
}

/// Each finding that failed: its check, and the file, entry and detail as one text.
fn failed(report: &serde_json::Value) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let of = |path: &str, findings: &serde_json::Value| -> Vec<(String, String)> {
        let findings = findings.as_array().unwrap().iter().filter(|finding| finding["status"] == "fail");
        findings
            .map(|found| (text(&found["name"]), format!("{path} {} {}", text(&found["entry"]), text(&found["detail"]))))
            .collect()
    };
    let files = report["files"].as_array().unwrap().iter();
    files.flat_map(|file| of(&text(&file["path"]), &file["checks"])).chain(of("", &report["checks"])).collect()
}
