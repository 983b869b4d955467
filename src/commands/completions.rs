// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate completions`: completions for a shell.

use clap::CommandFactory;

use super::environment::Environment;
use super::{Cli, CommandError};
use crate::ui::ExitCode;

/// Prints completions for a shell, on stdout.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell.
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "quorate", &mut text);
    environment.ui.data(&String::from_utf8_lossy(&text));
    Ok(ExitCode::Done)
}
