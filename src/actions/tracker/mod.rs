// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a release does in the issue tracker, and what all of that shares: whose tracker it
//! is, and a person's decisions on single issues.

mod audit_release_notes;
mod create_version;
mod decision;
#[cfg(test)]
mod faults_tests;
mod release_version;
#[cfg(test)]
mod tests;
mod triage_issues;

pub use audit_release_notes::{AuditReleaseNotes, NotesAudited, NotesQuestion, NotesRead};
pub use create_version::CreateVersion;
pub use decision::{Decision, RuledOn};
pub use release_version::{ReleaseVersion, VersionReleased};
pub(crate) use triage_issues::in_words;
pub use triage_issues::{Decided, TriageIssues, TriageQuestion, TriageRead, Triaged};

use super::Services;
use super::failures::web_failed;
use crate::engine::{ActionError, Problem};
use crate::services::{Issue, Jira, Jql, Open, WebError};

/// The tracker of this release.
pub(crate) fn tracker(world: &Services) -> Result<&Jira, ActionError> {
    world.jira.as_ref().ok_or_else(|| {
        ActionError::misconfigured("no issue tracker is set up", "name it in the product's configuration, under [jira]")
    })
}

/// What stands in the way of whoever is to change something in the tracker.
fn login_problem(jira: &Jira) -> Option<Problem> {
    (!jira.logs_in()).then(|| {
        Problem::new(
            format!("there is no token for {}, so nothing can be changed there", jira.base()),
            "make a personal access token in your profile there and give it by QUORATE_JIRA_TOKEN; or do it by hand, and run this again: it looks first whether it is done",
        )
    })
}

/// A tracker that did not do what it was asked; where it says "not found", it may mean
/// that the account may not.
pub(crate) fn tracker_failed(error: WebError, wants: &str) -> ActionError {
    if error.is_missing() {
        let hint = format!(
            "JIRA says that of what an account may not do, too: {wants}; ask on the developers' list, or let somebody do it by hand who may, and run this again"
        );
        return ActionError::refused(error.to_string(), hint);
    }
    web_failed(error)
}

/// The issues of a version.
pub(crate) fn issues_of(jira: &Jira, project: &str, version: &str, open: Open) -> Result<Vec<Issue>, ActionError> {
    let jql = Jql::of_version(project, version, open);
    jira.issues(&jql).map_err(|error| match Jira::knows_no_such(&error) {
        true => ActionError::refused(
            format!("{error}; looked for the issues of {version} in {project}"),
            format!("make the version {version} in the tracker, or mend its name under [jira] in the product's configuration (`quorate reconfigure`)"),
        ),
        false => web_failed(error),
    })
}
