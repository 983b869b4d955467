// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate take-over`: a release goes on under another manager or on another machine.

use std::path::{Path, PathBuf};

use super::CommandError;
use super::attest::wanted;
use super::check_repository::{Branch, check_repository};
use super::environment::{Environment, absolute};
use super::identity::{identity, signing_key};
use super::release_state::ReleaseState;
use super::session::{open_journal, who};
use crate::engine::{Clock, Event, State, SystemClock};
use crate::release::{Manager, ReleaseRecord};
use crate::services::address::remote_address;
use crate::ui::ExitCode;

/// Goes on with a release that was begun by somebody else, or on another machine.
///
/// Copy the release's directory (`quorate status` names it) into your own state
/// directory first. Recorded are your clone, your name and address as git knows
/// them, and your key. What is signed, sent and pushed already stays as it is; what
/// was made in the other clone alone and not pushed yet is not in yours: have it
/// pushed first, or take those steps back and do them again.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Your clone of the product's repository.
    #[arg(long, value_name = "PATH", default_value = ".")]
    repo: PathBuf,
    /// The full fingerprint of your signing key; else git's user.signingkey, else
    /// your only secret key.
    #[arg(long, value_name = "FINGERPRINT")]
    key: Option<String>,
    /// Why, with a link where the community agreed on another manager.
    #[arg(long, value_name = "TEXT")]
    why: String,
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let why = wanted("--why", &args.why)?;
    let directory = ReleaseState::find(environment)?;
    let (mut journal, entries) = open_journal(environment, &directory, "")?;
    let ReleaseState { record, product, .. } = ReleaseState::of(&directory, State::of(&entries))?;
    let repository = absolute(&args.repo)?;
    check_repository(&repository, &product, Branch::OfRemote)?;
    let (name, email) = identity(&repository)?;
    let key = signing_key(environment, &repository, args.key.as_deref())?;
    let new = ReleaseRecord {
        manager: Manager { name, email, key },
        repository: repository.display().to_string(),
        remote_address: remote_address(&repository, &product.git.remote),
        ..record.clone()
    };
    let changes = changes(&record, &new);
    if changes.is_empty() {
        return Err(CommandError::usage(
            "nothing would change: manager, key, clone and remote are the recorded ones",
            "name your clone by --repo, your key by --key; `quorate run` goes on as it is",
        ));
    }
    journal.sign_as(&who(Path::new(&new.repository)));
    let release = serde_json::to_value(&new).expect("a record is plain data");
    journal.append(SystemClock.now(), 0, None, Event::ReleaseTakenOver { release, why: why.to_owned() })?;
    for change in changes {
        environment.ui.say(&change);
    }
    environment.ui.say("Next: `quorate doctor` on this machine, then `quorate status` and `quorate run`.");
    Ok(ExitCode::Done)
}

fn changes(old: &ReleaseRecord, new: &ReleaseRecord) -> Vec<String> {
    let person = |record: &ReleaseRecord| format!("{} <{}>", record.manager.name, record.manager.email);
    let address = |record: &ReleaseRecord| record.remote_address.clone().unwrap_or_else(|| "not recorded".to_owned());
    [
        ("manager", person(old), person(new)),
        ("key", old.manager.key.clone(), new.manager.key.clone()),
        ("clone", old.repository.clone(), new.repository.clone()),
        ("remote", address(old), address(new)),
    ]
    .into_iter()
    .filter(|(_, old, new)| old != new)
    .map(|(what, old, new)| format!("{what}: {new}, until now {old}"))
    .collect()
}
