// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Each fault, the check that must catch it, and what must be named.

use std::io::Cursor;

use tar::EntryType;

use super::build::*;
use crate::verify::{ArchiveForm, Limits, Status, check_archive_bytes};

/// What is wrong, the archive's name and bytes and form, the check, and what it must say.
pub type Case = (&'static str, &'static str, Vec<u8>, ArchiveForm, &'static str, &'static str);

pub fn source(fault: &'static str, member: Member, check: &'static str, text: &'static str) -> Case {
    (fault, "demo-src.tgz", tgz(&and(member)), ArchiveForm::Source, check, text)
}

pub fn jar(
    fault: &'static str,
    change: impl FnOnce(&mut Vec<ZipEntry>),
    check: &'static str,
    text: &'static str,
) -> Case {
    let mut entries = good_jar();
    change(&mut entries);
    (fault, "demo-1.0.0.jar", zip(&entries), ArchiveForm::Jar, check, text)
}

fn raw(fault: &'static str, name: &'static str, bytes: Vec<u8>, text: &'static str) -> Case {
    (fault, name, bytes, ArchiveForm::Source, "archive-whole", text)
}

fn moded(mode: u32) -> Member {
    Member { mode, ..file("demo-1.0.0/run.sh", HEADER) }
}

fn cut(mut bytes: Vec<u8>, from_end: usize) -> Vec<u8> {
    bytes.truncate(bytes.len() - from_end);
    bytes
}

fn flipped(mut bytes: Vec<u8>, at: usize) -> Vec<u8> {
    bytes[at] ^= 0x10;
    bytes
}

fn whole() -> Vec<Case> {
    let (bytes, packed) = (tar(&good()), tgz(&good()));
    let sum = packed.len() - 8;
    let zipped_jar = zip(&good_jar());
    vec![
        raw("empty file", "a.tgz", Vec::new(), "it is empty"),
        raw("no entries", "a.tgz", tgz(&[]), "it holds nothing"),
        raw("zip without entries", "a.zip", zip(&[]), "it holds nothing"),
        raw("another form than the name", "a.tar.xz", packed.clone(), "its name says xz, its first bytes say gzip"),
        raw("text for an archive", "a.tgz", b"hello".to_vec(), "its name says gzip, its first bytes do not"),
        raw("unknown form", "a.txt", b"hello".to_vec(), "no archive that can be looked into"),
        raw("gzip cut off", "a.tgz", cut(packed.clone(), 100), "cannot be read to its end"),
        raw("gzip trailer cut off", "a.tgz", cut(packed.clone(), 3), "cannot be read to its end"),
        raw("gzip's sum", "a.tgz", flipped(packed.clone(), sum), "checksum"),
        raw("gzip's length", "a.tgz", flipped(packed.clone(), sum + 4), "checksum"),
        raw(
            "garbage after the gzip",
            "a.tgz",
            [packed, b"garbage and more".to_vec()].concat(),
            "there is something after the end of the gzip",
        ),
        raw("tar without an end", "a.tgz", gzip(&cut(bytes.clone(), 1024)), "no end marker"),
        raw("tar with half an end", "a.tgz", gzip(&cut(bytes.clone(), 512)), "within the end marker"),
        raw("tar cut in a file", "a.tgz", gzip(&bytes[..1024]), "cannot be read to its end"),
        raw("tar's header sum", "a.tar", flipped(bytes.clone(), 150), "cannot be read to its end"),
        raw(
            "something after the tar",
            "a.tgz",
            gzip(&[bytes.clone(), b"x".to_vec()].concat()),
            "after the end of the tar",
        ),
        raw("xz cut off", "a.tar.xz", cut(xz(&bytes), 40), "cannot be read to its end"),
        raw("xz damaged", "a.tar.xz", flipped(xz(&bytes), 400), "cannot be read to its end"),
        raw("a byte after the xz", "a.tar.xz", [xz(&bytes), vec![7]].concat(), "it cannot be read to its end"),
        raw("a byte after the gzip", "a.tgz", [tgz(&good()), vec![7]].concat(), "after the end of the gzip"),
        raw(
            "garbage after the xz",
            "a.tar.xz",
            [xz(&bytes), b"garbage!".to_vec()].concat(),
            "invalid data after stream",
        ),
        source("pax size", pax("size", "1"), "archive-whole", "does not come"),
        raw("sparse file", "a.tgz", tgz(&[odd("a", EntryType::GNUSparse, "")]), "sparse"),
        raw("zip cut off", "a.jar", cut(zipped_jar.clone(), 10), "cut off or no zip"),
        raw("zip without its directory", "a.jar", zipped_jar[..200].to_vec(), "cut off or no zip"),
        raw("garbage after the zip", "a.jar", [zipped_jar.clone(), vec![0; 3]].concat(), "3 bytes follow the end"),
        raw("something before the zip", "a.jar", [b"#!/bin/sh\n".to_vec(), zipped_jar].concat(), "before the zip"),
        jar(
            "another name in the local header",
            |jar| jar[1].local_name = Some("META-INF/LICENCE".into()),
            "archive-whole",
            "META-INF/LICENSE: directory and local header give it another name",
        ),
        jar(
            "another size in the local header",
            |jar| jar[2].local_size = Some(7),
            "archive-whole",
            "META-INF/NOTICE: directory and local header give it another size",
        ),
        jar("wrong CRC", |jar| jar[2].crc = Some(7), "archive-whole", "META-INF/NOTICE: its bytes do not have its CRC"),
        jar("encrypted", |jar| jar[2].flags = 1, "archive-whole", "META-INF/NOTICE: it is encrypted"),
        jar(
            "unknown compression",
            |jar| jar[2].method = Some(93),
            "archive-whole",
            "META-INF/NOTICE: it is compressed by method 93",
        ),
        jar(
            "hidden bytes between entries",
            |jar| jar[2].gap = b"hidden".to_vec(),
            "archive-whole",
            "META-INF/NOTICE: 6 bytes before it belong to nothing",
        ),
    ]
}

