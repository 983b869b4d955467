// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The signing key: that there is one, that it is good for long enough and
//! strong enough, that it says who one is at Apache, and that git and GnuPG's
//! agent use it.
//!
//! The rules are those of the ASF on signing releases: RSA of at least 2048
//! bits, new keys of 4096, no DSA.

use jiff::{SignedDuration, Timestamp};

use super::ask::Part;
use super::item::{Item, Name};
use super::subject::Subject;
use crate::commands::CommandError;
use crate::commands::error::chain;
use crate::commands::identity::{choose_key, plain_fingerprint};
use crate::services::{Effects, KeyDescription, OpenPgp, OpenPgpError};

/// How long before its end a key is to be extended, in days.
const EXPIRES_SOON_DAYS: i64 = 90;

const FEWEST_RSA_BITS: usize = 2048;
const RSA_BITS_OF_NEW_KEYS: usize = 4096;

/// What is said of a key where there is none.
const NO_KEY: &str = "there is no key to look at";

/// The key that the release is signed with, or why there is none.
pub fn choose(subject: &Subject) -> Result<KeyDescription, CommandError> {
    let home = subject.accounts.gnupg_home.as_deref();
    let keys = OpenPgp::secret_keys(home)
        .map_err(|error| CommandError::from_error(crate::ui::ExitCode::Service, &error, error.hint()))?;
    let recorded = subject.manager.as_ref().map(|manager| manager.key.as_str());
    if let Some(wanted) = subject.key.as_deref().or(recorded) {
        return choose_key(Some(wanted), &keys).cloned();
    }
    let configured = subject.git_value("user.signingkey");
    // what is wrong with git's own is an item of its own
    let by_git = configured.and_then(|wanted| choose_key(Some(&wanted), &keys).ok());
    by_git.map_or_else(|| choose_key(None, &keys), Ok).cloned()
}

/// All items of the key.
pub fn examine(subject: &Subject, key: &Result<KeyDescription, CommandError>, now: Timestamp) -> Part {
    let present = Name::new("secret-key", "A secret OpenPGP key");
    let configured = subject.git_value("user.signingkey");
    let mut items = vec![match key {
        Ok(key) => present.ok(described(key)),
        Err(error) => present.failed(&error.what, error.hint.as_deref().unwrap_or_default()),
    }];
    let key = key.as_ref().ok();
    let of_key = |name: Name, judge: &dyn Fn(&Name, &KeyDescription) -> Item| match key {
        Some(key) => judge(&name, key),
        None => name.skipped(NO_KEY),
    };
    items.push(of_key(Name::new("key-validity", "The key is valid for long enough"), &|name, key| {
        judge_validity(name, key, now)
    }));
    items.push(of_key(Name::new("key-strength", "The key is strong enough"), &judge_strength));
    items.push(of_key(Name::new("key-address", "The key has an apache.org address"), &judge_address));
    items.push(of_key(Name::new("git-signing-key", "git signs with the key"), &|name, key| {
        judge_git(name, key, configured.as_deref())
    }));
    items.push(of_key(Name::new("agent", "GnuPG's agent signs"), &|name, key| {
        let home = subject.accounts.gnupg_home.clone();
        let openpgp = OpenPgp::new(home, &key.fingerprint, Effects::unwatched());
        judge_agent(name, openpgp.check_agent())
    }));
    Part::Found(items)
}

fn described(key: &KeyDescription) -> String {
    let whose = key.user_ids.first().map_or("of nobody", String::as_str);
    format!("{} {} {whose}", key.fingerprint, key.algorithm)
}

