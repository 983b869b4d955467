// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The closer look at what may be a private key or a token. None of them repeats it.

use super::{LOOK_AHEAD, Remain, beginning, preceded, run};

/// The mark alone stands in programs that read keys; a key has letters after it.
pub(super) fn private_key(bytes: &[u8], at: usize) -> Option<Remain> {
    const KEY_LETTERS: usize = 40;
    let line = &bytes[at..bytes.len().min(at + 80)];
    let title = &line[b"-----BEGIN ".len()..];
    let title = &title[..memchr::memmem::find(title, b"-----")?];
    let what = match title {
        b"PRIVATE KEY" => "a private key",
        b"RSA PRIVATE KEY" => "an RSA private key",
        b"DSA PRIVATE KEY" => "a DSA private key",
        b"EC PRIVATE KEY" => "an EC private key",
        b"OPENSSH PRIVATE KEY" => "an OpenSSH private key",
        b"ENCRYPTED PRIVATE KEY" => "an encrypted private key",
        b"PGP PRIVATE KEY BLOCK" => "an OpenPGP private key",
        _ => return None,
    };
    let body = &bytes[at + b"-----BEGIN ".len() + title.len() + b"-----".len()..];
    let body = &body[..body.len().min(LOOK_AHEAD - 80)];
    let of_key = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let longest = body.split(|byte| !of_key(byte)).map(<[u8]>::len).max();
    (longest >= Some(KEY_LETTERS)).then_some(Remain::Secret(what))
}

/// The same in UTF-16, of either order.
pub(super) fn wide_key(bytes: &[u8], at: usize) -> Option<Remain> {
    let wide = &bytes[at..bytes.len().min(at + LOOK_AHEAD)];
    let narrow: Vec<u8> = wide.iter().copied().filter(|byte| *byte != 0).collect();
    private_key(&narrow, 0)
}

/// A file of GnuPG's private keys: the mark, and more than words behind it.
pub(super) fn gnupg(bytes: &[u8], at: usize) -> Option<Remain> {
    let behind = &bytes[at..bytes.len().min(at + LOOK_AHEAD)];
    let key = [&b"(3:rsa"[..], b"(3:ecc", b"(3:dsa", b"(3:elg", b"(rsa ", b"(ecc ", b"(dsa ", b"(elg "];
    key.iter().any(|kind| memchr::memmem::find(behind, kind).is_some()).then_some(Remain::Secret("a GnuPG private key"))
}

/// `HEADER.PAYLOAD.SIGNATURE`, a JSON Web Token: the header names the algorithm. Many are examples.
pub(super) fn signed_token(bytes: &[u8], at: usize) -> Option<Remain> {
    const SIGNATURE: usize = 27;
    let of_token = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let mut parts = beginning(bytes, at, LOOK_AHEAD, of_token)?.split(|byte| *byte == b'.');
    let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    // `"alg"` in base64, at each of the three places that it can have
    let names = [&b"ImFsZyI"[..], b"JhbGciO", b"iYWxnIj"].iter().any(|alg| memchr::memmem::find(header, alg).is_some());
    (names && payload.starts_with(b"eyJ") && signature.len() >= SIGNATURE)
        .then_some(Remain::Suspect("a signed token (JWT)"))
}

/// `AKIA` and sixteen capitals or digits, as a word; not the examples of manuals.
pub(super) fn access_key(bytes: &[u8], at: usize) -> Option<Remain> {
    let of_key = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let key = beginning(bytes, at, 20, of_key)?;
    let word = key.len() == 20 && !bytes.get(at + 20).is_some_and(u8::is_ascii_alphanumeric);
    (word && !key.ends_with(b"EXAMPLE")).then_some(Remain::Secret("an AWS access key"))
}

/// At least `least` letters after the first `mark`, as a word.
pub(super) fn token(bytes: &[u8], at: usize, mark: usize, least: usize, what: &'static str) -> Option<Remain> {
    let of_token = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let token = beginning(bytes, at, mark + least, of_token)?;
    (token.len() >= mark + least).then_some(Remain::Secret(what))
}

