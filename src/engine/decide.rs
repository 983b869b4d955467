// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a person decides about a step or check: to attest, to skip, to rule, to drop an
//! attempt. Each is recorded with its reason. Taking back is in [`undo`](super::undo),
//! cancelling in [`cancel`](super::cancel).

use super::action::{Context, Intent};
use super::driver::Driver;
use super::event::Event;
use super::halt::{DriverError, Taken};
use super::plan::{CheckState, PhaseState};
use super::state::{Intention, StepRecord, StepStatus};
use super::workflow::{CheckKind, Step};

/// What a person does who answers for something.
const ATTEST: &str = "attest";

/// What became of a person's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It is recorded.
    Recorded,
    /// The truth shows that the check holds: that is recorded, and needs nobody's word.
    Holds,
}

impl<'a, W: ?Sized + 'static> Driver<'a, W> {
    /// Records that a person answers for a step or check; a check that the truth can show is
    /// asked first.
    ///
    /// # Errors
    /// When it does not apply, is settled, is a gate, its phase is not at work, or
    /// the note does not hold what the workflow says.
    pub fn attest(&mut self, id: &str, note: &str) -> Result<Decided, DriverError> {
        let item = self.open_item(id, ATTEST)?;
        if let Some(fault) = self.workflow.note_of(id).fault(note) {
            let what = format!("cannot attest `{id}`: {fault}");
            let hint = "later texts take it from there: `quorate guide` says of the step which link is meant";
            return Err(DriverError::Refused { what, hint: hint.to_owned() });
        }
        let note = note.to_owned();
        match item {
            Item::Step(scope) => {
                if let Some(fault) = self.spoiled_text(scope, Some(id), &note, |note| Event::StepAttested { note })? {
                    let what = format!("cannot attest `{id}` with this note: {fault}");
                    let hint = "nothing was recorded; say it in other words, as plain text".to_owned();
                    return Err(DriverError::Refused { what, hint });
                }
                self.record(scope, Some(id), Event::StepAttested { note })?;
            }
            Item::Check(_) if self.truth_shows(id)? => return Ok(Decided::Holds),
            Item::Check(scope) => self.record(scope, Some(id), Event::CheckAttested { note })?,
        }
        self.complete_what_is_settled()?;
        Ok(Decided::Recorded)
    }

    /// Whether the truth shows a check after all, which then needs nobody's word. It is asked
    /// here, so that what a person answers for is what the truth does not show.
    fn truth_shows(&mut self, id: &str) -> Result<bool, DriverError> {
        let Some((_, check)) = self.workflow.check(id) else { return Err(self.no_such_item(id)) };
        match &check.kind {
            CheckKind::Probe { name, with } => Ok(matches!(self.ask_the_truth(check, name, with)?, Taken::Settled)),
            CheckKind::Question { .. } => Ok(false),
        }
    }

    /// Records that a step or check is left out; a check that the truth can show is asked first.
    ///
    /// # Errors
    /// When it does not apply, is settled, is a gate, or its phase is not at work.
    pub fn skip(&mut self, id: &str, why: &str) -> Result<Decided, DriverError> {
        let why = why.to_owned();
        match self.open_item(id, "skip")? {
            Item::Step(scope) => self.record(scope, Some(id), Event::StepSkipped { why })?,
            Item::Check(_) if self.truth_shows(id)? => return Ok(Decided::Holds),
            Item::Check(scope) => self.record(scope, Some(id), Event::CheckSkipped { why })?,
        }
        self.complete_what_is_settled()?;
        Ok(Decided::Recorded)
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

    /// Whether a step of the candidate was tried in vain, and nothing can be asked that would
    /// tell whether it was done: an attestation is enough to cancel the candidate then.
    pub fn only_a_person_can_tell(&self, step: &Step) -> bool {
        let Some(record) = self.state.step(&step.id, step.per_candidate).filter(|_| step.per_candidate) else {
            return false;
        };
        let in_vain = matches!(record.status, StepStatus::Conflicted { .. } | StepStatus::Failed { .. });
        let Some(Intention { at, token, acted, perhaps_acted, anew }) = record.intention.clone().filter(|_| in_vain)
        else {
            return false;
        };
        let intent = Intent { at, token, acted, resumed: perhaps_acted, anew };
        let cx = Context { world: self.world, intent: &intent, now: self.clock.now() };
        self.build(step).is_ok_and(|action| action.only_a_person_can_tell(&cx))
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
            let only_told = self.only_a_person_can_tell(step);
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
            } else if let Some(reader) = self.workflow.reader_of(step).filter(|_| verb != ATTEST || !only_told) {
                let why = format!("`{reader}` needs what this step records of itself");
                let status = self.state.step(id, step.per_candidate).map(|record| &record.status);
                let hint = match status {
                    _ if only_told => format!(
                        "if it was done, `quorate attest {id} --note MESSAGE-ID` says so, and `quorate cancel-candidate \
                         --why …` then ends the candidate and tells that thread; if it was not, \
                         `quorate run {id} --again --why …`"
                    ),
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
        if !phase.steps_settled() {
            let hint = "do those first; what the truth does not show then is a person's to answer for";
            return refuse("what it judges is there once the steps of its phase are done".into(), hint);
        }
        Ok(Item::Check(self.state.scope(check.per_candidate)))
    }
}

/// What a decision is about, with the scope of its record.
enum Item {
    Step(u32),
    Check(u32),
}
