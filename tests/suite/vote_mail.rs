// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Votes by mail, as people and scripts use the commands: a relay and an archive on loopback.

use std::fs;
use std::process::Command;

use quorate::rehearsal::{PostOffice, SmtpAccount};

use crate::user::Ran;

const ROSTER: &str = r#"
project = "greeter"
member = [{ id = "ann", name = "Ann Example", emails = ["ann@example.org"], roles = ["pmc", "committer"] }]
"#;

/// Bylaws by which a vote can be ended at once.
const BYLAWS: &str = r#"
format = 1
title = "Bylaws of the hurried"
action = [
    { id = "flip", title = "FLIP", approval = "lazy-approval", escalates_to = "consensus", binding = "committer", minimum_days = 0, list = "dev" },
    { id = "plan", title = "Release plan", approval = "consensus", binding = "committer", minimum_days = 3, list = "dev" },
]
"#;

struct Desk {
    directory: tempfile::TempDir,
    post: PostOffice,
}

impl Desk {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let account = SmtpAccount { user: "ann".into(), password: "correct horse".into() };
        let post = PostOffice::start(&path("post"), account).unwrap();
        let product = post.configure(&crate::user::configuration()).unwrap();
        fs::create_dir_all(path("assets/release-config")).unwrap();
        fs::write(path("assets/release-config/sample.toml"), product).unwrap();
        fs::write(path("roster.toml"), ROSTER).unwrap();
        fs::write(path("bylaws.toml"), BYLAWS).unwrap();
        fs::write(path("about.txt"), "Functions can be paused.\n").unwrap();
        fs::write(path(".gitconfig"), "[user]\nname = Ann Example\nemail = ann@example.org\n").unwrap();
        Self { directory, post }
    }

    fn runs(&self, code: i32, arguments: &[&str]) -> Ran {
        let here = self.directory.path();
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
        command.current_dir(here).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", here).env("QUORATE_STATE", here.join("state")).env("QUORATE_ASSETS", here.join("assets"));
        command.env("QUORATE_SMTP_USER", "ann").env("QUORATE_SMTP_PASSWORD", "correct horse");
        let ran = Ran::of(command.args(arguments).output().unwrap());
        assert_eq!(ran.code, code, "{arguments:?}\n{}{}", ran.out, ran.err);
        assert!(!ran.err.contains("correct horse"));
        ran
    }

    fn opens(&self, code: i32, action: &str, title: &str, more: &[&str]) -> Ran {
        let usual =
            ["vote", "open", "--action", action, "--title", title, "--about", "about.txt", "--product", "sample"];
        let rules = ["--bylaws", "bylaws.toml", "--roster", "roster.toml"];
        self.runs(code, &[&usual[..], &rules, more].concat())
    }

    fn count(&self) -> usize {
        self.post.relay.store().mails().unwrap().len()
    }
}

#[test]
fn a_vote_from_its_opening_to_its_end_on_the_command_line() {
    let desk = Desk::new();
    let ran = desk.opens(0, "flip", "FLIP-7: Pause functions", &[]);
    assert!(
        ran.out.contains("Subject: [VOTE] FLIP-7: Pause functions") && ran.out.contains("Functions can be paused.")
    );
    assert!(ran.err.contains("Nothing was sent"), "{}", ran.err);
    assert_eq!((desk.count(), desk.directory.path().join("state").exists()), (0, false));
    let ran = desk.opens(0, "flip", "FLIP-7: Pause functions", &["--execute"]);
    assert!(ran.err.contains("│ Functions can be paused."), "it is shown all the same: {}", ran.err);
    desk.opens(0, "plan", "Release plan of 1.2", &["--execute"]);
    assert_eq!(desk.count(), 2);
    let list = desk.runs(0, &["vote", "list", "--json"]).json();
    let named: Vec<&str> = list.as_array().unwrap().iter().map(|vote| vote["name"].as_str().unwrap()).collect();
    assert_eq!(named, ["flip-7-pause-functions", "release-plan-of-1-2"]);
    assert_eq!(list[0]["state"], "open");
    let thread = list[0]["message_id"].as_str().unwrap().to_owned();
    assert!(desk.runs(2, &["vote", "show"]).err.contains("several votes are open"));
    // Votes are no releases: where none is under way, there is still none.
    assert!(desk.runs(2, &["status"]).err.contains("no release is under way"));
    let usual = ["--product", "sample", "--roster", "roster.toml", "--bylaws", "bylaws.toml", "--action", "flip"];
    let cast = ["vote", "cast", "-1", "--thread", &thread, "--execute"];
    assert!(desk.runs(2, &[&cast[..], &usual].concat()).err.contains("needs an explanation"));
    let cast = ["vote", "cast", "+1", "--thread", &thread, "--execute"];
    desk.runs(0, &[&cast[..], &usual].concat());
    desk.runs(0, &[&cast[..], &usual].concat());
    assert_eq!(desk.count(), 3, "the same ballot is cast once");
    let shown = desk.runs(0, &["vote", "show", "flip-7-pause-functions", "--json"]).json();
    assert_eq!(shown["tally"]["binding"]["plus"], 1);
    assert!(desk.runs(3, &["vote", "result", "release-plan-of-1-2", "--execute"]).err.contains("is open until"));
    let ended = desk.runs(0, &["vote", "result", "flip-7-pause-functions", "--execute", "--json"]);
    assert_eq!(ended.json()["outcome"], "passed");
    desk.runs(0, &["vote", "cancel", "--why", "The plan has the wrong year.", "--execute"]);
    assert_eq!(desk.count(), 5);
    let list = desk.runs(0, &["vote", "list"]).out;
    assert!(
        list.contains("flip-7-pause-functions  passed") && list.contains("release-plan-of-1-2  called off"),
        "{list}"
    );
    assert!(desk.runs(0, &["vote", "show", "flip-7-pause-functions"]).out.contains("It passed."));
}

#[test]
fn a_record_that_was_changed_is_refused() {
    let desk = Desk::new();
    desk.opens(0, "flip", "FLIP-8", &["--execute"]);
    let workflow = desk.directory.path().join("state/votes/flip-8/workflow.toml");
    let text = fs::read_to_string(&workflow).unwrap();
    fs::write(&workflow, text.replace("[\"{{ sender.list }}\"]", "[\"all@example.org\"]")).unwrap();
    let ran = desk.runs(2, &["vote", "result", "flip-8", "--execute"]);
    assert!(ran.err.contains("workflow.toml was changed"), "{}", ran.err);
    assert_eq!(desk.count(), 1);
}
