// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a rehearsal made, and where to look.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::stage::Stage;
use crate::commands::CommandError;
use crate::commands::log::durations;
use crate::commands::status::{Status, status_of};
use crate::engine::{CheckState, JournalReader, PhaseState, State, StepState};
use crate::ui::{ExitCode, Style, Ui};

/// What a rehearsal made, and where to look.
#[derive(Debug, Serialize)]
pub struct Report {
    status: Status,
    world: Where,
    steps: StepCounts,
    checks: CheckCounts,
    stand_ins: Vec<StandIn>,
    made: Made,
    seconds: f64,
    #[serde(skip)]
    slowest: Vec<(String, u32, Duration)>,
}

#[derive(Debug, Serialize)]
struct Where {
    directory: PathBuf,
    remote: PathBuf,
    svn: PathBuf,
    mails: PathBuf,
    journal: PathBuf,
}

#[derive(Debug, Default, Serialize)]
struct StepCounts {
    automated: usize,
    attested: usize,
}

#[derive(Debug, Default, Serialize)]
struct CheckCounts {
    probed: usize,
    attested: usize,
}

#[derive(Debug, Serialize)]
struct StandIn {
    name: String,
    why: String,
}

#[derive(Debug, Default, Serialize)]
struct Made {
    tags: Vec<String>,
    revisions: Vec<u64>,
    mails: Vec<String>,
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
        let (steps, checks) = counts(&status);
        let mut slowest = durations(&entries);
        slowest.sort_by_key(|entry| std::cmp::Reverse(entry.2));
        let directory = &stage.world.directory;
        let world = Where {
            directory: directory.clone(),
            remote: stage.world.remote(),
            svn: directory.join("svn"),
            mails: stage.world.mail().join("mails"),
            journal: stage.journal_path(),
        };
        let mut report = Self {
            status,
            world,
            steps,
            checks,
            stand_ins: stand_ins(&state),
            made: Made::default(),
            seconds: took.as_secs_f64(),
            slowest,
        };
        report.made = report.look_around(stage)?;
        Ok(report)
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
        line(&mut text, "tags", format!("{} in {}", self.made.tags.join(", "), self.world.remote.display()));
        let revisions: Vec<String> = self.made.revisions.iter().map(|revision| format!("r{revision}")).collect();
        line(&mut text, "revisions", format!("{} in {}", revisions.join(", "), self.world.svn.display()));
        line(&mut text, "mails", format!("{} in {}", self.made.mails.len(), self.world.mails.display()));
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
        let stand_ins = if self.stand_ins.is_empty() { "none".to_owned() } else { self.stand_ins.len().to_string() };
        line(&mut text, "stand-ins", stand_ins);
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
        text.push_str("```\n\n## Mails\n\n");
        for subject in &self.made.mails {
            let _ = writeln!(text, "- {subject}");
        }
        text.push_str(
            "\n## The steps that took longest, by the record\n\n| step | candidate | seconds |\n|---|---|---|\n",
        );
        for (step, candidate, took) in self.slowest.iter().take(10) {
            let _ = writeln!(text, "| {step} | {candidate} | {:.1} |", took.as_secs_f64());
        }
        text
    }

    fn look_around(&self, stage: &Stage) -> Result<Made, CommandError> {
        let fail = |what: String| CommandError::new(ExitCode::Service, what, "");
        let repository =
            git2::Repository::open(stage.world.remote()).map_err(|error| fail(error.message().to_owned()))?;
        let tags = repository.tag_names(None).map_err(|error| fail(error.message().to_owned()))?;
        let version = &stage.world.version;
        let tags = tags
            .iter()
            .filter_map(|tag| tag.ok().flatten())
            .filter(|tag| tag.contains(version.as_str()))
            .map(str::to_owned)
            .collect();
        let mut revisions: Vec<u64> = JournalReader::open(&stage.journal_path())?
            .entries
            .iter()
            .filter_map(|entry| match &entry.event {
                crate::engine::Event::StepDone { outputs, .. } => outputs.get("revision")?.as_u64(),
                _ => None,
            })
            .collect();
        revisions.sort_unstable();
        revisions.dedup();
        let mails = stage.smtp.store().mails().map_err(|error| fail(format!("cannot read the mails: {error}")))?;
        let mails = mails.iter().map(|mail| subject(&mail.bytes)).collect();
        Ok(Made { tags, revisions, mails })
    }
}

fn subject(bytes: &[u8]) -> String {
    let mail = mail_parser::MessageParser::default().parse(bytes);
    mail.as_ref().and_then(|mail| mail.subject()).unwrap_or("(no subject)").to_owned()
}

fn counts(status: &Status) -> (StepCounts, CheckCounts) {
    let (mut steps, mut checks) = (StepCounts::default(), CheckCounts::default());
    for phase in status.phases().iter().filter(|phase| phase.state != PhaseState::PassedOver) {
        for step in &phase.steps {
            match step.state {
                StepState::Done => steps.automated += 1,
                StepState::Attested | StepState::Skipped => steps.attested += 1,
                _ => {}
            }
        }
        for check in &phase.checks {
            match check.state {
                CheckState::Holds => checks.probed += 1,
                CheckState::Attested => checks.attested += 1,
                _ => {}
            }
        }
    }
    (steps, checks)
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
