// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The tracker's actions under each fault of a web service.

use serde_json::json;

use super::tests::Place;
use crate::actions::fault_tests::{Scene, reads_under_faults, writes_under_faults};
use crate::rehearsal::stand_ins::jira::ADMINISTRATOR;

fn scene(name: &str, with: serde_json::Value, happened: fn(&serde_json::Value) -> usize) -> Scene {
    let place = Place::new();
    let state = place.state_file();
    let action = crate::actions::registry().build_action(name, with).unwrap();
    Scene {
        world: place.world(Some(ADMINISTRATOR)),
        faults: place.faults.clone(),
        action,
        happened: Box::new(move || happened(&serde_json::from_slice(&std::fs::read(&state).unwrap()).unwrap())),
        _keep: vec![Box::new(place)],
    }
}

fn create() -> Scene {
    scene("create-version", json!({"project": "GREETER", "name": "1.3.0"}), |state| {
        state["versions"].as_array().unwrap().iter().filter(|version| version["name"] == "1.3.0").count()
    })
}

fn release() -> Scene {
    let place = json!({"project": "GREETER", "name": "1.1.9", "at": "2026-11-21T09:31:00Z"});
    scene("release-version", place, |state| {
        let is_out = |version: &&serde_json::Value| {
            version["name"] == "1.1.9" && version["released"] == true && version["release_date"] == "2026-11-21"
        };
        state["versions"].as_array().unwrap().iter().filter(is_out).count()
    })
}

fn triage() -> Scene {
    let ruling = |key: &str, ruling: &str| json!({"about": key, "ruling": ruling, "why": "so", "at": "2026-11-21T09:00:00Z", "who": "Ann"});
    let rulings = json!([ruling("GREETER-110", "move"), ruling("GREETER-111", "keep"), ruling("GREETER-112", "keep")]);
    let with = json!({"next": "1.1.9", "issues": {"project": "GREETER", "version": "1.2.0", "rulings": rulings}});
    scene("triage-issues", with, |state| {
        let moved =
            |issue: &&serde_json::Value| issue["key"] == "GREETER-110" && issue["fix_versions"] == json!([12_350_002]);
        state["issues"].as_array().unwrap().iter().filter(moved).count()
    })
}

#[test]
fn a_version_is_made_once() {
    writes_under_faults("create-version", "POST", "/version", create);
    reads_under_faults("create-version", "/versions", create);
}

#[test]
fn a_version_is_released_once() {
    writes_under_faults("release-version", "PUT", "/version/", release);
    reads_under_faults("release-version", "/versions", release);
}

#[test]
fn an_issue_is_moved_once() {
    writes_under_faults("triage-issues", "PUT", "/issue/", triage);
    reads_under_faults("triage-issues", "/search", triage);
}
