// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The judgements, each at its borders.

use super::super::item::Standing;
use super::*;
use crate::services::SubkeyDescription;

const FINGERPRINT: &str = "0123456789ABCDEF0123456789ABCDEF01234567";

fn at(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

fn key(algorithm: &str, bits: usize) -> KeyDescription {
    KeyDescription {
        fingerprint: FINGERPRINT.into(),
        algorithm: algorithm.into(),
        bits,
        created: at("2026-01-01T00:00:00Z"),
        expires: None,
        expired: false,
        revoked: false,
        disabled: false,
        can_sign: true,
        user_ids: vec!["Ann Example <ann@example.org>".into()],
        subkeys: Vec::new(),
    }
}

fn subkey(algorithm: &str, bits: usize, expires: Option<Timestamp>, can_sign: bool) -> SubkeyDescription {
    let fingerprint = FINGERPRINT.chars().rev().collect();
    SubkeyDescription { fingerprint, algorithm: algorithm.into(), bits, expires, can_sign }
}

fn name() -> Name {
    Name::new("id", "Title")
}

#[test]
fn strength_is_judged_by_the_table() {
    for (algorithm, bits, expected) in [
        ("rsa4096", 4096, Standing::Ok),
        ("rsa8192", 8192, Standing::Ok),
        ("rsa4095", 4095, Standing::Warning),
        ("rsa3072", 3072, Standing::Warning),
        ("rsa2048", 2048, Standing::Warning),
        ("rsa2047", 2047, Standing::Failed),
        ("rsa1024", 1024, Standing::Failed),
        ("dsa1024", 1024, Standing::Failed),
        ("dsa3072", 3072, Standing::Failed),
        ("ed25519", 255, Standing::Ok),
        ("ed448", 448, Standing::Ok),
        ("nistp256", 256, Standing::Warning),
        ("", 0, Standing::Warning),
    ] {
        assert_eq!(judge_strength(&name(), &key(algorithm, bits)).state, expected, "{algorithm}");
    }
}

#[test]
fn the_weakest_part_that_vouches_counts() {
    let with = |subkey| judge_strength(&name(), &KeyDescription { subkeys: vec![subkey], ..key("rsa4096", 4096) });
    assert_eq!(with(subkey("rsa1024", 1024, None, true)).state, Standing::Failed);
    assert_eq!(with(subkey("rsa2048", 2048, None, true)).state, Standing::Warning);
    assert_eq!(with(subkey("elg1024", 1024, None, false)).state, Standing::Ok, "it does not sign");
    let weak_primary = KeyDescription { subkeys: vec![subkey("rsa4096", 4096, None, true)], ..key("dsa1024", 1024) };
    assert_eq!(judge_strength(&name(), &weak_primary).state, Standing::Failed);
}

#[test]
fn validity_ends_with_expiry_revocation_and_what_cannot_sign() {
    let now = "2026-06-01T00:00:00Z".parse().unwrap();
    let judge = |change: &dyn Fn(&mut KeyDescription)| {
        let mut key = key("ed25519", 255);
        change(&mut key);
        judge_validity(&name(), &key, now)
    };
    assert_eq!(judge(&|_| {}).state, Standing::Ok);
    assert_eq!(judge(&|key| key.revoked = true).found, "it is revoked");
    let expired = judge(&|key| {
        key.expired = true;
        key.expires = at("2026-05-01T00:00:00Z");
    });
    assert_eq!((expired.state, &*expired.found), (Standing::Failed, "it has expired on 2026-05-01"));
    assert!(expired.next.unwrap().contains(FINGERPRINT));
    assert_eq!(judge(&|key| key.disabled = true).state, Standing::Failed);
    assert_eq!(judge(&|key| key.can_sign = false).state, Standing::Failed);
    // 90 days from the first of June
    assert_eq!(judge(&|key| key.expires = at("2026-08-29T23:59:59Z")).state, Standing::Warning);
    assert_eq!(judge(&|key| key.expires = at("2026-08-30T00:00:00Z")).state, Standing::Ok);
}

#[test]
fn a_key_lasts_as_long_as_the_last_of_its_parts_that_sign() {
    let (soon, late) = (at("2026-07-01T00:00:00Z"), at("2028-07-01T00:00:00Z"));
    let of = |expires, subkeys: &[(Option<Timestamp>, bool)]| {
        let subkeys = subkeys.iter().map(|(expires, signs)| subkey("ed25519", 255, *expires, *signs)).collect();
        expiry(&KeyDescription { expires, subkeys, ..key("ed25519", 255) })
    };
    assert_eq!(of(None, &[]), None);
    assert_eq!(of(late, &[(soon, true)]), soon);
    assert_eq!(of(late, &[(soon, true), (None, true)]), late);
    assert_eq!(of(None, &[(soon, true), (late, true)]), late);
    assert_eq!(of(late, &[(soon, false)]), late, "a part that does not sign may end");
    assert_eq!(of(soon, &[(late, true)]), soon);
}

#[test]
fn an_address_at_apache_is_looked_for_in_every_user_id() {
    let judge = |ids: &[&str]| {
        let user_ids = ids.iter().map(|id| (*id).to_owned()).collect();
        judge_address(&name(), &KeyDescription { user_ids, ..key("ed25519", 255) }).state
    };
    assert_eq!(judge(&["Ann <ann@example.org>", "Ann <Ann@Apache.org>"]), Standing::Ok);
    assert_eq!(judge(&["ann@apache.org"]), Standing::Ok);
    assert_eq!(judge(&["Ann <ann@apache.org.example.org>", "Ann <ann@notapache.org>"]), Standing::Warning);
}

#[test]
fn git_is_to_have_the_full_fingerprint_of_this_key() {
    let judge = |configured: Option<&str>| judge_git(&name(), &key("ed25519", 255), configured);
    assert_eq!(judge(Some(FINGERPRINT)).state, Standing::Ok);
    assert_eq!(judge(Some(&format!("0x{}", FINGERPRINT.to_lowercase()))).state, Standing::Ok);
    assert_eq!(judge(None).found, "user.signingkey is not set");
    let short = judge(Some("01234567"));
    assert_eq!(short.state, Standing::Failed);
    assert!(short.found.contains("full fingerprint") && short.next.unwrap().ends_with(FINGERPRINT));
    assert!(judge(Some("ann@example.org")).found.ends_with("another key"));
}
