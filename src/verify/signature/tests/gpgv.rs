// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The answers of this program beside those of `gpgv`, an independent second verifier.
//!
//! Where `gpgv` says no, this program says no, but for what [`ONLY_WE`] lists; where `gpgv`
//! says yes and this program no, [`ONLY_GPGV`] has the reason. `gpgv` says yes when it
//! exits with 0 and reports a VALIDSIG.
//!
//! A bit that is flipped may come to lie in a length. `gpgv` reads on where the length of
//! a number or of the last packet is wrong; for us that is a malformed signature, and the
//! same rule counts wherever the bit lies.

use std::path::Path;
use std::process::Command;

use super::verified;
use super::world::{DATA, DIGESTS, SIGNERS, possible, world};
use crate::verify::signature::{Fault, SignatureReport, Verdict};

/// Where we are stricter, and why.
const ONLY_GPGV: [(&str, &str); 12] = [
    ("SHA1", "a SHA-1 digest can be made to fit two files"),
    ("weak", "RSA of 1024 bits can be broken"),
    ("sha1-binding", "SHA-1 binds the key to its owner"),
    ("expired-late", "the key had expired when it signed; gpgv reports EXPKEYSIG and exits with 0"),
    ("in-future", "it cannot have been made in 2037"),
    ("compromised-before", "the key is compromised; gpgv reports REVKEYSIG and exits with 0"),
    ("compromised-after", "the same"),
    ("unspecified-before", "the key is revoked without a reason, which counts as compromised"),
    ("unspecified-after", "the same"),
    ("superseded-after", "the key was revoked before it signed"),
    ("brainpool", "this program cannot verify it, so it has not passed"),
    ("twice", "of two blocks, tools read different ones"),
];

/// Where we are more lenient, and why.
const ONLY_WE: [(&str, &str); 2] = [
    (
        "checksum-of-armor",
        "a reader must not refuse a CRC that disagrees (RFC 9580, 6.1): the signature itself is checked",
    ),
    ("both", "a further signature by an unknown key says nothing against the good one"),
];

struct Case {
    /// What it is an instance of, for the two tables.
    class: String,
    name: String,
    data: Vec<u8>,
    signature: Vec<u8>,
}

fn case(class: &str, name: &str, data: &[u8], signature: impl Into<Vec<u8>>) -> Case {
    Case { class: class.into(), name: name.into(), data: data.into(), signature: signature.into() }
}

