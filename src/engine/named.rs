// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Taking up the steps and checks that a person names.

use super::driver::Driver;
use super::halt::{DriverError, Halt, Pending, Taken, failed_service};
use super::person::Person;
use super::plan::{PhaseState, Plan};
use super::workflow::CheckKind;

impl<W: ?Sized + 'static> Driver<'_, W> {
    pub(super) fn advance_items(&mut self, ids: &[String], person: &mut dyn Person) -> Result<Halt, DriverError> {
        self.open_next_candidate()?;
        let mut pending: Vec<Pending> = Vec::new();
        let mut held: Vec<&str> = Vec::new();
        for id in ids {
            // what comes after something that waits has its turn later
            let needs = self.workflow.step(id).map(|(_, step)| step.needs.as_slice()).unwrap_or_default();
            let waits = |need: &String| held.contains(&&**need) || pending.iter().any(|item| item.id == *need);
            if needs.iter().any(waits) {
                held.push(id);
                continue;
            }
            match self.take_up_item(failed_service(&pending), id, person)? {
                Taken::Settled => {}
                Taken::Stop if failed_service(&pending).is_some() => break,
                Taken::Stop => return Ok(Halt::Stopped),
                Taken::Pending(item) => {
                    let stop = item.obstacle.ends_the_run();
                    pending.push(item);
                    if stop {
                        break;
                    }
                }
            }
        }
        Ok(if pending.is_empty() { Halt::GoalReached } else { Halt::Pending(pending) })
    }

    fn take_up_item(
        &mut self,
        failed: Option<&Pending>,
        id: &str,
        person: &mut dyn Person,
    ) -> Result<Taken, DriverError> {
        let plan = self.plan()?;
        let not_now = |why: String| DriverError::Refused {
            what: format!("`{id}` cannot be taken up now: {why}"),
            hint: "`quorate status` shows what is next".into(),
        };
        let Some(phase) = plan.phase_of(id) else { return Err(self.no_such_item(id)) };
        let waits = phase.state == PhaseState::Waiting;
        if let Some(step) = plan.step(id) {
            return if step.state.settled() {
                Ok(Taken::Settled)
            } else if waits {
                Err(not_now(at_work(&plan)))
            } else if !step.can_be_taken_up() {
                Err(not_now(step.detail.clone()))
            } else {
                self.take_up_after(failed, id, person)
            };
        }
        // The truth can be asked at any time, a person when it is their turn.
        let asks_a_person =
            self.workflow.check(id).is_some_and(|(_, check)| matches!(check.kind, CheckKind::Question { .. }));
        if waits && asks_a_person {
            return Err(not_now(at_work(&plan)));
        }
        self.ask_check(id, person)
    }

    /// The refusal of an id that is in no phase of the plan.
    pub(super) fn no_such_item(&self, id: &str) -> DriverError {
        self.workflow.no_such_item(id)
    }
}

fn at_work(plan: &Plan) -> String {
    match &plan.phase {
        Some(phase) => format!("phase `{phase}` is at work"),
        None => "the next candidate is yet to open".into(),
    }
}
