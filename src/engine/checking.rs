// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Asking the checks of a phase: the truth where a probe can ask it, a person otherwise.

use std::time::{Duration, Instant};

use super::action::{Context, Finding, Intent};
use super::driver::{Driver, Pass};
use super::event::Event;
use super::halt::{DriverError, Halt, Obstacle, Pending, Taken, pending, with_causes};
use super::observer::CheckOutcome;
use super::person::{Answer, Person};
use super::plan::CheckState;
use super::preview;
use super::state::{CheckRecord, check_record};
use super::workflow::{Check, CheckKind};

impl<W: ?Sized + 'static> Driver<'_, W> {
    pub(super) fn ask_checks(&mut self, phase_id: &str, person: &mut dyn Person) -> Result<Pass, DriverError> {
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

    pub(super) fn ask_check(&mut self, id: &str, person: &mut dyn Person) -> Result<Taken, DriverError> {
        let workflow = self.workflow;
        let (phase, check) = workflow.check(id).ok_or_else(|| self.no_such_item(id))?;
        let started = Instant::now();
        let scope = self.state.scope(check.per_candidate);
        match &check.kind {
            CheckKind::Probe { .. } => {
                let (event, taken) = self.probe_check(check)?;
                let changed =
                    self.state.check(id, check.per_candidate) != event.as_ref().and_then(check_record).as_ref();
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

    /// Asks a check's probe; the event to record, and what it came to.
    fn probe_check(&mut self, check: &Check) -> Result<(Option<Event>, Taken), DriverError> {
        let CheckKind::Probe { name, with } = &check.kind else { return Ok((None, Taken::Settled)) };
        let parameters = self.renderer()?.parameters(&check.id, with)?;
        let probe = self
            .registry
            .build_probe(name, parameters)
            .map_err(|source| DriverError::Registry { id: check.id.clone(), source })?;
        let now = self.clock.now();
        let intent = Intent { at: now, token: "0".repeat(32), acted: None, resumed: false };
        Ok(match probe.examine(&Context { world: self.world, intent: &intent, now }) {
            Ok(Finding::Holds(evidence)) => (Some(Event::CheckHeld { evidence }), Taken::Settled),
            Ok(Finding::Fails(faults)) => (
                Some(Event::CheckFailed { faults: faults.clone() }),
                Taken::Pending(pending(&check.id, &check.title, Obstacle::CheckFailed(faults))),
            ),
            Err(error) => (None, Taken::Pending(pending(&check.id, &check.title, Obstacle::Failed(error)))),
        })
    }

    fn tell_check(&mut self, check: &Check, taken: &Taken, took: Duration) {
        let text;
        let outcome = match taken {
            Taken::Settled | Taken::Stop => {
                text = match self.state.check(&check.id, check.per_candidate) {
                    Some(CheckRecord::Held(evidence)) => evidence.clone(),
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
}
