// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a person is shown of a step or check before they decide.

use jiff::Timestamp;
use serde::Serialize;

use super::action::{Context, Intent};
use super::plan::Plan;
use super::registry::Registry;
use super::render::{RenderError, Renderer};
use super::state::State;
use super::workflow::{Check, CheckKind, Effect, Phase, Role, Step, StepKind, Workflow};

/// What a person is shown of a step or check.
#[derive(Debug, Clone, Serialize)]
pub struct StepPreview {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The title of its phase.
    pub phase: String,
    /// What doing it means for others; `None` for a check.
    pub effect: Option<Effect>,
    /// Who may do it; `None` for a check.
    pub who: Option<Role>,
    /// What the guide says.
    pub guide: String,
    /// What the program will do, in a sentence; empty where a person does it.
    pub summary: String,
    /// What a person would type to the same end.
    pub commands: Vec<String>,
    /// What is asked of a person; empty for what the program does.
    pub question: String,
    /// The text that will be sent or written.
    pub document: Option<String>,
}

/// A plan with the preview of each step and check that applies.
#[derive(Debug, Clone, Serialize)]
pub struct Preview {
    /// Where everything stands.
    pub plan: Plan,
    /// The previews, in the workflow's order.
    pub items: Vec<StepPreview>,
}

impl Preview {
    /// Previews all that applies, as far as it is known now; asks no service.
    ///
    /// # Errors
    /// When a template cannot be filled in.
    pub fn of<W: ?Sized + 'static>(
        workflow: &Workflow,
        registry: &Registry<W>,
        state: &State,
        renderer: &Renderer,
    ) -> Result<Self, RenderError> {
        let plan = Plan::of(workflow, state, renderer)?;
        let mut items = Vec::new();
        for phase in &workflow.phases {
            for step in phase.steps.iter().filter(|step| plan.step(&step.id).is_some()) {
                items.push(preview_step(registry, renderer, phase, step)?);
            }
            for check in phase.checks.iter().filter(|check| plan.check(&check.id).is_some()) {
                items.push(preview_check(renderer, phase, check)?);
            }
        }
        Ok(Self { plan, items })
    }
}

/// A step, as far as it is known now.
///
/// # Errors
/// When a template cannot be filled in.
pub(super) fn preview_step<W: ?Sized + 'static>(
    registry: &Registry<W>,
    renderer: &Renderer,
    phase: &Phase,
    step: &Step,
) -> Result<StepPreview, RenderError> {
    let mut preview = StepPreview {
        id: step.id.clone(),
        title: step.title.clone(),
        phase: phase.title.clone(),
        effect: Some(step.effect),
        who: Some(step.who),
        guide: renderer.text(&step.id, "guide", &step.guide)?,
        summary: String::new(),
        commands: Vec::new(),
        question: String::new(),
        document: None,
    };
    match &step.kind {
        StepKind::Action { name, with } => {
            // With placeholders in the place of lists not every action can be built yet.
            let action = renderer
                .foreseen_parameters(&step.id, with)
                .ok()
                .and_then(|parameters| registry.build_action(name, parameters).ok());
            if let Some(action) = action {
                preview.summary = action.summary();
                preview.commands = action.commands();
            }
        }
        StepKind::Person { question, commands } => {
            preview.question = renderer.text(&step.id, "question", question)?;
            for (index, command) in commands.iter().enumerate() {
                preview.commands.push(renderer.text(&step.id, &format!("commands[{index}]"), command)?);
            }
        }
    }
    Ok(preview)
}

/// A check.
///
/// # Errors
/// When a template cannot be filled in.
pub(super) fn preview_check(renderer: &Renderer, phase: &Phase, check: &Check) -> Result<StepPreview, RenderError> {
    let question = match &check.kind {
        CheckKind::Probe { .. } => String::new(),
        CheckKind::Question { question } => renderer.text(&check.id, "question", question)?,
    };
    Ok(StepPreview {
        id: check.id.clone(),
        title: check.title.clone(),
        phase: phase.title.clone(),
        effect: None,
        who: None,
        guide: renderer.text(&check.id, "guide", &check.guide)?,
        summary: String::new(),
        commands: Vec::new(),
        question,
        document: None,
    })
}

/// The text that a step would send or write now, before any intention is recorded.
pub(super) fn document<W: ?Sized + 'static>(
    registry: &Registry<W>,
    renderer: &Renderer,
    world: &W,
    now: Timestamp,
    step: &Step,
) -> Option<String> {
    let StepKind::Action { name, with } = &step.kind else { return None };
    let action = registry.build_action(name, renderer.parameters(&step.id, with).ok()?).ok()?;
    let intent = Intent { at: now, token: "0".repeat(32), acted: None, resumed: false };
    action.document(&Context { world, intent: &intent, now }).ok().flatten()
}
