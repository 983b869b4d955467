// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Pushing and deleting at the remote; who contributed.

use super::*;
use crate::actions::{DeleteRemoteRefs, ListContributors, Push};

/// Pushes two tags.
fn tags() -> Push {
    built(json!({ "tags": ["a", "sub/b"], "undoable": true }))
}

/// Pushes the branch `new` and the main branch.
fn branches() -> Push {
    let update = |name: &str| json!({ "ref": format!("refs/heads/{name}"), "to": format!("refs/heads/{name}") });
    built(json!({ "updates": [update("new"), update("main")], "undoable": true }))
}

fn delete() -> DeleteRemoteRefs {
    built(json!({ "refs": ["refs/heads/old", "refs/tags/a", "refs/tags/sub/b"] }))
}

fn with_tags() -> World {
    let world = World::new();
    world.repositories.git(&["tag", "-a", "-m", "a", "a"]);
    world.repositories.git(&["tag", "-a", "-m", "b", "sub/b"]);
    world
}

#[test]
fn tags_are_pushed_and_what_was_created_can_be_deleted_again() {
    let world = with_tags();
    let outputs = world.run(&tags());
    let (object, commit) = (world.rev("refs/tags/a"), world.rev("main"));
    assert_eq!(
        outputs["refs"][0],
        json!({ "name": "refs/tags/a", "commit": commit, "object": object, "created": true })
    );
    assert_eq!(world.repositories.at_remote("refs/tags/a"), object);
    assert!(is_undo(&tags().reversal(&outputs)));
    tags().undo(&world.cx(), &outputs).unwrap();
    assert_eq!(world.repositories.at_remote("refs/tags"), "");
    tags().undo(&world.cx(), &outputs).unwrap();
    let for_good: Push = built(json!({ "tags": ["a"] }));
    assert!(matches!(for_good.reversal(&outputs), Reversal::Irreversible(_)));
    refused(for_good.undo(&world.cx(), &outputs));
}

#[test]
fn a_kill_at_any_point_of_a_push_is_survived() {
    for moment in [Moment::Before, Moment::After] {
        // Two memories and the push.
        for count in 1..=3 {
            let mut world = with_tags();
            world.act_killed(&tags(), moment, count);
            let pushed = moment == Moment::After && count == 3;
            let probed = tags().probe(&world.cx()).unwrap();
            assert_eq!(matches!(probed, Probed::Done(_)), pushed, "{moment:?} {count}");
            let outputs = if let Probed::Done(outputs) = probed { outputs } else { tags().act(&world.cx()).unwrap() };
            assert_eq!(tags().probe(&world.cx()).unwrap(), Probed::Done(outputs.clone()));
            tags().undo(&world.cx(), &outputs).unwrap();
            assert_eq!(world.repositories.at_remote("refs/tags"), "", "it is known what the push created");
        }
    }
}

#[test]
fn an_existing_tag_is_never_moved_and_never_deleted() {
    let world = with_tags();
    // Somebody else's tag on an older commit: git's own push would fast-forward it.
    world.repositories.remote_git(&["tag", "a", "main"]);
    let theirs = world.repositories.at_remote("refs/tags/a");
    let (found, _) = conflict(tags().probe(&world.cx()));
    assert!(found.contains(&theirs), "{found}");
    assert!(matches!(tags().act(&world.cx()), Err(ActionError::Conflict { .. })));
    assert_eq!(
        (world.repositories.at_remote("refs/tags/a"), world.repositories.at_remote("refs/tags/sub/b")),
        (theirs, String::new())
    );

    // Just our tag, and somebody pushed it by hand: done, and not ours to delete.
    let world = with_tags();
    world.repositories.git(&["push", "-q", "origin", "--tags"]);
    let Probed::Done(outputs) = tags().probe(&world.cx()).unwrap() else { panic!() };
    assert_eq!(tags().reversal(&outputs), Reversal::NothingToUndo);
    tags().undo(&world.cx(), &outputs).unwrap();
    assert_ne!(world.repositories.at_remote("refs/tags/a"), "");
}

