// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate man`: manual pages.

use std::path::PathBuf;

use clap::CommandFactory;

use super::environment::Environment;
use super::{Cli, CommandError};
use crate::ui::ExitCode;

/// Writes the manual pages into a directory, one a command.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory; it is made.
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let fail = |error: std::io::Error| {
        let what = format!("cannot write manual pages to {}: {error}", args.directory.display());
        CommandError::new(ExitCode::Usage, what, "name a directory that can be written")
    };
    std::fs::create_dir_all(&args.directory).map_err(fail)?;
    clap_mangen::generate_to(Cli::command(), &args.directory).map_err(fail)?;
    environment.ui.say(&format!("manual pages are in {}", args.directory.display()));
    Ok(ExitCode::Done)
}
