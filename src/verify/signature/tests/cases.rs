// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Each way in which a signature can be good or bad, by its name.

use super::verified;
use super::world::{DATA, DIGESTS, SIGNERS, possible, world};
use crate::verify::signature::{
    Caution, Container, Fault, FurtherDigests, KeyRing, KeysError, Reading, SignatureFile, Verdict,
};
use crate::verify::{Finding, Status};

/// The one verdict on the signature called `name`, over the right bytes.
fn verdict(name: &str) -> Verdict {
    let report = verified(&world().keys(), DATA, world().signature(name));
    assert_eq!(report.signatures.len(), 1, "{name}: {report:?}");
    report.signatures.into_iter().next().unwrap().verdict
}

fn findings(data: &[u8], signature: &[u8]) -> Vec<Finding> {
    verified(&world().keys(), data, signature).findings()
}

#[test]
fn a_good_signature_says_by_whom() {
    for (name, _) in SIGNERS.iter().filter(|(name, _)| *name != "dsa2048") {
        for digest in DIGESTS.iter().filter(|digest| **digest != "SHA1" && possible(name, digest)) {
            let report = verified(&world().keys(), DATA, world().signature(&format!("{name}-{digest}")));
            assert!(report.passed(), "{name} {digest}: {report:?}");
            let finding = &report.findings()[0];
            assert_eq!(finding.status, Status::Pass);
            let uid = format!("Ann Example <{name}@apache.org>");
            for part in [&uid, &world().fingerprints[*name], *digest] {
                assert!(finding.detail.contains(part), "{finding:?} lacks {part}");
            }
        }
    }
}

#[test]
fn a_subkey_is_named_beside_its_primary_key() {
    let report = verified(&world().keys(), DATA, world().signature("subkey"));
    let signer = report.signatures[0].signer.clone().unwrap();
    assert_eq!(signer.certificate, world().fingerprints["subkey"]);
    assert_ne!(signer.key, signer.certificate);
    assert_eq!((signer.algorithm.as_str(), signer.bits), ("RSA 2048", Some(2048)));
    assert!(report.findings()[0].detail.contains(&format!("subkey {}", signer.key)));
    assert!(report.passed());
}

#[test]
fn every_fault_is_told_apart() {
    assert_eq!(verdict("expired-late"), Verdict::Bad(Fault::KeyExpired));
    assert!(matches!(verdict("before-key"), Verdict::Bad(Fault::BeforeKey(_))));
    assert_eq!(verdict("in-future"), Verdict::Bad(Fault::InFuture));
    assert_eq!(verdict("signature-expired"), Verdict::Bad(Fault::Expired));
    assert_eq!(verdict("stranger"), Verdict::UnknownSigner);
    for name in ["compromised-before", "compromised-after", "unspecified-before", "unspecified-after"] {
        assert!(matches!(verdict(name), Verdict::Bad(Fault::RevokedHard(_))), "{name}: {:?}", verdict(name));
    }
    assert!(matches!(verdict("superseded-after"), Verdict::Bad(Fault::RevokedBefore(_))));
    assert!(matches!(verdict("brainpool"), Verdict::Bad(Fault::Unsupported(_))), "{:?}", verdict("brainpool"));
    for (name, why) in
        [("weak", "RSA 1024"), ("rsa4096-SHA1", "the digest is SHA1"), ("sha1-binding", "SHA-1 or MD5 binds")]
    {
        let Verdict::Bad(Fault::Weak(found)) = verdict(name) else { panic!("{name}: {:?}", verdict(name)) };
        assert!(found.contains(why), "{found}");
    }
}

#[test]
fn what_should_be_known_is_a_warning() {
    for (name, expected) in [
        ("expired-in-time", "the key expired on 2021-01-01 (after it signed)"),
        ("superseded-before", "the key was revoked on 2021-01-01 ("),
        ("renewed", "the key's own signatures in KEYS are younger"),
        ("dsa2048-SHA256", "DSA 2048 is outside the policy"),
        ("text", "made in text mode"),
        ("for-years", "the signature itself holds until 20"),
    ] {
        let report = verified(&world().keys(), DATA, world().signature(name));
        assert!(report.passed(), "{name}: {report:?}");
        let finding = &report.findings()[0];
        assert!(finding.status == Status::Warn && finding.detail.contains(expected), "{name}: {finding:?}");
    }
    assert_eq!(verdict("renewed"), Verdict::Good(vec![Caution::BoundLater]));
}

#[test]
fn a_signature_over_other_bytes_is_bad_whoever_made_it() {
    for (name, signature) in &world().signatures {
        if !matches!(name.as_str(), "inline" | "cleartext") {
            let report = verified(&world().keys(), b"other bytes", signature);
            assert!(!report.passed(), "{name}");
            assert!(report.signatures.iter().all(|each| !each.is_good()), "{name}: {report:?}");
        }
    }
    let finding = &findings(b"other", world().signature("ed25519-SHA512"))[0];
    let expected = format!(
        "over other bytes than the file's; by Ann Example <ed25519@apache.org>, key {}",
        world().fingerprints["ed25519"]
    );
    assert!(finding.detail.contains(&expected), "{finding:?}");
}