#[test]
fn one_refused_ref_holds_all_back() {
    let world = with_tags();
    world.repositories.hook("update", "case $1 in */b) echo 'no b today' >&2; exit 1;; esac");
    let what = refused(tags().act(&world.cx()));
    assert!(what.contains("declined refs/tags/sub/b") && what.ends_with("no b today"), "{what}");
    assert_eq!(world.repositories.at_remote("refs/tags"), "");
    assert_eq!(tags().probe(&world.cx()).unwrap(), Probed::Absent);
    world.repositories.hook("update", "exit 0");
    tags().act(&world.cx()).unwrap();
}

#[test]
fn whoever_is_faster_between_look_and_push_is_not_overwritten() {
    let world = with_tags();
    let remote = world.repositories.remote_path();
    let race = Effects::new(move |moment, name| {
        if moment == Moment::Before && name == "git push" {
            run(&remote, &["tag", "a", "main"]);
        }
    });
    let racing = services(&world.repositories, None, &race);
    let result = tags().act(&world.cx_of(&racing));
    assert!(matches!(result, Err(ActionError::Conflict { .. })), "{result:?}");
    assert_eq!(world.repositories.at_remote("refs/tags/a"), world.rev("main"));
    assert_eq!(world.repositories.at_remote("refs/tags/sub/b"), "");
}

#[test]
fn a_branch_goes_forward_only() {
    let mut world = World::new();
    world.repositories.git(&["branch", "new"]);
    world.repositories.commit("ours", "x", "ours");
    let outputs = world.run(&branches());
    assert_eq!(world.repositories.at_remote("refs/heads/main"), world.rev("main"));
    let created: Vec<&Value> = outputs["refs"].as_array().unwrap().iter().map(|pushed| &pushed["created"]).collect();
    assert_eq!(created, [true, false]);
    // Somebody has built on it: it is still pushed, and the branch is not deleted any more.
    world.repositories.others_commit("new", "b", "b", "on top");
    assert_eq!(branches().probe(&world.cx()).unwrap(), Probed::Done(outputs.clone()));
    assert!(matches!(branches().undo(&world.cx(), &outputs), Err(ActionError::Conflict { .. })));

    world.intent_of("another");
    world.repositories.others_commit("main", "theirs", "x", "theirs");
    world.repositories.commit("ours", "y", "ours again");
    let (found, expected) = conflict(branches().probe(&world.cx()));
    assert!(found.starts_with("main at") && expected.contains(&world.rev("main")), "{found} {expected}");
    assert!(matches!(branches().act(&world.cx()), Err(ActionError::Conflict { .. })));
}

#[test]
fn undoing_a_push_never_deletes_a_branch_that_was_there() {
    let world = World::new();
    world.repositories.git(&["branch", "new"]);
    world.repositories.commit("ours", "x", "ours");
    let outputs = world.run(&branches());
    branches().undo(&world.cx(), &outputs).unwrap();
    assert_eq!(world.repositories.at_remote("refs/heads/new"), "");
    assert_eq!(world.repositories.at_remote("refs/heads/main"), world.rev("main"));
}

#[test]
fn a_missing_local_ref_is_a_problem_and_a_missing_remote_an_error() {
    let world = World::new();
    assert_eq!(tags().probe(&world.cx()).unwrap(), Probed::Absent);
    assert_eq!(tags().problems(&world.cx()).unwrap().len(), 2);
    assert!(refused(tags().act(&world.cx())).contains("refs/tags/sub/b is not in the clone"));
    let world = with_tags();
    world.repositories.lose_remote();
    for result in [
        tags().probe(&world.cx()).map(|_| ()),
        tags().act(&world.cx()).map(|_| ()),
        delete().probe(&world.cx()).map(|_| ()),
    ] {
        assert!(matches!(result, Err(ActionError::Service { .. })), "{result:?}");
    }
}

fn with_refs_at_remote() -> World {
    let world = with_tags();
    world.repositories.git(&["push", "-q", "origin", "--tags"]);
    world.repositories.remote_git(&["branch", "old", "main"]);
    // Nobody's clone but the remote has the newest commit of it.
    world.repositories.others_commit("old", "b", "b", "only there");
    world
}

