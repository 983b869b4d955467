// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A record that was lost: it is said, the release's tags are left alone, and the
//! release goes on in a new record.

use std::fs;
use std::process::Command;

use crate::faults::{Rehearsal, said};
use crate::user::{Place, Ran, User, VERSION};

const START: [&str; 4] = ["start", VERSION, "--product", "sample"];
const AGAIN: [&str; 5] = ["start", VERSION, "--product", "sample", "--again"];

#[test]
fn a_journal_that_is_missing_is_said_by_every_command_and_a_new_one_can_begin() {
    let user = User::looking().started();
    user.runs(0, &["attest", "make-the-case", "--note", "Many fixes"]);
    fs::remove_file(user.record("journal.jsonl")).unwrap();
    let says = [&*user.record("journal.jsonl").display().to_string(), "is missing", "start 1.2.0 --again"];
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
fn a_release_goes_on_by_the_files_that_it_was_under_way_by() {
    let user = User::looking().started();
    let own = |name: &str| fs::read_to_string(user.record(name)).unwrap() + "# as it was\n";
    let kept = [("product.toml", own("product.toml")), ("workflow.toml", own("workflow.toml"))];
    for (name, text) in &kept {
        fs::write(user.record(name), text).unwrap();
    }
    let record = fs::read_to_string(user.record("release.json")).unwrap();
    assert!(record.contains("\"rehearsal\": false"), "{record}");
    fs::write(user.record("release.json"), record.replace("\"rehearsal\": false", "\"rehearsal\": true")).unwrap();
    fs::remove_file(user.record("journal.jsonl")).unwrap();
    let workflow = user.record("workflow.toml").display().to_string();
    user.refused(2, &[&AGAIN[..], &["--workflow", "release"]].concat(), &["under way by", &workflow]);
    let ran = user.runs(0, &AGAIN);
    for (name, text) in &kept {
        assert_eq!(&fs::read_to_string(user.record(name)).unwrap(), text, "{name} was written over");
        assert!(ran.err.contains(&user.record(name).display().to_string()), "{}", ran.err);
    }
    assert!(ran.err.contains("It is a rehearsal, as it was before."), "{}", ran.err);
    let journal = fs::read_to_string(user.record("journal.jsonl")).unwrap();
    assert!(journal.contains("\"rehearsal\":true") && journal.contains("\"begun_anew\":true"), "{journal}");
    user.runs(0, &["status"]);
}

/// A rehearsal whose journal is lost once a phase is completed, and begun anew.
struct Lost {
    rehearsal: Rehearsal,
    began: String,
}

impl Lost {
    fn after(phase: &str) -> Self {
        Self::of(Rehearsal::after(phase))
    }

    fn of(rehearsal: Rehearsal) -> Self {
        let world = rehearsal.world();
        fs::remove_file(world.join("state/sample").join(VERSION).join("journal.jsonl")).unwrap();
        let lost = Self { rehearsal, began: String::new() };
        let clone = world.join("clone").display().to_string();
        let began = lost.runs(0, &[&AGAIN[..], &["--repo", &clone]].concat());
        Self { began, ..lost }
    }

    fn runs(&self, code: i32, arguments: &[&str]) -> String {
        let world = self.rehearsal.world();
        let output = Command::new(env!("CARGO_BIN_EXE_quorate"))
            .args(arguments)
            .env("QUORATE_STATE", world.join("state"))
            .env("GNUPGHOME", world.join("gnupg"))
            .env("HOME", world.join("home"))
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        said
    }

    fn remote(&self, arguments: &[&str]) -> String {
        crate::faults::run(&self.rehearsal.world().join("remote.git"), "git", arguments)
    }
}

const CANCEL: [&str; 6] = ["cancel-candidate", "--why", "x", "--execute", "--confirm", VERSION];

#[test]
fn a_candidate_whose_journal_was_lost_is_found_again_and_voted_on() {
    let lost = Lost::after("build");
    for words in ["There is of candidate 1: ", "the tag release-1.2.0-rc1 at the remote", "goes on with candidate 1"] {
        assert!(lost.began.contains(words), "`{words}` is not in {}", lost.began);
    }
    let tags = lost.remote(&["show-ref", "--tags"]);
    lost.rehearsal.ends_well();
    for line in tags.lines().filter(|line| !line.contains("-rc1")) {
        assert!(lost.remote(&["show-ref", "--tags"]).contains(line), "{line} was moved");
    }
}

#[test]
fn a_candidate_that_people_vote_on_is_not_cancelled_before_the_mail_of_its_vote_is_found_again() {
    let rehearsal = Rehearsal::after("build");
    crate::cancelling::killed_in_the_vote(&rehearsal);
    let lost = Lost::of(rehearsal);
    // The simulated clock has not moved yet, so that commands of a person can be given.
    let output = lost.rehearsal.run(&["--to", "prepare"]);
    assert!(output.status.success(), "{}", said(&output));
    lost.runs(0, &["run", "create-candidate-branch", "--execute"]);
    let refused = lost.runs(2, &CANCEL);
    assert!(refused.contains("vote-rc1.eml") && refused.contains("`send-vote` is not found again yet"), "{refused}");
    assert!(lost.remote(&["tag", "--list"]).contains("release-1.2.0-rc1"));
    lost.rehearsal.ends_well();
}

#[test]
fn of_a_release_that_is_out_no_candidate_is_built_or_cancelled_in_a_new_record() {
    let lost = Lost::after("finalize");
    for words in ["There is of the release: ", "the tag release-1.2.0 at the remote", "cannot carry it on"] {
        assert!(lost.began.contains(words), "`{words}` is not in {}", lost.began);
    }
    let refs = lost.remote(&["show-ref"]);
    lost.rehearsal.stops(1, &["not-released", "it is released, or begun to be: the tag release-1.2.0"]);
    lost.runs(2, &CANCEL);
    assert_eq!(lost.remote(&["show-ref"]), refs);
}

/// A rehearsal loses its journal when main has gone on after the release branch was
/// cut; what was done is found done, and no mail goes out twice.
#[test]
fn a_release_whose_journal_was_lost_goes_on_to_its_end() {
    let user = User::looking();
    let world = user.path("w");
    let keep = world.display().to_string();
    let rehearse = |more: &[&str]| user.runs(0, &[&["rehearse", "--stand-ins", "--keep", &keep][..], more].concat());
    rehearse(&["--to", "prepare"]);
    let record = world.join("state/sample").join(VERSION);
    fs::remove_file(record.join("journal.jsonl")).unwrap();
    let (state, clone) = (world.join("state"), world.join("clone"));
    let place = ["--state".to_owned(), state.display().to_string()];
    let run = |arguments: &[&str]| {
        let all: Vec<&str> = place.iter().map(String::as_str).chain(arguments.iter().copied()).collect();
        Ran::of(user.command(&all).env("GNUPGHOME", world.join("gnupg")).output().unwrap())
    };
    let clone = clone.display().to_string();
    let ran = run(&[&AGAIN[..], &["--repo", &clone]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    rehearse(&["--to", "vote"]);
    // The simulated clock is days ahead of the machine's.
    let journal = fs::read(record.join("journal.jsonl")).unwrap();
    let ran = run(&["cancel-candidate", "--why", "x", "--execute", "--confirm", VERSION]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("the clock shows") && ran.err.contains("quorate rehearse --keep"), "{}", ran.err);
    assert_eq!(fs::read(record.join("journal.jsonl")).unwrap(), journal);
    rehearse(&[]);
    let mails = fs::read_dir(world.join("mail/mails")).unwrap().map(|mail| fs::read(mail.unwrap().path()).unwrap());
    let proposals =
        mails.filter(|mail| String::from_utf8_lossy(mail).contains("Subject: [DISCUSS] Release of")).count();
    assert_eq!(proposals, 1);
    let _ = quorate::services::OpenPgp::stop_agent(&world.join("gnupg"));
}

#[test]
fn files_that_cannot_be_used_are_named_and_left() {
    let user = User::looking().started();
    fs::remove_file(user.record("journal.jsonl")).unwrap();
    fs::write(user.record("product.toml"), "format = 1\nid = ").unwrap();
    user.refused(2, &AGAIN, &[&user.record("product.toml").display().to_string()]);
    fs::remove_file(user.record("product.toml")).unwrap();
    fs::write(user.record("release.json"), "{}").unwrap();
    user.refused(2, &AGAIN, &[&user.record("release.json").display().to_string(), "restore it from a copy"]);
}

#[test]
fn without_its_head_too_a_lost_journal_is_not_begun_over_by_a_plain_start() {
    let user = User::looking().started();
    fs::remove_file(user.record("journal.jsonl")).unwrap();
    fs::remove_file(user.record("journal.head")).unwrap();
    user.put(&format!("state/sample/{VERSION}/mails/vote-rc1.eml"), "Subject: x\n\n");
    user.refused(2, &START, &["is missing", "start 1.2.0 --again"]);
    user.runs(0, &AGAIN);
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
