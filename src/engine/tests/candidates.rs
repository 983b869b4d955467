// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Candidates: cancelled, fixed, followed by the next.

use super::stage::{Stage, in_the_way, refusal};
use super::toy_world::Quirk;
use crate::engine::{CheckState, Driver, DriverError, Event, Goal, Halt, Obstacle, Plan, Renderer};

/// Prepare once; build and vote for each candidate; fix a cancelled one; publish once.
pub const RELEASE: &str = r#"
[[phase]]
id = "prepare"
title = "Prepare"
step = [
  { id = "choose", title = "Choose", person = true, question = "Chosen?", effect = "local" },
  { id = "branch", title = "Branch", action = "put", with = { facts = ["branch", "branch-note"], value = "{{ version }}", reversal = "undo" }, needs = ["choose"], effect = "shared" },
]
check = [ { id = "branched", title = "Branched", probe = "fact-holds", with = { fact = "branch", value = "{{ version }}" } } ]

[[phase]]
id = "build"
title = "Build"
per_candidate = true
step = [
  { id = "tag", title = "Tag", action = "put", with = { facts = ["tag-{{ candidate.number }}", "sign-{{ candidate.number }}"], value = "{{ candidate.number }}", reversal = "undo" }, effect = "shared" },
  { id = "notes", title = "Notes", person = true, question = "Read?", effect = "local" },
  { id = "stage", title = "Stage", action = "put", with = { facts = ["staged-{{ candidate.number }}"], value = "{{ steps['tag'].value }}" }, needs = ["tag", "notes"], effect = "shared" },
]
check = [
  { id = "staged", title = "Staged", probe = "fact-holds", with = { fact = "staged-{{ candidate.number }}", value = "{{ candidate.number }}" } },
  { id = "pretty", title = "Pretty", question = "Pretty?" },
]

[[phase]]
id = "vote"
title = "Vote"
per_candidate = true
step = [
  { id = "call", title = "Call", action = "send", with = { letter = "vote-{{ candidate.number }}" }, effect = "public" },
  { id = "pause", title = "Pause", action = "wait", with = { hours = 72 }, needs = ["call"], effect = "local" },
]
check = [ { id = "approved", title = "Approved", probe = "fact-holds", with = { fact = "approved-{{ candidate.number }}", value = "yes" }, gate = true } ]

[[phase]]
id = "fix"
title = "Fix"
per_candidate = true
when = "candidate.cancelled"
step = [
  { id = "cancel", title = "Cancel", action = "send", with = { letter = "cancel-{{ candidate.number }}" }, when = "steps['call'] is defined", effect = "public" },
  { id = "unstage", title = "Unstage", action = "remove", with = { fact = "staged-{{ candidate.number }}" }, needs = ["stage", "cancel"], effect = "shared" },
]
check = [ { id = "mended", title = "Mended", question = "Mended after candidate {{ candidate.number }}?" } ]

[[phase]]
id = "publish"
title = "Publish"
step = [
  { id = "release", title = "Release", action = "put", with = { facts = ["released"], value = "{{ candidate.number }}" }, effect = "public" },
  { id = "announce", title = "Announce", action = "send", with = { letter = "announce" }, needs = ["release"], effect = "public" },
]
check = [ { id = "listed", title = "Listed", question = "Listed?" } ]
"#;

fn staged() -> Stage {
    let stage = Stage::new(RELEASE);
    stage.clock.passes.set(true);
    stage
}

fn cancel(stage: &Stage) -> Result<(), DriverError> {
    stage.with(|driver| driver.cancel_candidate("a licence is missing"))
}

#[test]
fn a_candidate_that_passes_never_sees_the_fix_phase() {
    let stage = staged();
    stage.world.set("approved-1", "yes");
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.stands("fix:"), "passed-over");
    assert_eq!(stage.world.fact("released").as_deref(), Some("1"));
    assert_eq!(
        stage.world.sorted_effects(),
        [
            "put branch",
            "put branch-note",
            "put released",
            "put sign-1",
            "put staged-1",
            "put tag-1",
            "send announce",
            "send vote-1"
        ]
    );
}

