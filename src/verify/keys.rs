// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Looking over a KEYS file: how strong each key is, how long it will last, whose it is,
//! and whether the text between the keys hides a broken one.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use sequoia_openpgp::cert::amalgamation::ValidAmalgamation as _;
use sequoia_openpgp::cert::amalgamation::key::PrimaryKey as _;
use sequoia_openpgp::cert::{Cert, ValidCert};
use sequoia_openpgp::types::RevocationStatus;

use super::algorithm::{Algorithm, Standing};
use super::policy::Policies;
use super::signature::{KeyFault, KeysFile, day, printable, reason, timestamp};
use super::{Finding, Status};

/// A key that ends sooner than this is worth a word: a release with its vote takes weeks.
const SOON: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// How many lines are named at which a key is again.
const SHOWN: usize = 10;

/// What was found of a KEYS file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeysReport {
    /// Each key, in the file's order; one that is there several times, once.
    pub keys: Vec<KeyReport>,
    /// What was found of the file as a whole: blocks that give no key.
    pub findings: Vec<Finding>,
}

/// What was found of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyReport {
    /// The lines at which its blocks begin.
    pub lines: Vec<usize>,
    /// The primary key's fingerprint, in upper-case digits.
    pub fingerprint: String,
    /// Its user ids.
    pub uids: Vec<String>,
    /// The primary key's algorithm: "RSA 4096".
    pub algorithm: String,
    /// Until when it can sign: when the last of its keys that can sign ends, where it does.
    pub expires: Option<Timestamp>,
    /// Each thing to be known of it; one that passes, where there is none.
    pub findings: Vec<Finding>,
}

/// What some editors put before a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Looks over the KEYS file `bytes`, as of `now`.
pub fn check_keys(bytes: &[u8], now: Timestamp) -> KeysReport {
    let file = KeysFile::read(bytes);
    let broken =
        |fault: &KeyFault| Finding::fail("keys-file", format!("line {}: {}", fault.line, printable(&fault.why)));
    let mut findings: Vec<Finding> = file.faults.iter().map(broken).collect();
    if bytes.starts_with(BYTE_ORDER_MARK) {
        let detail = "it begins with a byte order mark, behind which programs see no block: save it without";
        findings.push(Finding::fail("keys-file", detail));
    }
    if file.keys.is_empty() {
        // the first byte of a packet has its upper bit set, which no armor has (RFC 9580, 4.2)
        let detail = match bytes.first() {
            Some(first) if first & 0x80 != 0 && !bytes.starts_with(BYTE_ORDER_MARK) => {
                "there is no armored public key in it; it looks binary: expected what `gpg --export --armor` prints"
            }
            _ => "there is no public key in it",
        };
        findings.push(Finding::fail("keys-file", detail));
    }
    let policies = Policies::at(now);
    if !file.keys.is_empty() && !file.keys.iter().any(|key| serves(&key.certificate, &policies)) {
        findings
            .push(Finding::fail("keys-file", "none of its keys can sign now: nobody could publish a release by them"));
    }
    let keys = file.keys.into_iter().map(|key| look_over(&key.certificate, key.lines, &policies));
    KeysReport { keys: keys.collect(), findings }
}

/// Whether a signature of today by it counts.
fn serves(certificate: &Cert, policies: &Policies) -> bool {
    certificate.with_policy(&policies.strict, policies.now).is_ok_and(|valid| {
        let revoked = matches!(valid.revocation_status(), RevocationStatus::Revoked(_));
        !revoked && valid.alive().is_ok() && valid.keys().alive().revoked(false).for_signing().next().is_some()
    })
}

fn look_over(certificate: &Cert, lines: Vec<usize>, policies: &Policies) -> KeyReport {
    let primary = Algorithm::of(certificate.primary_key().key());
    let mut findings = Vec::new();
    if let [first, again @ ..] = &lines[..]
        && !again.is_empty()
    {
        let shown: Vec<_> = again.iter().take(SHOWN).map(usize::to_string).collect();
        let more = again.len() - shown.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let detail = format!("it is at line {first} and again at line {}{more}", shown.join(", "));
        findings.push(Finding::warn("key-duplicate", detail));
    }
    findings.extend(strength("", &primary));
    let mut expires = said_end(certificate);
    match certificate.with_policy(&policies.strict, policies.now) {
        Ok(valid) => {
            expires = SigningEnd::of(&valid).at.and_then(timestamp);
            findings.extend(standing(&valid, policies.now));
        }
        Err(error) => findings.extend(unusable(certificate, policies, &primary, &error.to_string())),
    }
    let uids: Vec<String> =
        certificate.userids().map(|uid| printable(&String::from_utf8_lossy(uid.userid().value()))).collect();
    if !certificate.userids().any(|uid| matches!(uid.userid().email(), Ok(Some(mail)) if of_the_foundation(mail))) {
        findings.push(Finding::warn("key-uid", "no user id has an address at apache.org"));
    }
    if findings.iter().all(|finding| finding.status == Status::Pass) {
        let until = expires.map_or_else(|| "does not expire".to_owned(), |at| format!("expires on {}", day(at)));
        findings.push(Finding::pass("key", format!("{}, {until}", primary.name)));
    }
    KeyReport {
        lines,
        fingerprint: certificate.fingerprint().to_hex(),
        uids,
        algorithm: primary.name,
        expires,
        findings,
    }
}

