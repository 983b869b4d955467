// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a person decides: to attest, to skip, to take back.

use super::stage::{Stage, in_the_way, refusal};
use super::toy_world::Quirk;
use crate::engine::{DriverError, Goal, Halt, Obstacle, State, Undoing};

const STEPS: &str = r#"
[[phase]]
id = "one"
title = "One"
step = [
  { id = "choose", title = "Choose", person = true, question = "Chosen?", effect = "local" },
  { id = "branch", title = "Branch", action = "put", with = { facts = ["branch", "branch-note"], value = "1", reversal = "undo" }, needs = ["choose"], effect = "shared" },
  { id = "tag", title = "Tag", action = "put", with = { facts = ["tag"], value = "1", reversal = "undo" }, needs = ["branch"], effect = "shared" },
  { id = "text", title = "Text", action = "put", with = { facts = ["text"], value = "1" }, effect = "local" },
]
[[phase]]
id = "two"
title = "Two"
step = [
  { id = "mail", title = "Mail", action = "put", with = { facts = ["mail"], value = "1", reversal = "irreversible" }, effect = "public" },
  { id = "push", title = "Push", action = "put", with = { facts = ["push"], value = "1", reversal = "undo" }, effect = "public" },
  { id = "talk", title = "Talk", person = true, question = "Told?", effect = "public" },
]
check = [ { id = "seen", title = "Seen", question = "Seen?" } ]
"#;

fn undo(stage: &Stage, id: &str) -> Undoing {
    stage.with(|driver| driver.undo(id)).unwrap()
}

#[test]
fn attesting_and_skipping_settle_a_step_with_their_reason() {
    let stage = Stage::new(STEPS);
    stage.with(|driver| driver.attest("choose", "Bob chose")).unwrap();
    stage.with(|driver| driver.skip("branch", "it is there, under another name")).unwrap();
    stage.with(|driver| driver.attest("tag", "by hand, https://example.org/tag")).unwrap();
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.stands("choose"), "attested (Bob chose)");
    assert_eq!(stage.stands("branch"), "skipped (it is there, under another name)");
    assert_eq!(stage.stands("tag"), "attested (by hand, https://example.org/tag)");
    assert_eq!(stage.world.sorted_effects(), ["put mail", "put push", "put text"]);
}

#[test]
fn what_is_not_open_can_be_neither_attested_nor_skipped() {
    let stage = Stage::new(STEPS);
    let both = |id: &str| {
        let (attest, hint) = refusal(stage.with(|driver| driver.attest(id, "so")));
        let (skip, _) = refusal(stage.with(|driver| driver.skip(id, "so")));
        assert_eq!(attest.replace("attest", "skip"), skip);
        (attest, hint)
    };
    assert_eq!(both("mail").0, "cannot attest `mail`: its phase `two` is not at work");
    assert_eq!(both("seen").0, "cannot attest `seen`: its phase `two` is not at work");
    assert_eq!(both("branch").0, "cannot attest `branch`: it waits: after choose");
    assert_eq!(both("chose"), ("there is no step or check `chose`".into(), "did you mean `choose`?".into()));
    stage.run_items(&["choose"]).unwrap();
    assert_eq!(both("choose").0, "cannot attest `choose`: it is settled already");
    let entries = stage.entries().len();
    assert_eq!(entries, 2, "a refusal is not recorded");
}

#[test]
fn what_failed_or_waits_for_somebody_can_be_attested() {
    let stage = Stage::new(STEPS);
    stage.world.set("branch", "2");
    stage.run();
    assert!(stage.stands("branch").starts_with("conflict"));
    stage.with(|driver| driver.attest("branch", "Bob's branch will do")).unwrap();
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.world.fact("branch").as_deref(), Some("2"));
}

