// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The closer look at what may be a password: in an address, in a file of settings. Much
//! of it is an example, and no program can tell each of them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{LOOK_AHEAD, Remain, preceded, run};

/// How long the part of an address before its host may be.
const LOGIN_BYTES: usize = 256;

/// What is written where a password would be.
const EXAMPLES: [&str; 16] = [
    "password",
    "passwd",
    "pass",
    "secret",
    "pw",
    "pwd",
    "token",
    "changeme",
    "change_me",
    "test",
    "user",
    "admin",
    "root",
    "guest",
    "example",
    "xxx",
];

/// `aws_secret_access_key`, an equals sign or colon, forty letters; not the manual's.
pub(super) fn aws_secret(bytes: &[u8], at: usize) -> Option<Remain> {
    const NAME_BYTES: usize = 21;
    const KEY_BYTES: usize = 40;
    let between =
        run(bytes, at + NAME_BYTES, LOOK_AHEAD, |byte| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'=' | b':'));
    let of_key = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+');
    let key = run(bytes, at + NAME_BYTES + between.len(), LOOK_AHEAD, of_key);
    let assigned = between.iter().any(|byte| matches!(byte, b'=' | b':'));
    (assigned && key.len() == KEY_BYTES && !key.ends_with(b"EXAMPLEKEY"))
        .then_some(Remain::Secret("an AWS secret access key"))
}

/// `://NAME:PASSWORD@HOST`.
pub(super) fn address(bytes: &[u8], at: usize) -> Option<Remain> {
    let rest = &bytes[at + b"://".len()..];
    let rest = &rest[..rest.len().min(LOGIN_BYTES)];
    let ends =
        |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'?');
    let authority = rest.split(|byte| ends(byte)).next().unwrap_or_default();
    let (login, host) = authority.split_at(memchr::memrchr(b'@', authority)?);
    let password = &login[memchr::memchr(b':', login)? + 1..];
    let far = !host[1..].starts_with(b"localhost") && !host[1..].starts_with(b"127.");
    (far && real(password)).then_some(Remain::Suspect("an address with a password"))
}

/// `<password>` and what is in it: Maven's settings have it.
pub(super) fn password(bytes: &[u8], at: usize) -> Option<Remain> {
    let value = run(bytes, at + b"<password>".len(), LOOK_AHEAD, |byte| *byte != b'<');
    let after = at + b"<password>".len() + value.len();
    let whole = bytes.get(after..).is_some_and(|rest| rest.starts_with(b"</password>"));
    // Maven keeps what it has encrypted in braces
    let encrypted = value.first() == Some(&b'{');
    (whole && !encrypted && !preceded(bytes, at) && real(value)).then_some(Remain::Suspect("a password"))
}

/// `DB_PASSWORD=` at a line's beginning, as files of settings (`.env`) have it.
pub(super) fn setting(bytes: &[u8], at: usize) -> Option<Remain> {
    let line = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
    let name = bytes[line..at].strip_prefix(b"export ").unwrap_or(&bytes[line..at]);
    let named =
        name.len() < 60 && name.iter().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'_' | b'0'..=b'9'));
    let value = run(bytes, at + b"PASSWORD=".len(), LOOK_AHEAD, |byte| !byte.is_ascii_whitespace() && *byte != b'#');
    let value = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value);
    let quoted = value.iter().any(|byte| matches!(byte, b'"' | b'\'' | b'`' | b'<' | b';' | b'&' | b'|'));
    (named && !quoted && real(value)).then_some(Remain::Suspect("a password"))
}

/// `"auth": "…"` with a name and a password in base64, as `.docker/config.json` keeps a login.
pub(super) fn docker_login(bytes: &[u8], at: usize) -> Option<Remain> {
    let rest = &bytes[at + b"\"auth\"".len()..];
    let rest = rest[..rest.len().min(LOGIN_BYTES)].trim_ascii_start().strip_prefix(b":")?;
    let rest = rest.trim_ascii_start().strip_prefix(b"\"")?;
    let coded = &rest[..memchr::memchr(b'"', rest)?];
    let login = STANDARD.decode(coded).ok().filter(|login| login.is_ascii())?;
    let password = &login[memchr::memchr(b':', &login)? + 1..];
    real(password).then_some(Remain::Secret("a Docker login"))
}

/// Whether it may be a password, and is no place for one and no example.
fn real(password: &[u8]) -> bool {
    let bare = password.to_ascii_lowercase();
    let bare: Vec<u8> = bare.into_iter().filter(|byte| !byte.is_ascii_digit()).collect();
    password.len() >= 6
        && !password.iter().any(|byte| matches!(byte, b'$' | b'{' | b'%' | b'*' | b'[' | b'(' | b' '))
        && !EXAMPLES.iter().any(|example| example.as_bytes() == bare)
}

#[cfg(test)]
mod tests {
    use super::super::search;
    use super::*;

    fn found(text: &str) -> Vec<Remain> {
        let mut all = Vec::new();
        search(text.as_bytes(), |remain, _| all.push(remain));
        all
    }

    #[test]
    fn settings_and_docker_s_logins_are_found() {
        let password = Remain::Suspect("a password");
        for text in ["DB_PASSWORD=hunter2!x", "A=1\nexport PASSWORD=\"hunter2!x\"\n"] {
            assert_eq!(found(text), [password], "{text}");
        }
        for text in ["DB_PASSWORD=$SECRET", "DB_PASSWORD=changeme", "if [ -z DB_PASSWORD=hunter2!x", "PASSWORD=\n"] {
            assert_eq!(found(text), [], "{text}");
        }
        let login = |auth: &str| found(&format!("{{\"auths\": {{\"x.io\": {{\"auth\": \"{auth}\"}}}}}}"));
        assert_eq!(login(&STANDARD.encode("ann:hunter2!x")), [Remain::Secret("a Docker login")]);
        assert_eq!(login(&STANDARD.encode("ann:password")), []);
        assert_eq!(login("required"), []);
    }

    #[test]
    fn a_login_is_told_from_an_example() {
        let address = Remain::Suspect("an address with a password");
        assert_eq!(found("https://ann:s3cr3tpassw0rd@repo.example.org/x"), [address]);
        assert_eq!(found("<password>hunter2</password>"), [Remain::Suspect("a password")]);
        for text in [
            "https://user:password@example.org",
            "https://${user}:${password}@example.org",
            "https://ann:s3cr3tpassw0rd@localhost/",
            "https://example.org/a:b@c",
            "https://ann@example.org: see",
            "<password>${env.PASSWORD}</password>",
            "<password>{COQLCE6DU6GtcS5P=}</password>",
            "<password></password>",
            "aws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCYzzEXAMPLEKEY",
            "hf_read_configuration_of_the_cluster_from",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn tokens_of_many_makers_are_known() {
        for (text, what) in [
            ("aws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCYzzzzzzzzzKEY".to_owned(), "an AWS secret access key"),
            (format!("glpat-{}", "aB3d".repeat(5)), "a GitLab token"),
            (format!("AIzaSyA{}", "aB3d".repeat(8)), "a Google key"),
            (format!("dckr_pat_{}", "aB3d".repeat(7)), "a Docker token"),
            (format!("hf_{}", "aB3d".repeat(9)), "a Hugging Face token"),
            ("PuTTY-User-Key-File-2: ssh-rsa\nPrivate-Lines: 14\nAAAA".to_owned(), "a PuTTY private key"),
        ] {
            assert_eq!(found(&text), [Remain::Secret(what)], "{text}");
        }
    }
}
