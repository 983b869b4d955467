// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate log`: the record, line by line.

use jiff::tz::TimeZone;
use serde_json::json;

use super::CommandError;
use super::environment::Environment;
use super::flip::record::is_proposal;
use super::release_state::{JOURNAL_FILE, ReleaseState};
use crate::engine::{Entry, Event, JournalReader};
use crate::ui::{ExitCode, Style, Ui, hang, in_short};

/// Shows the record of the release.
///
/// What happened, when (in UTC), by whom.
/// The chain of digests is checked first: a record that was edited is refused.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print JSON: an array of entries.
    #[arg(long)]
    json: bool,
    /// Only what is about this step or check.
    #[arg(long, value_name = "STEP")]
    step: Option<String>,
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let directory = ReleaseState::find(environment)?;
    let all = if is_proposal(&directory) {
        JournalReader::open(&directory.join(JOURNAL_FILE))?.entries
    } else {
        ReleaseState::read_entries(environment, &directory)?.1
    };
    let entries: Vec<&Entry> = all.iter().filter(|entry| args.step.is_none() || args.step == entry.step).collect();
    if let Some(step) = args.step.as_ref().filter(|_| entries.is_empty()) {
        return Err(CommandError::usage(
            format!("the record has nothing about `{step}`"),
            "`quorate status` lists the steps",
        ));
    }
    let ui = environment.ui;
    if args.json {
        ui.json(&entries.iter().map(|entry| as_json(entry)).collect::<Vec<_>>());
        return Ok(ExitCode::Done);
    }
    let mut teller = Teller { ui, who: None, candidate: 1 };
    let mut text = String::new();
    for entry in &all {
        if let Event::CandidateOpened { number } = entry.event {
            teller.candidate = number;
        }
        if args.step.is_none() || args.step == entry.step {
            text.push_str(&teller.line(entry));
        }
    }
    ui.data(&text);
    ui.say(&format!("{}; the chain of digests holds", counted(all.len())));
    Ok(ExitCode::Done)
}

/// Puts entries into words, one after the other.
struct Teller {
    ui: Ui,
    who: Option<String>,
    candidate: u32,
}

impl Teller {
    fn line(&mut self, entry: &Entry) -> String {
        let ui = self.ui;
        let mut text = String::new();
        if self.who.as_ref() != Some(&entry.who) {
            text.push_str(&format!("{}\n", ui.paint(&format!("by {}:", entry.who), Style::Heading)));
            self.who = Some(entry.who.clone());
        }
        let about = match (&entry.event, &entry.step) {
            (Event::CandidateOpened { .. } | Event::CandidateCancelled { .. }, _) => {
                format!("candidate {}", self.candidate)
            }
            (Event::PhaseCompleted { phase }, _) => phase.clone(),
            (_, step) => step.clone().unwrap_or_default(),
        };
        let at = entry.at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        let candidate = if entry.candidate == 0 { String::new() } else { format!("rc{}", entry.candidate) };
        let event = entry.event.name();
        text.push_str(format!("{} {candidate:<4} {about:<25} {event}", ui.paint(&at, Style::Faint)).trim_end());
        text.push('\n');
        let detail = detail(&entry.event);
        if !detail.is_empty() {
            text.push_str(&format!("{}{}\n", " ".repeat(DETAIL), hang(&detail, DETAIL, DETAIL, ui.width())));
        }
        text
    }
}

/// Where what is to be said of an event stands.
const DETAIL: usize = 26;

fn as_json(entry: &Entry) -> serde_json::Value {
    json!({
        "seq": entry.seq,
        "at": entry.at,
        "who": entry.who,
        "candidate": entry.candidate,
        "step": entry.step,
        "event": entry.event.name(),
        "data": entry.event.data(),
    })
}

fn counted(entries: usize) -> String {
    if entries == 1 { "1 entry".into() } else { format!("{entries} entries") }
}

fn detail(event: &Event) -> String {
    match event {
        Event::StepDone { outputs, already } => {
            let outputs = in_short(outputs);
            let already = if *already { "found done" } else { "" };
            format!("{already}{}", if already.is_empty() { outputs.trim_start_matches(" — ") } else { &outputs })
        }
        Event::StepFailed { error, .. } => error.clone(),
        Event::StepConflicted { found, expected } => format!("found {found}; expected {expected}"),
        Event::StepWaiting { why, .. }
        | Event::StepSkipped { why }
        | Event::CheckSkipped { why }
        | Event::IntentionDropped { why }
        | Event::UndoDropped { why }
        | Event::CandidateCancelled { why }
        | Event::ReleaseTakenOver { why, .. } => why.clone(),
        Event::StepAttested { note } | Event::CheckAttested { note } => note.clone(),
        Event::CheckHeld { evidence } => evidence.clone(),
        Event::CheckFailed { faults } => faults.join("; "),
        Event::ReleaseReconfigured { changes, why, .. } => format!("{}: {why}", changes.join("; ")),
        Event::StepUndone { what } => what.clone(),
        Event::StepRuled { about, ruling, why } => format!("{about} is {ruling}: {why}"),
        _ => String::new(),
    }
}
