// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Writing to a repository: each commit is one, whole or not at all.

use std::ffi::OsString;
use std::io::Read as _;
use std::path::PathBuf;

use super::read::RUN_PROPERTY;
use super::run::Program;
use super::{Revision, Svn, SvnError, SvnUrl};

/// One of the changes of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Makes a directory; fails where something is.
    MakeDirectory(SvnUrl),
    /// Puts a file, new or over the one that is there.
    Put {
        /// The file on this machine.
        file: PathBuf,
        /// Where it goes.
        to: SvnUrl,
    },
    /// Moves a file or directory; fails where something is.
    Move {
        /// From where.
        from: SvnUrl,
        /// To exactly where.
        to: SvnUrl,
    },
    /// Copies what was at `from`, for getting back what was removed.
    Copy {
        /// When it was there.
        at: Revision,
        /// Where it was.
        from: SvnUrl,
        /// To exactly where.
        to: SvnUrl,
    },
    /// Removes a file or directory.
    Remove(SvnUrl),
}

/// What a commit says of itself.
#[derive(Debug, Clone, Copy)]
pub struct CommitNote<'a> {
    /// The log message.
    pub message: &'a str,
    /// The run that makes it, for the revision property `release:run`.
    pub run: &'a str,
}

impl Svn {
    /// Makes one commit of `changes`; returns its revision.
    ///
    /// With `base`, what is changed, moved or removed must be as it was at that
    /// revision, whatever else has happened in the repository.
    ///
    /// # Errors
    /// When it was not made; after [`SvnFault::Dropped`](super::SvnFault::Dropped)
    /// or a timeout it may have been made.
    pub fn commit(
        &self,
        changes: &[Change],
        base: Option<Revision>,
        note: CommitNote<'_>,
    ) -> Result<Revision, SvnError> {
        let doing = format!("commit to {}", changes.first().map_or("nothing", |change| change.target().as_str()));
        let mut arguments: Vec<OsString> = vec!["--message".into(), note.message.into()];
        arguments.extend(["--with-revprop".into(), format!("{RUN_PROPERTY}={}", note.run).into()]);
        if let Some(base) = base {
            arguments.extend(["--revision".into(), base.0.to_string().into()]);
        }
        arguments.extend(changes.iter().flat_map(Change::arguments));
        let answer = self.effects.around("svn commit", || {
            self.run(Program::Svnmucc, &doing, arguments, |mut output| {
                let mut answer = String::new();
                output.read_to_string(&mut answer).map(|_| answer)
            })
        })?;
        committed(&answer).ok_or(SvnError::Unreadable { doing, why: format!("no revision in `{}`", answer.trim()) })
    }
}

impl Change {
    fn target(&self) -> &SvnUrl {
        match self {
            Self::MakeDirectory(at) | Self::Remove(at) => at,
            Self::Put { to, .. } | Self::Move { to, .. } | Self::Copy { to, .. } => to,
        }
    }

    fn arguments(&self) -> Vec<OsString> {
        let text = |url: &SvnUrl| OsString::from(url.as_str());
        match self {
            Self::MakeDirectory(at) => vec!["mkdir".into(), text(at)],
            Self::Put { file, to } => vec!["put".into(), file.into(), text(to)],
            Self::Move { from, to } => vec!["mv".into(), text(from), text(to)],
            Self::Copy { at, from, to } => vec!["cp".into(), at.0.to_string().into(), text(from), text(to)],
            Self::Remove(at) => vec!["rm".into(), text(at)],
        }
    }

    /// As a person would write it behind `svnmucc`.
    pub fn words(&self) -> Vec<String> {
        self.arguments().iter().map(|argument| argument.to_string_lossy().into_owned()).collect()
    }
}

/// The revision in `r7 committed by ann at 2026-…`.
fn committed(answer: &str) -> Option<Revision> {
    let line = answer.lines().find(|line| line.contains(" committed by "))?;
    line.strip_prefix('r')?.split(' ').next()?.parse().ok().map(Revision)
}
