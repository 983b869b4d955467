// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the stand-in does and refuses, asked through the client.

use std::collections::BTreeMap;

use crate::rehearsal::plant;
use crate::rehearsal::stand_ins::github::{OTHER_TOKEN, TOKEN, repository_path};
use crate::rehearsal::stand_ins::{Faults, StandIns};
use crate::services::{
    Effects, GitHub, Login, NewPull, NewRelease, Pull, PullState, RunState, Slug, WebError, git_testing::run,
};

struct Hub {
    directory: tempfile::TempDir,
    stand_ins: StandIns,
}

impl Hub {
    /// A repository with a branch `change` beside `main`.
    fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("hub-").tempdir().unwrap();
        let files = BTreeMap::from([("a".to_owned(), "a\n".to_owned())]);
        let remote = repository_path(&directory.path().join("github"), "o/r");
        plant(&remote, "main", &files).unwrap();
        let stand_ins = StandIns::start(directory.path(), 0, Faults::default()).unwrap();
        let hub = Self { directory, stand_ins };
        hub.push("change", "b", "b\n");
        hub
    }

    fn push(&self, branch: &str, file: &str, text: &str) {
        let clone = self.directory.path().join("clone");
        let remote = self.remote();
        if !clone.exists() {
            run(self.directory.path(), &["clone", "--quiet", &remote.display().to_string(), "clone"]);
        }
        run(&clone, &["fetch", "--quiet"]);
        let start =
            if self.branches().contains(branch) { format!("origin/{branch}") } else { "origin/main".to_owned() };
        run(&clone, &["checkout", "--quiet", "-B", branch, &start]);
        std::fs::write(clone.join(file), text).unwrap();
        run(&clone, &["add", "--all"]);
        let who = ["-c", "user.name=Bob Example", "-c", "user.email=bob@example.org"];
        run(&clone, &[&who[..], &["commit", "--quiet", "--message", branch]].concat());
        run(&clone, &["push", "--quiet", "origin", branch]);
    }

    fn remote(&self) -> std::path::PathBuf {
        repository_path(&self.directory.path().join("github"), "o/r")
    }

    fn branches(&self) -> String {
        run(&self.remote(), &["branch", "--format=%(refname:short)"])
    }

    fn client(&self, login: Login) -> GitHub {
        let base = self.stand_ins.base("github");
        GitHub::new(&base, &format!("{base}/uploads"), login, Effects::unwatched()).unwrap()
    }

    fn ann(&self) -> GitHub {
        self.client(Login::Bearer(TOKEN.into()))
    }
}

fn slug() -> Slug {
    Slug::of("o/r").unwrap()
}

fn open(github: &GitHub, branch: &str, base: &str) -> Result<Pull, WebError> {
    let new = NewPull { title: "t", body: "b", owner: "o", branch, base, draft: false };
    github.open_pull(&slug(), &new)
}

fn refused<T: std::fmt::Debug>(result: Result<T, WebError>, status: u16, says: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{error}");
    assert!(error.to_string().contains(says), "{error}");
}

#[test]
fn pull_requests_are_refused_as_github_refuses_them() {
    let hub = Hub::new();
    let github = hub.ann();
    refused(open(&github, "nothing", "main"), 422, "invalid");
    refused(open(&github, "change", "nothing"), 422, "invalid");
    refused(open(&github, "main", "main"), 422, "No commits between main and main");
    let pull = open(&github, "change", "main").unwrap();
    refused(open(&github, "change", "main"), 422, "A pull request already exists for o:change.");
    assert_eq!(github.pull_of(&slug(), "o", "change", "main").unwrap(), Some(pull));
    assert_eq!(github.pull_of(&slug(), "o", "other", "main").unwrap(), None);
    refused(github.pull(&slug(), 7), 404, "Not Found");
    refused(github.pull(&Slug::of("o/lost").unwrap(), 1), 404, "Not Found");
}

#[test]
fn who_may_not_is_told_so() {
    let hub = Hub::new();
    refused(open(&hub.client(Login::Anonymous), "change", "main"), 401, "Requires authentication");
    refused(open(&hub.client(Login::Bearer("wrong".into())), "change", "main"), 401, "Bad credentials");
    refused(open(&hub.client(Login::Bearer(OTHER_TOKEN.into())), "change", "main"), 403, "not accessible");
    assert_eq!(hub.ann().me().unwrap(), "ann");
    assert_eq!(hub.client(Login::Anonymous).rights(&slug()).unwrap().unwrap().push, None);
    assert_eq!(hub.ann().protection(&slug(), "main").unwrap(), None);
}

