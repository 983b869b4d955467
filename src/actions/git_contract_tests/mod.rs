// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the contract of the git actions says of undoing, of what was done by hand,
//! and of naming all faults at once.

mod branches;
mod probes;
mod remote;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::Services;
use super::git_tests::{World, action as built, services};
use crate::engine::{Action, ActionError, Finding, Probe, Probed, Reversal};
use crate::services::git_testing::run;
use crate::services::{Effects, Moment};

impl World<'_> {
    /// `act` until it is killed at `moment` of the effect number `count`, from 1.
    fn act_killed(&mut self, action: &dyn Action<Services>, moment: Moment, count: usize) {
        let seen = AtomicUsize::new(0);
        let watch = Effects::new(move |now, _: &str| {
            if now == moment {
                assert!(seen.fetch_add(1, Ordering::SeqCst) + 1 != count, "killed");
            }
        });
        let services = services(&self.repositories, None, watch);
        let cx = self.cx_of(&services);
        assert!(catch_unwind(AssertUnwindSafe(|| action.act(&cx))).is_err(), "it has fewer effects");
        self.intent.resumed = true;
    }

    fn rev(&self, revision: &str) -> String {
        self.repositories.git(&["rev-parse", revision]).trim().to_owned()
    }

    /// What the remote's refs of `pattern` are at; empty where it has none.
    fn at_remote(&self, pattern: &str) -> String {
        self.repositories.remote_git(&["for-each-ref", "--format=%(objectname)", pattern]).trim().to_owned()
    }
}

fn conflict(probed: Result<Probed, ActionError>) -> (String, String) {
    match probed {
        Ok(Probed::Conflict { found, expected }) => (found, expected),
        other => panic!("no conflict: {other:?}"),
    }
}

fn refused(result: Result<impl std::fmt::Debug, ActionError>) -> String {
    match result {
        Err(ActionError::Refused { what, .. }) => what,
        other => panic!("not refused: {other:?}"),
    }
}

fn fails(finding: Result<Finding, ActionError>) -> Vec<String> {
    match finding {
        Ok(Finding::Fails(faults)) => faults,
        other => panic!("it does not fail: {other:?}"),
    }
}

fn holds(finding: Result<Finding, ActionError>) -> String {
    match finding {
        Ok(Finding::Holds(evidence)) => evidence,
        other => panic!("it does not hold: {other:?}"),
    }
}

fn is_undo(reversal: &Reversal) -> bool {
    matches!(reversal, Reversal::Undo(_))
}
