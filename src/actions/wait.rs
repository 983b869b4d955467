// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Waits until a time has passed since another. Afterwards it has, and a calendar
//! entry for its end lies in the workspace where one was asked for.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Services;
use crate::engine::{Action, ActionError, Context, Probed, Reversal};
use crate::mail::CalendarEntry;

/// A time to let pass.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    /// From when.
    pub(super) since: Timestamp,
    /// How long.
    pub(super) hours: u32,
    /// What is waited for: "the vote to end".
    pub(super) what: String,
    /// What the calendar shows at the end: "The vote ends"; else what is waited for.
    #[serde(default)]
    pub(super) title: Option<String>,
    /// The file in the workspace to write a calendar entry to.
    #[serde(default)]
    pub(super) calendar: Option<String>,
}

type Cx<'a> = Context<'a, Services>;

impl Action<Services> for Wait {
    fn summary(&self) -> String {
        format!("waits {} hours, from {} on, for {}", self.hours, shown(self.since), self.what)
    }

    fn commands(&self, _world: &Services) -> Vec<String> {
        // GNU date: when the time is over, in the zone of whoever asks.
        vec![format!("date --date '{} {} hours'", self.since, self.hours)]
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        if cx.now >= self.until() {
            return Ok(Probed::Done(self.output()));
        }
        let missing = match &self.calendar {
            Some(file) => cx.world.workspace.read(file).map_err(unwritten)?.is_none(),
            None => false,
        };
        if missing {
            return Ok(Probed::Absent);
        }
        Ok(Probed::Waiting { until: Some(self.until()), why: self.what.clone() })
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        if let Some(file) = &self.calendar {
            let entry = CalendarEntry {
                token: cx.intent.token.clone(),
                made: cx.intent.at,
                at: self.until(),
                title: self.title(),
                description: format!("Since {}, {} hours.", self.since, self.hours),
            };
            cx.world.workspace.write(file, entry.to_ics().as_bytes()).map_err(unwritten)?;
        }
        Ok(self.output())
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::NothingToUndo
    }
}

impl Wait {
    /// What the calendar shows at the end: what was waited for is over then.
    fn title(&self) -> String {
        self.title.clone().unwrap_or_else(|| self.what.clone())
    }

    fn until(&self) -> Timestamp {
        let hours = SignedDuration::from_hours(self.hours.into());
        self.since.saturating_add(hours).unwrap_or(Timestamp::MAX)
    }

    fn output(&self) -> Value {
        json!({ "since": self.since, "until": self.until() })
    }
}

fn shown(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn unwritten(error: crate::services::WorkspaceError) -> ActionError {
    ActionError::service("the workspace", error, "see that the disk has room and can be written")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::offline;
    use crate::engine::Intent;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn writes_the_entry_first_then_waits_then_is_done() {
        let place = tempfile::tempdir().unwrap();
        let world = offline(place.path());
        let intent =
            Intent { at: at("2026-11-21T09:31:00Z"), token: "abc".into(), acted: None, resumed: false, anew: false };
        let cx = |now| Context { world: &world, intent: &intent, now: at(now) };
        let with = json!({"since": "2026-11-21T09:30:00Z", "hours": 72, "what": "the vote to end", "calendar": "rc1/vote.ics"});
        let wait: Wait = serde_json::from_value(with).unwrap();
        let output = json!({"since": "2026-11-21T09:30:00Z", "until": "2026-11-24T09:30:00Z"});
        let early = "2026-11-24T09:29:59Z";
        assert_eq!(wait.probe(&cx(early)).unwrap(), Probed::Absent);
        assert_eq!(wait.act(&cx(early)).unwrap(), output);
        let Probed::Waiting { until, why } = wait.probe(&cx(early)).unwrap() else { panic!() };
        assert_eq!((until, why.as_str()), (Some(at("2026-11-24T09:30:00Z")), "the vote to end"));
        assert_eq!(wait.probe(&cx("2026-11-24T09:30:00Z")).unwrap(), Probed::Done(output));
        let ics = std::fs::read_to_string(place.path().join("rc1/vote.ics")).unwrap();
        assert!(ics.contains("UID:abc.quorate\r\nDTSTAMP:20261121T093100Z\r\nDTSTART:20261124T093000Z\r\n"), "{ics}");
    }

    #[test]
    fn without_an_entry_nothing_is_to_be_done() {
        let place = tempfile::tempdir().unwrap();
        let world = offline(place.path());
        let intent =
            Intent { at: at("2026-11-21T09:31:00Z"), token: "abc".into(), acted: None, resumed: false, anew: false };
        let with = json!({"since": "2026-11-21T09:30:00Z", "hours": u32::MAX, "what": "the end of time"});
        let wait: Wait = serde_json::from_value(with).unwrap();
        let cx = Context { world: &world, intent: &intent, now: intent.at };
        assert!(matches!(wait.probe(&cx).unwrap(), Probed::Waiting { .. }));
    }
}