#[test]
fn after_the_fix_phase_the_next_candidate_begins_anew_and_the_rest_stays() {
    let stage = staged();
    assert_eq!(in_the_way(&stage.run()), ["approved: does not hold: approved-1 = None, expected yes"]);
    let first = stage.tokens("tag");
    cancel(&stage).unwrap();
    let standing = stage.standing();
    for line in ["prepare: done", "build: passed-over", "vote: passed-over", "fix: active", "publish: waiting"] {
        assert!(standing.iter().any(|found| found == line), "{line}: {standing:?}");
    }
    assert_eq!(in_the_way(&stage.run()), ["approved: does not hold: approved-2 = None, expected yes"]);
    assert_eq!(stage.plan().candidate, 2);
    assert_eq!(stage.stands("fix:"), "passed-over");
    assert_eq!(stage.tokens("branch").len(), 1, "what belongs to the release stays done");
    let tokens = stage.tokens("tag");
    assert!(tokens.len() == 2 && tokens[0] == first[0] && tokens[1] != first[0]);
    assert_eq!((stage.world.fact("staged-1"), stage.world.fact("staged-2").as_deref()), (None, Some("2")));
    let checks = stage.events("pretty");
    assert_eq!(checks, ["check-attested", "check-attested"], "a person is asked anew for each candidate");
    stage.world.set("approved-2", "yes");
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.world.fact("released").as_deref(), Some("2"));
    let cancelled = stage.with(|driver| driver.state.cancelled.clone());
    assert_eq!(cancelled.into_iter().collect::<Vec<_>>(), [(1, "a licence is missing".to_owned())]);
}

#[test]
fn what_is_to_come_after_a_cancelled_candidate_is_the_next_one() {
    let stage = staged();
    stage.run();
    cancel(&stage).unwrap();
    let upcoming = || {
        stage.with(|driver| {
            let state = driver.state.clone().with_next_candidate(driver.workflow, &driver.plan().unwrap());
            Plan::of(driver.workflow, &state, &Renderer::new(driver.values, &state).unwrap()).unwrap()
        })
    };
    assert_eq!((upcoming().candidate, upcoming().phase.as_deref()), (1, Some("fix")));
    let to_fix = || stage.run_to(&Goal::Phase("fix".into())).unwrap();
    assert!(matches!(to_fix(), Halt::GoalReached));
    assert_eq!(stage.plan().phase, None, "the record knows of no other candidate yet");
    let next = upcoming();
    assert_eq!(
        (next.candidate, next.phase.as_deref(), &next.next[..]),
        (2, Some("build"), &["tag", "notes"].map(String::from)[..])
    );
    assert!(matches!(to_fix(), Halt::GoalReached), "asked for again, it is there already");
    assert_eq!(stage.plan().candidate, 1);
}

#[test]
fn a_candidate_that_has_not_begun_cannot_be_cancelled() {
    let stage = staged();
    let (what, _) = refusal(cancel(&stage));
    assert_eq!(what, "candidate 1 has not begun: there is nothing to cancel");
    stage.run_to(&Goal::Phase("prepare".into())).unwrap();
    refusal(cancel(&stage));
    stage.run_items(&["notes"]).unwrap();
    cancel(&stage).unwrap();
}

#[test]
fn a_candidate_is_cancelled_once() {
    let stage = staged();
    stage.run();
    cancel(&stage).unwrap();
    let (what, hint) = refusal(cancel(&stage));
    assert_eq!(what, "candidate 1 is cancelled already");
    assert!(hint.contains("quorate run"), "{hint}");
}

#[test]
fn a_candidate_that_a_later_phase_has_used_cannot_be_cancelled() {
    let stage = staged();
    stage.world.set("approved-1", "yes");
    stage.run_to(&Goal::Phase("vote".into())).unwrap();
    stage.run_items(&["release"]).unwrap();
    let (what, hint) = refusal(cancel(&stage));
    assert_eq!(what, "candidate 1 is past its vote, and these steps have used it: release");
    assert!(hint.contains("quorate undo"), "{hint}");
}

#[test]
fn a_candidate_that_a_later_phase_may_have_used_cannot_be_cancelled_either() {
    let stage = staged();
    stage.world.set("approved-1", "yes");
    stage.world.quirk_at_act("released", Quirk::BreaksAfterwards);
    stage.run();
    assert!(refusal(cancel(&stage)).0.ends_with("have used it: release"));
}