fn judge_validity(name: &Name, key: &KeyDescription, now: Timestamp) -> Item {
    let fingerprint = &key.fingerprint;
    let day = |at: Timestamp| at.strftime("%F").to_string();
    let extend = format!("gpg --quick-set-expire {fingerprint} 2y, then publish it again in KEYS");
    let another = "choose or make another key, and publish it in KEYS";
    if key.revoked {
        return name.failed("it is revoked", another);
    }
    if key.expired {
        let when = key.expires.map(|at| format!(" on {}", day(at))).unwrap_or_default();
        return name.failed(format!("it has expired{when}"), extend);
    }
    if key.disabled {
        return name.failed("it is disabled in this GnuPG home", "gpg --edit-key it, and say `enable`");
    }
    if !key.can_sign {
        let next = format!("gpg --quick-add-key {fingerprint} rsa4096 sign 2y, or extend the part that signs");
        return name.failed("no part of it can sign now", next);
    }
    match expiry(key) {
        None => name.ok("it does not expire"),
        Some(at) if at.duration_since(now) < SignedDuration::from_hours(24 * EXPIRES_SOON_DAYS) => {
            name.warning(format!("it expires on {}, in less than {EXPIRES_SOON_DAYS} days", day(at)), extend)
        }
        Some(at) => name.ok(format!("it expires on {}", day(at))),
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
fn judge_strength(name: &Name, key: &KeyDescription) -> Item {
    let subkeys = key.subkeys.iter().filter(|subkey| subkey.can_sign);
    let parts = subkeys.map(|subkey| (subkey.algorithm.as_str(), subkey.bits));
    let parts = std::iter::once((key.algorithm.as_str(), key.bits)).chain(parts);
    let weakest = parts.map(|(algorithm, bits)| (strength(algorithm, bits), algorithm)).max();
    let (strength, algorithm) = weakest.expect("a key has a primary part");
    let another = "make a key by `gpg --quick-generate-key 'NAME <ID@apache.org>' rsa4096 sign,cert 2y`";
    match strength {
        Strength::Good => name.ok(algorithm),
        Strength::Short => name.warning(
            format!("{algorithm}: a new key would have {RSA_BITS_OF_NEW_KEYS} bits"),
            "it may sign releases; make the next one by `gpg --quick-generate-key … rsa4096 sign,cert 2y`",
        ),
        Strength::Unusual => name.warning(
            format!("{algorithm}: the rules for release keys do not name it"),
            "see that voters can verify it; RSA of 4096 bits and Ed25519 work everywhere",
        ),
        Strength::Weak => name.failed(
            format!("{algorithm}: RSA of at least {FEWEST_RSA_BITS} bits is needed, DSA is not taken"),
            another,
        ),
    }
}

/// From good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Good,
    Unusual,
    Short,
    Weak,
}

/// `algorithm` as GnuPG names it: `rsa4096`, `dsa1024`, `ed25519`.
fn strength(algorithm: &str, bits: usize) -> Strength {
    let family: String = algorithm.chars().take_while(char::is_ascii_alphabetic).collect();
    match family.to_ascii_lowercase().as_str() {
        "rsa" if bits >= RSA_BITS_OF_NEW_KEYS => Strength::Good,
        "rsa" if bits >= FEWEST_RSA_BITS => Strength::Short,
        "rsa" | "dsa" | "elg" => Strength::Weak,
        "ed" => Strength::Good,
        _ => Strength::Unusual,
    }
}

fn judge_address(name: &Name, key: &KeyDescription) -> Item {
    let ends = |id: &&String| id.trim_end_matches('>').to_ascii_lowercase().ends_with("@apache.org");
    match key.user_ids.iter().find(ends) {
        Some(id) => name.ok(id),
        None => name.warning(
            format!("its user ids are {}", key.user_ids.join(", ")),
            format!(
                "gpg --quick-add-uid {} 'Your Name <ID@apache.org>': it shows voters whose key it is",
                key.fingerprint
            ),
        ),
    }
}

fn judge_git(name: &Name, key: &KeyDescription, configured: Option<&str>) -> Item {
    let set = format!("git config --global user.signingkey {}", key.fingerprint);
    match configured {
        None => name.failed("user.signingkey is not set", set),
        Some(found) if plain_fingerprint(found) == key.fingerprint => name.ok(format!("user.signingkey is {found}")),
        Some(found) if key.fingerprints().any(|known| known.ends_with(&plain_fingerprint(found))) => {
            name.failed(format!("user.signingkey is {found}, and not the key's full fingerprint"), set)
        }
        Some(found) => name.failed(format!("user.signingkey is {found}, another key"), set),
    }
}

fn judge_agent(name: &Name, signed: Result<(), OpenPgpError>) -> Item {
    match signed {
        Ok(()) => name.ok("a test signature was made and thrown away"),
        Err(error @ OpenPgpError::Cancelled { .. }) => name.unknown(chain(&error), error.hint()),
        Err(error) => name.failed(chain(&error), error.hint()),
    }
}

#[cfg(test)]
mod tests;
