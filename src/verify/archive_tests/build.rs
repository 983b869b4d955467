// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Makes archives, right ones and wrong ones.

use std::io::{Cursor, Write};

use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};
use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};

use crate::release::PathRules;
use crate::verify::{ArchiveForm, ArchiveReport, ArchiveRules, ContentRules, Status, check_archive_bytes};

pub const HEADER: &str = "# http://www.apache.org/licenses/LICENSE-2.0\n";

pub const NOTICE: &str = "Apache Demo\nCopyright 2014-2026 The Apache Software Foundation\n\n\
    This product includes software developed at\nThe Apache Software Foundation (https://www.apache.org/).\n";

pub const LICENCE: &str = include_str!("../../../LICENSE");

/// A file or something odder of a tar.
pub struct Member {
    pub path: Vec<u8>,
    pub kind: EntryType,
    pub mode: u32,
    pub link: &'static str,
    pub bytes: Vec<u8>,
}

pub fn file(path: &str, bytes: impl AsRef<[u8]>) -> Member {
    let bytes = bytes.as_ref().to_vec();
    Member { path: path.into(), kind: EntryType::Regular, mode: 0o644, link: "", bytes }
}

pub fn odd(path: &str, kind: EntryType, link: &'static str) -> Member {
    Member { path: path.into(), kind, mode: 0o644, link, bytes: Vec::new() }
}

/// What a right source archive holds.
pub fn good() -> Vec<Member> {
    vec![
        odd("demo-1.0.0/", EntryType::Directory, ""),
        file("demo-1.0.0/LICENSE", LICENCE),
        file("demo-1.0.0/NOTICE", NOTICE),
        file("demo-1.0.0/src/a.py", format!("{HEADER}version = '1.0.0'\n")),
    ]
}

/// The good ones and another.
pub fn and(member: Member) -> Vec<Member> {
    let mut members = good();
    members.push(member);
    members
}

/// A pax header with one record.
pub fn pax(key: &str, value: &str) -> Member {
    let rest = format!(" {key}={value}\n");
    let length = (1..).find(|digits| (rest.len() + digits).to_string().len() == *digits).unwrap() + rest.len();
    Member { kind: EntryType::XHeader, ..file("pax", format!("{length}{rest}")) }
}

pub fn tar(members: &[Member]) -> Vec<u8> {
    let mut tar = Builder::new(Vec::new());
    for member in members {
        let mut header = Header::new_gnu();
        // by hand: the crate refuses what is to be tested
        header.as_mut_bytes()[..member.path.len()].copy_from_slice(&member.path);
        header.as_mut_bytes()[157..157 + member.link.len()].copy_from_slice(member.link.as_bytes());
        header.set_entry_type(member.kind);
        header.set_mode(member.mode);
        header.set_size(member.bytes.len() as u64);
        header.set_cksum();
        tar.append(&header, &member.bytes[..]).unwrap();
    }
    tar.into_inner().unwrap()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

pub fn tgz(members: &[Member]) -> Vec<u8> {
    gzip(&tar(members))
}

/// By the program, as the crate is built without its encoder.
pub fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut xz = std::process::Command::new("xz");
    let mut xz = xz.arg("-c").stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut stdin = xz.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&bytes));
    let output = xz.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    output.stdout
}

/// What goes into a zip, with what its headers say wrongly.
#[derive(Clone, Default)]
pub struct ZipEntry {
    pub name: String,
    pub local_name: Option<String>,
    pub bytes: Vec<u8>,
    /// The system that made it; none: Unix.
    pub system: Option<u8>,
    /// The version that it needs; none: 2.0.
    pub needs: Option<u16>,
    pub flags: u16,
    pub method: Option<u16>,
    pub mode: u32,
    pub local_size: Option<u32>,
    pub crc: Option<u32>,
    /// Bytes before its local header.
    pub gap: Vec<u8>,
    /// The extra fields of the header in the directory.
    pub extra: Vec<u8>,
}

pub fn zipped(name: &str, bytes: impl AsRef<[u8]>) -> ZipEntry {
    ZipEntry { name: name.to_owned(), bytes: bytes.as_ref().to_vec(), ..ZipEntry::default() }
}