#[test]
fn a_later_phase_that_failed_before_it_did_anything_does_not_keep_a_candidate() {
    let stage = staged();
    stage.world.set("approved-1", "yes");
    stage.world.set("released", "0");
    assert_eq!(in_the_way(&stage.run()), ["release: found released = 0; expected released = 1"]);
    let old = stage.tokens("release");
    cancel(&stage).unwrap();
    stage.world.facts.borrow_mut().remove("released");
    stage.world.set("approved-2", "yes");
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.world.fact("released").as_deref(), Some("2"));
    assert_ne!(stage.world.intents.borrow()["put released"].0, old[0], "it is another intention");
}

#[test]
fn steps_of_a_later_phase_do_not_outlive_the_candidate_that_they_were_skipped_for() {
    let stage = staged();
    stage.world.set("approved-1", "yes");
    stage.run_to(&Goal::Phase("vote".into())).unwrap();
    stage.with(|driver| driver.skip("release", "the bytes are wrong")).unwrap();
    let (what, _) = refusal(cancel(&stage));
    assert_eq!(what, "candidate 1 is past its vote, and these steps have used it: release");
    stage.with(|driver| driver.undo("release")).unwrap();
    cancel(&stage).unwrap();
    stage.world.set("approved-2", "yes");
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.world.fact("released").as_deref(), Some("2"));
}

#[test]
fn a_candidate_cancelled_before_all_of_it_was_built_is_taken_back_all_the_same() {
    let stage = staged();
    stage.run_to(&Goal::Phase("prepare".into())).unwrap();
    stage.run_items(&["tag"]).unwrap();
    cancel(&stage).unwrap();
    // `unstage` needs `stage`, which candidate 1 never came to, and `cancel`, which does not apply.
    assert_eq!(in_the_way(&stage.run()), ["approved: does not hold: approved-2 = None, expected yes"]);
    assert!(!stage.world.sorted_effects().contains(&"send cancel-1".to_owned()));
}

/// What somebody may do while the journal ends with the cancelled candidate's fix phase.
type Attempt = fn(&mut Driver<'_, super::toy_world::ToyWorld>) -> Result<(), DriverError>;

#[test]
fn a_cancelled_candidate_reaches_no_later_phase_even_if_the_process_ends_before_the_next_opens() {
    let attempts: [Attempt; 4] = [
        |driver| {
            let goal = Goal::Items(vec!["release".into()]);
            driver.advance(&goal, &mut super::stage::Scripted::agreeable()).map(drop)
        },
        |driver| driver.attest("release", "by hand").map(drop),
        |driver| driver.skip("release", "never mind").map(drop),
        |driver| driver.attest("listed", "I saw it").map(drop),
    ];
    for attempt in attempts {
        let stage = staged();
        stage.run();
        cancel(&stage).unwrap();
        // The process ends once the fix phase is recorded as completed.
        let points = {
            let twin = staged();
            twin.run();
            cancel(&twin).unwrap();
            twin.world.fuse.light(None);
            twin.run();
            twin.world.fuse.burnt().iter().position(|point| point == "recorded 1 - phase-completed").unwrap()
        };
        stage.world.fuse.light(Some(points));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| stage.run())).is_err());
        stage.world.fuse.light(None);
        assert_eq!(stage.entries().last().unwrap().event.name(), "phase-completed");
        assert_eq!(stage.stands("publish:"), "waiting", "what only reads says so too");
        assert_eq!(stage.plan().next, [""; 0]);

        let (what, _) = refusal(stage.with(attempt));
        assert!(what.contains("is at work") || what.contains("is not at work"), "{what}");
        assert_eq!(stage.world.fact("released"), None);
        stage.world.set("approved-2", "yes");
        assert!(matches!(stage.run(), Halt::Completed));
        assert_eq!(stage.world.fact("released").as_deref(), Some("2"));
    }
}

#[test]
fn a_goal_in_a_phase_that_stands_down_is_reached_by_the_next_candidate() {
    let stage = staged();
    stage.run();
    cancel(&stage).unwrap();
    stage.world.set("approved-2", "yes");
    assert!(matches!(stage.run_to(&Goal::Phase("vote".into())), Ok(Halt::GoalReached)));
    assert_eq!(stage.plan().candidate, 2);
    assert_eq!((stage.stands("vote:").as_str(), stage.world.fact("released")), ("done", None));
}

