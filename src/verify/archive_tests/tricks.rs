// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Archives that two programs would unpack differently, or that do more when they are
//! unpacked than their names say.

use tar::EntryType;

use super::build::*;
use super::faults::{Case, caught, jar, source};
use crate::verify::{ArchiveForm, Status};

/// The end record of 64 bits of a zip, whose directory of `size` bytes is at `at`.
fn end_64(entries: usize, size: usize, at: usize) -> Vec<u8> {
    let mut end = b"PK\x06\x06".to_vec();
    end.extend(44u64.to_le_bytes());
    end.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    [entries, entries, size, at].iter().for_each(|number| end.extend((*number as u64).to_le_bytes()));
    end
}

/// What follows the ends of 64 bits: where the one is that counts, and the small end.
fn locator(at: usize) -> Vec<u8> {
    let mut locator = b"PK\x06\x07\0\0\0\0".to_vec();
    locator.extend((at as u64).to_le_bytes());
    locator.extend([1, 0, 0, 0]);
    locator.extend(b"PK\x05\x06\0\0\0\0");
    locator.extend([0xff; 12]);
    locator.extend([0, 0]);
    locator
}

/// A zip with one end of 64 bits, as it should be.
fn zip_64() -> Vec<u8> {
    let (entries, directory) = zip_parts(&good_jar(), 0);
    let at = entries.len() + directory.len();
    let end = end_64(good_jar().len(), directory.len(), entries.len());
    [entries, directory, end, locator(at)].concat()
}

/// A zip whose locator leads to one directory, with another one just before the locator.
fn two_directories() -> Vec<u8> {
    let good = good_jar();
    let mut evil = good_jar();
    evil[4].bytes = b"another class".to_vec();
    let (entries, directory) = zip_parts(&good, 0);
    let at = entries.len() + directory.len();
    let mut out = [&entries[..], &directory, &end_64(good.len(), directory.len(), entries.len())].concat();
    let (others, other_directory) = zip_parts(&evil, out.len());
    let other_at = out.len() + others.len();
    out.extend([others, other_directory.clone(), end_64(evil.len(), other_directory.len(), other_at)].concat());
    out.extend(locator(at));
    out
}

/// Info-ZIP's field with a name in UTF-8.
fn unicode_path(name: &str) -> Vec<u8> {
    let mut field = 0x7075u16.to_le_bytes().to_vec();
    field.extend(u16::try_from(name.len() + 5).unwrap().to_le_bytes());
    field.extend([1, 0, 0, 0, 0]);
    field.extend(name.as_bytes());
    field
}

