// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether the texts that a workflow's steps send or write can be filled in for a
//! release, as far as that can be told before it begins.

use serde_json::Value;

use super::CommandError;
use super::connect::templates;
use super::start::ReleaseFiles;
use crate::config::{Assets, Occasion, release_values};
use crate::engine::{Step, StepKind, Workflow};
use crate::mail::TemplateError;
use crate::release::{ReleaseRecord, Version};

/// Whether each template that the workflow names is there, is well-formed, and asks
/// for no value that the release cannot have.
///
/// # Errors
/// With each fault, by the template's place.
pub fn check_templates(
    assets: &Assets,
    record: &ReleaseRecord,
    version: Version,
    files: &ReleaseFiles,
) -> Result<(), CommandError> {
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
