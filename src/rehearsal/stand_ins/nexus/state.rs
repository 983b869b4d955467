// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the stand-in for Nexus has: profiles, staging repositories, and what becomes of them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// All of it; a file keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Staging {
    pub profiles: Vec<Profile>,
    pub repositories: Vec<Repository>,
    /// The number of the next staging repository.
    pub next: u32,
    /// What was released and is not in Maven Central yet.
    pub under_way: BTreeSet<String>,
    /// How often Central is asked in vain before it serves it.
    pub asks_left: u32,
}

/// A staging profile.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    pub id: String,
    pub name: String,
}

/// A staging repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Repository {
    pub id: String,
    /// The profile's id.
    pub profile: String,
    /// `open`, `closed` or `released`.
    pub kind: String,
    pub user: String,
    pub agent: String,
    pub description: String,
    /// Milliseconds.
    pub created: i64,
    pub updated: i64,
    pub becoming: Option<Becoming>,
    pub activity: Vec<Activity>,
    pub notifications: u32,
}

/// A transition that goes on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Becoming {
    /// `close`, `promote` or `drop`.
    pub what: String,
    pub begun: i64,
    pub until: i64,
    pub drop_after: bool,
}

/// What was done to a repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Activity {
    pub name: String,
    pub started: i64,
    pub stopped: i64,
    pub events: Vec<Event>,
}

/// What happened in its course.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Event {
    pub name: String,
    pub at: i64,
    pub severity: u8,
    pub properties: Vec<(String, String)>,
}

impl Event {
    pub fn new(name: &str, at: i64, properties: &[(&str, &str)]) -> Self {
        let failed = name.ends_with("Failed");
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self { name: name.to_owned(), at, severity: u8::from(failed), properties: properties.iter().map(own).collect() }
    }
}

impl Staging {
    /// One profile, in which other people have staged other things.
    pub fn new(profile: &str, now: i64) -> Self {
        let id = "5e2f3a417c9b".to_owned();
        let mut staging = Self {
            profiles: vec![Profile { id: id.clone(), name: profile.to_owned() }],
            repositories: Vec::new(),
            next: 1001,
            under_way: BTreeSet::new(),
            asks_left: 0,
        };
        let hour = 3_600_000;
        for (user, kind, age) in [("cleo", "closed", 90 * 24), ("bob", "open", 5), ("ann", "closed", 30 * 24)] {
            let made = staging.open(&id, user, "Maven", "Another product, version 9.0.0", now - age * hour);
            if let Some(repository) = staging.find_mut(&made) {
                repository.kind = kind.to_owned();
            }
        }
        staging
    }

    /// A new repository; its id.
    pub fn open(&mut self, profile: &str, user: &str, agent: &str, description: &str, now: i64) -> String {
        let name = self.profiles.iter().find(|known| known.id == profile).map_or("", |known| known.name.as_str());
        let id = format!("{}-{}", name.replace('.', ""), self.next);
        self.next += 1;
        let opened = Event::new("repositoryCreated", now, &[("id", &id), ("user", user)]);
        self.repositories.push(Repository {
            id: id.clone(),
            profile: profile.to_owned(),
            kind: "open".to_owned(),
            user: user.to_owned(),
            agent: agent.to_owned(),
            description: description.to_owned(),
            created: now,
            updated: now,
            becoming: None,
            activity: vec![Activity { name: "open".to_owned(), started: now, stopped: now, events: vec![opened] }],
            notifications: 0,
        });
        id
    }

    pub fn find(&self, id: &str) -> Option<&Repository> {
        self.repositories.iter().find(|repository| repository.id == id)
    }

    pub fn find_mut(&mut self, id: &str) -> Option<&mut Repository> {
        self.repositories.iter_mut().find(|repository| repository.id == id)
    }

    pub fn profile_name(&self, id: &str) -> &str {
        self.profiles.iter().find(|profile| profile.id == id).map_or("", |profile| profile.name.as_str())
    }
}
