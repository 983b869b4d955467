// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Findings as they come up, no more of one check than a person would read.

use std::collections::BTreeMap;

use super::names::turns;
use crate::verify::{Finding, Status};

/// How many findings of one check are kept word by word.
const KEPT: usize = 100;

/// What was found wrong or odd so far.
#[derive(Debug, Default)]
pub struct Faults {
    found: Vec<Finding>,
    count: BTreeMap<(&'static str, Status), usize>,
    /// What harms whoever unpacks it, with its entry.
    attacks: Vec<(String, String)>,
}

impl Faults {
    /// The check does not hold, because of `entry` (none when empty).
    pub fn fail(&mut self, check: &'static str, entry: &str, detail: impl Into<String>) {
        self.add(Finding::fail(check, detail), entry);
    }

    /// The same, where it harms whoever unpacks it: a bomb, a path that leads out.
    pub fn attack(&mut self, check: &'static str, entry: &str, detail: impl Into<String>) {
        let detail = detail.into();
        if self.attacks.len() < KEPT {
            self.attacks.push((entry.to_owned(), detail.clone()));
        }
        self.fail(check, entry, detail);
    }

    /// What harms whoever unpacks it, each with its entry.
    pub fn attacks(&self) -> &[(String, String)] {
        &self.attacks
    }

    /// The check holds, but `entry` is odd.
    pub fn warn(&mut self, check: &'static str, entry: &str, detail: impl Into<String>) {
        self.add(Finding::warn(check, detail), entry);
    }

    /// How many failures of `check` there are.
    pub fn failed(&self, check: &'static str) -> usize {
        self.count.get(&(check, Status::Fail)).copied().unwrap_or(0)
    }

    /// That `check` was made and holds, unless something failed.
    pub fn settle(&mut self, check: &'static str, detail: impl FnOnce() -> String) {
        if self.failed(check) == 0 {
            self.found.push(Finding::pass(check, detail()));
        }
    }

    /// That `check` was not made.
    pub fn skip(&mut self, check: &'static str, why: impl Into<String>) {
        self.found.push(Finding::skip(check, why));
    }

    /// All of it, in the order in which it was found.
    pub fn into_findings(mut self) -> Vec<Finding> {
        for ((check, status), count) in self.count {
            let more = format!("and {} more like these", count.saturating_sub(KEPT));
            match status {
                Status::Fail if count > KEPT => self.found.push(Finding::fail(check, more)),
                Status::Warn if count > KEPT => self.found.push(Finding::warn(check, more)),
                _ => {}
            }
        }
        self.found
    }

    fn add(&mut self, finding: Finding, entry: &str) {
        let count = self.count.entry((finding.name, finding.status)).or_default();
        *count += 1;
        if *count <= KEPT {
            self.found.push(if entry.is_empty() { finding } else { finding.of_entry(printable(entry)) });
        }
    }
}

/// A path out of an archive as it can be shown: control characters, also those that turn
/// the direction of writing round, are written out.
pub fn printable(path: &str) -> String {
    let hides = |letter: char| turns(letter) || matches!(letter, '\u{200b}'..='\u{200d}');
    let mut shown = String::with_capacity(path.len());
    for letter in path.chars() {
        if letter.is_control() || hides(letter) { shown.extend(letter.escape_default()) } else { shown.push(letter) }
    }
    shown
}
