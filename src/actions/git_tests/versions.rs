// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Setting versions.

use super::*;
use crate::actions::SetVersions;

const REF: &str = "refs/quorate/heads/main";

/// A world whose main branch has a small product at 1.2-SNAPSHOT.
fn product() -> World {
    let world = World::new();
    let pom = "<project>\n  <groupId>demo</groupId><artifactId>a</artifactId>\n  <version>1.2-SNAPSHOT</version>\n</project>\n";
    for (path, text) in [
        ("pom.xml", pom),
        ("js/package.json", "{ \"version\": \"1.2-SNAPSHOT\", \"x\": 1 }\n"),
        ("docs.toml", "Stable = false # yet\n"),
    ] {
        world.repositories.commit(path, text, path);
    }
    world.repositories.git(&["push", "-q", "origin", "main"]);
    world
}

fn with(changes: &Value) -> SetVersions {
    let mut with = json!({
        "ref": REF,
        "start": "origin/main",
        "rules": [
            [{ "kind": "maven-poms", "files": "**/pom.xml" }],
            [{ "kind": "json", "files": "js/package.json", "pointer": "/version", "value": "@NPM_NEW@" }],
        ],
        "authority": { "kind": "maven-poms", "files": "pom.xml" },
        "to": "1.3-SNAPSHOT",
        "message": "[release] Update version from @OLD@ to @NEW@",
    });
    with.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    built(with)
}

fn next() -> SetVersions {
    with(&json!({}))
}

#[test]
fn one_commit_sets_all_and_the_working_copy_stays() {
    let world = product();
    let base = world.rev("main");
    let outputs = world.run(&next());
    assert_eq!((&outputs["from"], &outputs["to"]), (&json!("1.2-SNAPSHOT"), &json!("1.3-SNAPSHOT")));
    assert_eq!((&outputs["parent"], &outputs["files"]), (&json!(base), &json!(["js/package.json", "pom.xml"])));
    assert_eq!(outputs["commit"], world.rev(REF));
    let git = |arguments: &[&str]| world.repositories.git(arguments);
    assert_eq!(git(&["show", &format!("{REF}:js/package.json")]), "{ \"version\": \"1.3.0-SNAPSHOT\", \"x\": 1 }\n");
    assert_eq!(
        git(&["log", "-1", "--format=%an <%ae> %aI %cI%n%B", REF]),
        "Ann Example <ann@example.org> 2026-11-21T09:00:00+00:00 2026-11-21T09:00:00+00:00\n\
         [release] Update version from 1.2-SNAPSHOT to 1.3-SNAPSHOT\n\n"
    );
    assert_eq!((git(&["status", "--short"]), world.rev("main")), (String::new(), base.clone()));
    git(&["fsck", "--strict"]);

    assert!(is_undo(&next().reversal(&outputs)));
    next().undo(&world.cx(), &outputs).unwrap();
    next().undo(&world.cx(), &outputs).unwrap();
    assert_eq!(world.rev(REF), base);
}

#[test]
fn after_a_kill_the_commit_comes_out_the_same() {
    let expected = product().run(&next());
    for moment in [Moment::Before, Moment::After] {
        // The dates of the fixture's commits differ, so the trees are compared.
        let mut world = product();
        world.act_killed(&next(), moment, 1);
        let probed = next().probe(&world.cx()).unwrap();
        assert_eq!(matches!(probed, Probed::Done(_)), moment == Moment::After);
        let before = world.repositories.git(&["rev-list", "--all", "--objects", "--no-object-names"]).lines().count();
        let first = next().act(&world.cx()).unwrap();
        let once_more = next().act(&world.cx()).unwrap();
        assert_eq!(first, once_more);
        assert_eq!((&first["files"], &first["from"]), (&expected["files"], &expected["from"]));
        if let Probed::Done(outputs) = probed {
            let after = world.repositories.git(&["rev-list", "--all", "--objects", "--no-object-names"]);
            assert_eq!((outputs, before), (first, after.lines().count()));
        } else {
            // The commit that the killed run wrote is the one that the ref has now.
            let id = first["commit"].as_str().unwrap().to_owned();
            world.repositories.git(&["update-ref", "-d", REF]);
            let dangling = world.repositories.git(&["fsck", "--no-reflogs", "--unreachable"]);
            let commits: Vec<&str> = dangling.lines().filter(|line| line.contains("commit")).collect();
            assert_eq!(commits, [format!("unreachable commit {id}")]);
        }
    }
}

