// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The tracker's actions and probes against a tracker on loopback.

use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::actions::fault_tests::{impatient, intent, said};
use crate::actions::{Services, offline, registry};
use crate::engine::{Action, ActionError, Context, Finding, Probed, Reversal};
use crate::rehearsal::stand_ins::jira::{ADMINISTRATOR, COMMITTER, Seed, seed};
use crate::rehearsal::stand_ins::{Faults, StandIns};
use crate::services::{Jira, Login};

/// A tracker with a project.
pub(super) struct Place {
    directory: TempDir,
    stand_ins: StandIns,
    pub faults: Faults,
}

impl Place {
    pub fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let earlier = ["1.1.0".to_owned(), "1.1.9".to_owned()];
        let wish = Seed { key: "GREETER", id: 10_001, name: "Apache Greeter", version: "1.2.0", earlier: &earlier };
        seed(directory.path(), &wish).unwrap();
        // one of the earlier ones is not out yet
        let file = directory.path().join("jira.json");
        let mut state: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        state["versions"][1]["released"] = json!(false);
        state["versions"][1]["release_date"] = Value::Null;
        std::fs::write(&file, state.to_string()).unwrap();
        let faults = Faults::default();
        let stand_ins = StandIns::start(directory.path(), 0, faults.clone()).unwrap();
        Self { directory, stand_ins, faults }
    }

    pub fn world(&self, token: Option<&str>) -> Services {
        let login = token.map_or(Login::Anonymous, |token| Login::Bearer(token.into()));
        let jira = Jira::over(impatient("JIRA", &self.stand_ins.base("jira"), login));
        Services { jira: Some(jira), ..offline(self.directory.path()) }
    }

    pub fn state_file(&self) -> PathBuf {
        self.directory.path().join("jira.json")
    }

    fn state(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.state_file()).unwrap()).unwrap()
    }
}

fn action(name: &str, with: Value) -> Box<dyn Action<Services>> {
    registry().build_action(name, with).unwrap()
}

fn examine(world: &Services, name: &str, with: Value) -> Finding {
    let intent = intent();
    let cx = Context { world, intent: &intent, now: intent.at };
    registry().build_probe(name, with).unwrap().examine(&cx).unwrap()
}

fn ruling(about: &str, ruling: &str) -> Value {
    json!({"about": about, "ruling": ruling, "why": "so", "at": "2026-11-21T09:00:00Z", "who": "Ann"})
}

