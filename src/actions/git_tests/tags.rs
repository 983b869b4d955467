// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `sign-tag`, and the probe `remote-tags`.

use std::process::Command;

use super::*;
use crate::probes::{RemoteTags, TagsFree};

fn sign(target: &str) -> SignTag {
    action(json!({ "names": ["v1-rc1", "sdk/v1-rc1"], "target": target, "message": "v1-rc1" }))
}

/// Whether git, with the key's home, finds the tag good.
fn verified(world: &World<'_>, tag: &str) -> bool {
    let mut command = Command::new("git");
    command.arg("-C").arg(world.clone()).args(["verify-tag", tag]).env("GNUPGHOME", world.home.unwrap().path());
    command.output().unwrap().status.success()
}

/// A tag as a person makes it, signed by the key of `home`.
fn by_hand(world: &World<'_>, home: &TestHome, tag: &str, target: &str) {
    let mut command = Command::new("git");
    command.arg("-C").arg(world.clone()).env("GNUPGHOME", home.path());
    command.args(["tag", "-s", "-u", &home.fingerprint, "-m", "by hand", tag, target]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn git_accepts_the_tags_and_they_peel_to_the_commit() {
    let home = TestHome::new();
    let world = World::with_key(&home);
    let commit = world.repositories.at("HEAD");
    world.git(&["config", "tag.gpgSign", "true"]);
    world.git(&["tag", "--no-sign", "-a", "-m", "a tag of the commit", "target"]);
    let outputs = world.run(&sign("refs/tags/target"));
    assert_eq!(outputs["commit"], commit);
    for (index, tag) in ["v1-rc1", "sdk/v1-rc1"].into_iter().enumerate() {
        assert!(verified(&world, tag), "{tag}");
        let object = world.repositories.at(&format!("refs/tags/{tag}"));
        assert_eq!(outputs["tags"][index], json!({ "name": tag, "object": object, "commit": commit }));
        let text = world.git(&["cat-file", "-p", tag]);
        let head = format!(
            "object {commit}\ntype commit\ntag {tag}\ntagger Ann Example <ann@example.org> 1795251600 +0000\n\nv1-rc1\n\
             -----BEGIN PGP SIGNATURE-----\n"
        );
        assert!(text.starts_with(&head), "{text}");
    }
    assert_eq!(world.git(&["fsck", "--strict", "--no-dangling"]), "");
    world.repositories.remote_git(&["config", "transfer.fsckObjects", "true"]);
    world.git(&["push", "-q", "origin", "--tags"]);

    world.git(&["tag", "-f", "--no-sign", "sdk/v1-rc1", "HEAD"]);
    assert!(is_conflict(sign("HEAD").undo(&world.cx(), &outputs)), "a tag that was moved since stays");
    assert_eq!(world.repositories.at("sdk/v1-rc1"), commit);
    world.git(&["tag", "-d", "sdk/v1-rc1"]);
    for _ in 0..2 {
        sign("HEAD").undo(&world.cx(), &outputs).unwrap();
        assert_eq!(world.git(&["tag"]), "target\n");
    }
}

#[test]
fn a_tag_that_somebody_else_has_pushed_is_noticed_before_anything_is_tagged() {
    let home = TestHome::new();
    let world = World::with_key(&home);
    world.git(&["tag", "--no-sign", "-a", "-m", "not ours", "sdk/v1-rc1", "HEAD"]);
    world.git(&["push", "-q", "origin", "sdk/v1-rc1"]);
    world.git(&["tag", "-d", "sdk/v1-rc1"]);
    let problems = sign("HEAD").problems(&world.cx()).unwrap();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].what.contains("a tag sdk/v1-rc1 already"), "{problems:?}");
    assert!(problems[0].hint.contains("git fetch origin tag sdk/v1-rc1"), "{problems:?}");
}

#[test]
fn an_interruption_between_the_tags_changes_none() {
    let home = TestHome::new();
    let world = World::with_key(&home);
    // Before and after each signature and each ref.
    for (point, tags) in [0, 0, 0, 1, 1, 1, 1, 2, 2].into_iter().enumerate() {
        assert_eq!(world.killed_at(&sign("HEAD"), point), point < 8);
        let made = world.git(&["for-each-ref", "refs/tags"]);
        assert_eq!(made.lines().count(), tags, "{point}");
        let outputs = world.resume(&sign("HEAD"));
        assert!(verified(&world, "v1-rc1") && verified(&world, "sdk/v1-rc1"));
        let after = world.git(&["for-each-ref", "refs/tags"]);
        assert!(made.lines().all(|tag| after.contains(tag)), "{point}: {made}{after}");
        sign("HEAD").undo(&world.cx(), &outputs).unwrap();
    }
}