fn tricks() -> Vec<Case> {
    let (whole, safe) = ("archive-whole", "archive-safe");
    let named = |fault, name: &str, text| source(fault, file(&format!("demo-1.0.0/{name}"), HEADER), safe, text);
    let two = |members: Vec<Member>| tgz(&good().into_iter().chain(members).collect::<Vec<_>>());
    let link = |path, target| odd(path, EntryType::Symlink, target);
    let hidden = tar(&[file("demo-1.0.0/src/evil.so", "\x7fELF")]);
    let two_sizes = [pax("size", "0").bytes, pax("size", "1").bytes].concat();
    let many = |fault, members, text| (fault, "demo-src.tgz", two(members), ArchiveForm::Source, safe, text);
    let torn = |fault, members, text| (fault, "demo-src.tgz", two(members), ArchiveForm::Source, whole, text);
    let link_to = |path, target| odd(path, EntryType::Link, target);
    vec![
        ("two directories", "demo-1.0.0.jar", two_directories(), ArchiveForm::Jar, whole, "no end record that fits it"),
        jar(
            "another name for Unicode",
            |jar| jar[4].extra = unicode_path("../../x"),
            whole,
            "org/demo/A.class: directory and local header give it another name (`../../x`, in its field for Unicode)",
        ),
        jar(
            "a name for Unicode that is there twice",
            |jar| jar[4].extra = unicode_path("META-INF/NOTICE"),
            whole,
            "org/demo/A.class: directory and local header give it another name",
        ),
        many(
            "a link out by way of another",
            vec![link("demo-1.0.0/src/up", ".."), link("demo-1.0.0/src/out", "up/../x")],
            "demo-1.0.0/src/out: the link leads out of the archive, to up/../x",
        ),
        many(
            "a link out by way of a later one",
            vec![link("demo-1.0.0/src/out", "up/../x"), link("demo-1.0.0/src/up", "..")],
            "demo-1.0.0/src/out: the link leads out of the archive, to up/../x",
        ),
        many(
            "capabilities",
            vec![pax("SCHILY.xattr.security.capability", "x"), file("demo-1.0.0/run.sh", HEADER)],
            "demo-1.0.0/run.sh: its pax header gives it capabilities, which is as setuid",
        ),
        many(
            "capabilities by another spelling",
            vec![pax("LIBARCHIVE.xattr.securit%79%2Ecapability", "x"), file("demo-1.0.0/run.sh", HEADER)],
            "demo-1.0.0/run.sh: its pax header gives it capabilities, which is as setuid",
        ),
        jar(
            "a link of another system",
            |jar| (jar[4].system, jar[4].mode) = (Some(16), 0o120_777),
            safe,
            "org/demo/A.class: its mode 120777 under system 16 makes it a link for some programs, not for others",
        ),
        jar(
            "setuid of another system",
            |jar| (jar[4].system, jar[4].mode) = (Some(30), 0o104_755),
            safe,
            "org/demo/A.class: its mode 104755 under system 30 makes it setuid or setgid for some programs",
        ),
        jar(
            "a version of the format that is left packed",
            |jar| jar[4].needs = Some(200),
            whole,
            "org/demo/A.class: it needs version 20 of the format, which programs leave packed",
        ),
        jar(
            "patched data",
            |jar| jar[4].flags |= 1 << 5,
            whole,
            "org/demo/A.class: its flags say 0x0020, which programs read differently",
        ),
        torn(
            "a link with bytes, which GNU tar reads as entries",
            vec![Member { bytes: hidden, ..link_to("demo-1.0.0/src/again.py", "demo-1.0.0/src/a.py") }],
            "demo-1.0.0/src/again.py: it is no file, yet has 2048 bytes",
        ),
        torn(
            "two pax headers of one entry",
            vec![pax("path", "demo-1.0.0/src/b.py"), pax("mtime", "1790000000"), file("demo-1.0.0/src/c.py", HEADER)],
            "an entry has two pax headers",
        ),
        torn(
            "a size that is given twice",
            vec![Member { bytes: two_sizes, ..pax("size", "0") }, file("demo-1.0.0/src/b.py", "#")],
            "an entry's size is given twice",
        ),
        torn(
            "a global header in between",
            vec![
                pax("path", "demo-1.0.0/src/b.py"),
                Member { kind: EntryType::XGlobalHeader, ..pax("comment", "x") },
                file("demo-1.0.0/src/c.py", HEADER),
            ],
            "a global pax header stands between an entry and what is said of it",
        ),
        torn(
            "a key with a NUL in it",
            vec![pax("comment\0path", "x"), file("demo-1.0.0/src/b.py", HEADER)],
            "a pax header has a key that programs read differently",
        ),
        torn(
            "a key with a blank before it",
            vec![pax(" path", "demo-1.0.0/x.py"), file("demo-1.0.0/src/b.py", HEADER)],
            "a pax header has a key that programs read differently",
        ),
        torn(
            "a length with a sign",
            vec![
                Member { bytes: b"+32 path=demo-1.0.0/src/other.py\n".to_vec(), ..pax("x", "x") },
                file("demo-1.0.0/src/b.py", HEADER),
            ],
            "a pax header is malformed",
        ),
        torn("star's size", vec![pax("SCHILY.realsize", "3"), file("demo-1.0.0/src/b.py", HEADER)], "a sparse file"),
        torn(
            "Solaris' holes",
            vec![pax("SUN.holesdata", " 0 2"), file("demo-1.0.0/src/b.py", HEADER)],
            "a sparse file",
        ),
        many(
            "names that Unicode folds to one",
            vec![file("demo-1.0.0/stra\u{df}e.py", HEADER), file("demo-1.0.0/STRASSE.py", HEADER)],
            "demo-1.0.0/STRASSE.py: on some file systems it is the same as demo-1.0.0/stra\u{df}e.py",
        ),
        named("unseen", "a\u{200b}.sh", "a\\u{200b}.sh: its name holds a sign that nobody sees"),
        named("turned round", "a\u{202e}gpj.sh", "a\\u{202e}gpj.sh: its name holds a sign that turns the direction"),
        named("isolated", "a\u{2067}x.sh", "its name holds a sign that turns the direction"),
    ]
}

#[test]
fn what_two_programs_unpack_differently_is_caught() {
    caught(tricks());
}

