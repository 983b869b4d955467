// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate run STEP --again`: a person declares that an interrupted attempt did
//! not happen, so that the step begins anew.

use inquire::{Confirm, Text};
use jiff::tz::TimeZone;

use super::CommandError;
use super::attest::wanted;
use crate::actions::Services;
use crate::engine::Driver;
use crate::ui::Ui;

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The steps begin anew.
    Anew,
    /// Nothing was declared.
    LeftAsItIs,
}

/// Declares the open attempts at `steps` void, after asking where somebody can
/// be asked; all of them can be, or none is.
///
/// # Errors
/// When a step has no open attempt, or no reason is given.
pub fn begin_anew(
    ui: Ui,
    driver: &mut Driver<'_, Services>,
    steps: &[String],
    why: Option<&str>,
    execute: bool,
) -> Result<Decision, CommandError> {
    for step in steps {
        let begun = driver.droppable(step)?.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC");
        ui.say(&format!("The attempt at `{step}` that began {begun} will count as one that never happened."));
    }
    ui.say("If it did happen, the step may be done twice: look first.");
    let why = match why {
        Some(why) => wanted("--why", why)?.to_owned(),
        None if execute || !ui.interactive() => {
            return Err(CommandError::usage(
                "--again needs --why",
                "say how you know that it did not happen: it stands in the record for good",
            ));
        }
        None => match Text::new("How do you know that it did not happen?").prompt() {
            Ok(why) if !why.trim().is_empty() => why.trim().to_owned(),
            _ => return Ok(Decision::LeftAsItIs),
        },
    };
    if !execute && !matches!(Confirm::new("Begin anew?").with_default(false).prompt(), Ok(true)) {
        return Ok(Decision::LeftAsItIs);
    }
    for step in steps {
        driver.drop_intention(step, &why)?;
    }
    Ok(Decision::Anew)
}
