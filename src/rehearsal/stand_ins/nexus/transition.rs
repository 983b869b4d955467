// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Closing, releasing and dropping: accepted at once, done after a while.

use std::fs;

use axum::http::StatusCode;
use serde_json::Value;

use super::Nexus;
use super::answers::{Asked, Told};
use super::rules::{Ruling, files_below, rulings};
use super::state::{Activity, Becoming, Event};

/// How long a transition takes, in milliseconds.
const TAKES: i64 = 300;
/// How often Maven Central is asked in vain for what was released.
const VAIN_ASKS: u32 = 2;

impl Nexus {
    /// Begins the transition `what`, where every repository is in a state for it.
    pub(super) fn begin(&self, what: &str, asked: &Asked, now: i64) -> Told {
        let faulty = |says: String, status| Err(Told::error(status, &says));
        let begun = self.staging.change(|staging| {
            if asked.ids.is_empty() {
                return faulty("No staging repository is named".to_owned(), StatusCode::BAD_REQUEST);
            }
            for id in &asked.ids {
                let Some(repository) = staging.find(id) else {
                    return faulty(format!("No such repository: {id}"), StatusCode::NOT_FOUND);
                };
                let fits = match what {
                    "close" => repository.kind == "open",
                    "promote" => repository.kind == "closed",
                    _ => true,
                };
                if repository.becoming.is_some() || !fits {
                    let state = if repository.becoming.is_some() { "transitioning" } else { repository.kind.as_str() };
                    return faulty(format!("Cannot {what} {id}: it is {state}"), StatusCode::BAD_REQUEST);
                }
            }
            for id in &asked.ids {
                if let Some(repository) = staging.find_mut(id) {
                    let drop_after = asked.drop_after;
                    repository.becoming =
                        Some(Becoming { what: what.to_owned(), begun: now, until: now + TAKES, drop_after });
                    if what == "close" && !asked.description.is_empty() {
                        repository.description.clone_from(&asked.description);
                    }
                }
            }
            Ok(())
        });
        match begun {
            Ok(()) => Told { status: StatusCode::CREATED, value: Value::Null, names: ("created", "item") },
            Err(told) => told,
        }
    }

    /// Ends the transitions whose time is over.
    pub(super) fn settle(&self, now: i64) {
        let due: Vec<(String, Becoming)> = self.staging.read(|staging| {
            let becoming = staging.repositories.iter().filter_map(|repository| {
                let becoming = repository.becoming.clone()?;
                (becoming.until <= now).then(|| (repository.id.clone(), becoming))
            });
            becoming.collect()
        });
        for (id, becoming) in due {
            match becoming.what.as_str() {
                "close" => self.close(&id, &becoming),
                "promote" => self.promote(&id, &becoming),
                _ => self.remove(&id),
            }
        }
    }

    fn close(&self, id: &str, becoming: &Becoming) {
        let (files, at) = (files_below(&self.files_of(id)), becoming.until);
        let released = self.released();
        let rulings = rulings(&files, &|path| released.join(path).exists());
        let failed: Vec<&Ruling> = rulings.iter().filter(|ruling| !ruling.failures.is_empty()).collect();
        let mut events = vec![Event::new("rulesEvaluate", becoming.begun, &[("id", "rules")])];
        for ruling in &rulings {
            let mut properties = vec![("typeId", ruling.rule)];
            properties.extend(ruling.failures.iter().map(|failure| ("failureMessage", failure.as_str())));
            let name = if ruling.failures.is_empty() { "rulePassed" } else { "ruleFailed" };
            events.push(Event::new(name, at, &properties));
        }
        let count = failed.len().to_string();
        match failed.is_empty() {
            true => events.extend([
                Event::new("rulesPassed", at, &[("id", "rules")]),
                Event::new("repositoryClosed", at, &[("id", id)]),
            ]),
            false => events.extend([
                Event::new("rulesFailed", at, &[("id", "rules"), ("failureCount", &count)]),
                Event::new("repositoryCloseFailed", at, &[("id", id), ("cause", "a rule failed")]),
            ]),
        }
        let closed = failed.is_empty();
        self.done(id, "close", events, becoming, if closed { "closed" } else { "open" }, u32::from(!closed));
    }

    fn promote(&self, id: &str, becoming: &Becoming) {
        let files = files_below(&self.files_of(id));
        for (path, bytes) in &files {
            let target = self.released().join(path);
            let written =
                fs::create_dir_all(target.parent().unwrap_or(&target)).and_then(|()| fs::write(&target, bytes));
            written.unwrap_or_else(|error| panic!("cannot write {}: {error}", target.display()));
        }
        let events = vec![Event::new("repositoryReleased", becoming.until, &[("id", id), ("target", "releases")])];
        self.done(id, "release", events, becoming, "released", 0);
        self.staging.change(|staging| {
            staging.under_way.extend(files.into_keys());
            staging.asks_left = VAIN_ASKS;
        });
        if becoming.drop_after {
            self.remove(id);
        }
    }

    fn remove(&self, id: &str) {
        let _ = fs::remove_dir_all(self.files_of(id));
        self.staging.change(|staging| staging.repositories.retain(|repository| repository.id != id));
    }

    fn done(&self, id: &str, name: &str, events: Vec<Event>, becoming: &Becoming, kind: &str, notifications: u32) {
        let activity = Activity { name: name.to_owned(), started: becoming.begun, stopped: becoming.until, events };
        self.staging.change(|staging| {
            if let Some(repository) = staging.find_mut(id) {
                repository.activity.push(activity);
                repository.becoming = None;
                repository.updated = becoming.until;
                kind.clone_into(&mut repository.kind);
                repository.notifications += notifications;
            }
        });
    }
}
