// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Taking up one step: a person is asked, and what the program does is attempted.

use std::time::{Duration, Instant};

use super::attempt::{Attempt, Consent};
use super::driver::Driver;
use super::event::Event;
use super::halt::{DriverError, Obstacle, Pending, Taken, pending, with_causes};
use super::observer::StepOutcome;
use super::person::{Answer, Person};
use super::plan::half_taken_back;
use super::preview;
use super::state::{Intention, StepRecord};
use super::workflow::{Effect, Phase, Step, StepKind};

impl<W: ?Sized + 'static> Driver<'_, W> {
    pub(super) fn take_up(&mut self, id: &str, person: &mut dyn Person) -> Result<Taken, DriverError> {
        let workflow = self.workflow;
        let (phase, step) = workflow.step(id).ok_or_else(|| self.no_such_item(id))?;
        match &step.kind {
            StepKind::Person { .. } => self.person_step(phase, step, person),
            StepKind::Action { .. } => self.automated_step(phase, step, person),
        }
    }

    /// The same after a service `failed` in this run: what cannot be taken back is left to another run, as
    /// a person may want to know first why it failed.
    pub(super) fn take_up_after(
        &mut self,
        failed: Option<&Pending>,
        id: &str,
        person: &mut dyn Person,
    ) -> Result<Taken, DriverError> {
        let public =
            |(_, step): &(&Phase, &Step)| step.effect == Effect::Public && matches!(step.kind, StepKind::Action { .. });
        match (failed, self.workflow.step(id).filter(public)) {
            (Some(failed), Some((_, step))) => {
                let why = format!(
                    "not begun, since `{}` failed in this run and this cannot be taken back; alone it can be\nquorate run {id}",
                    failed.id
                );
                Ok(Taken::Pending(pending(&step.id, &step.title, Obstacle::Person(why))))
            }
            _ => self.take_up(id, person),
        }
    }

    fn person_step(&mut self, phase: &Phase, step: &Step, person: &mut dyn Person) -> Result<Taken, DriverError> {
        let renderer = self.renderer()?;
        let action = preview::foreseen_action(self.registry, &renderer, step);
        let preview = preview::preview_step(&renderer, self.world, phase, step, action.as_deref())?;
        match person.attest(&preview).held_to(preview.note) {
            Answer::Yes { note } => {
                let scope = self.state.scope(step.per_candidate);
                let event = |note| Event::StepAttested { note };
                if let Some(fault) = self.spoiled_text(scope, Some(&step.id), &note, event)? {
                    return Ok(Taken::Pending(pending(&step.id, &step.title, Obstacle::Person(fault))));
                }
                self.record(scope, Some(&step.id), event(note.clone()))?;
                self.observer.step_ends(step, StepOutcome::Attested(&note), Duration::ZERO);
                Ok(Taken::Settled)
            }
            Answer::Later { why } => Ok(Taken::Pending(pending(&step.id, &step.title, Obstacle::Person(why)))),
            Answer::Stop => Ok(Taken::Stop),
        }
    }

    fn automated_step(&mut self, phase: &Phase, step: &Step, person: &mut dyn Person) -> Result<Taken, DriverError> {
        let put_off = |why| Ok(Taken::Pending(pending(&step.id, &step.title, Obstacle::Person(why))));
        // Of what has acted only the truth is asked, unless it has to be done again.
        let mut consent = match self.state.step(&step.id, step.per_candidate) {
            Some(record) if record.undoing() => {
                return put_off(half_taken_back(&step.id));
            }
            Some(StepRecord { intention: Some(Intention { acted: Some(_), .. }), .. }) => Consent::NotAsked,
            _ => match self.consent(phase, step, person)? {
                Answer::Yes { .. } => Consent::Given,
                Answer::Later { why } => return put_off(why),
                Answer::Stop => return Ok(Taken::Stop),
            },
        };
        let started = Instant::now();
        let mut passed = None;
        loop {
            let attempt = self.attempt(step, consent)?;
            self.tell(step, &attempt, started.elapsed());
            let obstacle = match attempt {
                Attempt::Done { .. } => return Ok(Taken::Settled),
                // A time that has passed in vain is not waited for again.
                Attempt::Waiting { until: Some(until), why } => {
                    if passed < Some(until) && self.clock.pass(until) {
                        passed = Some(until);
                        self.observer.time_passes(until, &why);
                        continue;
                    }
                    Obstacle::Time { until, why }
                }
                Attempt::Waiting { until: None, why } => Obstacle::Person(why),
                Attempt::Failed { error, .. } => Obstacle::Failed(error),
                Attempt::Conflict { found, expected } => Obstacle::Conflict { found, expected },
                Attempt::WantsConsent => match self.consent(phase, step, person)? {
                    Answer::Yes { .. } => {
                        consent = Consent::Given;
                        continue;
                    }
                    Answer::Later { why } => Obstacle::Person(why),
                    Answer::Stop => return Ok(Taken::Stop),
                },
            };
            return Ok(Taken::Pending(pending(&step.id, &step.title, obstacle)));
        }
    }

    /// Asks whether the step may be done, once nothing is recorded of it yet.
    fn consent(&self, phase: &Phase, step: &Step, person: &mut dyn Person) -> Result<Answer, DriverError> {
        let renderer = self.renderer()?;
        let action = preview::foreseen_action(self.registry, &renderer, step);
        let mut preview = preview::preview_step(&renderer, self.world, phase, step, action.as_deref())?;
        preview.warnings = preview::warnings(self.workflow, &self.plan()?, &self.state, step);
        preview.document = preview::document(self.registry, &renderer, self.world, self.clock.now(), step);
        Ok(person.consent(&preview))
    }

    pub(super) fn tell(&mut self, step: &Step, attempt: &Attempt, took: Duration) {
        let text;
        let outcome = match attempt {
            Attempt::Done { outputs, already: true } => StepOutcome::Already(outputs),
            Attempt::Done { outputs, already: false } => StepOutcome::Done(outputs),
            Attempt::Waiting { why, .. } => StepOutcome::Waiting(why),
            Attempt::Failed { error, .. } => {
                text = with_causes(error);
                StepOutcome::Failed(&text)
            }
            Attempt::Conflict { found, expected } => {
                text = format!("found {found}; expected {expected}");
                StepOutcome::Conflict(&text)
            }
            Attempt::WantsConsent => StepOutcome::Waiting(
                "it was begun before, and the truth does not show that it was done: may it be done again?",
            ),
        };
        self.observer.step_ends(step, outcome, took);
    }
}
