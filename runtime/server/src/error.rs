// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Errors as the command line shows them, and what the program ends with.

use std::error::Error;
use std::io::ErrorKind;
use std::process;

use statefun_engine::{AddressError, EngineError};
use statefun_io::ListenError;
use statefun_module::Fault;
use statefun_store::StoreError;

use crate::operating::ADMINISTRATION;
use crate::output;

/// How errors of the store's library begin.
const OF_THE_STORE: &str = "FjallError: ";

/// What the program's end means to whoever called it; docs/exit-codes.md is their page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitCode {
    /// Done, or it holds.
    Done = 0,
    /// It does not hold, or is not there.
    DoesNotHold = 1,
    /// Wrong use or configuration; nothing was written.
    Usage = 2,
    /// A service or the disk failed.
    Service = 4,
    /// Something else is there than what was expected.
    Conflict = 5,
    /// A fault of this program.
    Internal = 70,
}

impl From<ExitCode> for process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// A module file cannot be read.
    #[error("the module file {file} cannot be read")]
    File {
        /// Which.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// The modules are wrong, or ask for what this program does not have.
    #[error("the modules are no application: {} {}", .0.len(), if .0.len() == 1 { "fault" } else { "faults" })]
    Modules(Vec<Fault>),
    /// A port cannot be taken.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// Another process has the store open, and none is known that could be asked.
    #[error("the store {directory} is in use by another process, which has noted no administration there")]
    InUse {
        /// Its directory.
        directory: String,
    },
    /// What cannot be taken back, or is for many, was not agreed to.
    #[error("{what}, and nobody can be asked whether that is meant: there is no terminal")]
    Unconfirmed {
        /// What would have been done.
        what: String,
    },
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The engine failed.
    #[error("the runtime has stopped")]
    Engine(#[source] EngineError),
    /// The engine stopped by itself.
    #[error("the runtime has stopped: {0}")]
    Failed(String),
    /// Something of this machine failed.
    #[error("{what}")]
    Machine {
        /// What.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// Nothing can be written where it was to be.
    #[error("nothing can be written into {directory}")]
    Unwritten {
        /// Where.
        directory: String,
        /// Why not.
        source: std::io::Error,
    },
    /// An address on the command line is none.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Where an administration should listen is no place.
    #[error("{address:?} is no address of an administration; expected HOST:PORT, as 127.0.0.1:8092")]
    NoPlace {
        /// What was given.
        address: String,
    },
    /// What was asked for is not there.
    #[error("{0}")]
    Absent(String),
    /// A runtime that is at work did not answer.
    #[error("the runtime at {address} did not answer: {why}")]
    Unanswered {
        /// Where it is.
        address: String,
        /// Why not.
        why: String,
    },
}

impl From<EngineError> for CliError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Store(error) => Self::Store(error),
            error => Self::Engine(error),
        }
    }
}

impl CliError {
    fn code(&self) -> ExitCode {
        match self {
            Self::File { .. }
            | Self::Modules(_)
            | Self::Address(_)
            | Self::NoPlace { .. }
            | Self::Unconfirmed { .. }
            | Self::Store(StoreError::NoDirectory { .. })
            | Self::Unwritten { .. } => ExitCode::Usage,
            Self::Listen(error) => match error.source.kind() {
                ErrorKind::AddrInUse => ExitCode::Conflict,
                ErrorKind::AddrNotAvailable | ErrorKind::PermissionDenied => ExitCode::Usage,
                _ => ExitCode::Service,
            },
            Self::InUse { .. }
            | Self::Store(
                StoreError::Busy { .. }
                | StoreError::Newer { .. }
                | StoreError::Foreign { .. }
                | StoreError::Mark { .. },
            ) => ExitCode::Conflict,
            Self::Store(_) | Self::Failed(_) | Self::Machine { .. } | Self::Unanswered { .. } => ExitCode::Service,
            Self::Absent(_) => ExitCode::DoesNotHold,
            Self::Engine(_) => ExitCode::Internal,
        }
    }

    fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::File { .. } => "name the module files as arguments: statefun run module.yaml",
            Self::Modules(_) => "correct each place that is named; docs/runtime/modules.md has all components",
            Self::Listen(error) => listening(error),
            Self::InUse { .. } => {
                "if it is a runtime, ask it: --admin ADDRESS, where its log says that its administration listens; or end it"
            }
            Self::Unconfirmed { .. } => "give --yes",
            Self::Store(StoreError::Busy { .. }) => "end the other runtime, or give another directory with --data",
            Self::Store(StoreError::Newer { .. }) => {
                "run the program that wrote it, or a newer one; nothing was changed"
            }
            Self::Store(StoreError::Foreign { .. } | StoreError::NoDirectory { .. }) => {
                "give an empty directory, or one that is not there yet, with --data"
            }
            Self::Store(StoreError::Mark { .. }) => {
                "if the store was whole, put 1 into the file again; otherwise give another directory with --data"
            }
            Self::Store(StoreError::TooManyFiles { .. }) => "raise the limit of open files: ulimit -n, or LimitNOFILE=",
            Self::Store(_) | Self::Failed(_) => {
                "look at the disk: its room, its rights; what was acknowledged is there when it runs again"
            }
            Self::Unanswered { .. } => {
                "look at its log, which says where its administration listens: --admin ADDRESS asks there; or end it"
            }
            Self::Unwritten { .. } => "name a directory that can be written",
            Self::NoPlace { .. } => "the runtime's log says where its administration listens",
            Self::Address(_) => "a type is NAMESPACE/NAME, as example/greeter",
            _ => return None,
        })
    }
}

/// What to do where a port cannot be taken.
fn listening(error: &ListenError) -> &'static str {
    let is_admin = error.what == ADMINISTRATION;
    match (error.source.kind(), is_admin) {
        (ErrorKind::AddrNotAvailable, true) => "give an address of this machine with --admin",
        (ErrorKind::AddrNotAvailable, false) => "give an address of this machine with --host",
        (ErrorKind::PermissionDenied, true) => "give a port from 1024 on with --admin",
        (ErrorKind::PermissionDenied, false) => "give a port from 1024 on in the module",
        (ErrorKind::AddrInUse, true) => "end the other program, or give another address with --admin",
        (ErrorKind::AddrInUse, false) => {
            "end the other program, or give another port in the module, or another address with --host"
        }
        _ => "look at what this machine allows: open files, memory",
    }
}

/// An error with its causes, on one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut said = error.to_string();
    for cause in causes(error) {
        said.push_str(": ");
        said.push_str(&cause);
    }
    said
}

/// The causes of an error, each once: some say in their own words all that theirs say again.
fn causes(error: &dyn Error) -> Vec<String> {
    let mut causes: Vec<String> = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        source = cause.source();
        // The store's library says its own cause in a form for programmers.
        let said = cause.to_string();
        if source.is_none() || !said.starts_with(OF_THE_STORE) {
            causes.push(said);
        }
    }
    causes
}

/// Shows an error with its causes and what to do next.
pub(crate) fn report(error: &CliError) -> process::ExitCode {
    if let CliError::Modules(faults) = error {
        for fault in faults {
            output::say(&output::shown(&fault.to_string()));
        }
    }
    output::say(&format!("error: {error}"));
    for cause in causes(error) {
        output::say(&format!("  because: {cause}"));
    }
    if let Some(hint) = error.hint() {
        output::say(&format!("hint: {hint}"));
    }
    error.code().into()
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{said}")]
    struct Failed {
        said: &'static str,
        source: io::Error,
    }

    #[test]
    fn a_cause_is_said_once() {
        let full = |said| Failed { said, source: io::Error::from_raw_os_error(28) };
        let once = ["No space left on device (os error 28)"];
        let of_store = CliError::Machine {
            what: "the disk is full",
            source: io::Error::other(full("FjallError: Io(Os { message: \"No space left on device\" })")),
        };
        assert_eq!(chain(&of_store), format!("the disk is full: {}", once[0]));
        let other = CliError::Machine { what: "none", source: io::Error::other(full("the file x cannot be read")) };
        assert_eq!(causes(&other), ["the file x cannot be read", once[0]]);
    }
}
