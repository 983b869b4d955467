// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The driver: takes up what the plan has ready, asks whom it must, records
//! everything, and stops where something is in the way.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::action::ActionError;
use super::attempt::Attempt;
use super::clock::Clock;
use super::event::Event;
use super::journal::{Journal, JournalError};
use super::person::{Answer, Person};
use super::plan::{CheckState, Plan, PlannedPhase};
use super::preview::{self, StepPreview};
use super::registry::{Registry, RegistryError};
use super::render::{RenderError, Renderer, ValueSource};
use super::state::State;
use super::workflow::{CheckKind, Phase, Step, StepKind, Workflow};

/// Carries a workflow on.
pub struct Driver<'a, W: ?Sized> {
    /// The workflow.
    pub workflow: &'a Workflow,
    /// What steps and checks can do.
    pub registry: &'a Registry<W>,
    /// The services.
    pub world: &'a W,
    /// The release's values.
    pub values: &'a dyn ValueSource,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Who hears of progress.
    pub observer: &'a mut dyn Observer,
    /// Where everything is recorded.
    pub journal: Journal,
    /// The journal's entries, folded.
    pub state: State,
}

/// How far to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// To the end.
    All,
    /// Until this phase is completed.
    Phase(String),
    /// These steps and checks alone.
    Items(Vec<String>),
}

/// Why a run ended.
#[derive(Debug)]
pub enum Halt {
    /// All phases are completed.
    Completed,
    /// The goal is reached.
    GoalReached,
    /// The person wished to stop.
    Stopped,
    /// Something is in the way; at least one.
    Pending(Vec<Pending>),
}

/// Something that is in the way.
#[derive(Debug)]
pub struct Pending {
    /// The step or check.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is.
    pub obstacle: Obstacle,
}

/// What is in the way.
#[derive(Debug)]
pub enum Obstacle {
    /// A person must do or answer something.
    Person(String),
    /// A time must pass.
    Time {
        /// Until when.
        until: Timestamp,
        /// What for.
        why: String,
    },
    /// The step could not be done.
    Failed(ActionError),
    /// Something else is there.
    Conflict {
        /// What is there.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// A check does not hold.
    CheckFailed(Vec<String>),
}

/// A fault that keeps the driver from going on at all.
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    /// The journal cannot be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A template cannot be filled in.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A step or check names what is not there.
    #[error("step or check `{id}`")]
    Registry {
        /// Which.
        id: String,
        /// What is wrong.
        #[source]
        source: RegistryError,
    },
    /// The release's values cannot be had.
    #[error("{0}")]
    Values(String),
    /// The request does not fit the release's state.
    #[error("{what}")]
    Refused {
        /// What was asked, and why not.
        what: String,
        /// The next thing to do.
        hint: String,
    },
}

