// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A release that stops names the command that goes on, and it does.

use std::fs;
use std::process::{Command, Stdio};

use crate::faults::{Rehearsal, hook, run, said};
use crate::user::{User, VERSION};

/// The program as the release manager of a rehearsal would run it.
fn quorate(rehearsal: &Rehearsal, code: i32, arguments: &[&str]) -> String {
    let world = rehearsal.world();
    let output = Command::new(env!("CARGO_BIN_EXE_quorate"))
        .args(arguments)
        .env("QUORATE_STATE", world.join("state"))
        .env("GNUPGHOME", world.join("gnupg"))
        .env("HOME", world.join("home"))
        .current_dir(&world)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = said(&output);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    said
}

#[test]
fn a_colleague_who_pushed_first_stays_and_the_step_to_take_back_is_named() {
    let rehearsal = Rehearsal::after("decide");
    let remote = rehearsal.world().join("remote.git");
    let update = remote.join("hooks/update");
    hook(&update, "test \"$1\" != refs/heads/main");
    rehearsal.stops(1, &["push-main"]);
    fs::remove_file(&update).unwrap();
    let colleague = rehearsal.world().join("colleague");
    run(&rehearsal.world(), "git", &["clone", "--quiet", "remote.git", "colleague"]);
    fs::write(colleague.join("note.txt"), "mine\n").unwrap();
    run(&colleague, "git", &["add", "note.txt"]);
    run(&colleague, "git", &["commit", "--quiet", "--message", "A change of mine"]);
    run(&colleague, "git", &["push", "--quiet", "origin", "HEAD:main"]);
    rehearsal.stops(5, &["push-main", "quorate undo set-next-snapshot"]);
    quorate(&rehearsal, 0, &["undo", "set-next-snapshot", "--execute"]);
    rehearsal.ends_well();
    assert!(run(&remote, "git", &["log", "--format=%s", "main"]).contains("A change of mine"));
}

#[test]
fn a_clone_that_was_moved_and_a_key_that_is_gone_are_wrong_set_up_with_a_way_out() {
    let rehearsal = Rehearsal::after("prepare");
    let world = rehearsal.world();
    fs::rename(world.join("clone"), world.join("moved")).unwrap();
    let said = quorate(&rehearsal, 2, &["run", "create-candidate-branch", "--execute"]);
    assert!(said.contains("quorate take-over --repo PATH --why"), "{said}");
    let moved = world.join("moved").display().to_string();
    quorate(&rehearsal, 0, &["take-over", "--repo", &moved, "--why", "another disk"]);
    quorate(&rehearsal, 0, &["run", "create-candidate-branch", "set-candidate-version", "--execute"]);
    let keys = world.join("gnupg/private-keys-v1.d");
    fs::rename(&keys, world.join("keys.away")).unwrap();
    run(&world, "gpgconf", &["--homedir", &world.join("gnupg").display().to_string(), "--kill", "all"]);
    let said = quorate(&rehearsal, 2, &["run", "tag-candidate", "--execute"]);
    assert!(said.contains("tag-candidate") && said.contains("hint:"), "{said}");
}

#[test]
fn a_tag_that_somebody_moved_stays_and_taking_it_back_can_be_dropped() {
    let rehearsal = Rehearsal::after("build");
    let remote = rehearsal.world().join("remote.git");
    let name = "refs/tags/release-1.2.0-rc1";
    let tag = run(&remote, "git", &["rev-parse", name]);
    run(&remote, "git", &["update-ref", name, "main"]);
    let moved = run(&remote, "git", &["rev-parse", name]);
    let said = quorate(&rehearsal, 5, &["undo", "push-candidate-tags", "--execute"]);
    assert!(said.contains(moved.trim()) && said.contains("--drop --why"), "{said}");
    assert_eq!(run(&remote, "git", &["rev-parse", name]), moved);
    let said = quorate(&rehearsal, 3, &["run", "--execute"]);
    assert!(said.contains("with --drop it ends there"), "{said}");
    quorate(&rehearsal, 0, &["undo", "push-candidate-tags", "--drop", "--why", "Bob puts it right"]);
    run(&remote, "git", &["update-ref", name, tag.trim()]);
    rehearsal.ends_well();
}

#[test]
fn a_gnupg_home_that_is_not_there_is_wrong_set_up() {
    let user = User::looking().with("GNUPGHOME", "/nowhere/at/all");
    user.refused(2, &["start", VERSION, "--product", "sample"], &["/nowhere/at/all", "$GNUPGHOME"]);
}

#[test]
fn a_step_that_is_done_is_said_to_be_done() {
    let user = User::looking().started();
    user.runs(0, &["attest", "make-the-case", "--note", "Many fixes"]);
    let commands: [&[&str]; 2] = [&["run", "make-the-case"], &["run", "make-the-case", "--execute"]];
    for command in commands {
        let ran = user.runs(0, command);
        assert!(ran.err.contains("`make-the-case` is done already") && ran.out.is_empty(), "{}{}", ran.err, ran.out);
        assert!(!ran.err.contains("Nothing was done"), "{}", ran.err);
    }
}
