// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `statefun`: runs Stateful Functions applications.

mod access;
mod assemble;
mod commands;
mod confirm;
mod error;
mod exposition;
mod open_files;
mod operating;
mod output;
mod rates;
mod views;

use clap::Parser;

use commands::Command;
use error::report;

/// Messages are freed by other threads than those that made them, which the C library does slowly.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs Stateful Functions applications: one binary, durable after every invocation.
///
/// An application is one or more module files: where functions are, where messages come in,
/// where records go out. `statefun check` reads them and says everything that is wrong;
/// `statefun run` runs them.
#[derive(Debug, Parser)]
#[command(name = "statefun", version, arg_required_else_help = true, after_help = EXAMPLE)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLE: &str = "\
Example:
  statefun check module.yaml
  statefun run module.yaml --data data
  curl -X PUT http://localhost:8090/example/greeter/Ada -d Ada
  curl http://localhost:8091/greetings

Exit codes: 0 done, 1 does not hold, 2 wrong use or configuration, 4 a service or the disk failed,
5 something else is there (a port or a store in use), 70 a fault of this program.";

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    match commands::run(cli.command) {
        Ok(code) => code.into(),
        Err(error) => report(&error),
    }
}