#[test]
fn a_step_that_was_taken_back_is_ready_again_with_a_new_intention() {
    let stage = Stage::new(STEPS);
    stage.run_to(&Goal::Phase("one".into())).unwrap();
    assert_eq!(stage.with(|driver| driver.foresee_undo("tag")).unwrap(), Undoing::Undo("removes tag".into()));
    assert_eq!(stage.world.fact("tag").as_deref(), Some("1"), "foreseeing does nothing");
    assert_eq!(undo(&stage, "tag"), Undoing::Undo("removes tag".into()));
    assert_eq!(stage.world.fact("tag"), None);
    assert_eq!(stage.stands("tag"), "ready (taken back: removes tag)");
    assert_eq!(stage.stands("one:"), "active", "the phase is at work again");
    assert_eq!(stage.plan().next, ["tag"]);
    assert!(matches!(stage.run(), Halt::Completed));
    let tokens = stage.tokens("tag");
    assert!(tokens.len() == 2 && tokens[0] != tokens[1], "{tokens:?}");
    assert_eq!(stage.world.intents.borrow()["put tag"].0, tokens[1]);
    let events = stage.events("tag");
    assert_eq!(events[4..6], ["undo-intended", "step-undone"]);
}

#[test]
fn what_leaves_nothing_behind_is_taken_back_in_the_record_alone() {
    let stage = Stage::new(STEPS);
    stage.run_to(&Goal::Phase("one".into())).unwrap();
    for id in ["text", "choose"] {
        if id == "choose" {
            undo(&stage, "tag");
            undo(&stage, "branch");
        }
        let effects = stage.world.sorted_effects();
        assert_eq!(undo(&stage, id), Undoing::NothingToUndo);
        assert_eq!(stage.stands(id), "ready (taken back: nothing had to be taken back)");
        assert_eq!(stage.world.sorted_effects(), effects);
    }
    stage.run_items(&["text"]).unwrap();
    assert_eq!(stage.stands("text"), "done (was done already)", "the truth says so");
}

#[test]
fn a_step_is_not_taken_back_under_those_that_build_on_it() {
    let stage = Stage::new(STEPS);
    stage.run_to(&Goal::Phase("one".into())).unwrap();
    let (what, hint) = refusal(stage.with(|driver| driver.undo("branch")));
    assert_eq!(what, "`branch` cannot be taken back while these build on it: tag");
    assert_eq!(hint, "take back tag first");
    let (what, hint) = refusal(stage.with(|driver| driver.foresee_undo("choose")));
    assert_eq!(
        (what.as_str(), hint.as_str()),
        ("`choose` cannot be taken back while these build on it: branch", "take back branch first")
    );
    undo(&stage, "tag");
    undo(&stage, "branch");
    undo(&stage, "choose");
    assert_eq!(stage.world.facts.borrow().keys().collect::<Vec<_>>(), ["text"]);
}

#[test]
fn a_step_is_not_taken_back_under_one_that_may_have_acted() {
    let stage = Stage::new(STEPS);
    stage.world.quirk_at_act("tag", Quirk::BreaksAfterwards);
    stage.run();
    assert!(stage.stands("tag").starts_with("failed"));
    let (what, hint) = refusal(stage.with(|driver| driver.undo("branch")));
    assert_eq!(what, "`branch` cannot be taken back while these build on it: tag");
    assert_eq!(hint, "let `quorate run tag` find out how it ended, then take it back");
    stage.run_items(&["tag"]).unwrap();
    undo(&stage, "tag");
    undo(&stage, "branch");
}

#[test]
fn a_step_is_taken_back_under_one_that_is_known_to_have_done_nothing() {
    let stage = Stage::new(STEPS);
    stage.world.quirk_at_act("tag", Quirk::Declined);
    stage.run();
    assert!(stage.stands("tag").starts_with("failed"), "{}", stage.stands("tag"));
    undo(&stage, "branch");
    assert_eq!(stage.stands("branch"), "ready (taken back: removes branch and branch-note)");
    stage.run();
    assert!(stage.stands("tag").starts_with("done"), "{}", stage.stands("tag"));
}