/// The entries and the directory of a zip that begins at `base` of a file.
pub fn zip_parts(entries: &[ZipEntry], base: usize) -> (Vec<u8>, Vec<u8>) {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        out.extend(&entry.gap);
        let at = u32::try_from(base + out.len()).unwrap();
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::fast());
        deflated.write_all(&entry.bytes).unwrap();
        let packed = deflated.finish().unwrap();
        let mut crc = Crc::new();
        crc.update(&entry.bytes);
        let crc = entry.crc.unwrap_or(crc.sum());
        let sizes = |unpacked: u32| [crc, u32::try_from(packed.len()).unwrap(), unpacked];
        let size = u32::try_from(entry.bytes.len()).unwrap();
        let common = |name: &str, unpacked: u32, extra: &[u8]| {
            let mut common = Vec::new();
            for number in [entry.needs.unwrap_or(20), entry.flags, entry.method.unwrap_or(8), 0, 0x21] {
                common.extend(number.to_le_bytes());
            }
            sizes(unpacked).iter().for_each(|number| common.extend(number.to_le_bytes()));
            common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
            common.extend(u16::try_from(extra.len()).unwrap().to_le_bytes());
            common
        };
        let local_name = entry.local_name.as_ref().unwrap_or(&entry.name);
        out.extend(b"PK\x03\x04");
        out.extend(common(local_name, entry.local_size.unwrap_or(size), &[]));
        out.extend(local_name.as_bytes());
        out.extend(&packed);
        directory.extend(b"PK\x01\x02\x14");
        directory.push(entry.system.unwrap_or(3));
        directory.extend(common(&entry.name, size, &entry.extra));
        directory.extend([0; 6]);
        directory.extend((entry.mode << 16).to_le_bytes());
        directory.extend(at.to_le_bytes());
        directory.extend(entry.name.as_bytes());
        directory.extend(&entry.extra);
    }
    (out, directory)
}

pub fn zip(entries: &[ZipEntry]) -> Vec<u8> {
    let (mut out, directory) = zip_parts(entries, 0);
    let at = u32::try_from(out.len()).unwrap();
    let count = u16::try_from(entries.len()).unwrap();
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// What a right jar holds.
pub fn good_jar() -> Vec<ZipEntry> {
    vec![
        zipped("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nImplementation-Version: 1.0.0\n"),
        zipped("META-INF/LICENSE", LICENCE),
        zipped("META-INF/NOTICE", NOTICE),
        zipped("META-INF/maven/org.demo/demo/pom.properties", "#made\nartifactId=demo\nversion=1.0.0\n"),
        zipped("org/demo/A.class", b"\xca\xfe\xba\xbe\0\0\0\x34"),
    ]
}

/// What a right wheel holds, but for RECORD.
pub fn good_wheel() -> Vec<ZipEntry> {
    vec![
        zipped("demo/__init__.py", HEADER),
        zipped("demo-1.0.0.dist-info/licenses/LICENSE", LICENCE),
        zipped("demo-1.0.0.dist-info/licenses/NOTICE", NOTICE),
        zipped("demo-1.0.0.dist-info/METADATA", "Name: demo\nVersion: 1.0.0\n\nVersion: 2\n"),
    ]
}

/// The entries of a wheel and the RECORD of them.
pub fn recorded(mut entries: Vec<ZipEntry>) -> Vec<ZipEntry> {
    use base64::Engine as _;
    let digest = |bytes: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(bytes));
    let line = |entry: &ZipEntry| format!("{},sha256={},{}\n", entry.name, digest(&entry.bytes), entry.bytes.len());
    let record: String = entries.iter().map(line).collect();
    let name = "demo-1.0.0.dist-info/RECORD";
    entries.push(zipped(name, format!("{record}{name},,\n")));
    entries
}

pub fn rules(form: ArchiveForm) -> ArchiveRules {
    let contents = ContentRules {
        product: Some("Apache Demo".to_owned()),
        version: Some("1.0.0".to_owned()),
        year: Some(2026),
        allowed_secrets: PathRules::new(&["test.key"]).unwrap(),
        ..ContentRules::new(form)
    };
    let root = (form == ArchiveForm::Source).then(|| "demo-1.0.0".to_owned());
    ArchiveRules { roots: root.into_iter().collect(), ..ArchiveRules::new(contents) }
}

pub fn check(name: &str, bytes: Vec<u8>, form: ArchiveForm) -> ArchiveReport {
    check_archive_bytes(name, Cursor::new(bytes), &rules(form))
}

/// Check, status, entry and detail of all that is no pass.
pub fn said(report: &ArchiveReport) -> Vec<String> {
    let odd = report.findings.iter().filter(|finding| finding.status != Status::Pass);
    odd.map(|finding| {
        let entry = finding.entry.as_deref().unwrap_or("-");
        format!("{} {:?} {entry}: {}", finding.name, finding.status, finding.detail)
    })
    .collect()
}
