// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What checks ask of the remote.

use super::*;
use crate::probes::{BranchAtVersion, BranchHasFixes, EditsHold, GitSigningKey, RemoteBranch, RemoteLacks};

const POM: &str =
    "<project>\n<groupId>g</groupId><artifactId>a</artifactId>\n<version>1.3-SNAPSHOT</version></project>";

#[test]
fn a_branch_and_a_commit_on_it_are_sought_at_the_remote() {
    let world = World::new();
    let probe =
        |branch: &str, commit: Option<&str>| -> RemoteBranch { built(json!({ "branch": branch, "commit": commit })) };
    let first = world.rev("main");
    let tip = world.repositories.others_commit("main", "b", "b", "by another").to_string();
    assert!(holds(probe("main", None).examine(&world.cx())).contains(&tip));
    holds(probe("main", Some(&first)).examine(&world.cx()));
    let ours = world.repositories.commit("c", "c", "not pushed").to_string();
    for commit in [&ours, &"1".repeat(40)] {
        assert!(fails(probe("main", Some(commit)).examine(&world.cx()))[0].contains("does not have"));
    }
    world.repositories.git(&["branch", "only-here"]);
    fails(probe("only-here", None).examine(&world.cx()));

    let lacks = |refs: &[&str]| -> RemoteLacks { built(json!({ "refs": refs })) };
    holds(lacks(&["refs/heads/only-here", "refs/tags/main"]).examine(&world.cx()));
    let faults = fails(lacks(&["refs/heads/only-here", "refs/heads/main"]).examine(&world.cx()));
    assert_eq!(faults, [format!("the remote still has refs/heads/main at {tip}")]);
    world.repositories.lose_remote();
    assert!(matches!(lacks(&["refs/tags/x"]).examine(&world.cx()), Err(ActionError::Service { .. })));
    assert!(matches!(probe("main", None).examine(&world.cx()), Err(ActionError::Service { .. })));
}

#[test]
fn the_version_is_read_in_the_remotes_tree() {
    let world = World::new();
    world.repositories.others_commit("main", "pom.xml", POM, "pom");
    let probe = |version: &str, allow: Value| -> BranchAtVersion {
        let authority = json!({ "kind": "maven-poms", "files": "pom.xml" });
        built(json!({ "branch": "main", "authority": authority, "version": version, "allow": allow }))
    };
    holds(probe("1.3-SNAPSHOT", json!([])).examine(&world.cx()));
    let faults = fails(probe("1.4-SNAPSHOT", json!([])).examine(&world.cx()));
    assert_eq!(faults, ["main is at 1.3-SNAPSHOT, expected 1.4-SNAPSHOT", "pom.xml:3: 1.3-SNAPSHOT"]);
    world.repositories.others_commit("main", "package.json", "\n{\"version\": \"1.2-SNAPSHOT\"}", "forgotten");
    assert_eq!(fails(probe("1.3-SNAPSHOT", json!([])).examine(&world.cx())), ["package.json:2: 1.2-SNAPSHOT"]);
    holds(probe("1.3-SNAPSHOT", json!([{ "files": "package.json", "why": "a test" }])).examine(&world.cx()));
    world.repositories.others_commit("main", "pom.xml", "no pom", "broken");
    assert!(fails(probe("1.3-SNAPSHOT", json!([])).examine(&world.cx()))[0].starts_with("pom.xml:1: found"));
}