#[test]
fn what_is_not_done_cannot_be_taken_back() {
    let stage = Stage::new(STEPS);
    let (what, _) = refusal(stage.with(|driver| driver.undo("branch")));
    assert_eq!(what, "`branch` is not done: there is nothing to take back");
    let (what, hint) = refusal(stage.with(|driver| driver.undo("brunch")));
    assert_eq!((what.as_str(), hint.as_str()), ("there is no step or check `brunch`", "did you mean `branch`?"));
    stage.run();
    undo(&stage, "tag");
    assert_eq!(refusal(stage.with(|driver| driver.undo("tag"))).0, "`tag` is not done: there is nothing to take back");
}

#[test]
fn what_is_public_is_not_taken_back() {
    let stage = Stage::new(STEPS);
    stage.run();
    for result in [stage.with(|driver| driver.foresee_undo("mail")), stage.with(|driver| driver.undo("mail"))] {
        let (what, hint) = refusal(result);
        assert_eq!(what, "`mail` cannot be taken back: it is carved in stone");
        assert_eq!(hint, "what is public stays; go forward with the next candidate or the next release");
    }
    // Even where the action knows how.
    let (what, _) = refusal(stage.with(|driver| driver.undo("push")));
    assert_eq!(what, "`push` cannot be taken back: it is public");
    assert_eq!(stage.world.fact("push").as_deref(), Some("1"));
    // A person's word can be taken back: nothing happens but that.
    assert_eq!(undo(&stage, "talk"), Undoing::NothingToUndo);
    assert!(!stage.events("mail").contains(&"undo-intended"));
}

#[test]
fn a_release_is_not_completed_once_a_step_is_taken_back() {
    let stage = Stage::new(STEPS);
    assert!(matches!(stage.run(), Halt::Completed));
    assert!(State::of(&stage.entries()).completed);
    undo(&stage, "tag");
    assert!(!State::of(&stage.entries()).completed);
    assert!(matches!(stage.run(), Halt::Completed));
    assert!(State::of(&stage.entries()).completed);
}

#[test]
fn taking_back_that_failed_goes_on_with_the_same_command() {
    let stage = Stage::new(STEPS);
    stage.run_items(&["choose", "branch"]).unwrap();
    stage.world.quirk_at_act("branch", Quirk::Unreachable);
    let (what, hint) = refusal(stage.with(|driver| driver.undo("branch")));
    assert_eq!(what, "`branch` could not be taken back: the toy service failed: no answer about branch");
    assert!(hint.contains("`quorate undo branch --drop --why"), "{hint}");
    assert_eq!(
        stage.stands("branch"),
        "interrupted (a run ended while taking it back; `quorate undo branch` goes on, with --drop it ends there)"
    );
    assert_eq!(stage.world.facts.borrow().keys().collect::<Vec<_>>(), ["branch"], "half of it is taken back");
    undo(&stage, "branch");
    assert!(stage.world.facts.borrow().is_empty());
}

#[test]
fn what_cannot_be_taken_back_to_its_end_can_be_left_and_the_truth_is_asked() {
    let stage = Stage::new(STEPS);
    stage.run_items(&["choose", "branch"]).unwrap();
    let (what, _) = refusal(stage.with(|driver| driver.drop_undo("branch", "never mind")));
    assert_eq!(what, "no taking back of `branch` is under way: there is nothing to drop");
    stage.world.quirk_at_act("branch", Quirk::InTheWay);
    let failed = stage.with(|driver| driver.undo("branch"));
    assert!(
        matches!(&failed, Err(DriverError::InTheWay { obstacle: Obstacle::Conflict { .. }, .. })),
        "somebody else's work is a conflict: {failed:?}"
    );
    stage.with(|driver| driver.drop_undo("branch", "Bob's branch stays")).unwrap();
    assert_eq!(stage.stands("branch"), "interrupted (a run ended in the middle of it)");
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.tokens("branch").len(), 1, "it is taken up with the intention that it had");
    assert_eq!(stage.world.fact("branch-note").as_deref(), Some("1"), "what was taken back is done again");
}