/// A tar of the good files, with the bytes of its last header changed.
fn with_header(change: impl Fn(&mut [u8])) -> Vec<String> {
    changed(tar(&and(file("demo-1.0.0/src/b.py", HEADER))), change)
}

fn changed(mut bytes: Vec<u8>, change: impl Fn(&mut [u8])) -> Vec<String> {
    let at = bytes.len() - 1024 - 1024;
    let header = &mut bytes[at..at + 512];
    assert!(header.starts_with(b"demo-1.0.0/src/"));
    change(header);
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    said(&check("demo-1.0.0-src.tgz", gzip(&bytes), ArchiveForm::Source))
}

#[test]
fn a_header_that_programs_read_differently_is_refused() {
    let named = |magic: &[u8; 8]| {
        let magic = *magic;
        with_header(move |header| {
            header[257..265].copy_from_slice(&magic);
            header[345..349].copy_from_slice(b"evil");
        })
    };
    for magic in [b"ustar  \0", b"\0\0\0\0\0\0\0\0", b"ustar\0  ", b"ustar\0\0\0", b"ustarXXX", b"ustar  1"] {
        assert!(named(magic).iter().any(|line| line.contains("find different names")), "{magic:?}");
    }
    for size in [&b"+0000000057\0"[..], b"\x80\x01\0\0\0\0\0\0\0\0\0/", b"\xff\xff\xff\xff\0\0\0\0\0\0\0/"] {
        let said = with_header(|header| header[124..136].copy_from_slice(size));
        assert!(!said.is_empty(), "{size:?}");
    }
    let members = good().into_iter().chain([pax("path", "demo-1.0.0/src/b.py"), file("demo-1.0.0/src/d/", HEADER)]);
    let two_things = tar(&members.collect::<Vec<_>>());
    let named = changed(two_things.clone(), |header| header[156] = 0);
    assert!(named.iter().any(|line| line.contains("by its header's own name it is a directory")), "{named:?}");
    // a long name is cut off anywhere in the header
    assert_eq!(changed(two_things, |_| {}), [""; 0]);
    assert_eq!(with_header(|_| {}), [""; 0]);
    assert_eq!(with_header(|header| header[257..265].copy_from_slice(b"ustar\x0000")), [""; 0]);
    // of an incremental archive
    assert_eq!(with_header(|header| header[345..357].copy_from_slice(b"15252751600\0")), [""; 0]);
}

#[test]
fn pax_records_that_are_known_to_change_nothing_are_passed_over_and_others_named() {
    let with = |key: &str| {
        let members = good().into_iter().chain([pax(key, "1"), file("demo-1.0.0/src/b.py", HEADER)]);
        said(&check("demo-1.0.0-src.tgz", tgz(&members.collect::<Vec<_>>()), ArchiveForm::Source))
    };
    for key in ["mtime", "uname", "LIBARCHIVE.creationtime", "SCHILY.xattr.user.mime_type", "RHT.security.selinux"] {
        assert_eq!(with(key), [""; 0], "{key}");
    }
    let named = "archive-whole Warn -: a pax header says `VENDOR.odd`, which programs may read differently";
    assert_eq!(with("VENDOR.odd"), [named]);
}

#[test]
fn an_end_of_64_bits_is_read() {
    assert_eq!(said(&check("demo-1.0.0.jar", zip_64(), ArchiveForm::Jar)), [] as [String; 0]);
}

#[test]
fn a_field_for_unicode_with_the_same_name_is_none_other() {
    let mut entries = good_jar();
    entries[4].extra = unicode_path("org/demo/A.class");
    assert_eq!(said(&check("demo-1.0.0.jar", zip(&entries), ArchiveForm::Jar)), [] as [String; 0]);
}

#[test]
fn what_windows_cannot_unpack_is_warned_of() {
    for (name, why) in [
        ("aux.py", "aux is a device there"),
        ("a.sh.", "a name there does not end with a dot or a space"),
        ("a:b.py", "a name there has no `:`"),
    ] {
        let path = format!("demo-1.0.0/{name}");
        let report = check("demo-1.0.0-src.tgz", tgz(&and(file(&path, HEADER))), ArchiveForm::Source);
        assert_eq!(said(&report), [format!("archive-safe Warn {path}: Windows cannot unpack it: {why}")]);
        assert!(report.findings.iter().all(|finding| finding.status != Status::Fail));
    }
}
