// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate cancel-candidate`: the current candidate will not be released.

use inquire::Text;
use serde_json::Map;

use super::CommandError;
use super::attest::wanted;
use super::environment::Environment;
use super::halt;
use super::session::{Session, Subject, write_session};
use crate::actions::Services;
use crate::engine::{Driver, Effect, Goal, Step, StepKind, StepRecord, StepStatus, SystemClock};
use crate::ui::{Approver, ExitCode, Progress};

/// Cancels the current candidate everywhere, as one act.
///
/// The vote thread is told, the staged files, tags and branch are taken back, and
/// the record keeps all of it. Then the next candidate can be built. Where it is
/// not known whether the mail of the vote went out, that is asked first.
///
/// Shows what it will do, and wants the version typed; without a terminal it acts only
/// with --execute and --confirm VERSION, since this cannot be taken back. When it
/// is interrupted, `quorate run` goes on with it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Why; the mail says so too.
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Act without asking; wants --confirm.
    #[arg(long)]
    execute: bool,
    /// Agree to what cannot be taken back, by the version of this release.
    #[arg(long, value_name = "VERSION", requires = "execute")]
    confirm: Option<String>,
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let ui = environment.ui;
    let why = wanted("--why", &args.why)?;
    let (session, journal, state) = write_session(environment)?;
    let version = session.values.confirmed_by();
    let number = state.candidate.number;
    if args.confirm.as_ref().is_some_and(|confirmed| *confirmed != version) {
        return Err(CommandError::usage(format!("--confirm: this is {version}"), "nothing was done"));
    }
    let mut progress = Progress::new(ui);
    let mut driver = session.driver(journal, state, &SystemClock, &mut progress);
    driver.cancellable()?;
    driver.reason_fits(why)?;
    driver.ask_what_is_in_doubt()?;
    check_told(&session, &driver)?;
    driver.ask_what_is_unrecorded(begun_anew(&session))?;
    ui.say(&format!("Candidate {number} of {version} will be cancelled: {why}"));
    let phase = session.workflow.phases.iter().find(|phase| phase.per_candidate && phase.when.is_some());
    for step in driver.steps_of_cancelling()? {
        ui.say(&format!("  {:<26} {} [{}]", step.id, step.title, step.effect.word()));
    }
    if args.confirm.is_none() {
        if !ui.interactive() {
            ui.say(&format!("Nothing was done: without a terminal, --execute --confirm {version} acts."));
            return Ok(if args.execute { ExitCode::Waiting } else { ExitCode::Done });
        }
        let question = format!("A cancelled candidate stays cancelled. Type the version, {version}, to go on:");
        if !matches!(Text::new(&question).prompt(), Ok(typed) if typed.trim() == version) {
            ui.say("Nothing was done.");
            return Ok(ExitCode::Waiting);
        }
    }
    driver.cancel_candidate(why)?;
    // Not beyond: the next candidate is begun by a command of its own.
    let goal = phase.map_or(Goal::All, |phase| Goal::Phase(phase.id.clone()));
    let mut person = Approver::new(ui, version.clone(), Some(version.as_str()));
    let halt = driver.advance(&goal, &mut person)?;
    if taken_down(&driver, number)?
        && let Some(said) = left_in_clone(&session, number)?
    {
        ui.say(&said);
    }
    Ok(halt::report_of(ui, Some(&session.workflow), &halt))
}

/// Whether the record was begun anew after an earlier one was lost.
fn begun_anew(session: &Session) -> bool {
    matches!(&session.values, Subject::Release(values) if values.record.begun_anew)
}

/// In a record that was begun anew: whether a mail on the candidate that the lost one has
/// left is found again, so that its thread can be told.
fn check_told(session: &Session, driver: &Driver<'_, Services>) -> Result<(), CommandError> {
    if !begun_anew(session) {
        return Ok(());
    }
    let renderer = session.renderer(&driver.state)?;
    let candidates = session.workflow.phases.iter().filter(|phase| phase.per_candidate && phase.when.is_none());
    for step in candidates.flat_map(|phase| &phase.steps) {
        let StepKind::Action { with, .. } = &step.kind else { continue };
        let record = driver.state.step(&step.id, step.per_candidate);
        // Who has said that it was sent has said which thread is to be told.
        if step.effect == Effect::Public
            && record.is_some_and(|record| matches!(record.status, StepStatus::Attested { .. }))
        {
            return Ok(());
        }
        let settled = record.is_some_and(StepRecord::settled);
        let Some(name) = with.get("name").filter(|_| step.effect == Effect::Public && !settled) else { continue };
        let name = renderer.foreseen_parameters(&step.id, &Map::from_iter([("name".to_owned(), name.clone())]))?;
        let mail = session.directory.join(format!("mails/{}.eml", name["name"].as_str().unwrap_or_default()));
        if mail.is_file() {
            return Err(CommandError::usage(
                format!(
                    "the record was begun anew, and `{}` is not found again yet: {} may have told others of this candidate",
                    step.id,
                    mail.display()
                ),
                match session.services.archive {
                    Some(_) => {
                        format!("carry the release on by `quorate run` until `{}` is found done, then cancel", step.id)
                    }
                    None => format!(
                        "no archive is named that could show it: carry the release on by `quorate run {id}`; if it was \
                         sent, `quorate attest {id} --note MESSAGE-ID`, then cancel",
                        id = step.id
                    ),
                },
            ));
        }
    }
    Ok(())
}

/// Whether all that the program takes down of the candidate is.
fn taken_down(driver: &Driver<'_, Services>, number: u32) -> Result<bool, CommandError> {
    if driver.state.candidate.number != number {
        return Ok(true);
    }
    let settled = |step: &Step| driver.state.step(&step.id, step.per_candidate).is_some_and(StepRecord::settled);
    let steps = driver.steps_of_cancelling()?;
    Ok(steps.iter().filter(|step| matches!(step.kind, StepKind::Action { .. })).all(|step| settled(step)))
}

/// The candidate's branch and tags that stay in the clone: they are a person's own.
fn left_in_clone(session: &Session, number: u32) -> Result<Option<String>, CommandError> {
    let values = session.values.of_candidate(number, None)?;
    let git = &values["product"]["git"];
    let there = |name: &str| session.services.git.reference(name).ok().flatten().is_some();
    let branch = git["candidate_branch"].as_str().filter(|name| there(&format!("refs/heads/{name}")));
    let tags = git["candidate_tags"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
    let tags: Vec<&str> = tags.filter(|name| there(&format!("refs/tags/{name}"))).collect();
    let commands: Vec<String> = [("branch", "-D", branch.into_iter().collect()), ("tag", "-d", tags)]
        .into_iter()
        .filter(|(_, _, names): &(_, _, Vec<&str>)| !names.is_empty())
        .map(|(what, delete, names)| format!("`git {what} {delete} {}`", names.join(" ")))
        .collect();
    let said = "Candidate {} stays in your clone, where it is in nobody's way; to delete it there too:";
    Ok((!commands.is_empty()).then(|| format!("{} {}", said.replace("{}", &number.to_string()), commands.join("; "))))
}