/// Who hears of progress.
pub trait Observer {
    /// A phase is taken up.
    fn phase_begins(&mut self, _phase: &PlannedPhase) {}
    /// A step is taken up.
    fn step_begins(&mut self, _step: &Step, _resumed: bool) {}
    /// A step ended, with its state and a detail.
    fn step_ends(&mut self, _step: &Step, _outcome: StepOutcome<'_>, _took: Duration) {}
    /// A check was asked.
    fn check_ends(&mut self, _id: &str, _title: &str, _outcome: CheckOutcome<'_>, _took: Duration) {}
    /// Time was let pass.
    fn time_passes(&mut self, _until: Timestamp, _why: &str) {}
    /// A new candidate begins.
    fn candidate_opens(&mut self, _number: u32) {}
}

/// How a step ended.
#[derive(Debug, Clone, Copy)]
pub enum StepOutcome<'a> {
    /// Done by this run.
    Done(&'a serde_json::Value),
    /// Found done.
    Already(&'a serde_json::Value),
    /// A person says so.
    Attested(&'a str),
    /// To go on later.
    Waiting(&'a str),
    /// Not done.
    Failed(&'a str),
    /// Something else is there.
    Conflict(&'a str),
}

/// How a check ended.
#[derive(Debug, Clone, Copy)]
pub enum CheckOutcome<'a> {
    /// It holds.
    Holds(&'a str),
    /// A person answers for it.
    Attested(&'a str),
    /// It does not hold.
    Failed(&'a [String]),
    /// It could not be asked.
    Unknown(&'a str),
}

/// What one pass over a phase came to.
enum Pass {
    Progress,
    Halted(Halt),
    Pending(Vec<Pending>),
}

impl<'a, W: ?Sized + 'static> Driver<'a, W> {
    /// Carries on until the goal is reached or something is in the way.
    ///
    /// # Errors
    /// When the journal, the workflow or the configuration fails; what is merely
    /// in the way of a step is no error but a [`Halt`].
    pub fn advance(&mut self, goal: &Goal, person: &mut dyn Person) -> Result<Halt, DriverError> {
        if let Goal::Items(ids) = goal {
            return self.advance_items(ids, person);
        }
        let mut announced = None;
        loop {
            self.open_next_candidate()?;
            let plan = self.plan()?;
            if let Goal::Phase(id) = goal
                && plan.phases.iter().any(|phase| &phase.id == id && is_over(phase))
            {
                return Ok(Halt::GoalReached);
            }
            let Some(active) = plan.active() else {
                if !self.state.completed {
                    self.record(0, None, Event::ReleaseCompleted {})?;
                }
                return Ok(Halt::Completed);
            };
            if announced.as_ref() != Some(&active.id) {
                self.observer.phase_begins(active);
                announced = Some(active.id.clone());
            }
            match self.pass(active, person)? {
                Pass::Progress => {}
                Pass::Halted(halt) => return Ok(halt),
                Pass::Pending(pending) if pending.is_empty() => self.complete(&active.id.clone())?,
                Pass::Pending(pending) => return Ok(Halt::Pending(pending)),
            }
        }
    }

    /// Takes up each step of the phase that can be taken up; its checks once
    /// the steps are settled.
    fn pass(&mut self, active: &PlannedPhase, person: &mut dyn Person) -> Result<Pass, DriverError> {
        let mut pending = Vec::new();
        let mut tried = BTreeSet::new();
        loop {
            let plan = self.plan()?;
            let Some(phase) = plan.phases.iter().find(|phase| phase.id == active.id) else {
                return Ok(Pass::Progress);
            };
            let next = phase.steps.iter().find(|step| plan_allows(step) && !tried.contains(&step.id));
            let Some(planned) = next else {
                if pending.is_empty() && !phase.steps_settled() {
                    return Ok(Pass::Pending(blocked(phase)));
                }
                break;
            };
            let (id, optional) = (planned.id.clone(), planned.optional);
            tried.insert(id.clone());
            match self.take_up(&id, person)? {
                Taken::Settled => {}
                Taken::Stop => return Ok(Pass::Halted(Halt::Stopped)),
                Taken::Pending(item) if stops(&item.obstacle) => {
                    pending.push(item);
                    return Ok(Pass::Pending(pending));
                }
                Taken::Pending(_) if optional => {}
                Taken::Pending(item) => pending.push(item),
            }
        }
        if !pending.is_empty() {
            return Ok(Pass::Pending(pending));
        }
        self.ask_checks(&active.id, person)
    }

    fn ask_checks(&mut self, phase_id: &str, person: &mut dyn Person) -> Result<Pass, DriverError> {
        let mut pending = Vec::new();
        let plan = self.plan()?;
        let Some(phase) = plan.phases.iter().find(|phase| phase.id == phase_id) else { return Ok(Pass::Progress) };
        for check in &phase.checks {
            if check.state == CheckState::Attested {
                continue;
            }
            match self.ask_check(&check.id, person)? {
                Taken::Settled => {}
                Taken::Stop => return Ok(Pass::Halted(Halt::Stopped)),
                Taken::Pending(_) if check.optional => {}
                Taken::Pending(item) => pending.push(item),
            }
        }
        Ok(Pass::Pending(pending))
    }

    fn advance_items(&mut self, ids: &[String], person: &mut dyn Person) -> Result<Halt, DriverError> {
        let mut pending = Vec::new();
        for id in ids {
            let plan = self.plan()?;
            let taken = if let Some(planned) = plan.step(id) {
                if planned.state.settled() {
                    continue;
                }
                if !plan_allows(planned) {
                    return Err(DriverError::Refused {
                        what: format!("`{id}` cannot be taken up now: {}", waiting_reason(&plan, planned)),
                        hint: "`quorate status` shows what is next".into(),
                    });
                }
                self.take_up(id, person)?
            } else if plan.check(id).is_some() {
                self.ask_check(id, person)?
            } else {
                return Err(self.no_such_item(id));
            };
            match taken {
                Taken::Settled => {}
                Taken::Stop => return Ok(Halt::Stopped),
                Taken::Pending(item) => {
                    let stop = stops(&item.obstacle);
                    pending.push(item);
                    if stop {
                        break;
                    }
                }
            }
        }
        Ok(if pending.is_empty() { Halt::GoalReached } else { Halt::Pending(pending) })
    }

    fn take_up(&mut self, id: &str, person: &mut dyn Person) -> Result<Taken, DriverError> {
        let workflow = self.workflow;
        let (phase, step) = workflow.step(id).ok_or_else(|| self.no_such_item(id))?;
        match &step.kind {
            StepKind::Person { .. } => self.person_step(phase, step, person),
            StepKind::Action { .. } => self.automated_step(phase, step, person),
        }
    }

    fn person_step(&mut self, phase: &Phase, step: &Step, person: &mut dyn Person) -> Result<Taken, DriverError> {
        let preview = preview::preview_step(self.registry, &self.renderer()?, phase, step)?;
        match person.attest(&preview) {
            Answer::Yes { note } => {
                let scope = self.state.scope(step.per_candidate);
                self.record(scope, Some(&step.id), Event::StepAttested { note: note.clone() })?;
                self.observer.step_ends(step, StepOutcome::Attested(&note), Duration::ZERO);
                Ok(Taken::Settled)
            }
            Answer::Later { why } => Ok(Taken::Pending(pending(&step.id, &step.title, Obstacle::Person(why)))),
            Answer::Stop => Ok(Taken::Stop),
        }
    }

    fn automated_step(&mut self, phase: &Phase, step: &Step, person: &mut dyn Person) -> Result<Taken, DriverError> {
        let interrupted = self
            .state
            .step(&step.id, step.per_candidate)
            .and_then(|record| record.intention.as_ref())
            .is_some_and(|intention| intention.acted.is_some());
        // What has already acted needs no new consent: only the truth is asked.
        if !interrupted {
            let renderer = self.renderer()?;
            let mut preview = preview::preview_step(self.registry, &renderer, phase, step)?;
            preview.document = preview::document(self.registry, &renderer, self.world, self.clock.now(), step);
            match person.consent(&preview) {
                Answer::Yes { .. } => {}
                Answer::Later { why } => {
                    return Ok(Taken::Pending(pending(&step.id, &step.title, Obstacle::Person(why))));
                }
                Answer::Stop => return Ok(Taken::Stop),
            }
        }
        let started = Instant::now();
        loop {
            let attempt = self.attempt(step)?;
            self.tell(step, &attempt, started.elapsed());
            let obstacle = match attempt {
                Attempt::Done { .. } => return Ok(Taken::Settled),
                Attempt::Waiting { until: Some(until), why } => {
                    if self.clock.pass(until) {
                        self.observer.time_passes(until, &why);
                        continue;
                    }
                    Obstacle::Time { until, why }
                }
                Attempt::Waiting { until: None, why } => Obstacle::Person(why),
                Attempt::Failed(error) => Obstacle::Failed(error),
                Attempt::Conflict { found, expected } => Obstacle::Conflict { found, expected },
            };
            return Ok(Taken::Pending(pending(&step.id, &step.title, obstacle)));
        }
    }

    fn tell(&mut self, step: &Step, attempt: &Attempt, took: Duration) {
        let text;
        let outcome = match attempt {
            Attempt::Done { outputs, already: true } => StepOutcome::Already(outputs),
            Attempt::Done { outputs, already: false } => StepOutcome::Done(outputs),
            Attempt::Waiting { why, .. } => StepOutcome::Waiting(why),
            Attempt::Failed(error) => {
                text = with_causes(error);
                StepOutcome::Failed(&text)
            }
            Attempt::Conflict { found, expected } => {
                text = format!("found {found}; expected {expected}");
                StepOutcome::Conflict(&text)
            }
        };
        self.observer.step_ends(step, outcome, took);
    }

    fn ask_check(&mut self, id: &str, person: &mut dyn Person) -> Result<Taken, DriverError> {
        let workflow = self.workflow;
        let (phase, check) = workflow.check(id).ok_or_else(|| self.no_such_item(id))?;
        let started = Instant::now();
        let scope = self.state.scope(check.per_candidate);
        match &check.kind {
            CheckKind::Probe { .. } => {
                let (event, taken) = self.probe_check(check)?;
                let changed = self.state.check(id, check.per_candidate)
                    != event.as_ref().and_then(super::state::check_record).as_ref();
                if let Some(event) = event.filter(|_| changed) {
                    self.record(scope, Some(id), event)?;
                }
                self.tell_check(check, &taken, started.elapsed());
                Ok(taken)
            }
            CheckKind::Question { .. } => {
                let preview = preview::preview_check(&self.renderer()?, phase, check)?;
                match person.attest(&preview) {
                    Answer::Yes { note } => {
                        self.record(scope, Some(id), Event::CheckAttested { note: note.clone() })?;
                        self.observer.check_ends(id, &check.title, CheckOutcome::Attested(&note), started.elapsed());
                        Ok(Taken::Settled)
                    }
                    Answer::Later { why } => Ok(Taken::Pending(pending(id, &check.title, Obstacle::Person(why)))),
                    Answer::Stop => Ok(Taken::Stop),
                }
            }
        }
    }

    fn tell_check(&mut self, check: &super::workflow::Check, taken: &Taken, took: Duration) {
        let text;
        let outcome = match taken {
            Taken::Settled | Taken::Stop => {
                text = match self.state.check(&check.id, check.per_candidate) {
                    Some(super::state::CheckRecord::Held(evidence)) => evidence.clone(),
                    _ => String::new(),
                };
                CheckOutcome::Holds(&text)
            }
            Taken::Pending(Pending { obstacle: Obstacle::CheckFailed(faults), .. }) => CheckOutcome::Failed(faults),
            Taken::Pending(Pending { obstacle: Obstacle::Failed(error), .. }) => {
                text = with_causes(error);
                CheckOutcome::Unknown(&text)
            }
            Taken::Pending(_) => CheckOutcome::Unknown(""),
        };
        self.observer.check_ends(&check.id, &check.title, outcome, took);
    }

    fn complete(&mut self, phase_id: &str) -> Result<(), DriverError> {
        let workflow = self.workflow;
        let Some(phase) = workflow.phases.iter().find(|phase| phase.id == phase_id) else { return Ok(()) };
        let scope = self.state.scope(phase.per_candidate);
        self.record(scope, None, Event::PhaseCompleted { phase: phase.id.clone() })
    }

    /// Opens the next candidate once nothing is left to do for a cancelled one.
    fn open_next_candidate(&mut self) -> Result<(), DriverError> {
        if self.state.candidate.cancelled.is_none() {
            return Ok(());
        }
        let plan = self.plan()?;
        let of_candidate = |planned: &PlannedPhase| {
            self.workflow.phases.iter().any(|phase| phase.per_candidate && phase.id == planned.id)
        };
        if plan.phases.iter().filter(|phase| of_candidate(phase)).all(is_over) {
            let number = self.state.candidate.number + 1;
            self.record(0, None, Event::CandidateOpened { number })?;
            self.observer.candidate_opens(number);
        }
        Ok(())
    }

    /// The plan now.
    ///
    /// # Errors
    /// When a template or the release's values cannot be had.
    pub fn plan(&self) -> Result<Plan, DriverError> {
        Ok(Plan::of(self.workflow, &self.state, &self.renderer()?)?)
    }

    pub(super) fn renderer(&self) -> Result<Renderer, DriverError> {
        Renderer::new(self.values, &self.state).map_err(DriverError::Values)
    }

    pub(super) fn record(&mut self, scope: u32, step: Option<&str>, event: Event) -> Result<(), DriverError> {
        let entry = self.journal.append(self.clock.now(), scope, step, event)?;
        self.state.apply(&entry);
        Ok(())
    }

    pub(super) fn no_such_item(&self, id: &str) -> DriverError {
        self.workflow.no_such_item(id)
    }
}

/// What taking up one item came to.
pub(super) enum Taken {
    Settled,
    Stop,
    Pending(Pending),
}

pub(super) fn pending(id: &str, title: &str, obstacle: Obstacle) -> Pending {
    Pending { id: id.to_owned(), title: title.to_owned(), obstacle }
}

/// An error with its causes, in one line.
pub(super) fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn is_over(phase: &PlannedPhase) -> bool {
    matches!(phase.state, super::plan::PhaseState::Done | super::plan::PhaseState::PassedOver)
}

/// Whether a step may be taken up: not settled, and nothing it needs is open.
fn plan_allows(step: &super::plan::PlannedStep) -> bool {
    use super::plan::StepState::{Conflict, Failed, Interrupted, Ready, Waiting};
    match step.state {
        Ready | Interrupted | Failed | Conflict => true,
        Waiting => step.attempted,
        _ => false,
    }
}

/// Whether an obstacle ends the run at once.
fn stops(obstacle: &Obstacle) -> bool {
    matches!(obstacle, Obstacle::Failed(_) | Obstacle::Conflict { .. })
}

fn blocked(phase: &PlannedPhase) -> Vec<Pending> {
    phase
        .steps
        .iter()
        .filter(|step| !step.state.settled())
        .map(|step| pending(&step.id, &step.title, Obstacle::Person(step.detail.clone())))
        .collect()
}

fn waiting_reason(plan: &Plan, step: &super::plan::PlannedStep) -> String {
    match &plan.phase {
        _ if !step.detail.is_empty() => step.detail.clone(),
        Some(phase) => format!("phase `{phase}` is at work"),
        None => "the release is completed".into(),
    }
}

/// The observer that hears nothing.
#[derive(Debug, Default)]
pub struct Silent;

impl Observer for Silent {}

impl StepPreview {
    /// Whether the program does it, and no person.
    pub fn automated(&self) -> bool {
        self.question.is_empty()
    }
}
