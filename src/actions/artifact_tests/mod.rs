// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The actions and probes over artifacts, against real git, gpg, tar and svn.

mod archive;
mod builds;
mod elsewhere;
mod signatures;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::engine::{Action, ActionError, Context, Finding, Intent, Probe, Probed};
use crate::probes::{HashesHold, LicenceHeaders, SignaturesHold};
use crate::services::{Effects, Git, GitHub, Moment, OpenPgp, Pages, Registries, TestHome, Workspace};

const HEADER: &str = "# http://www.apache.org/licenses/LICENSE-2.0\n";

/// A clone with a tag, a workspace, and perhaps a key.
struct World {
    directory: tempfile::TempDir,
    services: Services,
    intent: Intent,
    effects: Arc<Mutex<Vec<String>>>,
}

impl World {
    fn new() -> Self {
        Self::with_key(None)
    }

    fn with_key(home: Option<&TestHome>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clone = directory.path().join("clone");
        fs::create_dir(&clone).unwrap();
        let effects = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&effects);
        let watch = Effects::new(move |moment, name| {
            if moment == Moment::After {
                told.lock().unwrap().push(name.to_owned());
            }
        });
        let services = Services {
            git: Git::new(&clone, "origin", watch.clone()),
            openpgp: match home {
                None => OpenPgp::new(None, "A".repeat(40), watch.clone()),
                Some(home) => OpenPgp::new(Some(home.path().to_owned()), &home.fingerprint, watch.clone()),
            },
            github: GitHub::nowhere(),
            pages: Pages::default(),
            registries: Registries::default(),
            workspace: Workspace::new(directory.path().join("workspace"), watch),
            ..offline(directory.path())
        };
        let intent =
            Intent { at: Timestamp::UNIX_EPOCH, token: "0".repeat(32), acted: None, resumed: false, anew: false };
        let world = Self { directory, services, intent, effects };
        world.git(&["init", "-q"]);
        world.put("LICENSE", HEADER);
        world.put("build.sh", &format!("#!/bin/sh\n{HEADER}mkdir -p dist\necho built >dist/sdk-1.tar.gz\n"));
        fs::set_permissions(clone.join("build.sh"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        world
    }

    fn clone(&self) -> PathBuf {
        self.directory.path().join("clone")
    }

    fn artifacts(&self) -> PathBuf {
        self.directory.path().join("workspace/candidates/rc1/artifacts")
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.clone().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn git(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.current_dir(self.clone()).args(["-c", "user.name=Ann Example", "-c", "user.email=ann@example.org"]);
        command.env("GIT_COMMITTER_DATE", "1600000000 +0200").env("GIT_AUTHOR_DATE", "1500000000 +0200");
        stdout(&command.args(arguments).output().unwrap())
    }

    fn tag(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "one"]);
        self.git(&["tag", "-a", "-f", "-m", "v1", "v1"]);
    }

    fn cx(&self) -> Context<'_, Services> {
        Context { world: &self.services, intent: &self.intent, now: Timestamp::UNIX_EPOCH }
    }

    /// How many effects of that name there were.
    fn happened(&self, name: &str) -> usize {
        self.effects.lock().unwrap().iter().filter(|effect| *effect == name).count()
    }

    /// Runs `action` as the engine does; the outputs of both must be the same.
    fn run(&self, action: &dyn Action<Services>) -> Value {
        assert_eq!(action.problems(&self.cx()).unwrap(), []);
        assert_eq!(action.probe(&self.cx()).unwrap(), Probed::Absent);
        let outputs = action.act(&self.cx()).unwrap();
        assert_eq!(action.probe(&self.cx()).unwrap(), Probed::Done(outputs.clone()));
        outputs
    }
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn action<T: serde::de::DeserializeOwned>(with: Value) -> T {
    serde_json::from_value(with).unwrap()
}

fn archive(exclude: &[&str]) -> MakeSourceArchive {
    action(json!({
        "tag": "v1", "file": "demo-src.tgz", "root": "demo-1.0.0", "exclude": exclude,
        "directory": "candidates/rc1/artifacts",
    }))
}

fn builds(builds: &Value, stand_ins: bool) -> BuildArtifacts {
    action(json!({ "tag": "v1", "builds": builds, "directory": "candidates/rc1/artifacts", "stand_ins": stand_ins }))
}

fn sdk(command: &[&str], glob: &str, requires: &[&str]) -> Value {
    json!({
        "id": "sdk", "title": "the SDK", "requires": requires, "command": command,
        "outputs": [{ "glob": glob, "name": "sdk-1.0.0.tar.gz" }],
    })
}

fn chain(error: &ActionError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

fn fails(finding: Finding) -> Vec<String> {
    match finding {
        Finding::Fails(faults) => faults,
        Finding::Holds(why) => panic!("holds: {why}"),
    }
}
