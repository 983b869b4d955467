// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a rehearsal made, and where to look.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::made::{CheckCounts, Made, StepCounts, VersionSet, counts};
use super::stage::Stage;
use super::votes::{VoteReport, votes};
use crate::commands::CommandError;
use crate::commands::status::{Status, status_of};
use crate::engine::{Entry, Event, JournalReader, State};
use crate::rehearsal::{RealServer, World};
use crate::ui::{ExitCode, Style, Ui, hang};

/// Where a world's repository is from.
fn repository_of(world: &World) -> String {
    match &world.source {
        Some(source) => format!("a copy of {}", source.display()),
        None if world.made_up => {
            format!("made up from the configuration of {}; --repo takes the real one", world.product)
        }
        None => "the sample project".to_owned(),
    }
}

/// What a rehearsal made, and where to look.
#[derive(Debug, Serialize)]
pub struct Report {
    status: Status,
    world: Where,
    steps: StepCounts,
    checks: CheckCounts,
    stand_ins: Vec<StandIn>,
    /// The services for which stand-ins were used.
    stand_in_services: Vec<String>,
    /// The real servers that are here and cannot serve this world.
    left_out: Vec<StandIn>,
    /// The real servers in the place of stand-ins, each with its version.
    real_servers: Vec<String>,
    manifests: Vec<WrittenManifest>,
    made: Made,
    votes: Vec<VoteReport>,
    seconds: f64,
}

#[derive(Debug, Serialize)]
struct Where {
    directory: PathBuf,
    /// What the remote was filled from: `the sample project`, the path of a repository, or
    /// that it was made up.
    repository: String,
    remote: PathBuf,
    svn: PathBuf,
    mails: PathBuf,
    journal: PathBuf,
}

/// The manifest of a candidate.
#[derive(Debug, Serialize)]
struct WrittenManifest {
    candidate: u32,
    file: PathBuf,
    sha512: String,
    /// What the check said that held the files against it; none where it did not hold.
    verified: Option<String>,
}

#[derive(Debug, Serialize)]
struct StandIn {
    name: String,
    why: String,
}

impl Report {
    /// The report on a stage, from its journal.
    ///
    /// # Errors
    /// When the journal or the mails cannot be read.
    pub fn of(stage: &Stage, took: Duration) -> Result<Self, CommandError> {
        let entries = JournalReader::open(&stage.journal_path())?.entries;
        let state = State::of(&entries);
        let status = status_of(&stage.session, &state)?;
        let (steps, checks) = counts(&entries);
        let made = look_around(stage, &entries)?;
        let directory = &stage.world.directory;
        let world = Where {
            directory: directory.clone(),
            repository: repository_of(&stage.world),
            remote: stage.world.remote(),
            svn: directory.join("svn"),
            mails: stage.world.mail().join("mails"),
            journal: stage.journal_path(),
        };
        Ok(Self {
            status,
            world,
            steps,
            checks,
            stand_ins: stand_ins(&state),
            stand_in_services: stage.session.values.release()?.record.stand_ins.clone(),
            left_out: left_out(&stage.world),
            real_servers: stage.real_servers.names(),
            manifests: manifests(stage, &entries),
            made,
            votes: votes(stage, &entries, &state),
            seconds: took.as_secs_f64(),
        })
    }

