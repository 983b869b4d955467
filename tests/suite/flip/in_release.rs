// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The proposals of a version in its release, from a registry on the release manager's machine.

use std::path::Path;

use super::{Desk, THREAD, VOTE};
use crate::user::Ran;

/// A registry with a remote, in which one proposal is accepted and comes with 1.2.0, and the sample
/// product, whose configuration names it.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.git(".", &["init", "--quiet", "--bare", "--initial-branch=main", "remote.git"]);
    desk.git(".", &["clone", "--quiet", "remote.git", "r"]);
    desk.runs(0, &["init"]);
    let page = format!(
        "---\nnumber: 1\ntitle: \"FLIP-1: Greet by name\"\nstate: accepted\ndiscussion: {THREAD}\nvote: {VOTE}\n\
         result: {VOTE}\njira: FLINK-101\nrelease: 1.2.0\n---\n\n# FLIP-1: Greet by name\n"
    );
    desk.put("r/flips/FLIP-0001.md", &page);
    desk.git("r", &["add", "--all"]);
    desk.git("r", &["commit", "--quiet", "--message", "A proposal"]);
    desk.git("r", &["push", "--quiet", "--set-upstream", "origin", "main"]);
    let sample = crate::user::configuration().replace("key = \"GREETER\"", "key = \"FLINK\"");
    let proposals = "\n[proposals]\nscheme = \"flip\"\nregistry = \"{{ home }}/r\"\n";
    desk.put("assets/release-config/sample.toml", &format!("{sample}{proposals}"));
    desk
}

fn quorate(desk: &Desk, arguments: &[&str]) -> Ran {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_quorate"));
    command.args(arguments);
    desk.settle(&mut command);
    command.env("QUORATE_ASSETS", desk.path("assets")).env("QUORATE_STATE", desk.path("state"));
    Ran::of(command.output().unwrap())
}

#[test]
fn a_rehearsal_releases_the_proposals_of_a_copy() {
    let desk = desk();
    let tips = || [desk.git("r", &["rev-parse", "HEAD"]), desk.git("remote.git", &["rev-parse", "main"])];
    let before = tips();
    let world = desk.path("w");
    let keep = world.display().to_string();
    let ran = quorate(&desk, &["rehearse", "--product", "sample", "--keep", &keep, "--stand-ins"]);
    let _ = quorate::services::OpenPgp::stop_agent(&world.join("gnupg"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(tips(), before, "nothing of a rehearsal leaves its world");
    assert_eq!(desk.git("r", &["status", "--short"]), "");
    let state = |place: &str, revision: &str| {
        let page = desk.git(place, &["show", &format!("{revision}:flips/FLIP-0001.md")]);
        page.lines().find_map(|line| line.strip_prefix("state: ")).unwrap().to_owned()
    };
    assert_eq!(state("w/proposals", "HEAD"), "released");
    assert_eq!(state("w/proposals.git", "main"), "released");
    assert_eq!(state("r", "HEAD"), "accepted");
}

#[test]
fn doctor_looks_at_the_registry() {
    let desk = desk();
    let item = || {
        let report = quorate(&desk, &["doctor", "--product", "sample", "--offline", "--json"]).json();
        let items = report["items"].as_array().unwrap();
        items.iter().find(|item| item["id"] == "proposals-registry").unwrap().clone()
    };
    assert_eq!((&item()["state"], &item()["found"]), (&"ok".into(), &desk.path("r").display().to_string().into()));
    std::fs::rename(desk.path("r"), desk.path("elsewhere")).unwrap();
    let gone = item();
    assert_eq!(gone["state"], "failed");
    let next = gone["next"].as_str().unwrap();
    assert!(next.contains("`proposals.registry`") && Path::new(&desk.path("r")).is_absolute(), "{gone}");
}
