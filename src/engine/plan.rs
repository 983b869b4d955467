// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is done, what is next, what is in the way: a value, made from workflow
//! and state, that is printed, stored and compared.

use jiff::Timestamp;
use serde::Serialize;

use super::render::{RenderError, Renderer};
use super::state::{CheckRecord, State, StepRecord, StepStatus};
use super::workflow::{Check, CheckKind, Effect, Phase, Role, Step, StepKind, Workflow};

/// Where a whole release stands.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// The current candidate.
    pub candidate: u32,
    /// The id of the phase that is at work; `None` when all are done, or a
    /// candidate is cancelled to the end and the next one is about to open.
    pub phase: Option<String>,
    /// The phases that apply.
    pub phases: Vec<PlannedPhase>,
    /// The ids of the steps and checks that could be taken up now.
    pub next: Vec<String>,
}

/// Where a phase stands.
#[derive(Debug, Clone, Serialize)]
pub struct PlannedPhase {
    /// `build`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How it stands.
    pub state: PhaseState,
    /// Its steps that apply.
    pub steps: Vec<PlannedStep>,
    /// Its checks that apply.
    pub checks: Vec<PlannedCheck>,
}

/// How a phase stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PhaseState {
    /// An earlier phase is at work, or the next candidate is yet to open.
    Waiting,
    /// It is at work.
    Active,
    /// It is completed.
    Done,
    /// It does not apply.
    PassedOver,
}

/// Where a step stands.
#[derive(Debug, Clone, Serialize)]
pub struct PlannedStep {
    /// `tag-candidate`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How it stands.
    pub state: StepState,
    /// What doing it means for others.
    pub effect: Effect,
    /// Who may do it.
    pub who: Role,
    /// Whether the program does it.
    pub automated: bool,
    /// Whether the phase can be completed without it.
    pub optional: bool,
    /// What it waits for, what went wrong, what was noted.
    pub detail: String,
    /// When what it waits for is due.
    pub until: Option<Timestamp>,
    /// Whether it waits for a time or for somebody, and not for another step.
    #[serde(skip)]
    pub attempted: bool,
}

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// For another step, a phase, a time.
    Waiting,
    /// It can be taken up.
    Ready,
    /// A run ended in the middle of it; the next one asks the truth.
    Interrupted,
    /// The truth shows it done.
    Done,
    /// A person says so.
    Attested,
    /// Left out, with a reason.
    Skipped,
    /// Tried in vain.
    Failed,
    /// Something else is there.
    Conflict,
}

/// Where a check stands.
#[derive(Debug, Clone, Serialize)]
pub struct PlannedCheck {
    /// `source-staged`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How it stands.
    pub state: CheckState,
    /// Whether the truth is asked, and not a person.
    pub probed: bool,
    /// Whether the phase can be completed without it.
    pub optional: bool,
    /// The evidence, the faults, the note.
    pub detail: String,
}

/// How a check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// The truth shows it.
    Holds,
    /// A person answers for it, or decided to pass it over.
    Attested,
    /// Not asked yet.
    Open,
    /// The truth shows that it does not hold.
    Failed,
}

impl StepState {
    /// Whether nothing more is to be done.
    pub fn settled(self) -> bool {
        matches!(self, Self::Done | Self::Attested | Self::Skipped)
    }
}

impl Plan {
    /// The plan for this state.
    ///
    /// # Errors
    /// When a `when` is no expression.
    pub fn of(workflow: &Workflow, state: &State, renderer: &Renderer) -> Result<Self, RenderError> {
        let mut plan = Self { candidate: state.candidate.number, phase: None, phases: Vec::new(), next: Vec::new() };
        let mut of_candidate_before = false;
        for phase in &workflow.phases {
            // Nothing that comes after a cancelled candidate is for it: the next candidate opens first.
            let cancelled = of_candidate_before && !phase.per_candidate && state.candidate.cancelled.is_some();
            of_candidate_before |= phase.per_candidate;
            let planned = plan_phase(workflow, phase, state, renderer, plan.phase.is_some() || cancelled)?;
            if planned.state == PhaseState::Active {
                plan.phase = Some(planned.id.clone());
                plan.next = next_in(&planned);
            }
            plan.phases.push(planned);
        }
        Ok(plan)
    }

    /// Whether the candidate is cancelled and nothing is left to do for that: the next one opens.
    pub(super) fn candidate_is_over(&self, workflow: &Workflow, state: &State) -> bool {
        let mut phases = workflow.phases.iter().zip(&self.phases);
        state.candidate.cancelled.is_some() && phases.all(|(phase, planned)| !phase.per_candidate || planned.is_over())
    }

