// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `statefun completions`: completions for a shell.

use clap::CommandFactory;

use crate::Cli;
use crate::error::{CliError, ExitCode};
use crate::output::give;

/// Prints completions for a shell.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// Prints them.
pub(crate) fn run(args: &Args) -> Result<ExitCode, CliError> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "statefun", &mut text);
    give(String::from_utf8_lossy(&text).trim_end())?;
    Ok(ExitCode::Done)
}
