// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Signed tags.

use std::rc::Rc;

use super::*;
use crate::actions::SignTag;
use crate::probes::RemoteTags;

fn sign() -> SignTag {
    built(json!({ "names": ["v1.0.0-rc1", "sdk-go/v1.0.0-rc1"], "target": "main", "message": "v1.0.0-rc1" }))
}

/// `git tag` in the clone, signing with the key of `home` where there is one.
fn tag_by_hand(world: &World, home: Option<&TestHome>, arguments: &[&str]) {
    let wrapper = world.repositories.path().join("gpg-of-test");
    if let Some(home) = home {
        let script = format!("#!/bin/sh\nexec gpg --homedir {} \"$@\"\n", home.path().display());
        std::fs::write(&wrapper, script).unwrap();
        std::fs::set_permissions(&wrapper, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let program = format!("gpg.program={}", wrapper.display());
    let key = format!("user.signingkey={}", home.map_or("", |home| &home.fingerprint));
    let mut all = vec!["-c", &program, "-c", &key, "tag"];
    all.extend(arguments);
    world.repositories.git(&all);
}

#[test]
fn git_and_gpg_accept_the_tags() {
    let world = World::signing();
    let outputs = world.run(&sign());
    let commit = world.rev("main");
    for (index, name) in ["v1.0.0-rc1", "sdk-go/v1.0.0-rc1"].into_iter().enumerate() {
        let object = world.rev(&format!("refs/tags/{name}"));
        assert_eq!(outputs["tags"][index], json!({ "name": name, "object": object, "commit": commit }));
        tag_by_hand(&world, world.home.as_deref(), &["--verify", name]);
        let shown = world.repositories.git(&[
            "for-each-ref",
            "--format=%(taggername) %(taggerdate:iso-strict) %(contents:subject)",
            &format!("refs/tags/{name}"),
        ]);
        assert_eq!(shown, "Ann Example 2026-11-21T09:00:00+00:00 v1.0.0-rc1\n");
    }
    world.repositories.git(&["fsck", "--strict"]);
    sign().undo(&world.cx(), &outputs).unwrap();
    assert!(world.refs("refs/tags").is_empty());
    sign().undo(&world.cx(), &outputs).unwrap();
}

#[test]
fn a_kill_between_two_tags_keeps_the_first() {
    let home = Rc::new(TestHome::new());
    for (moment, count, made) in
        [(Moment::Before, 1, 0), (Moment::After, 1, 1), (Moment::Before, 2, 1), (Moment::After, 2, 2)]
    {
        let mut world = World::with(Some(Rc::clone(&home)));
        world.act_killed(&sign(), moment, count);
        let before = world.repositories.git(&["for-each-ref", "refs/tags"]);
        assert_eq!(before.lines().count(), made);
        let probed = sign().probe(&world.cx()).unwrap();
        assert_eq!(matches!(probed, Probed::Done(_)), made == 2, "{probed:?}");
        let outputs = sign().act(&world.cx()).unwrap();
        assert_eq!(sign().probe(&world.cx()).unwrap(), Probed::Done(outputs));
        let after = world.repositories.git(&["for-each-ref", "refs/tags"]);
        assert!(before.lines().all(|line| after.contains(line)), "the first tag is the same object");
    }
}

#[test]
fn a_tag_that_is_not_ours_is_a_conflict_and_one_by_hand_is_done() {
    let world = World::signing();
    let other = TestHome::new();
    let name = "v1.0.0-rc1";
    let retag = |home: Option<&TestHome>, arguments: &[&str]| {
        let _ = try_run(&world.repositories.clone_path(), &["tag", "-d", name]);
        tag_by_hand(&world, home, arguments);
        conflict(sign().probe(&world.cx())).0
    };
    assert!(retag(None, &[name]).contains("no annotated tag"));
    assert!(retag(None, &["-a", "-m", "x", name]).contains("no good signature"));
    assert!(retag(Some(&other), &["-s", "-m", "x", name]).contains("no good signature"));
    world.repositories.commit("b", "b", "later");
    assert!(retag(world.home.as_deref(), &["-s", "-m", "x", name, "main~1"]).contains("it is on"));
    assert!(matches!(sign().act(&world.cx()), Err(ActionError::Conflict { .. })), "nothing is overwritten");
    // A good tag under another name says so itself.
    tag_by_hand(&world, world.home.as_deref(), &["-s", "-m", "x", "v0.9"]);
    world.repositories.git(&["update-ref", "refs/tags/v1.0.0-rc1", "refs/tags/v0.9"]);
    assert!(conflict(sign().probe(&world.cx())).0.contains("the tag v0.9 under another name"));
    world.repositories.git(&["tag", "-d", name]);
    for name in [name, "sdk-go/v1.0.0-rc1"] {
        tag_by_hand(&world, world.home.as_deref(), &["-s", "-m", "by hand", name]);
    }
    assert!(matches!(sign().probe(&world.cx()).unwrap(), Probed::Done(_)));
}

#[test]
fn a_missing_target_and_a_bad_name_are_refused() {
    let world = World::signing();
    let with =
        |name: &str, target: &str| -> SignTag { built(json!({ "names": [name], "target": target, "message": "x" })) };
    assert!(refused(with("v1", "none").probe(&world.cx())).contains("no commit `none`"));
    assert!(with("a..b", "main").act(&world.cx()).is_err());
    assert!(with("a\nb", "main").act(&world.cx()).is_err());
    assert!(world.refs("refs/tags").is_empty());
}

#[test]
fn the_remotes_tags_are_looked_at_there() {
    let world = World::signing();
    let tags = |commit: Option<&str>| -> RemoteTags {
        built(json!({ "tags": ["v1.0.0-rc1", "sdk-go/v1.0.0-rc1"], "commit": commit }))
    };
    assert_eq!(fails(tags(None).examine(&world.cx())).len(), 2);
    world.run(&sign());
    world.repositories.git(&["push", "-q", "origin", "--tags"]);
    world.repositories.git(&["tag", "-d", "v1.0.0-rc1", "sdk-go/v1.0.0-rc1"]);
    let commit = world.rev("main");
    assert!(holds(tags(None).examine(&world.cx())).contains(&commit));
    holds(tags(Some(&commit)).examine(&world.cx()));
    assert!(world.refs("refs/tags").is_empty(), "the local tags are not touched");
    assert_eq!(fails(tags(Some(&"0".repeat(40))).examine(&world.cx())).len(), 2);
    world.repositories.commit("b", "b", "later");
    tag_by_hand(&world, world.home.as_deref(), &["-s", "-m", "x", "sdk-go/v1.0.0-rc1"]);
    world.repositories.git(&["push", "-q", "-f", "origin", "refs/tags/sdk-go/v1.0.0-rc1"]);
    let faults = fails(tags(None).examine(&world.cx()));
    assert!(faults.len() == 1 && faults[0].contains(&format!("expected {commit}")), "{faults:?}");
    world.repositories.remote_git(&["tag", "-f", "v1.0.0-rc1", "main"]);
    assert!(fails(tags(None).examine(&world.cx()))[0].contains("no annotated tag"));
    world.repositories.lose_remote();
    assert!(matches!(tags(None).examine(&world.cx()), Err(ActionError::Service { .. })));
}
