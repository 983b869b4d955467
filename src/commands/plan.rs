// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate plan`: what would be done, before anything is.

use super::CommandError;
use super::environment::Environment;
use super::session::{Session, read_upcoming};
use crate::engine::{
    CheckState, Clock, Doer, Effect, PhaseState, PlannedCheck, PlannedStep, Preview, Renderer, State, StepState,
    SystemClock,
};
use crate::ui::{ExitCode, Style, Ui, hang, sentence, warning_lines};

/// Shows what is still to be done, step by step.
///
/// For each step who does it (the program or you), what it will do, whether
/// others see it (shared: it can be taken back; public: it cannot), and what it
/// waits for. Nothing is done and no service is asked.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print JSON: the status, and for each step and check what is known of it.
    #[arg(long)]
    json: bool,
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let (session, state) = read_upcoming(environment)?;
    if args.json {
        environment.ui.json(&preview(&session, &state)?);
    } else {
        print_plan(environment.ui, &session, &state, None)?;
    }
    Ok(ExitCode::Done)
}

/// The plan with its previews.
///
/// # Errors
/// When a template cannot be filled in.
pub fn preview(session: &Session, state: &State) -> Result<Preview, CommandError> {
    preview_by(session, state, &session.renderer(state)?)
}

/// As [`preview`], by a renderer at hand.
///
/// # Errors
/// When a template cannot be filled in.
pub fn preview_by(session: &Session, state: &State, renderer: &Renderer) -> Result<Preview, CommandError> {
    let doer = Doer { registry: &session.registry, world: &session.services, now: SystemClock.now() };
    Ok(Preview::of(&session.workflow, state, renderer, &doer)?)
}

/// Prints what is still to be done: all of it, or these steps and checks.
///
/// # Errors
/// When a template cannot be filled in.
pub fn print_plan(ui: Ui, session: &Session, state: &State, only: Option<&[String]>) -> Result<(), CommandError> {
    let preview = preview(session, state)?;
    let wanted = |id: &String| only.is_none_or(|only| only.contains(id));
    let mut text = String::new();
    for phase in &preview.plan.phases {
        if matches!(phase.state, PhaseState::Done | PhaseState::PassedOver) {
            continue;
        }
        let steps = phase.steps.iter().filter(|step| !step.state.settled() && wanted(&step.id));
        let mut lines: Vec<String> = steps.map(|step| step_lines(ui, &preview, step)).collect();
        let open = phase
            .checks
            .iter()
            .filter(|check| !matches!(check.state, CheckState::Holds | CheckState::Attested) && wanted(&check.id));
        lines.extend(open.map(|check| check_lines(ui, check)));
        if !lines.is_empty() {
            let heading = ui.paint(&format!("{} — {}", phase.id, phase.title), Style::Heading);
            text.push_str(&format!("{heading}\n{}\n", lines.concat()));
        }
    }
    if text.is_empty() && state.completed {
        text.push_str("The release is completed: nothing is left to do.\n");
    } else if text.is_empty() {
        text.push_str("Every step is done: a run asks once more what must hold, and ends it.\n");
    }
    ui.data(&text);
    Ok(())
}

/// Where what a step does stands.
const INDENT: usize = 11;

fn step_lines(ui: Ui, preview: &Preview, step: &PlannedStep) -> String {
    let by = if step.automated { "program" } else { "you" };
    let item = preview.items.iter().find(|item| item.id == step.id);
    let what = item.map_or("", |item| if step.automated { &item.summary } else { &item.question });
    let what = if what.trim().is_empty() { step.title.clone() } else { sentence(what) };
    let public = matches!(step.effect, Effect::Public).then(|| "public".to_owned());
    let shared = matches!(step.effect, Effect::Shared).then(|| "shared".to_owned());
    let optional = step.optional.then(|| "optional".to_owned());
    let state = (step.state != StepState::Ready && !step.detail.is_empty()).then(|| step.detail.clone());
    let mut text = lines(ui, by, &step.id, &what, &[public, shared, optional, state]);
    for warning in item.map_or(&[][..], |item| &item.warnings) {
        for line in warning_lines(warning, ui.width() - INDENT) {
            text.push_str(&format!("{}{}\n", " ".repeat(INDENT), ui.paint(&line, Style::Warning)));
        }
    }
    text
}

fn check_lines(ui: Ui, check: &PlannedCheck) -> String {
    let by = if check.probed { "proof" } else { "you" };
    let optional = check.optional.then(|| "optional".to_owned());
    let state = (!check.detail.is_empty()).then(|| check.detail.clone());
    lines(ui, by, &check.id, &check.title, &[Some("checklist".to_owned()), optional, state])
}

fn lines(ui: Ui, by: &str, id: &str, what: &str, marks: &[Option<String>]) -> String {
    let marks: Vec<&str> = marks.iter().flatten().map(String::as_str).collect();
    let marks = hang(&marks.join("; "), INDENT + 31, INDENT + 31, ui.width());
    let head = format!("  {by:<8} {id:<30} {}", ui.paint(&marks, Style::Faint));
    format!("{}\n{}{}\n", head.trim_end(), " ".repeat(INDENT), hang(what, INDENT, INDENT, ui.width()))
}