    /// The phase that is at work.
    pub fn active(&self) -> Option<&PlannedPhase> {
        self.phases.iter().find(|phase| phase.state == PhaseState::Active)
    }

    /// The step with that id, where it applies.
    pub fn step(&self, id: &str) -> Option<&PlannedStep> {
        self.phases.iter().flat_map(|phase| &phase.steps).find(|step| step.id == id)
    }

    /// The phase that the step or check belongs to, where it applies.
    pub(super) fn phase_of(&self, id: &str) -> Option<&PlannedPhase> {
        self.phases.iter().find(|phase| {
            phase.steps.iter().any(|step| step.id == id) || phase.checks.iter().any(|check| check.id == id)
        })
    }

    /// The check with that id, where it applies.
    pub fn check(&self, id: &str) -> Option<&PlannedCheck> {
        self.phases.iter().flat_map(|phase| &phase.checks).find(|check| check.id == id)
    }
}

impl PlannedStep {
    /// Whether it is open, and nothing that it needs is.
    pub(super) fn can_be_taken_up(&self) -> bool {
        match self.state {
            StepState::Ready | StepState::Interrupted | StepState::Failed | StepState::Conflict => true,
            StepState::Waiting => self.attempted,
            StepState::Done | StepState::Attested | StepState::Skipped => false,
        }
    }
}

impl PlannedPhase {
    /// Whether nothing is left to do in it.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.state, PhaseState::Done | PhaseState::PassedOver)
    }

    /// Whether every step that is not optional is settled.
    pub fn steps_settled(&self) -> bool {
        self.steps.iter().all(|step| step.optional || step.state.settled())
    }

    /// Whether every step is settled, and every check answered by a person.
    pub(super) fn answered_by_people(&self) -> bool {
        self.steps.iter().all(|step| step.state.settled())
            && self.checks.iter().all(|check| check.state == CheckState::Attested)
    }
}

/// Those of `needs` that apply and are not settled.
fn open_needs<'n>(
    workflow: &Workflow,
    state: &State,
    renderer: &Renderer,
    needs: &'n [String],
) -> Result<Vec<&'n str>, RenderError> {
    let mut open = Vec::new();
    for need in needs {
        let Some((phase, step)) = workflow.step(need) else { continue };
        let applies = phase_applies(phase, state, renderer)? && holds(renderer, &step.id, step.when.as_deref())?;
        let waited_for = !step.optional || in_vain(state, step);
        if applies && waited_for && !settled(state, step) {
            open.push(need.as_str());
        }
    }
    Ok(open)
}

/// Whether a step was tried and did not come to its end.
fn in_vain(state: &State, step: &Step) -> bool {
    let status = state.step(&step.id, step.per_candidate).map(|record| &record.status);
    matches!(status, Some(StepStatus::Failed { .. } | StepStatus::Conflicted { .. }))
}

/// Whether a phase of the candidate has nothing more to do because the candidate is
/// cancelled; those that say themselves when they apply do not stand down.
pub(super) fn stands_down(phase: &Phase, state: &State) -> bool {
    phase.per_candidate && phase.when.is_none() && state.candidate.cancelled.is_some()
}

fn phase_applies(phase: &Phase, state: &State, renderer: &Renderer) -> Result<bool, RenderError> {
    Ok(!stands_down(phase, state) && holds(renderer, &phase.id, phase.when.as_deref())?)
}

fn holds(renderer: &Renderer, item: &str, when: Option<&str>) -> Result<bool, RenderError> {
    when.map_or(Ok(true), |expression| renderer.holds(item, expression))
}

fn plan_phase(
    workflow: &Workflow,
    phase: &Phase,
    state: &State,
    renderer: &Renderer,
    waits: bool,
) -> Result<PlannedPhase, RenderError> {
    let mut planned = PlannedPhase {
        id: phase.id.clone(),
        title: phase.title.clone(),
        state: PhaseState::PassedOver,
        steps: Vec::new(),
        checks: Vec::new(),
    };
    if !phase_applies(phase, state, renderer)? {
        return Ok(planned);
    }
    for step in &phase.steps {
        if settled(state, step) || holds(renderer, &step.id, step.when.as_deref())? {
            let open = open_needs(workflow, state, renderer, &step.needs)?;
            planned.steps.push(plan_step(step, state, &open));
        }
    }
    let taken_back = phase.steps.iter().find(|step| is_taken_back(state, step)).map(|step| step.id.as_str());
    for check in &phase.checks {
        if holds(renderer, &check.id, check.when.as_deref())? {
            planned.checks.push(plan_check(check, state, taken_back));
        }
    }
    let completed = state.phase_completed(&phase.id, phase.per_candidate) && planned.steps_settled();
    planned.state = match (completed, waits) {
        (true, _) => PhaseState::Done,
        (false, true) => PhaseState::Waiting,
        (false, false) => PhaseState::Active,
    };
    if planned.state == PhaseState::Waiting {
        for step in planned.steps.iter_mut().filter(|step| step.state == StepState::Ready) {
            step.state = StepState::Waiting;
        }
    }
    Ok(planned)
}

