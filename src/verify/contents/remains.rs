// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What was left behind in a text: a snapshot's version, a private key, a token. One
//! search finds the places, a closer look decides. A secret is never repeated.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remain {
    /// The version of a snapshot.
    Snapshot,
    /// A secret of this kind.
    Secret(&'static str),
}

/// How many bytes behind a place the closer look needs at most.
pub const LOOK_AHEAD: usize = 1024;

type Look = fn(&[u8], usize) -> Option<Remain>;

/// What is searched for, and the closer look at the bytes and the place in them.
const NEEDLES: &[(&str, Look)] = &[
    ("-SNAPSHOT", snapshot),
    ("-----BEGIN ", private_key),
    ("AKIA", access_key),
    ("ASIA", access_key),
    ("ghp_", |bytes, at| token(bytes, at, 4, 36, "a GitHub token")),
    ("gho_", |bytes, at| token(bytes, at, 4, 36, "a GitHub token")),
    ("ghu_", |bytes, at| token(bytes, at, 4, 36, "a GitHub token")),
    ("ghs_", |bytes, at| token(bytes, at, 4, 36, "a GitHub token")),
    ("ghr_", |bytes, at| token(bytes, at, 4, 36, "a GitHub token")),
    ("github_pat_", |bytes, at| token(bytes, at, 11, 22, "a GitHub token")),
    ("npm_", |bytes, at| token(bytes, at, 4, 36, "an npm token")),
    ("_authToken", npm_login),
    ("pypi-AgEI", |bytes, at| token(bytes, at, 9, 50, "a PyPI token")),
    ("xoxa-", slack),
    ("xoxb-", slack),
    ("xoxp-", slack),
    ("xoxr-", slack),
    ("xoxs-", slack),
];

static SEARCH: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(NEEDLES.iter().map(|(needle, _)| needle)).ok());

/// Calls `found` with each thing left in `bytes`, and where.
///
/// # Panics
/// Never: the needles are known to be searchable, which a test holds.
pub fn search(bytes: &[u8], mut found: impl FnMut(Remain, usize)) {
    let Some(search) = SEARCH.as_ref() else { return };
    for hit in search.find_iter(bytes) {
        let look = NEEDLES[hit.pattern().as_usize()].1;
        if let Some(remain) = look(bytes, hit.start()) {
            found(remain, hit.start());
        }
    }
}

/// Whether the name of a file is of a snapshot's version.
pub fn names_snapshot(name: &str) -> bool {
    name.match_indices("-SNAPSHOT").any(|(at, _)| snapshot(name.as_bytes(), at).is_some())
}

/// A number before it makes it a version.
fn snapshot(bytes: &[u8], at: usize) -> Option<Remain> {
    let version = bytes[..at].iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'.');
    version.last().filter(|first| first.is_ascii_digit()).map(|_| Remain::Snapshot)
}

/// The mark alone stands in programs that read keys; a key has letters after it.
fn private_key(bytes: &[u8], at: usize) -> Option<Remain> {
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

/// `AKIA` and sixteen capitals or digits, as a word; not the examples of manuals.
fn access_key(bytes: &[u8], at: usize) -> Option<Remain> {
    let of_key = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let key = run(bytes, at, of_key);
    let word = key.len() == 20 && !preceded(bytes, at) && !bytes.get(at + 20).is_some_and(u8::is_ascii_alphanumeric);
    (word && !key.ends_with(b"EXAMPLE")).then_some(Remain::Secret("an AWS access key"))
}

/// At least `least` letters after the first `mark`, as a word.
fn token(bytes: &[u8], at: usize, mark: usize, least: usize, what: &'static str) -> Option<Remain> {
    let token = run(bytes, at, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    (token.len() >= mark + least && !preceded(bytes, at)).then_some(Remain::Secret(what))
}

/// `_authToken=` and a token, not a variable.
fn npm_login(bytes: &[u8], at: usize) -> Option<Remain> {
    let rest = &bytes[at + b"_authToken".len()..];
    let rest = rest.strip_prefix(b"\"").unwrap_or(rest).trim_ascii_start();
    let rest = rest.strip_prefix(b"=").or_else(|| rest.strip_prefix(b":"))?.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").unwrap_or(rest);
    let token = run(rest, 0, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/' | b'+'));
    (token.len() >= 20).then_some(Remain::Secret("an npm login"))
}

fn slack(bytes: &[u8], at: usize) -> Option<Remain> {
    let token = run(bytes, at, |byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    let real = token.len() >= 20 && token.iter().any(u8::is_ascii_digit) && !preceded(bytes, at);
    real.then_some(Remain::Secret("a Slack token"))
}

/// The bytes from `at` on that fit.
fn run(bytes: &[u8], at: usize, fits: impl Fn(&u8) -> bool) -> &[u8] {
    let rest = &bytes[at..bytes.len().min(at + LOOK_AHEAD)];
    let length = rest.iter().take_while(|byte| fits(byte)).count();
    &rest[..length]
}

fn preceded(bytes: &[u8], at: usize) -> bool {
    at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
}