#[test]
fn whatever_else_has_the_name_is_in_the_way() {
    let (home, bob) = (TestHome::new(), TestHome::new());
    let world = World::with_key(&home);
    let first = world.repositories.at("HEAD");
    let second = world.repositories.commit("a", "a", "second");
    let check = |what: &str| {
        let (found, expected) = world.conflict(&sign("HEAD"));
        assert!(found.starts_with("the tag v1-rc1") && found.contains(what), "{found}");
        assert_eq!(expected, format!("none, or one on {second} signed by {}", home.fingerprint));
        let before = world.all();
        assert!(is_conflict(sign("HEAD").act(&world.cx())));
        assert_eq!(world.all(), before);
        world.git(&["tag", "-d", "v1-rc1"]);
    };
    world.git(&["tag", "v1-rc1"]);
    check("no annotated tag");
    world.git(&["tag", "-a", "-m", "unsigned", "v1-rc1"]);
    check("no good signature");
    by_hand(&world, &bob, "v1-rc1", "HEAD");
    check("no good signature");
    by_hand(&world, &home, "v1-rc1", &first);
    check(&format!("is on {first}, expected {second}"));
    by_hand(&world, &home, "other", "HEAD");
    world.git(&["update-ref", "refs/tags/v1-rc1", "refs/tags/other"]);
    check("calls itself other");
    by_hand(&world, &home, "v1-rc1", "HEAD^{tree}");
    check("is on no commit");
    by_hand(&world, &home, "v1-rc1", "HEAD");
    let by_hand = world.repositories.at("refs/tags/v1-rc1");
    assert_eq!(world.run(&sign("HEAD"))["tags"][0]["object"], by_hand, "one made well by hand is kept");
}

#[test]
fn what_cannot_be_tagged_says_what_to_do() {
    let world = World::new();
    let (what, hint) = refused(sign(&"1".repeat(40)).probe(&world.cx()).unwrap_err());
    assert!(what.contains("is not in the clone") && hint.contains("git fetch PATH"), "{what}; {hint}");
    let odd: SignTag = action(json!({ "names": ["a b"], "target": "HEAD", "message": "x" }));
    let error = odd.probe(&world.cx()).unwrap_err();
    assert_eq!(error.to_string(), "`refs/tags/a b` cannot be the name of a ref");
    let before = world.all();
    let error = sign("HEAD").act(&world.cx()).unwrap_err();
    assert!(matches!(error, ActionError::Misconfigured { .. }), "nobody has that key: {error:?}");
    assert!(error.hint().unwrap().contains("take-over --key"), "{error:?}");
    assert_eq!(world.all(), before);
}

#[test]
fn a_releases_tags_are_free_or_the_managers_own_on_the_right_commit() {
    let (home, bob) = (TestHome::new(), TestHome::new());
    let world = World::with_key(&home);
    let commit = world.repositories.at("HEAD");
    let probe: TagsFree = action(json!({ "tags": ["v1-rc1", "sdk/v1-rc1"], "commit": commit }));
    let examine = || probe.examine(&world.cx()).unwrap();
    assert_eq!(holds(examine()), "the remote has none of v1-rc1, sdk/v1-rc1");
    by_hand(&world, &bob, "sdk/v1-rc1", "HEAD");
    world.git(&["push", "-q", "origin", "--tags"]);
    let faults = fails(examine());
    assert!(faults.len() == 1 && faults[0].contains("sdk/v1-rc1 has no good signature"), "{faults:?}");
    world.git(&["push", "-q", "--delete", "origin", "sdk/v1-rc1"]);
    world.git(&["tag", "-d", "sdk/v1-rc1"]);
    by_hand(&world, &home, "sdk/v1-rc1", "HEAD");
    world.git(&["push", "-q", "origin", "--tags"]);
    assert_eq!(holds(examine()), format!("sdk/v1-rc1 signed and on {}", &commit[..12]));
}

#[test]
fn tags_at_the_remote_are_signed_and_on_one_commit() {
    let home = TestHome::new();
    let world = World::with_key(&home);
    let commit = world.repositories.at("HEAD");
    let tags =
        |commit: Option<&str>| -> RemoteTags { action(json!({ "tags": ["v1-rc1", "sdk/v1-rc1"], "commit": commit })) };
    let faults = |tags: &RemoteTags| fails(tags.examine(&world.cx()).unwrap());
    assert_eq!(faults(&tags(None)), ["the remote has no v1-rc1", "the remote has no sdk/v1-rc1"]);
    world.run(&sign("HEAD"));
    world.git(&["push", "-q", "origin", "--tags"]);
    // The clone need not have them.
    world.git(&["tag", "-d", "v1-rc1", "sdk/v1-rc1"]);
    world.git(&["-c", "gc.reflogExpire=now", "gc", "-q", "--prune=now"]);
    let why = holds(tags(Some(&commit)).examine(&world.cx()).unwrap());
    assert_eq!(why, format!("v1-rc1, sdk/v1-rc1 signed and on {}", &commit[..12]));
    assert_eq!(world.git(&["tag"]), "");
    assert_eq!(faults(&tags(Some(&"1".repeat(40)))).len(), 2);

    let second = world.repositories.commit("a", "a", "second");
    by_hand(&world, &home, "sdk/v1-rc1", "HEAD");
    world.git(&["tag", "v1-rc1"]);
    world.git(&["push", "-q", "-f", "origin", "--tags"]);
    assert_eq!(
        faults(&tags(Some(&commit))),
        ["v1-rc1 is no annotated tag".to_owned(), format!("sdk/v1-rc1 is on {second}, expected {commit}")]
    );
}