fn outputs(probed: Probed) -> Value {
    match probed {
        Probed::Done(outputs) => outputs,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_version_is_made_found_and_taken_back() {
    let place = Place::new();
    let world = place.world(Some(ADMINISTRATOR));
    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    let make = action("create-version", json!({"project": "GREETER", "name": "1.3.0"}));
    let is_there = json!({"project": "GREETER", "name": "1.3.0", "released": false});
    assert!(matches!(examine(&world, "tracker-version", is_there.clone()), Finding::Fails(_)));
    assert_eq!(make.probe(&cx).unwrap(), Probed::Absent);
    let made = make.act(&cx).unwrap();
    assert_eq!(made["name"], "1.3.0");
    assert_eq!(place.state()["versions"][3]["start_date"], "2026-11-21");
    assert_eq!(make.probe(&cx).unwrap(), Probed::Done(made.clone()));
    // whoever has no token sees it too
    let anonymous = place.world(None);
    let cx_anonymous = Context { world: &anonymous, ..cx };
    assert_eq!(make.probe(&cx_anonymous).unwrap(), Probed::Done(made.clone()));
    assert!(matches!(examine(&anonymous, "tracker-version", is_there), Finding::Holds(_)));
    let problems = make.problems(&cx_anonymous).unwrap();
    assert!(problems[0].hint.contains("QUORATE_JIRA_TOKEN"), "{problems:?}");
    assert!(matches!(make.reversal(&made), Reversal::Undo(_)));
    make.undo(&cx, &made).unwrap();
    assert_eq!(make.probe(&cx).unwrap(), Probed::Absent);
    make.undo(&cx, &made).unwrap();
}

#[test]
fn a_version_that_is_something_else_is_left_alone() {
    let place = Place::new();
    let world = place.world(Some(ADMINISTRATOR));
    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    let probe = |name: &str| action("create-version", json!({"project": "GREETER", "name": name})).probe(&cx).unwrap();
    assert!(matches!(probe("1.1.0"), Probed::Conflict { found, .. } if found.contains("marked as released")));
    assert!(matches!(probe("1.2.0"), Probed::Done(_)));
    // one that issues refer to is not removed
    let this = action("create-version", json!({"project": "GREETER", "name": "1.2.0"}));
    let error = this.undo(&cx, &outputs(this.probe(&cx).unwrap())).unwrap_err();
    assert!(said(&error).contains("issues refer"), "{}", said(&error));
}

#[test]
fn who_may_not_is_told_whom_to_ask() {
    let place = Place::new();
    let intent = intent();
    for (token, says) in [(COMMITTER, "what an account may not do"), ("wrong", "401")] {
        let world = place.world(Some(token));
        let cx = Context { world: &world, intent: &intent, now: intent.at };
        let make = action("create-version", json!({"project": "GREETER", "name": "1.3.0"}));
        let error = make.act(&cx).unwrap_err();
        assert!(matches!(error, ActionError::Refused { .. }) && said(&error).contains(says), "{}", said(&error));
        assert!(!said(&error).contains("rehearsal-jira"), "{}", said(&error));
    }
}

#[test]
fn a_version_is_released_with_its_day_and_only_when_nothing_is_open() {
    let place = Place::new();
    let world = place.world(Some(ADMINISTRATOR));
    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    let release = |name: &str| {
        action("release-version", json!({"project": "GREETER", "name": name, "at": "2026-11-20T23:59:00Z"}))
    };
    let problems = release("1.2.0").problems(&cx).unwrap();
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert!(problems[0].what.contains("GREETER-110 (Blocker) is open under 1.2.0"), "{problems:?}");
    let kept = json!({"project": "GREETER", "name": "1.2.0", "at": "2026-11-20T23:59:00Z",
                      "kept": ["GREETER-110", "GREETER-111"]});
    let problems = action("release-version", kept).problems(&cx).unwrap();
    assert!(problems.len() == 1 && problems[0].what.contains("GREETER-112"), "{problems:?}");
    let out = release("1.1.9");
    assert_eq!(out.problems(&cx).unwrap(), []);
    assert_eq!(out.probe(&cx).unwrap(), Probed::Absent);
    assert_eq!(out.act(&cx).unwrap()["released_on"], "2026-11-20");
    let is_out = json!({"project": "GREETER", "name": "1.1.9", "released": true});
    assert!(matches!(examine(&world, "tracker-version", is_out), Finding::Holds(what) if what.contains("2026-11-20")));
    out.undo(&cx, &outputs(out.probe(&cx).unwrap())).unwrap();
    assert_eq!(out.probe(&cx).unwrap(), Probed::Absent);
    let error = release("9.9.9").probe(&cx).unwrap_err();
    assert!(said(&error).contains("no version 9.9.9"), "{}", said(&error));
}

fn triage(rulings: &[Value]) -> (Box<dyn Action<Services>>, Value) {
    let issues = json!({"project": "GREETER", "version": "1.2.0", "rulings": rulings});
    (action("triage-issues", json!({"next": "1.1.9", "issues": issues})), issues)
}

#[test]
fn issues_are_triaged_by_decisions() {
    let place = Place::new();
    let world = place.world(Some(COMMITTER));
    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    // nothing is done before all is decided
    let (half, issues) = triage(&[ruling("GREETER-110", "move")]);
    let Probed::Waiting { until: None, why } = half.probe(&cx).unwrap() else { panic!() };
    assert!(why.starts_with("2 issues are open under 1.2.0") && why.contains("GREETER-112 (Major, Open)"), "{why}");
    assert!(matches!(examine(&world, "no-open-issues", issues), Finding::Fails(faults) if faults.len() == 3));
    let decided = [ruling("GREETER-110", "resolve"), ruling("GREETER-111", "keep"), ruling("GREETER-112", "move")];
    let (whole, issues) = triage(&decided);
    assert_eq!(whole.probe(&cx).unwrap(), Probed::Absent);
    let done = whole.act(&cx).unwrap();
    assert_eq!(whole.probe(&cx).unwrap(), Probed::Done(done.clone()));
    let keys = |part: &str| done[part].as_array().unwrap().iter().map(|one| one["key"].clone()).collect::<Vec<_>>();
    assert_eq!(
        (keys("resolved"), keys("kept"), keys("moved")),
        (vec![json!("GREETER-110")], vec![json!("GREETER-111")], vec![json!("GREETER-112")])
    );
    assert!(matches!(examine(&world, "no-open-issues", issues), Finding::Holds(what) if what.contains("1 that stay")));
    let state = place.state();
    let issue =
        |key: &str| state["issues"].as_array().unwrap().iter().find(|issue| issue["key"] == key).unwrap().clone();
    assert_eq!(
        (&issue("GREETER-110")["status"], &issue("GREETER-110")["resolution"]),
        (&json!("Resolved"), &json!("Fixed"))
    );
    assert_eq!(issue("GREETER-112")["fix_versions"], json!([12_350_002]));
}

#[test]
fn a_blocker_that_is_kept_stops_the_release() {
    let place = Place::new();
    let world = place.world(None);
    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    let (step, issues) = triage(&["GREETER-110", "GREETER-111", "GREETER-112"].map(|key| ruling(key, "keep")));
    let Probed::Waiting { until: None, why } = step.probe(&cx).unwrap() else { panic!() };
    assert!(
        why.starts_with("the release stops here") && why.contains("GREETER-110") && !why.contains("GREETER-111"),
        "{why}"
    );
    assert!(matches!(examine(&world, "no-open-issues", issues), Finding::Fails(faults) if faults.len() == 1));
}

#[test]
fn a_version_that_the_tracker_lacks_is_said_to_be() {
    let place = Place::new();
    let world = place.world(None);
    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    let with = json!({"next": "x", "issues": {"project": "GREETER", "version": "9\" OR x", "rulings": []}});
    let error = action("triage-issues", with).probe(&cx).unwrap_err();
    assert!(
        said(&error).contains("The value '9\" OR x' does not exist for the field 'fixVersion'"),
        "{}",
        said(&error)
    );
    assert!(said(&error).contains("make the version"), "{}", said(&error));
}

#[test]
fn notes_are_written_once_nothing_is_left_to_look_at() {
    let place = Place::new();
    let world = place.world(None);
    let intent = intent();
    let cx = Context { world: &world, intent: &intent, now: intent.at };
    let with = |kept: &[&str], rulings: &[Value]| json!({"project": "GREETER", "version": "1.2.0", "kept": kept, "rulings": rulings});
    let step = |notes: Value| {
        action("audit-release-notes", json!({"title": "Greeter 1.2.0", "directory": "release-notes", "notes": notes}))
    };
    let open = with(&[], &[]);
    let Probed::Waiting { why, .. } = step(open.clone()).probe(&cx).unwrap() else { panic!() };
    assert!(why.starts_with("5 findings") && why.contains("GREETER-106") && why.contains("“Fix NPE”"), "{why}");
    assert!(matches!(examine(&world, "notes-audited", open), Finding::Fails(faults) if faults.len() == 5));
    let task = "GREETER-108 type: Update the commons library to 4.2 for a known vulnerability in it";
    let accepted = [ruling("GREETER-106 unclear-title: Fix NPE", "accept"), ruling(task, "accept")];
    let rest = with(&["GREETER-110", "GREETER-111", "GREETER-112"], &accepted);
    let whole = step(rest.clone());
    assert_eq!(whole.probe(&cx).unwrap(), Probed::Absent);
    let done = whole.act(&cx).unwrap();
    assert_eq!((&done["issues"], done["accepted"].as_array().unwrap().len()), (&json!(9), 2));
    assert_eq!(whole.probe(&cx).unwrap(), Probed::Done(done.clone()));
    assert!(matches!(examine(&world, "notes-audited", rest), Finding::Holds(_)));
    let text = std::fs::read_to_string(place.directory.path().join("release-notes/release-notes.txt")).unwrap();
    assert!(text.starts_with("Release notes of Greeter 1.2.0\n\nNew Feature\n  * [GREETER-101] "), "{text}");
    assert!(!text.contains("GREETER-110"), "{text}");
    whole.undo(&cx, &done).unwrap();
    assert_eq!(whole.probe(&cx).unwrap(), Probed::Absent);
}
