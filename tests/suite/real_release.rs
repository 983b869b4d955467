// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A release as it is for real, command by command, with real git, Subversion,
//! OpenPGP and SMTP: from `start` to a candidate that is cancelled.

use std::process::Command;
use std::sync::Arc;

use quorate::rehearsal::{ArchiveServer, SmtpAccount, SmtpServer};
use serde_json::Value;

use crate::shapes;
use crate::user::{Place, Ran, User, VERSION};

const CONFIRMED: [&str; 4] = ["run", "--execute", "--confirm", VERSION];

const PASSWORD: &str = "not to be recorded";

fn account() -> SmtpAccount {
    SmtpAccount { user: "ann".into(), password: PASSWORD.into() }
}

/// A release manager at work.
struct Manager {
    user: User,
}

impl Manager {
    fn status(&self) -> Value {
        let ran = self.user.runs(0, &["status", "--json"]);
        assert_eq!(ran.err, "", "talk beside data");
        let status = ran.json();
        shapes::status(&status);
        status
    }

    fn state(&self, id: &str) -> String {
        let status = self.status();
        let items = status["phases"].as_array().unwrap().iter();
        let items = items.flat_map(|phase| ["steps", "checks"].map(|part| phase[part].as_array().unwrap().clone()));
        let item = items.flatten().find(|item| item["id"] == id).unwrap_or_else(|| panic!("no {id}"));
        item["state"].as_str().unwrap().to_owned()
    }

