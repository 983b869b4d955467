// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether the texts that a workflow's steps send or write can be filled in for a
//! release, and are fit to be sent, and the rules of its vote can be used, as far as that
//! can be told before it begins.

use std::path::Path;

use serde_json::Value;

use super::CommandError;
use super::environment::Environment;
use super::error::chain;
use super::release_files::ReleaseFiles;
use super::release_state::{ReleaseState, release_directory};
use super::session::Session;
use crate::config::{Assets, Occasion, load_bylaws, release_values, roster_named};
use crate::engine::{Clock, Doer, State, Step, StepKind, SystemClock, TextFault, Workflow, text_faults};
use crate::mail::TemplateError;
use crate::release::{ReleaseRecord, Version};
use crate::services::Effects;

/// Why a candidate is supposed to be cancelled: its mails are looked at as well.
const SUPPOSED: &str = "REASON_FOR_CANCELLING";

/// Whether every template that a step of the workflow names is there, is well formed,
/// asks for no value that there cannot be, and makes a text that can be sent: each is
/// filled in with what is known and what is foreseen of steps that are yet to be done;
/// and whether the bylaws and the roster that the product names are there.
///
/// # Errors
/// With each fault, by template and line, or line of the workflow.
pub fn check_templates(
    environment: &Environment,
    record: &ReleaseRecord,
    version: Version,
    files: &ReleaseFiles,
) -> Result<(), CommandError> {
    check_rules(&environment.assets, files)?;
    let mut faults = values_that_cannot_be(record, version, files)?;
    if faults.is_empty() {
        faults = texts_that_cannot_be_sent(environment, record, version, files)?;
    }
    faults.sort();
    faults.dedup();
    if faults.is_empty() {
        return Ok(());
    }
    Err(CommandError::usage(
        format!("the templates cannot be filled in:\n  {}", faults.join("\n  ")),
        "docs/configuration.md says which values there are",
    ))
}

fn values_that_cannot_be(
    record: &ReleaseRecord,
    version: Version,
    files: &ReleaseFiles,
) -> Result<Vec<String>, CommandError> {
    let values = release_values(&files.product()?, record, version, &Occasion::any())?;
    let workflow: Workflow = files.workflow()?;
    let place = &files.workflow.place;
    let all = files.filled_in();
    let mut faults = Vec::new();
    for step in workflow.phases.iter().flat_map(|phase| &phase.steps) {
        for name in names(step) {
            let at = files.place_of_template(&name);
            match all.unknown_values(&name, &values) {
                Ok(unknown) => faults.extend(unknown.iter().map(|value| format!("{at}: there is no value `{value}`"))),
                Err(error @ TemplateError::Missing { .. }) => {
                    faults.push(format!("{place}:{}: `{}`: {error}", step.line, step.id));
                }
                Err(error) => {
                    faults.push(placed(files, &error.to_string()).unwrap_or_else(|| format!("{at}: {error}")));
                }
            }
        }
    }
    Ok(faults)
}

fn texts_that_cannot_be_sent(
    environment: &Environment,
    record: &ReleaseRecord,
    version: Version,
    files: &ReleaseFiles,
) -> Result<Vec<String>, CommandError> {
    let release = ReleaseState {
        directory: release_directory(&environment.state, &record.product, version),
        version,
        product: files.product()?,
        workflow: files.workflow()?,
        templates: Some(files.filled_in()),
        record: record.clone(),
        state: State::default(),
    };
    let clock = SystemClock;
    let accounts = &environment.accounts;
    let (session, state) = Session::new(environment, release, accounts, Effects::unwatched(), Box::new(clock))?;
    let doer = Doer { registry: &session.registry, world: &session.services, now: clock.now() };
    let renderer = session.renderer(&state)?;
    let mut found = text_faults(&session.workflow, &state, &renderer, &doer)?;
    let mut cancelled = state.clone();
    cancelled.candidate.cancelled = Some(SUPPOSED.to_owned());
    let supposing = renderer.supposing(&session.values, &cancelled).map_err(|error| CommandError::usage(error, ""))?;
    found.extend(text_faults(&session.workflow, &cancelled, &supposing, &doer)?);
    Ok(found.iter().map(|fault| worded(files, &session.workflow, fault)).collect())
}

/// The fault with its place: the template's, else the body's whose text it is in.
fn worded(files: &ReleaseFiles, workflow: &Workflow, fault: &TextFault) -> String {
    placed(files, &fault.what).unwrap_or_else(|| {
        let names = workflow.step(&fault.step).map(|(_, step)| names(step)).unwrap_or_default();
        let at = match names.last() {
            Some(name) => files.place_of_template(name),
            None => format!("{}:{}", files.workflow.place, fault.line),
        };
        format!("{at}: `{}`: {}", fault.step, fault.what)
    })
}

/// What [`TemplateError::Unusable`] says, with the file's place and its line before it.
fn placed(files: &ReleaseFiles, said: &str) -> Option<String> {
    let (name, rest) = said.strip_prefix("the template `")?.split_once("` cannot be filled in at line ")?;
    let (line, what) = rest.split_once(": ")?;
    Some(format!("{}:{line}: {what}", files.place_of_template(name)))
}

/// Whether the vote's bylaws have its action, and its roster can be read; the foundation's
/// lists are asked only when there is a vote.
fn check_rules(assets: &Assets, files: &ReleaseFiles) -> Result<(), CommandError> {
    let Some(vote) = files.product()?.vote else { return Ok(()) };
    let place = &files.product.place;
    let refuse = |field: &str, fault: String| {
        let hint = "docs/configuration.md says how a vote is described, docs/votes.md how bylaws and rosters are";
        CommandError::usage(format!("{place}:{}: {fault}", line_of(&files.product.text, field)), hint)
    };
    let bylaws = load_bylaws(assets, &vote.bylaws)
        .map_err(|error| refuse("bylaws", format!("vote.bylaws: {}", chain(&error))))?;
    if bylaws.action(&vote.action).is_none() {
        let known: Vec<&str> = bylaws.actions.iter().map(|action| action.id.as_str()).collect();
        let fault = format!("vote.action = {:?}: the bylaws name {}", vote.action, known.join(", "));
        return Err(refuse("action", fault));
    }
    let aliases = vote.aliases.as_deref().map(Path::new);
    if let Some(roster) = &vote.roster {
        roster_named(assets, roster, aliases)
            .map_err(|error| refuse("roster", format!("vote.roster: {}", chain(&error))))?;
    }
    Ok(())
}

/// The line of a field of the table `[vote]`, else that of the table.
fn line_of(text: &str, field: &str) -> usize {
    let table = text.lines().position(|line| line.trim() == "[vote]").unwrap_or_default();
    let inside = text.lines().skip(table + 1).take_while(|line| !line.trim_start().starts_with('['));
    let at = inside.enumerate().find(|(_, line)| line.split('=').next().is_some_and(|name| name.trim() == field));
    table + 1 + at.map_or(0, |(at, _)| at + 1)
}

/// The names of a step's templates under `templates/`.
fn names(step: &Step) -> Vec<String> {
    let StepKind::Action { name: action, with } = &step.kind else { return Vec::new() };
    let Some(template) = with.get("template").and_then(Value::as_str).filter(|name| !name.contains("{{")) else {
        return Vec::new();
    };
    match action.as_str() {
        "send-mail" => ["subject", "body"].map(|part| format!("mail/{template}/{part}.txt.j2")).into(),
        "prepare-text" => vec![format!("{template}.j2")],
        _ => Vec::new(),
    }
}