#[test]
fn a_goal_of_fixing_ends_when_the_candidate_is_fixed() {
    let stage = staged();
    stage.run();
    cancel(&stage).unwrap();
    assert!(matches!(stage.run_to(&Goal::Phase("fix".into())), Ok(Halt::GoalReached)));
    assert_eq!(stage.world.fact("staged-1"), None);
    assert_eq!(stage.world.fact("tag-2"), None, "nothing of the next candidate is begun");
}

#[test]
fn no_step_of_a_cancelled_candidate_is_taken_back_by_itself() {
    let stage = staged();
    stage.run_to(&Goal::Phase("build".into())).unwrap();
    cancel(&stage).unwrap();
    for id in ["tag", "stage"] {
        let (what, _) = refusal(stage.with(|driver| driver.undo(id)));
        assert_eq!(what, format!("`{id}` is not taken back: candidate 1 is cancelled"));
    }
}

#[test]
fn what_was_answered_for_a_candidate_that_was_cancelled_is_asked_anew_for_the_next() {
    let stage = staged();
    stage.world.set("approved-1", "yes");
    stage.run_to(&Goal::Phase("vote".into())).unwrap();
    // As the program once let people answer before there was anything to judge.
    let early = Event::CheckAttested { note: "candidate 1 is listed".into() };
    stage.with(|driver| driver.record(1, Some("listed"), early)).unwrap();
    assert_eq!(stage.stands("listed"), "attested");
    cancel(&stage).unwrap();
    stage.world.set("approved-2", "yes");
    stage.run_to(&Goal::Phase("vote".into())).unwrap();
    assert_eq!(stage.plan().candidate, 2);
    assert_eq!(stage.stands("listed"), "open");
}

#[test]
fn a_check_is_answered_for_when_there_is_something_to_judge() {
    let stage = staged();
    stage.world.set("approved-1", "yes");
    stage.run_to(&Goal::Phase("vote".into())).unwrap();
    let (what, hint) = refusal(stage.with(|driver| driver.attest("listed", "candidate 1 is listed").map(drop)));
    assert!(what.contains("once the steps of its phase are done") && hint.contains("do those first"), "{what} {hint}");
    stage.run_items(&["release", "announce"]).unwrap();
    stage.with(|driver| driver.attest("listed", "I saw it")).unwrap();
}

fn steps_of_cancelling(stage: &Stage) -> Vec<String> {
    stage.with(|driver| {
        let steps = driver.steps_of_cancelling().unwrap();
        steps.iter().map(|step| step.id.clone()).collect()
    })
}

#[test]
fn what_others_were_told_of_is_not_taken_back_but_cancelled() {
    let stage = staged();
    assert_eq!(in_the_way(&stage.run()), ["approved: does not hold: approved-1 = None, expected yes"]);
    for id in ["stage", "notes", "tag"] {
        let (what, hint) = refusal(stage.with(|driver| driver.undo(id)));
        assert_eq!(what, format!("`{id}` cannot be taken back: `call` has told others of this candidate as it is"));
        assert!(hint.starts_with("`quorate cancel-candidate"), "{hint}");
    }
    // Not "while `pause` builds on it": that it can never be is what counts.
    let (what, _) = refusal(stage.with(|driver| driver.undo("call")));
    assert_eq!(what, "`call` cannot be taken back: a letter that was sent stays sent");
    assert_eq!(steps_of_cancelling(&stage), ["cancel", "unstage"]);
    cancel(&stage).unwrap();
    let (what, hint) = refusal(stage.with(|driver| driver.undo("stage")));
    assert_eq!(what, "`stage` is not taken back: candidate 1 is cancelled");
    assert!(hint.contains("`quorate run` goes on"), "{hint}");
    assert!(stage.run_to(&Goal::Phase("build".into())).is_ok());
    assert_eq!((stage.plan().candidate, stage.world.fact("staged-1")), (2, None));
}

#[test]
fn what_nobody_was_told_of_can_be_taken_back_and_cancelling_tells_nobody() {
    let stage = staged();
    stage.run_to(&Goal::Phase("build".into())).unwrap();
    assert_eq!(steps_of_cancelling(&stage), ["unstage"]);
    stage.with(|driver| driver.undo("notes")).unwrap_err();
    let check = |id: &str| stage.plan().check(id).map(|check| (check.state, check.detail.clone())).unwrap();
    assert_eq!(check("staged").0, CheckState::Holds);
    stage.with(|driver| driver.undo("stage")).unwrap();
    let (state, detail) = check("staged");
    assert_eq!(state, CheckState::Open);
    assert_eq!(detail, "it held before `stage` was taken back, and is asked again");
    assert_eq!(check("pretty").0, CheckState::Attested, "what a person answered for stays theirs");
    stage.with(|driver| driver.undo("notes")).unwrap();
}

