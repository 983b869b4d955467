// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Archives that are right, and that stay right however they are packed.

use super::build::*;
use crate::release::PathRules;
use crate::verify::{ArchiveForm, Status, check_archive_bytes};

fn passes(name: &str, bytes: Vec<u8>, form: ArchiveForm, checks: &[&str]) {
    let report = check(name, bytes, form);
    assert_eq!(said(&report), [] as [String; 0], "{name}");
    let names: Vec<&str> = report.findings.iter().map(|finding| finding.name).collect();
    assert_eq!(names, checks, "{name}");
}

const SOURCE: [&str; 8] = [
    "licence-notice",
    "licence-header",
    "no-binaries",
    "version",
    "secrets",
    "archive-whole",
    "archive-safe",
    "archive-root",
];

#[test]
fn right_archives_pass_in_each_form() {
    let bytes = tar(&good());
    passes("demo-1.0.0-src.tgz", gzip(&bytes), ArchiveForm::Source, &SOURCE);
    passes("demo-1.0.0-src.tar.xz", xz(&bytes), ArchiveForm::Source, &SOURCE);
    passes("demo-1.0.0-src.tar", bytes.clone(), ArchiveForm::Source, &SOURCE);
    let (first, second) = bytes.split_at(700);
    passes("demo-1.0.0-src.tgz", [gzip(first), gzip(second)].concat(), ArchiveForm::Source, &SOURCE);
    let (first, second) = bytes.split_at(700);
    passes("demo-1.0.0-src.tar.xz", [xz(first), xz(second)].concat(), ArchiveForm::Source, &SOURCE);
    let files = good().into_iter().map(|member| zipped(std::str::from_utf8(&member.path).unwrap(), member.bytes));
    passes("demo-1.0.0-src.zip", zip(&files.collect::<Vec<_>>()), ArchiveForm::Source, &SOURCE);
}

#[test]
fn right_packages_pass() {
    let checks = ["licence-notice", "metadata", "version", "secrets", "archive-whole", "archive-safe"];
    passes("demo-1.0.0.jar", zip(&good_jar()), ArchiveForm::Jar, &checks);
    passes("demo-1.0.0-py3-none-any.whl", zip(&recorded(good_wheel())), ArchiveForm::Wheel, &checks);
    let package = |directory: &str, name: &str, text: &str| {
        tgz(&[
            file(&format!("{directory}/LICENSE"), LICENCE),
            file(&format!("{directory}/NOTICE"), NOTICE),
            file(&format!("{directory}/{name}"), text),
        ])
    };
    passes("demo-1.0.0.tar.gz", package("demo-1.0.0", "PKG-INFO", "Version: 1.0.0\n"), ArchiveForm::Sdist, &checks);
    let cargo = "[package]\nname = \"demo\"\nversion = \"1.0.0\"\n";
    passes("demo-1.0.0.crate", package("demo-1.0.0", "Cargo.toml", cargo), ArchiveForm::Crate, &checks);
    passes("demo-1.0.0.tgz", package("package", "package.json", "{\"version\": \"1.0.0\"}"), ArchiveForm::Npm, &checks);
}

#[test]
fn the_modes_that_packers_give_to_directories_pass() {
    let checks = ["licence-notice", "metadata", "version", "secrets", "archive-whole", "archive-safe"];
    let mut jar = good_jar();
    jar.insert(0, zipped("META-INF/", ""));
    // as Maven's archiver wrote them until 2012: no mode at all
    jar[0].mode = 0o177_777;
    passes("demo-1.0.0.jar", zip(&jar), ArchiveForm::Jar, &checks);
    let group = Member { mode: 0o2775, ..odd("demo-1.0.0/shared/", tar::EntryType::Directory, "") };
    let members: Vec<Member> = good().into_iter().chain([group]).collect();
    passes("demo-1.0.0-src.tgz", tgz(&members), ArchiveForm::Source, &SOURCE);
    jar[0].mode = 0o046_755;
    let report = check("demo-1.0.0.jar", zip(&jar), ArchiveForm::Jar);
    assert_eq!(said(&report), ["archive-safe Fail META-INF/: its setuid bit is set"]);
}

#[test]
fn long_names_links_inside_and_allowed_keys_pass() {
    let key = format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n", "A".repeat(64));
    let long = format!("demo-1.0.0/{}/a.py", "d".repeat(120));
    let mut members = good();
    members.push(odd("demo-1.0.0/link", tar::EntryType::Symlink, "src/../src/a.py"));
    members.push(file("demo-1.0.0/test.key", format!("{HEADER}{key}")));
    members.push(Member { kind: tar::EntryType::GNULongName, ..file("././@LongLink", format!("{long}\0")) });
    members.push(file("cut", HEADER));
    members.push(pax("path", &format!("{long}x")));
    members.push(file("cut", HEADER));
    let report = check("demo-1.0.0-src.tgz", tgz(&members), ArchiveForm::Source);
    assert_eq!(said(&report), [] as [String; 0]);
    let secrets = report.findings.iter().find(|finding| finding.name == "secrets").unwrap();
    assert_eq!(secrets.detail, "no key or token in 6 files, 1 allowed");
}

#[test]
fn what_the_rules_allow_is_counted() {
    let mut rules = rules(ArchiveForm::Source);
    rules.contents.allowed_binaries = PathRules::new(&["lib/*.so"]).unwrap();
    rules.contents.allowed_snapshots = PathRules::new(&["docs"]).unwrap();
    rules.contents.no_header = PathRules::new(&["docs", "lib"]).unwrap();
    let members = [file("demo-1.0.0/lib/a.so", b"\x7fELF\x02"), file("demo-1.0.0/docs/a.md", "use 1.1-SNAPSHOT\n")];
    let bytes = tgz(&good().into_iter().chain(members).collect::<Vec<_>>());
    let report = check_archive_bytes("demo-src.tgz", std::io::Cursor::new(bytes), &rules);
    assert!(report.findings.iter().all(|finding| finding.status == Status::Pass), "{:#?}", report.findings);
}

#[test]
fn a_large_file_is_looked_at_in_pieces() {
    let filler = "x\n".repeat(3 * 1024 * 1024);
    let text = format!("{filler}{HEADER}ghp_{}\n{filler}9.9-SNAPSHOT", "a1".repeat(18));
    let lines = 3 * 1024 * 1024;
    let report = check("demo-1.0.0-src.tgz", tgz(&and(file("demo-1.0.0/big.txt", text))), ArchiveForm::Source);
    assert_eq!(
        said(&report),
        [
            format!("secrets Fail big.txt: big.txt:{} holds a GitHub token", lines + 2),
            format!("version Fail big.txt: big.txt:{} names a snapshot's version", 2 * lines + 3),
        ]
    );
}
