// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Tests over the keys of every kind that the tests of signatures are made with.

use super::*;
use crate::verify::signature::testing::world;

/// The complaints about the key called `name`, as of `days` from today.
fn complaints(name: &str, days: i64) -> Vec<(&'static str, Status, String)> {
    // the keys are made when they are first asked for, and are not of the future
    let block = &world().blocks[name];
    let now = Timestamp::now() + jiff::SignedDuration::from_hours(24 * days);
    let report = check_keys(block, now);
    // that no key of the file can sign is told by a test of its own
    let odd = report.findings.iter().find(|finding| !finding.detail.starts_with("none of its keys can sign"));
    assert_eq!(odd, None, "{name}");
    assert_eq!(report.keys.len(), 1, "{name}");
    assert_eq!(report.keys[0].fingerprint, world().fingerprints[name]);
    report.keys[0].findings.iter().map(|each| (each.name, each.status, each.detail.clone())).collect()
}

#[test]
fn a_strong_key_passes_and_says_what_it_is() {
    for (name, algorithm) in [("rsa4096", "RSA 4096"), ("ed25519", "Ed25519"), ("nistp256", "NIST P-256")] {
        assert_eq!(complaints(name, 0), [("key", Status::Pass, format!("{algorithm}, does not expire"))]);
    }
    let in_a_year = complaints("soon", 365);
    assert!(in_a_year[0].2.starts_with("expired on 20"), "{in_a_year:?}");
    let report = check_keys(&world().blocks["ed25519"], Timestamp::now());
    assert_eq!(report.keys[0].uids, ["Ann Example <ed25519@apache.org>"]);
    assert_eq!(report.keys[0].lines, [1]);
}

#[test]
fn each_weakness_is_named() {
    for (name, check, status, detail) in [
        ("rsa2048", "key-strength", Status::Warn, "RSA 2048, new keys should have 4096 bits"),
        ("subkey", "key-strength", Status::Warn, ": RSA 2048, new keys should have 4096 bits"),
        ("weak", "key-strength", Status::Fail, "RSA 1024 is too weak, expected 2048 bits at least"),
        ("dsa2048", "key-strength", Status::Warn, "DSA 2048 is outside the policy"),
        ("brainpool", "key-strength", Status::Warn, "is outside the policy"),
        ("sha1", "key-binding", Status::Fail, "SHA-1 or MD5 binds the key to its owner"),
        ("brainpool", "key-binding", Status::Fail, "cannot be verified here"),
        ("expired", "key-expiry", Status::Warn, "expired on 2021-01-01"),
        ("superseded", "key-revoked", Status::Warn, "revoked: "),
        ("compromised", "key-revoked", Status::Warn, "revoked: "),
        ("elsewhere", "key-uid", Status::Warn, "no user id has an address at apache.org"),
        ("soon", "key-expiry", Status::Warn, "in less than 90 days"),
        ("certifier", "key-signing", Status::Warn, "no valid key in it can sign"),
    ] {
        let found = complaints(name, 0);
        let fits = |each: &(&str, Status, String)| each.0 == check && each.1 == status && each.2.contains(detail);
        assert!(found.iter().any(fits), "{name}: {found:?}");
        if name != "brainpool" && name != "sha1" {
            assert_eq!(found.len(), 1, "{name}: {found:?}");
        }
    }
}

#[test]
fn a_file_in_which_no_key_can_sign_any_more_serves_nobody() {
    let failed = |name: &[&str]| {
        let text: Vec<u8> = name.iter().flat_map(|name| world().blocks[*name].clone()).collect();
        let found = check_keys(&text, Timestamp::now()).findings;
        found
            .iter()
            .any(|finding| finding.status == Status::Fail && finding.detail.contains("none of its keys can sign"))
    };
    for name in ["expired", "superseded", "compromised", "certifier", "weak"] {
        assert!(failed(&[name]), "{name}");
    }
    assert!(!failed(&["ed25519"]) && !failed(&["expired", "ed25519"]) && !failed(&["subkey"]));
}

#[test]
fn the_same_key_again_is_named_with_its_lines() {
    let block = &world().blocks["ed25519"];
    let report = check_keys(&[block, &b"text\n"[..], block].concat(), Timestamp::now());
    assert_eq!(report.keys.len(), 1);
    let lines = &report.keys[0].lines;
    assert_eq!(
        report.keys[0].findings,
        [Finding::warn("key-duplicate", format!("it is at line {} and again at line {}", lines[0], lines[1]))]
    );
    assert!(lines[0] == 1 && lines[1] > 5, "{lines:?}");
}

#[test]
fn of_very_many_lines_a_few_are_named() {
    let report = check_keys(&world().blocks["ed25519"].repeat(40), Timestamp::now());
    let detail = &report.keys[0].findings[0].detail;
    assert_eq!(report.keys[0].lines.len(), 40);
    assert!(detail.ends_with(" and 29 more") && detail.matches(", ").count() == 9, "{detail}");
}

