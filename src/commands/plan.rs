// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate plan`: what would be done, before anything is.

use super::CommandError;
use super::environment::Environment;
use super::session::{Session, read_session};
use crate::engine::{Effect, PhaseState, Preview, State, StepState};
use crate::ui::{ExitCode, Style, Ui};

/// Shows what is still to be done, step by step, with what each will do; nothing
/// is done and no service is asked.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print JSON: the status, and for each step and check what is known of it.
    #[arg(long)]
    json: bool,
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let (session, state) = read_session(environment)?;
    if args.json {
        environment.ui.json(&preview(&session, &state)?);
    } else {
        print_plan(environment.ui, &session, &state)?;
    }
    Ok(ExitCode::Done)
}

/// The plan with its previews.
///
/// # Errors
/// When a template cannot be filled in.
pub fn preview(session: &Session, state: &State) -> Result<Preview, CommandError> {
    Ok(Preview::of(&session.workflow, &session.registry, state, &session.renderer(state)?)?)
}

/// Prints what is still to be done.
///
/// # Errors
/// When a template cannot be filled in.
pub fn print_plan(ui: Ui, session: &Session, state: &State) -> Result<(), CommandError> {
    let preview = preview(session, state)?;
    let item = |id: &str| preview.items.iter().find(|item| item.id == id);
    for phase in &preview.plan.phases {
        if matches!(phase.state, PhaseState::Done | PhaseState::PassedOver) {
            continue;
        }
        ui.line(&ui.paint(&format!("{} — {}", phase.id, phase.title), Style::Heading));
        for step in phase.steps.iter().filter(|step| !step.state.settled()) {
            let by = if step.automated { "does" } else { "asks" };
            let mark = match step.effect {
                Effect::Local => "",
                Effect::Shared => " [shared]",
                Effect::Public => " [public]",
            };
            let summary = item(&step.id).map_or("", |item| {
                if item.summary.is_empty() { item.question.as_str() } else { item.summary.as_str() }
            });
            let what = if summary.is_empty() { &step.title } else { summary };
            ui.line(&format!("  {by} {:<26} {}{mark}", step.id, what.trim()));
            if step.state != StepState::Ready && !step.detail.is_empty() {
                ui.line(&format!("       {:<26} {}", "", step.detail));
            }
        }
        for check in &phase.checks {
            let by = if check.probed { "proves" } else { "asks" };
            ui.line(&format!("  ☐ {by} {:<23} {}", check.id, check.title));
        }
    }
    Ok(())
}
