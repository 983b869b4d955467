// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.
//! An artifact that is no archive, or none that is read: a pom, a chart, a program.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::archive::{ArchiveKind, Faults, unread_by_magic, unread_by_name};
use super::contents::{ContentRules, METADATA, compiled, look_at_file};
use super::{Finding, pom};

/// The name under which it is said what could not be looked at.
const CONTENTS: &str = "contents";

/// How much of a file is read to know what it is.
const TOP_BYTES: u64 = 1024;

/// The largest pom that is read.
const POM_BYTES: u64 = 16 << 20;

/// What is held against an artifact that is no archive.
#[derive(Debug, Clone)]
pub struct LooseRules {
    /// What must not be in it.
    pub contents: ContentRules,
}

/// Checks the file at `path`, whose path in the candidate is `name`.
pub fn check_loose(name: &str, path: &Path, rules: &LooseRules) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Err(error) = looked_at(name, path, rules, &mut found) {
        found.push(Finding::fail(CONTENTS, format!("it cannot be read to its end: {error}")));
    }
    found
}

fn looked_at(name: &str, path: &Path, rules: &LooseRules, found: &mut Vec<Finding>) -> io::Result<()> {
    let mut top = Vec::new();
    File::open(path)?.take(TOP_BYTES).read_to_end(&mut top)?;
    if let Some(what) = unread_by_name(name).or_else(|| unread_by_magic(&top)) {
        let detail = format!("it is {what}, a form that is not read: what is in it could not be checked");
        found.push(Finding::fail(CONTENTS, detail));
        return Ok(());
    }
    if let Some(what) = compiled(&top) {
        found.push(Finding::warn(CONTENTS, format!("it is {what}: what it does cannot be checked")));
    } else if let Some(kind) = ArchiveKind::of_magic(&top) {
        let detail = format!("its first bytes say {}, its name does not: what is in it was not looked at", kind.word());
        found.push(Finding::skip(CONTENTS, detail));
    }
    if name.ends_with(".pom") {
        found.extend(of_pom(name, path, rules)?);
    }
    let mut faults = Faults::default();
    look_at_file(name, &mut File::open(path)?, &rules.contents, &mut faults)?;
    // the file itself, and no entry of it
    found.extend(faults.into_findings().into_iter().map(|finding| Finding { entry: None, ..finding }));
    Ok(())
}

fn of_pom(name: &str, path: &Path, rules: &LooseRules) -> io::Result<Vec<Finding>> {
    let mut text = Vec::new();
    File::open(path)?.take(POM_BYTES).read_to_end(&mut text)?;
    let faults = pom::faults(name, &text, rules.contents.version.as_deref());
    if faults.is_empty() {
        return Ok(vec![Finding::pass(METADATA, "it is the pom of its place, and of this version")]);
    }
    Ok(faults.into_iter().map(|fault| Finding::fail(METADATA, fault)).collect())
}
