// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! One attempt at one automated step: record the intention, ask the truth, act
//! where it is absent, ask again, record the outcome.

use serde_json::Value;

use super::action::{Action, ActionError, Context, Intent, Probed, Problem};
use super::driver::Driver;
use super::event::Event;
use super::halt::{DriverError, with_causes};
use super::state::{Intention, StepStatus};
use super::workflow::{Step, StepKind};

/// What an attempt came to.
pub(super) enum Attempt {
    Done {
        outputs: Value,
        already: bool,
    },
    Waiting {
        until: Option<jiff::Timestamp>,
        why: String,
    },
    Failed {
        error: ActionError,
        /// Whether an effect may have happened all the same, now or earlier.
        perhaps_acted: bool,
    },
    Conflict {
        found: String,
        expected: String,
    },
    /// It would act, and may not.
    WantsConsent,
}

/// Whether an attempt may act, or only ask the truth.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Consent {
    Given,
    NotAsked,
}

impl<W: ?Sized + 'static> Driver<'_, W> {
    pub(super) fn attempt(&mut self, step: &Step, consent: Consent) -> Result<Attempt, DriverError> {
        let action = self.build(step)?;
        let (intent, fresh) = self.intend(step)?;
        self.observer.step_begins(step, !fresh);
        let attempt = self.carry_out(step, action.as_ref(), &intent, consent)?;
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
        let parameters = match self.renderer()?.parameters(&step.id, with) {
            Ok(parameters) => parameters,
            Err(error) => return Err(self.attested_before(step).unwrap_or_else(|| error.into())),
        };
        self.registry
            .build_action(name, parameters)
            .map_err(|source| DriverError::Registry { id: step.id.clone(), source })
    }

    /// Why a step cannot go on: one before it was attested, and so recorded nothing of itself.
    fn attested_before(&self, step: &Step) -> Option<DriverError> {
        let attested = step.needs.iter().filter_map(|need| self.workflow.step(need)).find(|(_, before)| {
            let record = self.state.step(&before.id, before.per_candidate);
            before.per_candidate
                && self.workflow.reader_of(before).is_some()
                && record.is_some_and(|record| matches!(record.status, StepStatus::Attested { .. }))
        });
        attested.map(|(_, before)| DriverError::Refused {
            what: format!("`{}` needs what `{}` records of itself, and that was attested", step.id, before.id),
            hint: "`quorate cancel-candidate --why …` ends the candidate, and the next one begins".into(),
        })
    }

    /// The live intention, or a new one, recorded; says whether it is new.
    fn intend(&mut self, step: &Step) -> Result<(Intent, bool), DriverError> {
        let live = self.state.step(&step.id, step.per_candidate).and_then(|record| record.intention.clone());
        if let Some(Intention { at, token, acted, perhaps_acted, anew }) = live {
            return Ok((Intent { at, token, acted, resumed: perhaps_acted, anew }, false));
        }
        let scope = self.state.scope(step.per_candidate);
        self.record(scope, Some(&step.id), Event::StepIntended { token: new_token() })?;
        let intention = self
            .state
            .step(&step.id, step.per_candidate)
            .and_then(|record| record.intention.clone())
            .expect("the intention was just recorded");
        let Intention { at, token, anew, .. } = intention;
        Ok((Intent { at, token, acted: None, resumed: false, anew }, true))
    }

