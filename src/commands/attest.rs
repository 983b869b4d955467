// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate attest`: a person answers for a step or a check.

use super::CommandError;
use super::environment::Environment;
use super::session::write_session;
use crate::engine::{Decided, Silent, SystemClock};
use crate::release::unfit;
use crate::ui::{ExitCode, hang};

/// Records that you did a step, or answer for a check.
///
/// The note stands in the record for good: say who, where, when, with a link.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The step or check.
    #[arg(value_name = "STEP")]
    item: String,
    /// What you answer for.
    #[arg(long, value_name = "TEXT")]
    note: String,
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let note = wanted("--note", &args.note)?;
    let (session, journal, state) = write_session(environment)?;
    let said = match session.driver(journal, state, &SystemClock, &mut Silent).attest(&args.item, note)? {
        Decided::Recorded => format!("{} is attested: {note}", args.item),
        Decided::Holds => holds_anyway(&args.item),
    };
    environment.ui.say(&hang(&said, 0, 2, environment.ui.width()));
    Ok(ExitCode::Done)
}

/// What is said where the truth shows what somebody would answer for.
pub fn holds_anyway(item: &str) -> String {
    format!("{item} was asked just now and holds: that is recorded, and nothing in your name.")
}

/// A text for the record: neither empty nor with what a terminal or a mail would take
/// for something else.
///
/// # Errors
/// When it is.
pub fn wanted<'a>(option: &str, text: &'a str) -> Result<&'a str, CommandError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(CommandError::usage(
            format!("{option} is empty"),
            "it stands in the record for good: say what and why",
        ));
    }
    if !text.contains(char::is_alphanumeric) {
        return Err(CommandError::usage(
            format!("{option} has neither a letter nor a digit"),
            "it stands in the record for good: say what and why",
        ));
    }
    match unfit(text) {
        Some(why) => Err(CommandError::usage(
            format!("{option} {why}"),
            "nothing was recorded; say it in plain text, without these characters",
        )),
        None => Ok(text),
    }
}
