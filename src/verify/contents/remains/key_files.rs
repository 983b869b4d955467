// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Private keys that are no text: by the structure of the file's first bytes. A store of keys that cannot be
//! looked into without its password may hold one, and may not.

use super::Remain;

/// What key a file is that begins with these bytes; `bytes` is all of it, or its first megabytes.
pub fn key_file(bytes: &[u8]) -> Option<Remain> {
    of_der(bytes).or_else(|| java_store(bytes)).or_else(|| openpgp(bytes)).or_else(|| bouncy_castle(bytes))
}

/// A value in DER: its tag, its content, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0_usize, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OBJECT: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

/// 1.2.840.113549.1, of which all the PKCS are.
const PKCS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01";

/// PKCS#8, PKCS#1, SEC 1 and PKCS#12: a sequence that is all of the file.
fn of_der(bytes: &[u8]) -> Option<Remain> {
    let (SEQUENCE, content, rest) = element(bytes)? else { return None };
    if rest.len() > 2 {
        return None;
    }
    let (tag, first, behind) = element(content)?;
    let (next, second, more) = element(behind)?;
    let object = |sequence: &[u8]| match element(sequence) {
        Some((OBJECT, name, _)) => Some(name.to_vec()),
        _ => None,
    };
    match (tag, first, next) {
        // EncryptedPrivateKeyInfo: how it is encrypted, and that
        (SEQUENCE, how, OCTETS) if more.is_empty() => {
            let how = object(how)?;
            let by_password = how.starts_with(&[PKCS, &[5]].concat()) || how.starts_with(&[PKCS, &[12, 1]].concat());
            by_password.then_some(Remain::Secret("an encrypted private key in DER"))
        }
        (INTEGER, [0 | 1], SEQUENCE) if object(second).is_some() && matches!(element(more), Some((OCTETS, ..))) => {
            Some(Remain::Secret("a private key in DER"))
        }
        (INTEGER, [3], SEQUENCE) if object(second).is_some_and(|name| name.starts_with(&[PKCS, &[7]].concat())) => {
            Some(Remain::Suspect("a private key: it is a PKCS#12 store"))
        }
        (INTEGER, [0], INTEGER) if second.len() >= 32 && integers(more) >= 4 => {
            Some(Remain::Secret("a private key in DER"))
        }
        (INTEGER, [1], OCTETS)
            if (20..=66).contains(&second.len()) && more.first().is_none_or(|tag| tag & 0xfe == 0xa0) =>
        {
            Some(Remain::Secret("an EC private key in DER"))
        }
        _ => None,
    }
}

/// How many integers follow each other.
fn integers(mut bytes: &[u8]) -> usize {
    let mut count = 0;
    while let Some((INTEGER, _, rest)) = element(bytes) {
        count += 1;
        bytes = rest;
    }
    count
}

/// JKS and JCEKS: what each entry is stands before it.
fn java_store(bytes: &[u8]) -> Option<Remain> {
    let word = |at: usize| bytes.get(at..at + 4).map(|word| u32::from_be_bytes([word[0], word[1], word[2], word[3]]));
    let short = |at: usize| bytes.get(at..at + 2).map(|word| usize::from(u16::from_be_bytes([word[0], word[1]])));
    if !matches!(word(0)?, 0xfeed_feed | 0xcece_cece) || !matches!(word(4)?, 1 | 2) {
        return None;
    }
    let maybe = Some(Remain::Suspect("a private key: it is a Java key store"));
    let mut at = 12;
    for _ in 0..word(8)?.min(10_000) {
        match word(at) {
            Some(1) => return Some(Remain::Secret("a Java key store with a private key")),
            Some(3) => return Some(Remain::Secret("a Java key store with a secret key")),
            Some(2) => {}
            _ => return maybe,
        }
        // its name, its date, the certificate's kind, the certificate
        let Some(name) = short(at + 4) else { return maybe };
        let Some(kind) = short(at + 6 + name + 8) else { return maybe };
        let certificate = at + 6 + name + 8 + 2 + kind;
        let Some(length) = word(certificate).and_then(|length| usize::try_from(length).ok()) else { return maybe };
        at = certificate + 4 + length;
    }
    None
}

