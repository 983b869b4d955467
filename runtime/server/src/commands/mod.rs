// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! One file per command.

mod check;
mod completions;
mod deadletter;
mod man;
mod run;
mod state;

use clap::Subcommand;

use crate::error::{CliError, ExitCode};

/// What can be asked for.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs an application until it is told to stop
    Run(run::Args),
    /// Reads module files and says everything that is wrong with them
    Check(check::Args),
    /// Looks at the values of addresses
    State(state::Args),
    /// Deals with messages that could not be taken
    Deadletter(deadletter::Args),
    /// Prints completions for a shell
    Completions(completions::Args),
    /// Writes manual pages into a directory
    Man(man::Args),
}

/// Does what was asked for.
pub(crate) fn run(command: Command) -> Result<ExitCode, CliError> {
    match command {
        Command::Run(args) => run::run(args),
        Command::Check(args) => check::run(&args),
        Command::State(args) => state::run(&args),
        Command::Deadletter(args) => deadletter::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    }
}