#[test]
fn refs_are_deleted_and_can_be_put_back_just_so() {
    let world = with_refs_at_remote();
    let before = world.repositories.remote_git(&["for-each-ref"]);
    let outputs = world.run(&delete());
    assert_eq!(outputs["deleted"].as_array().unwrap().len(), 3);
    assert_eq!(world.repositories.at_remote("refs/tags") + &world.repositories.at_remote("refs/heads/old"), "");
    assert_eq!(world.refs("refs/tags").len(), 2, "the local ones stay");
    assert!(is_undo(&delete().reversal(&outputs)));
    delete().undo(&world.cx(), &outputs).unwrap();
    delete().undo(&world.cx(), &outputs).unwrap();
    assert_eq!(world.repositories.remote_git(&["for-each-ref"]), before);

    let world = World::new();
    let nothing = json!({ "deleted": [] });
    assert_eq!(delete().probe(&world.cx()).unwrap(), Probed::Done(nothing.clone()), "none was there");
    assert_eq!(delete().reversal(&nothing), Reversal::NothingToUndo);
}

#[test]
fn a_kill_while_deleting_does_not_lose_what_was_there() {
    for moment in [Moment::Before, Moment::After] {
        let mut world = with_refs_at_remote();
        let before = world.repositories.remote_git(&["for-each-ref"]);
        world.act_killed(&delete(), moment, 1);
        let probed = delete().probe(&world.cx()).unwrap();
        assert_eq!(matches!(probed, Probed::Done(_)), moment == Moment::After);
        let outputs = if let Probed::Done(outputs) = probed { outputs } else { delete().act(&world.cx()).unwrap() };
        delete().undo(&world.cx(), &outputs).unwrap();
        assert_eq!(world.repositories.remote_git(&["for-each-ref"]), before);
    }
}

#[test]
fn what_somebody_put_there_since_is_not_overwritten_by_putting_back() {
    let world = with_refs_at_remote();
    let outputs = world.run(&delete());
    world.repositories.remote_git(&["tag", "a", "main"]);
    let result = delete().undo(&world.cx(), &outputs);
    assert!(matches!(result, Err(ActionError::Conflict { .. })), "{result:?}");
    assert_eq!(world.repositories.at_remote("refs/heads/old"), "", "all or nothing");
    // Another clone, which has not the objects.
    world.repositories.remote_git(&["tag", "-d", "a"]);
    run(world.repositories.path(), &["clone", "-q", "--no-local", "remote.git", "elsewhere"]);
    let elsewhere = world.repositories.path().join("elsewhere");
    let services = Services {
        git: Git::new(elsewhere, "origin", Effects::unwatched()),
        ..services(&world.repositories, None, &Effects::unwatched())
    };
    assert!(refused(delete().undo(&world.cx_of(&services), &outputs)).contains("is not in"));
}

#[test]
fn contributors_are_listed_and_a_persons_additions_stay() {
    let world = World::new();
    world.repositories.git(&["tag", "v1.0.0"]);
    world.repositories.git(&["push", "-q", "origin", "v1.0.0"]);
    world.repositories.commit("a", "a", "by Bob");
    world.repositories.git(&["commit", "-q", "--amend", "--no-edit", "--author=ann  example <ann@example.org>"]);
    world.repositories.commit("b", "b", "by a robot");
    world.repositories.git(&["commit", "-q", "--amend", "--no-edit", "--author=dependabot[bot] <d@example.org>"]);
    // The clone has not that tag, the remote has.
    world.repositories.git(&["tag", "-d", "v1.0.0"]);
    let list = |from: &str| -> ListContributors {
        built(json!({ "from": from, "to": "main", "file": "texts/contributors.txt" }))
    };
    let outputs = world.run(&list("v1.0.0"));
    assert_eq!(outputs, json!({ "names": ["ann example", "Bob Example"], "count": 2 }));
    assert!(world.refs("refs/tags").is_empty());
    let file = world.services.workspace.path("texts/contributors.txt");
    std::fs::write(&file, "ann example\nBob Example\nCleo Example\n").unwrap();
    let Probed::Done(outputs) = list("v1.0.0").probe(&world.cx()).unwrap() else { panic!() };
    assert_eq!(outputs["names"][2], "Cleo Example");
    std::fs::write(&file, "Cleo Example\n").unwrap();
    assert!(conflict(list("v1.0.0").probe(&world.cx())).0.contains("without ann example, Bob Example"));
    assert!(refused(list("v0.1").act(&world.cx())).contains("no commit `v0.1`"));
}
