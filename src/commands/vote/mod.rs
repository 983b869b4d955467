// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate vote`: votes by the bylaws.

mod account;
mod cast;
#[cfg(test)]
mod cast_tests;
mod correspondence;
pub mod current;
mod enter;
#[cfg(test)]
mod kill_tests;
mod list;
#[cfg(test)]
mod mail_tests;
mod mails;
mod open;
mod opened;
#[cfg(test)]
mod place;
mod remind;
mod result;
mod rule;
mod rules;
#[cfg(test)]
mod rules_tests;
mod rulings;
mod sending;
mod tally;
mod verified;

use super::CommandError;
use super::environment::Environment;
use crate::ui::ExitCode;

pub use correspondence::{Sender, services};
pub use enter::enter;
pub use open::{Footing, footing, text_or_file};
pub use opened::BylawsNamed;
pub use rules::Given;
pub use sending::{Agreement, agreed};

/// Votes by the bylaws: opens, casts, counts and ends them, by mail.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Open(open::Args),
    Cast(cast::Args),
    Tally(tally::Args),
    Remind(remind::Args),
    Result(result::Args),
    Cancel(result::CancelArgs),
    List(list::ListArgs),
    Show(list::ShowArgs),
    Rule(rule::Args),
    Enter(enter::Args),
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    match args.command {
        Command::Cast(args) => cast::run(environment, &args),
        Command::Open(args) => open::run(environment, &args),
        Command::Remind(args) => remind::run(environment, &args),
        Command::Result(args) => result::run(environment, &args),
        Command::Cancel(args) => result::run_cancel(environment, &args),
        Command::List(args) => list::run_list(environment, &args),
        Command::Show(args) => list::run_show(environment, &args),
        Command::Tally(args) => tally::run(environment, &args),
        Command::Rule(args) => rule::run(environment, &args),
        Command::Enter(args) => enter::run(environment, args),
    }
}
