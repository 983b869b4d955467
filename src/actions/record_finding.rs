// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards what was found out (a tally, who is silent, why something is called off)
//! stands in the journal as it was when somebody agreed to go on from it, so that the
//! mail that tells of it says the same however often the step after it is taken up.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::Services;
use crate::engine::{Action, ActionError, Context, Probed, Reversal, Unknowns};

/// Parameters of `record-finding`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordFinding {
    /// What it is: "the tally".
    what: String,
    /// What was found: the step's outputs.
    finding: Map<String, Value>,
}

type Cx<'a> = Context<'a, Services>;

impl Action<Services> for RecordFinding {
    fn summary(&self) -> String {
        format!("records {}", self.what)
    }

    fn foreseen(&self, _cx: &Cx<'_>, _unknown: &mut Unknowns) -> Map<String, Value> {
        self.finding.clone()
    }

    fn probe(&self, _cx: &Cx<'_>) -> Result<Probed, ActionError> {
        Ok(Probed::Done(Value::Object(self.finding.clone())))
    }

    fn act(&self, _cx: &Cx<'_>) -> Result<Value, ActionError> {
        Ok(Value::Object(self.finding.clone()))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::NothingToUndo
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::actions::offline;
    use crate::engine::Intent;

    #[test]
    fn what_was_found_is_the_output_and_nothing_else_is_taken() {
        let place = tempfile::tempdir().unwrap();
        let world = offline(place.path());
        let at = "2026-11-21T09:31:00Z".parse().unwrap();
        let intent = Intent { at, token: "abc".into(), acted: None, resumed: false, anew: false };
        let cx = Context { world: &world, intent: &intent, now: at };
        let action: RecordFinding =
            serde_json::from_value(json!({"what": "the tally", "finding": {"outcome": "passed"}})).unwrap();
        assert_eq!(action.probe(&cx).unwrap(), Probed::Done(json!({"outcome": "passed"})));
        assert_eq!(action.summary(), "records the tally");
        let nothing = json!({"what": "the tally", "finding": null});
        assert!(serde_json::from_value::<RecordFinding>(nothing).is_err(), "nothing was found out");
    }
}
