// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The Subversion actions and probes against real repositories.

mod candidate;
mod key;
mod removal;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;

use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{AddKey, PromoteCandidate, RemoveDirectories, RemoveOutdatedReleases, Services, StageCandidate};
use crate::engine::{Action, ActionError, Context, Finding, Intent, Probe, Probed, Reversal};
use crate::probes::{KeyPublished, SvnHolds, SvnLacks};
use crate::release::{FileDigest, Sha512};
use crate::services::svn_testing::Repository;
use crate::services::{Effects, Git, GitHub, Moment, OpenPgp, Pages, Registries, Revision, Svn, Workspace};

const FILES: [(&str, &str); 2] = [("a.tgz", "bytes of a"), ("a.tgz.sha512", "sum of a")];

/// A release's world around a real repository.
struct World {
    repository: Repository,
    services: Services,
    intent: Intent,
    key: Option<Key>,
}

impl World {
    /// In which nobody has a key.
    fn new() -> Self {
        Self::with(None)
    }

    /// In which the release manager has a key.
    fn with_key() -> Self {
        Self::with(Some(Key::new("Ann Example <ann@example.org>")))
    }

    fn with(key: Option<Key>) -> Self {
        let repository = Repository::new();
        let svn = repository.svn(Effects::unwatched());
        let services = services(&repository, key.as_ref(), svn);
        let intent = Intent {
            at: Timestamp::UNIX_EPOCH,
            token: "0123456789abcdef".into(),
            acted: None,
            resumed: false,
            anew: false,
        };
        for (name, text) in FILES {
            services.workspace.write(format!("artifacts/{name}"), text.as_bytes()).unwrap();
        }
        Self { repository, services, intent, key }
    }

    /// The same world with a client that is killed at `moment` of its commit.
    fn killed(&self, moment: Moment) -> Services {
        let watch = move |now, _: &str| assert!(now != moment, "killed");
        self.with_svn(self.repository.svn(Effects::new(watch)))
    }

    fn with_svn(&self, svn: Svn) -> Services {
        services(&self.repository, self.key.as_ref(), svn)
    }

    fn cx(&self) -> Context<'_, Services> {
        self.cx_of(&self.services)
    }

    fn cx_of<'a>(&'a self, services: &'a Services) -> Context<'a, Services> {
        Context { world: services, intent: &self.intent, now: Timestamp::UNIX_EPOCH }
    }

    /// `act` until it is killed at `moment`.
    fn act_killed(&self, action: &dyn Action<Services>, moment: Moment) {
        let services = self.killed(moment);
        let cx = self.cx_of(&services);
        assert!(catch_unwind(AssertUnwindSafe(|| action.act(&cx))).is_err());
    }

    /// Probes, acts and probes again, as the engine does; returns the outputs.
    fn run(&self, action: &dyn Action<Services>) -> Value {
        assert_eq!(action.probe(&self.cx()).unwrap(), Probed::Absent);
        assert_eq!(action.problems(&self.cx()).unwrap(), []);
        let outputs = action.act(&self.cx()).unwrap();
        assert_eq!(action.probe(&self.cx()).unwrap(), Probed::Done(outputs.clone()));
        outputs
    }

    fn youngest(&self) -> String {
        self.repository.look(&["youngest"])
    }

    fn stage(&self) -> StageCandidate {
        serde_json::from_value(json!({
            "url": self.repository.url("dev"), "directory": "p-3.4.0-rc1", "source": "artifacts",
            "files": files(), "message": "Kandidat für 3.4.0 – 候选",
        }))
        .unwrap()
    }

    fn promote(&self, revision: u64) -> PromoteCandidate {
        serde_json::from_value(json!({
            "from": self.repository.url("dev/p-3.4.0-rc1"), "to": self.repository.url("release/p-3.4.0"),
            "revision": revision, "files": files(), "message": "Release 3.4.0",
        }))
        .unwrap()
    }

    fn remove_outdated(&self, prefix: &str, version: &str) -> RemoveOutdatedReleases {
        serde_json::from_value(json!({
            "url": self.repository.url("release"), "prefix": prefix, "version": version, "message": "Remove old",
        }))
        .unwrap()
    }

    fn add_key(&self) -> AddKey {
        serde_json::from_value(json!({
            "keys": self.repository.url("release/KEYS"), "project": "p", "name": "Ann Example", "message": "[p] Add a key",
        }))
        .unwrap()
    }
}

fn services(repository: &Repository, key: Option<&Key>, svn: Svn) -> Services {
    let effects = Effects::unwatched;
    let home = key.map_or(repository.scratch(), |key| key.home.path());
    let fingerprint = key.map_or_else(|| "A".repeat(40), |key| key.fingerprint.clone());
    Services {
        git: Git::new(repository.scratch(), "origin", effects()),
        openpgp: OpenPgp::new(Some(home.to_owned()), fingerprint, effects()),
        svn,
        github: GitHub::nowhere(),
        pages: Pages::default(),
        registries: Registries::default(),
        workspace: Workspace::new(repository.scratch().join("workspace"), effects()),
        ..super::offline(repository.scratch())
    }
}

/// A key in a home of its own; its agent is ended once it is made, since exporting
/// needs none.
struct Key {
    home: TempDir,
    fingerprint: String,
}

impl Key {
    fn new(user: &str) -> Self {
        let home = tempfile::Builder::new().prefix("qk").tempdir_in("/tmp").unwrap();
        let mut key = Self { home, fingerprint: String::new() };
        key.gpg("gpg", &["--batch", "--passphrase", "", "--quick-generate-key", user, "ed25519", "sign,cert", "1y"]);
        let listed = key.gpg("gpg", &["--list-keys", "--with-colons"]);
        key.gpg("gpgconf", &["--kill", "all"]);
        let fingerprint = listed.lines().find_map(|line| line.strip_prefix("fpr:::::::::")).unwrap();
        key.fingerprint = fingerprint.trim_end_matches(':').to_owned();
        key
    }

    fn armored(&self) -> String {
        self.gpg("gpg", &["--armor", "--export"])
    }

    fn gpg(&self, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(program).arg("--homedir").arg(self.home.path()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

fn files() -> Vec<FileDigest> {
    let digest = |(name, text): (&str, &str)| FileDigest {
        name: name.to_owned(),
        bytes: text.len() as u64,
        sha512: Sha512::of(text.as_bytes()),
    };
    FILES.map(digest).to_vec()
}

fn conflict(probed: Probed) -> String {
    match probed {
        Probed::Conflict { found, .. } => found,
        other => panic!("{other:?}"),
    }
}
