// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! An application whose disk becomes full: it is said, what was acknowledged is there, and it
//! goes on when there is room.
//!
//! It needs a disk of its own, which only root can have: elsewhere it says that it was passed over.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use statefun_sdk::{Context, Failure, FunctionType, Functions, Harness, Message, ValueSpec};
use statefun_store::{FjallStore, StoreError};

const SMALL: &str = "size=24m";
const LARGE: &str = "size=512m";
/// More than fits into the small disk, in messages of this many bytes.
const MESSAGES: (usize, usize) = (4000, 20_000);

/// A disk in memory, which goes with this.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: &Path) -> Option<Self> {
        mount(&["-t", "tmpfs", "-o", SMALL, "statefun-test"], at).then(|| Self(at.to_owned()))
    }

    fn grow(&self) {
        assert!(mount(&["-o", &format!("remount,{LARGE}")], &self.0), "the disk does not grow");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

fn mount(arguments: &[&str], at: &Path) -> bool {
    Command::new("mount").args(arguments).arg(at).output().is_ok_and(|output| output.status.success())
}

fn functions() -> Functions {
    let keep = |context: &mut Context<'_>, message: &Message| -> Result<(), Failure> {
        context.set("text", message.get::<String>()?)
    };
    let mut functions = Functions::new();
    functions.bind(keeper(), [ValueSpec::new::<String>("text")], keep);
    functions
}

fn keeper() -> FunctionType {
    FunctionType::new("example", "keeper")
}

/// Sends messages until one is not acknowledged; how many were.
fn send_until_full(harness: &Harness) -> usize {
    let (most, bytes) = MESSAGES;
    for number in 0..most {
        let text = format!("{number} {}", "x".repeat(bytes));
        if harness.send(keeper().instance(&number.to_string()), text).is_err() {
            return number;
        }
    }
    panic!("the disk is never full");
}

#[test]
fn a_full_disk_ends_the_program_in_an_orderly_way_and_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(directory.path()) else {
        eprintln!("passed over: a disk of its own needs root");
        return;
    };
    let path = directory.path().join("store");
    let harness = Harness::over(Arc::new(FjallStore::open(&path).unwrap()), functions()).unwrap();
    let acknowledged = send_until_full(&harness);
    assert!(acknowledged > 100, "{acknowledged} were acknowledged");
    let said = why(&harness);
    assert!(!harness.runtime().works());
    assert!(said.contains("is full") && said.contains(&path.display().to_string()), "{said}");
    drop(harness);

    // While it is full, the store may open or not; if not, it says why.
    if let Err(error) = FjallStore::open(&path) {
        assert!(matches!(error, StoreError::Full { .. }), "{error}");
    }
    disk.grow();
    let harness = Harness::over(Arc::new(FjallStore::open(&path).unwrap()), functions()).unwrap();
    harness.send(keeper().instance("last"), "there is room".to_owned()).unwrap();
    for number in 0..acknowledged {
        wait_for(&harness, &number.to_string());
    }
    drop(harness);
}

fn why(harness: &Harness) -> String {
    let waiting = tokio::runtime::Builder::new_current_thread().build().unwrap();
    waiting.block_on(harness.runtime().failed()).to_string()
}

/// Waits until the value that was sent to an address is there.
fn wait_for(harness: &Harness, id: &str) {
    for _ in 0..2000 {
        if let Some(value) = harness.value(&keeper().instance(id), "text").unwrap() {
            let text = String::from_utf8_lossy(&value.value).into_owned();
            assert!(text.contains(&format!("{id} x")), "another value");
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("what was sent to {id} is lost");
}