#[test]
fn text_mode_ignores_line_ends_and_nothing_else() {
    let signature = world().signature("text");
    let windows = String::from_utf8(DATA.to_vec()).unwrap().replace('\n', "\r\n");
    assert!(verified(&world().keys(), windows.as_bytes(), signature).passed());
    // whatever the pieces in which the file is read
    let file = SignatureFile::parse(signature);
    let one_by_one = OneByOne(windows.as_bytes());
    let reading = Reading::of(one_by_one, Some(&file), FurtherDigests { sha256: true, sha1: true, md5: true }).unwrap();
    assert!(world().keys().verify(&file, &reading, jiff::Timestamp::now()).passed());
    let other = verified(&world().keys(), windows.replace("two", "2").as_bytes(), signature);
    assert_eq!(other.signatures[0].verdict, Verdict::Bad(Fault::OtherText));
}

/// Gives a byte at a time.
struct OneByOne<'a>(&'a [u8]);

impl std::io::Read for OneByOne<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
        buffer[0] = *first;
        self.0 = rest;
        Ok(1)
    }
}

#[test]
fn of_several_signatures_each_is_told() {
    let two = verified(&world().keys(), DATA, world().signature("two"));
    assert!(two.passed() && two.signatures.len() == 2 && two.signatures.iter().all(|each| each.is_good()));
    let both = verified(&world().keys(), DATA, world().signature("both"));
    assert!(both.passed(), "{both:?}");
    let mut found: Vec<_> = both.findings().iter().map(|finding| finding.status).collect();
    found.sort();
    assert_eq!(found, [Status::Pass, Status::Warn]);
    let alone = &findings(DATA, world().signature("stranger"))[0];
    let expected =
        format!("unknown signer: the signature is by {}, which is not in KEYS", world().fingerprints["stranger"]);
    assert_eq!(*alone, Finding::fail("signature", expected));
}

#[test]
fn a_wrong_sum_of_the_armor_is_warned_of() {
    let good = std::str::from_utf8(world().signature("ed25519-SHA512")).unwrap();
    let with_sum = |sum: &str| {
        let lines = good.lines().filter(|line| !(line.len() == 5 && line.starts_with('=')));
        lines
            .map(|line| if line.starts_with("-----END") { format!("{sum}\n{line}\n") } else { format!("{line}\n") })
            .collect::<String>()
    };
    let report = verified(&world().keys(), DATA, with_sum("=AAAA").as_bytes());
    assert!(report.container == Container::ArmoredWithWrongSum && report.passed(), "{report:?}");
    assert!(report.findings().iter().any(|finding| finding.status == Status::Warn && finding.detail.contains("sum")));
    assert_eq!(verified(&world().keys(), DATA, with_sum("").as_bytes()).container, Container::Armored);
}

#[test]
fn containers_are_told_apart() {
    let good = world().signature("ed25519-SHA512");
    let with = |before: &str, after: &str| [before.as_bytes(), good, after.as_bytes()].concat();
    let binary = dearmored(good);
    let twice = with("", std::str::from_utf8(good).unwrap());
    let cut = good[..good.len() - 20].to_vec();
    let key = world().blocks["ed25519"].clone();
    for (bytes, container, passes) in [
        (with("", ""), Container::Armored, true),
        (with("\n", "\n\n"), Container::Armored, true),
        (with("see below\n", ""), Container::ArmoredWithText, true),
        (with("", "trailing garbage"), Container::ArmoredWithText, true),
        (binary.clone(), Container::Binary, true),
        (world().signature("cleartext").to_vec(), Container::Cleartext, false),
        (world().signature("inline").to_vec(), Container::Inline, false),
        (dearmored(world().signature("inline")), Container::Inline, false),
        (key.clone(), Container::Other("public key block".into()), false),
        (dearmored(&key), Container::Other("public-key packet".into()), false),
        (twice, Container::Several(2), false),
        (with("", std::str::from_utf8(&key).unwrap()), Container::Several(2), false),
        (Vec::new(), Container::Empty, false),
        (b" \r\n".to_vec(), Container::Empty, false),
        (b"<html>not found</html>".to_vec(), Container::Garbage, false),
        (vec![b'x'; 2 << 20], Container::TooLarge, false),
        (binary.repeat(65), Container::TooLarge, false),
    ] {
        let report = verified(&world().keys(), DATA, &bytes);
        assert_eq!(report.container, container);
        assert_eq!(report.passed(), passes, "{container:?}: {report:?}");
        let failed = report.findings().iter().any(|finding| finding.status == Status::Fail);
        assert_eq!(failed, !passes, "{:?}", report.findings());
    }
    assert!(matches!(SignatureFile::parse(&cut).container(), Container::Broken(_)));
    for (mark, why) in [(&b"\xef\xbb\xbf"[..], "byte order mark"), (b"\xff\xfe", "UTF-16")] {
        let marked = SignatureFile::parse(&[mark, &cut[..]].concat());
        assert!(matches!(marked.container(), Container::Broken(said) if said.contains(why)), "{marked:?}");
    }
    let trailing = verified(&world().keys(), DATA, &[&binary[..], b"garbage"].concat());
    assert!(!trailing.passed(), "{trailing:?}");
}

