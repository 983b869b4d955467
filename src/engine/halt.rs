// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How far a run is to go, why it ended, and what was in the way.

use jiff::Timestamp;

use super::action::ActionError;
use super::journal::JournalError;
use super::registry::RegistryError;
use super::render::RenderError;

/// How far to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// To the end.
    All,
    /// Until this phase is completed.
    Phase(String),
    /// These steps and checks alone.
    Items(Vec<String>),
}

/// Why a run ended.
#[derive(Debug)]
pub enum Halt {
    /// All phases are completed.
    Completed,
    /// The goal is reached.
    GoalReached,
    /// The person wished to stop.
    Stopped,
    /// Something is in the way; at least one.
    Pending(Vec<Pending>),
}

/// Something that is in the way.
#[derive(Debug)]
pub struct Pending {
    /// The step or check.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is.
    pub obstacle: Obstacle,
}

/// What is in the way.
#[derive(Debug)]
pub enum Obstacle {
    /// A person must do or answer something.
    Person(String),
    /// A time must pass.
    Time {
        /// Until when.
        until: Timestamp,
        /// What for.
        why: String,
    },
    /// The step could not be done.
    Failed(ActionError),
    /// Something else is there.
    Conflict {
        /// What is there.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// A check does not hold.
    CheckFailed(Vec<String>),
}

impl Obstacle {
    /// Whether nothing else is taken up after it: a person has to look first at what was refused or is
    /// something else than expected.
    pub(super) fn ends_the_run(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Conflict { .. }) && !self.is_of_a_service()
    }

    /// Whether a service failed: what does not need the step can be done all the same.
    pub(super) fn is_of_a_service(&self) -> bool {
        matches!(self, Self::Failed(ActionError::Service { .. } | ActionError::Declined { .. }))
    }
}

/// The item whose service failed, the first where there are several: after it nothing that cannot be
/// taken back is begun in this run.
pub(super) fn failed_service(pending: &[Pending]) -> Option<&Pending> {
    pending.iter().find(|item| item.obstacle.is_of_a_service())
}

/// A fault that keeps the driver from going on at all.
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    /// The journal cannot be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A template cannot be filled in.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A step or check names what is not there.
    #[error("step or check `{id}`")]
    Registry {
        /// Which.
        id: String,
        /// What is wrong.
        #[source]
        source: RegistryError,
    },
    /// The release's values cannot be had.
    #[error("{0}")]
    Values(String),
    /// Something outside is in the way of the request.
    #[error("{what}")]
    InTheWay {
        /// What was asked, and why it was not done.
        what: String,
        /// What is in the way.
        obstacle: Obstacle,
        /// The next thing to do, where the obstacle does not say it.
        hint: String,
    },
    /// The request does not fit the release's state.
    #[error("{what}")]
    Refused {
        /// What was asked, and why not.
        what: String,
        /// The next thing to do.
        hint: String,
    },
}

/// What taking up one item came to.
pub(super) enum Taken {
    Settled,
    Stop,
    Pending(Pending),
}

pub(super) fn pending(id: &str, title: &str, obstacle: Obstacle) -> Pending {
    Pending { id: id.to_owned(), title: title.to_owned(), obstacle }
}

/// An error with its causes, in one line.
pub(super) fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
