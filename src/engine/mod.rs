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
mod clock;
mod registry;

pub use action::{Action, ActionError, Context, Finding, Intent, Probe, Probed, Problem, Reversal};
pub use clock::{Clock, SystemClock};
pub use registry::{Registry, RegistryError};