#[test]
fn a_pull_request_merges_as_it_stands() {
    let hub = Hub::new();
    let github = hub.ann();
    let pull = open(&github, "change", "main").unwrap();
    assert_eq!(github.pull(&slug(), 1).unwrap().mergeable, None, "not known at once");
    assert_eq!(github.pull(&slug(), 1).unwrap().mergeable, Some(true));
    hub.push("change", "b", "later\n");
    refused(github.merge_pull(&slug(), &pull, "t", true), 409, "Head branch was modified");
    let pull = github.pull(&slug(), 1).unwrap();
    let merged = github.merge_pull(&slug(), &pull, "Change it", true).unwrap();
    assert!(merged.merged);
    assert_eq!(run(&hub.remote(), &["log", "--format=%s", "main"]), "Change it\nAs it was\n");
    assert_eq!(run(&hub.remote(), &["show", "main:b"]), "later\n");
    assert_eq!(github.pull(&slug(), 1).unwrap().state, PullState::Merged);
    refused(github.merge_pull(&slug(), &pull, "t", true), 405, "not mergeable");
}

#[test]
fn a_conflict_and_a_lost_branch_are_seen() {
    let hub = Hub::new();
    let github = hub.ann();
    open(&github, "change", "main").unwrap();
    hub.push("main", "b", "another\n");
    github.pull(&slug(), 1).unwrap();
    let pull = github.pull(&slug(), 1).unwrap();
    assert_eq!(pull.mergeable, Some(false));
    refused(github.merge_pull(&slug(), &pull, "t", false), 405, "not mergeable");
    run(&hub.remote(), &["branch", "-D", "change"]);
    assert_eq!(github.pull(&slug(), 1).unwrap().state, PullState::Closed);
}

#[test]
fn long_lists_come_in_pages() {
    let hub = Hub::new();
    let github = hub.ann();
    let clone = hub.directory.path().join("clone");
    for number in 0..4 {
        run(&clone, &["push", "--quiet", "origin", &format!("change:refs/heads/more-{number}")]);
        open(&github, &format!("more-{number}"), "main").unwrap();
    }
    let page = |query: &str| {
        let url = format!("{}/repos/o/r/pulls?per_page=3{query}", hub.stand_ins.base("github"));
        let _ = rustls::crypto::ring::default_provider().install_default();
        let answer = reqwest::blocking::Client::builder().no_proxy().build().unwrap().get(url).send().unwrap();
        let link = answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
        (answer.json::<Vec<serde_json::Value>>().unwrap().len(), link)
    };
    let (count, link) = page("");
    assert_eq!(count, 3);
    assert!(link.as_ref().is_some_and(|link| link.contains("page=2") && link.contains("rel=\"next\"")), "{link:?}");
    assert_eq!(page("&page=2"), (1, None));
}

#[test]
fn checks_come_in_pages_and_the_last_one_counts() {
    let mut hub = Hub::new();
    let commit = run(&hub.remote(), &["rev-parse", "main"]).trim().to_owned();
    let mut check = |count: usize, conclusion: &str| {
        let kept = |number: usize| {
            let how = if number == count { conclusion } else { "success" };
            serde_json::json!({"repository": "o/r", "commit": commit, "name": format!("build {number}"), "conclusion": how})
        };
        let runs: Vec<_> = (1..=count).map(kept).collect();
        let state = serde_json::json!({"pulls": [], "releases": [], "runs": runs, "last": 0}).to_string();
        std::fs::write(hub.directory.path().join("github/state.json"), state).unwrap();
        hub.stand_ins = StandIns::start(hub.directory.path(), 0, Faults::default()).unwrap();
        hub.ann().standing(&slug(), &commit).unwrap()
    };
    let runs = check(250, "failure");
    assert_eq!((runs.len(), &runs[249].state), (250, &RunState::Failed("failure".to_owned())));
    assert_eq!(check(200, "skipped")[199].state, RunState::Skipped);
}

#[test]
fn checks_of_a_commit_and_a_release_with_files() {
    let hub = Hub::new();
    let github = hub.ann();
    let commit = run(&hub.remote(), &["rev-parse", "main"]).trim().to_owned();
    let runs = github.standing(&slug(), &commit).unwrap();
    assert_eq!(
        runs.iter().map(|run| (run.name.as_str(), &run.state)).collect::<Vec<_>>(),
        [("build", &RunState::Passed)]
    );
    refused(github.standing(&slug(), &"0".repeat(40)), 422, "No commit found for SHA");

    assert_eq!(github.release_of(&slug(), "v1").unwrap(), None);
    let release = github.begin_release(&slug(), &NewRelease { tag: "v1", title: "One", body: "text" }).unwrap();
    assert!(release.draft);
    let file = hub.directory.path().join("a.tgz");
    std::fs::write(&file, b"bytes").unwrap();
    github.put_file(&slug(), release.id, "a.tgz", file.clone()).unwrap();
    refused(github.put_file(&slug(), release.id, "a.tgz", file), 422, "already_exists");
    assert_eq!(hub.client(Login::Anonymous).release_of(&slug(), "v1").unwrap(), None, "a draft is nobody else's");
    github.publish_release(&slug(), release.id).unwrap();
    let shown = hub.client(Login::Anonymous).release_of(&slug(), "v1").unwrap().unwrap();
    assert!(!shown.draft && shown.files.len() == 1 && shown.files[0].bytes == 5 && shown.files[0].whole, "{shown:?}");
    github.remove_file(&slug(), shown.files[0].id).unwrap();
    assert_eq!(github.release_of(&slug(), "v1").unwrap().unwrap().files, []);
}
