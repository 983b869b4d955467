// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A release that goes on under another manager, with a clone of their own.

use std::process::Command;

use crate::user::User;

/// Runs git, which must succeed.
fn git(directory: &std::path::Path, arguments: &[&str]) {
    let output = Command::new("git").args(arguments).current_dir(directory).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_copied_record_goes_on_under_the_new_manager_with_their_clone() {
    let user = User::looking().started();
    user.runs(0, &["attest", "make-the-case", "--note", "it is time"]);
    let clone = user.path("clone-of-bob");
    let here = user.place.world.clone_path();
    git(user.place.path(), &["clone", "--quiet", &here.display().to_string(), &clone.display().to_string()]);
    git(&clone, &["config", "user.name", "Bob Example"]);
    git(&clone, &["config", "user.email", "bob@example.org"]);
    let clone = clone.display().to_string();
    let agreed = ["--why", "agreed on the list"];

    user.refused(
        2,
        &["take-over", "--repo", &here.display().to_string(), agreed[0], agreed[1]],
        &["nothing would change"],
    );
    user.refused(2, &["take-over", "--repo", &clone, "--why", " "], &["--why is empty"]);
    user.refused(2, &["take-over", "--repo", "/tmp", agreed[0], agreed[1]], &["/tmp: this is no git repository"]);
    user.refused(
        2,
        &["take-over", "--repo", &clone, "--key", "0123456789ABCDEF", agreed[0], agreed[1]],
        &["no secret key has the full fingerprint"],
    );

    let ran = user.runs(0, &["take-over", "--repo", &clone, agreed[0], agreed[1]]);
    for said in ["manager: Bob Example <bob@example.org>, until now Ann Example", &format!("clone: {clone}, until now")]
    {
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
    }
    let status = user.runs(0, &["status"]).out;
    assert!(status.contains("release manager Bob Example") && status.contains("propose-release"), "{status}");
    let plan = user.runs(0, &["plan"]).out;
    assert!(!plan.contains("make-the-case"), "what was done stays done: {plan}");
    let log = user.runs(0, &["log"]).out;
    assert!(log.contains("agreed on the list") && log.contains("Bob Example"), "{log}");
}
