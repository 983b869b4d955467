// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate run`: carries the release on.

use super::CommandError;
use super::again::{Decision, begin_anew};
use super::environment::Environment;
use super::halt::{self, End};
use super::plan::{preview, print_plan};
use super::release_state::demand_templates;
use super::session::{Session, read_session, write_session};
use crate::engine::{Goal, Halt, Person, Plan, State, SystemClock, Workflow};
use crate::ui::{Approver, ExitCode, Progress, TerminalPerson, Ui};

/// Carries the release on.
///
/// Does what is ready, asks what must be asked, proves each step, and stops where
/// something is in the way.
///
/// On a terminal it guides: it shows each step with its guide text, asks, and
/// goes on. Without one it prints the plan, and acts only with --execute. What
/// cannot be taken back is done only when the version is typed, or given by
/// --confirm. A run can be interrupted at any time: the next one asks the truth
/// and goes on.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Steps or checks to take up; without any, all that are next.
    #[arg(value_name = "STEP")]
    items: Vec<String>,
    /// Stop when this phase is completed.
    #[arg(long, value_name = "PHASE", conflicts_with = "items")]
    to: Option<String>,
    /// Begin STEP anew: an earlier attempt at it did not happen, as you know
    /// where the program cannot. A mail is then dated and numbered anew.
    #[arg(long, requires = "items")]
    again: bool,
    /// With --again: how you know that it did not happen.
    #[arg(long, value_name = "TEXT", requires = "again")]
    why: Option<String>,
    /// Act without asking, but for what cannot be taken back.
    #[arg(long)]
    execute: bool,
    /// Agree to what cannot be taken back, by the version of this release.
    #[arg(long, value_name = "VERSION", requires = "execute")]
    confirm: Option<String>,
    /// Print JSON: how the run ended, and what is in the way; without a terminal and --execute, the plan.
    #[arg(long)]
    json: bool,
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let ui = environment.ui;
    if !args.execute && !ui.interactive() {
        let (session, state) = read_session(environment)?;
        demand_templates(&session.directory, &state)?;
        let goal = goal(&session.workflow, args.items, args.to)?;
        if say_settled(ui, &session, &state, &goal)? {
            return Ok(end(ui, None, &Halt::GoalReached, args.json));
        }
        let state = session.upcoming(state)?;
        if args.json {
            ui.json(&preview(&session, &state)?);
            return Ok(ExitCode::Done);
        }
        let only = if let Goal::Items(items) = &goal { Some(items.as_slice()) } else { None };
        print_plan(ui, &session, &state, only)?;
        ui.say("Nothing was done: without a terminal, `quorate run --execute` acts.");
        return Ok(ExitCode::Done);
    }
    let (session, journal, state) = write_session(environment)?;
    demand_templates(&session.directory, &state)?;
    let version = session.values.confirmed_by();
    if let Some(confirmed) = args.confirm.as_ref().filter(|confirmed| **confirmed != version) {
        return Err(CommandError::usage(
            format!("--confirm {confirmed}: this release is {version}"),
            "nothing was done; --confirm must name the version that is being released",
        ));
    }
    let goal = goal(&session.workflow, args.items, args.to)?;
    if !args.again && say_settled(ui, &session, &state, &goal)? {
        return Ok(end(ui, None, &Halt::GoalReached, args.json));
    }
    let mut person: Box<dyn Person> = if args.execute {
        Box::new(Approver::new(ui, version, args.confirm.as_deref()).of(environment.release.as_deref()))
    } else {
        Box::new(TerminalPerson::new(ui, version))
    };
    let mut progress = Progress::new(ui);
    let mut driver = session.driver(journal, state, &SystemClock, &mut progress);
    if let (true, Goal::Items(steps)) = (args.again, &goal)
        && begin_anew(ui, &mut driver, steps, args.why.as_deref(), args.execute)? == Decision::LeftAsItIs
    {
        ui.say("Nothing was done.");
        if args.json {
            ui.json(&End::of(&Halt::Stopped));
        }
        return Ok(ExitCode::Waiting);
    }
    let halt = driver.advance(&goal, person.as_mut())?;
    Ok(end(ui, Some(&session.workflow), &halt, args.json))
}

/// Says how the run ended, as data too where they are wanted.
fn end(ui: Ui, workflow: Option<&Workflow>, halt: &Halt, json: bool) -> ExitCode {
    if json {
        ui.json(&End::of(halt));
    }
    halt::report_of(ui, workflow, halt)
}

/// Says of each step that is named and done already that it is; whether all are.
fn say_settled(ui: Ui, session: &Session, state: &State, goal: &Goal) -> Result<bool, CommandError> {
    let Goal::Items(items) = goal else { return Ok(false) };
    let plan = Plan::of(&session.workflow, state, &session.renderer(state)?)?;
    let settled: Vec<&str> =
        items.iter().filter_map(|id| plan.step(id)).filter(|step| step.state.settled()).map(|step| &*step.id).collect();
    for id in &settled {
        ui.say(&format!("`{id}` is done already; `quorate log --step {id}` tells how, `quorate undo {id}` takes it back, where that can be done."));
    }
    Ok(!items.is_empty() && settled.len() == items.len())
}

fn goal(workflow: &Workflow, items: Vec<String>, to: Option<String>) -> Result<Goal, CommandError> {
    if let Some(unknown) = items.iter().find(|id| workflow.step(id).is_none() && workflow.check(id).is_none()) {
        return Err(workflow.no_such_item(unknown).into());
    }
    if items.is_empty() { phase_goal(&workflow.phase_ids(), to) } else { Ok(Goal::Items(items)) }
}

/// How far `--to` says to go.
///
/// # Errors
/// When there is no such phase.
pub fn phase_goal(phases: &[&str], to: Option<String>) -> Result<Goal, CommandError> {
    match to {
        None => Ok(Goal::All),
        Some(phase) if phases.contains(&phase.as_str()) => Ok(Goal::Phase(phase)),
        Some(phase) => Err(CommandError::usage(
            format!("--to {phase}: there is no such phase"),
            format!("the phases are {}", phases.join(", ")),
        )),
    }
}
