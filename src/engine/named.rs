// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Taking up the steps and checks that a person names.

use super::driver::Driver;
use super::halt::{DriverError, Halt, Taken};
use super::person::Person;
use super::plan::{Plan, PlannedStep};

impl<W: ?Sized + 'static> Driver<'_, W> {
    pub(super) fn advance_items(&mut self, ids: &[String], person: &mut dyn Person) -> Result<Halt, DriverError> {
        let mut pending = Vec::new();
        for id in ids {
            let plan = self.plan()?;
            let taken = if let Some(planned) = plan.step(id) {
                if planned.state.settled() {
                    continue;
                }
                if !planned.can_be_taken_up() {
                    return Err(DriverError::Refused {
                        what: format!("`{id}` cannot be taken up now: {}", waiting_reason(&plan, planned)),
                        hint: "`quorate status` shows what is next".into(),
                    });
                }
                self.take_up(id, person)?
            } else if plan.check(id).is_some() {
                self.ask_check(id, person)?
            } else {
                return Err(self.no_such_item(id));
            };
            match taken {
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

    pub(super) fn no_such_item(&self, id: &str) -> DriverError {
        let known: Vec<&str> = self
            .workflow
            .phases
            .iter()
            .flat_map(|phase| {
                phase
                    .steps
                    .iter()
                    .map(|step| step.id.as_str())
                    .chain(phase.checks.iter().map(|check| check.id.as_str()))
            })
            .collect();
        let near = known.iter().filter(|name| name.contains(id) || id.contains(**name)).copied().collect::<Vec<_>>();
        DriverError::Refused {
            what: format!("there is no step or check `{id}` that applies to this release"),
            hint: if near.is_empty() {
                "`quorate status` lists them".into()
            } else {
                format!("did you mean {}?", near.join(" or "))
            },
        }
    }
}

fn waiting_reason(plan: &Plan, step: &PlannedStep) -> String {
    match &plan.phase {
        _ if !step.detail.is_empty() => step.detail.clone(),
        Some(phase) => format!("phase `{phase}` is at work"),
        None => "the release is completed".into(),
    }
}
