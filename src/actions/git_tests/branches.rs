// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Making and following branches.

use super::*;
use crate::actions::{CreateBranch, TrackBranch};

fn create() -> CreateBranch {
    built(json!({ "branch": "release-1.2", "from": "main" }))
}

fn track() -> TrackBranch {
    built(json!({ "branch": "release-1.1" }))
}

const LOCAL: &str = "refs/heads/release-1.2";

#[test]
fn a_branch_is_created_where_the_remote_is_now() {
    let world = World::new();
    let tip = world.repositories.others_commit("main", "b", "b", "by another").to_string();
    let outputs = world.run(&create());
    assert_eq!(outputs, json!({ "branch": "release-1.2", "commit": tip, "from": "main" }));
    assert_eq!(world.rev(LOCAL), tip);
    assert_eq!(world.repositories.at_remote(LOCAL), "", "it is local");
    assert!(is_undo(&create().reversal(&outputs)));
    create().undo(&world.cx(), &outputs).unwrap();
    create().undo(&world.cx(), &outputs).unwrap();
    assert_eq!(create().probe(&world.cx()).unwrap(), Probed::Absent);
}

#[test]
fn a_kill_at_any_point_of_creating_is_survived() {
    for moment in [Moment::Before, Moment::After] {
        let mut world = World::new();
        let tip = world.rev("main");
        world.act_killed(&create(), moment, 1);
        // The remote has gone on when we come back.
        let now = world.repositories.others_commit("main", "b", "b", "meanwhile").to_string();
        let expected = match moment {
            Moment::Before => Probed::Absent,
            Moment::After => Probed::Done(json!({ "branch": "release-1.2", "commit": tip, "from": "main" })),
        };
        assert_eq!(create().probe(&world.cx()).unwrap(), expected);
        if moment == Moment::Before {
            assert_eq!(create().act(&world.cx()).unwrap()["commit"], now);
        }
    }
}

#[test]
fn another_branch_of_that_name_is_a_conflict() {
    let mut world = World::new();
    let first = world.rev("main");
    world.repositories.others_commit("main", "b", "b", "by another");
    world.repositories.git(&["branch", "release-1.2", &first]);
    let (found, _) = conflict(create().probe(&world.cx()));
    assert!(found.contains(&first), "{found}");
    world.intent.resumed = true;
    world.repositories.git(&["checkout", "-q", "release-1.2"]);
    world.repositories.commit("mine", "x", "own work");
    conflict(create().probe(&world.cx()));

    let world = World::new();
    world.repositories.remote_git(&["branch", "release-1.2", "main"]);
    let (found, _) = conflict(create().probe(&world.cx()));
    assert!(found.contains("at the remote"), "{found}");
    assert_eq!(create().problems(&world.cx()).unwrap().len(), 1);
    let free: CreateBranch = built(json!({ "branch": "release-1.2", "from": "main", "remote_free": false }));
    assert_eq!(free.probe(&world.cx()).unwrap(), Probed::Absent);
    // What somebody has made and pushed by hand, just so, is done.
    world.repositories.git(&["branch", "release-1.2", "main"]);
    assert!(matches!(create().probe(&world.cx()).unwrap(), Probed::Done(_)));
}

#[test]
fn what_is_recorded_stays_done_when_later_steps_move_on() {
    let mut world = World::new();
    let outputs = world.run(&create());
    world.repositories.git(&["push", "-q", "origin", "release-1.2"]);
    world.repositories.others_commit("main", "b", "b", "meanwhile");
    world.intent.acted = Some(outputs.clone());
    assert_eq!(create().probe(&world.cx()).unwrap(), Probed::Done(outputs.clone()));
    world.repositories.git(&["checkout", "-q", "release-1.2"]);
    refused(create().undo(&world.cx(), &outputs));
    world.repositories.commit("mine", "x", "own work");
    world.repositories.git(&["checkout", "-q", "main"]);
    assert!(matches!(create().undo(&world.cx(), &outputs), Err(ActionError::Conflict { .. })), "it was moved since");
}

#[test]
fn all_problems_of_the_clone_are_named_at_once() {
    let world = World::new();
    std::fs::write(world.repositories.clone_path().join("stray"), "x").unwrap();
    assert_eq!(create().problems(&world.cx()).unwrap(), [], "a file that git does not know hurts nobody");
    std::fs::write(world.repositories.clone_path().join("README.md"), "changed").unwrap();
    world.repositories.git(&["checkout", "-q", "--detach"]);
    world.repositories.git(&["worktree", "add", "-q", "-b", "release-1.2", "../beside"]);
    world.repositories.remote_git(&["branch", "release-1.2", "main"]);
    let problems = create().problems(&world.cx()).unwrap();
    let whats: Vec<&str> = problems.iter().map(|problem| problem.what.as_str()).collect();
    assert_eq!(problems.len(), 4, "{whats:#?}");
    assert!(whats[0].ends_with("in no commit: README.md") && whats[1].contains("on no branch"));
    assert!(whats[2].contains("is checked out") && whats[3].contains("has a branch release-1.2 already"));
}

#[test]
fn a_missing_branch_and_a_missing_remote_are_told_apart() {
    let world = World::new();
    let nowhere: CreateBranch = built(json!({ "branch": "x", "from": "none" }));
    assert!(refused(nowhere.probe(&world.cx())).contains("no branch `none`"));
    assert!(refused(track().probe(&world.cx())).contains("no branch `release-1.1`"));
    world.repositories.lose_remote();
    for result in [create().probe(&world.cx()), track().probe(&world.cx())] {
        assert!(matches!(result, Err(ActionError::Service { .. })), "{result:?}");
    }
}

#[test]
fn a_branch_is_followed_forward_only() {
    let world = World::new();
    world.repositories.remote_git(&["branch", "release-1.1", "main"]);
    let outputs = world.run(&track());
    assert_eq!(outputs, json!({ "branch": "release-1.1", "commit": world.rev("main") }));
    let tip = world.repositories.others_commit("release-1.1", "b", "b", "a fix").to_string();
    assert_eq!(world.run(&track())["commit"], tip);
    world.repositories.git(&["checkout", "-q", "release-1.1"]);
    world.repositories.commit("mine", "x", "own work");
    assert!(conflict(track().probe(&world.cx())).0.contains("commits that the remote's has not"));
    assert!(matches!(track().act(&world.cx()), Err(ActionError::Conflict { .. })));
    assert_eq!(track().problems(&world.cx()).unwrap().len(), 1, "checked out");
    assert_eq!(track().reversal(&outputs), Reversal::NothingToUndo);
}
