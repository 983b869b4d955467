// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a person is shown of a step or check before they decide.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::action::{Action, Composed, Context, Intent};
use super::plan::Plan;
use super::registry::Registry;
use super::render::{RenderError, Renderer};
use super::state::{CheckRecord, State};
use super::workflow::{Check, CheckKind, Effect, Note, Phase, Role, Step, StepKind, Workflow};

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
    /// What the note with the answer must hold.
    pub note: Note,
    /// The optional checks that failed: to be weighed before agreeing to what is public.
    pub warnings: Vec<Warning>,
    /// The text that will be sent or written.
    pub document: Option<String>,
    /// Where that text will be.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

/// A check that holds nothing up, and does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Each fault.
    pub faults: Vec<String>,
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
    /// Previews all that applies, as far as it is known or can be foreseen now;
    /// asks no service.
    ///
    /// # Errors
    /// When a template cannot be filled in.
    pub fn of<W: ?Sized + 'static>(
        workflow: &Workflow,
        state: &State,
        renderer: &Renderer,
        doer: &Doer<'_, W>,
    ) -> Result<Self, RenderError> {
        let plan = Plan::of(workflow, state, renderer)?;
        let mut items = Vec::new();
        for phase in &workflow.phases {
            for step in phase.steps.iter().filter(|step| plan.step(&step.id).is_some()) {
                let action = foresee(doer, renderer, step);
                let mut preview = preview_step(renderer, doer.world, phase, step, action.as_deref())?;
                preview.warnings = warnings(workflow, &plan, state, step);
                let composed = action.and_then(|action| doer.with(|cx| action.composed(cx).ok().flatten()));
                if let Some(Composed { file, text }) = composed {
                    preview.file = Some(file);
                    preview.document = Some(renderer.named(&text));
                }
                items.push(preview);
            }
            for check in phase.checks.iter().filter(|check| plan.check(&check.id).is_some()) {
                items.push(preview_check(renderer, phase, check)?);
            }
        }
        Ok(Self { plan, items })
    }

    /// What the step would send or write, from what is known and from what the steps before it will put
    /// out; nothing where that is not enough. Actions may look at what is on this machine for it.
    ///
    /// # Errors
    /// When a template cannot be filled in.
    pub fn document_of<W: ?Sized + 'static>(
        workflow: &Workflow,
        state: &State,
        renderer: &Renderer,
        doer: &Doer<'_, W>,
        id: &str,
    ) -> Result<Option<String>, RenderError> {
        let plan = Plan::of(workflow, state, renderer)?;
        let Some((_, step)) = workflow.step(id) else { return Ok(None) };
        let action = foreseen_action_of(workflow, &plan, renderer, doer, step);
        let text = action.and_then(|action| doer.with(|cx| action.document(cx).ok().flatten()));
        Ok(text.map(|text| renderer.named(&text)))
    }
}

/// What is wrong with a text that a step will send or leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFault {
    /// The step.
    pub step: String,
    /// Its line in the workflow.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

/// All that is wrong with the texts that steps will yet send or leave, as far as it can be
/// told now; asks no service.
///
/// # Errors
/// When a condition of the workflow cannot be told.
pub fn text_faults<W: ?Sized + 'static>(
    workflow: &Workflow,
    state: &State,
    renderer: &Renderer,
    doer: &Doer<'_, W>,
) -> Result<Vec<TextFault>, RenderError> {
    let plan = Plan::of(workflow, state, renderer)?;
    let mut faults = Vec::new();
    let steps = workflow.phases.iter().flat_map(|phase| &phase.steps);
    for step in steps {
        let Some(planned) = plan.step(&step.id) else { continue };
        let action = foresee(doer, renderer, step);
        // What is sent already stays as it was.
        if planned.state.settled() {
            continue;
        }
        let Some(action) = action else { continue };
        let found = match doer.with(|cx| action.composed(cx)) {
            Ok(None) => Vec::new(),
            Ok(Some(_)) => match doer.with(|cx| action.faults_of_text(cx)) {
                Ok(problems) => problems.into_iter().map(|problem| problem.what).collect(),
                Err(error) => vec![error.to_string()],
            },
            Err(error) => vec![error.to_string()],
        };
        let of_step = |what| TextFault { step: step.id.clone(), line: step.line, what: renderer.named(what) };
        faults.extend(found.iter().map(|what| of_step(what)));
    }
    Ok(faults)
}

/// What a preview is made with.
pub struct Doer<'a, W: ?Sized> {
    /// What steps can do.
    pub registry: &'a Registry<W>,
    /// The services, for their addresses and templates; none is asked.
    pub world: &'a W,
    /// The time that texts are dated with.
    pub now: Timestamp,
}

