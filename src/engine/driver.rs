// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The driver: goes through the phases, step by step, until the goal is reached
//! or something is in the way. How one step or check is taken up stands in
//! `take_up`, `attempt` and `checking`; what a person decides, in `decide`.

use std::collections::BTreeSet;

use super::clock::Clock;
use super::event::Event;
use super::halt::{DriverError, Goal, Halt, Obstacle, Pending, Taken, failed_service, pending};
use super::journal::Journal;
use super::observer::Observer;
use super::person::Person;
use super::plan::{Plan, PlannedPhase, stands_down};
use super::registry::Registry;
use super::render::{Renderer, ValueSource};
use super::state::State;
use super::workflow::Workflow;

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

/// What one pass over a phase came to.
pub(super) enum Pass {
    Progress,
    Halted(Halt),
    Pending(Vec<Pending>),
}

impl<W: ?Sized + 'static> Driver<'_, W> {
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
            if let Goal::Phase(id) = goal
                && self.reached(id)?
            {
                return Ok(Halt::GoalReached);
            }
            self.open_next_candidate()?;
            let plan = self.plan()?;
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

    /// Whether nothing is left to do in a phase and those before it. One that stands
    /// down with a cancelled candidate is reached by the next candidate.
    fn reached(&self, id: &str) -> Result<bool, DriverError> {
        let Some(index) = self.workflow.phases.iter().position(|phase| phase.id == id) else {
            return Err(DriverError::Refused {
                what: format!("there is no phase `{id}`"),
                hint: format!("the phases are {}", self.workflow.phase_ids().join(", ")),
            });
        };
        let over = self.plan()?.phases[..=index].iter().all(PlannedPhase::is_over);
        Ok(over && !stands_down(&self.workflow.phases[index], &self.state))
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
            let next = phase.steps.iter().find(|step| step.can_be_taken_up() && !tried.contains(&step.id));
            let Some(planned) = next else {
                if pending.is_empty() && !phase.steps_settled() {
                    return Ok(Pass::Pending(blocked(phase)));
                }
                break;
            };
            let (id, optional) = (planned.id.clone(), planned.optional);
            tried.insert(id.clone());
            match self.take_up_after(failed_service(&pending), &id, person)? {
                Taken::Settled => {}
                // what failed is said all the same
                Taken::Stop if failed_service(&pending).is_some() => return Ok(Pass::Pending(pending)),
                Taken::Stop => return Ok(Pass::Halted(Halt::Stopped)),
                // What failed was told and stays open; only what needs it waits.
                Taken::Pending(_) if optional => {}
                Taken::Pending(item) if item.obstacle.ends_the_run() => {
                    pending.push(item);
                    return Ok(Pass::Pending(pending));
                }
                Taken::Pending(item) => pending.push(item),
            }
        }
        if !pending.is_empty() {
            return Ok(Pass::Pending(pending));
        }
        self.ask_checks(&active.id, person)
    }

    fn complete(&mut self, phase_id: &str) -> Result<(), DriverError> {
        let workflow = self.workflow;
        let Some(phase) = workflow.phases.iter().find(|phase| phase.id == phase_id) else { return Ok(()) };
        let scope = self.state.scope(phase.per_candidate);
        self.record(scope, None, Event::PhaseCompleted { phase: phase.id.clone() })
    }

    /// Completes the phase at work where people have settled all there is in it, so
    /// that what comes next can be decided on without a run. A check that the truth
    /// answers is asked again by the run that completes its phase.
    pub(super) fn complete_what_is_settled(&mut self) -> Result<(), DriverError> {
        loop {
            self.open_next_candidate()?;
            let plan = self.plan()?;
            let Some(active) = plan.active().filter(|phase| phase.answered_by_people()) else { return Ok(()) };
            self.complete(&active.id.clone())?;
        }
    }

    /// Opens the next candidate once nothing is left to do for a cancelled one. An
    /// earlier run may have ended just before it could.
    pub(super) fn open_next_candidate(&mut self) -> Result<(), DriverError> {
        // a plan is made of all conditions and texts, and this is asked before each step
        if self.state.candidate.cancelled.is_some() && self.plan()?.candidate_is_over(self.workflow, &self.state) {
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
}

/// The open steps of a phase none of which can be taken up.
fn blocked(phase: &PlannedPhase) -> Vec<Pending> {
    phase
        .steps
        .iter()
        .filter(|step| !step.optional && !step.state.settled())
        .map(|step| pending(&step.id, &step.title, Obstacle::Person(step.detail.clone())))
        .collect()
}