/// What a request came to that something outside is in the way of.
#[track_caller]
fn obstacle(result: Result<(), DriverError>) -> Obstacle {
    match result {
        Err(DriverError::InTheWay { what, obstacle, .. }) => {
            assert!(what.contains("`call`"), "{what}");
            obstacle
        }
        other => panic!("nothing is in the way: {other:?}"),
    }
}

/// A candidate whose vote was called by a letter that the archive does not have yet.
fn called() -> Stage {
    let stage = Stage::new(RELEASE);
    assert!(in_the_way(&stage.run())[0].starts_with("call: until "));
    stage
}

#[test]
fn what_the_program_has_told_others_is_not_undone_by_way_of_a_persons_word() {
    let stage = called();
    stage.with(|driver| driver.attest("call", "I saw it on the list").map(drop)).unwrap();
    let (what, hint) = refusal(stage.with(|driver| driver.undo("call")));
    assert!(what.starts_with("`call` cannot be taken back: the program has acted"), "{what}");
    assert!(hint.contains("what is public stays"), "{hint}");
    assert_eq!(stage.world.letters.borrow().len(), 1);
}

#[test]
fn who_was_told_by_a_letter_that_is_on_its_way_is_told_of_the_cancelling() {
    let stage = called();
    cancel(&stage).unwrap();
    assert_eq!(steps_of_cancelling(&stage), ["cancel", "unstage"]);
    stage.clock.passes.set(true);
    stage.run_to(&Goal::Phase("fix".into())).unwrap();
    let letters: Vec<String> = stage.world.letters.borrow().iter().map(|letter| letter.name.clone()).collect();
    assert_eq!(letters, ["vote-1", "cancel-1"]);
}

#[test]
fn a_letter_that_arrived_meanwhile_is_found_before_a_candidate_is_cancelled() {
    let stage = called();
    stage.clock.forward(1);
    cancel(&stage).unwrap();
    assert_eq!(stage.events("call").last(), Some(&"step-done"));
    assert_eq!(steps_of_cancelling(&stage), ["cancel", "unstage"]);
}

#[test]
fn a_letter_of_which_nobody_knows_whether_it_went_out_is_waited_for_before_a_candidate_is_cancelled() {
    let stage = Stage::new(RELEASE);
    stage.world.quirk_at_act("vote-1", Quirk::BreaksAfterwards);
    assert!(in_the_way(&stage.run())[0].starts_with("call: failed"));
    stage.world.quirk_at_probe("vote-1", Quirk::Unreachable);
    assert!(matches!(obstacle(cancel(&stage)), Obstacle::Failed(_)));
    assert!(matches!(obstacle(cancel(&stage)), Obstacle::Time { .. }));
    assert!(stage.entries().iter().all(|entry| entry.event.name() != "candidate-cancelled"));
    assert_eq!(stage.world.fact("staged-1").as_deref(), Some("1"));
    stage.clock.forward(1);
    cancel(&stage).unwrap();
    assert_eq!(steps_of_cancelling(&stage), ["cancel", "unstage"]);
}

#[test]
fn a_letter_that_never_went_out_is_not_answered() {
    let stage = Stage::new(RELEASE);
    // The process ends when the sending has begun.
    stage.world.quirk_at_act("vote-1", Quirk::BreaksAfterwards);
    stage.run();
    stage.world.letters.borrow_mut().clear();
    stage.clock.forward(1);
    cancel(&stage).unwrap();
    assert_eq!(steps_of_cancelling(&stage), ["unstage"]);
}

#[test]
fn a_candidate_of_which_nothing_is_ours_is_not_cancelled() {
    let stage = staged();
    stage.world.set("tag-1", "somebody else's");
    assert!(in_the_way(&stage.run())[0].starts_with("tag: found tag-1 = somebody else's"));
    let (what, _) = refusal(cancel(&stage));
    assert_eq!(what, "candidate 1 has not begun: there is nothing to cancel");
}