impl<W: ?Sized> Doer<'_, W> {
    fn with<T>(&self, act: impl FnOnce(&Context<'_, W>) -> T) -> T {
        act(&Context { world: self.world, intent: &no_intent(self.now), now: self.now })
    }
}

fn no_intent(now: Timestamp) -> Intent {
    Intent { at: now, token: "0".repeat(32), acted: None, resumed: false, anew: false }
}

/// Takes in what the step will put out; returns its action, as [`foreseen_action`] does.
fn foresee<W: ?Sized + 'static>(doer: &Doer<'_, W>, renderer: &Renderer, step: &Step) -> Option<Box<dyn Action<W>>> {
    let action = foreseen_action(doer.registry, renderer, step);
    renderer.foresee(&step.id, |unknown| match (&step.kind, &action) {
        (StepKind::Person { .. }, _) => {
            let note = unknown.link("note");
            Map::from_iter([("note".to_owned(), Value::String(note))])
        }
        (StepKind::Action { .. }, Some(action)) => doer.with(|cx| action.foreseen(cx, unknown)),
        (StepKind::Action { .. }, None) => Map::new(),
    });
    action
}

/// The step's action, from what is known and foreseen; `None` where that is not enough.
pub(super) fn foreseen_action<W: ?Sized + 'static>(
    registry: &Registry<W>,
    renderer: &Renderer,
    step: &Step,
) -> Option<Box<dyn Action<W>>> {
    let StepKind::Action { name, with } = &step.kind else { return None };
    registry.build_action(name, renderer.foreseen_parameters(&step.id, with).ok()?).ok()
}

/// The action of `wanted`, from what is known and from what the steps before it will put
/// out; `None` where that is not enough.
pub(super) fn foreseen_action_of<W: ?Sized + 'static>(
    workflow: &Workflow,
    plan: &Plan,
    renderer: &Renderer,
    doer: &Doer<'_, W>,
    wanted: &Step,
) -> Option<Box<dyn Action<W>>> {
    let steps = workflow.phases.iter().flat_map(|phase| &phase.steps);
    let before = steps.filter(|step| plan.step(&step.id).is_some()).take_while(|step| step.id != wanted.id);
    before.for_each(|step| drop(foresee(doer, renderer, step)));
    foreseen_action(doer.registry, renderer, wanted)
}

/// A step, as far as it is known now, with its [`foreseen_action`].
///
/// # Errors
/// When a template cannot be filled in.
pub(super) fn preview_step<W: ?Sized>(
    renderer: &Renderer,
    world: &W,
    phase: &Phase,
    step: &Step,
    action: Option<&dyn Action<W>>,
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
        note: Note::Text,
        warnings: Vec::new(),
        document: None,
        file: None,
    };
    match &step.kind {
        StepKind::Action { .. } => {
            if let Some(action) = action {
                preview.summary = renderer.named(&action.summary());
                preview.commands = action.commands(world).iter().map(|command| renderer.named(command)).collect();
            }
        }
        StepKind::Person { question, commands, note } => {
            preview.note = *note;
            preview.question = renderer.text(&step.id, "question", question)?;
            for (index, command) in commands.iter().enumerate() {
                let command = renderer.text(&step.id, &format!("commands[{index}]"), command)?;
                // One that does not apply to this release is empty.
                preview.commands.extend(Some(command).filter(|command| !command.trim().is_empty()));
            }
        }
    }
    Ok(preview)
}

/// The optional checks that failed in the phases before `step`, where it is public.
pub(super) fn warnings(workflow: &Workflow, plan: &Plan, state: &State, step: &Step) -> Vec<Warning> {
    if step.effect != Effect::Public {
        return Vec::new();
    }
    let before = workflow.phases.iter().take_while(|phase| !phase.steps.iter().any(|other| other.id == step.id));
    let optional = before.flat_map(|phase| &phase.checks).filter(|check| check.optional);
    let failed = optional.filter_map(|check| match state.check(&check.id, check.per_candidate) {
        Some(CheckRecord::Failed(faults)) if plan.check(&check.id).is_some() => {
            Some(Warning { id: check.id.clone(), title: check.title.clone(), faults: faults.clone() })
        }
        _ => None,
    });
    failed.collect()
}

/// A check.
///
/// # Errors
/// When a template cannot be filled in.
pub(super) fn preview_check(renderer: &Renderer, phase: &Phase, check: &Check) -> Result<StepPreview, RenderError> {
    let (question, note) = match &check.kind {
        CheckKind::Probe { .. } => (String::new(), Note::Text),
        CheckKind::Question { question, note } => (renderer.text(&check.id, "question", question)?, *note),
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
        note,
        warnings: Vec::new(),
        document: None,
        file: None,
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
    action.document(&Context { world, intent: &no_intent(now), now }).ok().flatten()
}
