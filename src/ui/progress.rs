// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Steps as they stream by on stderr: a line when one ends, a spinner while one
//! runs on a terminal.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle, WeakProgressBar};
use jiff::Timestamp;
use serde_json::Value;

use super::output::{Style, Ui};
use super::text::{few, hang};
use super::time::minute;
use crate::engine::{CheckOutcome, Observer, PlannedPhase, Step, StepOutcome};

/// How many columns an id takes.
const ID_COLUMNS: usize = 26;

/// Tells the person on stderr how steps go.
pub struct Progress {
    ui: Ui,
    spinner: Option<ProgressBar>,
    phase: Option<String>,
    /// Counts of what went by.
    pub seen: Seen,
}

/// Counts of what went by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// Steps done by the program.
    pub done: usize,
    /// Steps and checks that a person answered for.
    pub attested: usize,
    /// Checks that the truth showed.
    pub held: usize,
}

impl Progress {
    /// Progress on this terminal.
    pub fn new(ui: Ui) -> Self {
        Self { ui, spinner: None, phase: None, seen: Seen::default() }
    }

    fn line(&mut self, sign: &str, style: Style, id: &str, text: &str, took: Duration) {
        self.stop_spinner();
        let sign = self.ui.paint_err(sign, style);
        let took =
            if took >= Duration::from_millis(100) { format!("{:6.1}s", took.as_secs_f64()) } else { " ".repeat(7) };
        self.ui.say(&format!("  {sign} {id:<ID_COLUMNS$} {} {text}", self.ui.paint_err(&took, Style::Faint)));
    }

    /// What belongs to the line before.
    fn below(&self, lines: &[String]) {
        for line in lines {
            self.ui.say(&format!("      {}", hang(line, 6, 8, self.ui.width())));
        }
    }

    fn stop_spinner(&mut self) {
        if let Some(spinner) = self.spinner.take() {
            spinner.finish_and_clear();
        }
    }
}

impl Observer for Progress {
    fn phase_begins(&mut self, phase: &PlannedPhase) {
        self.stop_spinner();
        if self.phase.replace(phase.id.clone()).is_some_and(|before| before == phase.id) {
            return;
        }
        self.ui.say(&self.ui.paint_err(&format!("\n{} — {}", phase.id, phase.title), Style::Heading));
    }

    fn step_begins(&mut self, step: &Step, resumed: bool) {
        self.stop_spinner();
        if !self.ui.lively() {
            return;
        }
        self.spinner = Some(spinner(format!("{}{}", step.title, if resumed { " (taken up again)" } else { "" })));
    }

    fn step_ends(&mut self, step: &Step, outcome: StepOutcome<'_>, took: Duration) {
        match outcome {
            StepOutcome::Done(outputs) => {
                self.seen.done += 1;
                let text = format!("{}{}", step.title, in_short(outputs));
                self.line("✓", Style::Good, &step.id, &text, took);
            }
            StepOutcome::Already(outputs) => {
                self.seen.done += 1;
                let text = format!("{} — found done{}", step.title, in_short(outputs));
                self.line("✓", Style::Good, &step.id, &text, took);
            }
            StepOutcome::Attested(note) => {
                self.seen.attested += 1;
                self.line("✎", Style::Plain, &step.id, &format!("{} — attested: {note}", step.title), took);
            }
            // What may be typed stands at the end of the run.
            StepOutcome::Waiting(why) => {
                self.line("…", Style::Warning, &step.id, why.lines().next().unwrap_or_default(), took);
            }
            StepOutcome::Failed(why) | StepOutcome::Conflict(why) if step.optional => {
                let text = format!("{} — left open, since it is optional: {why}", step.title);
                self.line("✗", Style::Warning, &step.id, &text, took);
            }
            // Why stands at the end of the run, with what to do.
            StepOutcome::Failed(_) => self.line("✗", Style::Bad, &step.id, &format!("{} — failed", step.title), took),
            StepOutcome::Conflict(_) => {
                self.line("✗", Style::Bad, &step.id, &format!("{} — something else is there", step.title), took);
            }
        }
    }