#[test]
fn what_would_be_left_and_what_does_not_fit_is_named_and_nothing_is_done() {
    let world = product();
    world.repositories.commit("notes.md", "a\nsince 1.2-SNAPSHOT\n", "notes");
    world.repositories.git(&["push", "-q", "origin", "main"]);
    let what = refused(next().act(&world.cx()));
    assert!(what.contains("\n  notes.md:2: 1.2-SNAPSHOT would be left"), "{what}");
    assert!(world.refs(REF).is_empty());
    let allowed = with(&json!({ "allow": [{ "files": "*.md", "why": "history" }] }));
    world.run(&allowed);

    let world = product();
    world.repositories.commit("js/package.json", "{\n\"version\": \"1.1.0\"}", "stale");
    world.repositories.git(&["push", "-q", "origin", "main"]);
    let rules = json!({ "rules": [
        [{ "kind": "maven-poms", "files": "**/pom.xml" }],
        [{ "kind": "json", "files": "js/package.json", "pointer": "/version", "value": "@NPM_NEW@" }],
        [{ "kind": "text", "files": "pom.xml", "find": "<none>@OLD@", "replace": "<none>@NEW@" }],
    ] });
    let what = refused(with(&rules).act(&world.cx()));
    assert!(what.contains("js/package.json:2: found `1.1.0`") && what.contains("pom.xml: found nothing"), "{what}");
    let nowhere = with(&json!({ "authority": { "kind": "maven-poms", "files": "no/pom.xml" } }));
    assert!(refused(nowhere.act(&world.cx())).contains("no/pom.xml: found no such file"));
    let without = with(&json!({ "authority": null }));
    assert!(matches!(without.probe(&world.cx()), Err(ActionError::Misconfigured { .. }) | Ok(Probed::Absent)));
    assert!(matches!(without.act(&world.cx()), Err(ActionError::Misconfigured { .. })));
}

#[test]
fn a_ref_that_was_left_behind_starts_where_the_remote_is() {
    let world = product();
    world.repositories.git(&["update-ref", REF, "main~1"]);
    let tip = world.repositories.others_commit("main", "b", "b", "by another").to_string();
    assert_eq!(world.run(&next())["parent"], tip);
}

#[test]
fn somebody_elses_commits_on_the_ref_are_a_conflict() {
    let world = product();
    world.repositories.git(&["checkout", "-q", "--detach"]);
    world.repositories.commit("mine", "x", "own work");
    world.repositories.git(&["update-ref", REF, "HEAD"]);
    let (found, _) = conflict(next().probe(&world.cx()));
    assert!(found.contains("the version is 1.2-SNAPSHOT"), "{found}");
    assert!(matches!(next().act(&world.cx()), Err(ActionError::Conflict { .. })));
    // The version is set by hand, and one file was forgotten.
    world.repositories.git(&["checkout", "-q", "main", "--detach"]);
    let pom = world.repositories.git(&["show", "main:pom.xml"]).replace("1.2-", "1.3-");
    world.repositories.commit("pom.xml", &pom, "by hand");
    world.repositories.git(&["update-ref", REF, "HEAD"]);
    let (found, _) = conflict(next().probe(&world.cx()));
    assert!(found.contains("js/package.json"), "{found}");
    // Now it is not forgotten.
    world.repositories.git(&["checkout", "-q", "main", "--detach"]);
    std::fs::write(world.repositories.clone_path().join("pom.xml"), pom).unwrap();
    world.repositories.git(&["add", "pom.xml"]);
    let by_hand = world.repositories.commit("js/package.json", "{\"version\": \"1.3.0-SNAPSHOT\"}", "by hand");
    world.repositories.git(&["update-ref", REF, "HEAD"]);
    let Probed::Done(outputs) = next().probe(&world.cx()).unwrap() else { panic!() };
    assert_eq!((outputs["commit"].clone(), &outputs["from"]), (json!(by_hand.to_string()), &json!("1.2-SNAPSHOT")));
}

#[test]
fn where_all_is_so_already_there_is_no_commit() {
    let world = product();
    let there = with(&json!({ "to": "1.2-SNAPSHOT", "rules": [[{ "kind": "maven-poms", "files": "pom.xml" }]] }));
    let outputs = world.run(&there);
    assert_eq!((&outputs["commit"], &outputs["parent"]), (&json!(world.rev("main")), &outputs["commit"]));
    assert_eq!(there.reversal(&outputs), Reversal::NothingToUndo);
    there.undo(&world.cx(), &outputs).unwrap();
}

#[test]
fn values_without_a_version_go_on_a_branch_of_the_clone() {
    let world = product();
    world.repositories.git(&["branch", "release-1.2", "main"]);
    let docs = |reference: &str| {
        with(&json!({
            "ref": reference, "start": world.rev("main"), "authority": null, "to": null, "message": "docs",
            "rules": [[{ "kind": "toml", "files": "docs.toml", "path": "Stable", "value": "true" }]],
        }))
    };
    let outputs = world.run(&docs("refs/heads/release-1.2"));
    assert_eq!((&outputs["from"], &outputs["files"]), (&Value::Null, &json!(["docs.toml"])));
    assert_eq!(world.repositories.git(&["show", "release-1.2:docs.toml"]), "Stable = true # yet\n");
    assert_eq!(docs("refs/heads/main").problems(&world.cx()).unwrap().len(), 1, "it is checked out");
    let versioned = with(&json!({ "ref": "refs/heads/x", "authority": null, "to": null }));
    assert!(refused(versioned.act(&world.cx())).contains("versions, for poms"));

    // What is pushed is not taken back here.
    world.repositories.git(&["push", "-q", "origin", "release-1.2"]);
    assert!(
        refused(docs("refs/heads/release-1.2").undo(&world.cx(), &outputs)).contains("on the remote's release-1.2")
    );
    world.repositories.remote_git(&["branch", "-D", "release-1.2"]);
    docs("refs/heads/release-1.2").undo(&world.cx(), &outputs).unwrap();
    world.repositories.git(&["update-ref", "refs/heads/release-1.2", "main~2"]);
    let moved = docs("refs/heads/release-1.2").undo(&world.cx(), &outputs);
    assert!(matches!(moved, Err(ActionError::Conflict { .. })), "{moved:?}");
}
