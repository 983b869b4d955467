// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `statefun deadletter`: deals with messages that could not be taken.

use std::cell::Cell;

use clap::{ArgGroup, Subcommand};
use serde_json::{Value, json};
use statefun_engine::FunctionType;

use super::state::typed;
use crate::access::{Access, At, Settle, pages};
use crate::confirm::confirmed;
use crate::error::{CliError, ExitCode};
use crate::output::{give, say, shown};
use crate::views::Which;

/// How many characters of a message a list for people shows.
const LONGEST_IN_LIST: usize = 160;

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
        #[command(flatten)]
        selection: Selection,
    },
    /// Shows one whole
    Show {
        /// Its number
        number: u64,
    },
    /// Sends one again, as a new message, or many
    Replay(Chosen),
    /// Forgets one, or many; it cannot be taken back
    Drop(Chosen),
}

/// Those that are for some functions.
#[derive(Debug, Default, clap::Args)]
struct Selection {
    /// Those alone that are for functions of this type: example/greeter
    #[arg(long = "type", value_name = "TYPE")]
    function: Option<String>,
    /// Those alone that are for this instance of it; --type says of what
    #[arg(long, requires = "function")]
    id: Option<String>,
}

/// One, or many.
#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("chosen").required(true).multiple(true).args(["number", "all", "function"])))]
struct Chosen {
    /// Its number
    #[arg(conflicts_with_all = ["all", "function"])]
    number: Option<u64>,
    /// All that there are now
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    selection: Selection,
    /// Does not ask whether many are meant
    #[arg(long)]
    yes: bool,
}

impl Selection {
    /// The same, of a type that may be.
    fn checked(&self) -> Result<&Self, CliError> {
        self.function.as_deref().map(FunctionType::parse).transpose()?;
        Ok(self)
    }

    fn has(&self, letter: &Value) -> bool {
        let is = |name: &str, wanted: &Option<String>| wanted.as_deref().is_none_or(|wanted| letter[name] == *wanted);
        is("function", &self.function) && is("id", &self.id)
    }
}

impl Settle {
    /// What is done, what would be, and what was.
    fn words(self) -> [&'static str; 3] {
        match self {
            Self::Replay => ["send again", "would be sent again", "replayed"],
            Self::Drop => ["drop for ever", "would be dropped for ever", "dropped"],
        }
    }
}

/// Does what was asked for; a number that is not there is a 1.
pub(crate) fn run(args: &Args) -> Result<ExitCode, CliError> {
    let access = Access::to(&args.at)?;
    match &args.what {
        What::List { from, most, selection } => {
            list(&access, *from, *most, selection.checked()?, |letter| {
                give(&if args.at.json { letter.to_string() } else { line(letter) })
            })?;
        }
        What::Show { number } => {
            let which = Which { from: Some(*number), most: Some(1), ..Which::default() };
            let found = access.dead_letters(&which)?.into_iter().find(|letter| letter["number"] == *number);
            let letter = found.ok_or_else(|| absent(*number))?;
            give(&if args.at.json { letter.to_string() } else { format!("{letter:#}") })?;
        }
        What::Replay(chosen) => return settle(&access, chosen, Settle::Replay, args.at.json),
        What::Drop(chosen) => return settle(&access, chosen, Settle::Drop, args.at.json),
    }
    Ok(ExitCode::Done)
}

/// Shows those of a selection, of which an older runtime knows nothing.
fn list(
    access: &Access,
    from: u64,
    most: Option<usize>,
    selection: &Selection,
    mut show: impl FnMut(&Value) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let left = Cell::new(most.unwrap_or(usize::MAX));
    let page = if selection.function.is_none() { most } else { None };
    let which = Which { from: Some(from), ..Which::default() };
    pages(
        page,
        which,
        |which| if left.get() == 0 { Ok(Vec::new()) } else { access.dead_letters(which) },
        Which::after_dead_letter,
        |letter| {
            if left.get() > 0 && selection.has(letter) {
                left.set(left.get() - 1);
                show(letter)?;
            }
            Ok(())
        },
    )
}

fn settle(access: &Access, chosen: &Chosen, how: Settle, as_json: bool) -> Result<ExitCode, CliError> {
    if let Some(number) = chosen.number {
        return if access.settle(number, how)? { Ok(ExitCode::Done) } else { Err(absent(number)) };
    }
    let mut numbers = Vec::new();
    // What fails again has a new number, and is not replayed again.
    list(access, 0, None, chosen.selection.checked()?, |letter| {
        numbers.extend(letter["number"].as_u64());
        Ok(())
    })?;
    let [order, possible, done] = how.words();
    let what = named(numbers.len(), &chosen.selection);
    if !numbers.is_empty() && !chosen.yes && !confirmed(&format!("{order} {what}?"), &format!("{what} {possible}"))? {
        say("nothing was done");
        return Ok(ExitCode::DoesNotHold);
    }
    let mut settled = 0;
    for number in &numbers {
        match access.settle(*number, how) {
            // Somebody else may have been here first.
            Ok(was_there) => settled += usize::from(was_there),
            Err(error) => {
                say(&format!("{done}: {settled} of {}", numbers.len()));
                return Err(error);
            }
        }
    }
    if as_json {
        give(&json!({ done: settled }).to_string())?;
    }
    say(&format!("{done}: {settled}"));
    Ok(ExitCode::Done)
}

/// How many, and of what.
fn named(count: usize, selection: &Selection) -> String {
    let letters = if count == 1 { "dead letter" } else { "dead letters" };
    let whose = match selection {
        Selection { function: Some(function), id: Some(id) } => format!(" for {}/{}", shown(function), shown(id)),
        Selection { function: Some(function), id: None } => format!(" for {}", shown(function)),
        Selection { function: None, .. } => String::new(),
    };
    format!("{count} {letters}{whose}")
}

fn absent(number: u64) -> CliError {
    CliError::Absent(format!("there is no dead letter with the number {number}"))
}

/// A text of a length that a line of a list may have; `show` gives it whole.
fn shortened(text: &str) -> String {
    let length = text.chars().count();
    if length <= LONGEST_IN_LIST {
        return text.to_owned();
    }
    let beginning: String = text.chars().take(LONGEST_IN_LIST).collect();
    format!("{beginning}… ({} characters more: `show` gives them)", length - LONGEST_IN_LIST)
}

fn line(letter: &Value) -> String {
    let text = |name: &str| shown(letter[name].as_str().unwrap_or_default());
    let (number, message) = (&letter["number"], shortened(&typed(&letter["message"])));
    format!("{number}  {}/{}  {}  {message}", text("function"), text("id"), text("cause"))
}
