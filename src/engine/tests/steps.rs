// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! One automated step: intended, probed, done, probed again; or failed, in a
//! conflict, waiting.

use super::stage::{Scripted, Stage, in_the_way, refusal};
use super::toy_world::Quirk;
use crate::engine::{ActionError, Event, Goal, Halt, Obstacle};

const PUT: &str = r#"
[[phase]]
id = "one"
title = "One"
step = [ { id = "tag", title = "Tag", action = "put", with = { facts = ["tag"], value = "1" }, effect = "shared" } ]
"#;

const SEND: &str = r#"
[[phase]]
id = "one"
title = "One"
step = [ { id = "mail", title = "Mail", action = "send", with = { letter = "vote" }, effect = "public" } ]
"#;

/// The last failure of a step in the journal.
fn failure(stage: &Stage) -> (String, bool) {
    let found = stage.entries().into_iter().rev().find_map(|entry| match entry.event {
        Event::StepFailed { error, perhaps_acted } => Some((error, perhaps_acted)),
        _ => None,
    });
    found.unwrap()
}

/// Whether the step was recorded as found done.
fn already(stage: &Stage) -> bool {
    let found = stage.entries().into_iter().rev().find_map(|entry| match entry.event {
        Event::StepDone { already, .. } => Some(already),
        _ => None,
    });
    found.unwrap()
}

#[test]
fn a_step_is_intended_done_and_proved() {
    let stage = Stage::new(PUT);
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.events("tag"), ["step-intended", "step-begun", "step-acted", "step-done"]);
    assert_eq!(stage.stands("tag"), "done");
    assert!(!already(&stage));
    let (token, at) = stage.world.intents.borrow()["put tag"].clone();
    assert_eq!((stage.tokens("tag"), at), (vec![token.clone()], stage.entries()[1].at));
    assert!(token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{token}");
}

#[test]
fn what_was_done_by_hand_is_a_success_that_says_so() {
    let stage = Stage::new(PUT);
    stage.world.set("tag", "1");
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.events("tag"), ["step-intended", "step-done"]);
    assert_eq!(stage.stands("tag"), "done (was done already)");
    assert!(already(&stage) && stage.world.sorted_effects().is_empty());
}

#[test]
fn a_conflict_stops_with_what_was_found_and_expected_and_touches_nothing() {
    let stage = Stage::new(PUT);
    stage.world.set("tag", "2");
    assert_eq!(in_the_way(&stage.run()), ["tag: found tag = 2; expected tag = 1"]);
    assert_eq!(stage.stands("tag"), "conflict (found tag = 2; expected tag = 1)");
    let before = stage.entries().len();
    assert_eq!(in_the_way(&stage.run()).len(), 1);
    assert_eq!(stage.entries().len(), before, "what is known is not recorded again");
    assert!(stage.world.sorted_effects().is_empty());
    assert_eq!(stage.world.fact("tag").as_deref(), Some("2"));
}

#[test]
fn what_a_person_puts_right_after_a_conflict_was_not_done_by_the_program() {
    let stage = Stage::new(PUT);
    stage.world.set("tag", "2");
    stage.run();
    stage.world.set("tag", "1");
    assert!(matches!(stage.run(), Halt::Completed));
    assert!(already(&stage));
}

#[test]
fn a_conflict_that_the_action_meets_is_a_conflict_too() {
    let stage = Stage::new(PUT);
    stage.world.quirk_at_act("tag", Quirk::InTheWay);
    let halt = stage.run();
    assert_eq!(in_the_way(&halt), ["tag: found a stone; expected a free way"]);
    assert_eq!(stage.stands("tag"), "conflict (found a stone; expected a free way)");
    stage.world.quirk_at_probe("tag", Quirk::InTheWay);
    assert_eq!(in_the_way(&stage.run()), ["tag: found a stone; expected a free way"]);
    assert!(matches!(stage.run(), Halt::Completed));
}

#[test]
fn a_refusal_says_that_nothing_was_done() {
    let stage = Stage::new(PUT);
    stage.world.quirk_at_act("tag", Quirk::Refused);
    let Halt::Pending(pending) = stage.run() else { panic!("pending") };
    let Obstacle::Failed(error @ ActionError::Refused { .. }) = &pending[0].obstacle else { panic!("refused") };
    assert_eq!((error.to_string().as_str(), error.hint()), ("tag is not wanted", Some("want it")));
    assert_eq!(failure(&stage), ("tag is not wanted".into(), false));
    stage.world.set("tag", "1");
    stage.run();
    assert!(already(&stage), "a person did it in between");
}

