// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Promise 2: any interruption is survivable. The process is killed (SIGKILL) at
//! every record of the journal and just before and just after every outside
//! effect, taken up again, and the end is compared with that of a release that
//! nobody disturbed: the same tags, files, revisions and mails, each once.

mod inventory;

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use inventory::Inventory;

/// More restarts than any schedule needs: a guard against going round in circles.
const RESTARTS: usize = 3000;

/// A rehearsal that two candidates long goes through all there is.
struct Rehearsal {
    place: tempfile::TempDir,
}

impl Rehearsal {
    fn new() -> Self {
        Self { place: tempfile::tempdir().unwrap() }
    }

    fn world(&self) -> PathBuf {
        self.place.path().join("world")
    }

    fn points(&self) -> PathBuf {
        self.place.path().join("points")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
        command
            .args(["rehearse", "--stand-ins", "--fail-first-candidate", "--json", "--keep"])
            .arg(self.world())
            .env_remove("QUORATE_STATE")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    /// Runs until a run ends by itself; returns how many were killed.
    fn run_through(&self, arguments: &[&str]) -> usize {
        for killed in 0..RESTARTS {
            let output = self.run(arguments);
            if output.status.signal() == Some(9) {
                continue;
            }
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "after {killed} kills: {}\n{stderr}", output.status);
            return killed;
        }
        let points = fs::read_to_string(self.points()).unwrap_or_default();
        let last: Vec<&str> = points.lines().rev().take(5).collect();
        panic!("{RESTARTS} restarts and no end; the last points were {last:?}");
    }
}

fn undisturbed() -> &'static Inventory {
    static REFERENCE: std::sync::OnceLock<Inventory> = std::sync::OnceLock::new();
    REFERENCE.get_or_init(|| {
        let rehearsal = Rehearsal::new();
        assert_eq!(rehearsal.run_through(&[]), 0);
        Inventory::of(&rehearsal.world())
    })
}

#[test]
fn a_kill_at_every_record_and_around_every_effect_changes_nothing() {
    let rehearsal = Rehearsal::new();
    let points = rehearsal.points();
    let killed = rehearsal.run_through(&["--interrupt", points.to_str().unwrap()]);
    let text = fs::read_to_string(&points).unwrap();
    let of = |kind: &str| text.lines().filter(|line| line.contains(kind)).count();
    println!(
        "killed {killed} times: after {} records, before {} effects, after {} effects",
        of(" recorded"),
        of("/ before "),
        of("/ after ")
    );
    assert_eq!(killed, text.lines().count());
    assert!(of(" recorded") > 200 && of("/ before ") > 50 && of("/ after ") > 50, "{text}");
    for effect in ["svn commit", "git push", "send mail", "git ref", "write file", "sign", "build", "export tree"] {
        assert!(text.lines().any(|line| line.contains(&format!("/ before {effect} #"))), "no kill before `{effect}`");
        assert!(text.lines().any(|line| line.contains(&format!("/ after {effect} #"))), "no kill after `{effect}`");
    }
    let report = Inventory::of(&rehearsal.world());
    assert_eq!(&report, undisturbed());
}

/// `make survive SEEDS=n` runs more of them.
#[test]
fn kills_at_random_change_nothing() {
    let seeds: u64 = std::env::var("QUORATE_SEEDS").ok().map_or(2, |seeds| seeds.parse().unwrap());
    for seed in 1..=seeds {
        let rehearsal = Rehearsal::new();
        let points = rehearsal.points();
        let chance = format!("{seed},{}", 5 + seed % 40);
        let killed = rehearsal.run_through(&["--interrupt", points.to_str().unwrap(), "--interrupt-chance", &chance]);
        println!("seed {seed}: killed {killed} times");
        assert_eq!(&Inventory::of(&rehearsal.world()), undisturbed(), "seed {seed}");
    }
}

#[test]
fn a_kill_while_the_world_is_made_leaves_what_can_be_gone_on_with() {
    let rehearsal = Rehearsal::new();
    for milliseconds in [30, 90, 200, 400, 700, 1100] {
        let mut child = rehearsal.command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    rehearsal.run_through(&[]);
    assert_eq!(&Inventory::of(&rehearsal.world()), undisturbed());
}

#[test]
fn a_finished_rehearsal_is_only_looked_at() {
    let rehearsal = Rehearsal::new();
    rehearsal.run_through(&[]);
    let before = Inventory::of(&rehearsal.world());
    let journal = fs::read(journal(&rehearsal.world())).unwrap();
    rehearsal.run_through(&[]);
    assert_eq!(Inventory::of(&rehearsal.world()), before);
    assert_eq!(fs::read(self::journal(&rehearsal.world())).unwrap(), journal);
}

fn journal(world: &Path) -> PathBuf {
    world.join("state/sample/1.2.0/journal.jsonl")
}
