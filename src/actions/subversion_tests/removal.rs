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
    let remove = world.remove_outdated("p-", "3.4.0");
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
    assert!(world.remove_outdated("p-", "3.4").probe(&world.cx()).is_err());
}

/// The layout `release/kafka/3.9.0`: a release is what is called by a version and by nothing else.
#[test]
fn of_releases_without_a_prefix_only_whole_versions_are_outdated() {
    let world = World::new();
    let others = ["3.7.0-docs", "3.7.0-rc1", "3.7", "3.7.0.1", "03.7.0", "v3.7.0", "clients-3.7.0", "stable"];
    for name in ["3.6.0", "3.7.1", "3.8.0", "3.10.0"].iter().chain(&others) {
        world.repository.make(&format!("release/{name}"), &[]);
    }
    world.repository.make("release/clients", &[("3.6.0", "a file in a directory")]);
    let remove = world.remove_outdated("", "3.9.0");
    assert!(remove.problems(&world.cx()).unwrap()[0].what.starts_with("3.9.0 is not in"));
    world.repository.make("release/3.9.0", &[]);
    let document = remove.document(&world.cx()).unwrap().unwrap();
    assert!(document.ends_with(":\n3.6.0\n3.7.1\n"), "{document}");
    let by_hand = remove.commands(&world.services).join("\n");
    assert!(by_hand.contains("grep -E '^[0-9]+\\.[0-9]+\\.[0-9]+$'"), "{by_hand}");
    let outputs = world.run(&remove);
    assert_eq!(outputs["removed"], json!(["3.6.0", "3.7.1"]));
    let left = world.repository.look(&["tree", "release"]);
    for name in ["3.8.0", "3.9.0", "3.10.0", "clients"].iter().chain(&others) {
        assert!(left.lines().any(|line| line == format!(" {name}/")), "{name}: {left}");
    }
    assert!(left.contains(" clients/\n  3.6.0"), "{left}");
}
