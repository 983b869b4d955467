// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Who is asked when the engine needs a person: a terminal, nobody, or a
//! rehearsal's simulated people.

use super::preview::StepPreview;
use super::workflow::Note;

/// What a person says to a question of the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Go on. For what a person does and attests, with their note.
    Yes {
        /// The note; empty for an automated step.
        note: String,
    },
    /// Not now; go on with others.
    Later {
        /// What is missing, for the end of the run: "needs --confirm 3.4.0".
        why: String,
    },
    /// End the run.
    Stop,
}

impl Answer {
    /// The answer, put off where its note does not hold what it must.
    pub(super) fn held_to(self, wanted: Note) -> Self {
        match self {
            Self::Yes { note } => match wanted.fault(&note) {
                Some(fault) => Self::Later { why: fault.to_owned() },
                None => Self::Yes { note },
            },
            other => other,
        }
    }
}

/// Who is asked.
pub trait Person {
    /// Whether an automated step may be done now.
    fn consent(&mut self, step: &StepPreview) -> Answer;

    /// Whether a thing that a person does is done, or a question holds.
    fn attest(&mut self, item: &StepPreview) -> Answer;
}
