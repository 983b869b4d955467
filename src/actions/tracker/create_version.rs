// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards the project has an unreleased version of a name in the tracker.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{login_problem, tracker, tracker_failed};
use crate::actions::Services;
use crate::actions::failures::{outputs_do_not_fit, settle_web, web_failed};
use crate::actions::shell;
use crate::engine::{Action, ActionError, Context, Intent, Probed, Problem, Reversal, Unknowns};

/// A version to make.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateVersion {
    /// The project's key.
    pub project: String,
    /// The version's name.
    pub name: String,
}

/// A version that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct VersionMade {
    id: String,
    name: String,
}

type Cx<'a> = Context<'a, Services>;

impl Action<Services> for CreateVersion {
    fn summary(&self) -> String {
        format!("Makes the version {} of {} in the issue tracker", self.name, self.project)
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let Some(jira) = &world.jira else { return Vec::new() };
        let body = json!({"project": self.project, "name": self.name, "released": false, "archived": false});
        vec![curl("POST", &jira.rest(&["version"]), &body)]
    }

    fn foreseen(&self, _cx: &Cx<'_>, unknown: &mut Unknowns) -> Map<String, Value> {
        Map::from_iter([("id".to_owned(), json!(unknown.text("id"))), ("name".to_owned(), json!(self.name))])
    }

    fn problems(&self, cx: &Cx<'_>) -> Result<Vec<Problem>, ActionError> {
        Ok(login_problem(tracker(cx.world)?).into_iter().collect())
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let versions = tracker(cx.world)?.versions(&self.project).map_err(web_failed)?;
        // JIRA takes no second name that differs in its letters' case alone
        let Some(found) = versions.iter().find(|version| version.name.eq_ignore_ascii_case(&self.name)) else {
            return Ok(Probed::Absent);
        };
        let wrong = match found {
            version if version.name != self.name => Some("spelt otherwise".to_owned()),
            version if version.released => Some("marked as released".to_owned()),
            version if version.archived => Some("archived".to_owned()),
            _ => None,
        };
        Ok(match wrong {
            Some(wrong) => Probed::Conflict {
                found: format!("the version {}, {wrong}", found.name),
                expected: format!("an unreleased version {} of {}", self.name, self.project),
            },
            None => Probed::Done(json!(VersionMade { id: found.id.clone(), name: found.name.clone() })),
        })
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        let made = tracker(cx.world)?.create_version(&self.project, &self.name, &day_of(cx.intent));
        match made {
            Err(error) if error.is_missing() => {
                Err(tracker_failed(error, "making versions takes the right to administer the project"))
            }
            made => settle_web(made, || self.probe(cx)),
        }
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Undo(format!("Removes the version {} from the tracker, unless an issue refers to it", self.name))
    }

    fn undo(&self, cx: &Cx<'_>, outputs: &Value) -> Result<(), ActionError> {
        let made = VersionMade::deserialize(outputs).map_err(outputs_do_not_fit)?;
        let jira = tracker(cx.world)?;
        let versions = jira.versions(&self.project).map_err(web_failed)?;
        if versions.iter().all(|version| version.id != made.id) {
            return Ok(());
        }
        if let Some(problem) = login_problem(jira) {
            return Err(ActionError::refused(problem.what, problem.hint));
        }
        match jira.delete_unused_version(&made.id) {
            Ok(true) => Ok(()),
            Ok(false) => Err(ActionError::refused(
                format!("issues refer to the version {}", made.name),
                "move them first, or leave the version where it is",
            )),
            Err(error) => Err(tracker_failed(error, "removing versions takes the right to administer the project")),
        }
    }
}

/// The day of an intention.
fn day_of(intent: &Intent) -> String {
    intent.at.to_zoned(TimeZone::UTC).date().to_string()
}

/// A request as one would type it; the token stays in the environment.
pub(super) fn curl(method: &str, url: &str, body: &Value) -> String {
    let request = shell::command(&["curl", "--fail-with-body", "--request", method, "--json", &body.to_string(), url]);
    format!("{request} --header \"Authorization: Bearer $QUORATE_JIRA_TOKEN\"")
}
