// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Proposing changes to other repositories and merging them, against the stand-in for
//! GitHub with a real repository behind it.

mod faults;
mod kills;
mod proposing;
mod releases;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{DateChange, MergePullRequest, ProposeChange, Services, offline};
use crate::engine::{Action, ActionError, Context, Intent, Probed};
use crate::rehearsal::plant;
use crate::rehearsal::stand_ins::github::{TOKEN, repository_path};
use crate::rehearsal::stand_ins::{Faults, StandIns};
use crate::services::git_testing::run;
use crate::services::{Effects, GitHub, Limits, Login, Slug, Workspace};

const ENTRIES: &str = "# entries\n\"1.1\":\n  name: \"Greeter 1.1.0\"\n";
const ENTRY: &str = "\"1.2\":\n  name: \"Greeter 1.2.0\"\n";

/// A website, GitHub, and a release manager's workspace.
struct Site {
    directory: tempfile::TempDir,
    faults: Faults,
    stand_ins: StandIns,
}

impl Site {
    fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("site-").tempdir().unwrap();
        let files = BTreeMap::from([
            ("data/greeter.yml".to_owned(), ENTRIES.to_owned()),
            ("keys.txt".to_owned(), "1.1.0=A\n".to_owned()),
            ("add.sh".to_owned(), "#!/bin/sh -e\nmkdir $1\ngrep \"^$1=\" keys.txt > $1/Dockerfile\n".to_owned()),
        ]);
        plant(&Self::remote_in(directory.path()), "main", &files).unwrap();
        let faults = Faults::default();
        let stand_ins = StandIns::start(&directory.path().join("stand-ins"), 0, faults.clone()).unwrap();
        let site = Self { directory, faults, stand_ins };
        let services = site.services(Effects::unwatched());
        services.workspace.write("texts/entry.yml", ENTRY.as_bytes()).unwrap();
        services.workspace.write("texts/post.md", "What is new: ‹…›\n".as_bytes()).unwrap();
        services.workspace.write("texts/pull.md", b"Adds 1.2.0.\n").unwrap();
        site
    }

    fn remote_in(directory: &Path) -> PathBuf {
        repository_path(&directory.join("stand-ins/github"), "greeter/site")
    }

    fn remote(&self) -> PathBuf {
        Self::remote_in(self.directory.path())
    }

    fn services(&self, effects: Effects) -> Services {
        let base = self.stand_ins.base("github");
        let github = GitHub::new(&base, &format!("{base}/uploads"), Login::Bearer(TOKEN.into()), effects.clone());
        Services {
            github: github.unwrap().limited(limits()),
            workspace: Workspace::new(self.directory.path().join("work"), effects),
            ..offline(self.directory.path())
        }
    }

    fn git(&self, arguments: &[&str]) -> String {
        run(&self.remote(), arguments).trim().to_owned()
    }

    /// Somebody pushes a branch with these files.
    fn pushed_by_hand(&self, branch: &str, who: &str, files: &[(&str, &str)]) {
        let clone = self.directory.path().join(format!("clone-of-{who}"));
        run(
            self.directory.path(),
            &["clone", "--quiet", &self.remote().display().to_string(), &clone.display().to_string()],
        );
        run(&clone, &["checkout", "--quiet", "-B", branch]);
        for (path, text) in files {
            std::fs::create_dir_all(clone.join(path).parent().unwrap()).unwrap();
            std::fs::write(clone.join(path), text).unwrap();
        }
        run(&clone, &["add", "--all"]);
        let (name, email) = (format!("user.name={who}"), format!("user.email={who}@example.org"));
        run(&clone, &["-c", &name, "-c", &email, "commit", "--quiet", "--message", "By hand"]);
        run(&clone, &["push", "--quiet", "origin", branch]);
    }

    fn change(&self) -> ProposeChange {
        serde_json::from_value(json!({
            "repository": self.remote(), "base": "main", "branch": "release-1.2.0", "texts": "texts",
            "commits": [{"message": "Add Greeter 1.2.0", "changes": [
                [{"kind": "yaml-key", "file": "data/greeter.yml", "key": "1.2", "from": "entry.yml"}],
                [{"kind": "file", "file": "posts/1.2.0.md", "from": "post.md"}],
            ]}],
            "pull_request": {"title": "Add Greeter 1.2.0", "body": "pull.md", "draft": true},
        }))
        .unwrap()
    }

    fn merge(&self) -> MergePullRequest {
        serde_json::from_value(json!({
            "repository": self.remote(), "base": "main", "branch": "release-1.2.0", "title": "Add Greeter 1.2.0",
        }))
        .unwrap()
    }

    /// How many pull requests there are.
    fn pulls(&self) -> usize {
        let (github, slug) = (self.services(Effects::unwatched()).github, slug());
        (1..).take_while(|number| github.pull(&slug, *number).is_ok()).count()
    }

    /// The commits of a branch, the latest first, by what they are called.
    fn commits(&self, branch: &str) -> Vec<String> {
        self.git(&["log", "--format=%s", branch]).lines().map(str::to_owned).collect()
    }
}

fn slug() -> Slug {
    Slug::of("greeter/site").unwrap()
}

fn limits() -> Limits {
    Limits {
        attempts: 2,
        pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(10),
        answer: 1 << 20,
        ..Limits::default()
    }
}

fn intent() -> Intent {
    let at: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
    Intent { at, token: "0123456789abcdef0123456789abcdef".into(), acted: None, resumed: false, anew: false }
}

fn probe(action: &impl Action<Services>, world: &Services) -> Result<Probed, ActionError> {
    let intent = intent();
    action.probe(&Context { world, intent: &intent, now: intent.at })
}

fn act(action: &impl Action<Services>, world: &Services) -> Result<Value, ActionError> {
    let intent = intent();
    action.act(&Context { world, intent: &intent, now: intent.at })
}

/// What an error says, with its hint.
fn told(error: &ActionError) -> String {
    format!("{} — {}", super::failures::with_causes(error), error.hint().unwrap_or_default())
}
