// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Asking the checks of a phase: the truth where a probe can ask it, a person otherwise.

use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::action::{ActionError, Context, Finding, Intent};
use super::driver::{Driver, Pass};
use super::event::Event;
use super::halt::{DriverError, Halt, Obstacle, Pending, Taken, pending, with_causes};
use super::observer::CheckOutcome;
use super::person::{Answer, Person};
use super::plan::CheckState;
use super::preview;
use super::state::{CheckRecord, check_record};
use super::workflow::{Check, CheckKind, Phase, Step};

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
        match &check.kind {
            CheckKind::Probe { name, with } => self.ask_the_truth(check, name, with),
            CheckKind::Question { .. } => self.ask_a_person(phase, check, person),
        }
    }

    fn ask_a_person(&mut self, phase: &Phase, check: &Check, person: &mut dyn Person) -> Result<Taken, DriverError> {
        let preview = preview::preview_check(&self.renderer()?, phase, check)?;
        match person.attest(&preview).held_to(preview.note) {
            Answer::Yes { note } => {
                let scope = self.state.scope(check.per_candidate);
                self.record(scope, Some(&check.id), Event::CheckAttested { note: note.clone() })?;
                self.observer.check_ends(&check.id, &check.title, CheckOutcome::Attested(&note), Duration::ZERO);
                Ok(Taken::Settled)
            }
            Answer::Later { why } => Ok(Taken::Pending(pending(&check.id, &check.title, Obstacle::Person(why)))),
            Answer::Stop => Ok(Taken::Stop),
        }
    }

    /// Asks once more what must still hold when the step acts; why it must not, where
    /// something does not hold or cannot be asked. What a person answers for is not asked.
    pub(super) fn recheck(&mut self, step: &Step) -> Result<Option<ActionError>, DriverError> {
        let workflow = self.workflow;
        let mut faults = Vec::new();
        for id in &step.recheck {
            let (phase, check) = workflow.check(id).ok_or_else(|| self.no_such_item(id))?;
            let CheckKind::Probe { name, with } = &check.kind else { continue };
            let answered = matches!(
                self.state.check(id, check.per_candidate),
                Some(CheckRecord::Attested(_) | CheckRecord::Skipped(_))
            );
            if answered || !self.check_applies(phase, check)? {
                continue;
            }
            match self.ask_the_truth(check, name, with)? {
                Taken::Pending(Pending { obstacle: Obstacle::CheckFailed(found), .. }) => {
                    faults.push(format!("{}: {}", check.id, found.join("; ")));
                }
                Taken::Pending(Pending { obstacle: Obstacle::Failed(error), .. }) => return Ok(Some(error)),
                _ => {}
            }
        }
        if faults.is_empty() {
            return Ok(None);
        }
        let what = format!("what was checked does not hold any more: {}", faults.join("; "));
        let hint = "find out who changed it and why, and have it put right: then run again; a candidate that cannot be \
                    what was checked is answered by `quorate cancel-candidate`";
        Ok(Some(ActionError::refused(what, hint)))
    }

    fn check_applies(&self, phase: &Phase, check: &Check) -> Result<bool, DriverError> {
        let renderer = self.renderer()?;
        for (item, when) in [(&phase.id, &phase.when), (&check.id, &check.when)] {
            if let Some(when) = when
                && !renderer.holds(item, when)?
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Has the probe asked; records what it found where that is news.
    pub(super) fn ask_the_truth(
        &mut self,
        check: &Check,
        name: &str,
        with: &Map<String, Value>,
    ) -> Result<Taken, DriverError> {
        let started = Instant::now();
        let parameters = self.renderer()?.parameters(&check.id, with)?;
        let probe = self
            .registry
            .build_probe(name, parameters)
            .map_err(|source| DriverError::Registry { id: check.id.clone(), source })?;
        let now = self.clock.now();
        let intent = Intent { at: now, token: "0".repeat(32), acted: None, resumed: false, anew: false };
        let finding = probe.examine(&Context { world: self.world, intent: &intent, now });
        self.record_finding(check, finding.as_ref().ok())?;
        let text;
        let outcome = match &finding {
            Ok(Finding::Holds(evidence)) => CheckOutcome::Holds(evidence),
            Ok(Finding::Fails(faults)) => CheckOutcome::Failed(faults),
            Err(error) => {
                text = with_causes(error);
                CheckOutcome::Unknown(&text)
            }
        };
        self.observer.check_ends(&check.id, &check.title, outcome, started.elapsed());
        let obstacle = match finding {
            Ok(Finding::Holds(_)) => return Ok(Taken::Settled),
            Ok(Finding::Fails(faults)) => Obstacle::CheckFailed(faults),
            Err(error) => Obstacle::Failed(error),
        };
        Ok(Taken::Pending(pending(&check.id, &check.title, obstacle)))
    }

    fn record_finding(&mut self, check: &Check, finding: Option<&Finding>) -> Result<(), DriverError> {
        let event = match finding {
            Some(Finding::Holds(evidence)) => Event::CheckHeld { evidence: evidence.clone() },
            Some(Finding::Fails(faults)) => Event::CheckFailed { faults: faults.clone() },
            None => return Ok(()),
        };
        if self.state.check(&check.id, check.per_candidate) == check_record(&event).as_ref() {
            return Ok(());
        }
        let scope = self.state.scope(check.per_candidate);
        self.record(scope, Some(&check.id), event)
    }
}