#[test]
fn a_service_that_failed_leaves_open_whether_it_was_done() {
    let stage = Stage::new(PUT);
    stage.world.quirk_at_act("tag", Quirk::BreaksAfterwards);
    assert_eq!(in_the_way(&stage.run()), ["tag: failed: the toy service failed"]);
    assert_eq!(failure(&stage), ("the toy service failed: no answer about tag".into(), true));
    assert!(matches!(stage.run(), Halt::Completed));
    assert!(!already(&stage), "the program did it");
    assert_eq!(stage.world.sorted_effects(), ["put tag"]);
    assert_eq!(stage.tokens("tag").len(), 1);
}

#[test]
fn a_service_that_fails_before_anything_was_done_leaves_no_doubt() {
    let stage = Stage::new(SEND);
    stage.world.quirk_at_probe("vote", Quirk::Unreachable);
    stage.run();
    assert!(!failure(&stage).1);
    let halt = stage.run();
    assert_eq!(stage.world.sorted_effects(), ["send vote"], "nothing keeps the letter back: {halt:?}");
}

#[test]
fn what_was_left_open_stays_open_until_the_truth_shows_it() {
    // A later refusal, or a service that cannot be asked, says nothing of the first attempt.
    for quirk in [Quirk::Unreachable, Quirk::Refused] {
        let stage = Stage::new(SEND);
        stage.world.quirk_at_act("vote", Quirk::BreaksAfterwards);
        stage.run();
        stage.world.quirk_at_probe("vote", quirk);
        stage.run();
        assert!(failure(&stage).1, "{quirk:?}");
        stage.run();
        stage.clock.forward(2);
        assert!(matches!(stage.run(), Halt::Completed));
        assert_eq!(stage.world.sorted_effects(), ["send vote"], "{quirk:?}");
        assert!(!already(&stage));
    }
}

#[test]
fn a_second_attempt_that_dies_in_the_middle_is_in_doubt_like_a_first() {
    let stage = Stage::new(SEND);
    stage.world.problems.borrow_mut().insert("vote".into(), vec!["no subject"]);
    stage.run();
    assert_eq!(failure(&stage), ("no subject".into(), false));
    stage.world.problems.borrow_mut().clear();
    // The process dies once the letter is out and nothing is recorded of it.
    let dies = std::panic::AssertUnwindSafe(|| {
        stage.world.fuse.light(Some(2));
        stage.run();
    });
    assert!(std::panic::catch_unwind(dies).is_err());
    assert_eq!(stage.world.fuse.burnt().last().map(String::as_str), Some("after send vote"));
    stage.world.fuse.light(None);
    assert_eq!(stage.stands("mail"), "interrupted (a run ended in the middle of it)");
    let halt = stage.run();
    assert!(in_the_way(&halt)[0].contains("it may be on its way"), "{halt:?}");
    stage.clock.forward(2);
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.world.sorted_effects(), ["send vote"]);
    assert!(!already(&stage));
}

#[test]
fn all_problems_are_told_at_once_and_nothing_is_done() {
    let stage = Stage::new(&PUT.replace("[\"tag\"]", "[\"tag\", \"sign\"]"));
    let mut problems = stage.world.problems.borrow_mut();
    problems.insert("tag".into(), vec!["the tree is dirty", "the key expired"]);
    problems.insert("sign".into(), vec!["no agent"]);
    drop(problems);
    let Halt::Pending(pending) = stage.run() else { panic!("pending") };
    let Obstacle::Failed(error) = &pending[0].obstacle else { panic!("failed") };
    assert_eq!(error.to_string(), "the tree is dirty; the key expired; no agent");
    assert_eq!(error.hint(), Some("mend that the tree is dirty; mend that the key expired; mend that no agent"));
    assert!(stage.world.sorted_effects().is_empty());
    assert_eq!(stage.events("tag"), ["step-intended", "step-failed"]);
}