    fn check_ends(&mut self, id: &str, title: &str, outcome: CheckOutcome<'_>, took: Duration) {
        match outcome {
            CheckOutcome::Holds(evidence) => {
                self.seen.held += 1;
                self.line("☑", Style::Good, id, &format!("{title} — {evidence}"), took);
            }
            CheckOutcome::Attested(note) => {
                self.seen.attested += 1;
                self.line("☑", Style::Plain, id, &format!("{title} — attested: {note}"), took);
            }
            CheckOutcome::Failed(faults) => {
                self.line("☒", Style::Bad, id, &format!("{title} — does not hold"), took);
                self.below(&few(faults));
            }
            CheckOutcome::Unknown(why) => {
                self.line("☐", Style::Warning, id, &format!("{title} — could not be asked"), took);
                self.below(&[why.to_owned()]);
            }
        }
    }

    fn time_passes(&mut self, until: Timestamp, why: &str) {
        self.stop_spinner();
        self.ui.say(&format!("  ⏩ the simulated clock moves to {}: {why}", minute(until)));
    }

    fn candidate_opens(&mut self, number: u32) {
        self.phase = None;
        self.ui.say(&self.ui.paint_err(&format!("\ncandidate {number} begins"), Style::Heading));
    }
}

/// A spinner on a terminal, for as long as this value lives; elsewhere nothing.
pub struct Waiting(Option<ProgressBar>);

impl Waiting {
    /// Begins to wait for `what`.
    pub fn begin(ui: Ui, what: &str) -> Self {
        Self(ui.lively().then(|| spinner(what.to_owned())))
    }
}

/// A server that is asked, for as long as this value lives: a spinner on a terminal; elsewhere a line
/// on stderr where it takes longer than a second.
pub struct Asking {
    _spinner: Waiting,
    answered: Option<Sender<()>>,
    teller: Option<JoinHandle<()>>,
}

impl Asking {
    /// Begins to ask for `what`.
    pub fn begin(ui: Ui, what: &str) -> Self {
        let spinner = Waiting::begin(ui, what);
        if ui.lively() {
            return Self { _spinner: spinner, answered: None, teller: None };
        }
        let (answered, answer) = channel();
        let line = format!("waiting: {what}");
        let teller = thread::spawn(move || {
            if answer.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
                ui.say(&line);
            }
        });
        Self { _spinner: spinner, answered: Some(answered), teller: Some(teller) }
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        drop(self.answered.take());
        if let Some(teller) = self.teller.take() {
            let _ = teller.join();
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(spinner) = self.0.take() {
            spinner.finish_and_clear();
        }
    }
}

/// The spinner that is drawn now, if one is.
static DRAWN: Mutex<Option<WeakProgressBar>> = Mutex::new(None);

/// Asks something on the terminal while no spinner is drawn over it.
pub fn aside<T>(question: impl FnOnce() -> T) -> T {
    let drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner).as_ref().and_then(WeakProgressBar::upgrade);
    match drawn {
        Some(spinner) => spinner.suspend(question),
        None => question(),
    }
}

pub(super) fn spinner(message: String) -> ProgressBar {
    let spinner = ProgressBar::new_spinner()
        .with_style(ProgressStyle::with_template("  {spinner} {msg} {elapsed}").expect("a fixed template"))
        .with_message(message);
    spinner.enable_steady_tick(Duration::from_millis(120));
    *DRAWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(spinner.downgrade());
    spinner
}

/// The one or two outputs of a step that a person looks for; empty where there are none.
pub fn in_short(outputs: &Value) -> String {
    let short = |value: &Value| match value {
        Value::String(text) if text.parse::<Timestamp>().is_ok() => text.parse().ok().map(minute),
        Value::String(text) if text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            Some(text[..12].to_owned())
        }
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    if let Some(found) = outputs.get("found").and_then(Value::as_str) {
        return format!(" — {found}");
    }
    let parts: Vec<String> = ["note", "revision", "commit", "file", "message_id", "outcome", "until", "url"]
        .iter()
        .filter_map(|name| Some(format!("{} {}", name.replace('_', " "), short(outputs.get(name)?)?)))
        .take(2)
        .collect();
    if parts.is_empty() { String::new() } else { format!(" — {}", parts.join(", ")) }
}
