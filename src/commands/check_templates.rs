// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether the texts that a workflow's steps send or write can be filled in for a
//! release, and the rules of its vote can be used, as far as that can be told before it
//! begins.

use std::path::Path;

use serde_json::Value;

use super::CommandError;
use super::connect::templates;
use super::error::chain;
use super::start::ReleaseFiles;
use crate::config::{Assets, Occasion, load_bylaws, release_values, roster_named};
use crate::engine::{Step, StepKind, Workflow};
use crate::mail::TemplateError;
use crate::release::{ReleaseRecord, Version};

/// Whether each template that the workflow names is there, is well-formed, and asks
/// for no value that the release cannot have; and whether the bylaws and the roster that
/// the product names are there.
///
/// # Errors
/// With each fault, by the template's place.
pub fn check_templates(
    assets: &Assets,
    record: &ReleaseRecord,
    version: Version,
    files: &ReleaseFiles,
) -> Result<(), CommandError> {
    check_rules(assets, files)?;
    let values = release_values(&files.product()?, record, version, &Occasion::any())?;
    let workflow: Workflow = files.workflow()?;
    let place = &files.workflow.place;
    let all = templates(assets);
    let mut faults = Vec::new();
    for step in workflow.phases.iter().flat_map(|phase| &phase.steps) {
        for name in names(step) {
            let at = assets.place(&format!("templates/{name}"));
            match all.unknown_values(&name, &values) {
                Ok(unknown) => faults.extend(unknown.iter().map(|value| format!("{at}: there is no value `{value}`"))),
                Err(error @ TemplateError::Missing { .. }) => {
                    faults.push(format!("{place}:{}: `{}`: {error}", step.line, step.id));
                }
                Err(error) => faults.push(format!("{at}: {error}")),
            }
        }
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
