// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a candidate's steps have told others, where the record alone cannot say: it
//! is asked before the candidate is cancelled.

use std::time::Duration;

use super::attempt::{Attempt, Consent};
use super::driver::Driver;
use super::halt::{DriverError, Obstacle};
use super::state::StepRecord;
use super::workflow::{Effect, Step, StepKind};

impl<W: ?Sized + 'static> Driver<'_, W> {
    /// Asks the truth of each step that may have told others of the current candidate
    /// and is not recorded as done: it acted and the truth is yet to show it, or a run
    /// ended in the middle of it. Nothing is done but asking and recording.
    ///
    /// # Errors
    /// When it cannot be asked, or cannot say yet whether the step was done.
    pub fn ask_what_is_in_doubt(&mut self) -> Result<(), DriverError> {
        let workflow = self.workflow;
        let candidates = workflow.phases.iter().filter(|phase| phase.per_candidate && phase.when.is_none());
        let public = |step: &&Step| step.effect == Effect::Public && matches!(step.kind, StepKind::Action { .. });
        for step in candidates.flat_map(|phase| &phase.steps).filter(public) {
            if self.is_in_doubt(step) {
                self.ask_whether_done(step)?;
            }
        }
        Ok(())
    }

    fn is_in_doubt(&self, step: &Step) -> bool {
        let in_doubt = |record: &StepRecord| record.in_use() && !record.settled() && !record.undoing();
        self.state.step(&step.id, step.per_candidate).is_some_and(in_doubt)
    }

    fn ask_whether_done(&mut self, step: &Step) -> Result<(), DriverError> {
        let record = self.state.step(&step.id, step.per_candidate);
        let acted = record.is_some_and(StepRecord::has_acted);
        let attempt = self.attempt(step, Consent::NotAsked)?;
        if !matches!(attempt, Attempt::WantsConsent) {
            self.tell(step, &attempt, Duration::ZERO);
        }
        let obstacle = match attempt {
            // Where the truth does not show it, it did not happen.
            Attempt::Done { .. } | Attempt::WantsConsent => return Ok(()),
            Attempt::Failed { error, .. } => Obstacle::Failed(error),
            // It is out, whatever the truth shows as yet: the record has what it told.
            Attempt::Waiting { .. } | Attempt::Conflict { .. } if acted => return Ok(()),
            Attempt::Waiting { until: Some(until), why } => Obstacle::Time { until, why },
            Attempt::Waiting { until: None, why } => Obstacle::Person(why),
            Attempt::Conflict { found, expected } => Obstacle::Conflict { found, expected },
        };
        Err(DriverError::InTheWay {
            what: format!("whether `{}` was done must be known before the candidate is cancelled", step.id),
            obstacle,
            hint: "nothing was taken down; give the same command again".to_owned(),
        })
    }
}
