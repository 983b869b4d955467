// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate undo`: takes a step back.

use inquire::Confirm;

use super::CommandError;
use super::attest::wanted;
use super::environment::Environment;
use super::session::write_session;
use crate::engine::{Silent, SystemClock, Undoing};
use crate::ui::ExitCode;

/// Takes a step back, where that can be done.
///
/// Says so plainly where it cannot.
/// Shows what taking it back will do, and asks; without a terminal it acts only
/// with --execute. Where that cannot come to its end, since somebody changed what
/// is to be taken back, --drop leaves what is there, and `quorate run` asks the truth.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The step.
    step: String,
    /// Act without asking.
    #[arg(long)]
    execute: bool,
    /// Take it back no further: an earlier `quorate undo` of it did not end.
    #[arg(long, requires = "why", conflicts_with = "execute")]
    drop: bool,
    /// With --drop: why.
    #[arg(long, value_name = "TEXT", requires = "drop")]
    why: Option<String>,
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let ui = environment.ui;
    let (session, journal, state) = write_session(environment)?;
    let mut observer = Silent;
    let mut driver = session.driver(journal, state, &SystemClock, &mut observer);
    if let Some(why) = args.why.filter(|_| args.drop) {
        driver.drop_undo(&args.step, wanted("--why", &why)?)?;
        ui.say(&format!("`{}` is taken back no further; `quorate run` asks the truth how it stands.", args.step));
        return Ok(ExitCode::Done);
    }
    let what = match driver.foresee_undo(&args.step)? {
        Undoing::Undo(what) => what,
        Undoing::NothingToUndo => "only the record changes: the step counts as not done".to_owned(),
    };
    ui.say(&format!("Taking back `{}`: {what}", args.step));
    if !args.execute {
        if !ui.interactive() {
            ui.say("Nothing was done: without a terminal, --execute acts.");
            return Ok(ExitCode::Done);
        }
        if !matches!(Confirm::new("Go on?").with_default(false).prompt(), Ok(true)) {
            return Ok(ExitCode::Waiting);
        }
    }
    driver.undo(&args.step)?;
    ui.say(&format!("`{}` is taken back.", args.step));
    Ok(ExitCode::Done)
}
