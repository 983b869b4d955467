// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Taking a step back: whether it can be, what that would do, and doing it.

use serde_json::Value;

use super::action::{ActionError, Context, Intent, Reversal};
use super::driver::Driver;
use super::event::Event;
use super::halt::{DriverError, Obstacle};
use super::state::{StepRecord, StepStatus};
use super::workflow::{Effect, Phase, Step, StepKind};

/// What taking a step back would do, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undoing {
    /// Done, or to be done: in a sentence.
    Undo(String),
    /// There is nothing to take back; the step counts as not done again.
    NothingToUndo,
}

impl<'a, W: ?Sized + 'static> Driver<'a, W> {
    /// What taking the step back would do; nothing is done.
    ///
    /// # Errors
    /// When it is not done, others build on it, or it cannot be taken back.
    pub fn foresee_undo(&self, id: &str) -> Result<Undoing, DriverError> {
        let (step, outputs) = self.undoable(id)?;
        match self.reversal(step, outputs.as_ref())? {
            Reversal::Undo(what) => Ok(Undoing::Undo(what)),
            Reversal::NothingToUndo => Ok(Undoing::NothingToUndo),
            Reversal::Irreversible(why) => Err(public(id, &why)),
        }
    }

    /// How the step with these outputs can be taken back.
    fn reversal(&self, step: &Step, outputs: Option<&Value>) -> Result<Reversal, DriverError> {
        let (StepKind::Action { .. }, Some(outputs)) = (&step.kind, outputs) else {
            return Ok(Reversal::NothingToUndo);
        };
        Ok(match self.build(step)?.reversal(outputs) {
            Reversal::Undo(_) if step.effect == Effect::Public => Reversal::Irreversible("it is public".into()),
            reversal => reversal,
        })
    }

    /// The step, of those that build on `id`, that stays for good, with the reason.
    fn stays_for_good(&self, id: &str) -> Result<Option<(&'a str, String)>, DriverError> {
        for step in self.dependents(id) {
            let record = self.state.step(&step.id, step.per_candidate).map(|record| &record.status);
            if let Some(StepStatus::Done { outputs, .. }) = record
                && let Reversal::Irreversible(why) = self.reversal(step, Some(outputs))?
            {
                return Ok(Some((&step.id, why)));
            }
            if let Some(found) = self.stays_for_good(&step.id)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Takes the step back.
    ///
    /// # Errors
    /// As [`foresee_undo`](Self::foresee_undo), or when taking it back fails; a
    /// repeat goes on.
    pub fn undo(&mut self, id: &str) -> Result<Undoing, DriverError> {
        let foreseen = self.foresee_undo(id)?;
        let (step, outputs) = self.undoable(id)?;
        let what = match (&foreseen, outputs) {
            (Undoing::Undo(what), Some(outputs)) => {
                self.take_back(step, &outputs)?;
                what.clone()
            }
            _ => "nothing had to be taken back".to_owned(),
        };
        let scope = self.state.scope(step.per_candidate);
        self.record(scope, Some(id), Event::StepUndone { what })?;
        Ok(foreseen)
    }

    /// Records that the step is to be taken back, unless an earlier run did, and does it.
    fn take_back(&mut self, step: &Step, outputs: &Value) -> Result<(), DriverError> {
        let action = self.build(step)?;
        let record = self.state.step(&step.id, step.per_candidate);
        let undoing = record.is_some_and(StepRecord::undoing);
        let intent = record.and_then(|record| record.intention.clone()).map_or_else(
            || Intent { at: self.clock.now(), token: "0".repeat(32), acted: None, resumed: false, anew: false },
            |found| Intent { at: found.at, token: found.token, acted: found.acted, resumed: true, anew: found.anew },
        );
        if !undoing {
            let scope = self.state.scope(step.per_candidate);
            self.record(scope, Some(&step.id), Event::UndoIntended {})?;
        }
        let cx = Context { world: self.world, intent: &intent, now: self.clock.now() };
        let id = &step.id;
        action.undo(&cx, outputs).map_err(|error| DriverError::InTheWay {
            what: format!("`{id}` could not be taken back"),
            obstacle: match error {
                ActionError::Conflict { found, expected } => Obstacle::Conflict { found, expected },
                error => Obstacle::Failed(error),
            },
            hint: format!(
                "the same command goes on where this ended; `quorate undo {id} --drop --why …` leaves what is there"
            ),
        })
    }

    /// Whether taking the step back was begun and did not end, so that
    /// [`drop_undo`](Self::drop_undo) has something to drop.
    ///
    /// # Errors
    /// When it was not.
    pub fn undo_droppable(&self, id: &str) -> Result<(), DriverError> {
        let Some((_, step)) = self.workflow.step(id) else { return Err(self.no_such_item(id)) };
        if self.state.step(id, step.per_candidate).is_some_and(StepRecord::undoing) {
            return Ok(());
        }
        Err(DriverError::Refused {
            what: format!("no taking back of `{id}` is under way: there is nothing to drop"),
            hint: "`quorate status` shows how it stands".into(),
        })
    }

    /// Records that a step whose taking back did not end is not taken back any further:
    /// the next run asks the truth how it stands.
    ///
    /// # Errors
    /// As [`undo_droppable`](Self::undo_droppable).
    pub fn drop_undo(&mut self, id: &str, why: &str) -> Result<(), DriverError> {
        self.undo_droppable(id)?;
        let Some((_, step)) = self.workflow.step(id) else { return Err(self.no_such_item(id)) };
        let scope = self.state.scope(step.per_candidate);
        self.record(scope, Some(id), Event::UndoDropped { why: why.to_owned() })
    }

    /// The step, with its outputs where the program did it; refused where it is
    /// not done or where other steps build on it.
    fn undoable(&self, id: &str) -> Result<(&'a Step, Option<Value>), DriverError> {
        let refuse = |what: String, hint: String| Err(DriverError::Refused { what, hint });
        let workflow = self.workflow;
        let Some((_, step)) = workflow.step(id) else {
            return match workflow.check(id) {
                Some(_) => refuse(
                    format!("`{id}` is a check: there is nothing to take back"),
                    format!("`quorate run {id}` asks it again"),
                ),
                None => Err(self.no_such_item(id)),
            };
        };
        if self.ended_with_candidate(id) {
            return refuse(
                format!("`{id}` is not taken back: candidate {} is cancelled", self.state.candidate.number),
                "what it left is taken down with it, as one act: `quorate run` goes on with that".into(),
            );
        }
        let record = self.state.step(id, step.per_candidate);
        // A person's word does not make undone what the program has, or may have, told others.
        let by_person =
            |record: &&StepRecord| matches!(record.status, StepStatus::Attested { .. } | StepStatus::Skipped { .. });
        let told = record.filter(by_person).is_some_and(StepRecord::may_have_acted);
        if told && step.effect == Effect::Public && matches!(step.kind, StepKind::Action { .. }) {
            let why = "the program has acted, and what it told others stays told, whatever was noted of it since";
            return Err(public(id, why));
        }
        let outputs = match record.map(|record| &record.status) {
            Some(StepStatus::Done { outputs, .. } | StepStatus::Undoing { outputs }) => Some(outputs.clone()),
            Some(StepStatus::Attested { .. } | StepStatus::Skipped { .. }) => None,
            _ => {
                return refuse(
                    format!("`{id}` is not done: there is nothing to take back"),
                    "`quorate status` shows what is done".into(),
                );
            }
        };
        if let Ok(Reversal::Irreversible(why)) = self.reversal(step, outputs.as_ref()) {
            return Err(public(id, &why));
        }
        if let Some(told) = self.told_of_candidate(id) {
            return refuse(
                format!("`{id}` cannot be taken back: `{told}` has told others of this candidate as it is"),
                "`quorate cancel-candidate --why …` ends the candidate as one act, and the next one begins".into(),
            );
        }
        let dependents = self.dependents(id);
        let Some(last) = dependents.last() else { return Ok((step, outputs)) };
        if let Some((builder, why)) = self.stays_for_good(id)? {
            return Err(public(id, &format!("`{builder}`, which builds on it, stays: {why}")));
        }
        let names: Vec<&str> = dependents.iter().map(|step| step.id.as_str()).collect();
        let last_id = &last.id;
        let settled = self.state.step(last_id, last.per_candidate).is_some_and(StepRecord::settled);
        refuse(
            format!("`{id}` cannot be taken back while these build on it: {}", names.join(", ")),
            if settled {
                format!("take back {last_id} first")
            } else {
                format!("let `quorate run {last_id}` find out how it ended, then take it back")
            },
        )
    }

    /// Whether the step is of a candidate that is cancelled, and none of those that take it down.
    fn ended_with_candidate(&self, id: &str) -> bool {
        let of_candidate = |phase: &Phase| phase.per_candidate && phase.when.is_none();
        self.state.candidate.cancelled.is_some() && self.workflow.step(id).is_some_and(|(phase, _)| of_candidate(phase))
    }

    /// The step that came after `id` for the same candidate and cannot be taken back, if
    /// there is one: what others were told of stays what it was.
    fn told_of_candidate(&self, id: &str) -> Option<&'a str> {
        let candidates = self.workflow.phases.iter().filter(|phase| phase.per_candidate && phase.when.is_none());
        let mut steps = candidates.flat_map(|phase| &phase.steps).skip_while(|step| step.id != id).skip(1);
        let automated = |step: &Step| matches!(step.kind, StepKind::Action { .. });
        steps
            .find(|step| step.effect == Effect::Public && automated(step) && self.in_use(step))
            .map(|step| step.id.as_str())
    }

    /// The steps that need `id` and are settled or may have left something behind,
    /// in the workflow's order. What a person attests of their own machine does
    /// not count.
    fn dependents(&self, id: &str) -> Vec<&'a Step> {
        let steps = self.workflow.phases.iter().flat_map(|phase| &phase.steps);
        steps
            .filter(|step| step.needs.iter().any(|need| need == id) && self.in_use(step))
            .filter(|step| step.effect != Effect::Local || matches!(step.kind, StepKind::Action { .. }))
            .collect()
    }
}

fn public(id: &str, why: &str) -> DriverError {
    DriverError::Refused {
        what: format!("`{id}` cannot be taken back: {why}"),
        hint: "what is public stays; go forward with the next candidate or the next release".into(),
    }
}
