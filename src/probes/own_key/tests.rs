// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The judgements, each at its borders.

use super::*;
use crate::services::SubkeyDescription;

pub(crate) const FINGERPRINT: &str = "0123456789ABCDEF0123456789ABCDEF01234567";

fn at(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

/// A key of that kind without an end.
pub(crate) fn key(algorithm: &str, bits: usize) -> KeyDescription {
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

#[test]
fn strength_is_judged_by_the_table() {
    for (algorithm, bits, expected) in [
        ("rsa4096", 4096, Fitness::Fits),
        ("rsa8192", 8192, Fitness::Fits),
        ("rsa4095", 4095, Fitness::Doubtful),
        ("rsa3072", 3072, Fitness::Doubtful),
        ("rsa2048", 2048, Fitness::Doubtful),
        ("rsa2047", 2047, Fitness::Unfit),
        ("rsa1024", 1024, Fitness::Unfit),
        ("dsa1024", 1024, Fitness::Unfit),
        ("dsa3072", 3072, Fitness::Unfit),
        ("ed25519", 255, Fitness::Fits),
        ("ed448", 448, Fitness::Fits),
        ("nistp256", 256, Fitness::Doubtful),
        ("", 0, Fitness::Doubtful),
    ] {
        assert_eq!(strength(&key(algorithm, bits)).fitness, expected, "{algorithm}");
    }
}

#[test]
fn the_weakest_part_that_vouches_counts() {
    let with = |subkey| strength(&KeyDescription { subkeys: vec![subkey], ..key("rsa4096", 4096) });
    assert_eq!(with(subkey("rsa1024", 1024, None, true)).fitness, Fitness::Unfit);
    assert_eq!(with(subkey("rsa2048", 2048, None, true)).fitness, Fitness::Doubtful);
    assert_eq!(with(subkey("elg1024", 1024, None, false)).fitness, Fitness::Fits, "it does not sign");
    let weak_primary = KeyDescription { subkeys: vec![subkey("rsa4096", 4096, None, true)], ..key("dsa1024", 1024) };
    assert_eq!(strength(&weak_primary).fitness, Fitness::Unfit);
}

#[test]
fn validity_ends_with_expiry_revocation_and_what_cannot_sign() {
    let now = "2026-06-01T00:00:00Z".parse().unwrap();
    let judge = |change: &dyn Fn(&mut KeyDescription)| {
        let mut key = key("ed25519", 255);
        change(&mut key);
        validity(&key, now)
    };
    assert_eq!(judge(&|_| {}).fitness, Fitness::Fits);
    assert_eq!(judge(&|key| key.revoked = true).found, "it is revoked");
    let expired = judge(&|key| {
        key.expired = true;
        key.expires = at("2026-05-01T00:00:00Z");
    });
    assert_eq!((expired.fitness, &*expired.found), (Fitness::Unfit, "it has expired on 2026-05-01"));
    assert!(expired.next.contains(FINGERPRINT));
    assert_eq!(judge(&|key| key.disabled = true).fitness, Fitness::Unfit);
    assert_eq!(judge(&|key| key.can_sign = false).fitness, Fitness::Unfit);
    // 90 days from the first of June
    assert_eq!(judge(&|key| key.expires = at("2026-08-29T23:59:59Z")).fitness, Fitness::Doubtful);
    assert_eq!(judge(&|key| key.expires = at("2026-08-30T00:00:00Z")).fitness, Fitness::Fits);
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
        address(&KeyDescription { user_ids, ..key("ed25519", 255) }).fitness
    };
    assert_eq!(judge(&["Ann <ann@example.org>", "Ann <Ann@Apache.org>"]), Fitness::Fits);
    assert_eq!(judge(&["ann@apache.org"]), Fitness::Fits);
    assert_eq!(judge(&["Ann <ann@apache.org.example.org>", "Ann <ann@notapache.org>"]), Fitness::Doubtful);
}
