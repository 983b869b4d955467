// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a candidate's steps have told others, where the record alone cannot say: it
//! is asked before the candidate is cancelled.

use std::time::Duration;

use super::action::{Context, Intent, Probed};
use super::attempt::{Attempt, Consent};
use super::driver::Driver;
use super::halt::{DriverError, Obstacle};
use super::preview::{Doer, foreseen_action_of};
use super::state::{Intention, StepRecord, StepStatus};
use super::workflow::{Effect, Step, StepKind};

impl<'a, W: ?Sized + 'static> Driver<'a, W> {
    /// Asks the truth of each step that may have told others of the current candidate
    /// and is not recorded as done: it acted and the truth is yet to show it, or a run
    /// ended in the middle of it. Nothing is done but asking and recording.
    ///
    /// # Errors
    /// When it cannot be asked, or cannot say yet whether the step was done.
    pub fn ask_what_is_in_doubt(&mut self) -> Result<(), DriverError> {
        for step in self.public_steps() {
            if self.is_in_doubt(step) {
                self.ask_whether_done(step)?;
            }
        }
        Ok(())
    }

    /// Asks the truth of each step that would tell others of the current candidate and of
    /// which nothing is recorded: another record may have done it. What is found done is
    /// recorded as done.
    ///
    /// Where the turn of a step has not come, that it cannot be asked holds nothing up, unless
    /// the record is known to be behind (`all`).
    ///
    /// # Errors
    /// When it cannot be asked, or shows something that may be this step's.
    pub fn ask_what_is_unrecorded(&mut self, all: bool) -> Result<(), DriverError> {
        for step in self.public_steps() {
            let record = self.state.step(&step.id, step.per_candidate);
            // Who has said that it was done has said which thread is to be told.
            if record.is_some_and(|record| matches!(record.status, StepStatus::Attested { .. })) {
                return Ok(());
            }
            if record.is_none_or(|record| !record.in_use()) {
                self.ask_whether_unrecorded(step, all)?;
            }
        }
        Ok(())
    }

    /// Whether the truth shows a step that nothing is recorded of, as where an older copy of
    /// the record was put back.
    fn ask_whether_unrecorded(&mut self, step: &Step, all: bool) -> Result<(), DriverError> {
        let plan = self.plan()?;
        let Some(planned) = plan.step(&step.id) else { return Ok(()) };
        let record = self.state.step(&step.id, step.per_candidate);
        let due = all || planned.can_be_taken_up() || record.is_some();
        let intention = record.and_then(|record| record.intention.clone());
        let now = self.clock.now();
        let (at, token, anew) = match intention {
            Some(Intention { at, token, anew, .. }) => (at, token, anew),
            // A person has said that what was tried did not happen, or is not this release's.
            None => (now, "0".repeat(32), record.is_some_and(StepRecord::dropped)),
        };
        let intent = Intent { at, token, acted: None, resumed: false, anew };
        let whole = self.build(step).ok();
        let is_whole = whole.is_some();
        let doer = Doer { registry: self.registry, world: self.world, now };
        let foreseen = || foreseen_action_of(self.workflow, &plan, &self.renderer().ok()?, &doer, step);
        let Some(action) = whole.or_else(foreseen) else { return Ok(()) };
        let obstacle = match action.probe(&Context { world: self.world, intent: &intent, now }) {
            Ok(Probed::Absent) => return Ok(()),
            // Done by what is only foreseen is not known to be this step.
            Ok(Probed::Done(_)) if is_whole => return self.ask_whether_done(step),
            Ok(Probed::Done(_)) => Obstacle::Person(format!("what `{}` would do is done already", step.id)),
            Ok(Probed::Conflict { found, expected }) => Obstacle::Conflict { found, expected },
            Ok(Probed::Waiting { until: Some(until), why }) => Obstacle::Time { until, why },
            Ok(Probed::Waiting { until: None, why }) => Obstacle::Person(why),
            Err(_) if !due => return Ok(()),
            Err(error) => Obstacle::Failed(error),
        };
        let id = &step.id;
        Err(DriverError::InTheWay {
            what: format!("whether `{id}` was done must be known before the candidate is cancelled"),
            obstacle,
            hint: match self.droppable(id) {
                _ if self.only_a_person_can_tell(step) => {
                    format!("nothing was taken down: {}; then cancel", only_told(id))
                }
                Ok(_) => format!(
                    "nothing was taken down. `quorate run` takes up what `{id}` would have done; what was not done by \
                     this release is declared void by `quorate run {id} --again --execute --why …`, which does nothing \
                     without --confirm; then cancel"
                ),
                Err(_) => format!(
                    "nothing was taken down, and this record did not begin `{id}`: give the same command again once it \
                     can be asked; where what is asked has another address now, correct it in the product's configuration"
                ),
            },
        })
    }

    /// The steps that tell others of a candidate, while it is not cancelled.
    fn public_steps(&self) -> Vec<&'a Step> {
        let candidates = self.workflow.phases.iter().filter(|phase| phase.per_candidate && phase.when.is_none());
        let public = |step: &&Step| step.effect == Effect::Public && matches!(step.kind, StepKind::Action { .. });
        candidates.flat_map(|phase| &phase.steps).filter(public).collect()
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
        let id = &step.id;
        Err(DriverError::InTheWay {
            what: format!("whether `{id}` was done must be known before the candidate is cancelled"),
            obstacle,
            hint: match self.only_a_person_can_tell(step) {
                true => format!("nothing was taken down: {}; then cancel", only_told(id)),
                false => "nothing was taken down; give the same command again".to_owned(),
            },
        })
    }
}

/// What a person is asked to say where nobody else can.
fn only_told(id: &str) -> String {
    format!(
        "`quorate attest {id} --note MESSAGE-ID` says that it was done, `quorate run {id} --again --why …` that it was \
         not"
    )
}
