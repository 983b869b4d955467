// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What can be wrong with a journal, and what to do then.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::reader::VERSION;

/// A journal that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file or its directory cannot be used.
    #[error("cannot {doing} the journal {}", path.display())]
    File {
        /// "read", "write".
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Another run is writing.
    #[error("another run of this program is at work on {}", path.display())]
    Busy {
        /// Where.
        path: PathBuf,
    },
    /// A line is none that this program writes.
    #[error("{}:{line}: this is no line of a journal: {why}", path.display())]
    Malformed {
        /// Where.
        path: PathBuf,
        /// Counts from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// A line was changed, added or removed after it was written.
    #[error("{}:{line}: the chain is broken: line {before} is not what it was when line {line} was written", path.display())]
    Chain {
        /// Where.
        path: PathBuf,
        /// The line whose link does not fit; counts from 1.
        line: usize,
        /// The line before it.
        before: usize,
    },
    /// The last line was changed after it was written.
    #[error("{}:{line}: this line is not what it was when it was written", path.display())]
    Edited {
        /// Where.
        path: PathBuf,
        /// Counts from 1.
        line: usize,
    },
    /// Lines that were written are missing at the end.
    #[error("{} has {found} of the {expected} lines that were written: the end is missing", path.display())]
    Cut {
        /// Where.
        path: PathBuf,
        /// How many lines are there.
        found: usize,
        /// How many there were.
        expected: u64,
    },
    /// The journal's head says nothing that this program writes.
    #[error("{} is no head of a journal: expected a number of lines and a digest", path.display())]
    Head {
        /// Where.
        path: PathBuf,
    },
    /// There is the head of a journal, or what a release left in its workspace, and no journal.
    #[error("the journal {} is missing, and what was beside it is there", path.display())]
    Missing {
        /// Where it was.
        path: PathBuf,
    },
    /// The journal was written by a later program.
    #[error("{}:{line}: the journal has version {found}; this program knows version {VERSION}", path.display())]
    Version {
        /// Where.
        path: PathBuf,
        /// Counts from 1.
        line: usize,
        /// The version found.
        found: u32,
    },
    /// The clock is behind what is recorded.
    #[error("the clock shows {now:.0}, and the last line of {} was written at {last:.0}", path.display())]
    ClockBehind {
        /// The journal.
        path: PathBuf,
        /// What the clock shows.
        now: Timestamp,
        /// The latest time in the journal.
        last: Timestamp,
    },
    /// There is a journal already.
    #[error("there is a journal already: {}", path.display())]
    Exists {
        /// Where.
        path: PathBuf,
    },
}

impl JournalError {
    /// The journal that cannot be read, where it is one that could begin anew.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Malformed { path, .. }
            | Self::Chain { path, .. }
            | Self::Edited { path, .. }
            | Self::Cut { path, .. }
            | Self::Missing { path, .. } => Some(path),
            _ => None,
        }
    }

    /// The next thing to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::File { .. } => {
                "check that the directory exists, is yours and has room; nothing was lost, and the same command can be given again"
            }
            Self::Busy { .. } => {
                "wait for it to end, or end it; `quorate status` and `quorate log` can be used meanwhile"
            }
            Self::Malformed { .. } | Self::Chain { .. } | Self::Edited { .. } | Self::Cut { .. } => {
                "nothing is read from a journal that was edited; restore it from a copy; where there is none, move it away: `quorate start VERSION --again` begins the record anew, and what is done is found done"
            }
            Self::Head { .. } => {
                "restore it and the journal from one copy; where the journal is surely whole, the head can be moved away"
            }
            Self::Missing { .. } => {
                "restore it from a copy; where there is none, `quorate start VERSION --again` begins the record anew, and what is done is found done"
            }
            Self::Version { .. } => "use the program that wrote it, or a later one",
            Self::ClockBehind { .. } => {
                "nothing was recorded; set the machine's clock right. A rehearsal, whose clock is ahead, is carried on by `quorate rehearse --keep DIR` alone"
            }
            Self::Exists { .. } => "go on with it by `quorate status` and `quorate run`",
        }
    }
}

pub(super) fn file_error(doing: &'static str, path: &Path, source: io::Error) -> JournalError {
    JournalError::File { doing, path: path.to_owned(), source }
}
