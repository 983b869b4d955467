// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `create-branch` and `track-branch`.

use super::*;

fn create() -> CreateBranch {
    action(json!({ "branch": "release-3.4", "from": "main" }))
}

fn track() -> TrackBranch {
    action(json!({ "branch": "release-3.4" }))
}

#[test]
fn a_branch_begins_at_the_remotes_tip_and_the_working_tree_stays() {
    let world = World::new();
    let tip = world.repositories.others_commit("main", "b", "b", "by another");
    let head = world.repositories.at("HEAD");
    let outputs = world.run(&create());
    assert_eq!(outputs, json!({ "branch": "release-3.4", "commit": tip, "from": "main" }));
    assert_eq!(world.repositories.at("refs/heads/release-3.4"), tip);
    assert_eq!(world.repositories.at("HEAD"), head);
    assert_eq!(world.git(&["status", "--porcelain"]), "");
    assert_eq!(world.repositories.at_remote("refs/heads/release-3.4"), "");

    world.git(&["switch", "-q", "release-3.4"]);
    let (what, _) = refused(create().undo(&world.cx(), &outputs).unwrap_err());
    assert!(what.starts_with("release-3.4 is checked out in "), "{what}");
    world.git(&["switch", "-q", "main"]);
    create().undo(&world.cx(), &outputs).unwrap();
    create().undo(&world.cx(), &outputs).unwrap();
    assert_eq!(world.repositories.at("refs/heads/release-3.4"), "");
    world.git(&["branch", "-q", "release-3.4", &head]);
    assert!(is_conflict(create().undo(&world.cx(), &outputs)), "a branch that was moved since stays");
}

#[test]
fn a_branch_is_not_made_over_another() {
    let world = World::new();
    let elsewhere = world.repositories.commit("a", "a", "not pushed");
    world.git(&["branch", "release-3.4"]);
    let (found, _) = world.conflict(&create());
    assert_eq!(found, format!("a local branch release-3.4 at {elsewhere}"));
    assert!(is_conflict(create().act(&world.cx())));
    world.git(&["branch", "-q", "-D", "release-3.4"]);
    world.git(&["push", "-q", "origin", "main:release-3.4"]);
    let (found, _) = world.conflict(&create());
    assert_eq!(found, format!("the branch release-3.4 at the remote, at {elsewhere}"));
    let none: CreateBranch = action(json!({ "branch": "x", "from": "none" }));
    let (what, _) = refused(none.act(&world.cx()).unwrap_err());
    assert_eq!(what, "the remote `origin` has no branch `none`");
    let odd: CreateBranch = action(json!({ "branch": "a b", "from": "main" }));
    assert!(matches!(odd.probe(&world.cx()), Err(ActionError::Misconfigured { .. })));
}

#[test]
fn a_branch_whose_record_was_lost_is_taken_up_where_it_was_cut_from_main() {
    let adopt: CreateBranch = action(json!({ "branch": "release-3.4", "from": "main", "adopt": true }));
    let world = World::new();
    let base = world.repositories.at("HEAD");
    world.repositories.remote_git(&["branch", "release-3.4", "main"]);
    let fix = world.repositories.others_commit("release-3.4", "fix", "fix", "a fix");
    world.repositories.others_commit("main", "b", "b", "main goes on");
    assert!(matches!(create().probe(&world.cx()).unwrap(), Probed::Conflict { .. }), "a first record takes up none");
    let outputs = world.run(&adopt);
    assert_eq!(outputs, json!({ "branch": "release-3.4", "commit": base, "from": "main", "found": fix }));
    assert_eq!(world.repositories.at("refs/heads/release-3.4"), fix);
    let again = world.repositories.others_commit("release-3.4", "fix", "again", "another fix");
    assert_eq!(world.run(&adopt)["found"], again, "a local branch that is behind is brought forward");

    world.git(&["update-ref", "refs/heads/release-3.4", &world.repositories.commit("c", "c", "ours alone")]);
    let (found, _) = world.conflict(&adopt);
    assert!(found.contains("has parted from the remote's"), "{found}");
}

#[test]
fn a_branch_that_stayed_in_the_clone_is_taken_up_only_where_it_starts_at_the_tip() {
    let values = json!({ "branch": "release-3.4-rc1", "from": "main", "adopt": true, "pushed": true });
    let adopt: CreateBranch = action(values);
    let world = World::new();
    let base = world.repositories.at("HEAD");
    let ours = world.repositories.commit("c", "c", "the version");
    world.git(&["update-ref", "refs/heads/release-3.4-rc1", &ours]);
    let found = || match adopt.probe(&world.cx()).unwrap() {
        Probed::Done(outputs) => outputs,
        other => panic!("{other:?}"),
    };
    assert_eq!((&found()["commit"], &found()["found"]), (&json!(base), &json!(ours)));
    world.repositories.others_commit("main", "b", "b", "main goes on");
    let (what, _) = world.conflict(&adopt);
    assert!(what.contains(&format!("which left the remote's main at {base}")), "{what}");
    world.git(&["push", "-q", "origin", "refs/heads/release-3.4-rc1"]);
    assert_eq!(found()["found"], ours, "others have it: it is the one");
}