    /// Answers what a person must, and runs within the phase, until `id` can be
    /// taken up or is settled.
    fn go_until(&self, phase: &str, id: &str) {
        for _ in 0..60 {
            let ran = self.user.run(&[&CONFIRMED[..], &["--to", phase]].concat());
            assert!([0, 3].contains(&ran.code), "{}: {}", ran.code, ran.err);
            let status = self.status();
            let next: Vec<&str> = status["next"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            if next.contains(&id) || self.state(id) != "waiting" {
                return;
            }
            let note = |item: &str| match item {
                "community-agrees" | "manager-selected" => "https://lists.example.org/1",
                _ => "seen",
            };
            for id in next.iter().filter(|id| ["triage-blockers", "audit-release-notes"].contains(id)) {
                self.user.decides(id);
            }
            let left = next.iter().filter(|id| !["triage-blockers", "audit-release-notes"].contains(id));
            let answers = |item: &&&str| self.user.run(&["attest", item, "--note", note(item)]).code == 0;
            let answered = left.clone().filter(answers).count() + next.len() - left.count();
            assert!(answered > 0, "{next:?}: {}", ran.err);
        }
        panic!("{id} is never reached");
    }

    fn log(&self) -> Vec<Value> {
        let log = self.user.runs(0, &["log", "--json"]).json();
        shapes::log(&log);
        log.as_array().unwrap().clone()
    }

    fn events(&self, step: &str) -> Vec<String> {
        let of_step = |entry: &&Value| entry["step"] == step;
        self.log().iter().filter(of_step).map(|entry| entry["event"].as_str().unwrap().to_owned()).collect()
    }

    fn remote(&self, name: &str) -> Option<String> {
        let remote = self.user.place.world.remote();
        let shown = Command::new("git").arg("-C").arg(remote).args(["rev-parse", "--verify", "--quiet", name]).output();
        let shown = Ran::of(shown.unwrap());
        (shown.code == 0).then(|| shown.out.trim().to_owned())
    }
}

#[test]
fn a_release_goes_from_its_start_to_a_candidate_that_is_cancelled() {
    let place = Arc::new(Place::new());
    let world = &place.world;
    // The relay made itself known once, and is down.
    drop(SmtpServer::start(world.mail(), world.smtp_port, account()).unwrap());
    let _archive = ArchiveServer::start(world.mail(), world.archive_port).unwrap();
    let _stand_ins = place.stand_ins();
    let user = User::at(place.clone())
        .with_tokens()
        .with("QUORATE_SMTP_USER", "ann")
        .with("QUORATE_SMTP_PASSWORD", PASSWORD)
        .started();
    let manager = Manager { user };
    decide(&manager);
    prepare(&manager);
    build(&manager);
    cancel(&manager);
    let journal = std::fs::read_to_string(manager.user.record("journal.jsonl")).unwrap();
    assert!(!journal.contains(PASSWORD), "a secret is in the journal");
}

fn decide(manager: &Manager) {
    let user = &manager.user;
    assert_eq!(manager.status()["next"], serde_json::json!(["make-the-case"]));
    let ran = user.runs(3, &["run", "--execute"]);
    assert!(ran.err.contains("quorate attest make-the-case --note"), "{}", ran.err);
    assert_eq!(ran.out, "");
    user.runs(0, &["attest", "make-the-case", "--note", "Many fixes"]);
    user.refused(2, &["attest", "make-the-case", "--note", "again"], &["settled already"]);

    // The relay is down: nothing is sent, and the same command can be given again.
    let failed = user.runs(4, &CONFIRMED);
    assert!(failed.err.contains("propose-release") && failed.err.contains("relay"), "{}", failed.err);
    assert!(failed.err.contains("hint:"), "{}", failed.err);
    assert_eq!(manager.state("propose-release"), "failed");
    user.runs(4, &CONFIRMED);
    let world = &user.place.world;
    let smtp = SmtpServer::start(world.mail(), world.smtp_port, account()).unwrap();
    assert!(smtp.store().mails().unwrap().is_empty());

    // A person declares that the attempt did not happen: a new intention, a new Message-ID.
    let again = ["run", "propose-release", "--again"];
    let before = user.listing();
    let ran = user.runs(0, &again);
    assert!(ran.err.contains("Nothing was done"), "{}", ran.err);
    assert_eq!(user.listing(), before);
    user.refused(2, &[&again[..], &["--execute"]].concat(), &["--again needs --why"]);
    user.runs(0, &[&again[..], &["--why", "the relay was down", "--execute", "--confirm", VERSION]].concat());
    assert_eq!(manager.state("propose-release"), "done");
    let events = manager.events("propose-release");
    let intended = events.iter().filter(|event| *event == "step-intended").count();
    let dropped = events.iter().position(|event| event == "intention-dropped").unwrap();
    assert_eq!((intended, events[dropped + 1].as_str()), (2, "step-intended"), "{events:?}");
    let mails = smtp.store().mails().unwrap();
    assert_eq!(mails.len(), 1);
    let token = manager.log().iter().rfind(|entry| entry["event"] == "step-intended").unwrap()["data"]["token"].clone();
    let sent = user.record("mails/discuss-release.eml");
    assert!(std::fs::read_to_string(sent).unwrap().contains(token.as_str().unwrap()));
    user.refused(2, &[&again[..], &["--why", "x", "--execute"]].concat(), &["it is settled", "quorate undo"]);
    drop(smtp);
}

fn prepare(manager: &Manager) {
    let user = &manager.user;
    let main = manager.remote("main").unwrap();
    manager.go_until("decide", "choose-key");
    assert_eq!(manager.status()["phase"], "prepare");
    user.runs(0, &["skip", "website-build", "--why", "built it last week"]);
    let plan = user.runs(0, &["plan", "--json"]).json();
    shapes::plan(&plan);
    manager.go_until("prepare", "push-main");
    assert_eq!(manager.state("website-build"), "skipped");
    assert!(manager.remote("release-1.2").is_some());
    // What others build on cannot be taken back.
    user.refused(
        2,
        &["undo", "push-release-branch", "--execute"],
        &["`push-release-branch` cannot be taken back", "`push-main`, which builds on it, stays", "go forward"],
    );
    manager.go_until("prepare", "create-candidate-branch");
    assert_ne!(manager.remote("main").unwrap(), main, "main has its next version");
    assert_eq!(manager.status()["phases"][1]["state"], "done");
}

fn build(manager: &Manager) {
    let user = &manager.user;
    push_without_a_licence_header(manager);
    user.runs(0, &["run", "create-candidate-branch", "set-candidate-version", "push-candidate-branch", "--execute"]);
    let pushed = manager.remote("release-1.2.0-rc1").unwrap();
    let before = user.listing();
    let ran = user.runs(0, &["undo", "push-candidate-branch"]);
    assert!(ran.err.contains("Nothing was done"), "{}", ran.err);
    assert_eq!((user.listing(), manager.remote("release-1.2.0-rc1")), (before, Some(pushed.clone())));
    user.runs(0, &["undo", "push-candidate-branch", "--execute"]);
    assert_eq!(manager.remote("release-1.2.0-rc1"), None);
    assert_eq!(manager.state("push-candidate-branch"), "ready");
    user.runs(0, &["run", "push-candidate-branch", "--execute"]);
    assert_eq!(manager.remote("release-1.2.0-rc1"), Some(pushed));
    let ran = user.runs(1, &["run", "--execute"]);
    assert!(ran.err.contains("website-pull-request"), "{}", ran.err);
    for step in ["deploy-maven", "review-maven", "close-nexus", "stage-candidate"] {
        assert_eq!(manager.state(step), "done", "{step}");
    }
    assert!(manager.remote("refs/tags/release-1.2.0-rc1").is_some());
    weigh_before_the_vote(manager);
    let guide = user.runs(0, &["guide"]).out;
    for phase in ["## 1. Decide", "## 3. Build", "## 7. Promote"] {
        assert!(guide.contains(phase), "{phase}");
    }
    assert!(!guide.contains(" of set-candidate-version>"), "{guide}");
    let log = user.runs(0, &["log"]);
    assert!(
        log.out.contains("by Ann Example <ann@example.org>:") && log.out.contains("stage-candidate"),
        "{}",
        log.out
    );
    assert!(log.err.contains("the chain of digests holds"), "{}", log.err);
}

/// Somebody pushes a source file without a header to the release branch.
fn push_without_a_licence_header(manager: &Manager) {
    let tree = manager.user.path("somebody");
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=Bob Example", "-c", "user.email=bob@example.org", "-c", "commit.gpgsign=false"]);
        let ran = Ran::of(git.arg("-C").arg(manager.user.path("")).args(arguments).output().unwrap());
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.err);
    };
    let remote = manager.user.place.world.remote().display().to_string();
    git(&["clone", "--quiet", "--branch", "release-1.2", &remote, "somebody"]);
    std::fs::write(tree.join("greeter-core/FIX.md"), "A fix.\n").unwrap();
    git(&["-C", "somebody", "add", "greeter-core/FIX.md"]);
    git(&["-C", "somebody", "commit", "--quiet", "--message", "Fix"]);
    git(&["-C", "somebody", "push", "--quiet", "origin", "release-1.2"]);
}