fn safe() -> Vec<Case> {
    let link = |path, target| odd(path, EntryType::Symlink, target);
    vec![
        source(
            "absolute path",
            file("/demo-1.0.0/a.py", HEADER),
            "archive-safe",
            "/demo-1.0.0/a.py: its path is absolute",
        ),
        source(
            "path that leads out",
            file("demo-1.0.0/../a.py", HEADER),
            "archive-safe",
            "demo-1.0.0/../a.py: its path holds `..`",
        ),
        source("backslash", file("demo-1.0.0/a\\b.py", HEADER), "archive-safe", "a\\b.py: its name holds a backslash"),
        source(
            "drive letter",
            file("C:/demo/a.py", HEADER),
            "archive-safe",
            "C:/demo/a.py: its path begins with a drive letter",
        ),
        source("empty name", file("", HEADER), "archive-safe", "(no name): its name is empty"),
        source(
            "control character",
            file("demo-1.0.0/a\u{1b}[31m.py", HEADER),
            "archive-safe",
            "a\\u{1b}[31m.py: its name holds a control character",
        ),
        jar(
            "NUL in a name",
            |jar| jar[4].name = "org/a\0.class".into(),
            "archive-safe",
            "org/a\\u{0}.class: its name holds a NUL",
        ),
        source(
            "no UTF-8",
            Member { path: b"demo-1.0.0/\xff.py".to_vec(), ..file("", HEADER) },
            "archive-safe",
            "its name is no UTF-8",
        ),
        source(
            "link to an absolute path",
            link("demo-1.0.0/l", "/etc/passwd"),
            "archive-safe",
            "demo-1.0.0/l: the link leads out of the archive, to /etc/passwd",
        ),
        source(
            "link beyond the root",
            link("demo-1.0.0/src/l", "../../x"),
            "archive-safe",
            "demo-1.0.0/src/l: the link leads out",
        ),
        source(
            "hard link out",
            odd("demo-1.0.0/l", EntryType::Link, "../x"),
            "archive-safe",
            "demo-1.0.0/l: the hard link leads out",
        ),
        source(
            "hard link to nothing",
            odd("demo-1.0.0/l", EntryType::Link, "demo-1.0.0/no"),
            "archive-safe",
            "which is no file before it",
        ),
        source(
            "device",
            odd("demo-1.0.0/d", EntryType::Char, ""),
            "archive-safe",
            "demo-1.0.0/d: it is a character device",
        ),
        source("fifo", odd("demo-1.0.0/f", EntryType::Fifo, ""), "archive-safe", "demo-1.0.0/f: it is a fifo"),
        source("setuid", moded(0o4755), "archive-safe", "demo-1.0.0/run.sh: its setuid bit is set"),
        source("setgid", moded(0o2755), "archive-safe", "demo-1.0.0/run.sh: its setgid bit is set"),
        source("sticky", moded(0o1755), "archive-safe", "demo-1.0.0/run.sh: its sticky bit is set"),
        source(
            "name twice",
            file("demo-1.0.0/NOTICE", NOTICE),
            "archive-safe",
            "demo-1.0.0/NOTICE: the name is there twice",
        ),
        source(
            "case collides",
            file("demo-1.0.0/Notice", NOTICE),
            "archive-safe",
            "demo-1.0.0/Notice: on some file systems it is the same as demo-1.0.0/NOTICE",
        ),
        source(
            "directory's case collides",
            file("demo-1.0.0/SRC/b.py", HEADER),
            "archive-safe",
            "demo-1.0.0/SRC: on some file systems it is the same as demo-1.0.0/src",
        ),
        source(
            "below a file",
            file("demo-1.0.0/NOTICE/a.py", HEADER),
            "archive-safe",
            "demo-1.0.0/NOTICE/a.py: it is below the file demo-1.0.0/NOTICE",
        ),
        source(
            "file in a directory's place",
            file("demo-1.0.0/src", HEADER),
            "archive-safe",
            "demo-1.0.0/src: entries stand below it",
        ),
        source(
            "too deep",
            Member { kind: EntryType::GNULongName, ..file("l", "d/".repeat(101)) },
            "archive-whole",
            "does not come",
        ),
        source(
            "outside of the root",
            file("other/a.py", HEADER),
            "archive-root",
            "other/a.py: it is not in the directory demo-1.0.0",
        ),
        jar(
            "link in a zip",
            |jar| {
                jar[4].mode = 0o120_777;
                jar[4].bytes = b"../../../x".to_vec();
            },
            "archive-safe",
            "org/demo/A.class: the link leads out of the archive, to ../../../x",
        ),
    ]
}

