// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How the services' errors become an action's, each with the next thing to do.

use reqwest::StatusCode;
use serde_json::Value;

use crate::engine::{ActionError, Probed};
use crate::services::{GitError, OpenPgpError, WebError, WorkspaceError};

/// A workspace that could not be used.
pub(crate) fn workspace_failed(error: WorkspaceError) -> ActionError {
    ActionError::service("the workspace", error, "see that the disk has room and the directory can be written")
}

/// Git, here or at the remote, that did not do what it was asked. What a remote
/// refused was not done; what broke off may have been.
pub(crate) fn git_failed(error: GitError) -> ActionError {
    let hint = error.hint();
    match error {
        GitError::Sign { name, source } => match source.downcast::<OpenPgpError>() {
            Ok(source) if source.is_of_the_set_up() => {
                ActionError::misconfigured(format!("the tag {name} could not be signed: {source}"), source.hint())
            }
            Ok(source) => {
                let hint = source.hint();
                ActionError::service("git", GitError::Sign { name, source }, hint)
            }
            Err(source) => ActionError::service("git", GitError::Sign { name, source }, hint),
        },
        GitError::Rejected { .. }
        | GitError::Declined { .. }
        | GitError::Stopped { .. }
        | GitError::Unauthenticated { .. }
        | GitError::Missing { .. } => ActionError::refused(error.to_string(), hint),
        GitError::Moved { name, found, expected } => {
            ActionError::Conflict { found: format!("{name} at {found}"), expected }
        }
        GitError::Open { .. }
        | GitError::AnothersClone { .. }
        | GitError::ObjectFormat { .. }
        | GitError::Incomplete { .. }
        | GitError::NoRemote { .. }
        | GitError::ManyAddresses { .. }
        | GitError::AnotherAddress { .. }
        | GitError::Name { .. } => ActionError::misconfigured(error.to_string(), hint),
        error => ActionError::service("git", error, hint),
    }
}

/// GnuPG, or the key in it, that could not be used.
pub(crate) fn openpgp_failed(error: OpenPgpError) -> ActionError {
    let hint = error.hint();
    match error.is_of_the_set_up() {
        true => ActionError::misconfigured(error.to_string(), hint),
        false => ActionError::service("OpenPGP", error, hint),
    }
}

/// A web service that did not do what it was asked. What it refused was not done; where
/// no answer came, or one of its own trouble, nobody knows.
pub(crate) fn web_failed(error: WebError) -> ActionError {
    let hint = with_variable(&error);
    let refused = error.status().is_some_and(|status| status.is_client_error() && !is_passing(status));
    match error {
        WebError::Address { .. } | WebError::Redirected { .. } | WebError::Client { .. } => {
            ActionError::misconfigured(error.to_string(), hint)
        }
        error if refused => ActionError::refused(error.to_string(), hint),
        error => {
            let service = match &error {
                WebError::Status { service, .. }
                | WebError::Unexpected { service, .. }
                | WebError::Lost { service, .. }
                | WebError::Cut { service, .. }
                | WebError::Unreachable { service, .. }
                | WebError::Untrusted { service, .. }
                | WebError::TooLarge { service, .. }
                | WebError::Body { service, .. } => service.clone(),
                _ => "the service".to_owned(),
            };
            ActionError::service(service, error, hint)
        }
    }
}

/// What to do next; where a login is wrong, also where the program takes it from.
fn with_variable(error: &WebError) -> String {
    let WebError::Status { service, status: StatusCode::UNAUTHORIZED, .. } = error else { return error.hint() };
    let variable = match &**service {
        "JIRA" => "QUORATE_JIRA_TOKEN gives it",
        "GitHub" => "QUORATE_GITHUB_TOKEN gives it",
        "Nexus" => "QUORATE_NEXUS_USER and QUORATE_NEXUS_PASSWORD give them",
        "the wiki" => "QUORATE_CONFLUENCE_TOKEN gives it",
        "the npm registry" => "QUORATE_NPM_TOKEN gives it",
        "the Python package index" => "QUORATE_PYPI_TOKEN gives it",
        _ => return error.hint(),
    };
    format!("{}; {variable}", error.hint())
}

fn is_passing(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::REQUEST_TIMEOUT
}

/// The end of a write to a web service: what the service shows after it, whatever it
/// answered. `truth` is asked only where the write may have happened.
pub(crate) fn settle_web(
    written: Result<(), WebError>,
    truth: impl FnOnce() -> Result<Probed, ActionError>,
) -> Result<Value, ActionError> {
    let fault = match written {
        Err(error) if !error.may_have_happened() => return Err(web_failed(error)),
        written => written.err(),
    };
    match (fault, truth()) {
        (_, Ok(Probed::Done(outputs))) => Ok(outputs),
        (_, Ok(Probed::Conflict { found, expected })) => Err(ActionError::Conflict { found, expected }),
        (Some(fault), _) => Err(web_failed(fault)),
        (None, Err(error)) => Err(error),
        (None, Ok(Probed::Absent | Probed::Waiting { .. })) => Err(ActionError::refused(
            "the service said that it did it, and does not show it",
            "run it again: it looks first whether it was done",
        )),
    }
}

/// Outputs that are not what this version of the program records.
pub(crate) fn outputs_do_not_fit(error: serde_json::Error) -> ActionError {
    ActionError::refused(format!("the outputs that the journal holds for this step do not fit: {error}"), "")
}

/// An error with its causes in one line.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_login_is_wrong_the_variable_is_named() {
        let answered = |service: &str, status: u16| {
            let error = WebError::Status {
                service: service.to_owned(),
                method: "PUT".into(),
                url: "https://example.org/".into(),
                status: StatusCode::from_u16(status).unwrap(),
                said: String::new(),
                body: Vec::new(),
                retry_after: None,
            };
            web_failed(error).hint().unwrap_or_default().to_owned()
        };
        for (service, variable) in [("JIRA", "QUORATE_JIRA_TOKEN"), ("Nexus", "QUORATE_NEXUS_PASSWORD")] {
            assert!(answered(service, 401).contains(variable), "{service}");
            assert!(!answered(service, 403).contains(variable), "{service}");
        }
    }
}
