// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! One attempt at one automated step: record the intention, ask the truth, act
//! where it is absent, ask again, record the outcome.

use serde_json::Value;

use super::action::{Action, ActionError, Context, Intent, Probed};
use super::driver::Driver;
use super::event::Event;
use super::halt::{DriverError, with_causes};
use super::state::{Intention, StepStatus};
use super::workflow::{Step, StepKind};

/// What an attempt came to.
pub(super) enum Attempt {
    Done { outputs: Value, already: bool },
    Waiting { until: Option<jiff::Timestamp>, why: String },
    Failed(ActionError),
    Conflict { found: String, expected: String },
}

impl<W: ?Sized + 'static> Driver<'_, W> {
    pub(super) fn attempt(&mut self, step: &Step) -> Result<Attempt, DriverError> {
        let action = self.build(step)?;
        let (intent, fresh) = self.intend(step)?;
        self.observer.step_begins(step, !fresh);
        let attempt = self.carry_out(step, action.as_ref(), &intent)?;
        self.record_attempt(step, &attempt)?;
        Ok(attempt)
    }

    /// The action behind a step, with its parameters filled in.
    pub(super) fn build(&self, step: &Step) -> Result<Box<dyn Action<W>>, DriverError> {
        let StepKind::Action { name, with } = &step.kind else {
            return Err(DriverError::Refused {
                what: format!("`{}` is for a person to do", step.id),
                hint: format!("`quorate attest {} --note …` once it is done", step.id),
            });
        };
        let parameters = self.renderer()?.parameters(&step.id, with)?;
        self.registry
            .build_action(name, parameters)
            .map_err(|source| DriverError::Registry { id: step.id.clone(), source })
    }

    /// The live intention, or a new one, recorded; says whether it is new.
    fn intend(&mut self, step: &Step) -> Result<(Intent, bool), DriverError> {
        let live = self.state.step(&step.id, step.per_candidate).and_then(|record| record.intention.clone());
        if let Some(Intention { at, token, acted, perhaps_acted }) = live {
            return Ok((Intent { at, token, acted, resumed: perhaps_acted }, false));
        }
        let scope = self.state.scope(step.per_candidate);
        self.record(scope, Some(&step.id), Event::StepIntended { token: new_token() })?;
        let intention = self
            .state
            .step(&step.id, step.per_candidate)
            .and_then(|record| record.intention.clone())
            .expect("the intention was just recorded");
        Ok((Intent { at: intention.at, token: intention.token, acted: None, resumed: false }, true))
    }

    fn carry_out(&mut self, step: &Step, action: &dyn Action<W>, intent: &Intent) -> Result<Attempt, DriverError> {
        let begun = intent.resumed || intent.acted.is_some();
        match self.probe(action, intent) {
            Ok(Probed::Done(outputs)) => return Ok(Attempt::Done { outputs, already: !begun }),
            Ok(Probed::Waiting { until, why }) => return Ok(Attempt::Waiting { until, why }),
            Ok(Probed::Conflict { found, expected }) => return Ok(Attempt::Conflict { found, expected }),
            Ok(Probed::Absent) => {}
            Err(error) => return Ok(Attempt::Failed(error)),
        }
        let problems = {
            let cx = Context { world: self.world, intent, now: self.clock.now() };
            match action.problems(&cx) {
                Ok(problems) => problems,
                Err(error) => return Ok(Attempt::Failed(error)),
            }
        };
        if !problems.is_empty() {
            let what = problems.iter().map(|problem| problem.what.as_str()).collect::<Vec<_>>().join("; ");
            let hint = problems.iter().map(|problem| problem.hint.as_str()).collect::<Vec<_>>().join("; ");
            return Ok(Attempt::Failed(ActionError::Refused { what, hint }));
        }
        let scope = self.state.scope(step.per_candidate);
        if begun {
            self.record(scope, Some(&step.id), Event::StepResumed {})?;
        }
        let acted = action.act(&Context { world: self.world, intent, now: self.clock.now() });
        let outputs = match acted {
            Ok(outputs) => outputs,
            Err(error) => return Ok(Attempt::Failed(error)),
        };
        self.record(scope, Some(&step.id), Event::StepActed { outputs: outputs.clone() })?;
        let intent = Intent { acted: Some(outputs), ..intent.clone() };
        Ok(match self.probe(action, &intent) {
            Ok(Probed::Done(outputs)) => Attempt::Done { outputs, already: false },
            Ok(Probed::Waiting { until, why }) => Attempt::Waiting { until, why },
            Ok(Probed::Conflict { found, expected }) => Attempt::Conflict { found, expected },
            Ok(Probed::Absent) => Attempt::Failed(ActionError::refused(
                "it was done without an error, and yet the truth does not show it",
                "look at the service; the next run asks again",
            )),
            Err(error) => Attempt::Failed(error),
        })
    }

    fn probe(&self, action: &dyn Action<W>, intent: &Intent) -> Result<Probed, ActionError> {
        action.probe(&Context { world: self.world, intent, now: self.clock.now() })
    }

    fn record_attempt(&mut self, step: &Step, attempt: &Attempt) -> Result<(), DriverError> {
        let event = match attempt {
            Attempt::Done { outputs, already } => Event::StepDone { outputs: outputs.clone(), already: *already },
            Attempt::Waiting { until, why } => Event::StepWaiting { until: *until, why: why.clone() },
            Attempt::Failed(error) => Event::StepFailed {
                error: with_causes(error),
                // A refusal says that nothing was done; a service's failure leaves it open.
                perhaps_acted: matches!(error, ActionError::Service { .. }) && self.perhaps_acted(step),
            },
            Attempt::Conflict { found, expected } => {
                Event::StepConflicted { found: found.clone(), expected: expected.clone() }
            }
        };
        if self.says_the_same(step, &event) {
            return Ok(());
        }
        let scope = self.state.scope(step.per_candidate);
        self.record(scope, Some(&step.id), event)
    }

    fn perhaps_acted(&self, step: &Step) -> bool {
        self.state
            .step(&step.id, step.per_candidate)
            .and_then(|record| record.intention.as_ref())
            .is_some_and(|intention| intention.perhaps_acted)
    }

    /// Whether the journal's last word on the step is this already.
    fn says_the_same(&self, step: &Step, event: &Event) -> bool {
        let Some(record) = self.state.step(&step.id, step.per_candidate) else { return false };
        match (&record.status, event) {
            (StepStatus::Waiting { until, why }, Event::StepWaiting { until: new_until, why: new_why }) => {
                (until, why) == (new_until, new_why)
            }
            (
                StepStatus::Conflicted { found, expected },
                Event::StepConflicted { found: new_found, expected: new_expected },
            ) => (found, expected) == (new_found, new_expected),
            _ => false,
        }
    }
}

fn new_token() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system has random bytes");
    bytes.iter().fold(String::with_capacity(32), |mut text, byte| {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    })
}
