// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What must hold for any bytes whatever, as signature, KEYS, checksum file, archive and
//! manifest: nothing panics, nothing passes that must not. The fuzz targets call these, and
//! so do the property tests of `tests/suite`.

use std::io::Cursor;
use std::sync::LazyLock;

use jiff::Timestamp;
use quorate::release::{FileDigest, Sha512};
use quorate::verify::checksum::{self, Computed};
use quorate::verify::keys::check_keys;
use quorate::verify::signature::{FurtherDigests, KeyRing, Reading, SignatureFile};
use quorate::verify::{ArchiveForm, ArchiveRules, ContentRules, Limits, Manifest, Status, check_archive_bytes};

/// The key of Ann Example, who has signed nothing.
pub const KEYS: &str = "\
-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawG99xYJKwYBBAHaRw8BAQdAW0Rs5WEHztnoS2xRcVnPQEQgDkkt7H7JOC0f
c5Pe9W+0HUFubiBFeGFtcGxlIDxhbm5AZXhhbXBsZS5vcmc+iJAEExYIADgWIQR8
g0fe7bmFFgiwPodJ+zwVvxy92QUCawG99wIbAwULCQgHAgYVCgkICwIEFgIDAQIe
AQIXgAAKCRBJ+zwVvxy92ZYIAQD5MuDQM4EuSjHer9jEhmbEKfFZafmBo1c/pVVe
Q0cqJwEAz8vu5p+0Ouh+sREdaIa07DM3MUPuk/P9rVyt319mBAs=
=Btdq
-----END PGP PUBLIC KEY BLOCK-----
";

/// The file that all is about.
const FILE: &[u8] = b"the bytes of a file that nobody has signed\n";
const UNPACKED_BYTES: u64 = 1 << 20;

static RING: LazyLock<KeyRing> = LazyLock::new(|| KeyRing::parse(KEYS.as_bytes()).expect("a key that is written here"));

/// As `.asc`: never a good signature, and something is always said of it.
pub fn signature(bytes: &[u8]) {
    let file = SignatureFile::parse(bytes);
    let reading = Reading::of(FILE, Some(&file), FurtherDigests::default()).expect("it is read from memory");
    let report = RING.verify(&file, &reading, Timestamp::now());
    assert!(!report.passed(), "{report:?}");
    assert!(report.findings().iter().any(|finding| finding.status == Status::Fail), "{report:?}");
}

/// As KEYS: keys or an error, and the check of the file comes to an end.
pub fn keys(bytes: &[u8]) {
    if let Ok(ring) = KeyRing::parse(bytes) {
        assert!(!ring.is_empty() && ring.fingerprints().len() == ring.len());
    }
    let report = check_keys(bytes, Timestamp::UNIX_EPOCH);
    assert!(!report.keys.is_empty() || report.findings.iter().any(|finding| finding.status == Status::Fail));
}

/// As `.sha512`: passes only where the file's digest is in it.
pub fn checksum(bytes: &[u8]) {
    let sha512 = Sha512::of(FILE);
    let finding =
        checksum::check("x.tgz.sha512", bytes, Computed { sha512: &sha512, sha256: None, sha1: None, md5: None });
    if finding.status != Status::Fail {
        let digits: String = String::from_utf8_lossy(bytes).chars().filter(char::is_ascii_hexdigit).collect();
        assert!(digits.to_ascii_lowercase().contains(sha512.as_str()), "{finding:?}");
    }
}

/// As an archive, whose kind the first byte tells: never more than the limits, and never
/// a source release, which has to have a LICENSE.
pub fn archive(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let names = ["x-src.tgz", "x.tar.xz", "x-src.zip", "x.jar", "x.whl", "x.tar"];
    let name = names[usize::from(*kind) % names.len()];
    let form = ArchiveForm::of_name(name);
    let limits =
        Limits { total_bytes: UNPACKED_BYTES, entry_bytes: UNPACKED_BYTES, entries: 1000, ..Limits::default() };
    let rules = ArchiveRules { roots: vec!["x".to_owned()], limits, contents: ContentRules::new(form) };
    let report = check_archive_bytes(name, Cursor::new(bytes), &rules);
    assert!(report.bytes <= UNPACKED_BYTES + (1 << 20), "{report:?}");
    assert!(!report.findings.is_empty());
    if form == ArchiveForm::Source {
        let licensed = bytes.len() > 2000;
        let failed = report.findings.iter().any(|finding| finding.status == Status::Fail);
        assert!(failed || licensed, "{report:?}");
    }
}

/// As a manifest: one that can be read says again what it said, and is of no other file.
pub fn manifest(bytes: &[u8]) {
    let Ok(manifest) = Manifest::parse("m.json", bytes) else { return };
    let text = manifest.to_text().expect("text and numbers");
    assert_eq!(Manifest::parse("m.json", text.as_bytes()).expect("what was written"), manifest);
    let other = FileDigest { name: "nowhere to be found".to_owned(), bytes: 0, sha512: Sha512::of(FILE) };
    assert!(manifest.compare(&[other]).iter().any(|finding| finding.status == Status::Fail));
}
