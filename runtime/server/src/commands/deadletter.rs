// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `statefun deadletter`: deals with messages that could not be taken.

use clap::Subcommand;
use serde_json::Value;

use super::state::typed;
use crate::access::{Access, At, Settle, pages};
use crate::error::{CliError, ExitCode};
use crate::output::{give, say, shown};
use crate::views::Which;

/// Deals with messages that could not be taken.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    at: At,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Lists them, the oldest first
    List {
        /// From this number on
        #[arg(long, default_value_t = 0)]
        from: u64,
        /// At most so many [default: all]
        #[arg(long)]
        most: Option<usize>,
    },
    /// Shows one whole
    Show {
        /// Its number
        number: u64,
    },
    /// Sends one again, as a new message, or all
    Replay {
        /// Its number
        #[arg(required_unless_present = "all")]
        number: Option<u64>,
        /// All that there are now
        #[arg(long, conflicts_with = "number")]
        all: bool,
    },
    /// Forgets one; it cannot be taken back
    Drop {
        /// Its number
        number: u64,
    },
}

/// Does what was asked for; a number that is not there is a 1.
pub(crate) fn run(args: &Args) -> Result<ExitCode, CliError> {
    let access = Access::to(&args.at)?;
    match &args.what {
        What::List { from, most } => {
            let which = Which { from: Some(*from), ..Which::default() };
            pages(
                *most,
                which,
                |which| access.dead_letters(which),
                Which::after_dead_letter,
                |letter| give(&if args.at.json { letter.to_string() } else { line(letter) }),
            )?;
        }
        What::Show { number } => {
            let which = Which { from: Some(*number), most: Some(1), ..Which::default() };
            let found = access.dead_letters(&which)?.into_iter().find(|letter| letter["number"] == *number);
            let letter = found.ok_or_else(|| absent(*number))?;
            give(&if args.at.json { letter.to_string() } else { format!("{letter:#}") })?;
        }
        What::Replay { number: Some(number), .. } => settle(&access, *number, Settle::Replay)?,
        What::Replay { number: None, .. } => replay_all(&access)?,
        What::Drop { number } => settle(&access, *number, Settle::Drop)?,
    }
    Ok(ExitCode::Done)
}

fn replay_all(access: &Access) -> Result<(), CliError> {
    let mut numbers = Vec::new();
    // What fails again has a new number, and is not replayed again.
    pages(
        None,
        Which::default(),
        |which| access.dead_letters(which),
        Which::after_dead_letter,
        |letter| {
            numbers.extend(letter["number"].as_u64());
            Ok(())
        },
    )?;
    for number in &numbers {
        access.settle(*number, Settle::Replay)?;
    }
    say(&format!("replayed: {}", numbers.len()));
    Ok(())
}

fn settle(access: &Access, number: u64, how: Settle) -> Result<(), CliError> {
    if access.settle(number, how)? { Ok(()) } else { Err(absent(number)) }
}

fn absent(number: u64) -> CliError {
    CliError::Absent(format!("there is no dead letter with the number {number}"))
}

fn line(letter: &Value) -> String {
    let text = |name: &str| shown(letter[name].as_str().unwrap_or_default());
    let (number, message) = (&letter["number"], typed(&letter["message"]));
    format!("{number}  {}/{}  {}  {message}", text("function"), text("id"), text("cause"))
}
