// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The git actions and probes against real git and gpg: a bare remote, the release
//! manager's clone, and somebody else's.

mod branches;
mod checks;
mod deletion;
mod pushing;
mod tags;
mod versions;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::engine::{Action, ActionError, Context, Finding, Intent, Probe, Probed, Reversal};
use crate::services::git_testing::Repositories;
use crate::services::{Effects, Git, GitHub, Moment, OpenPgp, Pages, Registries, TestHome, Workspace};

/// A remote with a clone of it, a workspace, and perhaps a key.
pub(super) struct World<'a> {
    pub(super) repositories: Repositories,
    home: Option<&'a TestHome>,
    pub(super) services: Services,
    pub(super) intent: Intent,
}

impl<'a> World<'a> {
    pub(super) fn new() -> Self {
        Self::with(None)
    }

    fn with_key(home: &'a TestHome) -> Self {
        Self::with(Some(home))
    }

    fn with(home: Option<&'a TestHome>) -> Self {
        let repositories = Repositories::new();
        let services = services(&repositories, home, Effects::unwatched());
        let intent = Intent {
            at: "2026-11-21T09:00:00Z".parse().unwrap(),
            token: "0123456789abcdef".into(),
            acted: None,
            resumed: false,
            anew: false,
        };
        Self { repositories, home, services, intent }
    }

    /// The same world, in which each effect is told to `watch`.
    fn watched(&self, watch: impl Fn(Moment, &str) + Send + Sync + 'static) -> Services {
        services(&self.repositories, self.home, Effects::new(watch))
    }

    pub(super) fn cx(&self) -> Context<'_, Services> {
        self.cx_of(&self.services)
    }

    pub(super) fn cx_of<'c>(&'c self, services: &'c Services) -> Context<'c, Services> {
        Context { world: services, intent: &self.intent, now: Timestamp::UNIX_EPOCH }
    }

    /// Acts until the effects' moment number `point`; whether it was killed there.
    fn killed_at(&self, action: &dyn Action<Services>, point: usize) -> bool {
        let passed = AtomicUsize::new(0);
        let services = self.watched(move |_, _| {
            assert!(passed.fetch_add(1, Ordering::SeqCst) != point, "killed");
        });
        catch_unwind(AssertUnwindSafe(|| action.act(&self.cx_of(&services)).unwrap())).is_err()
    }

    /// Probes, acts and probes again, as the engine does; returns the outputs.
    pub(super) fn run(&self, action: &dyn Action<Services>) -> Value {
        assert_eq!(action.probe(&self.cx()).unwrap(), Probed::Absent);
        assert_eq!(action.problems(&self.cx()).unwrap(), []);
        let outputs = action.act(&self.cx()).unwrap();
        assert_eq!(action.probe(&self.cx()).unwrap(), Probed::Done(outputs.clone()));
        outputs
    }

    /// Takes up the action after it was killed; returns the outputs.
    fn resume(&self, action: &dyn Action<Services>) -> Value {
        match action.probe(&self.cx()).unwrap() {
            Probed::Absent => {
                let outputs = action.act(&self.cx()).unwrap();
                assert_eq!(action.probe(&self.cx()).unwrap(), Probed::Done(outputs.clone()));
                outputs
            }
            Probed::Done(outputs) => outputs,
            other => panic!("{other:?}"),
        }
    }

    fn problems(&self, action: &dyn Action<Services>) -> Vec<String> {
        action.problems(&self.cx()).unwrap().into_iter().map(|problem| problem.what).collect()
    }

    fn conflict(&self, action: &dyn Action<Services>) -> (String, String) {
        match action.probe(&self.cx()).unwrap() {
            Probed::Conflict { found, expected } => (found, expected),
            other => panic!("{other:?}"),
        }
    }

    fn clone(&self) -> PathBuf {
        self.repositories.clone_path()
    }

    fn git(&self, arguments: &[&str]) -> String {
        self.repositories.git(arguments)
    }

    /// What the clone's and the remote's refs are, and the state of the working tree;
    /// without the notes of what a push was to create.
    fn all(&self) -> String {
        let refs = ["for-each-ref", "--format=%(objectname) %(refname)"];
        let status = self.git(&["status", "--porcelain=v2", "--branch"]);
        let local = self.git(&refs);
        let local: String = local
            .lines()
            .filter(|line| !line.contains(" refs/quorate/created/"))
            .map(|line| format!("{line}\n"))
            .collect();
        local + "--\n" + &self.repositories.remote_git(&refs) + "--\n" + &status
    }
}

pub(super) fn services(repositories: &Repositories, home: Option<&TestHome>, effects: Effects) -> Services {
    Services {
        git: repositories.service(effects.clone()),
        openpgp: match home {
            None => OpenPgp::new(None, "A".repeat(40), effects.clone()),
            Some(home) => OpenPgp::new(Some(home.path().to_owned()), &home.fingerprint, effects.clone()),
        },
        github: GitHub::nowhere(),
        pages: Pages::default(),
        registries: Registries::default(),
        workspace: Workspace::new(repositories.path().join("workspace"), effects),
        ..offline(repositories.path())
    }
}

pub(super) fn action<T: serde::de::DeserializeOwned>(with: Value) -> T {
    serde_json::from_value(with).unwrap()
}

fn refused(error: ActionError) -> (String, String) {
    match error {
        ActionError::Refused { what, hint } => (what, hint),
        other => panic!("{other:?}"),
    }
}

fn is_conflict<T>(result: Result<T, ActionError>) -> bool {
    matches!(result, Err(ActionError::Conflict { .. }))
}

fn fails(finding: Finding) -> Vec<String> {
    match finding {
        Finding::Fails(faults) => faults,
        Finding::Holds(why) => panic!("holds: {why}"),
    }
}

fn holds(finding: Finding) -> String {
    match finding {
        Finding::Holds(why) => why,
        Finding::Fails(faults) => panic!("fails: {faults:?}"),
    }
}
