// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Telling the person why a run ended, and the script by which exit code.

use jiff::tz::TimeZone;

use super::error::{action_code, chain};
use crate::engine::{Halt, Obstacle, Pending};
use crate::ui::{ExitCode, Ui};

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
            ui.say("\nIn the way:");
            let mut worst = ExitCode::Waiting;
            for item in pending {
                let code = tell(ui, item);
                if severity(code) > severity(worst) {
                    worst = code;
                }
            }
            worst
        }
    }
}

fn tell(ui: Ui, item: &Pending) -> ExitCode {
    let Pending { id, title, obstacle } = item;
    match obstacle {
        Obstacle::Person(what) => {
            ui.say(&format!("  {id}: {what}"));
            ExitCode::Waiting
        }
        Obstacle::Time { until, why } => {
            let until = until.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC");
            ui.say(&format!("  {id}: until {until}: {why}"));
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
            ui.complain(&format!("{id} ({title}) does not hold: {}", faults.join("; ")), None);
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
