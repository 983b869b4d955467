// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What must not be in an archive, or must: each fault, and what must be named.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::build::*;
use super::faults::{Case, caught, jar, source};
use crate::verify::ArchiveForm;

fn without(fault: &'static str, gone: &str, put: Option<&str>, check: &'static str, text: &'static str) -> Case {
    let mut members = good();
    let path = format!("demo-1.0.0/{gone}");
    members.retain(|member| member.path != path.as_bytes());
    members.extend(put.map(|put| file(&path, put)));
    (fault, "demo-src.tgz", tgz(&members), ArchiveForm::Source, check, text)
}

/// One file that is a thousand times as large as its gzip.
fn bomb() -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&vec![0; 80 << 20]).unwrap();
    gzip.finish().unwrap()
}

fn contents() -> Vec<Case> {
    let compiled = |fault, bytes: &[u8], text| source(fault, file("demo-1.0.0/data.txt", bytes), "no-binaries", text);
    let text =
        |fault, text: &str, check, said| source(fault, file("demo-1.0.0/x.py", format!("{HEADER}{text}")), check, said);
    let key = |kind: &str| format!("-----BEGIN {kind}-----\n{}\n", "A".repeat(64));
    let exe: Vec<u8> = [&b"MZ"[..], &[0; 58], &[64, 0, 0, 0], b"PE\0\0"].concat();
    vec![
        without("no LICENSE", "LICENSE", None, "licence-notice", "LICENSE: there is no LICENSE in the root directory"),
        without(
            "another LICENSE",
            "LICENSE",
            Some("MIT"),
            "licence-notice",
            "LICENSE: it is not the text of the Apache License 2.0",
        ),
        without("no NOTICE", "NOTICE", None, "licence-notice", "NOTICE: there is no NOTICE"),
        without(
            "another product",
            "NOTICE",
            Some(&NOTICE.replace("Demo", "Other")),
            "licence-notice",
            "NOTICE: it does not name Apache Demo",
        ),
        without(
            "old years",
            "NOTICE",
            Some(&NOTICE.replace("2026", "2023")),
            "licence-notice",
            "NOTICE: its copyright is of 2014-2023, without 2026",
        ),
        without(
            "years that run backwards",
            "NOTICE",
            Some(&NOTICE.replace("2014-2026", "2031-2014")),
            "licence-notice",
            "NOTICE: its copyright is of 2031-2014, which runs backwards",
        ),
        without(
            "no owner",
            "NOTICE",
            Some(&NOTICE.replace("2026 The", "2026 A")),
            "licence-notice",
            "NOTICE: it has no line `Copyright",
        ),
        without(
            "not developed",
            "NOTICE",
            Some(&NOTICE.replace("developed", "made")),
            "licence-notice",
            "NOTICE: it does not say `developed at",
        ),
        source("no header", file("demo-1.0.0/b.py", "print()"), "licence-header", "b.py: it has no licence header"),
        compiled("ELF", b"\x7fELF\x02", "data.txt: it is an ELF program"),
        compiled("class", b"\xca\xfe\xba\xbe\0\0\0\x34", "data.txt: it is a Java class"),
        compiled("fat Mach-O", b"\xca\xfe\xba\xbe\0\0\0\x02", "data.txt: it is a fat Mach-O"),
        compiled("Mach-O", b"\xcf\xfa\xed\xfe\x07", "data.txt: it is a Mach-O"),
        compiled("PE", &exe, "data.txt: it is a Windows program"),
        compiled("wasm", b"\0asm\x01", "data.txt: it is WebAssembly"),
        compiled("ar", b"!<arch>\nx", "data.txt: it is a library of object files"),
        compiled("bitcode", b"BC\xc0\xde", "data.txt: it is LLVM bitcode"),
        compiled("dex", b"dex\n035\0", "data.txt: it is a dex"),
        compiled(
            "pyc",
            &[&[0xcb, 0x0d, b'\r', b'\n'][..], &[0; 12], &[0xe3]].concat(),
            "data.txt: it is compiled Python",
        ),
        compiled("jar", &zip(&good_jar()), "data.txt: it holds org/demo/A.class, which is a Java class"),
        compiled("broken zip", b"PK\x03\x04 and nothing", "data.txt: it is an archive that cannot be looked into"),
        source(
            "a path that leads out, in an archive in it",
            file("demo-1.0.0/data.bin", zip(&[zipped("../evil", "x")])),
            "archive-safe",
            "data.bin: in the archive: ../evil: its path holds `..`",
        ),
        source(
            "a bomb in it",
            file("demo-1.0.0/data.bin", bomb()),
            "archive-safe",
            "data.bin: in the archive: it grows more than 250 times",
        ),
        text("snapshot", "version = '1.0-SNAPSHOT'\n", "version", "x.py: x.py:2 names a snapshot's version"),
        text("RSA key", &key("RSA PRIVATE KEY"), "secrets", "x.py: x.py:2 holds an RSA private key"),
        text("EC key", &key("EC PRIVATE KEY"), "secrets", "x.py:2 holds an EC private key"),
        text("OpenSSH key", &key("OPENSSH PRIVATE KEY"), "secrets", "x.py:2 holds an OpenSSH private key"),
        text("OpenPGP key", &key("PGP PRIVATE KEY BLOCK"), "secrets", "x.py:2 holds an OpenPGP private key"),
        text("AWS key", "k = AKIAABCDEFGHIJKLMNOP\n", "secrets", "x.py:2 holds an AWS access key"),
        text("GitHub token", &format!("ghp_{}\n", "a1".repeat(18)), "secrets", "x.py:2 holds a GitHub token"),
        text(
            "new GitHub token",
            &format!("github_pat_{}\n", "a1".repeat(18)),
            "secrets",
            "x.py:2 holds a GitHub token",
        ),
        text("npm login", "//r/:_authToken=aaaaaaaa-bbbb-cccc-dddd\n", "secrets", "x.py:2 holds an npm login"),
        text("PyPI token", &format!("pypi-AgEI{}\n", "a1".repeat(40)), "secrets", "x.py:2 holds a PyPI token"),
        text("Slack token", &format!("xox{}-123456789012-abcdefgh\n", "b"), "secrets", "x.py:2 holds a Slack token"),
        jar(
            "manifest's version",
            |jar| jar[0].bytes = b"Implementation-Version: 1.0.1\n".to_vec(),
            "metadata",
            "META-INF/MANIFEST.MF: its version is 1.0.1, not 1.0.0",
        ),
        jar(
            "pom's version",
            |jar| jar[3].bytes = b"artifactId=demo\nversion=2\n".to_vec(),
            "metadata",
            "pom.properties: its version is 2, not 1.0.0",
        ),
        jar(
            "no licence in META-INF",
            |jar| jar[1].name = "LICENSE".into(),
            "licence-notice",
            "there is no LICENSE in META-INF/",
        ),
        (
            "wheel's version",
            "demo-1.0.0-py3-none-any.whl",
            zip(&[zipped("demo.dist-info/METADATA", "Version: 2\n")]),
            ArchiveForm::Wheel,
            "metadata",
            "demo.dist-info/METADATA: its version is 2",
        ),
        (
            "wheel without metadata",
            "demo-1.0.0-py3-none-any.whl",
            zip(&[zipped("a.py", "")]),
            ArchiveForm::Wheel,
            "metadata",
            "there is no METADATA",
        ),
        (
            "sdist's version",
            "demo.tar.gz",
            tgz(&[file("demo/PKG-INFO", "Version: 2\n")]),
            ArchiveForm::Sdist,
            "metadata",
            "demo/PKG-INFO: its version is 2".trim_start_matches("demo/"),
        ),
        (
            "npm's version",
            "demo.tgz",
            tgz(&[file("package/package.json", "{\"version\":\"2\"}")]),
            ArchiveForm::Npm,
            "metadata",
            "package.json: its version is 2",
        ),
        (
            "crate's version",
            "demo-1.0.0.crate",
            tgz(&[file("demo-1.0.0/Cargo.toml", "[package]\nname = \"demo\"\nversion = \"2.0.0\"\n")]),
            ArchiveForm::Crate,
            "metadata",
            "Cargo.toml: its version is 2.0.0",
        ),
        (
            "crate's name",
            "demo-1.0.0.crate",
            tgz(&[file("demo-1.0.0/Cargo.toml", "[package]\nname = \"other\"\nversion = \"1.0.0\"\n")]),
            ArchiveForm::Crate,
            "metadata",
            "Cargo.toml: its name is other, not demo",
        ),
        (
            "crate without a name",
            "demo-1.0.0.crate",
            tgz(&[file("demo-1.0.0/Cargo.toml", "[package]\nversion = \"1.0.0\"\n")]),
            ArchiveForm::Crate,
            "metadata",
            "Cargo.toml: it says no name",
        ),
        (
            "crate without Cargo.toml",
            "demo-1.0.0.crate",
            tgz(&[file("demo-1.0.0/vendor/Cargo.toml", "[package]\n")]),
            ArchiveForm::Crate,
            "metadata",
            "there is no Cargo.toml",
        ),
        (
            "npm without a version",
            "demo.tgz",
            tgz(&[file("package/package.json", "{")]),
            ArchiveForm::Npm,
            "metadata",
            "package.json: it says no version",
        ),
    ]
}

#[test]
fn what_must_not_be_inside_is_caught() {
    caught(contents());
}