/// `_authToken=` and a token, not a variable.
pub(super) fn npm_login(bytes: &[u8], at: usize) -> Option<Remain> {
    let rest = &bytes[at + b"_authToken".len()..];
    let rest = rest.strip_prefix(b"\"").unwrap_or(rest).trim_ascii_start();
    let rest = rest.strip_prefix(b"=").or_else(|| rest.strip_prefix(b":"))?.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").unwrap_or(rest);
    let token = run(rest, 0, 20, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/' | b'+'));
    (token.len() >= 20).then_some(Remain::Secret("an npm login"))
}

pub(super) fn slack(bytes: &[u8], at: usize) -> Option<Remain> {
    const LONGEST: usize = 80;
    let token = beginning(bytes, at, LONGEST, |byte| byte.is_ascii_alphanumeric() || *byte == b'-')?;
    let real = token.len() >= 20 && token.iter().any(u8::is_ascii_digit);
    real.then_some(Remain::Secret("a Slack token"))
}

/// Exactly letters and digits after the first `mark`, at least `least` of them, some of
/// them capitals or digits: no name of a function.
pub(super) fn word(bytes: &[u8], at: usize, mark: usize, least: usize, what: &'static str) -> Option<Remain> {
    if preceded(bytes, at) {
        return None;
    }
    let letters = run(bytes, at + mark, LOOK_AHEAD, u8::is_ascii_alphanumeric);
    let mixed = letters.iter().any(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let ends = !matches!(bytes.get(at + mark + letters.len()), Some(b'_' | b'-'));
    (letters.len() >= least && mixed && ends).then_some(Remain::Secret(what))
}

/// `AIza` and 35 more, as a word.
pub(super) fn google(bytes: &[u8], at: usize) -> Option<Remain> {
    let of_key = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let key = beginning(bytes, at, 40, of_key)?;
    (key.len() == 39).then_some(Remain::Secret("a Google key"))
}

/// The private lines come behind the public ones.
pub(super) fn putty(bytes: &[u8], at: usize) -> Option<Remain> {
    let file = &bytes[at..bytes.len().min(at + LOOK_AHEAD)];
    memchr::memmem::find(file, b"Private-Lines: ").map(|_| Remain::Secret("a PuTTY private key"))
}

#[cfg(test)]
mod tests {
    use super::super::search;
    use super::*;

    fn found(bytes: &[u8]) -> Vec<Remain> {
        let mut all = Vec::new();
        search(bytes, |remain, _| all.push(remain));
        all
    }

    #[test]
    fn tokens_of_payments_and_models_are_known() {
        let of = |mark: &str, letters: usize| found(format!("key = {mark}{}", "a1B2".repeat(letters)).as_bytes());
        assert_eq!(of("sk_live_", 6), [Remain::Secret("a Stripe key")]);
        assert_eq!(of("sk-proj-", 12), [Remain::Secret("an OpenAI key")]);
        assert_eq!([of("sk_test_", 6), of("sk_live_", 2), of("sk-proj-", 2)], [[]; 3]);
    }

    #[test]
    fn keys_in_wide_characters_and_of_gnupg_are_known() {
        let key = format!("-----BEGIN RSA PRIVATE KEY-----\r\n{}\r\n", "A".repeat(64));
        let little: Vec<u8> = key.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = key.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for wide in [[&b"\xff\xfe"[..], &little].concat(), [&b"\xfe\xff"[..], &big].concat()] {
            assert_eq!(found(&wide), [Remain::Secret("an RSA private key")]);
        }
        for text in ["(21:protected-private-key(3:rsa(1:n257:", "Created: x\nKey: (private-key (ecc (curve Ed25519)"] {
            assert_eq!(found(text.as_bytes()), [Remain::Secret("a GnuPG private key")], "{text}");
        }
        assert_eq!(found(b"looks for (11:private-key in a file"), []);
    }

    #[test]
    fn a_signed_token_may_be_an_example() {
        let token = |header: &str| format!("{header}.eyJzdWIiOiIxMjM0NTY3ODkwIn0.{}", "aB3d".repeat(10));
        let real = token("eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9");
        assert_eq!(found(format!("Bearer {real}").as_bytes()), [Remain::Suspect("a signed token (JWT)")]);
        assert_eq!(found(token("eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9").as_bytes()).len(), 1, "alg comes second");
        for none in ["eyJhbGciOiJSUzI1NiJ9", "eyJ", "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.", "keyJhbGciOiJSUzI1NiJ9.eyJh.x"] {
            assert_eq!(found(none.as_bytes()), [], "{none}");
        }
    }
}
