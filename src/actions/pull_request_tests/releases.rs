// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A release at GitHub: all of its files or nothing to be seen.

use serde_json::json;

use super::faults::each;
use super::*;
use crate::actions::PublishOnGitHub;
use crate::release::{FileDigest, Sha512};
use crate::services::{NewRelease, Release};

const FILES: [(&str, &[u8]); 2] = [("greeter.tgz", b"the release"), ("greeter.tgz.asc", b"its signature")];

fn with_files(site: &Site) {
    let world = site.services(Effects::unwatched());
    for (name, bytes) in FILES {
        world.workspace.write(format!("artifacts/{name}"), bytes).unwrap();
    }
}

fn action(site: &Site) -> PublishOnGitHub {
    let digest = |(name, bytes): (&str, &[u8])| FileDigest {
        name: name.to_owned(),
        bytes: bytes.len() as u64,
        sha512: Sha512::of(bytes),
    };
    serde_json::from_value(json!({
        "repository": site.remote(), "tag": "release-1.2.0", "title": "Greeter 1.2.0", "text": "See the announcement.",
        "directory": "artifacts", "files": FILES.map(digest),
    }))
    .unwrap()
}

fn shown(site: &Site) -> Option<Release> {
    let base = site.stand_ins.base("github");
    let anybody = GitHub::new(&base, &base, Login::Anonymous, Effects::unwatched()).unwrap();
    anybody.release_of(&slug(), "release-1.2.0").unwrap()
}

#[test]
fn whatever_happens_a_release_is_shown_once_and_with_all_files() {
    for place in [("POST", "/releases"), ("POST", "/assets"), ("PATCH", "/releases/")] {
        each(
            place,
            with_files,
            |site| Box::new(action(site)),
            |site, name| {
                let release = shown(site).unwrap_or_else(|| panic!("{name}: it is not shown"));
                let mut files: Vec<&str> = release.files.iter().map(|file| file.name.as_str()).collect();
                files.sort_unstable();
                assert_eq!(files, FILES.map(|(name, _)| name), "{place:?} {name}");
            },
        );
    }
}

#[test]
fn half_a_release_is_seen_by_nobody_and_finished_by_the_next_run() {
    let site = Site::new();
    with_files(&site);
    let (world, action) = (site.services(Effects::unwatched()), action(&site));
    let new = NewRelease { tag: "release-1.2.0", title: "x", body: "x" };
    let begun = world.github.begin_release(&slug(), &new).unwrap();
    let file = world.workspace.path("artifacts/greeter.tgz");
    world.github.put_file(&slug(), begun.id, "greeter.tgz", file).unwrap();
    assert_eq!(shown(&site), None);
    assert_eq!(probe(&action, &world).unwrap(), Probed::Absent);
    let made = act(&action, &world).unwrap();
    assert_eq!(probe(&action, &world).unwrap(), Probed::Done(made));
    assert_eq!(shown(&site).unwrap().id, begun.id);
}

#[test]
fn other_bytes_are_a_conflict_and_stay() {
    for other in [&b"another release"[..], b"the releasf"] {
        let site = Site::new();
        with_files(&site);
        let (world, action) = (site.services(Effects::unwatched()), action(&site));
        let new = NewRelease { tag: "release-1.2.0", title: "x", body: "x" };
        let begun = world.github.begin_release(&slug(), &new).unwrap();
        let file = world.workspace.write("other", other).unwrap();
        world.github.put_file(&slug(), begun.id, "greeter.tgz", file).unwrap();
        assert!(matches!(probe(&action, &world).unwrap(), Probed::Conflict { .. }));
        assert!(matches!(act(&action, &world), Err(ActionError::Conflict { .. })));
        assert_eq!(shown(&site), None);
    }
}

#[test]
fn what_was_not_voted_on_is_not_published() {
    let site = Site::new();
    with_files(&site);
    let (world, action, intent) = (site.services(Effects::unwatched()), action(&site), intent());
    world.workspace.write("artifacts/greeter.tgz", b"changed since").unwrap();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    let problems = action.problems(&cx).unwrap();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].what.contains("greeter.tgz in artifacts is not what was voted on"), "{problems:?}");
}
