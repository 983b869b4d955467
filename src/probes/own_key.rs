// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `own-key-fits`: the release manager's key is good for a release: valid for long enough, strong
//! enough, with a user id that says who one is at Apache.
//!
//! The rules are those of the ASF on signing releases: RSA of at least 2048
//! bits, new keys of 4096, no DSA.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::actions::{Services, failures::openpgp_failed};
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::services::KeyDescription;

/// How long before its end a key is to be extended, in days.
const EXPIRES_SOON_DAYS: i64 = 90;

const FEWEST_RSA_BITS: usize = 2048;
const RSA_BITS_OF_NEW_KEYS: usize = 4096;

/// Parameters of `own-key-fits`: there are none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnKeyFits {}

impl Probe<Services> for OwnKeyFits {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let key = cx.world.openpgp.describe().map_err(openpgp_failed)?;
        let all = [validity(&key, cx.now), strength(&key), address(&key)];
        let (unfit, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.fitness == Fitness::Unfit);
        let found = |judgements: Vec<Judgement>| judgements.into_iter().map(|one| one.found);
        Ok(match unfit.is_empty() {
            true => Finding::Holds(found(rest).collect::<Vec<_>>().join(", ")),
            false => Finding::Fails(found(unfit).map(|found| format!("{}: {found}", key.fingerprint)).collect()),
        })
    }
}

/// Whether a key can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fitness {
    /// It can.
    Fits,
    /// It can, and could be better.
    Doubtful,
    /// A release would stop at it.
    Unfit,
}

/// What is said of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Whether it can be used.
    pub fitness: Fitness,
    /// What was found, on one line.
    pub found: String,
    /// What to do about it; empty where it fits.
    pub next: String,
}

impl Judgement {
    fn fits(found: impl Into<String>) -> Self {
        Self { fitness: Fitness::Fits, found: found.into(), next: String::new() }
    }

    fn doubtful(found: impl Into<String>, next: impl Into<String>) -> Self {
        Self { fitness: Fitness::Doubtful, found: found.into(), next: next.into() }
    }

    fn unfit(found: impl Into<String>, next: impl Into<String>) -> Self {
        Self { fitness: Fitness::Unfit, found: found.into(), next: next.into() }
    }
}

/// Whether the key is valid at `now`, and for long enough.
pub fn validity(key: &KeyDescription, now: Timestamp) -> Judgement {
    let fingerprint = &key.fingerprint;
    let day = |at: Timestamp| at.strftime("%F").to_string();
    let extend = format!("gpg --quick-set-expire {fingerprint} 2y, then publish it again in KEYS");
    let another = "choose or make another key, and publish it in KEYS";
    if key.revoked {
        return Judgement::unfit("it is revoked", another);
    }
    if key.expired {
        let when = key.expires.map(|at| format!(" on {}", day(at))).unwrap_or_default();
        return Judgement::unfit(format!("it has expired{when}"), extend);
    }
    if key.disabled {
        return Judgement::unfit("it is disabled in this GnuPG home", "gpg --edit-key it, and say `enable`");
    }
    if !key.can_sign {
        let next = format!("gpg --quick-add-key {fingerprint} rsa4096 sign 2y, or extend the part that signs");
        return Judgement::unfit("no part of it can sign now", next);
    }
    match expiry(key) {
        None => Judgement::fits("it does not expire"),
        Some(at) if at.duration_since(now) < SignedDuration::from_hours(24 * EXPIRES_SOON_DAYS) => {
            Judgement::doubtful(format!("it expires on {}, in less than {EXPIRES_SOON_DAYS} days", day(at)), extend)
        }
        Some(at) => Judgement::fits(format!("it expires on {}", day(at))),
    }
}

/// When the key ends, or the last of its parts that sign.
fn expiry(key: &KeyDescription) -> Option<Timestamp> {
    let signing: Vec<_> = key.subkeys.iter().filter(|subkey| subkey.can_sign).map(|subkey| subkey.expires).collect();
    // `None` is for ever, and so later than any time
    let last = if signing.contains(&None) { None } else { signing.into_iter().flatten().max() };
    [key.expires, last].into_iter().flatten().min()
}

/// How strong the weakest part of the key is that vouches for a release.
pub fn strength(key: &KeyDescription) -> Judgement {
    let subkeys = key.subkeys.iter().filter(|subkey| subkey.can_sign);
    let parts = subkeys.map(|subkey| (subkey.algorithm.as_str(), subkey.bits));
    let parts = std::iter::once((key.algorithm.as_str(), key.bits)).chain(parts);
    let weakest = parts.map(|(algorithm, bits)| (class(algorithm, bits), algorithm)).max();
    let (class, algorithm) = weakest.expect("a key has a primary part");
    let another = "make a key by `gpg --quick-generate-key 'NAME <ID@apache.org>' rsa4096 sign,cert 2y`";
    match class {
        Class::Good => Judgement::fits(algorithm),
        Class::Short => Judgement::doubtful(
            format!("{algorithm}: a new key would have {RSA_BITS_OF_NEW_KEYS} bits"),
            "it may sign releases; make the next one by `gpg --quick-generate-key … rsa4096 sign,cert 2y`",
        ),
        Class::Unusual => Judgement::doubtful(
            format!("{algorithm}: the rules for release keys do not name it"),
            "see that voters can verify it; RSA of 4096 bits and Ed25519 work everywhere",
        ),
        Class::Weak => Judgement::unfit(
            format!("{algorithm}: RSA of at least {FEWEST_RSA_BITS} bits is needed, DSA is not taken"),
            another,
        ),
    }
}

/// From good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Good,
    Unusual,
    Short,
    Weak,
}

/// `algorithm` as GnuPG names it: `rsa4096`, `dsa1024`, `ed25519`.
fn class(algorithm: &str, bits: usize) -> Class {
    let family: String = algorithm.chars().take_while(char::is_ascii_alphabetic).collect();
    match family.to_ascii_lowercase().as_str() {
        "rsa" if bits >= RSA_BITS_OF_NEW_KEYS => Class::Good,
        "rsa" if bits >= FEWEST_RSA_BITS => Class::Short,
        "rsa" | "dsa" | "elg" => Class::Weak,
        "ed" => Class::Good,
        _ => Class::Unusual,
    }
}

/// Whether a user id says who one is at Apache.
pub fn address(key: &KeyDescription) -> Judgement {
    let ends = |id: &&String| id.trim_end_matches('>').to_ascii_lowercase().ends_with("@apache.org");
    match key.user_ids.iter().find(ends) {
        Some(id) => Judgement::fits(id),
        None => Judgement::doubtful(
            format!("its user ids are {}", key.user_ids.join(", ")),
            format!(
                "gpg --quick-add-uid {} 'Your Name <ID@apache.org>': it shows voters whose key it is",
                key.fingerprint
            ),
        ),
    }
}

#[cfg(test)]
pub(crate) mod tests;
