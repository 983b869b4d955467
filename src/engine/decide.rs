// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a person decides about a release: to attest, to skip, to take back, to
//! cancel a candidate. Each is recorded with its reason.

use serde_json::Value;

use super::action::{ActionError, Context, Intent, Reversal};
use super::driver::Driver;
use super::event::Event;
use super::halt::{DriverError, Obstacle};
use super::plan::{CheckState, PhaseState, Plan};
use super::render::Renderer;
use super::state::{StepRecord, StepStatus};
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
    /// When it does not apply, is settled, is a gate, its phase is not at work, or
    /// the note does not hold what the workflow says.
    pub fn attest(&mut self, id: &str, note: &str) -> Result<(), DriverError> {
        let item = self.open_item(id, "attest")?;
        if let Some(fault) = self.workflow.note_of(id).fault(note) {
            let what = format!("cannot attest `{id}`: {fault}");
            let hint = "later texts take it from there: `quorate guide` says of the step which link is meant";
            return Err(DriverError::Refused { what, hint: hint.to_owned() });
        }
        let note = note.to_owned();
        match item {
            Item::Step(scope) => self.record(scope, Some(id), Event::StepAttested { note })?,
            Item::Check(scope) => self.record(scope, Some(id), Event::CheckAttested { note })?,
        }
        self.complete_what_is_settled()
    }

    /// Records that a step or check is left out.
    ///
    /// # Errors
    /// When it does not apply, is settled, is a gate, or its phase is not at work.
    pub fn skip(&mut self, id: &str, why: &str) -> Result<(), DriverError> {
        let why = why.to_owned();
        match self.open_item(id, "skip")? {
            Item::Step(scope) => self.record(scope, Some(id), Event::StepSkipped { why })?,
            Item::Check(scope) => self.record(scope, Some(id), Event::CheckSkipped { why })?,
        }
        self.complete_what_is_settled()
    }

    /// Records what a person rules on something that a step has to judge: `about` and
    /// `ruling` are in the step's own words. What was ruled so already is not recorded again.
    ///
    /// # Errors
    /// When there is no such step, or it is settled.
    pub fn rule(&mut self, id: &str, about: &str, ruling: &str, why: &str) -> Result<(), DriverError> {
        let Some((_, step)) = self.workflow.step(id) else { return Err(self.no_such_item(id)) };
        if self.state.step(id, step.per_candidate).is_some_and(StepRecord::settled) {
            return Err(DriverError::Refused {
                what: format!("`{id}` is settled: a ruling would change nothing in it"),
                hint: format!("`quorate undo {id}` takes it back, where that can be done; rule then, and run again"),
            });
        }
        let mut before = self.state.rulings_on(id, step.per_candidate);
        if before.any(|(what, record)| what == about && record.ruling == ruling && record.why == why) {
            return Ok(());
        }
        drop(before);
        let (about, ruling, why) = (about.to_owned(), ruling.to_owned(), why.to_owned());
        let scope = self.state.scope(step.per_candidate);
        self.record(scope, Some(id), Event::StepRuled { about, ruling, why })
    }

    /// When the attempt began that [`drop_intention`](Self::drop_intention) would
    /// declare void.
    ///
    /// # Errors
    /// When the step is settled, a person does it, or there was no attempt.
    pub fn droppable(&self, id: &str) -> Result<jiff::Timestamp, DriverError> {
        let Some((_, step)) = self.workflow.step(id) else { return Err(self.no_such_item(id)) };
        let refuse = |what: &str, hint: String| {
            Err(DriverError::Refused { what: format!("`{id}` cannot begin anew: {what}"), hint })
        };
        let Some(record) = self.state.step(id, step.per_candidate) else {
            return refuse("it was not attempted", format!("`quorate run {id}` takes it up"));
        };
        if record.settled() {
            return refuse("it is settled", format!("`quorate undo {id}` takes it back, where that can be done"));
        }
        match (&record.status, &record.intention) {
            (StepStatus::Undoing { .. }, _) => {
                refuse("a run ended while taking it back", format!("`quorate undo {id}` goes on"))
            }
            (_, Some(intention)) => Ok(intention.at),
            (_, None) => refuse("no attempt is open", format!("`quorate run {id}` takes it up")),
        }
    }

    /// Records that a person says that what was intended did not happen: the
    /// step's next attempt has an intention, and so a time and a token, of its own.
    ///
    /// # Errors
    /// As [`droppable`](Self::droppable).
    pub fn drop_intention(&mut self, id: &str, why: &str) -> Result<(), DriverError> {
        self.droppable(id)?;
        let Some((_, step)) = self.workflow.step(id) else { return Err(self.no_such_item(id)) };
        let scope = self.state.scope(step.per_candidate);
        self.record(scope, Some(id), Event::IntentionDropped { why: why.to_owned() })
    }

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

    /// Cancels the current candidate; what that has to take back are the steps
    /// of the phase that then applies.
    ///
    /// # Errors
    /// As [`cancellable`](Self::cancellable) and
    /// [`ask_what_is_in_doubt`](Self::ask_what_is_in_doubt).
    pub fn cancel_candidate(&mut self, why: &str) -> Result<(), DriverError> {
        self.cancellable()?;
        self.ask_what_is_in_doubt()?;
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

    fn in_use(&self, step: &Step) -> bool {
        self.state.step(&step.id, step.per_candidate).is_some_and(StepRecord::in_use)
    }

    /// An open step or check of the phase at work, with the scope of its record.
    fn open_item(&mut self, id: &str, verb: &str) -> Result<Item, DriverError> {
        self.open_next_candidate()?;
        let plan = self.plan()?;
        let refuse = |why: String, hint: &str| {
            Err(DriverError::Refused { what: format!("cannot {verb} `{id}`: {why}"), hint: hint.to_owned() })
        };
        let Some(phase) = plan.phase_of(id) else { return Err(self.no_such_item(id)) };
        // What is optional may be decided on once the phase has ended without it.
        let left_open = phase.state == PhaseState::Done && plan.step(id).is_some_and(|step| step.optional);
        if phase.state != PhaseState::Active && !left_open {
            let why = format!("its phase `{}` is not at work", phase.id);
            return refuse(why, "`quorate status` shows which phase is");
        }
        if let (Some(planned), Some((_, step))) = (plan.step(id), self.workflow.step(id)) {
            return if planned.state.settled() {
                let hint = format!(
                    "`quorate log --step {id}` shows how; `quorate undo {id}` takes it back, where that can be done"
                );
                refuse("it is settled already".into(), &hint)
            } else if self.state.step(id, step.per_candidate).is_some_and(StepRecord::undoing) {
                refuse(planned.detail.clone(), "do that first")
            } else if step.gate {
                refuse("it is a gate, which only its being done opens".into(), &format!("`quorate run {id}`"))
            } else if !planned.can_be_taken_up() {
                refuse(format!("it waits: {}", planned.detail), "do those first")
            } else if let Some(reader) = self.workflow.reader_of(step) {
                let why = format!("`{reader}` needs what this step records of itself");
                let status = self.state.step(id, step.per_candidate).map(|record| &record.status);
                let hint = match status {
                    Some(StepStatus::Conflicted { found, expected }) => format!(
                        "`quorate run {id}` records it once what is there is what was expected; it found {found}; \
                         expected {expected}"
                    ),
                    _ => format!("where it was done by hand, `quorate run {id}` finds it done and records it"),
                };
                refuse(why, &hint)
            } else {
                Ok(Item::Step(self.state.scope(step.per_candidate)))
            };
        }
        let (Some(planned), Some((_, check))) = (plan.check(id), self.workflow.check(id)) else {
            return Err(self.no_such_item(id));
        };
        if check.gate {
            let hint = if check.per_candidate {
                "`quorate run` asks it again; what cannot be put right is answered by `quorate cancel-candidate`"
            } else {
                "`quorate run` asks it again"
            };
            return refuse("it is a gate, which the truth alone opens".into(), hint);
        }
        if matches!(planned.state, CheckState::Attested | CheckState::Holds) {
            return refuse("it is settled already".into(), &format!("`quorate run {id}` asks it again"));
        }
        Ok(Item::Check(self.state.scope(check.per_candidate)))
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
        let outputs = match self.state.step(id, step.per_candidate).map(|record| &record.status) {
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

/// What a decision is about, with the scope of its record.
enum Item {
    Step(u32),
    Check(u32),
}

fn public(id: &str, why: &str) -> DriverError {
    DriverError::Refused {
        what: format!("`{id}` cannot be taken back: {why}"),
        hint: "what is public stays; go forward with the next candidate or the next release".into(),
    }
}
