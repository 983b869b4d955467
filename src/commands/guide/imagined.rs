// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A release as it would be, of which nothing is recorded: for reading its guide
//! before it is begun.

use std::path::Path;

use crate::commands::CommandError;
use crate::commands::environment::{Environment, absolute};
use crate::commands::identity::plain_fingerprint;
use crate::commands::release_files::release_files;
use crate::commands::release_state::{ReleaseState, release_directory};
use crate::commands::session::Session;
use crate::engine::{State, SystemClock};
use crate::release::{Manager, ReleaseRecord, Version};
use crate::services::Effects;

/// What is said of the release manager where git does not know it.
const UNKNOWN: [&str; 3] = ["YOUR_NAME", "YOUR_ID@apache.org", "YOUR_KEY"];

/// The release of `version` as it would begin in the clone `repository`.
///
/// # Errors
/// When the version, the product's configuration or the workflow cannot be used.
pub(super) fn imagined(
    environment: &Environment,
    version: &str,
    product: &str,
    repository: &Path,
) -> Result<(Session, State), CommandError> {
    let version: Version = version.parse()?;
    let files = release_files(&environment.assets, product, "release")?;
    let repository = absolute(repository)?;
    let record = ReleaseRecord {
        product: product.to_owned(),
        version: version.to_string(),
        manager: manager(&repository),
        repository: repository.display().to_string(),
        rehearsal: false,
        stand_ins: Vec::new(),
        begun_anew: false,
        commit: None,
        remote_address: None,
        quorate: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let release = ReleaseState {
        directory: release_directory(&environment.state, product, version),
        version,
        product: files.product()?,
        workflow: files.workflow()?,
        record,
        templates: None,
        state: State::default(),
    };
    Session::new(environment, release, &environment.accounts, Effects::unwatched(), Box::new(SystemClock))
}

/// Whoever git knows, in their clone or at all.
fn manager(repository: &Path) -> Manager {
    let config = git2::Repository::open(repository).and_then(|repository| repository.config());
    let config = config.or_else(|_| git2::Config::open_default()).ok();
    let value = |name: &str| config.as_ref()?.get_string(name).ok().filter(|text| !text.trim().is_empty());
    let key = value("user.signingkey").map(|key| plain_fingerprint(&key));
    let is_whole = |key: &String| key.len() == 40 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    let [name, email, unknown_key] = UNKNOWN.map(str::to_owned);
    Manager {
        name: value("user.name").unwrap_or(name),
        email: value("user.email").unwrap_or(email),
        key: key.filter(is_whole).unwrap_or(unknown_key),
    }
}
