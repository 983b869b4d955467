// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! GitHub: pull requests, what its checks say of a commit, releases.
//!
//! The requests and answers are octocrab's; what carries them is the project's own HTTP
//! layer. Where octocrab has no call (branch protection, files of a release, marking a
//! draft as ready), the interface is asked as its description says. Reading needs no
//! login, but is soon refused without one.

mod carrier;
mod pulls;
mod releases;
mod rights;
mod slug;
mod standing;

use std::future::Future;
use std::sync::{Arc, OnceLock};

use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use tokio::runtime::Runtime;

use super::Effects;
use super::address;
use super::web::{Login, Web, WebError};
use carrier::Carrier;
pub use pulls::{NewPull, Pull, PullState};
pub use releases::{NewRelease, Release, ReleaseFile, sha256_of};
pub use rights::Rights;
pub use slug::{NoSlug, Slug};
pub use standing::{Run, RunState};

/// Where the public GitHub is asked.
const PUBLIC_API: &str = "https://api.github.com";

/// The most that is asked for on one page.
const PAGE: u8 = 100;

/// GitHub, with one login.
#[derive(Debug)]
pub struct GitHub {
    web: Arc<Web>,
    uploads: Web,
    octocrab: OnceLock<(Runtime, Octocrab)>,
}

impl GitHub {
    /// GitHub at `api`, where files of releases are sent to `uploads`.
    ///
    /// # Errors
    /// When an address cannot be used.
    pub fn new(api: &str, uploads: &str, login: Login, effects: Effects) -> Result<Self, WebError> {
        Ok(Self {
            uploads: Web::new("GitHub", uploads, login.clone(), effects.clone())?,
            web: Arc::new(Web::new("GitHub", api, login, effects)?),
            octocrab: OnceLock::new(),
        })
    }

    /// No GitHub at all, for what never asks it.
    pub fn nowhere() -> Self {
        let nowhere = "https://localhost.invalid";
        Self::new(nowhere, nowhere, Login::Anonymous, Effects::unwatched()).expect("a fixed address")
    }

    /// The same with other limits.
    #[must_use]
    pub fn limited(self, limits: super::web::Limits) -> Self {
        let web = Arc::into_inner(self.web).map(|web| Arc::new(web.limited(limits)));
        let web = web.expect("nothing was asked yet");
        Self { web, uploads: self.uploads.limited(limits), octocrab: OnceLock::new() }
    }

    /// The repository at an address as git takes it. The public GitHub is asked about its own
    /// alone: another host's may have a stranger's namesake there.
    ///
    /// # Errors
    /// When the address names none, or one of another host.
    pub fn repository(&self, address: &str) -> Result<Slug, NoSlug> {
        if self.base().trim_end_matches('/') != PUBLIC_API {
            return Slug::of(address);
        }
        let there = address::at_github(address).ok_or_else(|| NoSlug::Elsewhere(address.to_owned()))?;
        Slug::of(&there)
    }

    /// Its address.
    pub fn base(&self) -> &str {
        self.web.base()
    }

    /// Whether one is logged in.
    pub fn has_login(&self) -> bool {
        !self.web.login().is_anonymous()
    }

    /// What GitHub answers to what octocrab asks by `ask`; `what` is named where it
    /// answers something else.
    fn ask<T, F>(&self, method: &str, what: &str, ask: impl FnOnce(Octocrab) -> F) -> Result<T, WebError>
    where
        F: Future<Output = octocrab::Result<T>>,
    {
        let (runtime, octocrab) = self.octocrab()?;
        runtime.block_on(ask(octocrab.clone())).map_err(|error| self.failed(method, what, error))
    }

    fn octocrab(&self) -> Result<&(Runtime, Octocrab), WebError> {
        if let Some(there) = self.octocrab.get() {
            return Ok(there);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let runtime = runtime.map_err(|error| self.unusable(&error.to_string()))?;
        let octocrab = {
            let _inside = runtime.enter();
            let builder = OctocrabBuilder::new_empty().with_service(Carrier(Arc::clone(&self.web)));
            builder.with_auth(AuthState::None).build().unwrap_or_else(|never| match never {})
        };
        Ok(self.octocrab.get_or_init(|| (runtime, octocrab)))
    }

    fn failed(&self, method: &str, what: &str, error: octocrab::Error) -> WebError {
        let other = match error {
            octocrab::Error::Service { source, .. } => match source.downcast::<WebError>() {
                Ok(error) => return *error,
                Err(other) => other.to_string(),
            },
            other => other.to_string(),
        };
        WebError::Unexpected {
            service: self.web.service().to_owned(),
            method: method.to_owned(),
            url: self.web.base().to_owned(),
            what: format!("expected {what} ({})", other.lines().next().unwrap_or_default()),
            status: None,
            kind: String::new(),
            begin: String::new(),
        }
    }

    fn unusable(&self, why: &str) -> WebError {
        WebError::Address {
            service: self.web.service().to_owned(),
            address: self.web.base().to_owned(),
            why: why.to_owned(),
        }
    }
}
