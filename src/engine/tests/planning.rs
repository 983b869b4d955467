// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the plan says is done, next and in the way.

use super::stage::{Scripted, Stage, in_the_way, later, refusal};
use crate::engine::{Goal, Halt};

const TWO_PHASES: &str = r#"
[[phase]]
id = "prepare"
title = "Prepare"
step = [
  { id = "choose", title = "Choose", person = true, question = "Chosen?", effect = "local" },
  { id = "branch", title = "Branch", action = "put", with = { facts = ["branch"], value = "1" }, needs = ["choose"], effect = "local" },
  { id = "only-bugfix", title = "Never", action = "put", with = { facts = ["never"], value = "1" }, when = "kind == 'bugfix'", effect = "local" },
  { id = "after-both", title = "Then", action = "put", with = { facts = ["then"], value = "{{ steps['branch'].value }}" }, needs = ["branch", "only-bugfix"], effect = "local" },
]
check = [
  { id = "there", title = "There", probe = "fact-holds", with = { fact = "branch", value = "1" } },
  { id = "agreed", title = "Agreed", question = "Agreed?" },
]

[[phase]]
id = "never"
title = "Never"
when = "kind == 'bugfix'"
step = [ { id = "not-asked", title = "No", person = true, question = "No?", effect = "local" } ]

[[phase]]
id = "publish"
title = "Publish"
step = [ { id = "release", title = "Release", action = "put", with = { facts = ["release"], value = "1" }, needs = ["branch"], effect = "public" } ]
"#;

#[test]
fn a_plan_goes_from_waiting_to_done() {
    let stage = Stage::new(TWO_PHASES);
    assert_eq!(
        stage.standing(),
        [
            "prepare: active",
            "  choose ready",
            "  branch waiting (after choose)",
            "  after-both waiting (after branch)",
            "  there? open",
            "  agreed? open",
            "never: passed-over",
            "publish: waiting",
            "  release waiting (after branch)",
        ]
    );
    assert_eq!(stage.plan().next, ["choose"]);
    assert!(matches!(stage.run_items(&["choose", "branch", "after-both"]), Ok(Halt::GoalReached)));
    assert_eq!(stage.plan().next, ["there", "agreed"], "the checks come once the steps are settled");
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(
        stage.standing(),
        [
            "prepare: done",
            "  choose attested (Ann says so of choose)",
            "  branch done",
            "  after-both done",
            "  there? holds",
            "  agreed? attested",
            "never: passed-over",
            "publish: done",
            "  release done",
        ]
    );
    assert_eq!((stage.plan().phase, stage.plan().next.len()), (None, 0));
    assert_eq!(stage.world.fact("then").as_deref(), Some("1"), "a step reads the outputs of an earlier one");
    assert_eq!(stage.world.fact("never"), None);
}

#[test]
fn a_completed_release_stays_completed_and_is_recorded_so_once() {
    let stage = Stage::new(TWO_PHASES);
    assert!(matches!(stage.run(), Halt::Completed));
    let entries = stage.entries().len();
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.entries().len(), entries);
    assert_eq!(stage.entries().last().unwrap().event.name(), "release-completed");
}

#[test]
fn a_run_goes_as_far_as_the_phase_that_was_named() {
    let stage = Stage::new(TWO_PHASES);
    assert!(matches!(stage.run_to(&Goal::Phase("prepare".into())), Ok(Halt::GoalReached)));
    assert_eq!(stage.world.fact("branch").as_deref(), Some("1"));
    assert_eq!(stage.world.fact("release"), None);
    assert!(matches!(stage.run_to(&Goal::Phase("publish".into())), Ok(Halt::GoalReached)));
    assert_eq!(stage.world.fact("release").as_deref(), Some("1"));
}

#[test]
fn a_phase_that_does_not_apply_is_reached_only_past_those_before_it() {
    let stage = Stage::new(TWO_PHASES);
    assert!(matches!(stage.run_to(&Goal::Phase("never".into())), Ok(Halt::GoalReached)));
    assert_eq!(stage.stands("prepare:"), "done");
    assert_eq!(stage.world.fact("release"), None);
}

#[test]
fn a_phase_that_there_is_not_is_no_goal() {
    let stage = Stage::new(TWO_PHASES);
    let (what, hint) = refusal(stage.run_to(&Goal::Phase("publsh".into())));
    assert_eq!(what, "there is no phase `publsh`");
    assert_eq!(hint, "the phases are prepare, never, publish");
    assert!(stage.world.sorted_effects().is_empty());
}

#[test]
fn a_named_step_runs_only_when_its_turn_has_come() {
    let stage = Stage::new(TWO_PHASES);
    assert_eq!(refusal(stage.run_items(&["branch"])).0, "`branch` cannot be taken up now: after choose");
    assert!(matches!(stage.run_items(&["choose"]), Ok(Halt::GoalReached)));
    let (what, _) = refusal(stage.run_items(&["branch", "release"]));
    assert_eq!(what, "`release` cannot be taken up now: phase `prepare` is at work");
    assert_eq!(stage.world.sorted_effects(), ["put branch"], "what stood before it was done");
    let before = stage.entries().len();
    assert!(matches!(stage.run_items(&["branch"]), Ok(Halt::GoalReached)), "what is settled is no fault");
    assert_eq!(stage.entries().len(), before);
}

