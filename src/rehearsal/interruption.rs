// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Ending the process, as a power cut would, at chosen points: after each record
//! of the journal, and just before and just after each outside effect. For tests
//! of survival; a rehearsal without it is never interrupted.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rustix::process::{Signal, getpid, kill_process};

use crate::engine::Entry;
use crate::services::{Effects, Moment};

/// Ends the process at each point once: a file keeps the points that were used.
#[derive(Debug, Clone)]
pub struct Interruption {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    file: PathBuf,
    used: BTreeSet<String>,
    /// The last record: points are named by it.
    place: String,
    /// How many effects of each name there were since.
    counts: std::collections::BTreeMap<String, usize>,
    /// One in so many new points ends the process, by this state of a generator;
    /// without it every new point does.
    chance: Option<(u64, u64)>,
}

impl Interruption {
    /// Ends the process at each point that `file` does not name yet. With `chance`
    /// (a seed and a number n), about one point in n is taken, and points may
    /// come again.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn new(file: &Path, chance: Option<(u64, u64)>) -> io::Result<Self> {
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let restarts = text.lines().count() as u64;
        let used: BTreeSet<String> = text.lines().map(str::to_owned).collect();
        // Each restart goes on with another stretch of the same sequence.
        let chance = chance
            .map(|(seed, one_in)| (seed.wrapping_add(restarts << 32).wrapping_mul(0x9E37_79B9_7F4A_7C15), one_in));
        let shared = Shared {
            file: file.to_owned(),
            used,
            place: "start".into(),
            counts: std::collections::BTreeMap::new(),
            chance,
        };
        Ok(Self { shared: Arc::new(Mutex::new(shared)) })
    }

    /// The effects' hook.
    pub fn effects(&self) -> Effects {
        let shared = Arc::clone(&self.shared);
        Effects::new(move |moment, name| {
            if let Ok(mut shared) = shared.lock() {
                shared.effect(moment, name);
            }
        })
    }

    /// To be told of the last record that an earlier run made: effects are named by it.
    pub fn goes_on_from(&self, entry: &Entry) {
        if let Ok(mut shared) = self.shared.lock() {
            shared.place = place(entry);
        }
    }

    /// To be told of each record.
    pub fn record(&self, entry: &Entry) {
        if let Ok(mut shared) = self.shared.lock() {
            shared.place = place(entry);
            shared.counts.clear();
            let point = format!("{} recorded", shared.place);
            shared.reach(&point);
        }
    }
}

fn place(entry: &Entry) -> String {
    format!("rc{} {} {}", entry.candidate, entry.step.as_deref().unwrap_or("-"), entry.event.name())
}

impl Shared {
    fn effect(&mut self, moment: Moment, name: &str) {
        if moment == Moment::Before {
            *self.counts.entry(name.to_owned()).or_default() += 1;
        }
        let count = self.counts.get(name).copied().unwrap_or(0);
        let word = if moment == Moment::Before { "before" } else { "after" };
        let point = format!("{} / {word} {name} #{count}", self.place);
        self.reach(&point);
    }

    fn reach(&mut self, point: &str) {
        let taken = match &mut self.chance {
            None => !self.used.contains(point),
            Some((state, one_in)) => {
                // xorshift64: any sequence will do, as long as the seed decides it.
                *state |= 1;
                *state ^= *state << 13;
                *state ^= *state >> 7;
                *state ^= *state << 17;
                state.is_multiple_of(*one_in)
            }
        };
        if taken {
            let noted = OpenOptions::new()
                .create(true)
                .append(true)
                .open(&self.file)
                .and_then(|mut file: File| writeln!(file, "{point}").and_then(|()| file.sync_all()));
            if noted.is_ok() {
                let _ = kill_process(getpid(), Signal::KILL);
            }
        }
    }
}
