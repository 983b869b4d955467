// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate status`: where the release stands.

use serde::Serialize;

use super::CommandError;
use super::environment::Environment;
use super::session::{Session, read_session};
use crate::engine::{CheckState, PhaseState, Plan, PlannedPhase, State, StepState};
use crate::ui::{ExitCode, Style, Ui};

/// Shows where the release stands: phases, steps, checks, and what is next.
///
/// Reads the record alone and asks no service, so that it can be called at any
/// time, during a run too.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Show the steps of all phases, and not just of the one at work.
    #[arg(long)]
    all: bool,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub struct Status {
    product: String,
    version: String,
    candidate: u32,
    cancelled_candidates: std::collections::BTreeMap<u32, String>,
    rehearsal: bool,
    completed: bool,
    phase: Option<String>,
    phases: Vec<PlannedPhase>,
    next: Vec<String>,
}

impl Status {
    /// The phases that the workflow has.
    pub fn phases(&self) -> &[PlannedPhase] {
        &self.phases
    }
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let (session, state) = read_session(environment)?;
    let status = status_of(&session, &state)?;
    if args.json {
        environment.ui.json(&status);
    } else {
        environment.ui.data(&render(environment.ui, &session, &status, args.all));
    }
    Ok(ExitCode::Done)
}

/// The status of a release.
///
/// # Errors
/// When the configuration cannot be filled in.
pub fn status_of(session: &Session, state: &State) -> Result<Status, CommandError> {
    let plan = Plan::of(&session.workflow, state, &session.renderer(state)?)?;
    Ok(Status {
        product: session.values.record.product.clone(),
        version: session.values.record.version.clone(),
        candidate: plan.candidate,
        cancelled_candidates: state.cancelled.clone(),
        rehearsal: session.values.record.rehearsal,
        completed: state.completed,
        phase: plan.phase,
        phases: plan.phases,
        next: plan.next,
    })
}

fn render(ui: Ui, session: &Session, status: &Status, all: bool) -> String {
    let record = &session.values.record;
    let heading = format!("{} {}", session.values.product.name, record.version);
    let mut text = format!(
        "{} ({}), candidate {}, release manager {}{}\n",
        ui.paint(&heading, Style::Heading),
        session.values.version.kind().word(),
        status.candidate,
        record.manager.name,
        if record.rehearsal { ", a rehearsal" } else { "" },
    );
    for (number, why) in &status.cancelled_candidates {
        text.push_str(&format!("candidate {number} was cancelled: {why}\n"));
    }
    for phase in &status.phases {
        text.push_str(&render_phase(ui, phase, all));
    }
    text.push_str(&match (&status.next[..], status.completed) {
        (_, true) => "\nThe release is completed.\n".to_owned(),
        ([], false) => "\nNothing can be taken up now: `quorate run` says what is in the way.\n".to_owned(),
        (next, false) => format!("\nNext: {}\n", next.join(", ")),
    });
    text
}

fn render_phase(ui: Ui, phase: &PlannedPhase, all: bool) -> String {
    let settled = phase.steps.iter().filter(|step| step.state.settled()).count();
    let answered =
        phase.checks.iter().filter(|check| matches!(check.state, CheckState::Holds | CheckState::Attested)).count();
    let (sign, style) = match phase.state {
        PhaseState::Done => ("✓", Style::Good),
        PhaseState::Active => ("▸", Style::Heading),
        PhaseState::Waiting => ("·", Style::Faint),
        PhaseState::PassedOver => ("–", Style::Faint),
    };
    let word = match phase.state {
        PhaseState::Done => "done",
        PhaseState::Active => "at work",
        PhaseState::Waiting => "waiting",
        PhaseState::PassedOver => "does not apply",
    };
    let mut text = format!(
        "\n{} {:<9} {} — {word}; {settled} of {} steps, {answered} of {} checks\n",
        ui.paint(sign, style),
        phase.id,
        ui.paint(&phase.title, style),
        phase.steps.len(),
        phase.checks.len(),
    );
    if phase.state == PhaseState::Active || (all && phase.state != PhaseState::PassedOver) {
        for step in &phase.steps {
            text.push_str(&line(ui, step_sign(step.state), &step.id, &step.title, &step.detail));
        }
        for check in &phase.checks {
            let optional = if check.optional { " (optional)" } else { "" };
            let title = format!("{}{optional}", check.title);
            text.push_str(&line(ui, check_sign(check.state), &check.id, &title, &check.detail));
        }
    }
    text
}

fn line(ui: Ui, (sign, word, style): (&str, &str, Style), id: &str, title: &str, detail: &str) -> String {
    let detail = if detail.is_empty() { String::new() } else { format!(" — {detail}") };
    format!("    {} {word:<11} {id:<26} {title}{detail}\n", ui.paint(sign, style))
}

fn step_sign(state: StepState) -> (&'static str, &'static str, Style) {
    match state {
        StepState::Done => ("✓", "done", Style::Good),
        StepState::Attested => ("✎", "attested", Style::Good),
        StepState::Skipped => ("–", "skipped", Style::Warning),
        StepState::Ready => ("○", "ready", Style::Plain),
        StepState::Waiting => ("·", "waiting", Style::Faint),
        StepState::Interrupted => ("!", "interrupted", Style::Warning),
        StepState::Failed => ("✗", "failed", Style::Bad),
        StepState::Conflict => ("✗", "conflict", Style::Bad),
    }
}

fn check_sign(state: CheckState) -> (&'static str, &'static str, Style) {
    match state {
        CheckState::Holds => ("☑", "holds", Style::Good),
        CheckState::Attested => ("☑", "attested", Style::Good),
        CheckState::Open => ("☐", "open", Style::Plain),
        CheckState::Failed => ("☒", "failed", Style::Bad),
    }
}
