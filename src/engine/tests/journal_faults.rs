// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A journal that cannot be written: nothing is taken for done that is not on the disk.

use std::error::Error as _;
use std::os::unix::fs::symlink;

use super::stage::{Scripted, Stage, ToyValues};
use super::toy_world::{ToyClock, ToyWorld};
use crate::engine::{Driver, DriverError, Goal, Journal, JournalError, Registry, Silent, State, Workflow};

const ONE: &str = r#"
[[phase]]
id = "one"
title = "One"
step = [
  { id = "tag", title = "Tag", action = "put", with = { facts = ["tag"], value = "1" }, effect = "shared" },
  { id = "talk", title = "Talk", person = true, question = "Told?", effect = "local" },
]
check = [ { id = "tagged", title = "Tagged", question = "Tagged?" } ]
"#;

/// A driver whose journal is on a disk that is full.
struct FullDisk {
    directory: tempfile::TempDir,
    workflow: Workflow,
    registry: Registry<ToyWorld>,
    world: ToyWorld,
    clock: ToyClock,
}

impl FullDisk {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        symlink("/dev/full", directory.path().join("journal.jsonl")).unwrap();
        let workflow = super::stage::workflow(ONE);
        let registry = super::toy_actions::registry();
        Self { directory, workflow, registry, world: ToyWorld::default(), clock: ToyClock::new() }
    }

    /// What `work` fails with, and that nothing was taken for recorded.
    #[track_caller]
    fn fails(&self, state: &State, work: impl FnOnce(&mut Driver<'_, ToyWorld>) -> Result<(), DriverError>) {
        let path = self.directory.path().join("journal.jsonl");
        let mut observer = Silent;
        let mut driver = Driver {
            workflow: &self.workflow,
            registry: &self.registry,
            world: &self.world,
            values: &ToyValues,
            clock: &self.clock,
            observer: &mut observer,
            journal: Journal::create(&path, "Ann Example <ann@example.org>").unwrap(),
            state: state.clone(),
        };
        let before = format!("{:?}", driver.state);
        let error = work(&mut driver).unwrap_err();
        assert_eq!(error.to_string(), format!("cannot write the journal {}", path.display()));
        let DriverError::Journal(error @ JournalError::File { .. }) = error else { panic!("{error:?}") };
        assert!(error.source().unwrap().to_string().contains("No space left"), "{error:?}");
        assert!(error.hint().contains("room"));
        assert_eq!(format!("{:?}", driver.state), before);
    }
}

#[test]
fn nothing_is_done_whose_intention_cannot_be_recorded() {
    let disk = FullDisk::new();
    disk.fails(&State::default(), |driver| driver.advance(&Goal::All, &mut Scripted::agreeable()).map(drop));
    assert!(disk.world.sorted_effects().is_empty());
}

#[test]
fn no_decision_counts_that_cannot_be_recorded() {
    let disk = FullDisk::new();
    let none = State::default();
    disk.fails(&none, |driver| driver.attest("talk", "told").map(drop));
    disk.fails(&none, |driver| driver.skip("talk", "no time").map(drop));
    disk.fails(&none, |driver| {
        let items = Goal::Items(vec!["talk".into()]);
        driver.advance(&items, &mut Scripted::agreeable()).map(drop)
    });
    // Of a release that is done as far as it goes.
    let stage = Stage::new(ONE);
    stage.run_items(&["tag", "talk"]).unwrap();
    let done = State::of(&stage.entries());
    disk.fails(&done, |driver| driver.undo("tag").map(drop));
    disk.fails(&done, |driver| driver.undo("talk").map(drop));
    disk.fails(&done, |driver| driver.attest("tagged", "seen").map(drop));
}

#[test]
fn an_outcome_that_cannot_be_recorded_is_asked_for_again() {
    // The intention stands on a good disk; then the disk is full.
    let stage = Stage::new(ONE);
    stage.world.set("tag", "2");
    stage.run();
    let intended = State::of(&stage.entries());
    let disk = FullDisk::new();
    disk.world.set("tag", "1");
    disk.fails(&intended, |driver| driver.advance(&Goal::All, &mut Scripted::agreeable()).map(drop));
    // The good disk again: the step is what the truth says, under the same intention.
    stage.world.set("tag", "1");
    stage.run();
    assert_eq!(stage.tokens("tag").len(), 1);
    assert!(stage.stands("tag").starts_with("done"));
}
