// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How a command fails: an exit code, the chain of causes, the next thing to do.

use std::error::Error;
use std::fmt;

use crate::config::{AssetError, ConfigError};
use crate::engine::{ActionError, DriverError, JournalError, Obstacle, RenderError, WorkflowError};
use crate::release::{Version, VersionError};
use crate::ui::{ExitCode, minute};

/// How a command fails.
#[derive(Debug)]
pub struct CommandError {
    /// What the caller's script sees.
    pub code: ExitCode,
    /// What went wrong, with its causes.
    pub what: String,
    /// The next thing to do.
    pub hint: Option<String>,
}

impl CommandError {
    /// Wrong use or configuration.
    pub fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(ExitCode::Usage, what, hint)
    }

    /// A failure with any code.
    pub fn new(code: ExitCode, what: impl Into<String>, hint: impl Into<String>) -> Self {
        let hint = hint.into();
        Self { code, what: what.into(), hint: (!hint.is_empty()).then_some(hint) }
    }

    /// A failure from an error with its causes.
    pub fn from_error(code: ExitCode, error: &(dyn Error + 'static), hint: impl Into<String>) -> Self {
        Self::new(code, chain(error), hint)
    }
}

/// Whether the disk is full, by what the system says.
pub fn is_full(error: &(dyn Error + 'static)) -> bool {
    chain(error).contains("No space left on device")
}

/// What to do about a full disk.
pub const MAKE_ROOM: &str = "make room on that disk, or name a place on another";

/// An error with its causes, each once.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.ends_with(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text.trim_end().to_owned()
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl From<JournalError> for CommandError {
    fn from(error: JournalError) -> Self {
        let code = match &error {
            JournalError::File { .. } => ExitCode::Service,
            JournalError::Busy { .. } => ExitCode::Conflict,
            _ => ExitCode::Usage,
        };
        // A release's journal lies in the directory that is named by its version.
        let directory = error.path().and_then(|path| path.parent()?.file_name()?.to_str());
        let version = directory.and_then(|name| name.parse::<Version>().ok()).map(|version| version.to_string());
        let hint = error.hint().replace("start VERSION", &format!("start {}", version.as_deref().unwrap_or("VERSION")));
        Self::from_error(code, &error, &hint)
    }
}

impl From<AssetError> for CommandError {
    fn from(error: AssetError) -> Self {
        let hint = match &error {
            AssetError::Unreadable { .. } => "it must be a text in UTF-8 that you may read",
            AssetError::Missing { .. } | AssetError::Escapes { .. } => "--assets DIR adds files of your own",
        };
        Self::from_error(ExitCode::Usage, &error, hint)
    }
}

impl From<ConfigError> for CommandError {
    fn from(error: ConfigError) -> Self {
        Self::from_error(ExitCode::Usage, &error, "docs/configuration.md lists every field")
    }
}

impl From<WorkflowError> for CommandError {
    fn from(error: WorkflowError) -> Self {
        Self::from_error(ExitCode::Usage, &error, "docs/release-workflow.md says how a workflow is written")
    }
}

impl From<VersionError> for CommandError {
    fn from(error: VersionError) -> Self {
        let hint = "give the version that is to be released, as it will stand in the archive: 3.4.0";
        Self::from_error(ExitCode::Usage, &error, hint)
    }
}

impl From<RenderError> for CommandError {
    fn from(error: RenderError) -> Self {
        let hint =
            "docs/configuration.md lists the values that templates can name; a step's outputs exist once it is done";
        Self::from_error(ExitCode::Usage, &error, hint)
    }
}

impl From<DriverError> for CommandError {
    fn from(error: DriverError) -> Self {
        match error {
            DriverError::Journal(error) => error.into(),
            DriverError::Render(error) => error.into(),
            DriverError::Refused { what, hint } => Self::usage(what, hint),
            DriverError::InTheWay { what, obstacle, hint } => in_the_way(&what, &obstacle, &hint),
            other => Self::from_error(ExitCode::Usage, &other, ""),
        }
    }
}

impl From<ActionError> for CommandError {
    fn from(error: ActionError) -> Self {
        Self::from_error(action_code(&error), &error, error.hint().unwrap_or_default())
    }
}

/// A request that something outside is in the way of.
fn in_the_way(what: &str, obstacle: &Obstacle, hint: &str) -> CommandError {
    let (code, why) = match obstacle {
        Obstacle::Person(why) => (ExitCode::Waiting, why.clone()),
        Obstacle::Time { until, why } => (ExitCode::Waiting, format!("{why} (until {})", minute(*until))),
        Obstacle::Failed(error) => {
            let hint = error.hint().map_or_else(|| hint.to_owned(), |own| format!("{own}; {hint}"));
            return CommandError::new(action_code(error), format!("{what}: {}", chain(error)), hint);
        }
        Obstacle::Conflict { found, expected } => (ExitCode::Conflict, format!("found {found}; expected {expected}")),
        Obstacle::CheckFailed(faults) => (ExitCode::DoesNotHold, faults.join("; ")),
    };
    CommandError::new(code, format!("{what}: {why}"), hint)
}

/// The exit code for a step that could not be done.
pub fn action_code(error: &ActionError) -> ExitCode {
    match error {
        ActionError::Refused { .. } => ExitCode::DoesNotHold,
        ActionError::Misconfigured { .. } => ExitCode::Usage,
        ActionError::Service { .. } | ActionError::Declined { .. } => ExitCode::Service,
        ActionError::Conflict { .. } => ExitCode::Conflict,
    }
}
