// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate skip`: a step or check is left out.

use super::CommandError;
use super::attest::{holds_anyway, wanted};
use super::environment::Environment;
use super::session::write_session;
use crate::engine::{Decided, Silent, SystemClock};
use crate::ui::ExitCode;

/// Leaves a step or check out.
///
/// The reason stands in the record. A gate (the vote) cannot be skipped.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The step or check.
    #[arg(value_name = "STEP")]
    item: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    why: String,
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let why = wanted("--why", &args.why)?;
    let (session, journal, state) = write_session(environment)?;
    let said = match session.driver(journal, state, &SystemClock, &mut Silent).skip(&args.item, why)? {
        Decided::Recorded => format!("{} is left out: {why}", args.item),
        Decided::Holds => holds_anyway(&args.item),
    };
    environment.ui.say(&said);
    Ok(ExitCode::Done)
}
