// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate flip`: improvement proposals, from number to release.

mod claim;
mod edit;
mod evidence;
mod import;
mod index;
mod init;
mod json;
mod lint;
mod list;
mod new;
mod registry;
mod set;
mod show;
mod sync;

use std::path::PathBuf;

use super::CommandError;
use super::environment::Environment;
use crate::ui::ExitCode;

/// Keeps improvement proposals: numbers, pages, states, index.
///
/// A registry is a git repository with a Markdown file for each proposal. Begin with one of
/// `quorate flip --registry DIR init` and `quorate flip --registry DIR import flips.json`;
/// then `list`, `show 42`, `lint`, `new "Stop jobs gracefully"`, `set 608 --state discussion
/// --discussion https://lists.apache.org/thread/…`.
///
/// What is in the registry's own directory is written at once, as a commit; what goes
/// elsewhere (a push, a wiki) is shown first and wants --execute or a yes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// Which registry, of which kind of proposals.
#[derive(Debug, clap::Args)]
pub struct Place {
    /// The registry: the root of a git repository.
    #[arg(long, global = true, env = "QUORATE_REGISTRY", value_name = "DIR", default_value = ".")]
    registry: PathBuf,
    /// The kind of proposals: flip, kip, sip, or a file; else as the registry says, else flip.
    #[arg(long, global = true, value_name = "NAME|FILE")]
    scheme: Option<String>,
}

/// Stands in the place of the program's own `--state`, which says where releases are recorded:
/// here a state is a proposal's.
#[derive(Debug, clap::Args)]
struct NoStateDirectory {
    #[arg(id = "state_directory", long = "state-directory", hide = true, value_name = "DIR", value_parser = super::path())]
    _state: Option<PathBuf>,
}

/// What is said of a proposal beside its state and its threads: to set it, or to find those that
/// have it.
#[derive(Debug, clap::Args)]
struct Facts {
    /// The version that it comes with: 2.4.0; where it is set also several, "1.19, 2.0".
    #[arg(long, value_name = "VERSION")]
    release: Option<String>,
    /// The part of the product.
    #[arg(long, value_name = "NAME")]
    component: Option<String>,
    /// Who proposes; a part of the name finds it.
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Init(init::Args),
    Import(import::Args),
    New(new::Args),
    Number(new::NumberArgs),
    List(list::Args),
    Show(show::Args),
    Set(set::Args),
    Lint(lint::Args),
    Index(index::Args),
    Sync(sync::Args),
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let place = &args.place;
    match args.command {
        Command::Init(args) => init::run(environment, place, &args),
        Command::Import(args) => import::run(environment, place, &args),
        Command::New(args) => new::run(environment, place, &args),
        Command::Number(args) => new::run_number(environment, place, &args),
        Command::List(args) => list::run(environment, place, &args),
        Command::Show(args) => show::run(environment, place, &args),
        Command::Set(args) => set::run(environment, place, &args),
        Command::Lint(args) => lint::run(environment, place, &args),
        Command::Index(args) => index::run(environment, place, &args),
        Command::Sync(args) => sync::run(environment, place, &args),
    }
}
