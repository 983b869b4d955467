// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a person sets up and the truth shows: nothing is done but asking. Where it is not so yet,
//! the step waits for the person, with what was found and what they may type.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Services;
use crate::engine::{Action, ActionError, Context, Finding, Probe, Probed, Reversal};

/// Sees by a probe whether something is set up.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen<P> {
    /// What is asked, as it goes on from "asks whether".
    whether: String,
    /// The probe's parameters.
    by: P,
    /// What a person may type to set it up.
    commands: Vec<String>,
}

impl<P: Probe<Services>> Action<Services> for Seen<P> {
    fn summary(&self) -> String {
        format!("asks whether {}", self.whether)
    }

    fn commands(&self, _world: &Services) -> Vec<String> {
        self.commands.clone()
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        Ok(match self.by.examine(cx)? {
            Finding::Holds(found) => Probed::Done(json!({ "found": found })),
            Finding::Fails(faults) => {
                let why = std::iter::once(faults.join("; ")).chain(self.commands.iter().cloned());
                Probed::Waiting { until: None, why: why.collect::<Vec<_>>().join("\n") }
            }
        })
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        match self.probe(cx)? {
            Probed::Done(outputs) => Ok(outputs),
            _ => Err(ActionError::refused(format!("it is not so that {}", self.whether), "set it up, and run again")),
        }
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::NothingToUndo
    }
}