/// A failed optional check is told with its faults, and again wherever the vote is agreed to.
fn weigh_before_the_vote(manager: &Manager) {
    let user = &manager.user;
    let fault = "greeter-core/FIX.md has no licence header";
    // What voters would find too is answered for by a person, or holds the vote up.
    let ran = user.runs(1, &["run", "--execute"]);
    assert!(ran.err.contains(fault) && ran.err.contains("candidate-verifies does not hold"), "{}", ran.err);
    user.runs(0, &["attest", "candidate-verifies", "--note", "the list was asked, and takes it without a header"]);
    user.runs(0, &["run", "--execute", "--to", "build"]);
    let ran = user.runs(3, &["run", "--execute"]);
    let warning = "warning: before send-vote: the optional check licence-headers-present does not hold";
    assert!(ran.err.contains(warning) && ran.err.contains(fault), "{}", ran.err);
    let ran = user.runs(0, &["run", "send-vote"]);
    assert!(ran.out.contains("licence-headers-present does not hold") && ran.out.contains(fault), "{}", ran.out);
    let plan = user.runs(0, &["plan", "--json"]).json();
    let vote = plan["items"].as_array().unwrap().iter().find(|item| item["id"] == "send-vote").unwrap().clone();
    assert_eq!(vote["warnings"][0]["faults"], serde_json::json!([fault]));
    let text = vote["document"].as_str().unwrap();
    assert!(text.contains("/pull/1\n"), "{text}");
    assert!(text.contains("/nexus/content/repositories/orgapachegreeter-1004/\n"), "{text}");
}

fn cancel(manager: &Manager) {
    let user = &manager.user;
    let cancel = ["cancel-candidate", "--why", "a licence is missing"];
    let before = user.listing();
    let ran = user.runs(0, &cancel);
    assert!(ran.err.contains("unstage-candidate") && ran.err.contains("Nothing was done"), "{}", ran.err);
    assert_eq!(user.listing(), before);
    // A cancelled candidate stays cancelled: that wants the version.
    let ran = user.runs(3, &[&cancel[..], &["--execute"]].concat());
    assert!(ran.err.contains("--confirm 1.2.0") && !ran.err.contains("cancel-mail"), "{}", ran.err);
    assert_eq!(user.listing(), before);
    let ran = user.runs(3, &[&cancel[..], &["--execute", "--confirm", VERSION]].concat());
    assert!(ran.err.contains("fix-issues"), "{}", ran.err);
    assert_eq!(manager.state("drop-nexus"), "done");
    assert!(
        ran.err.contains("stays in your clone") && ran.err.contains("`git branch -D release-1.2.0-rc1`"),
        "{}",
        ran.err
    );
    assert_eq!(manager.remote("refs/tags/release-1.2.0-rc1"), None);
    let status = manager.status();
    assert_eq!(status["cancelled_candidates"], serde_json::json!({"1": "a licence is missing"}));
    assert_eq!(status["phase"], "fix");
    let log = user.runs(0, &["log"]).out;
    assert!(log.contains("candidate 1") && log.contains("a licence is missing"), "{log}");
    user.refused(
        2,
        &[&cancel[..], &["--execute", "--confirm", VERSION]].concat(),
        &["cancelled already", "quorate run"],
    );
}
