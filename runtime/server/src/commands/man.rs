// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `statefun man`: manual pages.

use std::path::PathBuf;

use clap::CommandFactory;

use crate::Cli;
use crate::error::{CliError, ExitCode};
use crate::output::say;

/// Writes the manual pages into a directory, one for each command.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The directory; made where there is none
    directory: PathBuf,
}

/// Writes them.
pub(crate) fn run(args: &Args) -> Result<ExitCode, CliError> {
    let directory = &args.directory;
    let fail = |source| CliError::Unwritten { directory: directory.display().to_string(), source };
    std::fs::create_dir_all(directory).map_err(fail)?;
    clap_mangen::generate_to(Cli::command(), directory).map_err(fail)?;
    say(&format!("the manual pages are in {}", directory.display()));
    Ok(ExitCode::Done)
}
