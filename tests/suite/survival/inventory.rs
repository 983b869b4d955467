// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! All that a release leaves behind, without what differs from one to the next:
//! keys, times, and what is made from them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What a release left behind.
#[derive(Debug, PartialEq, Eq)]
pub struct Inventory {
    /// The remote's branches and tags; for each the tree that it shows.
    refs: BTreeMap<String, String>,
    /// The commits on all branches and tags, by their first lines, sorted.
    commits: Vec<String>,
    /// The messages of all revisions, in order.
    revisions: Vec<String>,
    /// The paths in the head revision.
    paths: Vec<String>,
    /// Subjects and recipients of all mails, sorted.
    mails: Vec<String>,
    /// The tracker's versions and issues, the files on the package indexes.
    services: Vec<String>,
    /// How often each step was done, by candidate.
    done: BTreeMap<String, usize>,
    /// What each check came to at last, by candidate.
    checks: BTreeMap<String, String>,
}

impl Inventory {
    pub fn of(world: &Path) -> Self {
        verify_tags(world);
        let remote = world.join("remote.git");
        Self {
            refs: refs(&remote),
            commits: sorted(git(&remote, &["log", "--all", "--format=%s"])),
            revisions: revisions(world),
            paths: lines(run("svn", &["list", "--recursive", &svn(world)])),
            mails: mails(world),
            services: services(world),
            done: done(world),
            checks: checks(world),
        }
    }
}

fn refs(remote: &Path) -> BTreeMap<String, String> {
    lines(git(remote, &["for-each-ref", "--format=%(refname)"]))
        .into_iter()
        .map(|name| {
            let tree = git(remote, &["rev-parse", &format!("{name}^{{tree}}")]);
            (name, tree.trim().to_owned())
        })
        .collect()
}

/// Every tag of the release is signed well, as git itself sees it.
fn verify_tags(world: &Path) {
    let remote = world.join("remote.git");
    for tag in ["release-1.2.0", "greeter-sdk-go/v1.2.0"] {
        let output = Command::new("git")
            .arg("-C")
            .arg(&remote)
            .args(["verify-tag", tag])
            .env("GNUPGHOME", world.join("gnupg"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{tag}: {}", String::from_utf8_lossy(&output.stderr));
    }
    git(&remote, &["fsck", "--strict", "--no-dangling"]);
}

/// The revisions' messages with their paths: one act, one revision.
fn revisions(world: &Path) -> Vec<String> {
    let log = run("svn", &["log", "--verbose", "--quiet", "-r", "1:HEAD", &svn(world)]);
    // What differs are the revision's time and, behind `(from …:n)`, nothing else.
    log.lines().filter(|line| line.starts_with("   ")).map(str::to_owned).collect()
}

/// What the web services hold, without what differs from one rehearsal to the next: days
/// and digests.
fn services(world: &Path) -> Vec<String> {
    let state = |name: &str| -> Value {
        let path = world.join("stand-ins").join(name);
        serde_json::from_slice(&fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).unwrap()
    };
    let (jira, pypi, npm) = (state("jira.json"), state("pypi.json"), state("npm.json"));
    let list = |of: &Value| of.as_array().unwrap().clone();
    let versions = list(&jira["versions"]);
    let versions =
        versions.iter().map(|version| format!("version {} released {}", version["name"], version["released"]));
    let issues = list(&jira["issues"]);
    let issues = issues.iter().map(|issue| format!("{} {} {}", issue["key"], issue["status"], issue["fix_versions"]));
    let keys = |of: &Value| of.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let files = keys(&pypi["projects"]).into_iter().flat_map(|name| keys(&pypi["projects"][name.as_str()]));
    let packages = keys(&npm)
        .into_iter()
        .map(|name| format!("{name} {} {}", npm[&name]["tags"], keys(&npm[&name]["versions"]).join(" ")));
    versions.chain(issues).chain(files.collect::<Vec<_>>()).chain(packages.collect::<Vec<_>>()).collect()
}

fn mails(world: &Path) -> Vec<String> {
    let mut ids = Vec::new();
    let mut found = Vec::new();
    for entry in fs::read_dir(world.join("mail/mails")).unwrap() {
        let text = String::from_utf8(fs::read(entry.unwrap().path()).unwrap()).unwrap();
        let header = |name: &str| {
            let line = text.lines().find(|line| line.starts_with(name));
            line.unwrap_or_else(|| panic!("a mail without {name}")).to_owned()
        };
        ids.push(header("Message-ID: "));
        found.push(format!("{} | {} | {}", header("Subject: "), header("To: "), header("From: ")));
    }
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "a mail was sent twice");
    found.sort();
    found
}

fn done(world: &Path) -> BTreeMap<String, usize> {
    let text = fs::read_to_string(super::journal(world)).unwrap();
    let mut done = BTreeMap::new();
    for line in text.lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        if entry["event"] == "step-done" || entry["event"] == "step-attested" {
            *done.entry(format!("rc{} {}", entry["candidate"], entry["step"].as_str().unwrap())).or_default() += 1;
        }
    }
    assert!(done.values().all(|times| *times == 1), "a step was done twice: {done:?}");
    done
}

fn svn(world: &Path) -> String {
    format!("file://{}", world.join("svn").display())
}

fn git(repository: &Path, arguments: &[&str]) -> String {
    let mut all = vec!["-C", repository.to_str().unwrap()];
    all.extend(arguments);
    run("git", &all)
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).env("LC_ALL", "C.UTF-8").output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn lines(text: String) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn sorted(text: String) -> Vec<String> {
    let mut lines = lines(text);
    lines.sort();
    lines
}

/// What each check came to at last, by candidate.
fn checks(world: &Path) -> BTreeMap<String, String> {
    let journal = fs::read_to_string(super::journal(world)).unwrap();
    let entries = journal.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let of_checks = entries.filter(|entry| entry["event"].as_str().is_some_and(|event| event.starts_with("check-")));
    let last = of_checks.map(|entry| (format!("{} {}", entry["candidate"], entry["step"]), entry["event"].to_string()));
    last.collect()
}
