// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the engine asks of whoever can do something: the [`Action`] behind a
//! step and the [`Probe`] behind a check.
//!
//! An action is built from a step's rendered parameters, so the implementing
//! struct *is* the typed parameters. It reads no clock and no environment: all
//! that may differ between two runs comes in the [`Context`], and what must not
//! differ between an interrupted run and its resumption comes in the [`Intent`].

use std::error::Error;
use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::foreseen::Unknowns;

/// What was fixed, and recorded, before the first attempt at a step.
///
/// A step that was interrupted is taken up with the intent that the journal
/// holds, so that a commit, a tag or a Message-ID comes out the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// When the step was first intended; the time that goes into commits, tags
    /// and mails.
    pub at: Timestamp,
    /// 32 hexadecimal digits, unique to this intention: a revision property, the
    /// left part of a Message-ID.
    pub token: String,
    /// What `act` returned, where it is known to have returned: the effect has
    /// happened, even if the remote truth does not show it yet.
    pub acted: Option<Value>,
    /// Whether an earlier attempt with this intent began to act, and it is not
    /// known that nothing came of it.
    pub resumed: bool,
    /// Whether a person has said of the intention before this one that it did not
    /// happen.
    pub anew: bool,
}

/// What an action or a probe may use.
pub struct Context<'a, W: ?Sized> {
    /// The services: clients, workspace, templates.
    pub world: &'a W,
    /// What was fixed before the first attempt.
    pub intent: &'a Intent,
    /// The present time, real or simulated.
    pub now: Timestamp,
}

/// How the truth stands for a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Probed {
    /// It is so; these are the step's outputs (an object).
    Done(Value),
    /// It is not so, and nothing is in the way.
    Absent,
    /// Something else is there.
    Conflict {
        /// What is there.
        found: String,
        /// What was expected to be there.
        expected: String,
    },
    /// It can be neither done nor decided before a time, or before somebody
    /// else has acted.
    Waiting {
        /// When asking again makes sense; `None` where nobody can tell.
        until: Option<Timestamp>,
        /// What is waited for.
        why: String,
    },
}

/// Whether and how a step that was done can be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reversal {
    /// It can: what taking it back will do, in a sentence.
    Undo(String),
    /// There is nothing to take back.
    NothingToUndo,
    /// It cannot, and why.
    Irreversible(String),
}

/// Something that must be put right before an action may run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, where, and what was expected.
    pub what: String,
    /// The next thing to do.
    pub hint: String,
}

impl Problem {
    /// A problem with its remedy.
    pub fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what: what.into(), hint: hint.into() }
    }
}

/// Why an action or a probe could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// A condition that the action demands does not hold; nothing was done.
    #[error("{what}")]
    Refused {
        /// What does not hold.
        what: String,
        /// The next thing to do.
        hint: String,
    },
    /// The workflow's or the product's configuration cannot be used.
    #[error("{what}")]
    Misconfigured {
        /// What is wrong, and where.
        what: String,
        /// The next thing to do.
        hint: String,
    },
    /// A service could not be reached or did not do what it was asked.
    #[error("{service} failed")]
    Service {
        /// Which service, with its address.
        service: String,
        /// What it said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
        /// The next thing to do.
        hint: String,
    },
    /// A service did not do what it was asked, and is known to have done nothing of it.
    #[error("{service} failed")]
    Declined {
        /// Which service, with its address.
        service: String,
        /// What it said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
        /// The next thing to do.
        hint: String,
    },
    /// Something else is there than what was expected.
    #[error("found {found}, expected {expected}")]
    Conflict {
        /// What is there.
        found: String,
        /// What was expected.
        expected: String,
    },
}

impl ActionError {
    /// A condition that does not hold.
    pub fn refused(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused { what: what.into(), hint: hint.into() }
    }

    /// A configuration that cannot be used.
    pub fn misconfigured(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Misconfigured { what: what.into(), hint: hint.into() }
    }

    /// A service that failed.
    pub fn service(
        service: impl Into<String>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
        hint: impl Into<String>,
    ) -> Self {
        Self::Service { service: service.into(), source: source.into(), hint: hint.into() }
    }

