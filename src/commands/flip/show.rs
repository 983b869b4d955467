// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate flip show`: one proposal, with what is amiss and what may come next.

use serde_json::json;

use super::Place;
use super::registry::{Registry, Wanted, today};
use crate::commands::CommandError;
use crate::commands::environment::Environment;
use crate::governance::proposals::lint::{Finding, lint};
use crate::governance::proposals::{Field, Listed, Page, Proof, Scheme, missing_evidence, moves_from};
use crate::ui::{ExitCode, Style, Ui};

/// Shows a proposal: its fields, what is amiss, and what each next state wants.
///
///   quorate flip show 42
///   quorate flip show FLIP-XXX-stop-jobs --json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Which: 42, FLIP-42, or its file's name.
    #[arg(value_name = "NUMBER")]
    number: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(environment: &Environment, place: &Place, args: &Args) -> Result<ExitCode, CommandError> {
    let registry = Registry::open(environment, place, Wanted::There)?;
    let corpus = registry.corpus(today(None))?;
    let page = registry.one(&corpus.pages, &args.number)?;
    let of_page = format!("{}:", page.place);
    let findings: Vec<Finding> =
        lint(&corpus).into_iter().filter(|finding| finding.place.starts_with(&of_page)).collect();
    let proof = Proof::of(&corpus, page, None);
    let next = next(&registry.scheme, page, &proof);
    if args.json {
        let mut value = serde_json::to_value(Listed::of(&registry.scheme, page)).expect("plain data");
        value["findings"] = json!(findings);
        value["next"] =
            json!(next.iter().map(|(state, missing)| json!({"state": state, "missing": missing})).collect::<Vec<_>>());
        value["text"] = json!(page.body());
        environment.ui.json(&value);
    } else {
        print(environment.ui, &registry.scheme, page, &findings, &next);
    }
    Ok(ExitCode::Done)
}

/// The states that may follow, each with what it lacks.
fn next(scheme: &Scheme, page: &Page, proof: &Proof) -> Vec<(String, Vec<String>)> {
    let Some(state) = page.state(scheme) else { return Vec::new() };
    let lacks = |to| missing_evidence(scheme, page, to, proof).into_iter().map(|missing| missing.what).collect();
    moves_from(scheme, state).into_iter().map(|to| (to.id.clone(), lacks(to))).collect()
}

fn print(ui: Ui, scheme: &Scheme, page: &Page, findings: &[Finding], next: &[(String, Vec<String>)]) {
    ui.line(&ui.paint(page.title(), Style::Heading));
    for field in Field::ALL.into_iter().filter(|field| *field != Field::Title) {
        if let Some(value) = page.get(field) {
            ui.line(&format!("  {:<13} {value}", field.key()));
        }
    }
    ui.line(&format!("  {:<13} {}", "file", page.place));
    if !findings.is_empty() {
        ui.line("\nAmiss:");
        for finding in findings {
            ui.line(&format!("  {:<7} {}: {}", finding.rule.weight.word(), finding.rule.id, finding.message));
        }
    }
    if page.state(scheme).is_some() {
        ui.line("\nNext:");
    }
    for (state, lacks) in next {
        match lacks.as_slice() {
            [] => ui.line(&format!("  {state}: all evidence is there")),
            lacks => ui.line(&format!("  {state}: {}", lacks.join("; "))),
        }
    }
}
