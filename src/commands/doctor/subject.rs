// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the doctor looks at: a product, a clone, and the release that is under
//! way, where there is one.

use std::path::{Path, PathBuf};

use super::Args;
use crate::commands::CommandError;
use crate::commands::environment::{Accounts, Environment, absolute};
use crate::commands::release_files::release_files;
use crate::commands::release_state::ReleaseState;
use crate::commands::start::check_configuration;
use crate::commands::which_product::product_of_clone;
use crate::config::{Occasion, Product, Vote, release_values, render_product};
use crate::release::{Manager, ReleaseRecord, Version};
use crate::services::address::across_network;
use crate::services::{Effects, Git, Svn};

/// What is looked at.
pub struct Subject {
    /// Its configuration, filled in.
    pub product: Product,
    /// PRODUCT/VERSION of the release that is under way.
    pub release: Option<String>,
    /// The version that is being released, where it is known.
    pub version: Option<Version>,
    /// The release manager, as recorded when the release began.
    pub manager: Option<Manager>,
    /// The clone.
    pub repository: PathBuf,
    /// The address of its remote, as recorded when the release began.
    pub remote_address: Option<String>,
    /// The key that the user named.
    pub key: Option<String>,
    /// Accounts and keys.
    pub accounts: Accounts,
    /// Whether nothing is asked over a network.
    pub offline: bool,
    /// Whether the release that is under way is a rehearsed one.
    pub rehearsal: bool,
    /// Where releases are recorded.
    pub state: PathBuf,
    /// The registry of the project's proposals and of which kind they are, where the configuration names one.
    pub registry: Option<(PathBuf, String)>,
    /// How the vote on a candidate is counted.
    pub vote: Option<Vote>,
}

impl Subject {
    /// The version that addresses are filled in with where no release is under way.
    pub const ANY: Version = Version { major: 1, minor: 0, patch: 0 };

    /// What the user means.
    ///
    /// # Errors
    /// When a release is named that is not there, several are under way, or the
    /// product's configuration cannot be used.
    pub fn of(environment: &Environment, args: &Args) -> Result<Self, CommandError> {
        let release = current_release(environment, args.product.as_deref())?;
        let any = Self::ANY;
        let home = environment.accounts.home.clone().unwrap_or_default();
        // What may be below the home directory.
        let at_home = |product: &Product, record: &ReleaseRecord, version| filled_in(product, record, version, &home);
        let (rendered, record, version, at_home) = match release {
            Some(release) => {
                let at_home = at_home(&release.product, &release.record, release.version)?;
                let rendered = filled_in(&release.product, &release.record, release.version, Path::new(""))?;
                (rendered, Some(release.record), release.version, at_home)
            }
            None => {
                let clone = args.repo.as_deref().unwrap_or(Path::new("."));
                let wanted = args.product.clone().map_or_else(|| product_of_clone(&environment.assets, clone), Ok)?;
                // What `quorate start` would refuse is refused here.
                let files = release_files(&environment.assets, &wanted, "release")?;
                let record = of_nobody(&wanted, any);
                let rendered = check_configuration(&record, any, &files)?;
                (rendered, None, any, at_home(&files.product()?, &record, any)?)
            }
        };
        let repository = match (&args.repo, &record) {
            (Some(path), _) => absolute(path)?,
            (None, Some(record)) => PathBuf::from(&record.repository),
            (None, None) => absolute(Path::new("."))?,
        };
        Ok(Self {
            product: rendered,
            release: record.as_ref().map(|record| format!("{}/{}", record.product, record.version)),
            version: record.as_ref().map(|_| version),
            remote_address: record.as_ref().and_then(|record| record.remote_address.clone()),
            rehearsal: record.as_ref().is_some_and(|record| record.rehearsal),
            manager: record.map(|record| record.manager),
            repository,
            key: args.key.clone(),
            accounts: environment.accounts.clone(),
            offline: args.offline,
            state: environment.state.clone(),
            registry: at_home.proposals.and_then(|one| Some((PathBuf::from(one.registry?), one.scheme))),
            vote: at_home.vote,
        })
    }

    /// The clone.
    pub fn git(&self) -> Git {
        Git::new(&self.repository, &self.product.git.remote, Effects::unwatched())
            .with_address(self.remote_address.clone())
            .with_patience(super::PATIENCE)
    }

    /// The distribution repositories.
    pub fn svn(&self) -> Svn {
        let svn = Svn::new(self.accounts.svn.clone(), None, Effects::unwatched());
        svn.trusting(self.product.svn.ca.as_ref().map(PathBuf::from)).with_timeout(super::PATIENCE)
    }

    /// A value of git's configuration, as it holds in the clone; where there is
    /// no clone, the user's own.
    pub fn git_value(&self, name: &str) -> Option<String> {
        let in_clone = self.git().configured(name);
        let value = in_clone.or_else(|_| git2::Config::open_default()?.get_string(name).map(Some)).ok().flatten();
        value.filter(|text| !text.trim().is_empty())
    }

    /// Whether `address` is not to be asked: it is across a network and the user
    /// wants none.
    pub fn out_of_reach(&self, address: &str) -> bool {
        self.offline && across_network(address)
    }
}

/// The release that is under way, if it is one of the product that is wanted.
fn current_release(environment: &Environment, product: Option<&str>) -> Result<Option<ReleaseState>, CommandError> {
    let found = match (ReleaseState::find_any(environment), product) {
        // Which of several is meant matters only to one who named no product.
        (Err(_), Some(_)) if environment.release.is_none() => None,
        (found, _) => found?,
    };
    let Some(directory) = found else { return Ok(None) };
    let release = ReleaseState::read(environment, &directory)?;
    Ok(Some(release).filter(|release| product.is_none_or(|product| product == release.record.product)))
}

/// The configuration for the release.
fn filled_in(
    product: &Product,
    record: &ReleaseRecord,
    version: Version,
    home: &Path,
) -> Result<Product, CommandError> {
    let occasion = Occasion { home, ..Occasion::any() };
    Ok(render_product(product, &release_values(product, record, version, &occasion)?)?)
}

/// The record of a release that nobody has begun: addresses seldom depend on it.
fn of_nobody(product: &str, version: Version) -> ReleaseRecord {
    ReleaseRecord {
        product: product.to_owned(),
        version: version.to_string(),
        manager: Manager { name: String::new(), email: String::new(), key: String::new() },
        repository: String::new(),
        rehearsal: false,
        stand_ins: Vec::new(),
        begun_anew: false,
        commit: None,
        remote_address: None,
        quorate: env!("CARGO_PKG_VERSION").to_owned(),
    }
}