#[test]
fn a_run_does_not_redo_what_is_half_taken_back() {
    let stage = Stage::new(STEPS);
    stage.run_items(&["choose", "branch"]).unwrap();
    stage.world.quirk_at_act("branch", Quirk::Unreachable);
    refusal(stage.with(|driver| driver.undo("branch")));
    let expected =
        ["branch: person: a run ended while taking it back; `quorate undo branch` goes on, with --drop it ends there"];
    assert_eq!(in_the_way(&stage.run()), expected);
    assert_eq!(in_the_way(&stage.run_items(&["branch"]).unwrap()), expected);
    assert_eq!(stage.world.fact("branch-note"), None);
    let (what, hint) = refusal(stage.with(|driver| driver.attest("branch", "never mind")));
    assert_eq!(
        what,
        "cannot attest `branch`: a run ended while taking it back; `quorate undo branch` goes on, with --drop it ends there"
    );
    assert_eq!(hint, "do that first");
    undo(&stage, "branch");
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.tokens("branch").len(), 2);
}

#[test]
fn a_gate_and_a_step_whose_outputs_are_needed_can_be_neither_attested_nor_skipped() {
    let gated = STEPS.replacen("effect", "gate = true, effect", 1);
    assert_ne!(gated, STEPS);
    let stage = Stage::new(&gated);
    let (what, _) = refusal(stage.with(|driver| driver.attest("choose", "so")));
    assert_eq!(what, "cannot attest `choose`: it is a gate, which only its being done opens");
    let (what, _) = refusal(stage.with(|driver| driver.skip("choose", "so")));
    assert_eq!(what, "cannot skip `choose`: it is a gate, which only its being done opens");
    let read = STEPS.replacen(
        "facts = [\"push\"], value = \"1\"",
        "facts = [\"push\"], value = \"{{ steps['text'].value }}\"",
        1,
    );
    assert_ne!(read, STEPS);
    let stage = Stage::new(&read);
    let (what, hint) = refusal(stage.with(|driver| driver.attest("text", "so")));
    assert_eq!(what, "cannot attest `text`: `push` needs what this step records of itself");
    assert!(hint.contains("`quorate run text` finds it done"), "{hint}");
    stage.world.set("text", "2");
    stage.run();
    assert!(stage.stands("text").starts_with("conflict"));
    let (_, hint) = refusal(stage.with(|driver| driver.attest("text", "so")));
    assert!(!hint.contains("finds it done") && hint.contains("found text = 2; expected text = 1"), "{hint}");
}

#[test]
fn a_phase_is_completed_by_the_last_answer_and_the_next_can_be_decided_on() {
    let stage = Stage::new(STEPS);
    for id in ["choose", "branch", "tag", "text"] {
        assert_eq!(stage.stands("one:"), "active");
        stage.with(|driver| driver.skip(id, "done by Bob")).unwrap();
    }
    assert_eq!((stage.stands("one:"), stage.stands("two:")), ("done".into(), "active".into()));
    for id in ["mail", "push", "talk"] {
        stage.with(|driver| driver.attest(id, "so")).unwrap();
    }
    assert_eq!(stage.stands("two:"), "active", "its check is open");
    stage.with(|driver| driver.attest("seen", "so")).unwrap();
    assert_eq!(stage.stands("two:"), "done");
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.world.sorted_effects(), [""; 0]);
}

#[test]
fn what_carries_something_public_cannot_be_taken_back() {
    let built_on =
        STEPS.replacen("reversal = \"irreversible\" }", "reversal = \"irreversible\" }, needs = [\"tag\"]", 1);
    assert_ne!(built_on, STEPS);
    let stage = Stage::new(&built_on);
    stage.run();
    for id in ["tag", "branch"] {
        let (what, hint) = refusal(stage.with(|driver| driver.undo(id)));
        assert_eq!(
            what,
            format!("`{id}` cannot be taken back: `mail`, which builds on it, stays: it is carved in stone")
        );
        assert!(hint.starts_with("what is public stays"), "{hint}");
    }
}
