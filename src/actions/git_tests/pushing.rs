// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `push`.

use super::*;

fn branch(undoable: bool) -> Push {
    action(json!({ "updates": [{ "ref": "refs/heads/main", "to": "refs/heads/main" }], "undoable": undoable }))
}

fn new_branch() -> Push {
    action(json!({ "updates": [{ "ref": "refs/heads/main", "to": "refs/heads/rc1" }], "undoable": true }))
}

fn branch_and_tags() -> Push {
    action(json!({
        "updates": [{ "ref": "refs/heads/main", "to": "refs/heads/rc1" }], "tags": ["t1", "t2"], "undoable": true,
    }))
}

fn tagged() -> World<'static> {
    let world = World::new();
    for tag in ["t1", "t2"] {
        world.git(&["tag", "-a", "-m", tag, tag]);
    }
    world
}

#[test]
fn all_refs_arrive_or_none_and_undo_deletes_what_is_unchanged() {
    let world = tagged();
    let (main, t1) = (world.repositories.at("main"), world.repositories.at("refs/tags/t1"));
    let before = world.repositories.remote_git(&["for-each-ref"]);
    let outputs = world.run(&branch_and_tags());
    for (index, name, object) in [(0, "refs/heads/rc1", &main), (1, "refs/tags/t1", &t1)] {
        let pushed = json!({ "name": name, "commit": main, "object": object, "created": true });
        assert_eq!(outputs["refs"][index], pushed);
    }
    assert_eq!(world.repositories.at_remote("refs/tags/t1"), t1);
    assert!(matches!(branch_and_tags().reversal(&outputs), Reversal::Undo(what) if what.contains("rc1 and t1 and t2")));

    let theirs = world.repositories.others_commit("rc1", "b", "b", "by another");
    assert!(matches!(branch_and_tags().probe(&world.cx()).unwrap(), Probed::Done(_)), "it went on from ours");
    assert!(is_conflict(branch_and_tags().undo(&world.cx(), &outputs)));
    assert_eq!(world.repositories.at_remote("refs/heads/rc1"), theirs);
    assert_eq!(world.repositories.at_remote("refs/tags/t1"), t1, "all are taken back or none");
    world.repositories.remote_git(&["update-ref", "refs/heads/rc1", &main]);
    for _ in 0..2 {
        branch_and_tags().undo(&world.cx(), &outputs).unwrap();
        assert_eq!(world.repositories.remote_git(&["for-each-ref"]), before);
    }
}

#[test]
fn somebody_elses_tag_or_branch_is_in_the_way() {
    let world = tagged();
    let other = world.repositories.others_commit("main", "b", "b", "by another");
    world.repositories.remote_git(&["tag", "t2", "main"]);
    let before = world.all();
    let (found, expected) = world.conflict(&branch_and_tags());
    assert_eq!(found, format!("t2 at {other} at the remote `origin`"));
    assert_eq!(expected, "no such ref yet");
    assert!(is_conflict(branch_and_tags().act(&world.cx())));
    assert_eq!(world.all(), before, "one refused, none moved");

    let tags: Push = action(json!({ "tags": ["t2"] }));
    let (_, expected) = world.conflict(&tags);
    assert_eq!(expected, format!("{}, or what it follows on", world.repositories.at("refs/tags/t2")));
    world.repositories.commit("a", "a", "beside theirs");
    let (found, _) = world.conflict(&branch(false));
    assert_eq!(found, format!("main at {other} at the remote `origin`"));
}

#[test]
fn a_tag_that_could_be_moved_forward_is_not() {
    let world = World::new();
    world.git(&["tag", "t"]);
    world.git(&["push", "-q", "origin", "t"]);
    let first = world.repositories.at("t");
    world.repositories.commit("a", "a", "second");
    world.git(&["tag", "-f", "t"]);
    let push: Push = action(json!({ "tags": ["t"] }));
    world.conflict(&push);
    assert!(is_conflict(push.act(&world.cx())));
    assert_eq!(world.repositories.at_remote("refs/tags/t"), first);
}

#[test]
fn a_branch_goes_forward_and_what_makes_new_ones_makes_only_new_ones() {
    let world = World::new();
    world.run(&new_branch());
    let second = world.repositories.commit("a", "a", "second");
    let (found, expected) = world.conflict(&branch(true));
    assert!(found.starts_with("main at ") && expected == "no such ref yet", "{found}, {expected}");
    let outputs = world.run(&branch(false));
    assert_eq!(world.repositories.at_remote("main"), second);
    assert!(matches!(branch(false).reversal(&outputs), Reversal::Irreversible(_)));
}

