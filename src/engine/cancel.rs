// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Cancelling the current candidate: whether it can be, and of which steps that consists.

use super::driver::Driver;
use super::event::Event;
use super::halt::DriverError;
use super::plan::Plan;
use super::render::Renderer;
use super::state::{State, StepRecord};
use super::workflow::{Step, Workflow};

impl<'a, W: ?Sized + 'static> Driver<'a, W> {
    /// Cancels the current candidate; what that has to take back are the steps
    /// of the phase that then applies.
    ///
    /// # Errors
    /// As [`cancellable`](Self::cancellable) and
    /// [`ask_what_is_in_doubt`](Self::ask_what_is_in_doubt).
    pub fn cancel_candidate(&mut self, why: &str) -> Result<(), DriverError> {
        self.cancellable()?;
        self.ask_what_is_in_doubt()?;
        self.ask_what_is_unrecorded(false)?;
        self.reason_fits(why)?;
        self.record(0, None, Event::CandidateCancelled { why: why.to_owned() })
    }

    /// The steps that cancelling the current candidate consists of.
    ///
    /// # Errors
    /// When a template or the release's values cannot be had.
    pub fn steps_of_cancelling(&self) -> Result<Vec<&'a Step>, DriverError> {
        let mut supposed = self.state.clone();
        supposed.candidate.cancelled = Some(String::new());
        let plan =
            Plan::of(self.workflow, &supposed, &Renderer::new(self.values, &supposed).map_err(DriverError::Values)?)?;
        let phases = self.workflow.phases.iter().filter(|phase| phase.per_candidate && phase.when.is_some());
        let steps = phases.flat_map(|phase| &phase.steps);
        Ok(steps.filter(|step| plan.step(&step.id).is_some()).collect())
    }

    /// Whether the current candidate can be cancelled; nothing is done.
    ///
    /// # Errors
    /// When it is cancelled already, nothing of it was made or found yet (what is there
    /// may be somebody else's), or a later phase has begun to publish it.
    pub fn cancellable(&self) -> Result<(), DriverError> {
        let number = self.state.candidate.number;
        if self.state.candidate.cancelled.is_some() {
            return Err(DriverError::Refused {
                what: format!("candidate {number} is cancelled already"),
                hint: "`quorate run` goes on with taking it back".into(),
            });
        }
        let published = self.used_after_candidates();
        if !published.is_empty() {
            return Err(DriverError::Refused {
                what: format!(
                    "candidate {number} is past its vote, and these steps have used it: {}",
                    published.join(", ")
                ),
                hint: "take them back by `quorate undo` where that can be done; what is published stays".into(),
            });
        }
        let begun = self
            .workflow
            .phases
            .iter()
            .filter(|phase| phase.per_candidate)
            .any(|phase| phase.steps.iter().any(|step| self.in_use(step)));
        if !begun {
            return Err(DriverError::Refused {
                what: format!("candidate {number} has not begun: there is nothing to cancel"),
                hint: "`quorate status` shows where the release stands".into(),
            });
        }
        Ok(())
    }

    /// The steps of the phases after those of a candidate that are settled, or may
    /// have left something behind.
    fn used_after_candidates(&self) -> Vec<String> {
        let last = self.workflow.phases.iter().rposition(|phase| phase.per_candidate);
        let after = last.map_or(&[][..], |last| &self.workflow.phases[last + 1..]);
        let steps = after.iter().flat_map(|phase| &phase.steps);
        steps.filter(|step| self.in_use(step)).map(|step| step.id.clone()).collect()
    }

    pub(super) fn in_use(&self, step: &Step) -> bool {
        self.state.step(&step.id, step.per_candidate).is_some_and(StepRecord::in_use)
    }
}

impl State {
    /// The state as the next run begins with it, given its plan: where a cancelled candidate is
    /// taken back to the end, the next one is open.
    pub fn with_next_candidate(mut self, workflow: &Workflow, plan: &Plan) -> Self {
        if plan.candidate_is_over(workflow, &self) {
            self.open_candidate(self.candidate.number + 1);
        }
        self
    }
}