pub fn caught(cases: Vec<Case>) {
    for (fault, name, bytes, form, check_name, text) in cases {
        let report = check(name, bytes, form);
        let said = said(&report);
        let wanted = |line: &String| line.starts_with(&format!("{check_name} Fail")) && line.contains(text);
        assert!(said.iter().any(wanted), "{fault}: {said:#?}");
        let passed = report.findings.iter().any(|finding| finding.name == check_name && finding.status == Status::Pass);
        assert!(!passed, "{fault}: {check_name} passed all the same");
    }
}

#[test]
fn what_is_not_whole_is_caught() {
    caught(whole());
}

#[test]
fn what_is_not_safe_is_caught() {
    caught(safe());
}

#[test]
fn a_pax_size_that_differs_is_caught() {
    let mut members = good();
    members.push(pax("size", "1"));
    members.push(file("demo-1.0.0/b.py", HEADER));
    let said = said(&check("demo-src.tgz", tgz(&members), ArchiveForm::Source));
    let wanted = "archive-whole Fail demo-1.0.0/b.py: its pax header gives another size than its header";
    assert!(said.iter().any(|line| line == wanted), "{said:#?}");
}

#[test]
fn odd_modes_and_links_are_warned_of() {
    let members = [moded(0o666), odd("demo-1.0.0/hard", EntryType::Link, "demo-1.0.0/NOTICE")];
    let bytes = tgz(&good().into_iter().chain(members).collect::<Vec<_>>());
    assert_eq!(
        said(&check("demo-src.tgz", bytes, ArchiveForm::Source)),
        [
            "archive-safe Warn demo-1.0.0/run.sh: everybody may write to it",
            "archive-safe Warn demo-1.0.0/hard: it is a hard link to demo-1.0.0/NOTICE",
        ]
    );
}

#[test]
fn each_limit_stops_the_reading() {
    let limits = Limits::default();
    let cases = [
        (Limits { total_bytes: 20_000, ..limits }, "it holds more than 20000 bytes in all"),
        (Limits { entry_bytes: 10_000, ..limits }, "it has 30000 bytes, the limit is 10000"),
        (Limits { entries: 2, ..limits }, "it holds more than 2 entries"),
        (Limits { ratio: 10, ..limits }, "it grows more than 10 times"),
        (Limits { depth: 2, ..limits }, "it is more than 2 directories deep"),
    ];
    for (limits, text) in cases {
        // the ratio counts from 64 MiB on
        let big = vec![b'a'; if limits.ratio == 10 { 70_000_000 } else { 30_000 }];
        let as_tar = tgz(&and(file("demo-1.0.0/a/b/c", &big)));
        let names = ["a", "b"].map(|name| zipped(&format!("demo-1.0.0/a/b/{name}"), "1"));
        let as_zip = zip(&[&names[..], &[zipped("demo-1.0.0/a/b/c", &big)]].concat());
        for (name, bytes) in [("a.tgz", as_tar), ("a.zip", as_zip)] {
            let rules = crate::verify::ArchiveRules { limits, ..rules(ArchiveForm::Other) };
            let said = said(&check_archive_bytes(name, Cursor::new(&bytes), &rules));
            let wanted = |line: &String| line.starts_with("archive-safe Fail") && line.contains(text);
            assert!(said.iter().any(wanted), "{name}: {text}: {said:#?}");
        }
    }
}

#[test]
fn a_secret_is_never_repeated() {
    let secret = "a1".repeat(18);
    let bytes = tgz(&and(file("demo-1.0.0/x.py", format!("ghp_{secret}"))));
    let report = check("demo-src.tgz", bytes, ArchiveForm::Source);
    assert!(!format!("{:?}", report.findings).contains(&secret[..8]));
}
