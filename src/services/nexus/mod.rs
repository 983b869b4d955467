// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Staging repositories of Nexus 2, by its REST interface under `service/local`.
//!
//! Its quirks: closing and releasing go on after the answer, and the repository is
//! `transitioning` meanwhile; a close whose rules fail leaves it open and says so in its
//! activity alone; the account's own name is not the name part of a user token; a
//! repository that was released and dropped is as unknown as one that never was.

mod wire;

use std::thread;
use std::time::Duration;

use reqwest::{Method, Url};
use secrecy::SecretString;
use serde_json::json;

use super::{Body, Effects, Limits, Login, Request, Web, WebError};
pub use wire::{Activity, ActivityEvent, StagingProfile, StagingRepository, StagingState};
use wire::{Data, LoggedIn};

/// The client of one Nexus.
#[derive(Debug)]
pub struct Nexus {
    web: Web,
    effects: Effects,
    pace: Pace,
}

/// How long a repository that changes its state is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The first pause; each further one is half as long again.
    pub pause: Duration,
    /// The longest pause.
    pub longest: Duration,
    /// How often it is looked at.
    pub looks: u32,
}

impl Default for Pace {
    /// Some twenty minutes.
    fn default() -> Self {
        Self { pause: Duration::from_millis(100), longest: Duration::from_secs(10), looks: 130 }
    }
}

/// What a staging repository is to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// Closed: its rules are run.
    Close,
    /// Released: its files are published.
    Promote,
    /// Gone.
    Drop,
}

impl Transition {
    fn word(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::Promote => "promote",
            Self::Drop => "drop",
        }
    }
}

impl Nexus {
    /// The Nexus at `address`, with the two parts of a user token.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn new(address: &str, account: Option<(String, SecretString)>, effects: Effects) -> Result<Self, WebError> {
        let login = account.map_or(Login::Anonymous, |(name, password)| Login::Basic(name, password));
        let web = Web::new("Nexus", address, login, effects.clone())?;
        Ok(Self { web, effects, pace: Pace::default() })
    }

    /// The same with other limits.
    #[must_use]
    pub fn limited(self, limits: Limits, pace: Pace) -> Self {
        Self { web: self.web.limited(limits), pace, ..self }
    }

    /// Its address.
    pub fn address(&self) -> &str {
        self.web.base()
    }

    /// Whether one logs in.
    pub fn has_login(&self) -> bool {
        !self.web.login().is_anonymous()
    }

    /// The name of the account that one is logged in with: that of a person, also where a
    /// user token is used.
    ///
    /// # Errors
    /// When it does not know the account, or does not answer.
    pub fn account(&self) -> Result<String, WebError> {
        let answer = self.web.get(self.local(&["authentication", "login"]))?;
        let login: Data<LoggedIn> = answer.json()?;
        let permissions = login.data.client_permissions;
        match (permissions.logged_in, permissions.logged_in_username) {
            (true, Some(name)) => Ok(name),
            _ => Err(answer.unexpected("expected the name of the account")),
        }
    }

    /// The staging profiles that the account sees.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn profiles(&self) -> Result<Vec<StagingProfile>, WebError> {
        let profiles: Data<Vec<StagingProfile>> = self.web.get(self.local(&["staging", "profiles"]))?.json()?;
        Ok(profiles.data)
    }

    /// The staging repositories of a profile, of all accounts.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn repositories(&self, profile: &str) -> Result<Vec<StagingRepository>, WebError> {
        let answer = self.web.get(self.local(&["staging", "profile_repositories", profile]))?;
        let repositories: Data<Vec<StagingRepository>> = answer.json()?;
        Ok(repositories.data)
    }

    /// The staging repository `id`, where there is one.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn repository(&self, id: &str) -> Result<Option<StagingRepository>, WebError> {
        match self.web.get(self.local(&["staging", "repository", id])) {
            Ok(answer) => answer.json().map(Some),
            // a proxy's own page is no word of Nexus on what it has
            Err(error) if error.is_missing() && error.names("No such repository") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What has happened to a staging repository.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn activity(&self, id: &str) -> Result<Vec<Activity>, WebError> {
        self.web.get(self.local(&["staging", "repository", id, "activity"]))?.json()
    }

    /// The staging repository `id` once it changes no more; still `transitioning` where
    /// that takes too long.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn settled(&self, id: &str) -> Result<Option<StagingRepository>, WebError> {
        let mut pause = self.pace.pause;
        for _ in 1..self.pace.looks {
            match self.repository(id)? {
                Some(repository) if repository.transitioning => thread::sleep(pause),
                settled => return Ok(settled),
            }
            pause = (pause * 3 / 2).min(self.pace.longest);
        }
        self.repository(id)
    }

    /// Begins a transition of staging repositories.
    ///
    /// # Errors
    /// When it does not accept it; see [`WebError::may_have_happened`].
    pub fn begin(&self, transition: Transition, ids: &[&str], description: &str) -> Result<(), WebError> {
        let url = self.local(&["staging", "bulk", transition.word()]);
        // dropped by itself, a released repository could not be told from one that was dropped
        let data = json!({"data": {
            "stagedRepositoryIds": ids, "description": description, "autoDropAfterRelease": false,
        }});
        let request = Request::new(Method::POST, url, Body::Json(data));
        self.web.write(&format!("nexus {}", transition.word()), request).map(drop)
    }

    /// Uploads files, each with its path in a Maven repository, as Maven does: into the
    /// open staging repository of this account, which is made by the first of them.
    ///
    /// # Errors
    /// When one is not accepted; those before it are there.
    pub fn deploy(&self, files: &[(String, Vec<u8>)]) -> Result<(), WebError> {
        self.effects.around("nexus deploy", || {
            files.iter().try_for_each(|(path, bytes)| {
                let mut segments = vec!["staging", "deploy", "maven2"];
                segments.extend(path.split('/'));
                let body = Body::Bytes("application/octet-stream", bytes.clone());
                self.web.send(Request::new(Method::PUT, self.local(&segments), body)).map(drop)
            })
        })
    }

    /// Where the files of a repository are for everybody, staging or not; ends with a slash.
    pub fn content(&self, id: &str) -> String {
        format!("{}/", self.web.at(&["content", "repositories", id]))
    }

    /// Whether a repository holds the file at `path`.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn holds(&self, id: &str, path: &str) -> Result<bool, WebError> {
        let mut segments = vec!["content", "repositories", id];
        segments.extend(path.split('/'));
        let request = Request::new(Method::HEAD, self.web.at(&segments), Body::None).accepting("*/*");
        match self.web.read(request) {
            Ok(_) => Ok(true),
            Err(error) if error.is_missing() => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn local(&self, segments: &[&str]) -> Url {
        let mut path = vec!["service", "local"];
        path.extend(segments);
        self.web.at(&path)
    }
}
