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

#[test]
fn a_repository_that_is_no_registry_stays_as_it_is() {
    let desk = Desk::new();
    desk.put("r/README.md", "A product.\n");
    desk.git("r", &["init", "--quiet"]);
    desk.git("r", &["add", "--all"]);
    desk.git("r", &["commit", "--quiet", "--message", "A product"]);
    let page = desk.put("rows.json", r#"[{"number": 1, "title": "FLIP-1: A", "page": "1"}]"#).display().to_string();
    for arguments in [&["new", "A"][..], &["new", "A", "--unnumbered"], &["lint"], &["list"], &["index", "--write"]] {
        let refused = desk.runs(2, arguments);
        assert!(refused.err.contains("is no registry of proposals"), "{arguments:?}: {}", refused.err);
        assert!(refused.err.contains("init` makes it one"), "{}", refused.err);
    }
    assert_eq!(desk.git("r", &["log", "--format=%s"]).trim(), "A product");
    assert_eq!(desk.git("r", &["status", "--short"]), "");
    desk.runs(0, &["init"]);
    desk.runs(0, &["import", &page]);
    assert!(desk.runs(0, &["new", "B"]).out.starts_with("FLIP-2 "));
}

#[test]
fn on_a_branch_of_ones_own_no_number_is_taken() {
    let desk = Desk::new();
    desk.git(".", &["init", "--quiet", "--bare", "--initial-branch=main", "remote.git"]);
    desk.git(".", &["clone", "--quiet", "remote.git", "r"]);
    desk.runs(0, &["init"]);
    desk.git("r", &["push", "--quiet", "--set-upstream", "origin", "main"]);
    desk.git(".", &["clone", "--quiet", "remote.git", "b"]);
    desk.git("b", &["checkout", "--quiet", "-b", "mine"]);
    assert!(desk.runs(0, &["new", "A", "--execute"]).out.starts_with("FLIP-1 "));
    let arguments = ["new", "B", "--execute"];
    let there = |code| Ran::sound(desk.command("b", &arguments).output().unwrap(), &arguments).ends(code, &arguments);
    let refused = there(5);
    assert!(refused.err.contains("on the branch mine") && refused.err.contains("switch main"), "{}", refused.err);
    assert_eq!(desk.git("remote.git", &["branch", "--format=%(refname:short)"]).trim(), "main");
    desk.git("b", &["switch", "--quiet", "main"]);
    assert!(there(0).out.starts_with("FLIP-2 "));
}

#[test]
fn a_number_that_hides_in_a_head_is_not_counted_from() {
    let desk = Desk::begun();
    desk.runs(0, &["new", "A"]);
    let page = desk.read("r/flips/FLIP-0001.md").replace("number: 1\n", "number: 5000\n");
    desk.put("r/flips/FLIP-0001.md", &page);
    let refused = desk.runs(2, &["new", "B"]);
    assert!(refused.err.contains("5000, is in the head of flips/FLIP-0001.md alone"), "{}", refused.err);
    desk.git("r", &["checkout", "--quiet", "flips/FLIP-0001.md"]);
    assert!(desk.runs(0, &["new", "B"]).out.starts_with("FLIP-2 "));
}

#[test]
fn of_two_pages_with_one_number_the_one_that_is_named_gets_another() {
    let desk = Desk::begun();
    desk.runs(0, &["new", "A"]);
    let page = desk.read("r/flips/FLIP-0001.md").replace(": A", ": B");
    desk.put("r/flips/FLIP-0001-2.md", &page);
    desk.git("r", &["add", "--all"]);
    desk.git("r", &["commit", "--quiet", "--message", "Twice"]);
    assert!(desk.errors().contains(&"number-twice".to_owned()));
    assert!(desk.runs(0, &["number", "flips/FLIP-0001-2.md"]).out.starts_with("FLIP-2 "));
    assert!(desk.read("r/flips/FLIP-0002.md").contains("title: \"FLIP-2: B\""));
    assert_eq!(desk.errors(), [""; 0]);
    assert!(desk.runs(2, &["number", "flips/FLIP-0002.md"]).err.contains("has a number already"));
}
