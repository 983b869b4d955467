// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a step has asked once more just before it acts.

use super::stage::{Stage, in_the_way};
use super::toy_world::Quirk;
use crate::engine::{Halt, Workflow};

const PHASES: &str = r#"
[[phase]]
id = "build"
title = "Build"
step = [ { id = "stage", title = "Stage", action = "put", with = { facts = ["staged"], value = "1" }, effect = "shared" } ]
check = [
  { id = "staged", title = "Staged", probe = "fact-holds", with = { fact = "staged", value = "1" } },
  { id = "signed", title = "Signed", probe = "fact-holds", with = { fact = "signed", value = "1" }, optional = true },
]
[[phase]]
id = "vote"
title = "Vote"
[[phase.step]]
id = "call"
title = "Call"
action = "put"
with = { facts = ["called"], value = "1" }
effect = "public"
recheck = ["staged", "signed"]
"#;

/// A release whose first phase is done and whose facts somebody then changed.
fn built() -> Stage {
    let stage = Stage::new(PHASES);
    stage.world.set("signed", "1");
    stage.run_to(&crate::engine::Goal::Phase("build".into())).unwrap();
    stage
}

#[test]
fn what_held_once_and_holds_no_more_stops_the_step_before_it_acts() {
    let stage = built();
    stage.world.set("staged", "2");
    stage.world.set("signed", "2");
    let why = "what was checked does not hold any more: staged: staged = Some(\"2\"), expected 1; \
               signed: signed = Some(\"2\"), expected 1";
    assert_eq!(in_the_way(&stage.run()), [format!("call: failed: {why}")]);
    assert_eq!(stage.events("call"), ["step-intended", "step-failed"], "it had not begun to act");
    assert_eq!(stage.events("staged"), ["check-held", "check-failed"]);
    assert_eq!(stage.world.fact("called"), None);
    stage.world.set("staged", "1");
    stage.world.set("signed", "1");
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.events("staged"), ["check-held", "check-failed", "check-held"]);
}

#[test]
fn what_holds_still_is_recorded_once_and_what_is_done_is_not_asked_about() {
    let stage = built();
    stage.world.set("called", "1");
    stage.world.set("staged", "2");
    assert!(matches!(stage.run(), Halt::Completed), "found done: nothing acts");
    let stage = built();
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.events("staged"), ["check-held"]);
}

#[test]
fn what_cannot_be_asked_stops_the_step_too() {
    let stage = built();
    stage.world.quirk_at_probe("check signed", Quirk::Unreachable);
    assert_eq!(in_the_way(&stage.run()), ["call: failed: the toy service failed"]);
    assert_eq!(stage.world.fact("called"), None);
    assert!(matches!(stage.run(), Halt::Completed));
}

#[test]
fn what_a_person_answered_for_is_not_asked_again() {
    let stage = Stage::new(PHASES);
    stage.run_items(&["stage"]).unwrap();
    stage.with(|driver| driver.attest("signed", "Bob looked")).unwrap();
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.events("signed"), ["check-failed", "check-attested"]);
}

#[test]
fn only_a_probe_up_to_the_steps_phase_can_be_asked_again() {
    let head = "format = 1\nid = \"toy\"\ntitle = \"Toy\"\n";
    for (from, to) in [
        ("\"staged\", \"signed\"]", "\"nothing\"]"),
        ("probe = \"fact-holds\", with = { fact = \"staged\", value = \"1\" }", "question = \"Is it?\""),
    ] {
        let text = format!("{head}{}", PHASES.replace(from, to));
        assert_ne!(text, format!("{head}{PHASES}"));
        let faults = Workflow::parse("toy.toml", &text).unwrap_err().faults;
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].contains("toy.toml:17: `call` rechecks `"), "{faults:?}");
    }
    let text = format!(
        "{head}{}",
        PHASES.replace(
            "action = \"put\"\nwith = { facts = [\"called\"], value = \"1\" }",
            "person = true\nquestion = \"Done?\""
        )
    );
    let faults = Workflow::parse("toy.toml", &text).unwrap_err().faults;
    assert_eq!(faults, ["toy.toml:17: `call` is a person's, which takes no `recheck`"]);
}
