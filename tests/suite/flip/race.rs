// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The same number is given once, however many ask for it at the same moment.

use std::collections::BTreeSet;
use std::process::{Child, Stdio};

use super::Desk;
use crate::user::Ran;

const MANY: usize = 50;

/// What so many commands that run at once came to: each one's number.
fn numbers(children: Vec<Child>) -> BTreeSet<u64> {
    let ended = children.into_iter().map(|child| Ran::of(child.wait_with_output().unwrap()));
    let numbers: Vec<u64> = ended
        .map(|ran| {
            assert_eq!(ran.code, 0, "{}", ran.err);
            ran.json()["number"].as_u64().unwrap()
        })
        .collect();
    assert_eq!(numbers.len(), MANY);
    numbers.into_iter().collect()
}

fn spawn(desk: &Desk, registry: &str, arguments: &[&str]) -> Child {
    desk.command(registry, arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn fifty_at_once_in_one_registry_get_fifty_numbers() {
    let desk = Desk::begun();
    let children =
        (0..MANY).map(|number| spawn(&desk, "r", &["new", &format!("Proposal {number}"), "--json"])).collect();
    assert_eq!(numbers(children), (1..=MANY as u64).collect());
    assert_eq!(desk.git("r", &["status", "--porcelain"]), "");
    assert_eq!(desk.errors(), [""; 0]);
}

#[test]
fn fifty_at_once_in_fifty_clones_get_fifty_numbers() {
    let desk = Desk::begun();
    desk.git(".", &["clone", "-q", "--bare", "r", "remote.git"]);
    for number in 0..MANY {
        desk.git(".", &["clone", "-q", "remote.git", &format!("c{number}")]);
    }
    let spawn_in =
        |number: usize| spawn(&desk, &format!("c{number}"), &["new", &format!("P {number}"), "--json", "--execute"]);
    let given = numbers((0..MANY).map(spawn_in).collect());
    assert_eq!(given, (1..=MANY as u64).collect());
    let pages = desk.git("remote.git", &["ls-tree", "--name-only", "main", "flips/"]);
    assert_eq!(pages.lines().count(), MANY);
    for clone in ["c0", "c49"] {
        assert_eq!(desk.git(clone, &["status", "--porcelain"]), "");
    }
}

#[test]
fn a_number_that_was_used_is_never_given_again() {
    let desk = Desk::begun();
    for title in ["A", "B"] {
        desk.runs(0, &["new", title]);
    }
    // gone from the pages, from the ledger too, and still in the history
    desk.git("r", &["rm", "-q", "flips/FLIP-0002.md", "numbers"]);
    desk.git("r", &["commit", "-q", "-m", "gone"]);
    assert!(desk.runs(0, &["new", "C"]).out.starts_with("FLIP-3 "));
    // in the ledger alone
    desk.put("r/numbers", "FLIP-9 was somewhere else\n");
    assert!(desk.runs(0, &["new", "D"]).out.starts_with("FLIP-10 "));
    // what was written there by hand is in no commit of ours
    assert_eq!(desk.git("r", &["status", "--porcelain"]), " M numbers\n");
    desk.git("r", &["commit", "-q", "-a", "-m", "by hand"]);
    // in the head of a page whose file says otherwise, and on another branch
    desk.git("r", &["checkout", "-q", "-b", "side"]);
    assert!(desk.runs(0, &["new", "E"]).out.starts_with("FLIP-11 "));
    desk.git("r", &["checkout", "-q", "main"]);
    assert!(desk.runs(0, &["new", "F"]).out.starts_with("FLIP-12 "));
    desk.put("r/flips/FLIP-0001.md", "---\nnumber: 40\ntitle: \"FLIP-40: x\"\nstate: draft\n---\n");
    assert!(desk.runs(0, &["new", "G"]).out.starts_with("FLIP-41 "));
}

#[test]
fn what_goes_to_a_remote_is_shown_first() {
    let desk = Desk::begun();
    desk.git(".", &["clone", "-q", "--bare", "r", "remote.git"]);
    desk.git(".", &["clone", "-q", "remote.git", "c"]);
    let run = |arguments: &[&str]| Ran::of(desk.command("c", arguments).output().unwrap());
    let shown = run(&["new", "A"]);
    assert_eq!(shown.code, 3, "{}", shown.err);
    for line in ["new      flips/FLIP-0001.md", "pushed to origin, branch main: FLIP-1", "Nothing was written"] {
        assert!(shown.err.contains(line), "{line}: {}", shown.err);
    }
    assert!(!desk.path("c/flips").exists());
    let local = run(&["new", "A", "--local"]);
    assert_eq!((local.code, desk.git("remote.git", &["ls-tree", "main", "flips/"]).as_str()), (0, ""), "{}", local.err);
    // somebody else pushes the same number meanwhile: both sides are named, nothing is lost
    desk.git(".", &["clone", "-q", "remote.git", "d"]);
    assert_eq!(Ran::of(desk.command("d", &["new", "B", "--execute"]).output().unwrap()).code, 0);
    let apart = run(&["new", "C", "--execute"]);
    assert!(
        apart.code == 5 && apart.err.contains("went apart") && apart.err.contains("pull --rebase"),
        "{}",
        apart.err
    );
}

#[test]
fn a_number_that_was_mistyped_stops_nobody() {
    let desk = Desk::begun();
    let row = r#"[{"number": 4294967295, "title": "FLIP-4294967295: A", "page": "1"}]"#;
    let file = desk.put("rows.json", row).display().to_string();
    desk.runs(0, &["import", &file]);
    assert_eq!(desk.errors(), ["number-far"]);
    assert!(desk.runs(0, &["new", "B"]).out.starts_with("FLIP-1 "));
}