pub(super) fn dearmored(armored: &[u8]) -> Vec<u8> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    sequoia_openpgp::armor::Reader::from_bytes(armored, None).read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn one_reading_makes_every_digest() {
    let file = SignatureFile::parse(world().signature("rsa2048-SHA256"));
    let reading = Reading::of(DATA, Some(&file), FurtherDigests { sha256: true, sha1: true, md5: true }).unwrap();
    assert_eq!(*reading.sha512(), crate::release::Sha512::of(DATA));
    assert_eq!(reading.bytes(), DATA.len() as u64);
    assert_eq!(reading.sha256().map(str::len), Some(64));
    // a file whose signature was not known when it was read is not checked, so not passed
    let blind = Reading::of(DATA, None, FurtherDigests::default()).unwrap();
    assert_eq!(blind.sha256(), None);
    let report = world().keys().verify(&file, &blind, jiff::Timestamp::now());
    assert!(matches!(report.signatures[0].verdict, Verdict::Bad(Fault::Unsupported(_))));
}

#[test]
fn a_keys_file_is_read_as_a_whole() {
    let keys = world().keys();
    assert_eq!(keys.len(), world().fingerprints.len() - 1);
    assert_eq!(keys.faults(), []);
    let again = KeyRing::parse(&world().keys_text.repeat(2)).unwrap();
    assert_eq!(again.fingerprints(), keys.fingerprints());
    let one = KeyRing::parse(&dearmored_into_one()).unwrap();
    assert_eq!(one.fingerprints(), keys.fingerprints());
}

/// All keys in a single armored block.
fn dearmored_into_one() -> Vec<u8> {
    use std::io::Write as _;
    let mut writer = sequoia_openpgp::armor::Writer::new(Vec::new(), sequoia_openpgp::armor::Kind::PublicKey).unwrap();
    writer.write_all(&world().ring).unwrap();
    writer.finalize().unwrap()
}

#[test]
fn a_block_that_cannot_be_read_takes_no_other_with_it() {
    let good = &world().blocks["rsa2048"];
    let damaged = String::from_utf8(world().blocks["ed25519"].clone()).unwrap().replace("mDME", "AAAA");
    let private = "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nabcd\n-----END PGP PRIVATE KEY BLOCK-----\n";
    let text =
        [b"x\n", damaged.as_bytes(), good, private.as_bytes(), b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n"].concat();
    let keys = KeyRing::parse(&text).unwrap();
    assert_eq!(keys.fingerprints(), [world().fingerprints["rsa2048"].clone()]);
    let faults: Vec<_> = keys.faults().iter().map(|fault| fault.why.as_str()).collect();
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert_eq!(keys.faults()[0].line, 2);
    assert!(faults[1].starts_with("a private key block") && faults[2].contains("does not end"), "{faults:?}");
    assert_eq!(KeyRing::parse(b"no keys here").unwrap_err(), KeysError::NoBlock);
    assert!(matches!(KeyRing::parse(damaged.as_bytes()).unwrap_err(), KeysError::NoKey(_)));
}

#[test]
fn a_revocation_that_stands_by_itself_counts() {
    let [key, revocation] = &world().alone[..] else { panic!("a key and its revocation") };
    let signature = world().signature("compromised-before");
    assert!(verified(&KeyRing::parse(key).unwrap(), DATA, signature).passed());
    for text in [[&key[..], revocation].concat(), [&revocation[..], key].concat()] {
        let keys = KeyRing::parse(&text).unwrap();
        assert_eq!(keys.faults(), []);
        let report = verified(&keys, DATA, signature);
        assert!(matches!(report.signatures[0].verdict, Verdict::Bad(Fault::RevokedHard(_))), "{report:?}");
    }
    // nobody else's key is revoked by it
    let other = [&world().blocks["ed25519"][..], revocation].concat();
    let keys = KeyRing::parse(&other).unwrap();
    assert_eq!(keys.faults()[0].why, "a revocation of a key that is not in the file");
    assert!(verified(&keys, DATA, world().signature("ed25519-SHA512")).passed());
}
