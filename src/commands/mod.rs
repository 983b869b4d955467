// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The command line: one file per command. Nothing imports this.

mod accounts;
mod again;
mod already_out;
mod attest;
mod cancel_candidate;
mod check_commit;
mod check_lists;
mod check_prepared;
mod check_repository;
mod check_sites;
mod check_templates;
mod check_version;
mod check_workflow;
mod completions;
mod connect;
mod desk;
mod doctor;
mod environment;
mod error;
mod flip;
mod guide;
mod halt;
mod hash;
mod identity;
mod issues;
mod keys;
mod left_behind;
mod log;
mod man;
mod plan;
mod reconfigure;
mod rehearse;
mod release_files;
mod release_state;
mod roster;
mod run;
mod session;
mod sign;
mod skip;
mod start;
mod status;
mod take_over;
mod undo;
mod verify;
mod vote;
mod which_product;

use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, Parser, Subcommand};

use environment::Environment;
pub use error::CommandError;

use crate::ui::{ExitCode, Ui};

/// Takes an Apache-style release from "decide to release" to "promoted".
///
/// Its steps can be resumed, have checklists, and are proved against git,
/// Subversion and the mail archive.
///
/// Begin with `quorate rehearse`, which runs a whole release of a small sample
/// project on this machine, with real git, Subversion, OpenPGP and SMTP. Then
/// `quorate doctor`, `quorate start VERSION`, and `quorate run`.
///
/// Nothing acts without `--execute` or a yes at the prompt; what is public wants
/// the version typed. Exit codes: 0 done or holds; 1 a check or vote does not
/// hold; 2 wrong use or configuration; 3 waiting for a person or a time; 4 a
/// service failed; 5 conflict with the remote truth; 70 a fault of our own.
#[derive(Debug, Parser)]
#[command(name = "quorate", version, max_term_width = 100)]
pub struct Cli {
    /// Which release, where several are under way: PRODUCT/VERSION.
    #[arg(
        long,
        global = true,
        help_heading = "For every command",
        env = "QUORATE_RELEASE",
        value_name = "PRODUCT/VERSION"
    )]
    release: Option<String>,

    /// A directory whose workflows/, templates/ and release-config/ stand before
    /// the built-in ones.
    #[arg(long, global = true, help_heading = "For every command", env = "QUORATE_ASSETS", value_name = "DIR", value_parser = path())]
    assets: Option<PathBuf>,

    /// Where releases are recorded; else $XDG_STATE_HOME/quorate, else
    /// ~/.local/state/quorate.
    #[arg(id = "state_directory", long = "state", global = true, help_heading = "For every command", env = "QUORATE_STATE", value_name = "DIR", value_parser = path())]
    state: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

/// A path that may be empty: that is refused later, by the name of the variable too.
fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

#[derive(Debug, Subcommand)]
enum Command {
    Rehearse(rehearse::Args),
    Doctor(doctor::Args),
    Start(start::Args),
    Status(status::Args),
    Plan(plan::Args),
    Run(run::Args),
    Attest(attest::Args),
    Skip(skip::Args),
    Undo(undo::Args),
    CancelCandidate(cancel_candidate::Args),
    TakeOver(take_over::Args),
    Reconfigure(reconfigure::Args),
    Triage(issues::triage::Args),
    Notes(issues::notes::Args),
    Vote(vote::Args),
    Roster(roster::Args),
    Flip(flip::Args),
    Verify(verify::Args),
    Hash(hash::Args),
    Sign(sign::Args),
    Keys(keys::Args),
    Log(log::Args),
    Guide(guide::Args),
    Completions(completions::Args),
    Man(man::Args),
}

impl Cli {
    /// The command line. One that cannot be read ends the program with what is wrong and how
    /// the command is used: without what the environment gave, which nobody has typed.
    pub fn read() -> Self {
        Self::try_parse().unwrap_or_else(|mut error| {
            let mut program = Self::command();
            program.build();
            let mut command = &mut program;
            for word in std::env::args_os().skip(1).filter_map(|word| word.into_string().ok()) {
                if command.find_subcommand(&word).is_some() {
                    command = command.find_subcommand_mut(&word).expect("it was just found");
                }
            }
            if error.get(ContextKind::Usage).is_some() {
                error.insert(ContextKind::Usage, ContextValue::StyledStr(command.render_usage()));
            }
            error.exit()
        })
    }

    /// Runs the command.
    ///
    /// # Errors
    /// With the exit code, what went wrong and what to do next.
    pub fn run(self, ui: Ui) -> Result<ExitCode, CommandError> {
        let environment = Environment::new(ui, self.release, self.assets, self.state)?;
        match self.command {
            Command::Rehearse(args) => rehearse::run(&environment, args),
            Command::Doctor(args) => doctor::run(&environment, args),
            Command::Start(args) => start::run(&environment, args),
            Command::Status(args) => status::run(&environment, args),
            Command::Plan(args) => plan::run(&environment, args),
            Command::Run(args) => run::run(&environment, args),
            Command::Attest(args) => attest::run(&environment, args),
            Command::Skip(args) => skip::run(&environment, args),
            Command::Undo(args) => undo::run(&environment, args),
            Command::CancelCandidate(args) => cancel_candidate::run(&environment, args),
            Command::TakeOver(args) => take_over::run(&environment, args),
            Command::Reconfigure(args) => reconfigure::run(&environment, args),
            Command::Triage(args) => issues::triage::run(&environment, &args),
            Command::Notes(args) => issues::notes::run(&environment, &args),
            Command::Vote(args) => vote::run(&environment, args),
            Command::Roster(args) => roster::run(&environment, args),
            Command::Flip(args) => flip::run(&environment, args),
            Command::Verify(args) => verify::run(&environment, args),
            Command::Hash(args) => hash::run(&environment, args),
            Command::Sign(args) => sign::run(&environment, args),
            Command::Keys(args) => keys::run(&environment, args),
            Command::Log(args) => log::run(&environment, args),
            Command::Guide(args) => guide::run(&environment, args),
            Command::Completions(args) => completions::run(&environment, args),
            Command::Man(args) => man::run(&environment, args),
        }
    }
}
