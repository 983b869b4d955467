// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `statefun state`: looks at the values of addresses.

use clap::Subcommand;
use serde_json::{Value, json};

use crate::access::{Access, At, pages};
use crate::error::{CliError, ExitCode};
use crate::output::{give, shown};
use crate::views::Which;

/// Looks at the values of addresses.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    at: At,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The values of one address
    Get {
        /// The type of the function: example/greeter
        function: String,
        /// Which instance
        id: String,
    },
    /// The values of all addresses, or of all of one type
    List {
        /// The type of the functions: example/greeter
        function: Option<String>,
        /// At most so many [default: all]
        #[arg(long)]
        most: Option<usize>,
        /// Gives ids and names alone, without the values
        #[arg(long)]
        names: bool,
    },
}

/// Lists values; one address without any is a 1.
pub(crate) fn run(args: &Args) -> Result<ExitCode, CliError> {
    let (which, most) = match &args.what {
        What::Get { function, id } => {
            (Which { function: Some(function.clone()), id: Some(id.clone()), ..Which::default() }, None)
        }
        What::List { function, most, names } => {
            (Which { function: function.clone(), names: names.then_some(true), ..Which::default() }, *most)
        }
    };
    let names = which.names.is_some();
    let access = Access::to(&args.at)?;
    let mut given = 0;
    pages(
        most,
        which,
        |which| access.state(which),
        Which::after_value,
        |value| {
            given += 1;
            // A runtime that is older gives the values all the same.
            give(&match args.at.json {
                true if names => {
                    json!({"function": value["function"], "id": value["id"], "name": value["name"]}).to_string()
                }
                true => value.to_string(),
                false if names => name(value),
                false => line(value),
            })
        },
    )?;
    match &args.what {
        What::Get { function, id } if given == 0 => Err(CliError::Absent(format!("{function}/{id} has no values"))),
        _ => Ok(ExitCode::Done),
    }
}

fn line(value: &Value) -> String {
    format!("{}  {}", name(value), typed(&value["value"]))
}

/// Which value it is, on one line.
fn name(value: &Value) -> String {
    let text = |name: &str| shown(value[name].as_str().unwrap_or_default());
    format!("{}/{}  {}", text("function"), text("id"), text("name"))
}

/// A typed value on one line.
pub(super) fn typed(value: &Value) -> String {
    let said = if value["plain"].is_null() { &value["base64"] } else { &value["plain"] };
    format!("{said} ({})", shown(value["type"].as_str().unwrap_or("of no type")))
}
