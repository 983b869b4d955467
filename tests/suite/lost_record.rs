// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A record that was lost: it is said, the release's tags are left alone, and the
//! release goes on in a new record.

use std::fs;
use std::process::Command;

use crate::user::{Place, User, VERSION};

const START: [&str; 4] = ["start", VERSION, "--product", "sample"];
const AGAIN: [&str; 5] = ["start", VERSION, "--product", "sample", "--again"];

#[test]
fn a_journal_that_is_missing_is_said_by_every_command_and_a_new_one_can_begin() {
    let user = User::looking().started();
    user.runs(0, &["attest", "make-the-case", "--note", "Many fixes"]);
    fs::remove_file(user.record("journal.jsonl")).unwrap();
    let says = [&*user.record("journal.jsonl").display().to_string(), "is missing", "start VERSION --again"];
    let reading: [&[&str]; 4] = [&["status"], &["log"], &["plan"], &["run"]];
    for command in reading {
        user.refused(2, command, &says);
    }
    let writing: [&[&str]; 2] = [&["run", "--execute"], &["skip", "make-the-case", "--why", "lost"]];
    for command in writing {
        user.refused(2, command, &says);
    }
    user.refused(2, &START, &says);
    user.runs(0, &AGAIN);
    let status = user.runs(0, &["status"]).out;
    assert!(status.contains("Next: make-the-case"), "{status}");
    assert!(user.record("journal.head-lost-1").exists(), "the old head is kept");
    user.refused(2, &AGAIN, &["is recorded already"]);
}

#[test]
fn an_empty_journal_with_a_head_is_a_lost_one_too() {
    let user = User::looking().started();
    fs::write(user.record("journal.jsonl"), "").unwrap();
    user.refused(2, &["status"], &["has 0 of the 1 lines"]);
    user.runs(0, &AGAIN);
    user.runs(0, &["status"]);
}

#[test]
fn a_release_whose_tag_is_there_goes_on_when_its_record_was_lost() {
    let user = User::at(std::sync::Arc::new(Place::new()));
    let clone = user.place.world.clone_path();
    let tag = format!("release-{VERSION}");
    let git = |arguments: &[&str]| {
        let output = Command::new("git").arg("-C").arg(&clone).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    git(&["tag", &tag]);
    git(&["push", "--quiet", "origin", &tag]);
    let ran = user.refused(2, &START, &["1.2.0 is released already", &tag, "quorate start 1.2.0 --again"]);
    assert!(!ran.err.contains("delete"), "a release's tag is never deleted: {}", ran.err);
    user.runs(0, &AGAIN);
    user.runs(0, &["status"]);
    git(&["rev-parse", "--verify", "--quiet", &tag]);
}

#[test]
fn a_head_that_says_nothing_is_refused() {
    let user = User::looking().started();
    fs::write(user.record("journal.head"), "garbage").unwrap();
    let head = user.record("journal.head").display().to_string();
    user.refused(2, &["status"], &[&head, "is no head of a journal"]);
    fs::write(user.record("journal.head"), "").unwrap();
    user.runs(0, &["status"]);
}
