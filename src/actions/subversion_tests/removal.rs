// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Removing candidates and outdated releases.

use super::*;

#[test]
fn candidates_are_removed_by_their_names_and_can_be_had_back() {
    let world = World::new();
    for name in ["dev/p-3.4.0-rc1", "dev/p-3.4.0-rc2", "dev/p-3.3.0-rc1", "dev/p-3.4.0-rc3"] {
        world.repository.make(name, &FILES[..1]);
    }
    let remove = RemoveDirectories {
        url: world.repository.url("dev"),
        matching: "p-3.4.0-rc*".into(),
        message: "Remove candidates".into(),
        as_of: None,
    };
    let lacks = SvnLacks { url: remove.url.clone(), matching: remove.matching.clone() };
    let Finding::Fails(left) = lacks.examine(&world.cx()).unwrap() else { panic!() };
    assert_eq!(left.len(), 3);
    world.act_killed(&remove, Moment::Before);
    let outputs = world.run(&remove);
    assert_eq!(outputs, json!({"removed": ["p-3.4.0-rc1", "p-3.4.0-rc2", "p-3.4.0-rc3"], "revision": 6}));
    assert!(matches!(lacks.examine(&world.cx()).unwrap(), Finding::Holds(_)));
    assert_eq!(world.repository.look(&["tree", "dev"]), "dev/\n p-3.3.0-rc1/\n  a.tgz");
    assert!(matches!(remove.reversal(&outputs), Reversal::Undo(_)));
    remove.undo(&world.cx(), &outputs).unwrap();
    remove.undo(&world.cx(), &outputs).unwrap();
    assert_eq!(world.youngest(), "7");
    assert_eq!(world.repository.look(&["cat", "dev/p-3.4.0-rc2/a.tgz"]), FILES[0].1);
}

#[test]
fn what_somebody_else_put_into_a_candidate_is_not_removed_unseen() {
    let world = World::new();
    world.repository.make("dev/p-3.4.0-rc1", &FILES[..1]);
    let made: u64 = world.youngest().parse().unwrap();
    let remove = RemoveDirectories {
        url: world.repository.url("dev"),
        matching: "p-3.4.0-rc1".into(),
        message: "Remove it".into(),
        as_of: Some(Revision(made)),
    };
    assert_eq!(remove.problems(&world.cx()).unwrap(), []);
    world.repository.make("dev/p-3.4.0-rc1/theirs", &FILES[..1]);
    let problems = remove.problems(&world.cx()).unwrap();
    let said = format!("p-3.4.0-rc1/theirs/{} (r{})", FILES[0].0, world.youngest());
    assert!(problems[0].what.contains(&said), "{problems:?}");
}

#[test]
fn removing_nothing_is_done_and_removing_anything_is_refused() {
    let world = World::new();
    let remove = |matching: &str| RemoveDirectories {
        url: world.repository.url("dev"),
        matching: matching.to_owned(),
        message: "x".into(),
        as_of: None,
    };
    let nothing = json!({"removed": [], "revision": null});
    assert_eq!(remove("p-*").probe(&world.cx()).unwrap(), Probed::Done(nothing.clone()));
    assert_eq!(remove("p-*").reversal(&nothing), Reversal::NothingToUndo);
    for matching in ["*", "", "[a-z]*", "p-["] {
        assert!(matches!(remove(matching).probe(&world.cx()), Err(ActionError::Misconfigured { .. })), "{matching}");
    }
    let elsewhere = RemoveDirectories { url: world.repository.url("no"), ..remove("p-*") };
    assert!(matches!(elsewhere.probe(&world.cx()), Err(ActionError::Misconfigured { .. })));
    let lacks = SvnLacks { url: world.repository.url("no"), matching: "p-*".into() };
    assert!(lacks.examine(&world.cx()).is_err());
}

#[test]
fn outdated_releases_go_only_once_the_new_one_is_there() {
    let world = World::new();
    for name in ["p-3.1.0", "p-3.2.0", "p-3.3.0", "p-3.2.0-docs", "q-3.1.0"] {
        world.repository.make(&format!("release/{name}"), &[]);
    }
    let remove = world.remove_outdated("3.4.0");
    assert!(remove.problems(&world.cx()).unwrap()[0].what.contains("p-3.4.0 is not in"));
    assert!(matches!(remove.act(&world.cx()), Err(ActionError::Refused { .. })));
    world.repository.make("release/p-3.4.0", &[]);
    world.act_killed(&remove, Moment::After);
    let Probed::Done(outputs) = remove.probe(&world.cx()).unwrap() else { panic!() };
    assert_eq!(outputs, json!({"removed": ["p-3.1.0", "p-3.2.0"], "revision": 8}));
    assert_eq!(
        world.repository.look(&["tree", "release"]),
        "release/\n p-3.2.0-docs/\n p-3.3.0/\n p-3.4.0/\n q-3.1.0/"
    );
    assert!(world.remove_outdated("3.4").probe(&world.cx()).is_err());
}
