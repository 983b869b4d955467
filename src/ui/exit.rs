// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The exit codes; docs/exit-codes.md is their page.

/// What the program's end means to whoever called it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExitCode {
    /// Done, or it holds.
    Done = 0,
    /// A check or a vote does not hold, or a condition of a step.
    DoesNotHold = 1,
    /// Wrong use or configuration; nothing was written.
    Usage = 2,
    /// It waits for a person or a time.
    Waiting = 3,
    /// A service failed; giving the command again is safe.
    Service = 4,
    /// Something else is there than what was expected.
    Conflict = 5,
    /// A fault of this program.
    Internal = 70,
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}
