// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Taking up one step: a person is asked, and what the program does is attempted.

use std::time::{Duration, Instant};

use super::attempt::Attempt;
use super::driver::Driver;
use super::event::Event;
use super::halt::{DriverError, Obstacle, Taken, pending, with_causes};
use super::observer::StepOutcome;
use super::person::{Answer, Person};
use super::preview;
use super::workflow::{Phase, Step, StepKind};

impl<W: ?Sized + 'static> Driver<'_, W> {
    pub(super) fn take_up(&mut self, id: &str, person: &mut dyn Person) -> Result<Taken, DriverError> {
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
}
