// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `delete-remote-refs`, and the probe `remote-lacks`.

use super::*;
use crate::probes::RemoteLacks;

fn delete() -> DeleteRemoteRefs {
    action(json!({ "refs": ["refs/tags/t", "refs/heads/rc1", "refs/heads/never"] }))
}

/// A remote with the tag and the branch; the branch is by another, and its commit
/// not in the clone.
fn world() -> World<'static> {
    let world = World::new();
    world.git(&["tag", "-a", "-m", "t", "t"]);
    world.git(&["push", "-q", "origin", "t", "main:rc1"]);
    world.repositories.others_commit("rc1", "b", "b", "by another");
    world
}

#[test]
fn refs_go_and_come_back_as_they_were() {
    let world = world();
    let before = world.repositories.remote_git(&["for-each-ref"]);
    let lacks: RemoteLacks = action(json!({ "refs": delete().refs }));
    let faults = fails(lacks.examine(&world.cx()).unwrap());
    let rc1 = world.repositories.at_remote("rc1");
    assert_eq!(faults[0], format!("the remote still has refs/heads/rc1 at {rc1}"));
    assert_eq!(faults.len(), 2);
    let outputs = world.run(&delete());
    assert_eq!(
        outputs["deleted"],
        json!([
            { "name": "refs/tags/t", "object": world.repositories.at("refs/tags/t") },
            { "name": "refs/heads/rc1", "object": rc1 },
        ])
    );
    holds(lacks.examine(&world.cx()).unwrap());
    assert!(
        matches!(delete().reversal(&outputs), Reversal::Undo(what) if what.contains("the tag t and the branch rc1"))
    );
    assert!(!world.repositories.at("refs/tags/t").is_empty(), "what is local stays");

    // What is kept survives a cleaning of both.
    world.git(&["tag", "-d", "t"]);
    world.git(&["-c", "gc.reflogExpire=now", "gc", "-q", "--prune=now"]);
    world.repositories.remote_git(&["gc", "-q", "--prune=now"]);
    for _ in 0..2 {
        delete().undo(&world.cx(), &outputs).unwrap();
        assert_eq!(world.repositories.remote_git(&["for-each-ref"]), before);
    }
}

#[test]
fn nothing_comes_back_over_something_else_nor_from_nowhere() {
    let world = world();
    let outputs = world.run(&delete());
    let elsewhere = RefsDeleted { deleted: vec![DeletedRef { name: "refs/heads/x".into(), object: "1".repeat(40) }] };
    let (what, hint) = refused(delete().undo(&world.cx(), &json!(elsewhere)).unwrap_err());
    assert!(what.contains("1111 is not in the clone") && hint.contains("git fetch PATH"), "{what}; {hint}");
    world.repositories.remote_git(&["branch", "rc1", "main"]);
    assert!(is_conflict(delete().undo(&world.cx(), &outputs)));
    assert_eq!(world.repositories.at_remote("refs/tags/t"), "", "all or none");
    assert!(matches!(delete().probe(&world.cx()).unwrap(), Probed::Absent), "it is there again");
}

#[test]
fn an_interruption_anywhere_forgets_nothing() {
    let mut world = world();
    let before = world.repositories.remote_git(&["for-each-ref"]);
    // Before and after each of two refs that are kept, and of the push.
    for point in 0..7 {
        world.intent.token = format!("{point:032x}");
        assert_eq!(world.killed_at(&delete(), point), point < 6);
        let outputs = world.resume(&delete());
        assert_eq!(outputs["deleted"].as_array().unwrap().len(), 2, "{point}");
        delete().undo(&world.cx(), &outputs).unwrap();
        assert_eq!(world.repositories.remote_git(&["for-each-ref"]), before);
    }
}

#[test]
fn what_somebody_else_has_deleted_is_not_ours_to_put_back() {
    let world = world();
    world.repositories.remote_git(&["tag", "-d", "t"]);
    world.repositories.remote_git(&["branch", "-q", "-D", "rc1"]);
    let Probed::Done(outputs) = delete().probe(&world.cx()).unwrap() else { panic!() };
    assert_eq!(outputs, json!({ "deleted": [] }));
    assert_eq!(delete().reversal(&outputs), Reversal::NothingToUndo);
}

#[test]
fn a_ref_that_moves_meanwhile_stays() {
    let world = world();
    let remote = world.repositories.remote_path();
    let services = world.watched(move |moment, effect| {
        if (moment, effect) == (Moment::Before, "git push") {
            crate::services::git_testing::run(&remote, &["update-ref", "refs/heads/rc1", "main"]);
        }
    });
    let (what, _) = refused(delete().act(&world.cx_of(&services)).unwrap_err());
    assert!(what.contains("refs/heads/rc1 ("), "{what}");
    assert!(!world.repositories.at_remote("refs/tags/t").is_empty());
    let outputs = world.resume(&delete());
    assert_eq!(outputs["deleted"][1]["object"], world.repositories.at_remote("main"), "what it was at last");
}
