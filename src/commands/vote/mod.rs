// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate vote`: votes by the bylaws.

mod account;
pub mod current;
mod enter;
mod rule;
mod tally;

use super::CommandError;
use super::environment::Environment;
use crate::ui::ExitCode;

pub use enter::enter;

/// Counts votes: reads them from a thread, or takes them by name.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Tally(tally::Args),
    Rule(rule::Args),
    Enter(enter::Args),
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    match args.command {
        Command::Tally(args) => tally::run(environment, &args),
        Command::Rule(args) => rule::run(environment, &args),
        Command::Enter(args) => enter::run(environment, args),
    }
}
