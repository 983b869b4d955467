// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The signing key: that there is one, that it is good for long enough and
//! strong enough, that it says who one is at Apache, and that git and GnuPG's
//! agent use it.

use jiff::Timestamp;

use super::ask::Part;
use super::item::{Item, Name};
use super::subject::Subject;
use crate::commands::CommandError;
use crate::commands::error::chain;
use crate::commands::identity::{choose_key, plain_fingerprint};
use crate::probes::own_key::{self, Fitness, Judgement};
use crate::services::{Effects, KeyDescription, OpenPgp, OpenPgpError};

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
        said(name, own_key::validity(key, now))
    }));
    items.push(of_key(Name::new("key-strength", "The key is strong enough"), &|name, key| {
        said(name, own_key::strength(key))
    }));
    items.push(of_key(Name::new("key-address", "The key has an apache.org address"), &|name, key| {
        said(name, own_key::address(key))
    }));
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

/// The item of what is said of a key.
fn said(name: &Name, Judgement { fitness, found, next }: Judgement) -> Item {
    match fitness {
        Fitness::Fits => name.ok(found),
        Fitness::Doubtful => name.warning(found, next),
        Fitness::Unfit => name.failed(found, next),
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
