// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! docs/automation.md: which steps and checks of the guide the program does and asks, and
//! which are a person's. It is made from the workflow, and must be as it would be made now.
//! `QUORATE_WRITE_DOCS=1 cargo test --test suite automation` writes it anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use quorate::engine::{Check, CheckKind, Step, StepKind, Workflow};

/// Checks that the guide's lists do not have.
const OURS: [&str; 9] = [
    "not-released",
    "proposals-accepted",
    "proposals-known-accepted",
    "candidate-tagged",
    "release-tags-free",
    "ci-green",
    "manifest-holds",
    "candidate-verifies",
    "website-links-seen",
];
/// The guide's three checks that it calls optional.
const OPTIONAL: [&str; 3] = ["digests-hold", "signatures-good", "licence-headers-present"];
/// How many items the guide's lists have, and how many of them are asked of the truth at least.
const ITEMS: usize = 31;
const PROBED: usize = 26;

fn workflow() -> Workflow {
    Workflow::parse("release.toml", &crate::tree::text(Path::new("workflows/release.toml"))).unwrap()
}

fn is_probed(check: &Check) -> bool {
    matches!(check.kind, CheckKind::Probe { .. })
}

fn step_line(step: &Step) -> String {
    let by = match &step.kind {
        StepKind::Action { name, .. } => format!("the program: `{name}`"),
        StepKind::Person { .. } => "a person, who attests it".to_owned(),
    };
    let applies = step.when_says.as_deref().unwrap_or("");
    format!("| `{}` | {} | {by} | {} | {applies} |\n", step.id, step.title, step.effect.word())
}

fn check_line(check: &Check) -> String {
    let by = match &check.kind {
        CheckKind::Probe { name, .. } => format!("asked of the truth: `{name}`"),
        CheckKind::Question { .. } => "a person, who answers for it".to_owned(),
    };
    let of = match &check.id {
        id if OURS.contains(&id.as_str()) => "ours",
        id if OPTIONAL.contains(&id.as_str()) => "the guide's, optional",
        _ => "the guide's",
    };
    format!("| `{}` | {} | {by} | {of} | {} |\n", check.id, check.title, if check.gate { "gate" } else { "" })
}

fn document(workflow: &Workflow) -> String {
    let checks = || workflow.phases.iter().flat_map(|phase| &phase.checks);
    let items = || checks().filter(|check| !OURS.contains(&&*check.id) && !OPTIONAL.contains(&&*check.id));
    let steps = || workflow.phases.iter().flat_map(|phase| &phase.steps);
    let by_program = steps().filter(|step| matches!(step.kind, StepKind::Action { .. })).count();
    let mut text = format!(
        "# What is automated\n\nMade from workflows/release.toml by a test; it is not edited by hand.\n\n\
         - Steps: {by_program} of {} are done by the program, each with a probe that finds it done; the others are a \
         person's.\n- Items of the guide's \"Checklist to proceed\": {} of {} are asked of the truth.\n\n\
         A step or check that applies to some releases or products only says so; a person can do every step by \
         hand, and the program finds it done.\n",
        steps().count(),
        items().filter(|check| is_probed(check)).count(),
        items().count(),
    );
    for phase in &workflow.phases {
        let _ = write!(text, "\n## {}\n\n| step | | by | effect | applies |\n|---|---|---|---|---|\n", phase.title);
        phase.steps.iter().for_each(|step| text.push_str(&step_line(step)));
        if !phase.checks.is_empty() {
            text.push_str("\n| check | | by | of | |\n|---|---|---|---|---|\n");
            phase.checks.iter().for_each(|check| text.push_str(&check_line(check)));
        }
    }
    text
}

#[test]
fn the_table_is_as_the_workflow_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/automation.md");
    let text = document(&workflow());
    if std::env::var_os("QUORATE_WRITE_DOCS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(there == text, "docs/automation.md is not as the workflow says: write it by QUORATE_WRITE_DOCS=1");
}

#[test]
fn most_of_the_guides_items_are_asked_of_the_truth() {
    let workflow = workflow();
    let checks: Vec<&Check> = workflow.phases.iter().flat_map(|phase| &phase.checks).collect();
    for id in OURS.iter().chain(&OPTIONAL) {
        assert!(checks.iter().any(|check| check.id == *id), "there is no check {id}");
    }
    let items: Vec<_> =
        checks.iter().filter(|check| !OURS.contains(&&*check.id) && !OPTIONAL.contains(&&*check.id)).collect();
    assert_eq!(items.len(), ITEMS);
    let probed = items.iter().filter(|check| is_probed(check)).count();
    assert!(probed >= PROBED, "{probed} of {ITEMS}");
}

#[test]
fn the_readme_says_the_same_numbers() {
    let made = document(&workflow());
    let number = |before: &str, behind: &str| {
        let rest = made.split_once(before).unwrap().1;
        rest.split_once(behind).unwrap().0.to_owned()
    };
    let readme = crate::tree::text(Path::new("README.md"));
    let steps = number("- Steps: ", " are done");
    let items = number("Checklist to proceed\": ", " are asked");
    let (asked, all) = items.split_once(" of ").unwrap();
    for says in [format!("{steps} steps"), format!("{asked} of the guide's {all} checklist items")] {
        assert!(readme.contains(&says), "README.md does not say {says:?}");
    }
}
