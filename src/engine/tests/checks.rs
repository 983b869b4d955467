// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Checks: asked of the truth, or of a person; the gate.

use super::stage::{Scripted, Stage, in_the_way, later, refusal};
use super::toy_world::Quirk;
use crate::engine::{Answer, Decided, Goal, Halt, Person, StepPreview, Warning};

const CHECKED: &str = r#"
[[phase]]
id = "one"
title = "One"
step = [ { id = "tag", title = "Tag", action = "put", with = { facts = ["tag"], value = "1" }, effect = "local" } ]
check = [
  { id = "tagged", title = "Tagged", probe = "fact-holds", with = { fact = "tag", value = "{{ steps['tag'].value }}" } },
  { id = "approved", title = "Approved", probe = "fact-holds", with = { fact = "vote", value = "passed" }, gate = true },
  { id = "pretty", title = "Pretty", probe = "fact-holds", with = { fact = "pretty", value = "yes" }, optional = true },
  { id = "read", title = "Read", question = "Was it read?" },
]
[[phase]]
id = "two"
title = "Two"
step = [ { id = "release", title = "Release", action = "put", with = { facts = ["release"], value = "1" }, effect = "public" } ]
"#;

#[test]
fn a_phase_ends_only_when_all_its_checks_hold_and_all_that_do_not_are_told() {
    let stage = Stage::new(CHECKED);
    let mut person = Scripted::agreeable().answering("read", later("not yet"));
    let halt = stage.with(|driver| driver.advance(&Goal::All, &mut person)).unwrap();
    assert_eq!(in_the_way(&halt), ["approved: does not hold: vote = None, expected passed", "read: person: not yet"]);
    assert_eq!(stage.stands("tagged"), "holds");
    assert_eq!(stage.stands("approved"), "failed");
    assert_eq!(stage.stands("pretty"), "failed");
    assert_eq!(stage.stands("one:"), "active");
    stage.world.set("vote", "passed");
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.stands("pretty"), "failed", "an optional check holds nothing up");
    assert_eq!(stage.world.fact("release").as_deref(), Some("1"));
}

/// Agrees to all, and keeps what it was warned of.
#[derive(Default)]
struct Warned(Vec<(String, Vec<Warning>)>);

impl Person for Warned {
    fn consent(&mut self, step: &StepPreview) -> Answer {
        self.0.push((step.id.clone(), step.warnings.clone()));
        Answer::Yes { note: String::new() }
    }

    fn attest(&mut self, _item: &StepPreview) -> Answer {
        Answer::Yes { note: "yes".into() }
    }
}

#[test]
fn what_is_public_is_agreed_to_with_the_failed_optional_checks_in_view() {
    let stage = Stage::new(CHECKED);
    stage.world.set("vote", "passed");
    let mut person = Warned::default();
    assert!(matches!(stage.with(|driver| driver.advance(&Goal::All, &mut person)).unwrap(), Halt::Completed));
    let faults = vec!["pretty = None, expected yes".to_owned()];
    let pretty = Warning { id: "pretty".into(), title: "Pretty".into(), faults };
    assert_eq!(person.0, [("tag".to_owned(), Vec::new()), ("release".to_owned(), vec![pretty])]);
    // What a person passed over, they know of.
    let stage = Stage::new(CHECKED);
    stage.run();
    stage.world.set("vote", "passed");
    stage.with(|driver| driver.skip("pretty", "it need not be")).unwrap();
    let mut person = Warned::default();
    stage.with(|driver| driver.advance(&Goal::All, &mut person)).unwrap();
    assert!(person.0.iter().all(|(_, warnings)| warnings.is_empty()), "{:?}", person.0);
}

#[test]
fn what_held_is_asked_again_before_the_phase_ends() {
    let stage = Stage::new(CHECKED);
    stage.run();
    assert_eq!(stage.stands("tagged"), "holds");
    stage.world.facts.borrow_mut().remove("tag");
    stage.world.set("vote", "passed");
    assert_eq!(in_the_way(&stage.run()), ["tagged: does not hold: tag = None, expected 1"]);
    assert_eq!(stage.stands("tagged"), "failed");
}

#[test]
fn a_finding_is_recorded_when_it_changes() {
    let stage = Stage::new(CHECKED);
    stage.run();
    stage.run();
    assert_eq!(stage.events("tagged"), ["check-held"]);
    assert_eq!(stage.events("approved"), ["check-failed"]);
    stage.world.set("vote", "passed");
    stage.run();
    assert_eq!(stage.events("approved"), ["check-failed", "check-held"]);
}

#[test]
fn a_check_that_could_not_be_asked_does_not_fail_and_does_not_hold() {
    let stage = Stage::new(CHECKED);
    stage.world.set("vote", "passed");
    stage.world.quirk_at_probe("check vote", Quirk::Unreachable);
    let halt = stage.run();
    assert_eq!(in_the_way(&halt), ["approved: failed: the toy service failed"]);
    assert_eq!(stage.stands("approved"), "open");
    assert_eq!(stage.stands("one:"), "active");
    assert!(matches!(stage.run(), Halt::Completed));
}