fn settled(state: &State, step: &Step) -> bool {
    state.step(&step.id, step.per_candidate).is_some_and(StepRecord::settled)
}

/// Whether the step is taken back, or half so, and was not done again.
fn is_taken_back(state: &State, step: &Step) -> bool {
    let record = state.step(&step.id, step.per_candidate);
    record.is_some_and(|record| matches!(record.status, StepStatus::Undone { .. } | StepStatus::Undoing { .. }))
}

/// Why a step whose taking back has not ended is not taken up.
pub(super) fn half_taken_back(id: &str) -> String {
    format!("a run ended while taking it back; `quorate undo {id}` goes on, with --drop it ends there")
}

fn plan_step(step: &Step, state: &State, open: &[&str]) -> PlannedStep {
    let mut until = None;
    let mut attempted = false;
    let (step_state, detail) = match state.step(&step.id, step.per_candidate).map(|record| &record.status) {
        Some(StepStatus::Done { already, .. }) => {
            (StepState::Done, if *already { "was done already".into() } else { String::new() })
        }
        Some(StepStatus::Attested { note }) => (StepState::Attested, note.clone()),
        Some(StepStatus::Skipped { why }) => (StepState::Skipped, why.clone()),
        _ if !open.is_empty() => (StepState::Waiting, format!("after {}", open.join(", "))),
        None => (StepState::Ready, String::new()),
        Some(StepStatus::Undone { what }) => (StepState::Ready, format!("taken back: {what}")),
        Some(StepStatus::Dropped { why }) => (StepState::Ready, format!("begins anew: {why}")),
        Some(StepStatus::Intended) => (StepState::Interrupted, "a run ended in the middle of it".into()),
        Some(StepStatus::Undoing { .. }) => (StepState::Interrupted, half_taken_back(&step.id)),
        Some(StepStatus::Failed { error }) => (StepState::Failed, error.clone()),
        Some(StepStatus::Conflicted { found, expected }) => {
            (StepState::Conflict, format!("found {found}; expected {expected}"))
        }
        Some(StepStatus::Waiting { until: time, why }) => {
            until = *time;
            attempted = true;
            (StepState::Waiting, why.clone())
        }
    };
    PlannedStep {
        id: step.id.clone(),
        title: step.title.clone(),
        state: step_state,
        effect: step.effect,
        who: step.who,
        automated: matches!(step.kind, StepKind::Action { .. }),
        optional: step.optional,
        detail,
        until,
        attempted,
    }
}

/// How a check stands; what a probe found before a step of its phase was taken back is not
/// known to be so any more.
fn plan_check(check: &Check, state: &State, taken_back: Option<&str>) -> PlannedCheck {
    let (check_state, detail) = match state.check(&check.id, check.per_candidate) {
        None => (CheckState::Open, String::new()),
        Some(CheckRecord::Held(_)) if let Some(step) = taken_back => {
            (CheckState::Open, format!("it held before `{step}` was taken back, and is asked again"))
        }
        Some(CheckRecord::Held(evidence)) => (CheckState::Holds, evidence.clone()),
        Some(CheckRecord::Failed(faults)) => (CheckState::Failed, faults.join("; ")),
        Some(CheckRecord::Attested(note)) => (CheckState::Attested, note.clone()),
        Some(CheckRecord::Skipped(why)) => (CheckState::Attested, format!("passed over: {why}")),
    };
    PlannedCheck {
        id: check.id.clone(),
        title: check.title.clone(),
        state: check_state,
        probed: matches!(check.kind, CheckKind::Probe { .. }),
        optional: check.optional,
        detail,
    }
}

fn next_in(phase: &PlannedPhase) -> Vec<String> {
    let steps: Vec<String> =
        phase.steps.iter().filter(|step| step.can_be_taken_up()).map(|step| step.id.clone()).collect();
    if !steps.is_empty() || !phase.steps_settled() {
        return steps;
    }
    phase
        .checks
        .iter()
        .filter(|check| matches!(check.state, CheckState::Open | CheckState::Failed))
        .map(|check| check.id.clone())
        .collect()
}
