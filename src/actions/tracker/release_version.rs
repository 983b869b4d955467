// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards a version is marked as released in the tracker, with its day.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::create_version::curl;
use super::{issues_of, login_problem, tracker, tracker_failed};
use crate::actions::Services;
use crate::actions::failures::{outputs_do_not_fit, settle_web, web_failed};
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal};
use crate::services::{Open, TrackerVersion};

/// A version to mark as released.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseVersion {
    /// The project's key.
    pub project: String,
    /// The version's name.
    pub name: String,
    /// When it was released; its day counts.
    pub at: Timestamp,
    /// Issues that stay open under it by the triage's decision.
    #[serde(default)]
    pub kept: Vec<String>,
}

/// A version that is marked as released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionReleased {
    /// Its number in the tracker.
    pub id: String,
    /// The day that it shows.
    pub released_on: String,
}

type Cx<'a> = Context<'a, Services>;

impl Action<Services> for ReleaseVersion {
    fn summary(&self) -> String {
        format!("Marks {} as released in the issue tracker, on the day of its promotion", self.name)
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let Some(jira) = &world.jira else { return Vec::new() };
        vec![
            format!("curl -sS {} | python3 -m json.tool", jira.rest(&["project", &self.project, "versions"])),
            curl("PUT", &jira.rest(&["version", "ID"]), &json!({"released": true, "releaseDate": self.day()})),
        ]
    }

    fn problems(&self, cx: &Cx<'_>) -> Result<Vec<Problem>, ActionError> {
        let jira = tracker(cx.world)?;
        let mut problems: Vec<Problem> = login_problem(jira).into_iter().collect();
        let open = issues_of(jira, &self.project, &self.name, Open::Only)?;
        for issue in open.into_iter().filter(|issue| !self.kept.contains(&issue.key)) {
            problems.push(Problem::new(
                format!("{} ({}) is open under {}: {}", issue.key, issue.priority, self.name, issue.summary),
                "resolve it, or move it to the next version, in the tracker",
            ));
        }
        Ok(problems)
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let version = self.version(cx)?;
        // released without a day is half of it
        let day = version.release_date.filter(|_| version.released);
        Ok(day
            .map_or(Probed::Absent, |released_on| Probed::Done(json!(VersionReleased { id: version.id, released_on }))))
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        let version = self.version(cx)?;
        match tracker(cx.world)?.set_released(&version.id, Some(&self.day())) {
            Err(error) if error.is_missing() => {
                Err(tracker_failed(error, "releasing versions takes the right to administer the project"))
            }
            released => settle_web(released, || self.probe(cx)),
        }
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Undo(format!("Marks {} as not released in the tracker", self.name))
    }

    fn undo(&self, cx: &Cx<'_>, outputs: &Value) -> Result<(), ActionError> {
        let released = VersionReleased::deserialize(outputs).map_err(outputs_do_not_fit)?;
        if !self.version(cx)?.released {
            return Ok(());
        }
        let jira = tracker(cx.world)?;
        if let Some(problem) = login_problem(jira) {
            return Err(ActionError::refused(problem.what, problem.hint));
        }
        jira.set_released(&released.id, None)
            .map_err(|error| tracker_failed(error, "it takes the right to administer the project"))
    }
}

impl ReleaseVersion {
    fn day(&self) -> String {
        self.at.to_zoned(TimeZone::UTC).date().to_string()
    }

    fn version(&self, cx: &Cx<'_>) -> Result<TrackerVersion, ActionError> {
        let found = tracker(cx.world)?.version(&self.project, &self.name).map_err(web_failed)?;
        found.ok_or_else(|| {
            ActionError::refused(
                format!("{} has no version {} in the tracker", self.project, self.name),
                "make it there, or mend its name under [jira] in the product's configuration (`quorate reconfigure`)",
            )
        })
    }
}