#[test]
fn a_gate_is_opened_by_the_truth_alone() {
    let stage = Stage::new(CHECKED);
    stage.run();
    let (what, hint) = refusal(stage.with(|driver| driver.attest("approved", "trust me")));
    assert_eq!(what, "cannot attest `approved`: it is a gate, which the truth alone opens");
    assert_eq!(hint, "`quorate run` asks it again");
    let of_candidate = Stage::new(&CHECKED.replacen("title = \"One\"", "title = \"One\"\nper_candidate = true", 1));
    of_candidate.run();
    let (_, hint) = refusal(of_candidate.with(|driver| driver.attest("approved", "trust me")));
    assert!(hint.contains("quorate run") && hint.contains("cancel-candidate") && !hint.contains("vote"), "{hint}");
    let (what, _) = refusal(stage.with(|driver| driver.skip("approved", "no time")));
    assert_eq!(what, "cannot skip `approved`: it is a gate, which the truth alone opens");
    assert_eq!(stage.events("approved"), ["check-failed"]);
    assert!(matches!(stage.run(), Halt::Pending(_)));
    assert_eq!(stage.world.fact("release"), None);
}

#[test]
fn what_the_truth_can_show_is_asked_before_a_person_answers_for_it() {
    let stage = Stage::new(CHECKED);
    for (verb, refused) in [
        ("attest", refusal(stage.with(|driver| driver.attest("tagged", "I saw it")))),
        ("skip", refusal(stage.with(|driver| driver.skip("pretty", "no time")))),
    ] {
        assert!(
            refused.0.starts_with(&format!("cannot {verb} `")) && refused.0.contains("steps of its phase"),
            "{}",
            refused.0
        );
    }
    stage.run();
    // It holds, and needs nobody's word.
    stage.world.set("pretty", "yes");
    let decided = stage.with(|driver| driver.attest("pretty", "I find so")).unwrap();
    assert_eq!((decided, stage.events("pretty")), (Decided::Holds, vec!["check-failed", "check-held"]));
    // Where it does not, a person may know better.
    stage.world.set("pretty", "no");
    stage.run();
    assert_eq!(stage.with(|driver| driver.attest("pretty", "I find so")).unwrap(), Decided::Recorded);
    assert_eq!(stage.events("pretty").last().copied(), Some("check-attested"));
}

#[test]
fn another_check_can_be_answered_for_or_passed_over_once() {
    let stage = Stage::new(CHECKED);
    stage.run_items(&["tag"]).unwrap();
    stage.world.set("vote", "passed");
    stage.with(|driver| driver.attest("read", "Bob read it")).unwrap();
    stage.world.quirk_at_probe("check tag", Quirk::Unreachable);
    stage.with(|driver| driver.skip("tagged", "the probe is broken")).unwrap();
    stage.with(|driver| driver.attest("pretty", "matter of taste")).unwrap();
    for id in ["read", "tagged", "pretty"] {
        let (what, hint) = refusal(stage.with(|driver| driver.attest(id, "again")));
        assert_eq!(what, format!("cannot attest `{id}`: it is settled already"));
        assert!(hint.contains(&format!("quorate run {id}")), "{hint}");
    }
    let mut person = Scripted::agreeable();
    let asked = std::rc::Rc::clone(&person.asked);
    assert!(matches!(stage.with(|driver| driver.advance(&Goal::All, &mut person)).unwrap(), Halt::Completed));
    assert_eq!(*asked.borrow(), ["consent release"], "what is answered for is not asked again");
    assert_eq!(stage.events("tagged"), ["check-skipped"]);
}

#[test]
fn a_check_that_was_answered_for_can_be_asked_after_all() {
    let stage = Stage::new(CHECKED);
    stage.run_items(&["tag"]).unwrap();
    stage.world.quirk_at_probe("check tag", Quirk::Unreachable);
    stage.with(|driver| driver.skip("tagged", "the probe is broken")).unwrap();
    assert!(matches!(stage.run_items(&["tagged"]), Ok(Halt::GoalReached)));
    assert_eq!(stage.stands("tagged"), "holds");
    let (what, hint) = refusal(stage.with(|driver| driver.undo("tagged")));
    assert_eq!(what, "`tagged` is a check: there is nothing to take back");
    assert_eq!(hint, "`quorate run tagged` asks it again");
}

#[test]
fn a_person_may_stop_at_a_question() {
    let stage = Stage::new(CHECKED);
    stage.world.set("vote", "passed");
    let mut person = Scripted::agreeable().answering("read", Answer::Stop);
    let halt = stage.with(|driver| driver.advance(&Goal::All, &mut person)).unwrap();
    assert!(matches!(halt, Halt::Stopped));
    assert_eq!(stage.stands("read"), "open");
    assert_eq!(stage.stands("one:"), "active");
}