/// A secret key packet of OpenPGP, not armored (RFC 9580, 5.5.3).
fn openpgp(bytes: &[u8]) -> Option<Remain> {
    let header = match bytes.first()? {
        0x94 | 0x9c => 2,
        0x95 | 0x9d => 3,
        0x96 | 0x9e => 5,
        0xc5 | 0xc7 => match bytes.get(1)? {
            0..=191 => 2,
            192..=223 => 3,
            255 => 6,
            _ => return None,
        },
        _ => return None,
    };
    let [version, _, _, _, _, algorithm, ..] = bytes.get(header..)? else { return None };
    // a time since 1991, an algorithm that is one
    let since = bytes.get(header + 1).is_some_and(|high| *high >= 0x28);
    let known = matches!(algorithm, 1..=3 | 16..=20 | 22 | 25..=28);
    (matches!(version, 3..=6) && since && known && bytes.len() > header + 60)
        .then_some(Remain::Secret("an OpenPGP private key, not armored"))
}

/// A store of Bouncy Castle: its version, and a salt of twenty bytes.
fn bouncy_castle(bytes: &[u8]) -> Option<Remain> {
    let [0, 0, 0, 1 | 2, 0, 0, 0, 20, ..] = bytes else { return None };
    (bytes.len() > 60).then_some(Remain::Suspect("a private key: it is a key store of Bouncy Castle"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(tag: u8, content: &[&[u8]]) -> Vec<u8> {
        let content = content.concat();
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82][..], &length, &content].concat()
    }

    #[test]
    fn keys_that_are_no_text_are_known() {
        let number = |bytes: &[u8]| der(INTEGER, &[bytes]);
        let name = |tail: &[u8]| der(SEQUENCE, &[&der(OBJECT, &[PKCS, tail])]);
        let big = number(&[0x7f; 64]);
        let version = |of: u8| vec![INTEGER, 1, of];
        let pkcs8 = der(SEQUENCE, &[&version(0), &name(&[1, 1]), &der(OCTETS, &[&[1; 90]])]);
        let pkcs1 = der(SEQUENCE, &[&version(0), &big, &big, &big, &big, &big]);
        let sec1 = der(SEQUENCE, &[&version(1), &der(OCTETS, &[&[9; 32]]), &der(0xa0, &[&[6, 1, 1]])]);
        let sealed = der(SEQUENCE, &[&name(&[5, 13]), &der(OCTETS, &[&[1; 90]])]);
        let store = der(SEQUENCE, &[&version(3), &name(&[7, 1])]);
        for (bytes, what) in [
            (pkcs8.clone(), "a private key in DER"),
            (pkcs1, "a private key in DER"),
            (sec1, "an EC private key in DER"),
            (sealed, "an encrypted private key in DER"),
        ] {
            assert_eq!(key_file(&bytes), Some(Remain::Secret(what)));
            assert_eq!(key_file(&bytes[..bytes.len() - 1]), None, "cut off");
        }
        assert_eq!(key_file(&store), Some(Remain::Suspect("a private key: it is a PKCS#12 store")));
        // a public key, a certificate's beginning, and what goes on
        for bytes in [
            der(SEQUENCE, &[&big, &number(&[1, 0, 1])]),
            der(SEQUENCE, &[&name(&[1, 1]), &der(0x03, &[&[0; 90]])]),
            [pkcs8, vec![0; 9]].concat(),
            vec![SEQUENCE, 0x84, 0xff, 0xff, 0xff, 0xff],
            Vec::new(),
        ] {
            assert_eq!(key_file(&bytes), None);
        }
    }

    #[test]
    fn stores_say_what_is_in_them() {
        let entry =
            |kind: u8| [&[0, 0, 0, kind][..], &[0, 1, b'a'], &[0; 8], &[0, 1, b'X'], &[0, 0, 0, 2, 9, 9]].concat();
        let store = |magic: u8, count: u8, entries: &[u8]| {
            [&[0xfe, magic, 0xfe, magic][..], &[0, 0, 0, 2, 0, 0, 0, count], entries].concat()
        };
        let certificates = [entry(2), entry(2)].concat();
        assert_eq!(key_file(&store(0xed, 2, &certificates)), None, "trusted certificates alone");
        let mixed = [entry(2), entry(1)].concat();
        let found = Some(Remain::Secret("a Java key store with a private key"));
        assert_eq!(key_file(&store(0xed, 2, &mixed)), found);
        assert!(matches!(key_file(&store(0xed, 9, &certificates)), Some(Remain::Suspect(_))), "it ends too early");
        assert!(matches!(key_file(&[&[0, 0, 0, 2, 0, 0, 0, 20][..], &[7; 90]].concat()), Some(Remain::Suspect(_))));
        let secret = [&[0x95, 1, 0x10, 4, 0x65, 0, 0, 0, 22][..], &[3; 90]].concat();
        assert!(matches!(key_file(&secret), Some(Remain::Secret(_))));
        let public = [&[0x99, 1, 0x10, 4, 0x65, 0, 0, 0, 22][..], &[3; 90]].concat();
        assert_eq!(key_file(&public), None);
    }
}
