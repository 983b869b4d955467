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
pub mod record;
mod registry;
mod set;
mod show;
mod sync;
mod threads;

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

impl Place {
    /// The registry at `path`, of the kind that it says itself.
    pub fn at(path: PathBuf) -> Self {
        Self { registry: path, scheme: None }
    }
}

/// The registry at a place, which must be there.
///
/// # Errors
/// When it is not.
pub fn registry_at(environment: &Environment, place: &Place) -> Result<registry::Registry, CommandError> {
    registry::Registry::open(environment, place, registry::Wanted::There)
}

/// Sets issue and version of a proposal, as `quorate flip set` does; whether they were others.
///
/// # Errors
/// As that command.
pub fn name_release(
    environment: &Environment,
    place: &Place,
    number: u32,
    jira: &str,
    release: &str,
) -> Result<bool, CommandError> {
    set::name_release(environment, place, number, jira, release)
}

/// Stands in the place of the program's own `--state`, which says where releases are recorded:
/// here a state is a proposal's.
#[derive(Debug, clap::Args)]
struct NoStateDirectory {
    #[arg(id = "state_directory", long = "state-directory", hide = true, value_name = "DIR", value_parser = super::path())]
    _state: Option<PathBuf>,
}

/// Stands in the place of the program's own `--release`, which says which record is meant, also by
/// QUORATE_RELEASE: here a release is a version that a proposal comes with.
#[derive(Debug, clap::Args)]
struct NoRelease {
    #[arg(id = "release", long = "release-under-way", hide = true, value_name = "PRODUCT/VERSION")]
    _release: Option<String>,
}

/// What is said of a proposal beside its state and its threads: to set it, or to find those that
/// have it.
#[derive(Debug, clap::Args)]
struct Facts {
    /// The version that it comes with: 2.4.0; where it is set also several, "1.19, 2.0".
    #[arg(id = "version_of", long = "release", value_name = "VERSION")]
    release: Option<String>,
    /// The part of the product.
    #[arg(long, value_name = "NAME")]
    component: Option<String>,
    /// Who proposes; a part of the name finds it.
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    #[command(flatten)]
    hidden: NoRelease,
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
    Start(record::StartArgs),
    Discuss(record::DiscussArgs),
    Vote(record::VoteArgs),
    Result(record::ResultArgs),
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
        Command::Start(args) => record::run_start(environment, place, &args),
        Command::Discuss(args) => record::run_discuss(environment, place, &args),
        Command::Vote(args) => record::run_vote(environment, place, &args),
        Command::Result(args) => record::run_result(environment, place, &args),
        Command::Lint(args) => lint::run(environment, place, &args),
        Command::Index(args) => index::run(environment, place, &args),
        Command::Sync(args) => sync::run(environment, place, &args),
    }
}
