// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What goes on after a step whose service failed, and what does not.

use super::stage::{Scripted, Stage, in_the_way};
use super::toy_world::Quirk;
use crate::engine::{Answer, Goal, Halt};

const STEPS: &str = r#"
[[phase]]
id = "one"
title = "One"
step = [
  { id = "tag", title = "Tag", action = "put", with = { facts = ["tag"], value = "1" }, effect = "shared" },
  { id = "stage", title = "Stage", action = "put", with = { facts = ["stage"], value = "1" }, effect = "shared", needs = ["tag"] },
  { id = "list", title = "List", action = "put", with = { facts = ["list"], value = "1" }, effect = "shared", needs = ["stage"] },
  { id = "notes", title = "Notes", action = "put", with = { facts = ["notes"], value = "1" }, effect = "shared" },
  { id = "announce", title = "Announce", action = "put", with = { facts = ["announce"], value = "1" }, effect = "public" },
]
"#;

/// A release in which the tag's service fails once.
fn failing() -> Stage {
    let stage = Stage::new(STEPS);
    stage.world.quirk_at_act("tag", Quirk::Unreachable);
    stage
}

const NOT_BEGUN: &str = "announce: person: not begun, since `tag` failed in this run and this cannot be taken back; alone it can be\n\
                         quorate run announce";

#[test]
fn what_does_not_need_the_failed_step_goes_on_but_for_what_cannot_be_taken_back() {
    let stage = failing();
    assert_eq!(in_the_way(&stage.run()), ["tag: failed: the toy service failed", NOT_BEGUN]);
    assert_eq!(stage.world.sorted_effects(), ["put notes"]);
    assert_eq!((stage.events("stage"), stage.events("announce")), (vec![], vec![]));
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(
        stage.world.sorted_effects(),
        ["put announce", "put list", "put notes", "put stage", "put tag"],
        "nothing was done twice"
    );
}

#[test]
fn a_service_that_declined_holds_up_no_more_than_one_that_failed() {
    let stage = Stage::new(STEPS);
    stage.world.quirk_at_act("tag", Quirk::Declined);
    assert_eq!(in_the_way(&stage.run()).len(), 2);
    assert_eq!(stage.world.sorted_effects(), ["put notes"]);
}

#[test]
fn what_is_refused_or_in_a_conflict_stops_the_run() {
    for quirk in [Quirk::Refused, Quirk::InTheWay] {
        let stage = Stage::new(STEPS);
        stage.world.quirk_at_act("tag", quirk);
        assert_eq!(in_the_way(&stage.run()).len(), 1, "{quirk:?}");
        assert!(stage.world.sorted_effects().is_empty(), "{quirk:?}");
    }
    let stage = failing();
    stage.world.set("notes", "2");
    let found = in_the_way(&stage.run());
    assert_eq!(found, ["tag: failed: the toy service failed", "notes: found notes = 2; expected notes = 1"]);
}

#[test]
fn a_person_who_stops_after_a_failure_still_hears_of_it() {
    let stage = failing();
    let halt = stage.with(|driver| {
        driver.advance(&Goal::All, &mut Scripted::agreeable().answering("notes", Answer::Stop)).unwrap()
    });
    assert_eq!(in_the_way(&halt), ["tag: failed: the toy service failed"]);
    let stage = failing();
    let items = Goal::Items(["tag", "notes"].map(str::to_owned).into());
    let halt = stage
        .with(|driver| driver.advance(&items, &mut Scripted::agreeable().answering("notes", Answer::Stop)).unwrap());
    assert_eq!(in_the_way(&halt), ["tag: failed: the toy service failed"]);
}

#[test]
fn of_the_steps_that_are_named_those_go_on_that_do_not_need_it() {
    let stage = failing();
    let halt = stage.run_items(&["tag", "stage", "list", "notes", "announce"]).unwrap();
    assert_eq!(in_the_way(&halt), ["tag: failed: the toy service failed", NOT_BEGUN]);
    assert_eq!(stage.world.sorted_effects(), ["put notes"]);
    assert!(matches!(stage.run_items(&["announce"]).unwrap(), Halt::GoalReached), "alone it is begun");
}
