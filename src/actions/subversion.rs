// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the actions and probes over Subversion share: how its faults read in a
//! step, and how a commit is settled.

use globset::{Glob, GlobMatcher};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::shell;
use crate::engine::{ActionError, Intent, Probed, Problem};
use crate::services::{Change, CommitNote, EntryKind, Revision, Svn, SvnError, SvnFault, SvnUrl, SvnUrlError};

/// How many differences are told one by one.
const DIFFERENCES_SHOWN: usize = 3;

impl From<SvnError> for ActionError {
    fn from(error: SvnError) -> Self {
        let hint = error.hint();
        match error.fault() {
            // What the server refused was not done.
            Some(fault @ (SvnFault::Forbidden(_) | SvnFault::Unauthenticated(_) | SvnFault::HookRefused(_))) => {
                Self::refused(format!("Subversion {error}: {fault}"), hint)
            }
            _ => Self::service("Subversion", error, hint),
        }
    }
}

impl From<SvnUrlError> for ActionError {
    fn from(error: SvnUrlError) -> Self {
        Self::misconfigured(error.to_string(), "correct it in the product's configuration or in the workflow")
    }
}

/// The outcome of a commit. The truth decides, whatever the commit's own answer
/// was: it may have happened though the connection broke, or be that of an
/// earlier run whose last client outlived it.
pub(super) fn settle(
    committed: Result<Revision, SvnError>,
    truth: Result<Probed, ActionError>,
) -> Result<Value, ActionError> {
    match (committed, truth) {
        (_, Ok(Probed::Done(outputs))) => Ok(outputs),
        (_, Ok(Probed::Conflict { found, expected })) => Err(ActionError::Conflict { found, expected }),
        (Err(fault), _) => Err(fault.into()),
        (Ok(_), Err(error)) => Err(error),
        (Ok(revision), Ok(Probed::Absent | Probed::Waiting { .. })) => Err(ActionError::refused(
            format!("{revision} was committed, and what it should have done is not so"),
            "look at that commit by `svn log -v`: somebody may have changed it back",
        )),
    }
}

/// Nothing, or all problems as one refusal.
pub(super) fn demand(problems: Vec<Problem>) -> Result<(), ActionError> {
    let Some(hint) = problems.first().map(|problem| problem.hint.clone()) else { return Ok(()) };
    let all: Vec<String> = problems.into_iter().map(|problem| problem.what).collect();
    Err(ActionError::refused(all.join("; "), hint))
}

pub(super) fn note<'a>(message: &'a str, intent: &'a Intent) -> CommitNote<'a> {
    CommitNote { message, run: &intent.token }
}

/// The matcher of a glob over names.
pub(crate) fn matcher(matching: &str) -> Result<GlobMatcher, ActionError> {
    let glob = Glob::new(matching).map_err(|error| {
        ActionError::misconfigured(format!("`{matching}` is no glob over names: {error}"), "correct it in the workflow")
    })?;
    Ok(glob.compile_matcher())
}

/// The repository's present revision, once `url` is known to be a directory.
pub(crate) fn revision_of_directory(svn: &Svn, url: &SvnUrl) -> Result<Revision, ActionError> {
    match svn.info(url, None)? {
        Some(info) if info.kind == EntryKind::Directory => Ok(info.at),
        _ => Err(ActionError::misconfigured(
            format!("there is no directory {url}"),
            "correct the address in the product's configuration",
        )),
    }
}

/// A step's outputs as the engine records them.
pub(super) fn outputs<T: Serialize>(outputs: &T) -> Result<Value, ActionError> {
    serde_json::to_value(outputs)
        .map_err(|error| ActionError::refused(format!("the outputs cannot be written as JSON: {error}"), "report this"))
}

/// A step's outputs as they were recorded.
pub(super) fn recorded<T: for<'de> Deserialize<'de>>(outputs: &Value) -> Result<T, ActionError> {
    T::deserialize(outputs).map_err(|error| {
        ActionError::refused(format!("the recorded outputs are not this step's: {error}"), "take it back by hand")
    })
}

/// Differences in one line: not all, where there are many.
pub(crate) fn told(differences: &[String]) -> String {
    let shown = differences.iter().take(DIFFERENCES_SHOWN).map(String::as_str).collect::<Vec<_>>().join("; ");
    match differences.len().saturating_sub(DIFFERENCES_SHOWN) {
        0 => shown,
        more => format!("{shown}; and {more} more"),
    }
}

/// The command that a person would type to make one commit of `changes`; where
/// there are several, each stands on a line of its own.
pub(super) fn svnmucc(message: &str, base: Option<String>, changes: &[Change]) -> String {
    let mut words = vec!["svnmucc".to_owned(), "-m".to_owned(), message.to_owned()];
    words.extend(base.into_iter().flat_map(|base| ["-r".to_owned(), base]));
    let mut lines = vec![shell::command(&words)];
    lines.extend(changes.iter().map(|change| shell::command(&change.words())));
    lines.join(if changes.len() > 1 { " \\\n  " } else { " " })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::SvnFault;

    #[test]
    fn a_command_can_be_pasted_into_a_shell() {
        let change = Change::Remove(SvnUrl::try_from("https://svn.example.org/dev/a b".to_owned()).unwrap());
        let command = svnmucc("Don't keep it", Some("7".into()), &[change]);
        assert_eq!(command, r"svnmucc -m 'Don'\''t keep it' -r 7 rm 'https://svn.example.org/dev/a b'");
    }

    #[test]
    fn the_truth_outweighs_the_commits_answer() {
        let broke = || Err(SvnError::Failed { doing: "x".into(), fault: SvnFault::Dropped("y".into()) });
        let done = Value::from(1);
        assert_eq!(settle(broke(), Ok(Probed::Done(done.clone()))).unwrap(), done);
        assert!(matches!(settle(broke(), Ok(Probed::Absent)), Err(ActionError::Service { .. })));
        let conflict = || Probed::Conflict { found: "a".into(), expected: "b".into() };
        assert!(matches!(settle(broke(), Ok(conflict())), Err(ActionError::Conflict { .. })));
        assert!(matches!(settle(Ok(Revision(3)), Ok(Probed::Absent)), Err(ActionError::Refused { .. })));
    }
}
