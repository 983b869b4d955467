// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A rehearsal without `--keep` that is ended by a signal leaves nothing behind.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::faults::Rehearsal;

#[test]
fn a_rehearsal_that_is_ended_leaves_neither_its_world_nor_an_agent() {
    for signal in ["TERM", "INT"] {
        let place = tempfile::Builder::new().prefix("q-").tempdir_in("/tmp").unwrap();
        let mut rehearsal = Command::new(env!("CARGO_BIN_EXE_quorate"))
            .args(["rehearse", "--stand-ins"])
            .env("TMPDIR", place.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let world = || fs::read_dir(place.path()).unwrap().flatten().map(|entry| entry.path()).next();
        let begun = |path: &Path| path.join("state").is_dir();
        while !world().is_some_and(|world| begun(&world)) {
            assert!(rehearsal.try_wait().unwrap().is_none(), "it ended by itself");
            thread::sleep(Duration::from_millis(20));
        }
        let world = world().unwrap();
        let id = rehearsal.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        let status = rehearsal.wait().unwrap();
        assert_eq!(status.code(), Some(if signal == "TERM" { 143 } else { 130 }), "{status}");
        assert!(!world.exists(), "{} is left", world.display());
        assert_eq!(agents_of(&world), [""; 0], "an agent is left");
    }
}

/// Also where nobody reads what it prints at its end.
#[test]
fn a_rehearsal_whose_reader_went_away_leaves_neither_its_world_nor_an_agent() {
    let place = tempfile::Builder::new().prefix("q-").tempdir_in("/tmp").unwrap();
    let mut rehearsal = Command::new(env!("CARGO_BIN_EXE_quorate"))
        .args(["rehearse", "--stand-ins"])
        .env("TMPDIR", place.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(rehearsal.stdout.take());
    let status = rehearsal.wait().unwrap();
    assert_eq!(status.code(), Some(141), "{status}");
    let left: Vec<_> = fs::read_dir(place.path()).unwrap().flatten().map(|entry| entry.path()).collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(agents_of(place.path()), [""; 0], "an agent is left");
}

/// The agent of a kept world is begun by the test signature; one that runs already is left to whoever began it.
#[test]
fn a_look_at_a_rehearsed_release_leaves_no_agent() {
    let rehearsal = Rehearsal::after("decide");
    let world = rehearsal.world();
    let gnupg = world.join("gnupg");
    let agent = |what: &str| {
        let asked = Command::new("gpgconf").arg("--homedir").arg(&gnupg).args([what, "gpg-agent"]).status().unwrap();
        assert!(asked.success());
    };
    let doctor = || {
        let output = Command::new(env!("CARGO_BIN_EXE_quorate"))
            .args(["doctor", "--offline"])
            .env("QUORATE_STATE", world.join("state"))
            .env("GNUPGHOME", &gnupg)
            .env("HOME", world.join("home"))
            .current_dir(&world)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains("a test signature was made"), "{said}");
    };
    agent("--kill");
    doctor();
    assert_eq!(agents_of(&world), [""; 0], "an agent is left");
    agent("--launch");
    doctor();
    assert_eq!(agents_of(&world).len(), 1, "it was running before");
    agent("--kill");
}

/// The command lines of GnuPG's agents whose home is below `directory`.
fn agents_of(directory: &Path) -> Vec<String> {
    let below = directory.display().to_string();
    let lines = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        Some(String::from_utf8_lossy(&line).into_owned())
    });
    lines.filter(|line| line.contains("gpg-agent") && line.contains(&below)).collect()
}