#[test]
fn what_is_done_and_does_not_show_is_not_recorded_as_done() {
    let stage = Stage::new(PUT);
    // The first probe is that before acting.
    stage.world.quirk_at_probe("tag", Quirk::Hidden);
    stage.world.quirk_at_probe("tag", Quirk::Hidden);
    let halt = stage.run();
    assert!(in_the_way(&halt)[0].contains("and yet the truth does not show it"), "{halt:?}");
    assert!(stage.stands("tag").starts_with("failed"));
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.world.sorted_effects(), ["put tag"]);
}

#[test]
fn what_acted_is_not_done_again_without_a_new_consent() {
    let stage = Stage::new(PUT);
    stage.world.quirk_at_probe("tag", Quirk::Hidden);
    stage.world.quirk_at_probe("tag", Quirk::Hidden);
    stage.run();
    // It is as the truth says: it has gone again.
    stage.world.facts.borrow_mut().clear();
    let mut person = Scripted::agreeable().answering("tag", super::stage::later("not without Bob"));
    let asked = std::rc::Rc::clone(&person.asked);
    let halt = stage.with(|driver| driver.advance(&Goal::All, &mut person)).unwrap();
    assert_eq!(in_the_way(&halt), ["tag: person: not without Bob"]);
    assert_eq!(*asked.borrow(), ["consent tag"]);
    assert_eq!(stage.world.sorted_effects(), ["put tag"]);
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.world.sorted_effects(), ["put tag", "put tag"]);
    assert_eq!(stage.tokens("tag").len(), 1, "it is still the same intention");
}

#[test]
fn what_acted_and_shows_by_now_needs_no_consent() {
    let stage = Stage::new(SEND);
    stage.run();
    assert!(stage.stands("mail").starts_with("waiting"));
    stage.clock.forward(2);
    let mut person = Scripted::agreeable();
    let asked = std::rc::Rc::clone(&person.asked);
    assert!(matches!(stage.with(|driver| driver.advance(&Goal::All, &mut person)).unwrap(), Halt::Completed));
    assert!(asked.borrow().is_empty());
    assert_eq!(stage.world.sorted_effects(), ["send vote"]);
}

#[test]
fn parameters_that_cannot_be_filled_in_name_the_step_and_the_place() {
    let stage = Stage::new(&PUT.replace("value = \"1\"", "value = \"{{ nobody.knows }}\""));
    let error = stage.run_to(&Goal::All).unwrap_err().to_string();
    assert!(error.contains("`tag`") && error.contains("with.value") && error.contains("nobody.knows"), "{error}");
    assert!(stage.events("tag").is_empty(), "nothing was intended");
    let stage = Stage::new(&PUT.replace("value =", "valve ="));
    let error = stage.run_to(&Goal::All).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap();
    assert!(error.to_string().contains("`tag`") && cause.to_string().contains("`put`"), "{error}: {cause}");
    assert!(stage.events("tag").is_empty());
}

#[test]
fn an_action_that_there_is_not_is_named_with_those_there_are() {
    let stage = Stage::new(&PUT.replace("\"put\"", "\"pot\""));
    let error = stage.run_to(&Goal::All).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "there is no action `pot`; known: put, remove, send, wait, wait-for");
}

#[test]
fn a_name_that_is_nearly_right_gets_a_hint() {
    let stage = Stage::new(PUT);
    let (what, hint) = refusal(stage.run_items(&["tga"]));
    assert_eq!((what.as_str(), hint.as_str()), ("there is no step or check `tga`", "did you mean `tag`?"));
    assert_eq!(refusal(stage.run_items(&["ta"])).1, "did you mean `tag`?");
    assert_eq!(refusal(stage.run_items(&["something-else"])).1, "`quorate status --all` lists them");
    assert_eq!(refusal(stage.run_items(&[""])).1, "`quorate status --all` lists them");
}

#[test]
fn a_step_that_does_not_apply_is_not_called_unknown() {
    let stage = Stage::new(&PUT.replace("effect", "when = \"kind == 'bugfix'\", effect"));
    let (what, hint) = refusal(stage.run_items(&["tag"]));
    assert_eq!(what, "`tag` does not apply now: it does when kind == 'bugfix'");
    assert!(!hint.contains("did you mean"), "{hint}");
    let stage = Stage::new(&PUT.replace("effect", "when = \"steps['vote'].outcome == 'passed'\", effect"));
    let (what, _) = refusal(stage.run_items(&["tag"]));
    assert_eq!(what, "`tag` does not apply now: whether it does is settled by `vote`");
}
