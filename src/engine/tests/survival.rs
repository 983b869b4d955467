// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A release whose first candidate is voted down and whose first step is taken back
//! once, ended at every point there is: the end is that of a release which was
//! never interrupted, with every effect once and every intention kept.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::OnceLock;

use proptest::prelude::*;
use sha2::{Digest, Sha512};

use super::candidates::RELEASE;
use super::stage::Stage;
use super::toy_world::{Killed, Quirk};
use crate::engine::{DriverError, Event, Goal, Halt, Obstacle, Pending};

/// A release, and what its manager remembers from one process to the next.
struct Play {
    stage: Stage,
    /// Which command the manager gave last.
    given: Cell<Given>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Given {
    Prepare,
    TakeBack,
    Release,
}

/// What is left at the end; tokens and times aside.
#[derive(Debug, PartialEq)]
struct End {
    facts: BTreeMap<String, String>,
    letters: Vec<String>,
    effects: Vec<String>,
    standing: Vec<String>,
    intentions: BTreeMap<(u32, String), usize>,
}

impl Play {
    fn new() -> Self {
        let stage = Stage::new(RELEASE);
        stage.world.set("approved-2", "yes");
        Self { stage, given: Cell::new(Given::Prepare) }
    }

    /// Plays on to the end, as often as something is in the way.
    fn play(&self) {
        if self.given.get() == Given::Prepare {
            self.until(&Goal::Phase("prepare".into()));
            self.given.set(Given::TakeBack);
        }
        if self.given.get() == Given::TakeBack {
            self.take_back("branch");
            self.given.set(Given::Release);
        }
        self.until(&Goal::All);
    }