    /// Leaves the report in the world.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, stage: &Stage) -> Result<(), CommandError> {
        let path = stage.world.directory.join("report.md");
        std::fs::write(&path, self.to_markdown()).map_err(|error| {
            CommandError::new(ExitCode::Service, format!("cannot write {}: {error}", path.display()), "")
        })
    }

    /// The report for a terminal.
    pub fn to_text(&self, ui: Ui) -> String {
        let mut text = format!("\n{}\n", ui.paint("What was made, and where to look", Style::Heading));
        let line = |text: &mut String, name: &str, value: String| {
            let _ = writeln!(text, "  {name:<12} {value}");
        };
        line(&mut text, "world", self.world.directory.display().to_string());
        line(&mut text, "repository", self.world.repository.clone());
        for (number, why) in &self.made.cancelled {
            line(&mut text, "cancelled", format!("candidate {number}: {why}"));
        }
        let standing = or_none(&self.made.standing_tags());
        line(&mut text, "tags", format!("{standing} in {}", self.world.remote.display()));
        if !self.made.deleted_tags.is_empty() {
            line(&mut text, "", format!("made, and deleted again: {}", self.made.deleted_tags.join(", ")));
        }
        for (index, set) in self.made.versions.iter().enumerate() {
            let before = self.made.versions[..index].iter().rev().find(|before| before.files == set.files);
            line(&mut text, "versions", in_words(set, before, ui.width()));
        }
        let revisions: Vec<String> = self.made.revisions.iter().map(|revision| format!("r{revision}")).collect();
        line(&mut text, "revisions", format!("{} in {}", or_none(&revisions), self.world.svn.display()));
        for manifest in &self.manifests {
            let verified = manifest.verified.as_deref().unwrap_or("NOT verified");
            let what = format!("candidate {}: {verified}, {}", manifest.candidate, manifest.file.display());
            line(&mut text, "manifest", what);
        }
        for vote in &self.votes {
            for (index, one) in vote.lines().iter().enumerate() {
                let name = if index == 0 { "vote" } else { "" };
                line(&mut text, name, hang(one, VALUE, VALUE + 2, ui.width()));
            }
        }
        let mails = if self.made.mails.is_empty() { "none".into() } else { self.made.mails.len().to_string() };
        line(&mut text, "mails", format!("{mails} in {}", self.world.mails.display()));
        line(&mut text, "journal", self.world.journal.display().to_string());
        line(
            &mut text,
            "steps",
            format!(
                "{} by the program, {} attested by a (simulated) person",
                self.steps.automated, self.steps.attested
            ),
        );
        line(
            &mut text,
            "checks",
            format!("{} proved, {} attested by a (simulated) person", self.checks.probed, self.checks.attested),
        );
        let wrapped = |text: &str| hang(text, VALUE, VALUE + 2, ui.width());
        let real = if self.real_servers.is_empty() { "no server".to_owned() } else { self.real_servers.join(", ") };
        line(&mut text, "real servers", wrapped(&format!("git, svn, gpg; {real}")));
        for left_out in &self.left_out {
            line(&mut text, "", wrapped(&format!("not used: {}, since {}", left_out.name, left_out.why)));
        }
        line(&mut text, "stand-ins", wrapped(&format!("for services: {}", or_none(&self.stand_in_services))));
        let builds = if self.stand_ins.is_empty() { "none".to_owned() } else { self.stand_ins.len().to_string() };
        line(&mut text, "", format!("for what was not built: {builds}"));
        for stand_in in &self.stand_ins {
            let _ = writeln!(text, "               {} — {}", stand_in.name, stand_in.why);
        }
        line(&mut text, "time", format!("{:.1} s", self.seconds));
        text
    }

    fn to_markdown(&self) -> String {
        let mut text = String::from("# A rehearsal\n");
        text.push_str("\n```\n");
        text.push_str(self.to_text(Ui::new(true)).trim_start());
        text.push_str("```\n");
        if !self.made.mails.is_empty() {
            text.push_str("\n## Mails\n\n");
        }
        for subject in &self.made.mails {
            let _ = writeln!(text, "- {subject}");
        }
        text
    }
}

/// What was made: what the journal says, beside what is there.
fn look_around(stage: &Stage, entries: &[Entry]) -> Result<Made, CommandError> {
    let fail = |what: String| CommandError::new(ExitCode::Service, what, "");
    let of_git = |error: git2::Error| fail(error.message().to_owned());
    let repository = git2::Repository::open(stage.world.remote()).map_err(of_git)?;
    let names = repository.tag_names(None).map_err(of_git)?;
    let at_remote: BTreeSet<String> = names.iter().filter_map(|tag| tag.ok().flatten()).map(str::to_owned).collect();
    let mails = stage.smtp.store().mails().map_err(|error| fail(format!("cannot read the mails: {error}")))?;
    let mut made = Made::of(entries, &at_remote, mails.iter().map(|mail| subject(&mail.bytes)).collect());
    made.add_tags(of_version(stage)?.intersection(&at_remote).cloned());
    Ok(made)
}

/// The tags of this version, of its first candidates too: a record that was begun anew
/// does not know all that is there.
fn of_version(stage: &Stage) -> Result<BTreeSet<String>, CommandError> {
    let mut tags = BTreeSet::new();
    for candidate in 1..=9 {
        let values = stage.session.values.of_candidate(candidate, None)?;
        let git = &values["product"]["git"];
        let named = ["candidate_tags", "release_tags"].into_iter().filter_map(|name| git[name].as_array()).flatten();
        tags.extend(named.filter_map(serde_json::Value::as_str).map(str::to_owned));
    }
    Ok(tags)
}

