// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Compiled code that is packed inside a source archive, however deep, and what cannot be
//! opened to look for it.

use super::build::*;
use super::faults::{Case, caught, source};
use crate::verify::ArchiveForm;

const CLASS: &[u8] = b"\xca\xfe\xba\xbe\0\0\0\x34\0\x0d";

fn elf() -> Vec<u8> {
    [&b"\x7fELF\x02"[..], &[0; 2000]].concat()
}

/// A tar from before tars had a magic.
fn old_tar(bytes: &[u8]) -> Vec<u8> {
    let mut tar = tar(&[file("A.class", bytes)]);
    tar[257..265].fill(0);
    tar[148..156].fill(b' ');
    let sum: u32 = tar[..512].iter().copied().map(u32::from).sum();
    tar[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    tar
}

fn packed() -> Vec<Case> {
    let of = |fault, bytes: Vec<u8>, text| source(fault, file("demo-1.0.0/data.txt", bytes), "no-binaries", text);
    let jar = zip(&[zipped("A.class", CLASS)]);
    let deep = (0..10).fold(b"text".to_vec(), |inner, _| gzip(&inner));
    let coff = [&b"\x64\x86\x03\0"[..], &[0; 300]].concat();
    vec![
        of("gzip of a program", gzip(&elf()), "data.txt: it is an ELF program or library, packed"),
        of("xz of a program", xz(&elf()), "data.txt: it is an ELF program or library, packed"),
        of("jar in a zip", zip(&[zipped("in.jar", &jar)]), "data.txt: it holds in.jar!/A.class, which is a Java class"),
        of(
            "jar in a zip in a tar",
            tgz(&[file("x.zip", zip(&[zipped("in.jar", &jar)]))]),
            "data.txt: it holds x.zip!/in.jar!/A.class, which is a Java class",
        ),
        of("a jar that runs", [b"#!/bin/sh\nexec java\n".to_vec(), jar.clone()].concat(), "it holds A.class"),
        of("an old tar", old_tar(CLASS), "data.txt: it holds A.class, which is a Java class"),
        of("bzip2", b"BZh91AY&SY and more".to_vec(), "cannot be looked into: it is a bzip2, which is not read"),
        of("Zstandard", b"\x28\xb5\x2f\xfd and more".to_vec(), "it is a Zstandard, which is not read"),
        of("7z", b"7z\xbc\xaf\x27\x1c\0\x04".to_vec(), "it is a 7z, which is not read"),
        of("7z in a zip", zip(&[zipped("a", b"7z\xbc\xaf\x27\x1c\0\x04")]), "into: a: it is a 7z, which is not read"),
        of("damaged gzip", gzip(&elf())[..40].to_vec(), "cannot be looked into: it cannot be unpacked"),
        of("too deep", deep, "it is more than 8 archives deep"),
        of("BEAM", b"FOR1\0\0\x01\0BEAMAtU8".to_vec(), "data.txt: it is a BEAM module of Erlang"),
        of("Lua", b"\x1bLuaS\0".to_vec(), "data.txt: it is compiled Lua"),
        of("COFF", coff, "data.txt: it is an object file of Windows"),
    ]
}

#[test]
fn compiled_code_is_found_however_it_is_packed() {
    caught(packed());
}

#[test]
fn what_is_packed_and_no_code_passes() {
    let text = zip(&[zipped("a/b.txt", "text"), zipped("c.gz", gzip(b"text"))]);
    for bytes in [gzip(b"text"), xz(b"text"), text, tgz(&[file("d/a", "text")]), old_tar(b"text")] {
        let mut rules = rules(ArchiveForm::Source);
        rules.contents.no_header = crate::release::PathRules::new(&["data.bin"]).unwrap();
        let archive = tgz(&and(file("demo-1.0.0/data.bin", bytes)));
        let report = crate::verify::check_archive_bytes("demo-src.tgz", std::io::Cursor::new(archive), &rules);
        assert_eq!(said(&report), [] as [String; 0]);
    }
}

fn key() -> String {
    format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n", "A".repeat(64))
}

/// A private key as PKCS#8 has it.
fn der_key() -> Vec<u8> {
    [&b"\x30\x34\x02\x01\0\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\0\x04\x20"[..], &[7; 32]].concat()
}

#[test]
fn keys_and_tokens_are_found_however_they_are_packed() {
    let of = |fault, bytes: Vec<u8>, text| source(fault, file("demo-1.0.0/data.txt", bytes), "secrets", text);
    let inner = zip(&[zipped("in.jar", zip(&[zipped("a/id_rsa", key())]))]);
    let found = "data.txt: in.jar!/a/id_rsa holds an RSA private key";
    let mut jar = good_jar();
    jar.push(zipped("data.txt", inner.clone()));
    caught(vec![
        of("key in a jar in a zip", inner.clone(), found),
        of(
            "key in a zip in a tgz",
            tgz(&[file("x.zip", zip(&[zipped("k", key())]))]),
            "data.txt: x.zip!/k holds an RSA private key",
        ),
        of("packed key", gzip(key().as_bytes()), "holds an RSA private key"),
        of("DER", der_key(), "data.txt is a private key in DER"),
        of("DER in a zip", zip(&[zipped("k.der", der_key())]), "data.txt: k.der holds a private key in DER"),
        ("key in a jar in a jar", "demo-1.0.0.jar", zip(&jar), ArchiveForm::Jar, "secrets", found),
    ]);
}

#[test]
fn how_deep_archives_are_looked_into_can_be_said() {
    let inner = zip(&[zipped("in.jar", zip(&[zipped("id_rsa", key())]))]);
    let archive = tgz(&and(file("demo-1.0.0/data.bin", inner)));
    let said_at = |form, nesting| {
        let mut rules = rules(form);
        rules.limits.nesting = nesting;
        said(&crate::verify::check_archive_bytes("demo-1.0.0.tgz", std::io::Cursor::new(&archive), &rules)).join("\n")
    };
    assert!(said_at(ArchiveForm::Source, 2).contains("holds an RSA private key"));
    assert!(said_at(ArchiveForm::Other, 2).contains("secrets Fail"), "{}", said_at(ArchiveForm::Other, 2));
    for nesting in [0, 1] {
        let deep = format!("it is more than {nesting} archives deep");
        let source = said_at(ArchiveForm::Source, nesting);
        assert!(source.contains("no-binaries Fail") && source.contains(&deep), "{source}");
        let other = said_at(ArchiveForm::Other, nesting);
        assert!(other.contains("secrets Warn") && other.contains(&deep), "{other}");
    }
}

#[test]
fn a_bomb_inside_is_told_and_not_unpacked() {
    let zeros = gzip(&vec![0; 80 << 20]);
    for (form, status) in [(ArchiveForm::Source, "no-binaries Fail"), (ArchiveForm::Other, "secrets Warn")] {
        let archive = tgz(&and(file("demo-1.0.0/data.bin", zip(&[zipped("a.gz", &zeros)]))));
        let found = said(&check("demo-1.0.0.tgz", archive, form)).join("\n");
        assert!(found.contains(status) && found.contains("cannot be looked into"), "{found}");
    }
}
