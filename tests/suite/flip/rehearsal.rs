// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate rehearse --flip`: a proposal from its page to the release, also where the process is
//! killed (SIGKILL) at every record and around every effect.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::user::Ran;

/// More restarts than there are points.
const RESTARTS: usize = 400;

fn rehearse(world: &Path, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
    command.args(["rehearse", "--flip", "--json", "--keep"]).arg(world).args(arguments);
    Ran::of(command.env_remove("QUORATE_STATE").stdin(Stdio::null()).output().unwrap())
}

/// What there is in the end, without times, ids and ports.
#[derive(Debug, PartialEq)]
struct Inventory {
    state: Value,
    commits: Value,
    mails: Value,
    labels: Value,
    links: usize,
    outcome: Value,
    left_in_tree: String,
}

fn inventory(world: &Path, report: &Value) -> Inventory {
    let manifest: Value = serde_json::from_str(&fs::read_to_string(world.join("manifest.json")).unwrap()).unwrap();
    let mut mails: Vec<Value> =
        manifest["mails"].as_array().unwrap().iter().map(|mail| mail["subject"].clone()).collect();
    mails.sort_by_key(Value::to_string);
    let status =
        Command::new("git").arg("-C").arg(world.join("registry")).args(["status", "--short"]).output().unwrap();
    Inventory {
        state: manifest["state"].clone(),
        commits: manifest["commits"].clone(),
        mails: Value::Array(mails),
        labels: manifest["wiki"]["labels"].clone(),
        links: manifest["issue"]["links"].as_array().unwrap().len(),
        outcome: report["votes"][0]["outcome"].clone(),
        left_in_tree: String::from_utf8(status.stdout).unwrap(),
    }
}

#[test]
fn a_veto_is_withdrawn_and_the_proposal_is_released() {
    let place = tempfile::tempdir().unwrap();
    let ran = rehearse(place.path(), &[]).ends(0, &["rehearse"]);
    let report = ran.json();
    let fay =
        report["votes"][0]["votes"].as_array().unwrap().iter().find(|vote| vote["voter"] == "fay").unwrap().clone();
    assert_eq!((&fay["value"], &fay["earlier"][0], &fay["binding"]), (&"+1".into(), &"-1".into(), &true.into()));
    let found = inventory(place.path(), &report);
    assert_eq!((found.state, found.links, found.left_in_tree.as_str()), ("released".into(), 1, ""));
    assert_eq!(found.labels, serde_json::json!(["released"]));
    assert_eq!(report["status"]["completed"], true);
    let page = fs::read_to_string(place.path().join("registry/flips/FLIP-0003.md")).unwrap();
    for line in ["state: released", "result: tallies/FLIP-0003.json", "jira: GREETER-101", "release: \"1.2.0\""] {
        assert!(page.contains(line), "{line}: {page}");
    }
    let index = fs::read_to_string(place.path().join("registry/INDEX.md")).unwrap();
    assert!(
        index.contains("| [FLIP-3: Greet everybody by name](flips/FLIP-0003.md) | 1.2.0 | GREETER-101 |"),
        "{index}"
    );
    let wiki: Value =
        serde_json::from_str(&fs::read_to_string(place.path().join("stand-ins/confluence.json")).unwrap()).unwrap();
    let body = wiki["pages"].as_array().unwrap().iter().find(|page| page["id"] == 103).unwrap()["body"].to_string();
    assert!(body.contains("/browse/GREETER-101") && body.contains("<td>1.2.0</td>"), "{body}");
    // given again, all of it is found done
    let again = rehearse(place.path(), &[]).ends(0, &["again"]);
    assert_eq!(inventory(place.path(), &again.json()).commits.as_array().unwrap().len(), 6);
}

#[test]
fn a_kill_at_every_record_and_around_every_effect_changes_nothing() {
    let (calm, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let undisturbed = rehearse(calm.path(), &[]).ends(0, &["undisturbed"]);
    let (world, points) = (place.path().join("world"), place.path().join("points"));
    let arguments = ["--interrupt", points.to_str().unwrap()];
    let mut ended = None;
    for _ in 0..RESTARTS {
        let ran = rehearse(&world, &arguments);
        if ran.code != 128 + 9 {
            ended = Some(ran.ends(0, &arguments));
            break;
        }
    }
    let ended = ended.expect("it comes to an end");
    let text = fs::read_to_string(&points).unwrap();
    for effect in [
        "send mail",
        "registry file",
        "git index",
        "git ref",
        "git push",
        "wiki change page",
        "wiki add labels",
        "jira link issue",
    ] {
        for side in ["before", "after"] {
            assert!(text.contains(&format!("/ {side} {effect} #")), "no kill {side} `{effect}`: {text}");
        }
    }
    assert!(text.lines().filter(|line| line.ends_with(" recorded")).count() > 30, "{text}");
    assert_eq!(inventory(&world, &ended.json()), inventory(calm.path(), &undisturbed.json()));
}

#[test]
fn what_cannot_be_rehearsed_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let ran = rehearse(place.path(), &["--version", "1.2.0"]).ends(2, &["--version"]);
    assert!(ran.err.contains("--version"), "{}", ran.err);
    fs::write(place.path().join("mine.txt"), "mine").unwrap();
    let ran = rehearse(place.path(), &[]).ends(2, &["not empty"]);
    assert!(ran.err.contains("mine.txt"), "{}", ran.err);
}