#[test]
fn a_key_holds_as_long_as_something_in_it_can_sign() {
    use sequoia_openpgp::cert::CertBuilder;
    use sequoia_openpgp::serialize::SerializeInto as _;
    use sequoia_openpgp::types::KeyFlags;
    let of_days = |days: u64| Some(Duration::from_secs(days * 24 * 60 * 60));
    let looked = |ends: &[Option<Duration>], whole: Option<Duration>| {
        let mut builder = CertBuilder::new().add_userid("Ann Example <ann@apache.org>").set_validity_period(whole);
        for end in ends {
            builder = builder.add_subkey(KeyFlags::empty().set_signing(), *end, None);
        }
        let (certificate, _) = builder.generate().unwrap();
        let report = check_keys(&certificate.armored().to_vec().unwrap(), Timestamp::now());
        let days = report.keys[0].expires.map(|at| at.duration_since(Timestamp::now()).as_hours() / 24 + 1);
        let (status, detail) = (report.keys[0].findings[0].status, report.keys[0].findings[0].detail.clone());
        (days, status, detail)
    };
    let (days, status, detail) = looked(&[of_days(2)], None);
    assert_eq!((days, status), (Some(2), Status::Warn), "{detail}");
    assert!(detail.starts_with("nothing in it can sign after 20") && detail.contains("subkey "), "{detail}");
    let (days, status, detail) = looked(&[of_days(400)], None);
    assert_eq!((days, status), (Some(400), Status::Pass), "{detail}");
    assert!(detail.contains(", expires on 20"), "{detail}");
    let (days, status, _) = looked(&[of_days(2), None], None);
    assert_eq!((days, status), (None, Status::Pass), "another goes on");
    let (days, status, _) = looked(&[of_days(2), of_days(500)], of_days(300));
    assert_eq!((days, status), (Some(300), Status::Pass), "none outlives the key");
}

#[test]
fn what_gives_no_key_is_named_with_its_line() {
    let report = check_keys(b"hello\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc\n", Timestamp::now());
    let details: Vec<_> = report.findings.iter().map(|each| each.detail.as_str()).collect();
    assert_eq!(details, ["line 2: a block begins and does not end (truncated?)", "there is no public key in it"]);
    let marked = [BYTE_ORDER_MARK, &world().blocks["rsa4096"]].concat();
    let report = check_keys(&marked, Timestamp::now());
    let said = |begin: &str| report.findings.iter().any(|finding| finding.detail.starts_with(begin));
    assert!(said("it begins with a byte order mark"), "{:?}", report.findings);
    let binary = check_keys(&world().ring, Timestamp::now());
    assert!(binary.findings[0].detail.contains("it looks binary"), "{:?}", binary.findings);
    let private = b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nabcd\n-----END PGP PRIVATE KEY BLOCK-----\n";
    let report = check_keys(&[&private[..], &world().blocks["rsa4096"]].concat(), Timestamp::now());
    assert_eq!(report.findings.len(), 1);
    assert!(report.findings[0].status == Status::Fail && report.findings[0].detail.contains("private key block"));
    assert_eq!(report.keys.len(), 1);
}

/// A key made by GnuPG with these options, in a home of its own.
fn made(options: &[&str], kind: [&str; 3]) -> Vec<u8> {
    use std::process::{Command, Stdio};
    let home = tempfile::Builder::new().prefix("q").tempdir_in("/tmp").unwrap();
    std::fs::set_permissions(home.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let gpg = |arguments: &[&str]| {
        let mut command = Command::new("gpg");
        command.env("GNUPGHOME", home.path()).args(["--batch", "--quiet", "--pinentry-mode", "loopback"]);
        command.args(["--passphrase="]).args(arguments).stdin(Stdio::null()).stderr(Stdio::null());
        command.output().unwrap().stdout
    };
    gpg(&[options, &["--quick-generate-key", "Ann Example <ann@apache.org>"], &kind].concat());
    let block = gpg(&["--armor", "--export"]);
    Command::new("gpgconf").arg("--homedir").arg(home.path()).args(["--kill", "all"]).status().unwrap();
    block
}

#[test]
fn a_key_that_the_policy_refuses_says_when_it_ends_all_the_same() {
    let ends = Timestamp::now() + jiff::SignedDuration::from_hours(24 * 60);
    for (options, kind) in
        [(&["--cert-digest-algo", "SHA1"][..], ["rsa2048", "sign", "60d"]), (&[], ["rsa1024", "sign", "60d"])]
    {
        let report = check_keys(&made(options, kind), Timestamp::now());
        assert!(report.keys[0].findings.iter().any(|found| found.status == Status::Fail), "{report:?}");
        let said = report.keys[0].expires.unwrap_or_else(|| panic!("{report:?}"));
        assert!(said.duration_since(ends).abs() < jiff::SignedDuration::from_hours(48), "{said}");
    }
}

#[test]
fn a_signing_subkey_that_is_revoked_is_named() {
    use sequoia_openpgp::cert::{CertBuilder, SubkeyRevocationBuilder};
    use sequoia_openpgp::serialize::SerializeInto as _;
    use sequoia_openpgp::types::ReasonForRevocation;
    let builder = CertBuilder::new().add_userid("Ann Example <ann@apache.org>").add_signing_subkey();
    let (certificate, _) = builder.generate().unwrap();
    let subkey = certificate.keys().subkeys().next().unwrap().key().clone();
    let mut signer = certificate.primary_key().key().clone().parts_into_secret().unwrap().into_keypair().unwrap();
    let reason = SubkeyRevocationBuilder::new().set_reason_for_revocation(ReasonForRevocation::KeyCompromised, b"");
    let revocation = reason.unwrap().build(&mut signer, &certificate, &subkey, None).unwrap();
    let (certificate, _) = certificate.insert_packets(revocation).unwrap();
    let report = check_keys(&certificate.armored().to_vec().unwrap(), Timestamp::now());
    let wanted = format!("subkey {} is revoked: ", subkey.fingerprint().to_hex());
    let found = &report.keys[0].findings;
    assert!(found.iter().any(|each| each.name == "key-revoked" && each.detail.starts_with(&wanted)), "{found:?}");
}
