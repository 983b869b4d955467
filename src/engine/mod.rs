// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The engine: workflow -> plan -> journal -> driver.
//!
//! It knows of phases, steps, checks, candidates and effects, and nothing of
//! releases, git or mail: what a step can do is handed in as a [`Registry`].

mod action;
mod attempt;
mod cancel;
mod checking;
mod clock;
mod decide;
mod driver;
mod event;
mod foreseen;
mod halt;
mod in_doubt;
mod journal;
mod named;
mod observer;
mod person;
mod plan;
mod preview;
mod registry;
mod render;
mod state;
mod take_up;
#[cfg(test)]
mod tests;
mod texts;
mod undo;
mod unknown;
mod workflow;
mod workflow_file;

pub use action::{Action, ActionError, Composed, Context, Finding, Intent, Probe, Probed, Problem, Reversal};
pub use clock::{Clock, SystemClock};
pub use decide::Decided;
pub use driver::Driver;
pub use event::{Entry, Event};
pub use foreseen::{Unknowns, stands_for};
pub use halt::{DriverError, Goal, Halt, Obstacle, Pending};
pub use journal::{Journal, JournalEnd, JournalError, JournalReader};
pub use observer::{CheckOutcome, Observer, Silent, StepOutcome};
pub use person::{Answer, Person};
pub use plan::{CheckState, PhaseState, Plan, PlannedCheck, PlannedPhase, PlannedStep, StepState};
pub use preview::{Doer, Preview, StepPreview, TextFault, Warning, text_faults};
pub use registry::{Registry, RegistryError};
pub use render::{RenderError, Renderer, ValueSource};
pub use state::{CandidateState, CheckRecord, Intention, RulingRecord, State, StepRecord, StepStatus};
pub use undo::Undoing;
pub use workflow::{Check, CheckKind, Effect, Note, Phase, Role, Step, StepKind, Workflow};
pub use workflow_file::WorkflowError;