#[test]
fn a_step_that_failed_waits_while_an_earlier_phase_is_at_work_again() {
    let stage = Stage::new(TWO_PHASES);
    stage.world.problems.borrow_mut().insert("release".into(), vec!["it rains"]);
    stage.run();
    assert_eq!(stage.stands("release"), "failed (it rains)");
    stage.world.problems.borrow_mut().clear();
    stage.with(|driver| driver.undo("after-both")).unwrap();
    assert_eq!(stage.stands("prepare:"), "active");
    let (what, _) = refusal(stage.run_items(&["release"]));
    assert_eq!(what, "`release` cannot be taken up now: phase `prepare` is at work");
    assert!(matches!(stage.run(), Halt::Completed));
}

#[test]
fn a_question_of_a_later_phase_is_not_asked_before_its_turn() {
    let stage = Stage::new(
        r#"
[[phase]]
id = "one"
title = "One"
step = [ { id = "choose", title = "Choose", person = true, question = "Chosen?", effect = "local" } ]
[[phase]]
id = "two"
title = "Two"
check = [
  { id = "agreed", title = "Agreed", question = "Agreed?" },
  { id = "there", title = "There", probe = "fact-holds", with = { fact = "branch", value = "1" } },
]
"#,
    );
    let (what, _) = refusal(stage.run_items(&["agreed"]));
    assert_eq!(what, "`agreed` cannot be taken up now: phase `one` is at work");
    let halt = stage.run_items(&["there"]).unwrap();
    assert_eq!(in_the_way(&halt).len(), 1, "the truth can be asked at any time");
}

#[test]
fn an_optional_step_is_taken_up_and_does_not_hold_the_phase_up() {
    let phases = r#"
[[phase]]
id = "one"
title = "One"
step = [
  { id = "extra", title = "Extra", action = "put", with = { facts = ["extra"], value = "1" }, optional = true, effect = "local" },
  { id = "main", title = "Main", action = "put", with = { facts = ["main"], value = "1" }, needs = ["extra"], effect = "local" },
]
"#;
    let stage = Stage::new(phases);
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.world.sorted_effects(), ["put extra", "put main"]);

    let stage = Stage::new(phases);
    let mut person = Scripted::agreeable().answering("extra", later("no time"));
    let halt = stage.with(|driver| driver.advance(&Goal::All, &mut person)).unwrap();
    assert!(matches!(halt, Halt::Completed));
    assert_eq!(stage.world.sorted_effects(), ["put main"]);
    assert_eq!(stage.stands("extra"), "ready");
    assert!(matches!(stage.run_items(&["extra"]), Ok(Halt::GoalReached)), "it can still be done afterwards");
    assert_eq!(stage.world.sorted_effects(), ["put extra", "put main"]);
}

#[test]
fn an_optional_step_that_fails_stays_open_and_holds_up_only_what_needs_it() {
    let stage = Stage::new(
        r#"
[[phase]]
id = "one"
title = "One"
step = [
  { id = "extra", title = "Extra", action = "put", with = { facts = ["extra"], value = "1" }, optional = true, effect = "local" },
  { id = "main", title = "Main", action = "put", with = { facts = ["main"], value = "1" }, effect = "local" },
  { id = "reader", title = "Reader", action = "put", with = { facts = ["reader"], value = "1" }, needs = ["extra"], effect = "local", optional = true },
]
[[phase]]
id = "two"
title = "Two"
step = [
  { id = "last", title = "Last", action = "put", with = { facts = ["last"], value = "1" }, effect = "local" },
  { id = "needing", title = "Needing", action = "put", with = { facts = ["needing"], value = "1" }, needs = ["extra"], effect = "local" },
]
"#,
    );
    stage.world.set("extra", "2");
    assert_eq!(in_the_way(&stage.run()), ["needing: person: after extra"]);
    assert_eq!(stage.stands("extra"), "conflict (found extra = 2; expected extra = 1)");
    assert_eq!(stage.stands("reader"), "waiting (after extra)");
    assert_eq!(stage.stands("one:"), "done");
    assert_eq!(stage.world.sorted_effects(), ["put last", "put main"]);
    let halt = stage.run_items(&["extra"]).unwrap();
    assert_eq!(
        in_the_way(&halt),
        ["extra: found extra = 2; expected extra = 1"],
        "asked for by name, it is in the way"
    );
    stage.with(|driver| driver.skip("extra", "somebody else's is good enough")).unwrap();
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.stands("extra"), "skipped (somebody else's is good enough)");
}

#[test]
fn steps_that_do_not_need_each_other_do_not_wait_for_each_other() {
    let stage = Stage::new(
        r#"
[[phase]]
id = "one"
title = "One"
step = [
  { id = "first", title = "First", person = true, question = "Done?", effect = "local" },
  { id = "second", title = "Second", action = "put", with = { facts = ["second"], value = "1" }, effect = "local" },
  { id = "third", title = "Third", action = "put", with = { facts = ["third"], value = "1" }, needs = ["first"], effect = "local" },
]
"#,
    );
    let mut person = Scripted::agreeable().answering("first", later("the page is not up"));
    let halt = stage.with(|driver| driver.advance(&Goal::All, &mut person)).unwrap();
    assert_eq!(in_the_way(&halt), ["first: person: the page is not up"]);
    assert_eq!(stage.world.sorted_effects(), ["put second"]);
    assert_eq!(stage.stands("third"), "waiting (after first)");
    assert!(matches!(stage.run(), Halt::Completed));
}
