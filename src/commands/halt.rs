// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Telling the person why a run ended, and the script by which exit code.

use jiff::Timestamp;

use super::error::{action_code, chain};
use crate::engine::{Halt, Obstacle, Pending};
use crate::ui::{ExitCode, Style, Ui, from_now, hang, minute};

/// Says why a run ended; returns its exit code: that of the worst obstacle.
pub fn report(ui: Ui, halt: &Halt) -> ExitCode {
    match halt {
        Halt::Completed => {
            ui.say("\nAll phases are completed.");
            ExitCode::Done
        }
        Halt::GoalReached => ExitCode::Done,
        Halt::Stopped => {
            ui.say("\nStopped as you wished; `quorate run` goes on from here.");
            ExitCode::Waiting
        }
        Halt::Pending(pending) => {
            let mut worst = ExitCode::Waiting;
            let mut waits = false;
            for item in pending {
                if !waits && matches!(item.obstacle, Obstacle::Person(_) | Obstacle::Time { .. }) {
                    ui.say("\nWaiting:");
                    waits = true;
                }
                let code = tell(ui, item);
                if severity(code) > severity(worst) {
                    worst = code;
                }
            }
            worst
        }
    }
}

/// Says what is in the way; what a person may type stands on a line of its own.
fn tell(ui: Ui, item: &Pending) -> ExitCode {
    let Pending { id, title, obstacle } = item;
    match obstacle {
        Obstacle::Person(what) => {
            let mut lines = what.lines();
            let said = format!("{id}: {}", lines.next().unwrap_or(title));
            ui.say(&format!("  {}", hang(&said, 2, 4, ui.width())));
            for command in lines {
                ui.say(&format!("    {}", ui.paint_err(&format!("$ {command}"), Style::Faint)));
            }
            ExitCode::Waiting
        }
        Obstacle::Time { until, why } => {
            let due = from_now(*until, Timestamp::now());
            let said = format!("{id}: until {} ({due}): {why}", minute(*until));
            ui.say(&format!("  {}", hang(&said, 2, 4, ui.width())));
            ExitCode::Waiting
        }
        Obstacle::Failed(error) => {
            ui.complain(&format!("{id} ({title}): {}", chain(error)), error.hint());
            action_code(error)
        }
        Obstacle::Conflict { found, expected } => {
            ui.complain(
                &format!("{id} ({title}): found {found}; expected {expected}"),
                Some("somebody else's work is never overwritten: find out whose it is, put it right there, and run again"),
            );
            ExitCode::Conflict
        }
        Obstacle::CheckFailed(faults) => {
            let faults: String = faults.iter().map(|fault| format!("\n  {fault}")).collect();
            let hint = format!("put it right and run again; `quorate guide` says of `{id}` what is meant");
            ui.complain(&format!("{id} does not hold: {title}{faults}"), Some(&hint));
            ExitCode::DoesNotHold
        }
    }
}

fn severity(code: ExitCode) -> u8 {
    match code {
        ExitCode::Done => 0,
        ExitCode::Waiting => 1,
        ExitCode::DoesNotHold => 2,
        ExitCode::Usage => 3,
        ExitCode::Service => 4,
        ExitCode::Conflict => 5,
        ExitCode::Internal => 6,
    }
}
