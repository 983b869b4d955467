// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What was left behind in a text: a snapshot's version, a private key, a token. One
//! search finds the places, a closer look decides. A secret is never repeated.

mod key_files;
mod logins;
mod secrets;

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

pub use key_files::key_file;
use logins::{address, aws_secret, docker_login, password, setting};
use secrets::{access_key, gnupg, google, npm_login, private_key, putty, signed_token, slack, token, wide_key, word};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remain {
    /// The version of a snapshot.
    Snapshot,
    /// A secret of this kind.
    Secret(&'static str),
    /// What may be a secret of this kind, or an example.
    Suspect(&'static str),
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
    ("glpat-", |bytes, at| token(bytes, at, 6, 20, "a GitLab token")),
    ("dckr_pat_", |bytes, at| token(bytes, at, 9, 27, "a Docker token")),
    ("hf_", |bytes, at| word(bytes, at, 3, 34, "a Hugging Face token")),
    ("sk_live_", |bytes, at| token(bytes, at, 8, 24, "a Stripe key")),
    ("rk_live_", |bytes, at| token(bytes, at, 8, 24, "a Stripe key")),
    ("sk-proj-", |bytes, at| token(bytes, at, 8, 40, "an OpenAI key")),
    ("PASSWORD=", setting),
    ("\"auth\"", docker_login),
    ("AIza", google),
    ("PuTTY-User-Key-File-", putty),
    ("aws_secret_access_key", aws_secret),
    ("AWS_SECRET_ACCESS_KEY", aws_secret),
    ("://", address),
    ("<password>", password),
    ("-\0-\0-\0-\0-\0B\0E\0G\0I\0N\0 ", wide_key),
    ("\0-\0-\0-\0-\0-\0B\0E\0G\0I\0N\0 ", wide_key),
    ("(21:protected-private-key", gnupg),
    ("(11:private-key", gnupg),
    ("Key: (protected-private-key", gnupg),
    ("Key: (private-key", gnupg),
    ("eyJ", signed_token),
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

/// The bytes from `at` on that fit, at most `most` of them: a mark may be repeated without end.
fn run(bytes: &[u8], at: usize, most: usize, fits: impl Fn(&u8) -> bool) -> &[u8] {
    let rest = &bytes[at..bytes.len().min(at + most.min(LOOK_AHEAD))];
    let length = rest.iter().take_while(|byte| fits(byte)).count();
    &rest[..length]
}

/// The same, where a word begins there.
fn beginning(bytes: &[u8], at: usize, most: usize, fits: impl Fn(&u8) -> bool) -> Option<&[u8]> {
    (!preceded(bytes, at)).then(|| run(bytes, at, most, fits))
}

fn preceded(bytes: &[u8], at: usize) -> bool {
    at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
}
