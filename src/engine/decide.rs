// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a person decides about a release: to attest, to skip, to take back, to
//! cancel a candidate. Each is recorded with its reason.

use super::action::{Context, Intent, Reversal};
use super::driver::Driver;
use super::event::Event;
use super::halt::{DriverError, with_causes};
use super::plan::{PhaseState, Plan};
use super::state::StepStatus;
use super::workflow::{Effect, Step, StepKind};

/// What taking a step back would do, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undoing {
    /// Done, or to be done: in a sentence.
    Undo(String),
    /// There is nothing to take back; the step counts as not done again.
    NothingToUndo,
}

impl<'a, W: ?Sized + 'static> Driver<'a, W> {
    /// Records that a person answers for a step or check.
    ///
    /// # Errors
    /// When it does not apply, is settled, is a gate, or its phase is not at work.
    pub fn attest(&mut self, id: &str, note: &str) -> Result<(), DriverError> {
        let note = note.to_owned();
        if self.open_step(id, "attest")? {
            self.record_item(id, Event::StepAttested { note })
        } else {
            self.record_item(id, Event::CheckAttested { note })
        }
    }

    /// Records that a step or check is left out.
    ///
    /// # Errors
    /// When it does not apply, is settled, is a gate, or its phase is not at work.
    pub fn skip(&mut self, id: &str, why: &str) -> Result<(), DriverError> {
        let why = why.to_owned();
        if self.open_step(id, "skip")? {
            self.record_item(id, Event::StepSkipped { why })
        } else {
            self.record_item(id, Event::CheckSkipped { why })
        }
    }

    /// What taking the step back would do; nothing is done.
    ///
    /// # Errors
    /// When it is not done, others build on it, or it cannot be taken back.
    pub fn foresee_undo(&self, id: &str) -> Result<Undoing, DriverError> {
        let (step, outputs) = self.undoable(id)?;
        let StepKind::Action { .. } = &step.kind else { return Ok(Undoing::NothingToUndo) };
        let Some(outputs) = outputs else { return Ok(Undoing::NothingToUndo) };
        match self.build(step)?.reversal(&outputs) {
            Reversal::Undo(what) => Ok(Undoing::Undo(what)),
            Reversal::NothingToUndo => Ok(Undoing::NothingToUndo),
            Reversal::Irreversible(why) => Err(DriverError::Refused {
                what: format!("`{id}` cannot be taken back: {why}"),
                hint: "what is public stays; go forward with the next candidate or the next release".into(),
            }),
        }
    }

    /// Takes the step back.
    ///
    /// # Errors
    /// As [`foresee_undo`](Self::foresee_undo), or when taking it back fails; a
    /// repeat goes on.
    pub fn undo(&mut self, id: &str) -> Result<Undoing, DriverError> {
        let foreseen = self.foresee_undo(id)?;
        let (step, outputs) = self.undoable(id)?;
        let scope = self.state.scope(step.per_candidate);
        let what = match (&foreseen, outputs) {
            (Undoing::Undo(what), Some(outputs)) => {
                let record = self.state.step(id, step.per_candidate);
                let intent = record.and_then(|record| record.intention.clone()).map_or_else(
                    || Intent { at: self.clock.now(), token: "0".repeat(32), acted: None, resumed: false },
                    |found| Intent { at: found.at, token: found.token, acted: found.acted, resumed: true },
                );
                self.record(scope, Some(id), Event::UndoIntended {})?;
                let action = self.build(step)?;
                action.undo(&Context { world: self.world, intent: &intent, now: self.clock.now() }, &outputs).map_err(
                    |error| DriverError::Refused {
                        hint: error.hint().unwrap_or("the same command goes on where this ended").to_owned(),
                        what: format!("`{id}` could not be taken back: {}", with_causes(&error)),
                    },
                )?;
                what.clone()
            }
            _ => "nothing had to be taken back".to_owned(),
        };
        self.record(scope, Some(id), Event::StepUndone { what })?;
        Ok(foreseen)
    }

    /// Cancels the current candidate; what that has to take back are the steps
    /// of the phase that then applies.
    ///
    /// # Errors
    /// When it is cancelled already, or a later phase has begun to publish it.
    pub fn cancel_candidate(&mut self, why: &str) -> Result<(), DriverError> {
        let number = self.state.candidate.number;
        if self.state.candidate.cancelled.is_some() {
            return Err(DriverError::Refused {
                what: format!("candidate {number} is cancelled already"),
                hint: "`quorate run` goes on with taking it back".into(),
            });
        }
        let published = self.settled_after_candidates();
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
            .any(|phase| phase.steps.iter().any(|step| self.state.step(&step.id, true).is_some()));
        if !begun {
            return Err(DriverError::Refused {
                what: format!("candidate {number} has not begun: there is nothing to cancel"),
                hint: "`quorate status` shows where the release stands".into(),
            });
        }
        self.record(0, None, Event::CandidateCancelled { why: why.to_owned() })
    }

    /// The settled steps of the phases that come after those of a candidate.
    fn settled_after_candidates(&self) -> Vec<String> {
        let last = self.workflow.phases.iter().rposition(|phase| phase.per_candidate);
        let after = last.map_or(&[][..], |last| &self.workflow.phases[last + 1..]);
        after
            .iter()
            .flat_map(|phase| &phase.steps)
            .filter(|step| {
                let record = self.state.step(&step.id, step.per_candidate);
                record.is_some_and(|record| {
                    !matches!(record.status, StepStatus::Skipped { .. } | StepStatus::Undone { .. })
                })
            })
            .map(|step| step.id.clone())
            .collect()
    }

    /// Whether `id` is an open step (else an open check) of the phase at work.
    fn open_step(&self, id: &str, verb: &str) -> Result<bool, DriverError> {
        let plan = self.plan()?;
        let refuse = |what: String, hint: &str| Err(DriverError::Refused { what, hint: hint.to_owned() });
        let Some(phase) = plan.phases.iter().find(|phase| {
            phase.steps.iter().any(|step| step.id == id) || phase.checks.iter().any(|check| check.id == id)
        }) else {
            return Err(self.no_such_item(id));
        };
        if phase.state != PhaseState::Active {
            return refuse(
                format!("cannot {verb} `{id}`: its phase `{}` is not at work", phase.id),
                "`quorate status` shows which phase is",
            );
        }
        if let Some(step) = plan.step(id) {
            if step.state.settled() {
                return refuse(format!("cannot {verb} `{id}`: it is settled already"), "`quorate log` shows how");
            }
            let waits_for_others = step.state == super::plan::StepState::Waiting && !step.attempted;
            if waits_for_others {
                return refuse(format!("cannot {verb} `{id}`: it waits: {}", step.detail), "do those first");
            }
            return Ok(true);
        }
        if self.workflow.check(id).is_some_and(|(_, check)| check.gate) {
            return refuse(
                format!("cannot {verb} `{id}`: it is a gate, which the truth alone opens"),
                "`quorate run` asks it; a vote that did not pass is answered by `quorate cancel-candidate`",
            );
        }
        Ok(false)
    }

    fn record_item(&mut self, id: &str, event: Event) -> Result<(), DriverError> {
        let per_candidate = match (self.workflow.step(id), self.workflow.check(id)) {
            (Some((_, step)), _) => step.per_candidate,
            (None, Some((_, check))) => check.per_candidate,
            (None, None) => return Err(self.no_such_item(id)),
        };
        let scope = self.state.scope(per_candidate);
        self.record(scope, Some(id), event)
    }

    /// The step, with its outputs where the program did it; refused where it is
    /// not done or where settled steps need it.
    fn undoable(&self, id: &str) -> Result<(&'a Step, Option<serde_json::Value>), DriverError> {
        let workflow = self.workflow;
        let Some((_, step)) = workflow.step(id) else { return Err(self.no_such_item(id)) };
        let outputs = match self.state.step(id, step.per_candidate).map(|record| &record.status) {
            Some(StepStatus::Done { outputs, .. } | StepStatus::Undoing { outputs }) => Some(outputs.clone()),
            Some(StepStatus::Attested { .. } | StepStatus::Skipped { .. }) => None,
            _ => {
                return Err(DriverError::Refused {
                    what: format!("`{id}` is not done: there is nothing to take back"),
                    hint: "`quorate status` shows what is done".into(),
                });
            }
        };
        let plan = self.plan()?;
        let dependents = dependents(workflow, &plan, id);
        if dependents.is_empty() {
            return Ok((step, outputs));
        }
        Err(DriverError::Refused {
            what: format!("`{id}` cannot be taken back while these build on it: {}", dependents.join(", ")),
            hint: format!("take back {} first", dependents.last().map_or("", String::as_str)),
        })
    }
}

/// The settled steps that need `id`, in the workflow's order.
fn dependents(workflow: &super::workflow::Workflow, plan: &Plan, id: &str) -> Vec<String> {
    workflow
        .phases
        .iter()
        .flat_map(|phase| &phase.steps)
        .filter(|step| step.needs.iter().any(|need| need == id))
        .filter(|step| plan.step(&step.id).is_some_and(|planned| planned.state.settled()))
        .filter(|step| step.effect != Effect::Local || matches!(step.kind, StepKind::Action { .. }))
        .map(|step| step.id.clone())
        .collect()
}