#[test]
fn gpgv_agrees_or_the_difference_has_a_reason() {
    let directory = tempfile::tempdir_in("/tmp").unwrap();
    std::fs::write(directory.path().join("ring.gpg"), &world().ring).unwrap();
    let keys = world().keys();
    let cases = cases();
    assert!(cases.len() >= 300, "{} cases", cases.len());
    let mut wrong = Vec::new();
    let (mut both, mut neither, mut used) = (0, 0, std::collections::BTreeSet::new());
    for (number, case) in cases.iter().enumerate() {
        let ours = verified(&keys, &case.data, &case.signature);
        let theirs = gpgv(directory.path(), number, case);
        let listed =
            |table: &[(&'static str, &str)]| table.iter().find(|(class, _)| *class == case.class).map(|it| it.0);
        match (ours.passed(), theirs.passed) {
            (true, true) => both += 1,
            (false, false) => neither += 1,
            (false, true) if listed(&ONLY_GPGV).is_some() => used.extend(listed(&ONLY_GPGV)),
            (false, true) if case.class.starts_with("flipped-") && malformed(&ours) => {}
            (true, false) if listed(&ONLY_WE).is_some() => used.extend(listed(&ONLY_WE)),
            (we, _) => wrong.push(format!("{} ({}): we say {we}: {:?}\n{}", case.name, case.class, ours, theirs.said)),
        }
        // a good signature is by the same key for both
        for signer in ours.signatures.iter().filter(|each| each.is_good()).filter_map(|each| each.signer.as_ref()) {
            if !theirs.said.contains(&format!("VALIDSIG {} ", signer.key)) && case.class != "checksum-of-armor" {
                wrong.push(format!("{}: we say by {}\n{}", case.name, signer.key, theirs.said));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    let unused: Vec<_> = ONLY_GPGV.iter().chain(&ONLY_WE).filter(|(class, _)| !used.contains(class)).collect();
    assert!(unused.is_empty(), "no longer true: {unused:?}");
    assert!(both > 40 && neither > 150, "{both} good for both, {neither} for neither");
}

fn malformed(report: &SignatureReport) -> bool {
    matches!(&report.signatures[..], [only] if matches!(only.verdict, Verdict::Bad(Fault::Malformed(_))))
}

struct Theirs {
    passed: bool,
    said: String,
}

fn gpgv(directory: &Path, number: usize, case: &Case) -> Theirs {
    let (data, signature) = (format!("{number}.data"), format!("{number}.asc"));
    std::fs::write(directory.join(&data), &case.data).unwrap();
    std::fs::write(directory.join(&signature), &case.signature).unwrap();
    let mut command = Command::new("gpgv");
    command.current_dir(directory).env("GNUPGHOME", directory).env("LC_ALL", "C");
    let output = command.args(["--status-fd", "1", "--keyring", "./ring.gpg", &signature, &data]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    Theirs { passed: output.status.success() && said.contains("[GNUPG:] VALIDSIG "), said }
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, signature) in &world().signatures {
        let class = if name.ends_with("-SHA1") { "SHA1" } else { name };
        cases.push(case(class, name, DATA, signature.clone()));
        cases.push(case("other-file", name, b"another file\n", signature.clone()));
        cases.push(case("no-data", name, b"", signature.clone()));
    }
    let signers = SIGNERS.iter().flat_map(|(name, _)| DIGESTS.iter().map(move |digest| (*name, *digest)));
    for (name, digest) in signers.filter(|(name, digest)| *digest != "SHA1" && possible(name, digest)) {
        let name = format!("{name}-{digest}");
        broken(&name, world().signature(&name), &mut cases);
    }
    cases
}

/// The good signature `armored` in many broken and a few whole forms.
fn broken(name: &str, armored: &[u8], cases: &mut Vec<Case>) {
    let binary = super::cases::dearmored(armored);
    let mut flipped = DATA.to_vec();
    flipped[name.len()] ^= 1;
    cases.push(case("flipped-data", name, &flipped, armored));
    cases.push(case("longer-data", name, &[DATA, b"\n"].concat(), armored));
    cases.push(case("shorter-data", name, &DATA[..DATA.len() - 1], armored));
    cases.push(case("binary", name, DATA, binary.clone()));
    cases.push(case("cut-binary", name, DATA, &binary[..binary.len() - 3]));
    cases.push(case("cut-armor", name, DATA, &armored[..armored.len() / 2]));
    cases.push(case("text-around", name, DATA, [b"a text\n\n", armored].concat()));
    cases.push(case("windows", name, DATA, String::from_utf8(armored.to_vec()).unwrap().replace('\n', "\r\n")));
    cases.push(case("twice", name, DATA, armored.repeat(2)));
    cases.push(case("empty", name, DATA, b""));
    cases.push(case("garbage", name, DATA, DATA));
    cases.push(case("key", name, DATA, world().blocks["rsa2048"].clone()));
    let text = String::from_utf8(armored.to_vec()).unwrap();
    let crc = text.rfind("\n=").unwrap() + 2;
    let other = if text[crc..].starts_with('A') { "B" } else { "A" };
    let changed = [&text[..crc], other, &text[crc + 1..]].concat();
    cases.push(case("checksum-of-armor", name, DATA, changed));
    // each bit that is flipped lies in another place: version, type, hashed and other parts, number
    for step in 1..9 {
        let at = binary.len() * step / 9;
        let mut flipped = binary.clone();
        flipped[at] ^= 1 << (step % 8);
        cases.push(case("flipped-bit", &format!("{name}, bit {} of byte {at}", step % 8), DATA, flipped));
    }
    for (at, what) in [(2, "type"), (3, "algorithm"), (4, "hash")] {
        let mut flipped = binary.clone();
        let header = if binary[0] & 3 == 0 { 2 } else { 3 };
        flipped[header + at - 1] ^= 1;
        cases.push(case("flipped-head", &format!("{name}, {what}"), DATA, flipped));
    }
}
