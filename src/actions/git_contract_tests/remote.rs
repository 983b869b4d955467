// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a push created, and it alone, is deleted again; contributors.

use super::*;
use crate::actions::{ListContributors, Push};

/// Pushes two tags.
fn tags() -> Push {
    built(json!({ "tags": ["a", "sub/b"], "undoable": true }))
}

fn with_tags() -> World<'static> {
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
    assert_eq!(world.at_remote("refs/tags/a"), object);
    assert!(is_undo(&tags().reversal(&outputs)));
    tags().undo(&world.cx(), &outputs).unwrap();
    assert_eq!(world.at_remote("refs/tags"), "");
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
            assert_eq!(world.at_remote("refs/tags"), "", "it is known what the push created");
        }
    }
}

#[test]
fn an_existing_tag_is_never_moved_and_never_deleted() {
    let world = with_tags();
    // Somebody else's tag on an older commit: git's own push would fast-forward it.
    world.repositories.remote_git(&["tag", "a", "main"]);
    let theirs = world.at_remote("refs/tags/a");
    let (found, _) = conflict(tags().probe(&world.cx()));
    assert!(found.contains(&theirs), "{found}");
    assert!(matches!(tags().act(&world.cx()), Err(ActionError::Conflict { .. })));
    assert_eq!((world.at_remote("refs/tags/a"), world.at_remote("refs/tags/sub/b")), (theirs, String::new()));

    // Just our tag, and somebody pushed it by hand: done, and not ours to delete.
    let world = with_tags();
    world.repositories.git(&["push", "-q", "origin", "--tags"]);
    let Probed::Done(outputs) = tags().probe(&world.cx()).unwrap() else { panic!() };
    assert_eq!(tags().reversal(&outputs), Reversal::NothingToUndo);
    tags().undo(&world.cx(), &outputs).unwrap();
    assert_ne!(world.at_remote("refs/tags/a"), "");
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
    let racing = services(&world.repositories, None, race);
    let result = tags().act(&world.cx_of(&racing));
    assert!(matches!(result, Err(ActionError::Refused { .. })), "{result:?}");
    assert_eq!(world.at_remote("refs/tags/a"), world.rev("main"));
    assert_eq!(world.at_remote("refs/tags/sub/b"), "");
}

#[test]
fn contributors_are_listed_and_a_persons_additions_stay() {
    let world = World::new();
    world.repositories.git(&["tag", "v1.0.0"]);
    world.repositories.commit("a", "a", "by Bob");
    world.repositories.git(&["commit", "-q", "--amend", "--no-edit", "--author=ann  example <ann@example.org>"]);
    world.repositories.commit("b", "b", "by a robot");
    world.repositories.git(&["commit", "-q", "--amend", "--no-edit", "--author=dependabot[bot] <d@example.org>"]);
    let list = |from: &str| -> ListContributors {
        built(json!({
            "from": from, "to": "main", "version": "1.1.0", "release_tag_prefix": "v", "file": "texts/contributors.txt",
        }))
    };
    let outputs = world.run(&list("v1.0.0"));
    assert_eq!(outputs, json!({ "names": ["ann example", "Bob Example"], "count": 2, "from": "v1.0.0" }));
    let file = world.services.workspace.path("texts/contributors.txt");
    std::fs::write(&file, "ann example\nBob Example\nCleo Example\n").unwrap();
    let Probed::Done(outputs) = list("v1.0.0").probe(&world.cx()).unwrap() else { panic!() };
    assert_eq!(outputs["names"][2], "Cleo Example");
    std::fs::write(&file, "Cleo Example\n").unwrap();
    assert_eq!(list("v1.0.0").probe(&world.cx()).unwrap(), Probed::Absent);
    assert!(refused(list("v0.1").act(&world.cx())).contains("v0.1 is not in the clone"));
}