#[test]
fn values_are_compared_with_the_remotes_tree() {
    let world = World::new();
    world.repositories.others_commit("main", "docs.toml", "Stable = false\nVersion = \"1.3\"\n", "docs");
    let rule = |path: &str, value: &str| json!({ "kind": "toml", "files": "docs.toml", "path": path, "value": value });
    let probe = |rules: &[Value], version: Option<&str>| -> EditsHold {
        built(json!({ "branch": "main", "rules": [rules], "version": version }))
    };
    holds(probe(&[rule("Stable", "false"), rule("Version", "'1.3'")], None).examine(&world.cx()));
    let faults = fails(probe(&[rule("Stable", "true"), rule("Version", "'1.3'")], None).examine(&world.cx()));
    assert_eq!(faults, ["docs.toml:1: found `false`, expected `true` (rule toml Stable in docs.toml)"]);
    assert!(fails(probe(&[rule("None", "1")], None).examine(&world.cx()))[0].contains("found no `None`"));
    assert!(fails(probe(&[rule("Version", "'@NEW@'")], None).examine(&world.cx()))[0].contains("@NEW@"));
    holds(probe(&[rule("Version", "'@NEW@'")], Some("1.3")).examine(&world.cx()));
    let nowhere: EditsHold = built(json!({ "branch": "none", "rules": [] }));
    assert_eq!(fails(nowhere.examine(&world.cx())).len(), 1);
}

#[test]
fn each_fix_must_be_on_both_branches() {
    let world = World::new();
    world.repositories.remote_git(&["branch", "release-1.2", "main"]);
    let since = world.rev("main");
    let probe: BranchHasFixes = built(json!({ "branch": "release-1.2", "since": since, "main": "main" }));
    assert!(fails(probe.examine(&world.cx()))[0].contains("nothing was fixed"));
    world.repositories.others_commit("main", "unrelated", "x", "goes on");
    let fix = world.repositories.others_commit("main", "fix", "x", "a fix").to_string();
    let other = world.repositories.path().join("other");
    run(&other, &["checkout", "-q", "-B", "release-1.2", "origin/release-1.2"]);
    run(&other, &["cherry-pick", "-x", &fix]);
    run(&other, &["push", "-q", "origin", "release-1.2"]);
    assert!(holds(probe.examine(&world.cx())).starts_with("1 fixes"));
    let alone = commit_in(&other, "alone", "x", "only for the release");
    run(&other, &["push", "-q", "origin", "release-1.2"]);
    let faults = fails(probe.examine(&world.cx()));
    assert_eq!(faults, [format!("{alone} (only for the release) is on release-1.2 and not on main")]);
    // Merged into the main branch it is on both.
    run(&other, &["checkout", "-q", "-B", "main", "origin/main"]);
    run(&other, &["merge", "-q", "-m", "merge", "release-1.2"]);
    run(&other, &["push", "-q", "origin", "main"]);
    holds(probe.examine(&world.cx()));
    let beside: BranchHasFixes = built(json!({ "branch": "release-1.2", "since": "main", "main": "main" }));
    world.repositories.commit("mine", "x", "not pushed");
    assert!(fails(beside.examine(&world.cx()))[0].contains("does not follow on"));
}

#[test]
fn the_signing_key_is_the_whole_fingerprint() {
    let world = World::new();
    let fingerprint = "AB12".repeat(10);
    let probe: GitSigningKey = built(json!({ "fingerprint": fingerprint }));
    let set = |value: &str| world.repositories.git(&["config", "user.signingkey", value]);
    for key in [fingerprint.clone(), fingerprint.to_lowercase(), format!("0x{fingerprint}!"), "AB12 ".repeat(10)] {
        set(&key);
        holds(probe.examine(&world.cx()));
    }
    set("AB12AB12");
    assert!(fails(probe.examine(&world.cx()))[0].contains("short id"));
    set("ann@example.org");
    assert!(fails(probe.examine(&world.cx()))[0].starts_with("user.signingkey is ann@example.org"));
    set(&fingerprint);
    world.repositories.git(&["config", "gpg.format", "ssh"]);
    assert!(fails(probe.examine(&world.cx()))[0].starts_with("gpg.format is ssh"));
    holds(built::<GitSigningKey>(json!({ "fingerprint": fingerprint })).examine(&{
        world.repositories.git(&["config", "--unset", "gpg.format"]);
        world.cx()
    }));
}
