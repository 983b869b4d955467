// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A rehearsal that is to leave nothing behind and is ended from outside.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::services::OpenPgp;

/// How often the world is removed while something that is just ending still writes there.
const ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// Whether a signal came.
static ENDS: AtomicBool = AtomicBool::new(false);

/// Where a signal came, waits for the end of the process: what fails because its world
/// goes away is not to be told.
pub fn await_end() {
    while ENDS.load(Ordering::SeqCst) {
        thread::park();
    }
}

/// From now on a signal that ends this process removes the world in `directory` first,
/// with GnuPG's agent, which would outlive it.
///
/// # Errors
/// When signals cannot be watched.
pub fn remove_when_ended(directory: &Path) -> std::io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let directory = directory.to_owned();
    thread::Builder::new().name("ending".into()).spawn(move || {
        if let Some(signal) = signals.forever().next() {
            ENDS.store(true, Ordering::SeqCst);
            remove(directory);
            // As a shell reports a program that a signal ended.
            std::process::exit(128 + signal);
        }
    })?;
    Ok(())
}

fn remove(directory: PathBuf) {
    let home = directory.join("gnupg");
    for _ in 0..ATTEMPTS {
        if home.is_dir() {
            let _ = OpenPgp::stop_agent(&home);
        }
        if std::fs::remove_dir_all(&directory).is_ok() || !directory.exists() {
            return;
        }
        thread::sleep(PAUSE);
    }
}
