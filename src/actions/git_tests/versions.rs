// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `set-versions`, and the probes `branch-at-version` and `edits-hold`.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;
use crate::probes::{BranchAtVersion, EditsHold};

fn rule(files: &str) -> Value {
    json!({ "kind": "text", "files": files, "find": "version = @OLD@", "replace": "version = @NEW@" })
}

fn with(reference: &str, start: Option<&str>) -> Value {
    json!({
        "ref": reference, "start": start, "rules": [[rule("{VERSION,bin/run}")]], "authority": rule("VERSION"),
        "to": "3.4.0", "allow": [{ "files": "CHANGES", "why": "it tells what was" }], "message": "Set @NEW@",
    })
}

fn set(reference: &str, start: Option<&str>) -> SetVersions {
    action(with(reference, start))
}

const RC1: &str = "refs/heads/rc1";

/// A remote at 3.4-SNAPSHOT, and the clone's branch `rc1` at its tip.
fn world() -> World<'static> {
    let world = World::new();
    let clone = world.clone();
    fs::create_dir(clone.join("bin")).unwrap();
    fs::write(clone.join("bin/run"), "#!/bin/sh\n# version = 3.4-SNAPSHOT\n").unwrap();
    fs::set_permissions(clone.join("bin/run"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(clone.join("CHANGES"), "3.4-SNAPSHOT was begun\n").unwrap();
    world.git(&["add", "."]);
    world.repositories.commit("VERSION", "version = 3.4-SNAPSHOT\n", "3.4-SNAPSHOT");
    world.git(&["push", "-q", "origin", "main"]);
    world.git(&["branch", "rc1"]);
    world
}

fn tip(world: &World<'_>) -> String {
    world.repositories.at("main")
}

#[test]
fn one_commit_sets_it_and_the_working_tree_stays() {
    let world = world();
    // A version that is checked out is another's affair, as are its timestamps.
    let index = fs::read(world.clone().join(".git/index")).unwrap();
    let start = tip(&world);
    let outputs = world.run(&set(RC1, Some(&start)));
    let commit = world.repositories.at("rc1");
    assert_eq!(
        outputs,
        json!({
            "ref": RC1, "commit": commit, "parent": start, "from": "3.4-SNAPSHOT", "to": "3.4.0",
            "files": ["VERSION", "bin/run"],
        })
    );
    assert_eq!(world.git(&["show", "rc1:VERSION"]), "version = 3.4.0\n");
    assert!(world.git(&["ls-tree", "rc1", "bin/"]).starts_with("100755 blob"));
    assert_eq!(
        world.git(&["log", "-1", "--format=%an|%ae|%aI|%cI|%B", "rc1"]),
        "Ann Example|ann@example.org|2026-11-21T09:00:00+00:00|2026-11-21T09:00:00+00:00|Set 3.4.0\n\n"
    );
    assert_eq!(world.git(&["fsck", "--strict", "--no-dangling"]), "");
    assert_eq!(world.git(&["status", "--porcelain"]), "");
    assert_eq!(fs::read(world.clone().join(".git/index")).unwrap(), index);
    assert_eq!(tip(&world), start);

    world.git(&["switch", "-q", "rc1"]);
    let (what, _) = refused(set(RC1, None).undo(&world.cx(), &outputs).unwrap_err());
    assert!(what.starts_with("rc1 is checked out in "), "{what}");
    world.git(&["switch", "-q", "main"]);
    for _ in 0..2 {
        set(RC1, None).undo(&world.cx(), &outputs).unwrap();
        assert_eq!(world.repositories.at("rc1"), start);
    }
    assert_eq!(world.run(&set(RC1, Some(&start)))["commit"], commit, "the same intention, the same commit");
    world.git(&["branch", "-q", "-f", "rc1", &format!("{start}~1")]);
    assert!(is_conflict(set(RC1, None).undo(&world.cx(), &outputs)));
}

#[test]
fn an_interruption_anywhere_comes_to_the_same_commit() {
    let world = world();
    let start = tip(&world);
    let expected = world.run(&set(RC1, Some(&start)));
    for point in 0..2 {
        world.git(&["branch", "-q", "-f", "rc1", &start]);
        assert!(world.killed_at(&set(RC1, Some(&start)), point));
        assert_eq!(world.repositories.at("rc1") == start, point == 0);
        assert_eq!(world.resume(&set(RC1, Some(&start))), expected);
    }
}

#[test]
fn the_remotes_branch_is_the_start_even_when_it_has_gone_on() {
    let world = world();
    let own = "refs/quorate/heads/main";
    let next = set(own, Some("origin/main"));
    let moved = world.repositories.others_commit("main", "b", "b", "by another");
    let outputs = world.run(&next);
    assert_eq!((&outputs["parent"], tip(&world) == moved), (&json!(moved), false));
    assert_eq!(world.git(&["status", "--porcelain"]), "", "though main is checked out");
    let push: Push = action(json!({ "updates": [{ "ref": own, "to": "refs/heads/main" }] }));

    // Somebody is faster: take it back, and make it anew on the new tip.
    let moved = world.repositories.others_commit("main", "c", "c", "by another");
    assert!(matches!(next.probe(&world.cx()).unwrap(), Probed::Done(_)));
    world.conflict(&push);
    next.undo(&world.cx(), &outputs).unwrap();
    let outputs = world.run(&next);
    assert_eq!(outputs["parent"], moved);
    world.run(&push);
    assert_eq!(next.probe(&world.cx()).unwrap(), Probed::Done(outputs), "and when it is pushed");

    // The next release finds the ref where this one has left it.
    world.repositories.others_commit("main", "VERSION", "version = 3.5-SNAPSHOT\n", "by another");
    let moved = world.repositories.others_commit("main", "bin/run", "version = 3.5-SNAPSHOT\n", "by another");
    let mut later = with(own, Some("origin/main"));
    later["to"] = json!("3.6-SNAPSHOT");
    assert_eq!(world.run(&action::<SetVersions>(later))["parent"], moved);
}

#[test]
fn what_was_set_by_hand_is_done_and_whatever_else_is_there_is_in_the_way() {
    let world = world();
    let start = tip(&world);
    let set = set(RC1, Some(&start));
    world.git(&["switch", "-q", "rc1"]);
    let commit = |version: &str| {
        fs::write(world.clone().join("bin/run"), format!("#!/bin/sh\n# version = {version}\n")).unwrap();
        world.git(&["add", "bin/run"]);
        world.repositories.commit("VERSION", &format!("version = {version}\n"), "by hand")
    };
    let by_hand = commit("3.4.0");
    let Probed::Done(outputs) = set.probe(&world.cx()).unwrap() else { panic!() };
    assert_eq!((&outputs["commit"], &outputs["parent"]), (&json!(by_hand), &json!(start)));
    let more = world.repositories.commit("more", "x", "something else");
    let (found, expected) = world.conflict(&set);
    assert_eq!(found, format!("refs/heads/rc1 at {more}"));
    assert!(expected.starts_with(&start), "{expected}");
    assert!(is_conflict(set.act(&world.cx())));
    world.git(&["reset", "-q", "--hard", &start]);
    let more = world.repositories.commit("more", "x", "not in the official branch");
    let (found, _) = world.conflict(&set);
    assert_eq!(found, format!("refs/heads/rc1 at {more}"), "it would slip into the release");
}

#[test]
fn what_needs_no_change_is_no_commit() {
    let world = world();
    let mut with = with("refs/quorate/heads/main", Some("origin/main"));
    with["to"] = json!("3.4-SNAPSHOT");
    let set: SetVersions = action(with);
    let outputs = world.run(&set);
    assert_eq!((&outputs["commit"], &outputs["files"]), (&json!(tip(&world)), &json!([])));
    assert_eq!(outputs["parent"], outputs["commit"]);
    assert_eq!(set.reversal(&outputs), Reversal::NothingToUndo);
}

#[test]
fn what_is_left_and_what_hits_nothing_is_refused_by_place() {
    let world = world();
    world.repositories.commit("docs/a.md", "x\nhas 3.4-SNAPSHOT\n", "one more place");
    world.git(&["branch", "-q", "-f", "rc1"]);
    let before = world.all();
    let (what, _) = refused(set(RC1, None).act(&world.cx()).unwrap_err());
    assert_eq!(what, "3.4-SNAPSHOT would still stand in 1 places:\n  docs/a.md:2: 3.4-SNAPSHOT");
    let mut missing = with(RC1, None);
    missing["rules"][0][0] = rule("none");
    let (what, _) = refused(action::<SetVersions>(missing).act(&world.cx()).unwrap_err());
    assert!(what.contains("none"), "{what}");
    let mut no_authority = with(RC1, None);
    no_authority["authority"] = Value::Null;
    let error = action::<SetVersions>(no_authority).act(&world.cx()).unwrap_err();
    assert!(matches!(error, ActionError::Misconfigured { .. }), "{error:?}");
    assert_eq!(world.all(), before);
    for (reference, start, expected) in [
        ("refs/heads/none", None, "refs/heads/none is not there"),
        ("refs/heads/none", Some("origin/none"), "the remote `origin` has no branch `none`"),
        ("refs/heads/none", Some("1111111111111111111111111111111111111111"), "is not in the clone"),
    ] {
        let (what, _) = refused(set(reference, start).act(&world.cx()).unwrap_err());
        assert!(what.contains(expected), "{what}");
    }
    assert_eq!(world.all(), before);
    assert_eq!(set("refs/heads/main", None).problems(&world.cx()).unwrap().len(), 1, "it is checked out");
}

#[test]
fn a_symbolic_link_is_not_followed() {
    let world = world();
    fs::remove_file(world.clone().join("VERSION")).unwrap();
    symlink("bin/run", world.clone().join("VERSION")).unwrap();
    world.git(&["add", "VERSION"]);
    world.git(&["commit", "-q", "-m", "a link"]);
    world.git(&["branch", "-q", "-f", "rc1"]);
    let (what, _) = refused(set(RC1, None).act(&world.cx()).unwrap_err());
    assert!(what.contains("VERSION") && what.contains("no such file"), "{what}");
    let mut through = with(RC1, None);
    through["authority"] = rule("bin/run");
    let outputs = world.run(&action::<SetVersions>(through));
    assert_eq!(outputs["files"], json!(["bin/run"]));
    assert!(world.git(&["ls-tree", "rc1", "VERSION"]).starts_with("120000 blob"));
}

#[test]
fn the_remotes_tree_is_asked_and_not_the_clones() {
    let world = world();
    let at = |version: &str| -> BranchAtVersion {
        action(json!({ "branch": "main", "authority": rule("VERSION"), "version": version, "allow": [] }))
    };
    holds(at("3.4-SNAPSHOT").examine(&world.cx()).unwrap());
    assert_eq!(fails(at("3.4.0").examine(&world.cx()).unwrap()), ["main is at 3.4-SNAPSHOT, expected 3.4.0"]);
    let edits = |value: &str| -> EditsHold {
        let rule = json!({ "kind": "text", "files": "CHANGES", "find": "was begun", "replace": value });
        action(json!({ "branch": "main", "rules": [[rule]] }))
    };
    let differs = fails(edits("is out").examine(&world.cx()).unwrap());
    assert_eq!(differs, ["CHANGES:1: found `was begun`, expected `is out` (rule text `was begun` in CHANGES)"]);
    world.repositories.others_commit("main", "CHANGES", "3.4 is out\n", "by another");
    holds(edits("is out").examine(&world.cx()).unwrap());
    fails(edits("is gone").examine(&world.cx()).unwrap());
    world.repositories.others_commit("main", "VERSION", "version = 3.5-SNAPSHOT\n", "by another");
    let faults = fails(at("3.5-SNAPSHOT").examine(&world.cx()).unwrap());
    assert_eq!(faults, ["bin/run:2: 3.4-SNAPSHOT"]);
    for finding in [
        action::<EditsHold>(json!({ "branch": "none", "rules": [] })).examine(&world.cx()),
        action::<BranchAtVersion>(json!({ "branch": "none", "authority": rule("VERSION"), "version": "1" }))
            .examine(&world.cx()),
    ] {
        assert_eq!(fails(finding.unwrap()), ["the remote `origin` has no branch none"]);
    }
}