/// When the key says that it ends, whatever the policy takes of what it says.
fn said_end(certificate: &Cert) -> Option<Timestamp> {
    let primary = certificate.primary_key();
    let of_uids = certificate.userids().flat_map(|uid| uid.self_signatures().collect::<Vec<_>>());
    let newest =
        primary.self_signatures().chain(of_uids).max_by_key(|signature| signature.signature_creation_time())?;
    timestamp(primary.key().creation_time() + newest.key_validity_period()?)
}

fn of_the_foundation(address: &str) -> bool {
    address.to_ascii_lowercase().ends_with("@apache.org")
}

/// What is to be said of an algorithm, of the primary key or of the subkey so called.
fn strength(of: &str, algorithm: &Algorithm) -> Option<Finding> {
    let name = &algorithm.name;
    match algorithm.standing {
        Standing::Strong => None,
        Standing::Short => Some(Finding::warn("key-strength", format!("{of}{name}, new keys should have 4096 bits"))),
        Standing::Outside => Some(Finding::warn(
            "key-strength",
            format!("{of}{name} is outside the policy, expected RSA of 4096 bits, Ed25519 or a NIST curve"),
        )),
        Standing::Weak => {
            Some(Finding::fail("key-strength", format!("{of}{name} is too weak, expected 2048 bits at least")))
        }
    }
}

/// How long the key lasts, whether it is revoked, whether it can sign.
fn standing(valid: &ValidCert<'_>, now: SystemTime) -> Vec<Finding> {
    if let RevocationStatus::Revoked(by) = valid.revocation_status() {
        return vec![Finding::warn("key-revoked", format!("revoked: {}", reason(&by).1))];
    }
    let mut findings = Vec::new();
    let expires = valid.primary_key().key_expiration_time();
    match expires.and_then(|at| Some((at, day(timestamp(at)?)))) {
        Some((at, on)) if at <= now => {
            return vec![Finding::warn("key-expiry", format!("expired on {on}: it can sign nothing new"))];
        }
        Some((at, on)) if at <= now + SOON => {
            findings.push(Finding::warn("key-expiry", format!("expires on {on}, in less than 90 days")));
        }
        _ => findings.extend(SigningEnd::of(valid).soon(now)),
    }
    for key in valid.keys().subkeys().for_signing() {
        if let RevocationStatus::Revoked(by) = key.revocation_status() {
            let of = key.key().fingerprint().to_hex();
            findings.push(Finding::warn("key-revoked", format!("subkey {of} is revoked: {}", reason(&by).1)));
        }
    }
    let mut signing = valid.keys().alive().revoked(false).for_signing().peekable();
    if signing.peek().is_none() {
        findings.push(Finding::warn("key-signing", "no valid key in it can sign"));
    }
    for key in signing.filter(|key| !key.primary()) {
        let of = format!("subkey {}: ", key.key().fingerprint().to_hex());
        findings.extend(strength(&of, &Algorithm::of(key.key())));
    }
    findings
}

/// When the last of a key's parts that can sign ends, which may be before the key itself does.
struct SigningEnd {
    /// When; none where it does not.
    at: Option<SystemTime>,
    /// The subkey that it is, by its fingerprint; none where it is the primary key.
    subkey: Option<String>,
}

impl SigningEnd {
    /// That of a key; of one that has no part for signing, when the key itself ends.
    fn of(valid: &ValidCert<'_>) -> Self {
        let whole = valid.primary_key().key_expiration_time();
        let parts = valid.keys().revoked(false).for_signing().map(|part| {
            let own = if part.primary() { None } else { part.key_expiration_time() };
            let subkey = (!part.primary()).then(|| part.key().fingerprint().to_hex());
            Self { at: [own, whole].into_iter().flatten().min(), subkey }
        });
        // One that does not end is later than all others.
        let last = parts.max_by_key(|part| (part.at.is_none(), part.at));
        last.unwrap_or(Self { at: whole, subkey: None })
    }

    /// What is to be said where the subkey ends soon.
    fn soon(&self, now: SystemTime) -> Option<Finding> {
        let (at, subkey) = (self.at.filter(|at| *at > now && *at <= now + SOON)?, self.subkey.as_deref()?);
        let detail =
            format!("nothing in it can sign after {}, in less than 90 days: subkey {subkey}", day(timestamp(at)?));
        Some(Finding::warn("key-expiry", detail))
    }
}

/// Why the policy takes nothing of the key.
fn unusable(certificate: &Cert, policies: &Policies, primary: &Algorithm, error: &str) -> Option<Finding> {
    if primary.standing == Standing::Weak {
        // said already
        return None;
    }
    let weak = certificate.with_policy(&policies.lenient, policies.now).is_ok();
    Some(Finding::fail(
        "key-binding",
        if weak {
            "SHA-1 or MD5 binds the key to its owner: no signature by it counts until its owner renews it".to_owned()
        } else if primary.standing == Standing::Outside {
            format!("{} cannot be verified here: no signature by it passes", primary.name)
        } else {
            format!("nothing valid binds the key to its owner: {}", printable(error))
        },
    ))
}

#[cfg(test)]
mod tests;