    /// A service that failed before anything came of what it was asked.
    pub fn declined(
        service: impl Into<String>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
        hint: impl Into<String>,
    ) -> Self {
        Self::Declined { service: service.into(), source: source.into(), hint: hint.into() }
    }

    /// What to do next, where the error knows it.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Refused { hint, .. }
            | Self::Misconfigured { hint, .. }
            | Self::Service { hint, .. }
            | Self::Declined { hint, .. } => (!hint.is_empty()).then_some(hint),
            Self::Conflict { .. } => None,
        }
    }
}

/// A file that an action will send or leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// Where it will be.
    pub file: PathBuf,
    /// What it says.
    pub text: String,
}

/// What a step does, built from its rendered `with` table.
pub trait Action<W: ?Sized>: Send + Sync {
    /// One sentence in the present tense: what acting will do.
    fn summary(&self) -> String;

    /// The shell commands that a person would type to the same end; shown in the
    /// guide and in plans. Empty where no sensible command exists.
    /// They take addresses and paths from `world` and ask none of its services.
    fn commands(&self, _world: &W) -> Vec<String> {
        Vec::new()
    }

    /// The outputs, as far as they follow from the parameters before anything is
    /// done, and stand-ins for the rest; asks no service.
    fn foreseen(&self, _cx: &Context<'_, W>, _unknown: &mut Unknowns) -> Map<String, Value> {
        Map::new()
    }

    /// The file that acting will send or leave, where it follows from parameters
    /// and templates alone; asks no service.
    ///
    /// # Errors
    /// When the text cannot be composed.
    fn composed(&self, _cx: &Context<'_, W>) -> Result<Option<Composed>, ActionError> {
        Ok(None)
    }

    /// The text of what acting will send or write, for a person to read before
    /// agreeing (a mail, a message, a list of what goes).
    ///
    /// # Errors
    /// When the text cannot be composed.
    fn document(&self, cx: &Context<'_, W>) -> Result<Option<String>, ActionError> {
        Ok(self.composed(cx)?.map(|composed| composed.text))
    }

    /// All that stands in the way, at once; read-only.
    ///
    /// # Errors
    /// When something needed to tell could not be asked.
    fn problems(&self, _cx: &Context<'_, W>) -> Result<Vec<Problem>, ActionError> {
        Ok(Vec::new())
    }

    /// Of all that stands in the way, what is wrong with the text that [`composed`](Self::composed)
    /// shows: known before the release begins, whatever is set up by then.
    ///
    /// # Errors
    /// As [`problems`](Self::problems).
    fn faults_of_text(&self, cx: &Context<'_, W>) -> Result<Vec<Problem>, ActionError> {
        self.problems(cx)
    }

    /// Whether nothing can be asked that would tell whether it was done, so that a person's word
    /// is all there is.
    fn only_a_person_can_tell(&self, _cx: &Context<'_, W>) -> bool {
        false
    }

    /// Asks the truth; read-only.
    ///
    /// # Errors
    /// When it could not be asked; that is never the same as `Absent`.
    fn probe(&self, cx: &Context<'_, W>) -> Result<Probed, ActionError>;

    /// Does it. Called only after a probe said `Absent`; must come to the same
    /// end when it is repeated with the same intent after an interruption.
    ///
    /// # Errors
    /// When it was not done, or not known to have been done: the next probe tells.
    fn act(&self, cx: &Context<'_, W>) -> Result<Value, ActionError>;

    /// Whether it can be taken back, given the outputs that were recorded.
    fn reversal(&self, outputs: &Value) -> Reversal;

    /// Takes it back; repeating it is harmless.
    ///
    /// # Errors
    /// When it could not be taken back.
    fn undo(&self, _cx: &Context<'_, W>, _outputs: &Value) -> Result<(), ActionError> {
        Err(ActionError::refused("this step cannot be taken back", ""))
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It holds; the evidence in a sentence.
    Holds(String),
    /// It does not; each fault, with its place.
    Fails(Vec<String>),
}

/// The truth behind a check, built from its rendered `with` table; read-only.
pub trait Probe<W: ?Sized>: Send + Sync {
    /// Asks.
    ///
    /// # Errors
    /// When it could not be asked; that is never the same as `Fails`.
    fn examine(&self, cx: &Context<'_, W>) -> Result<Finding, ActionError>;
}
