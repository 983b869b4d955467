// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The closer look at what may be a private key or a token. None of them repeats it.

use super::{LOOK_AHEAD, Remain, preceded, run};

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

/// `AKIA` and sixteen capitals or digits, as a word; not the examples of manuals.
pub(super) fn access_key(bytes: &[u8], at: usize) -> Option<Remain> {
    let of_key = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let key = run(bytes, at, of_key);
    let word = key.len() == 20 && !preceded(bytes, at) && !bytes.get(at + 20).is_some_and(u8::is_ascii_alphanumeric);
    (word && !key.ends_with(b"EXAMPLE")).then_some(Remain::Secret("an AWS access key"))
}

/// At least `least` letters after the first `mark`, as a word.
pub(super) fn token(bytes: &[u8], at: usize, mark: usize, least: usize, what: &'static str) -> Option<Remain> {
    let token = run(bytes, at, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    (token.len() >= mark + least && !preceded(bytes, at)).then_some(Remain::Secret(what))
}

/// `_authToken=` and a token, not a variable.
pub(super) fn npm_login(bytes: &[u8], at: usize) -> Option<Remain> {
    let rest = &bytes[at + b"_authToken".len()..];
    let rest = rest.strip_prefix(b"\"").unwrap_or(rest).trim_ascii_start();
    let rest = rest.strip_prefix(b"=").or_else(|| rest.strip_prefix(b":"))?.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").unwrap_or(rest);
    let token = run(rest, 0, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/' | b'+'));
    (token.len() >= 20).then_some(Remain::Secret("an npm login"))
}

pub(super) fn slack(bytes: &[u8], at: usize) -> Option<Remain> {
    let token = run(bytes, at, |byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    let real = token.len() >= 20 && token.iter().any(u8::is_ascii_digit) && !preceded(bytes, at);
    real.then_some(Remain::Secret("a Slack token"))
}

/// Exactly letters and digits after the first `mark`, at least `least` of them, some of
/// them capitals or digits: no name of a function.
pub(super) fn word(bytes: &[u8], at: usize, mark: usize, least: usize, what: &'static str) -> Option<Remain> {
    let letters = run(bytes, at + mark, u8::is_ascii_alphanumeric);
    let mixed = letters.iter().any(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let ends = !matches!(bytes.get(at + mark + letters.len()), Some(b'_' | b'-'));
    (letters.len() >= least && mixed && ends && !preceded(bytes, at)).then_some(Remain::Secret(what))
}

/// `AIza` and 35 more, as a word.
pub(super) fn google(bytes: &[u8], at: usize) -> Option<Remain> {
    let key = run(bytes, at, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    (key.len() == 39 && !preceded(bytes, at)).then_some(Remain::Secret("a Google key"))
}

/// The private lines come behind the public ones.
pub(super) fn putty(bytes: &[u8], at: usize) -> Option<Remain> {
    let file = &bytes[at..bytes.len().min(at + LOOK_AHEAD)];
    memchr::memmem::find(file, b"Private-Lines: ").map(|_| Remain::Secret("a PuTTY private key"))
}
