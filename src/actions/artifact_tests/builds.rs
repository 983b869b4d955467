// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Builds over a tag's tree.

use super::*;

#[test]
fn a_build_is_of_the_tags_tree_and_is_not_repeated() {
    let world = World::new();
    world.tag();
    world.put("build.sh", "exit 1");
    let build = json!([sdk(&["./build.sh"], "dist/*.tar.gz", &["sh"])]);
    let outputs = world.run(&builds(&build, false));
    let digest = crate::release::Sha512::of(b"built\n");
    assert_eq!(
        outputs,
        json!({
            "files": ["sdk-1.0.0.tar.gz"], "stand_ins": [],
            "digests": [{"name": "sdk-1.0.0.tar.gz", "bytes": 6, "sha512": digest.as_str()}],
        })
    );
    assert_eq!(fs::read(world.artifacts().join("sdk-1.0.0.tar.gz")).unwrap(), b"built\n");
    assert_eq!(builds(&build, false).act(&world.cx()).unwrap(), outputs);
    assert_eq!(world.happened("build"), 1);
    // A stand-in does not take the place of the real thing.
    assert!(matches!(builds(&build, true).probe(&world.cx()).unwrap(), Probed::Done(_)));
    fs::write(world.artifacts().join("sdk-1.0.0.tar.gz"), "other").unwrap();
    assert_eq!(builds(&build, false).probe(&world.cx()).unwrap(), Probed::Absent);
    // What the first run left in its tree, read-only directories too, is gone.
    let tree = world.directory.path().join("workspace/trees/rc1-sdk");
    fs::create_dir(tree.join("read-only")).unwrap();
    fs::write(tree.join("read-only/file"), "x").unwrap();
    fs::set_permissions(tree.join("read-only"), std::os::unix::fs::PermissionsExt::from_mode(0o500)).unwrap();
    builds(&build, false).act(&world.cx()).unwrap();
    assert_eq!(world.happened("build"), 2);
    assert!(!tree.join("read-only").exists());
    builds(&build, false).undo(&world.cx(), &outputs).unwrap();
    assert!(!world.artifacts().join("sdk-1.0.0.tar.gz").exists());
}

#[test]
fn a_build_that_does_not_leave_its_output_is_no_build() {
    let world = World::new();
    world.tag();
    for (command, glob, wanted) in [
        ("echo working; echo no such target >&2; exit 2", "dist/*.tar.gz", "exit status: 2"),
        ("true", "dist/*.tar.gz", "exactly one file was expected to fit `dist/*.tar.gz`, found none"),
        ("mkdir dist; touch dist/a.gz dist/b.gz", "dist/*.gz", "found dist/a.gz, dist/b.gz"),
        ("true", "a[b", "`a[b` is no glob"),
    ] {
        let build = json!([sdk(&["sh", "-c", command], glob, &[])]);
        let error = builds(&build, false).act(&world.cx()).unwrap_err();
        let text = chain(&error);
        assert!(text.contains("the build `sdk` (the SDK)") && text.contains(wanted), "{text}");
        if wanted.starts_with("exit") {
            assert!(error.hint().unwrap().ends_with("working\nno such target"), "{error:?}");
            assert!(text.contains("workspace/logs/rc1-sdk.log"), "{text}");
        }
        assert!(!world.artifacts().join("sdk-1.0.0.tar.gz").exists());
        assert_eq!(builds(&build, false).probe(&world.cx()).unwrap(), Probed::Absent);
    }
}

#[test]
fn a_missing_program_is_a_problem_or_gives_a_stand_in() {
    let world = World::new();
    world.tag();
    let build = json!([sdk(&["no-such-program"], "dist/*", &["no-such-program"])]);
    let problems = builds(&build, false).problems(&world.cx()).unwrap();
    assert_eq!(problems[0].what, "the build `sdk` needs `no-such-program`, which cannot be used here");
    assert!(matches!(builds(&build, false).act(&world.cx()), Err(ActionError::Refused { .. })));
    let outputs = world.run(&builds(&build, true));
    let why = "its build needs `no-such-program`, which is not on the PATH here";
    assert_eq!(outputs["files"], json!(["sdk-1.0.0.tar.gz"]));
    assert_eq!(outputs["stand_ins"], json!([{ "name": "sdk-1.0.0.tar.gz", "why": why }]));
    let text = fs::read_to_string(world.artifacts().join("sdk-1.0.0.tar.gz")).unwrap();
    assert!(text.starts_with("sdk-1.0.0.tar.gz is a stand-in"), "{text}");
    // It stays no stand-in for a release.
    assert_eq!(builds(&build, false).probe(&world.cx()).unwrap(), Probed::Absent);
}

#[test]
fn a_trial_build_holds_for_its_commit() {
    let world = World::new();
    world.tag();
    let trial: TrialBuild = action(json!({ "ref": "v1", "build": sdk(&["./build.sh"], "nothing/*", &[]) }));
    let outputs = world.run(&trial);
    assert_eq!(outputs, json!({ "log": "logs/trial-sdk.log", "stand_in": null }));
    assert!(world.directory.path().join("workspace/logs/trial-sdk.log").is_file());
    world.put("build.sh", "#!/bin/sh\nexit 7\n");
    world.tag();
    assert_eq!(trial.probe(&world.cx()).unwrap(), Probed::Absent);
    assert!(chain(&trial.act(&world.cx()).unwrap_err()).contains("exit status: 7"));
    let passed_over: TrialBuild =
        action(json!({ "ref": "v1", "build": sdk(&["no-such"], "x", &["no-such"]), "stand_ins": true }));
    assert_eq!(world.run(&passed_over)["stand_in"], "its build needs `no-such`, which is not on the PATH here");
    let asked: TrialBuild =
        action(json!({ "ref": "v1", "build": sdk(&["x"], "x", &["false --now"]), "stand_ins": true }));
    assert_eq!(world.run(&asked)["stand_in"], "its build needs a machine on which `false --now` works");
}
