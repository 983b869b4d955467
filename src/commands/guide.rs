// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate guide`: the whole guide for this release, from the workflow.

use std::fmt::Write as _;

use super::CommandError;
use super::environment::Environment;
use super::plan::preview;
use super::session::{Session, read_session};
use crate::engine::{Effect, PhaseState, PlannedCheck, PlannedStep, Preview, State, StepPreview};
use crate::ui::ExitCode;

/// Prints the whole release guide as Markdown, every command, link and text
/// filled in for this release.
///
/// It is made from the workflow that `quorate run` follows, so that guide and
/// tool cannot part. What is not known yet stands as <name of step>.
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(environment: &Environment, _args: Args) -> Result<ExitCode, CommandError> {
    let (session, state) = read_session(environment)?;
    environment.ui.data(&guide(&session, &state)?);
    Ok(ExitCode::Done)
}

/// The guide as Markdown.
///
/// # Errors
/// When a template cannot be filled in.
pub fn guide(session: &Session, state: &State) -> Result<String, CommandError> {
    let preview = preview(session, state)?;
    let renderer = session.renderer(state)?;
    let values = &session.values;
    let mut text = format!(
        "# {} {}: release guide\n\nRelease manager: {} <{}>, key {}. Candidate {}.\n",
        values.product.name,
        values.record.version,
        values.record.manager.name,
        values.record.manager.email,
        values.record.manager.key,
        preview.plan.candidate,
    );
    for (number, (planned, phase)) in preview.plan.phases.iter().zip(&session.workflow.phases).enumerate() {
        let _ = write!(text, "\n## {}. {}\n", number + 1, phase.title);
        let intro = renderer.text(&phase.id, "intro", &phase.intro)?;
        if !intro.trim().is_empty() {
            let _ = write!(text, "\n{}\n", intro.trim());
        }
        if planned.state == PhaseState::PassedOver {
            text.push_str("\n*Does not apply now.*\n");
            continue;
        }
        for step in &planned.steps {
            section(&mut text, &preview, step);
        }
        if !planned.checks.is_empty() {
            text.push_str("\n### Checklist to proceed\n\n");
        }
        for check in &planned.checks {
            checklist_line(&mut text, &preview, check);
        }
    }
    Ok(text)
}

fn section(text: &mut String, preview: &Preview, step: &PlannedStep) {
    let _ = write!(text, "\n### {}\n\n", step.title);
    let by = if step.automated { format!("`quorate run {}`", step.id) } else { step.who.words().to_owned() };
    let effect = match step.effect {
        Effect::Local => "",
        Effect::Shared => " · others see it; it can be taken back",
        Effect::Public => " · **public: it cannot be taken back**",
    };
    let _ = writeln!(text, "*{by}{effect}*");
    let Some(item) = find(preview, &step.id) else { return };
    if !item.guide.trim().is_empty() {
        let _ = write!(text, "\n{}\n", item.guide.trim());
    }
    if !item.summary.is_empty() {
        let _ = write!(text, "\n{}.\n", item.summary.trim_end_matches('.'));
    }
    if !item.commands.is_empty() {
        text.push_str("\n```sh\n");
        for command in &item.commands {
            let _ = writeln!(text, "{}", command.trim_end());
        }
        text.push_str("```\n");
    }
    if !step.automated {
        let _ = write!(text, "\n{}\n\n```sh\nquorate attest {} --note \"…\"\n```\n", item.question.trim(), step.id);
    }
}

fn checklist_line(text: &mut String, preview: &Preview, check: &PlannedCheck) {
    let how = match (check.probed, check.optional) {
        (true, false) => "proved",
        (true, true) => "proved, optional",
        (false, false) => "asked",
        (false, true) => "asked, optional",
    };
    let _ = writeln!(text, "- [ ] {} — *{how}:* `{}`", check.title, check.id);
    if let Some(item) = find(preview, &check.id) {
        for line in item.guide.trim().lines().chain(item.question.trim().lines()).filter(|line| !line.trim().is_empty())
        {
            let _ = writeln!(text, "  {line}");
        }
    }
}

fn find<'a>(preview: &'a Preview, id: &str) -> Option<&'a StepPreview> {
    preview.items.iter().find(|item| item.id == id)
}
