// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Asking on a terminal, and standing in where nobody can be asked.

use inquire::{Confirm, InquireError, Select, Text};

use super::output::{Style, Ui};
use super::text::{hang, reflow, sentence, warning_lines};
use crate::engine::{Answer, Effect, Note, Person, StepPreview};
use crate::release::unfit;

/// How many lines of doing a step by hand are shown before somebody agrees to it.
const BY_HAND_SHOWN: usize = 6;

/// A person at this terminal.
#[derive(Debug)]
pub struct TerminalPerson {
    ui: Ui,
    version: String,
}

impl TerminalPerson {
    /// Asks on this terminal; what is public wants `version` typed.
    pub fn new(ui: Ui, version: impl Into<String>) -> Self {
        Self { ui, version: version.into() }
    }

    fn show(&self, item: &StepPreview) {
        let ui = self.ui;
        ui.say(&format!("\n{}  ({})", ui.paint_err(&item.title, Style::Heading), item.id));
        for line in reflow(&item.guide, ui.width() - 2) {
            ui.say(format!("  {line}").trim_end());
        }
        if !item.summary.is_empty() {
            ui.say(&format!("\n  {}", hang(&format!("What the program does: {}", item.summary), 2, 2, ui.width())));
        }
        let lines: usize = item.commands.iter().map(|command| command.lines().count()).sum();
        if !item.summary.is_empty() && lines > BY_HAND_SHOWN {
            ui.say("  How it would be done by hand is in `quorate guide`.");
        } else if !item.commands.is_empty() {
            ui.say(if item.summary.is_empty() { "\n  What you may type:" } else { "  By hand it would be:" });
        }
        let shown = item.commands.iter().filter(|_| item.summary.is_empty() || lines <= BY_HAND_SHOWN);
        for command in shown {
            ui.say(&format!("    {}", ui.paint_err(&format!("$ {command}"), Style::Faint)));
        }
        if let Some(document) = &item.document {
            ui.say("\n  The text:");
            for line in document.lines() {
                ui.say(&format!("  │ {line}"));
            }
        }
        warn(ui, item);
        match item.effect {
            Some(Effect::Shared) => ui.say("  Others will see this; it can be taken back."),
            Some(Effect::Public) => ui.say(&ui.paint_err("  This is public and cannot be taken back.", Style::Warning)),
            _ => {}
        }
    }
}

impl Person for TerminalPerson {
    fn consent(&mut self, step: &StepPreview) -> Answer {
        self.show(step);
        if step.effect == Some(Effect::Public) {
            let prompt = format!("Type {} to go on, nothing to leave it for now:", self.version);
            return match Text::new(&prompt).prompt() {
                Ok(typed) if typed.trim() == self.version => yes(String::new()),
                Ok(typed) if typed.trim().is_empty() => Answer::Later { why: "you left it for now".into() },
                Ok(typed) => {
                    Answer::Later { why: format!("`{}` is not {}: nothing was done", typed.trim(), self.version) }
                }
                Err(error) => stopped(&error),
            };
        }
        match Confirm::new("Go on?").with_default(true).prompt() {
            Ok(true) => yes(String::new()),
            Ok(false) => Answer::Later { why: "you left it for now".into() },
            Err(error) => stopped(&error),
        }
    }

    fn attest(&mut self, item: &StepPreview) -> Answer {
        self.show(item);
        let question = item.question.trim();
        let question = if question.is_empty() { "Is it done?" } else { question };
        self.ui.say(&format!("\n  {}", hang(question, 2, 2, self.ui.width())));
        let answers = vec!["yes, I answer for it, with a note", "not yet", "stop here"];
        match Select::new("Your answer:", answers).without_filtering().with_help_message(TO_CHOOSE).prompt() {
            Ok("not yet") => Answer::Later { why: "you said: not yet".into() },
            Ok("stop here") => Answer::Stop,
            Ok(_) => match Text::new(note_prompt(item.note)).prompt() {
                Ok(note) if note.trim().is_empty() => Answer::Later { why: "an attestation needs a note".into() },
                Ok(note) if is_an_answer(&note) => {
                    Answer::Later { why: format!("`{}` is no note: say what was done in words", note.trim()) }
                }
                Ok(note) => match unfit(&note) {
                    Some(why) => Answer::Later { why: format!("the note {why}") },
                    None => yes(note.trim().to_owned()),
                },
                Err(error) => stopped(&error),
            },
            Err(error) => stopped(&error),
        }
    }
}

/// Whether what was typed as a note answers a question with yes or no, which none was asked.
fn is_an_answer(note: &str) -> bool {
    let note = note.trim().to_lowercase();
    note.chars().count() == 1 || ["yes", "no", "ok"].contains(&note.as_str())
}

/// What is done at the choice of answers: the note comes after it.
const TO_CHOOSE: &str = "↑ and ↓ to choose, Enter to take; the note is asked for next";

fn note_prompt(note: Note) -> &'static str {
    match note {
        Note::Text => "A note for the record, with what was asked (text, a link, who, when):",
        Note::Link => "A note for the record, with what was asked and one link (https://…):",
        Note::Links => "A note for the record, with the link (https://…):",
    }
}

/// Nobody at a terminal: `--execute` agrees to what can be taken back,
/// `--confirm VERSION` to what cannot, and nothing is attested.
#[derive(Debug)]
pub struct Approver {
    ui: Ui,
    version: String,
    confirmed: bool,
    /// ` --release FLIP-3`, where the user named it.
    of: String,
}

impl Approver {
    /// Agrees for somebody who gave `--execute`, and perhaps `--confirm`.
    pub fn new(ui: Ui, version: impl Into<String>, confirmed: Option<&str>) -> Self {
        let version = version.into();
        let confirmed = confirmed == Some(version.as_str());
        Self { ui, version, confirmed, of: String::new() }
    }

    /// The same, whose commands name what was meant by `--release`.
    #[must_use]
    pub fn of(self, release: Option<&str>) -> Self {
        Self { of: release.map_or_else(String::new, |release| format!(" --release {release}")), ..self }
    }
}

impl Person for Approver {
    fn consent(&mut self, step: &StepPreview) -> Answer {
        warn(self.ui, step);
        if step.effect == Some(Effect::Public) && !self.confirmed {
            let what = if step.summary.is_empty() { &step.title } else { &step.summary };
            let command = format!("quorate run {}{} --execute --confirm {}", step.id, self.of, self.version);
            return Answer::Later { why: format!("{} — it cannot be taken back\n{command}", sentence(what)) };
        }
        yes(String::new())
    }

    fn attest(&mut self, item: &StepPreview) -> Answer {
        let question = item.question.trim();
        let what = if question.is_empty() { &item.title } else { question };
        let note = if item.note != Note::Text { "https://…" } else { "…" };
        Answer::Later { why: format!("{what}\nquorate attest {}{} --note \"{note}\"", item.id, self.of) }
    }
}

/// Repeats what is amiss before somebody agrees to what is public.
fn warn(ui: Ui, step: &StepPreview) {
    for warning in &step.warnings {
        let lines = warning_lines(warning, ui.width());
        ui.warn(&format!("before {}: {}", step.id, lines.join("\n")));
    }
}

fn yes(note: String) -> Answer {
    Answer::Yes { note }
}

fn stopped(_error: &InquireError) -> Answer {
    Answer::Stop
}
