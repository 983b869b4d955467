// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A release's record that was changed, cut or torn, is held by another, or cannot be
//! written: it is refused or set aside, and told of.

use std::fs;

use crate::bad_input::START;
use crate::user::{User, VERSION};

#[test]
fn what_a_release_was_started_with_must_stay() {
    for file in ["workflow.toml", "product.toml"] {
        let user = User::looking().started();
        let path = user.record(file);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replacen("72", "1", 1) + "\n").unwrap();
        for command in [&["status"][..], &["plan"], &["run", "--execute"], &["log"], &["guide"]] {
            user.refused(2, command, &[&path.display().to_string(), "was changed", "put back"]);
        }
        fs::remove_file(&path).unwrap();
        user.refused(2, &["status"], &[&path.display().to_string(), "cannot read", "restore it"]);
    }
}

#[test]
fn an_edited_journal_is_refused_with_its_line() {
    let user = User::looking().started();
    user.runs(0, &["attest", "make-the-case", "--note", "it is time"]);
    user.runs(0, &["skip", "propose-release", "--why", "known"]);
    let path = user.record("journal.jsonl");
    let good = fs::read_to_string(&path).unwrap();
    let place = |line: usize| format!("{}:{line}:", path.display());
    for (text, line, why) in [
        (good.replacen("it is time", "it is late", 1), 3, "the chain is broken"),
        (
            good.lines().enumerate().filter(|(index, _)| *index != 1).map(|(_, line)| format!("{line}\n")).collect(),
            2,
            "the chain is broken",
        ),
        (good.replacen("{\"v\":1", "{\"v\":9", 1), 1, "version 9"),
        (good.replacen("\"seq\":0", "\"sequence\":0", 1), 1, "unknown field `sequence`"),
        (good.replacen("\"known\"", "\"unknown\"", 1), 3, "not what it was when it was written"),
        (format!("nonsense\n{good}"), 1, "no line of a journal"),
        (format!("{good}\n"), 4, "no line of a journal"),
    ] {
        fs::write(&path, &text).unwrap();
        for command in [&["status"][..], &["run", "--execute"], &["log"]] {
            user.refused(2, command, &[&place(line), why]);
        }
    }
    let two: String = good.lines().take(2).map(|line| format!("{line}\n")).collect();
    for (text, left) in [(two.as_str(), 2), ("", 0)] {
        fs::write(&path, text).unwrap();
        user.refused(2, &["status"], &[&format!("has {left} of the 3 lines that were written"), "restore it"]);
        user.refused(2, &["run", "--execute"], &["the end is missing"]);
    }
    fs::remove_file(user.record("journal.head")).unwrap();
    user.refused(2, &["status"], &[&path.display().to_string(), "is empty", "`quorate start` again"]);
}

#[test]
fn a_torn_line_is_told_of_and_set_aside_by_who_writes() {
    let user = User::looking().started();
    user.runs(0, &["attest", "make-the-case", "--note", "it is time"]);
    let path = user.record("journal.jsonl");
    let whole = fs::read_to_string(&path).unwrap();
    let torn = "{\"v\":1,\"seq\":2,\"at\":\"2026-";
    fs::write(&path, format!("{whole}{torn}")).unwrap();
    let before = user.listing();
    let ran = user.runs(0, &["status", "--json"]);
    assert_eq!(user.listing(), before, "reading wrote something");
    assert!(ran.err.contains("warning:") && ran.err.contains("torn"), "{}", ran.err);
    assert_eq!(ran.json()["next"], serde_json::json!(["propose-release"]));
    let ran = user.runs(0, &["skip", "propose-release", "--why", "known"]);
    assert!(ran.err.contains("warning:") && ran.err.contains("journal.torn-2"), "{}", ran.err);
    assert_eq!(fs::read_to_string(user.record("journal.torn-2")).unwrap(), torn);
    assert!(fs::read_to_string(&path).unwrap().starts_with(&whole));
    assert_eq!(user.runs(0, &["status"]).err, "");
}

#[test]
fn a_second_writer_is_refused_and_a_reader_is_not() {
    let user = User::looking().started();
    let lock = fs::OpenOptions::new().write(true).open(user.record("journal.lock")).unwrap();
    lock.lock().unwrap();
    let says = ["another run", "journal.jsonl", "wait for it to end"];
    user.refused(5, &["run", "--execute"], &says);
    user.refused(5, &["attest", "make-the-case", "--note", "x"], &says);
    user.refused(5, &["skip", "make-the-case", "--why", "x"], &says);
    user.refused(5, &["cancel-candidate", "--why", "x", "--execute", "--confirm", VERSION], &says);
    for command in ["status", "plan", "log", "guide"] {
        user.runs(0, &[command]);
    }
    drop(lock);
    user.runs(0, &["attest", "make-the-case", "--note", "x"]);
}

#[test]
fn a_state_directory_that_cannot_be_used_is_said_so() {
    let user = User::looking().without("QUORATE_STATE").with("HOME", "relative");
    user.refused(2, &["status"], &["QUORATE_STATE", "XDG_STATE_HOME", "HOME", "set QUORATE_STATE"]);
    // a job may have no such variable, and the system knows the user's home
    let user = User::looking().without("QUORATE_STATE").without("HOME");
    let file = user.put("some", "").display().to_string();
    user.runs(0, &["hash", &file]);
    let user = User::looking();
    let file = user.put("occupied", "").display().to_string();
    // Even for root a file is no directory.
    user.refused(4, &[&["--state", &file], &START[..]].concat(), &[&file, "--state"]);
    user.refused(
        4,
        &["--state", "/proc/nothing", "start", VERSION, "--product", "sample"],
        &["/proc/nothing", "--state"],
    );
    let user = User::looking().without("QUORATE_STATE");
    let home = user.put("home/x", "").parent().unwrap().display().to_string();
    let user = user.with("HOME", &home).with("XDG_STATE_HOME", "relative").started();
    assert!(std::path::Path::new(&home).join(".local/state/quorate/sample/1.2.0/journal.jsonl").exists());
    user.runs(0, &["status"]);
}
