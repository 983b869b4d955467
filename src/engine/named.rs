// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Taking up the steps and checks that a person names.

use super::driver::Driver;
use super::halt::{DriverError, Halt, Taken};
use super::person::Person;
use super::plan::{PhaseState, Plan};
use super::workflow::CheckKind;

impl<W: ?Sized + 'static> Driver<'_, W> {
    pub(super) fn advance_items(&mut self, ids: &[String], person: &mut dyn Person) -> Result<Halt, DriverError> {
        self.open_next_candidate()?;
        let mut pending = Vec::new();
        for id in ids {
            match self.take_up_item(id, person)? {
                Taken::Settled => {}
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

    fn take_up_item(&mut self, id: &str, person: &mut dyn Person) -> Result<Taken, DriverError> {
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
                self.take_up(id, person)
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
        let steps = self.workflow.phases.iter().flat_map(|phase| &phase.steps).map(|step| step.id.as_str());
        let checks = self.workflow.phases.iter().flat_map(|phase| &phase.checks).map(|check| check.id.as_str());
        let known: Vec<&str> = steps.chain(checks).collect();
        if known.contains(&id) {
            return DriverError::Refused {
                what: format!("`{id}` does not apply to this release as it stands"),
                hint: "`quorate status` lists what does".into(),
            };
        }
        let near: Vec<&str> = known.into_iter().filter(|name| is_near(name, id)).take(3).collect();
        DriverError::Refused {
            what: format!("there is no step or check `{id}`"),
            hint: if near.is_empty() {
                "`quorate status` lists them".into()
            } else {
                format!("did you mean {}?", near.join(" or "))
            },
        }
    }
}

fn at_work(plan: &Plan) -> String {
    match &plan.phase {
        Some(phase) => format!("phase `{phase}` is at work"),
        None => "the next candidate is yet to open".into(),
    }
}

/// Whether somebody who typed `typed` may have meant `name`.
fn is_near(name: &str, typed: &str) -> bool {
    !typed.is_empty() && (name.contains(typed) || typed.contains(name) || edits(name, typed) <= 2)
}

/// How many letters have to be added, removed or replaced to come from one to the other.
fn edits(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, from) in one.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in other.bytes().enumerate() {
            let replaced = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}
