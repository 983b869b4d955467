// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the tracker of a rehearsal holds at the beginning: the versions before, this one,
//! and its issues, most of them resolved, some open, some with titles that say nothing.

use std::io;
use std::path::Path;

use super::super::Kept;
use super::FILE;
use super::tracker::{Issue, Project, Tracker, Version};

/// What is known of the project.
#[derive(Debug, Clone, Copy)]
pub struct Seed<'a> {
    /// Its key.
    pub key: &'a str,
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: &'a str,
    /// The name of the version that is being released.
    pub version: &'a str,
    /// The names of those before it.
    pub earlier: &'a [String],
}

/// Type, priority, title, and whether it is resolved.
const ISSUES: [(&str, &str, &str, bool); 12] = [
    ("New Feature", "Major", "Greetings can be given in the listener's own language", true),
    ("Bug", "Critical", "A greeter without a name no longer fails at its second start", true),
    ("Improvement", "Major", "Starting the greeter takes half the time when many languages are installed", true),
    ("Bug", "Blocker", "The greeter greets each caller, also while another greeting is under way", true),
    ("Improvement", "Minor", "Error messages name the language that is missing", true),
    ("Bug", "Major", "Fix NPE", true),
    ("New Feature", "Major", "Greetings can be given with a deadline", true),
    ("Task", "Minor", "Update the commons library to 4.2 for a known vulnerability in it", true),
    ("Bug", "Minor", "Each of the packages contains the licence", true),
    ("Bug", "Blocker", "Greetings are lost when the listener leaves early", false),
    ("Improvement", "Minor", "Greet in the order of arrival", false),
    ("Bug", "Major", "A greeting waits one second longer than it is told to", false),
];

/// Writes that state under `directory`, unless there is one.
///
/// # Errors
/// When it cannot be written.
pub fn seed(directory: &Path, seed: &Seed<'_>) -> io::Result<()> {
    std::fs::create_dir_all(directory)?;
    let kept = Kept::open(directory.join(FILE), Tracker::default())?;
    if kept.read(|tracker| !tracker.projects.is_empty()) {
        return Ok(());
    }
    kept.change(|tracker| *tracker = tracker_of(seed));
    Ok(())
}

fn tracker_of(seed: &Seed<'_>) -> Tracker {
    let released = seed.earlier.iter().map(|name| (name.as_str(), true)).chain([(seed.version, false)]);
    let versions: Vec<Version> = (12_350_001..)
        .zip(released)
        .map(|(id, (name, released))| Version {
            id,
            project: seed.key.to_owned(),
            name: name.to_owned(),
            start_date: None,
            release_date: released.then(|| "2026-01-15".to_owned()),
            released,
            archived: false,
        })
        .collect();
    let this = versions.last().map_or(0, |version| version.id);
    let issue = |(number, (kind, priority, summary, resolved)): (u32, (&str, &str, &str, bool))| Issue {
        key: format!("{}-{number}", seed.key),
        summary: summary.to_owned(),
        kind: kind.to_owned(),
        priority: priority.to_owned(),
        status: if resolved { "Closed" } else { "Open" }.to_owned(),
        resolution: resolved.then(|| "Fixed".to_owned()),
        fix_versions: vec![this],
        assignee: resolved.then(|| "Bob Example".to_owned()),
        comments: Vec::new(),
        links: Vec::new(),
    };
    let project = Project { id: seed.id, key: seed.key.to_owned(), name: seed.name.to_owned() };
    Tracker { projects: vec![project], versions, issues: (101..).zip(ISSUES).map(issue).collect() }
}