    fn carry_out(
        &mut self,
        step: &Step,
        action: &dyn Action<W>,
        intent: &Intent,
        consent: Consent,
    ) -> Result<Attempt, DriverError> {
        let begun = intent.resumed || intent.acted.is_some();
        let waited = self
            .state
            .step(&step.id, step.per_candidate)
            .is_some_and(|record| matches!(record.status, StepStatus::Waiting { .. }));
        match seen(action.probe(&self.context(intent)), begun) {
            // What was waited for was not so already.
            Some(Attempt::Done { outputs, already }) => {
                return Ok(Attempt::Done { outputs, already: already && !waited });
            }
            Some(attempt) => return Ok(attempt),
            None => {}
        }
        if consent == Consent::NotAsked {
            return Ok(Attempt::WantsConsent);
        }
        match action.problems(&self.context(intent)) {
            Ok(problems) if problems.is_empty() => {}
            Ok(problems) => return Ok(failed(refusal(&problems), begun)),
            Err(error) => return Ok(failed(error, begun)),
        }
        if let Some(error) = self.recheck(step)? {
            return Ok(failed(error, begun));
        }
        self.begin(step)?;
        let outputs = match action.act(&self.context(intent)) {
            Ok(outputs) => outputs,
            // A refusal, and a service that declined, say that nothing was done; another failure of
            // a service leaves it open.
            Err(error) => {
                let open = matches!(error, ActionError::Service { .. });
                return Ok(failed(error, begun || open));
            }
        };
        let scope = self.state.scope(step.per_candidate);
        self.record(scope, Some(&step.id), Event::StepActed { outputs: outputs.clone() })?;
        let intent = Intent { acted: Some(outputs), ..intent.clone() };
        let probed = action.probe(&self.context(&intent));
        Ok(seen(probed, true).unwrap_or_else(|| {
            let error = ActionError::refused(
                "it was done without an error, and yet the truth does not show it",
                "look at the service; the next run asks again",
            );
            failed(error, true)
        }))
    }

    /// Records that acting begins, unless that is the last that is recorded.
    fn begin(&mut self, step: &Step) -> Result<(), DriverError> {
        let record = self.state.step(&step.id, step.per_candidate);
        let recorded = record.is_some_and(|record| {
            record.status == StepStatus::Intended
                && record.intention.as_ref().is_some_and(|intention| intention.perhaps_acted)
        });
        if recorded {
            return Ok(());
        }
        let scope = self.state.scope(step.per_candidate);
        self.record(scope, Some(&step.id), Event::StepBegun {})
    }

    fn context<'c>(&'c self, intent: &'c Intent) -> Context<'c, W> {
        Context { world: self.world, intent, now: self.clock.now() }
    }

    fn record_attempt(&mut self, step: &Step, attempt: &Attempt) -> Result<(), DriverError> {
        let event = match attempt {
            Attempt::Done { outputs, already } => Event::StepDone { outputs: outputs.clone(), already: *already },
            Attempt::Waiting { until, why } => Event::StepWaiting { until: *until, why: why.clone() },
            Attempt::Failed { error, perhaps_acted } => {
                Event::StepFailed { error: with_causes(error), perhaps_acted: *perhaps_acted }
            }
            Attempt::Conflict { found, expected } => {
                Event::StepConflicted { found: found.clone(), expected: expected.clone() }
            }
            Attempt::WantsConsent => return Ok(()),
        };
        if self.says_the_same(step, &event) {
            return Ok(());
        }
        let scope = self.state.scope(step.per_candidate);
        self.record(scope, Some(&step.id), event)
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

/// What a probe's answer makes of an attempt; `None` where acting is called for.
fn seen(probed: Result<Probed, ActionError>, begun: bool) -> Option<Attempt> {
    Some(match probed {
        Ok(Probed::Done(outputs)) => Attempt::Done { outputs, already: !begun },
        Ok(Probed::Waiting { until, why }) => Attempt::Waiting { until, why },
        Ok(Probed::Conflict { found, expected }) => Attempt::Conflict { found, expected },
        Ok(Probed::Absent) => return None,
        Err(error) => failed(error, begun),
    })
}

fn failed(error: ActionError, perhaps_acted: bool) -> Attempt {
    match error {
        ActionError::Conflict { found, expected } => Attempt::Conflict { found, expected },
        error => Attempt::Failed { error, perhaps_acted },
    }
}

/// All problems as one refusal; what several have in common is said once.
fn refusal(problems: &[Problem]) -> ActionError {
    let all = |of: fn(&Problem) -> &str| {
        let mut said: Vec<&str> = Vec::new();
        for text in problems.iter().map(of) {
            if !said.contains(&text) {
                said.push(text);
            }
        }
        said.join("; ")
    };
    ActionError::refused(all(|problem| &problem.what), all(|problem| &problem.hint))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_several_problems_have_in_common_is_said_once() {
        let problems = ["a is old", "b is old", "a is old"].map(|what| Problem::new(what, "fetch them anew"));
        let ActionError::Refused { what, hint } = refusal(&problems) else { panic!("refused") };
        assert_eq!((&*what, &*hint), ("a is old; b is old", "fetch them anew"));
    }
}