/// The names, or that there are none.
fn or_none(names: &[impl AsRef<str>]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

/// Where what is to be said of a thing stands.
const VALUE: usize = 15;

/// What was set; of what was told `before` only what is new.
fn in_words(set: &VersionSet, before: Option<&VersionSet>, width: usize) -> String {
    let candidate = if set.candidate == 0 { String::new() } else { format!(", candidate {}", set.candidate) };
    let indent = " ".repeat(VALUE + 2);
    if set.files.is_empty() {
        return format!("{} was there already ({}{candidate})", set.to, set.step);
    }
    let files = if set.files.len() == 1 { "1 file".to_owned() } else { format!("{} files", set.files.len()) };
    let head = format!("{} → {} in {files} ({}{candidate})", set.from, set.to, set.step);
    let fitted = |text: &str| format!("\n{indent}{}", hang(text, VALUE + 2, VALUE + 2, width));
    let told = before.and_then(|before| before.note.as_deref());
    let note = set.note.as_deref().filter(|note| told != Some(*note)).map_or_else(String::new, fitted);
    if before.is_some() {
        return format!("{head}, the same as above{note}");
    }
    format!("{head}{}{note}", fitted(&set.files.join(", ")))
}

fn subject(bytes: &[u8]) -> String {
    let mail = mail_parser::MessageParser::default().parse(bytes);
    mail.as_ref().and_then(|mail| mail.subject()).unwrap_or("(no subject)").to_owned()
}

/// The manifests of the candidates, and what came of holding the files against them.
fn manifests(stage: &Stage, entries: &[Entry]) -> Vec<WrittenManifest> {
    let of_step = |entry: &&Entry| entry.step.as_deref() == Some("write-manifest");
    let written = entries.iter().filter(of_step).filter_map(|entry| match &entry.event {
        Event::StepDone { outputs, .. } => Some((entry.candidate, outputs)),
        _ => None,
    });
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    written
        .map(|(candidate, outputs)| WrittenManifest {
            candidate,
            file: stage.session.directory.join(text(&outputs["file"])),
            sha512: text(&outputs["sha512"]),
            verified: verified(entries, candidate),
        })
        .collect()
}

/// What the last look at the candidate found, where it holds.
fn verified(entries: &[Entry], candidate: u32) -> Option<String> {
    let mine = |entry: &&Entry| entry.candidate == candidate && entry.step.as_deref() == Some("candidate-verifies");
    entries.iter().filter(mine).fold(None, |last, entry| match &entry.event {
        Event::CheckHeld { evidence } => Some(evidence.clone()),
        Event::CheckFailed { .. } => None,
        _ => last,
    })
}

fn left_out(world: &World) -> Vec<StandIn> {
    let named = |(server, why): (&RealServer, &String)| StandIn { name: server.name().to_owned(), why: why.clone() };
    world.left_out.iter().map(named).collect()
}

/// The artifacts that a build left a stand-in for, as the steps recorded them.
fn stand_ins(state: &State) -> Vec<StandIn> {
    let outputs = state.outputs();
    let text =
        |value: &serde_json::Value, name: &str| value.get(name).and_then(|text| text.as_str()).map(str::to_owned);
    let of_builds = outputs.values().filter_map(|outputs| outputs.get("stand_ins")?.as_array()).flatten();
    let mut found: Vec<StandIn> = of_builds
        .filter_map(|stand_in| Some(StandIn { name: text(stand_in, "name")?, why: text(stand_in, "why")? }))
        .collect();
    for (step, outputs) in &outputs {
        if let Some(why) = text(outputs, "stand_in") {
            found.push(StandIn { name: format!("the build of step {step}"), why });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_is_said_so() {
        let none: [String; 0] = [];
        assert_eq!(or_none(&none), "none");
        assert_eq!(or_none(&["r1", "r2"]), "r1, r2");
        let set = |files: &[&str]| VersionSet {
            step: "set-next-snapshot".into(),
            candidate: 0,
            from: "1.2-SNAPSHOT".into(),
            to: "1.3-SNAPSHOT".into(),
            note: None,
            files: files.iter().map(|&file| file.to_owned()).collect(),
        };
        assert_eq!(in_words(&set(&[]), None, 80), "1.3-SNAPSHOT was there already (set-next-snapshot)");
        let one = in_words(&set(&["pom.xml"]), None, 80);
        assert!(one.starts_with("1.2-SNAPSHOT → 1.3-SNAPSHOT in 1 file (set-next-snapshot)\n"), "{one}");
        // A note is told with what it is of, and not again.
        let noted = VersionSet { note: Some("stays: a:1".into()), ..set(&["pom.xml"]) };
        let after = in_words(&noted, Some(&set(&["pom.xml"])), 80);
        assert!(after.contains("the same as above\n") && after.contains("stays: a:1"), "{after}");
        assert!(!in_words(&noted, Some(&noted), 80).contains("stays"));
    }
}