#[test]
fn whoever_was_faster_is_not_overwritten() {
    // Between the probe and the act.
    let world = World::new();
    world.repositories.commit("a", "a", "ours");
    assert_eq!(branch(false).probe(&world.cx()).unwrap(), Probed::Absent);
    let theirs = world.repositories.others_commit("main", "b", "b", "by another");
    assert!(is_conflict(branch(false).act(&world.cx())));
    assert_eq!(world.repositories.at_remote("main"), theirs);

    // Between the act's own look and its push.
    let world = tagged();
    world.repositories.commit("a", "a", "ours");
    let remote = world.repositories.remote_path();
    for (push, name) in [(branch(false), "refs/heads/main"), (branch_and_tags(), "refs/tags/t2")] {
        let (place, raced) = (remote.clone(), name.to_owned());
        let tree = world.repositories.remote_git(&["rev-parse", "main^{tree}"]);
        let identity = ["-c", "user.name=Bob Example", "-c", "user.email=bob@example.org"];
        let made = [&identity[..], &["commit-tree", tree.trim(), "-p", "main", "-m", "by another"]].concat();
        let theirs = world.repositories.remote_git(&made).trim().to_owned();
        let theirs_too = theirs.clone();
        let services = world.watched(move |moment, effect| {
            if (moment, effect) == (Moment::Before, "git push") {
                crate::services::git_testing::run(&place, &["update-ref", &raced, &theirs_too]);
            }
        });
        let (what, _) = refused(push.act(&world.cx_of(&services)).unwrap_err());
        assert!(what.starts_with("the remote `origin` refused: ") && what.contains(name), "{what}");
        assert_eq!(world.repositories.at_remote(name), theirs);
        assert_eq!(world.repositories.at_remote("refs/heads/rc1"), "");
    }
}

#[test]
fn an_interrupted_push_is_taken_up() {
    // Around three notes of what is about to be created, and around the push.
    for point in 0..8 {
        let world = tagged();
        assert!(world.killed_at(&branch_and_tags(), point));
        let arrived = world.repositories.at_remote("refs/tags/t1");
        assert_eq!(arrived.is_empty(), point < 7);
        let outputs = world.resume(&branch_and_tags());
        assert_eq!(outputs["refs"][1]["object"], world.repositories.at_remote("refs/tags/t1"));
        assert_eq!(outputs["refs"][1]["created"], true);
    }
}

#[test]
fn who_declines_is_quoted() {
    let world = tagged();
    let (remote, clone) = (world.repositories.remote_path(), world.clone());
    Repositories::hook(&remote, "update", "case $1 in */t2) echo 'tags are closed' >&2; exit 1;; esac");
    let before = world.all();
    let (what, _) = refused(branch_and_tags().act(&world.cx()).unwrap_err());
    assert_eq!(what, "the remote `origin` declined refs/tags/t2 (hook declined): tags are closed");
    fs::remove_file(remote.join("hooks/update")).unwrap();
    Repositories::hook(&clone.join(".git"), "pre-push", "echo 'not on a Friday' >&2; exit 1");
    let (what, hint) = refused(branch_and_tags().act(&world.cx()).unwrap_err());
    assert_eq!(what, "a pre-push hook in the clone stopped the push: not on a Friday");
    assert!(hint.contains("core.hooksPath"), "{hint}");
    assert_eq!(world.all(), before);
}

#[test]
fn a_remote_that_is_gone_and_a_ref_that_is_elsewhere_say_so() {
    let world = tagged();
    let missing: Push = action(json!({ "tags": ["t3"] }));
    let (what, hint) = refused(missing.probe(&world.cx()).unwrap_err());
    assert_eq!(what, format!("refs/tags/t3 is not in the clone {}", world.clone().display()));
    assert!(hint.contains("`git fetch PATH refs/tags/t3:refs/tags/t3`"), "{hint}");
    let none = Services { git: Git::new(world.clone(), "upstream", Effects::unwatched()), ..world.watched(|_, _| {}) };
    let error = branch(false).probe(&world.cx_of(&none)).unwrap_err();
    assert!(matches!(&error, ActionError::Misconfigured { what, .. } if what.contains("no remote called `upstream`")));

    world.repositories.lose_remote();
    for error in [branch(false).probe(&world.cx()).unwrap_err(), branch(false).act(&world.cx()).unwrap_err()] {
        let ActionError::Service { source, .. } = error else { panic!("{error:?}") };
        assert!(source.to_string().starts_with("the remote `origin` cannot be reached: "), "{source}");
    }
}

#[test]
fn a_tag_that_was_moved_to_another_commit_is_not_pushed() {
    let world = tagged();
    let made_on = world.repositories.at("main");
    let push: Push = action(json!({ "tags": ["t1"], "commit": made_on }));
    assert_eq!(push.probe(&world.cx()).unwrap(), Probed::Absent);
    world.git(&["commit", "--allow-empty", "-m", "another"]);
    world.git(&["tag", "-f", "-a", "-m", "moved", "t1"]);
    let Probed::Conflict { found, expected } = push.probe(&world.cx()).unwrap() else { panic!("it may be pushed") };
    assert!(found.contains("t1 in the clone") && expected.contains(&made_on), "{found}; {expected}");
    assert!(is_conflict(push.act(&world.cx()).map(|_| ())));
    assert!(!world.repositories.remote_git(&["for-each-ref"]).contains("refs/tags/t1"));
}