    fn take_back(&self, id: &str) {
        for _ in 0..20 {
            match self.stage.with(|driver| driver.undo(id)) {
                Ok(_) => return,
                // An earlier process had taken it back when it died.
                Err(DriverError::Refused { what, .. }) if what.contains("is not done") => return,
                // Quirks are served once.
                Err(DriverError::Refused { .. } | DriverError::InTheWay { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
        panic!("`{id}` is not taken back");
    }

    fn until(&self, goal: &Goal) {
        for _ in 0..200 {
            let Halt::Pending(pending) = self.stage.run_to(goal).unwrap() else { return };
            for Pending { id, obstacle, .. } in &pending {
                match obstacle {
                    Obstacle::Time { until, .. } => self.stage.clock.move_to(*until),
                    Obstacle::CheckFailed(_) if id == "approved" => {
                        self.stage.with(|driver| driver.cancel_candidate("voted down")).unwrap();
                    }
                    // Quirks are served once.
                    Obstacle::Failed(_) | Obstacle::Conflict { .. } => {}
                    other => panic!("{id}: {other:?}"),
                }
            }
        }
        panic!("it does not come to an end: {:#?}", self.stage.standing());
    }

    /// Plays until the process dies after so many points; says whether it died.
    fn dies_after(&self, points: usize) -> bool {
        self.stage.world.fuse.light(Some(points));
        let ended = catch_unwind(AssertUnwindSafe(|| self.play()));
        match ended {
            Ok(()) => false,
            Err(cause) if cause.is::<Killed>() => true,
            Err(fault) => resume_unwind(fault),
        }
    }

    /// Has the last line torn, as if the process had died while it was written;
    /// only if it died at a record.
    fn tear(&self, bytes: u64) {
        if self.stage.world.fuse.burnt().last().is_some_and(|point| point.starts_with("recorded")) {
            let path = self.stage.journal_path();
            let text = fs::read_to_string(&path).unwrap();
            let last = text.lines().last().unwrap().len() as u64;
            let file = OpenOptions::new().write(true).open(&path).unwrap();
            file.set_len(text.len() as u64 - bytes.clamp(1, last + 1)).unwrap();
            // The head is written after the line.
            let before: Vec<&str> = text.lines().rev().skip(1).collect();
            let head = path.with_extension("head");
            match before.first() {
                Some(line) => {
                    let digest: String = Sha512::digest(line).iter().map(|byte| format!("{byte:02x}")).collect();
                    fs::write(head, format!("{} {digest}\n", before.len())).unwrap();
                }
                None => fs::remove_file(head).unwrap(),
            }
        }
    }

    fn end(&self) -> End {
        let world = &self.stage.world;
        let mut letters: Vec<String> = world.letters.borrow().iter().map(|letter| letter.name.clone()).collect();
        letters.sort();
        let mut intentions = BTreeMap::new();
        for entry in self.stage.entries() {
            if let (Event::StepIntended { .. }, Some(step)) = (&entry.event, entry.step) {
                *intentions.entry((entry.candidate, step)).or_default() += 1;
            }
        }
        End {
            facts: world.facts.borrow().clone(),
            letters,
            effects: world.sorted_effects(),
            standing: self.stage.standing(),
            intentions,
        }
    }

    /// Every effect happened under an intention that the journal holds, and at its time.
    fn effects_are_intended(&self) {
        let mut intended = BTreeMap::new();
        for entry in self.stage.entries() {
            if let Event::StepIntended { token } = entry.event {
                intended.insert(token, entry.at);
            }
        }
        for (effect, (token, at)) in self.stage.world.intents.borrow().iter() {
            assert_eq!(intended.get(token), Some(at), "{effect}");
        }
    }
}

/// The end of a play that nothing interrupts, and its points.
fn uninterrupted() -> (End, Vec<String>) {
    let play = Play::new();
    play.stage.world.fuse.light(None);
    play.play();
    play.effects_are_intended();
    (play.end(), play.stage.world.fuse.burnt())
}

#[test]
fn the_play_has_everything_in_it() {
    let (end, points) = uninterrupted();
    assert_eq!(end.letters, ["announce", "cancel-1", "vote-1", "vote-2"]);
    assert_eq!(end.facts["released"], "2");
    assert!(!end.facts.contains_key("staged-1") && end.facts.contains_key("staged-2"));
    assert_eq!(end.intentions[&(0, "branch".to_owned())], 2, "it was taken back once");
    assert!(end.intentions.iter().all(|(key, count)| key.1 == "branch" || *count == 1), "{:?}", end.intentions);
    let counted = |name: &str| end.effects.iter().filter(|effect| *effect == name).count();
    assert_eq!(
        (counted("put branch"), counted("undo branch"), counted("put tag-1"), counted("send vote-1")),
        (2, 1, 1, 1)
    );
    let recorded: Vec<&str> = points.iter().filter_map(|point| point.strip_prefix("recorded ")).collect();
    for event in ["undo-intended", "step-undone", "candidate-cancelled", "candidate-opened", "release-completed"] {
        assert!(recorded.iter().any(|point| point.ends_with(event)), "{event}");
    }
    assert_eq!(points.len() - recorded.len(), 2 * end.effects.len(), "two points for each effect");
    assert!(points.len() > 100, "{}", points.len());
}

#[test]
fn a_process_may_die_at_any_point() {
    let (whole, points) = uninterrupted();
    for (index, point) in points.iter().enumerate() {
        let play = Play::new();
        assert!(play.dies_after(index), "{point}");
        assert_eq!(play.stage.world.fuse.burnt()[..], points[..=index], "the same until then");
        play.stage.world.fuse.light(None);
        play.play();
        assert_eq!(play.end(), whole, "died at #{index}, {point}");
        play.effects_are_intended();
    }
}

#[test]
fn a_process_may_die_while_any_line_is_written() {
    let (whole, points) = uninterrupted();
    let records = points.iter().enumerate().filter(|(_, point)| point.starts_with("recorded"));
    for (turn, (index, point)) in records.enumerate() {
        let play = Play::new();
        assert!(play.dies_after(index), "{point}");
        // Without its line feed, cut in the middle, and not begun, in turn.
        play.tear([1, 90, u64::MAX][turn % 3]);
        play.stage.world.fuse.light(None);
        play.play();
        assert_eq!(play.end(), whole, "died while #{index}, {point}, was written");
        play.effects_are_intended();
    }
}

#[test]
fn every_process_may_die_after_a_few_points() {
    let (whole, points) = uninterrupted();
    // With fewer it would die before the same letter for ever: waiting in doubt and beginning are recorded first.
    for allowance in 3..=9 {
        let play = Play::new();
        let mut deaths = 0;
        while play.dies_after(allowance) {
            deaths += 1;
            assert!(deaths <= points.len(), "it does not get on by {allowance}: {:?}", play.stage.world.fuse.burnt());
        }
        assert!(deaths >= points.len() / (allowance + 1) / 2, "{deaths} deaths by {allowance}");
        assert_eq!(play.end(), whole, "died after each {allowance} points");
        play.effects_are_intended();
    }
}

/// What can go wrong once with a fact or letter, beside dying.
fn quirks() -> impl Strategy<Value = Vec<(&'static str, bool, Quirk)>> {
    let subject = prop::sample::select(vec![
        "branch",
        "branch-note",
        "tag-1",
        "sign-1",
        "staged-1",
        "vote-1",
        "cancel-1",
        "tag-2",
        "sign-2",
        "staged-2",
        "vote-2",
        "released",
        "announce",
    ]);
    let quirk = prop::sample::select(vec![
        Quirk::Unreachable,
        Quirk::BreaksAfterwards,
        Quirk::Refused,
        Quirk::InTheWay,
        Quirk::Hidden,
    ]);
    prop::collection::vec((subject, any::<bool>(), quirk), 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn processes_may_die_at_random_while_services_fail_at_random(
        quirks in quirks(),
        deaths in prop::collection::vec((0_usize..40, prop::option::of(1_u64..400)), 0..12),
    ) {
        static WHOLE: OnceLock<End> = OnceLock::new();
        let whole = WHOLE.get_or_init(|| uninterrupted().0);
        let play = Play::new();
        for (subject, at_probe, quirk) in quirks {
            if at_probe {
                play.stage.world.quirk_at_probe(subject, quirk);
            } else {
                play.stage.world.quirk_at_act(subject, quirk);
            }
        }
        for (points, torn) in deaths {
            if !play.dies_after(points) {
                break;
            }
            if let Some(bytes) = torn {
                play.tear(bytes);
            }
        }
        play.stage.world.fuse.light(None);
        play.play();
        prop_assert_eq!(&play.end(), whole);
        play.effects_are_intended();
    }
}
