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
