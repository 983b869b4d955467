// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate roster`: who has a binding vote.

mod fetch;
mod show;

use std::path::{Path, PathBuf};

use super::CommandError;
use super::environment::Environment;
use crate::config::{RulesError, load_roster};
use crate::governance::Roster;
use crate::ui::ExitCode;

/// Keeps the list of those whose votes bind, with their addresses.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Fetch(fetch::Args),
    Show(show::ShowArgs),
    Who(show::WhoArgs),
}

/// Which roster.
#[derive(Debug, clap::Args)]
struct Which {
    /// The roster's file.
    #[arg(long, value_name = "FILE")]
    roster: PathBuf,
    /// A file that says what other addresses people write from.
    #[arg(long, value_name = "FILE")]
    alias: Option<PathBuf>,
}

impl Which {
    fn load(&self) -> Result<Roster, CommandError> {
        load(&self.roster, self.alias.as_deref())
    }
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    match args.what {
        What::Fetch(args) => fetch::run(environment, &args),
        What::Show(args) => show::show(environment, &args),
        What::Who(args) => show::who(environment, &args),
    }
}

/// A roster with its aliases.
pub fn load(roster: &Path, alias: Option<&Path>) -> Result<Roster, CommandError> {
    load_roster(roster, alias).map_err(CommandError::from)
}

impl From<RulesError> for CommandError {
    fn from(error: RulesError) -> Self {
        let hint = match &error {
            RulesError::Unknown { .. } => "give one of these names, or a file: --bylaws ./own.toml",
            RulesError::UnknownScheme { .. } => "give one of these names, or a file: --scheme ./own.toml",
            RulesError::Unreadable { .. } => {
                "see whether it is there and may be read; `quorate roster fetch` makes a roster"
            }
            RulesError::Asset(_) | RulesError::Fault(_) => {
                "docs/votes.md says how bylaws, rosters and aliases are written"
            }
        };
        Self::from_error(ExitCode::Usage, &error, hint)
    }
}