#[test]
fn a_branch_with_another_history_is_nobodys_to_take_up() {
    let adopt: CreateBranch = action(json!({ "branch": "release-3.4", "from": "main", "adopt": true }));
    let world = World::new();
    assert_eq!(world.run(&adopt)["found"], Value::Null, "none is there: it is made");
    let world = World::new();
    let empty = world.git(&["hash-object", "-w", "-t", "tree", "/dev/null"]);
    let alien = world.git(&["commit-tree", empty.trim(), "-m", "another beginning"]);
    world.git(&["push", "-q", "origin", &format!("{}:refs/heads/release-3.4", alien.trim())]);
    let (_, expected) = world.conflict(&adopt);
    assert_eq!(expected, "one that was cut from the remote's main");
}

#[test]
fn a_branch_is_taken_up_only_where_it_left_at_the_commit_that_was_chosen() {
    let world = World::new();
    let chosen = world.repositories.at("HEAD");
    let tip = world.repositories.others_commit("main", "b", "b", "by another");
    let values = json!({ "branch": "release-3.4", "from": "main", "commit": chosen, "adopt": true });
    let adopt: CreateBranch = action(values);
    let made = world.run(&adopt);
    assert_eq!((&made["commit"], &made["found"]), (&json!(chosen), &Value::Null), "none is there: it is made");
    world.git(&["push", "-q", "origin", "refs/heads/release-3.4"]);
    let Probed::Done(found) = adopt.probe(&world.cx()).unwrap() else { panic!("it is there") };
    assert_eq!(found["commit"], chosen);
    world.git(&["fetch", "-q", "origin"]);
    world.git(&["push", "-q", "origin", &format!("{tip}:refs/heads/release-3.4")]);
    let (found, expected) = world.conflict(&adopt);
    assert_eq!(found, format!("the branch release-3.4 at {tip}, which left the remote's main at {tip}"));
    assert_eq!(expected, format!("none, or one from {chosen}, the commit that was chosen"));
}

#[test]
fn what_was_interrupted_is_done_even_if_the_remote_has_gone_on() {
    for point in 0..2 {
        let world = World::new();
        let first = world.repositories.at("HEAD");
        assert!(world.killed_at(&create(), point));
        if point == 1 {
            world.repositories.others_commit("main", "b", "b", "by another");
        }
        assert_eq!(world.resume(&create())["commit"], first, "{point}");
        let other = Intent { token: "f".repeat(32), ..world.intent.clone() };
        let other = World { intent: other, ..world };
        assert_eq!(point == 1, matches!(create().probe(&other.cx()).unwrap(), Probed::Conflict { .. }), "{point}");
    }
}

#[test]
fn what_is_in_the_way_in_the_clone_is_named_all_at_once() {
    let world = World::new();
    assert_eq!(world.problems(&create()), [""; 0]);
    fs::write(world.clone().join(".gitignore"), "ignored\n").unwrap();
    fs::write(world.clone().join("ignored"), "x").unwrap();
    let dirty = |names: &str| format!("{} has changes that are in no commit: {names}", world.clone().display());
    assert_eq!(world.problems(&create()), [dirty(".gitignore")], "untracked");
    world.git(&["add", ".gitignore"]);
    assert_eq!(world.problems(&create()), [dirty(".gitignore")], "staged");
    world.git(&["commit", "-q", "-m", "ignore"]);
    assert_eq!(world.problems(&create()), [""; 0]);
    fs::write(world.clone().join("README.md"), "x").unwrap();
    assert_eq!(world.problems(&create()), [dirty("README.md")], "modified");
    world.git(&["checkout", "-q", "--detach"]);
    let detached = format!("{} is on no branch", world.clone().display());
    assert_eq!(world.problems(&create()), [dirty("README.md"), detached]);
}

#[test]
fn a_branch_that_is_checked_out_anywhere_is_left_alone() {
    let world = World::new();
    world.git(&["switch", "-q", "-c", "release-3.4"]);
    let place = |path: PathBuf| {
        format!("release-3.4 is checked out in {}/, and would move under the working tree", path.display())
    };
    for action in [&create() as &dyn Action<Services>, &track()] {
        assert_eq!(world.problems(action), [place(world.clone())]);
    }
    world.git(&["switch", "-q", "main"]);
    world.git(&["worktree", "add", "-q", "../beside", "release-3.4"]);
    assert_eq!(world.problems(&create()), [place(world.repositories.path().join("beside"))]);
}

#[test]
fn a_branch_is_followed_forward_and_never_back() {
    let world = World::new();
    let (what, _) = refused(track().probe(&world.cx()).unwrap_err());
    assert_eq!(what, "the remote `origin` has no branch `release-3.4`");
    world.repositories.remote_git(&["branch", "release-3.4", "main"]);
    let first = world.repositories.at("HEAD");
    assert_eq!(world.run(&track()), json!({ "branch": "release-3.4", "commit": first }));
    let second = world.repositories.others_commit("release-3.4", "b", "b", "by another");
    assert_eq!(world.run(&track())["commit"], second);
    assert_eq!(world.repositories.at("refs/heads/release-3.4"), second);

    let ours = world.repositories.commit("c", "c", "ours alone");
    world.git(&["update-ref", "refs/heads/release-3.4", &ours]);
    let (found, expected) = world.conflict(&track());
    assert_eq!(found, format!("the local release-3.4 at {ours}, with commits that the remote's has not"));
    assert_eq!(expected, format!("{second}, or one of its ancestors"));
    assert!(is_conflict(track().act(&world.cx())), "nor by an act whose probe is out of date");
    assert_eq!(world.repositories.at("refs/heads/release-3.4"), ours);
}
