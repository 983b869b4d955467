// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Who hears of a run's progress: a terminal, or nobody.

use std::time::Duration;

use jiff::Timestamp;

use super::plan::PlannedPhase;
use super::workflow::Step;

/// Who hears of progress.
pub trait Observer {
    /// A phase is taken up.
    fn phase_begins(&mut self, _phase: &PlannedPhase) {}
    /// A step is taken up.
    fn step_begins(&mut self, _step: &Step, _resumed: bool) {}
    /// A step ended, with its state and a detail.
    fn step_ends(&mut self, _step: &Step, _outcome: StepOutcome<'_>, _took: Duration) {}
    /// A check was asked.
    fn check_ends(&mut self, _id: &str, _title: &str, _outcome: CheckOutcome<'_>, _took: Duration) {}
    /// Time was let pass.
    fn time_passes(&mut self, _until: Timestamp, _why: &str) {}
    /// A new candidate begins.
    fn candidate_opens(&mut self, _number: u32) {}
}

/// How a step ended.
#[derive(Debug, Clone, Copy)]
pub enum StepOutcome<'a> {
    /// Done by this run.
    Done(&'a serde_json::Value),
    /// Found done.
    Already(&'a serde_json::Value),
    /// A person says so.
    Attested(&'a str),
    /// To go on later.
    Waiting(&'a str),
    /// Not done.
    Failed(&'a str),
    /// Something else is there.
    Conflict(&'a str),
}

/// How a check ended.
#[derive(Debug, Clone, Copy)]
pub enum CheckOutcome<'a> {
    /// It holds.
    Holds(&'a str),
    /// A person answers for it.
    Attested(&'a str),
    /// It does not hold.
    Failed(&'a [String]),
    /// It could not be asked.
    Unknown(&'a str),
}

/// The observer that hears nothing.
#[derive(Debug, Default)]
pub struct Silent;

impl Observer for Silent {}
