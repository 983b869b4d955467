// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Pushing: all refs or none, and never over what was not seen.

use super::command::Finished;
use super::refs::valid;
use super::{Git, GitError};

/// A change of one ref at the remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefUpdate {
    /// The full name at the remote.
    pub name: String,
    /// What it must be at now; `None`: it must not be there. With `to` it must be
    /// an ancestor of that.
    pub expected: Option<String>,
    /// What it is to be at; `None`: it is to be deleted.
    pub to: Option<String>,
}

impl Git {
    /// Makes all updates at the remote, or none. A tag is never moved, a branch only
    /// goes forward, and nothing is deleted that is not where it is expected to be.
    ///
    /// # Errors
    /// [`GitError::Rejected`] where a ref at the remote is not as expected,
    /// [`GitError::Declined`] where a hook or rule there said no, [`GitError::Stopped`]
    /// where a hook here did: nothing was changed. After any other error the remote
    /// must be asked what is so.
    pub fn push(&self, updates: &[RefUpdate]) -> Result<(), GitError> {
        updates.iter().try_for_each(|update| valid(&update.name))?;
        // Without a ref git would push what the user's settings say.
        if updates.is_empty() {
            return Ok(());
        }
        self.demand_remote()?;
        let arguments = self.push_arguments(updates);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let finished = self.effects.around("git push", || self.run("push", &arguments))?;
        if finished.success { Ok(()) } else { Err(self.push_failed(&finished)) }
    }

    fn push_arguments(&self, updates: &[RefUpdate]) -> Vec<String> {
        let options = ["--porcelain", "--atomic", "--no-follow-tags", "--recurse-submodules=no"];
        let mut arguments: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
        for RefUpdate { name, expected, to } in updates {
            match (expected, to) {
                // A lease would force. Without one git refuses what is no fast-forward.
                (Some(_), Some(_)) => {}
                (expected, _) => {
                    let expected = expected.as_deref().unwrap_or_default();
                    arguments.push(format!("--force-with-lease={name}:{expected}"));
                }
            }
        }
        arguments.extend(["--".to_owned(), self.remote.clone()]);
        arguments.extend(
            updates.iter().map(|update| format!("{}:{}", update.to.as_deref().unwrap_or_default(), update.name)),
        );
        arguments
    }

    fn push_failed(&self, finished: &Finished) -> GitError {
        let remote = self.remote.clone();
        let (mut declined, mut rejected, mut dragged) = (Vec::new(), Vec::new(), Vec::new());
        for Refusal { name, reason, by_remote } in finished.stdout.lines().filter_map(parse_refusal) {
            let shown = format!("{name} ({reason})");
            let reason = reason.to_lowercase();
            if reason.contains("atomic") || reason.contains("transaction") {
                dragged.push(shown);
            } else if by_remote && !is_race(&reason) {
                declined.push(shown);
            } else {
                rejected.push(shown);
            }
        }
        // Two that push at the same moment: the second's transaction as a whole fails.
        let dragged_alone = rejected.is_empty() && declined.is_empty() && !dragged.is_empty();
        let raced = dragged_alone && is_race(&finished.stderr.to_lowercase());
        if raced {
            rejected.append(&mut dragged);
        }
        if !rejected.is_empty() {
            GitError::Rejected { remote, refused: rejected }
        } else if !declined.is_empty() || !dragged.is_empty() {
            let refused = if declined.is_empty() { dragged } else { declined };
            GitError::Declined { remote, refused, said: said_by_remote(&finished.stderr) }
        } else if stopped_here(finished) {
            GitError::Stopped { said: said_here(finished) }
        } else {
            self.failed("push", &finished.stderr)
        }
    }
}

struct Refusal<'a> {
    name: &'a str,
    reason: &'a str,
    by_remote: bool,
}

/// A line `!<TAB>from:to<TAB>[remote rejected] (reason)` of `--porcelain`.
fn parse_refusal(line: &str) -> Option<Refusal<'_>> {
    let mut parts = line.splitn(3, '\t');
    if parts.next()? != "!" {
        return None;
    }
    let (_, name) = parts.next()?.rsplit_once(':')?;
    let summary = parts.next()?.trim();
    let (state, reason) = summary.split_once(']').unwrap_or((summary, ""));
    let reason = reason.trim().trim_start_matches('(').trim_end_matches(')');
    let reason = if reason.is_empty() { state.trim_start_matches('[') } else { reason };
    Some(Refusal { name, reason, by_remote: state.contains("remote") })
}

/// Whether the remote refused since somebody else was faster.
fn is_race(reason: &str) -> bool {
    ["non-fast-forward", "already exists", "cannot lock ref", "failed to lock", "failed to update ref", "stale info"]
        .iter()
        .any(|words| reason.contains(words))
}

/// Whether nothing was sent: git names no ref and gives no reason of its own but
/// that the push failed.
fn stopped_here(finished: &Finished) -> bool {
    let own = |line: &&str| line.starts_with("fatal:") || line.starts_with("error:");
    let mut told = finished.stderr.lines().map(str::trim).filter(own);
    let named = finished.stdout.lines().any(|line| line.starts_with("To "));
    !named && finished.stderr.contains(FAILED_TO_PUSH) && told.all(|line| line.starts_with(FAILED_TO_PUSH))
}

const FAILED_TO_PUSH: &str = "error: failed to push some refs to";

/// What a hook of the user wrote, on either side.
fn said_here(finished: &Finished) -> String {
    let lines = finished.stdout.lines().chain(finished.stderr.lines()).map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with(FAILED_TO_PUSH)).collect::<Vec<_>>().join(" ")
}

/// What the remote's hooks wrote.
fn said_by_remote(stderr: &str) -> String {
    let lines = stderr.lines().filter_map(|line| line.strip_prefix("remote:")).map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with("error: hook declined")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::Effects;

    fn failed(stdout: &str, stderr: &str) -> GitError {
        let finished = Finished { success: false, stdout: stdout.into(), stderr: stderr.into() };
        Git::new("/nowhere", "origin", Effects::unwatched()).push_failed(&finished)
    }

    #[test]
    fn whoever_refused_is_told_from_what_was_dragged_along() {
        let stdout =
            "To x\n!\ta:refs/tags/a\t[rejected] (stale info)\n!\tb:refs/tags/b\t[rejected] (atomic push failed)\n";
        let GitError::Rejected { refused, .. } = failed(stdout, "error: failed to push some refs") else { panic!() };
        assert_eq!(refused, ["refs/tags/a (stale info)"]);

        let stdout = "To x\n!\ta:refs/heads/a\t[remote rejected] (hook declined)\n\
                      !\tb:refs/tags/b\t[remote rejected] (atomic push failure)\nDone\n";
        let stderr = "remote: no such name        \nremote: error: hook declined to update refs/heads/a\nerror: failed";
        let declined = failed(stdout, stderr);
        assert_eq!(declined.to_string(), "the remote `origin` declined refs/heads/a (hook declined): no such name");

        let raced = "!\ta:refs/heads/a\t[remote rejected] (cannot lock ref 'refs/heads/a': is at x but expected y)\n";
        assert!(matches!(failed(raced, ""), GitError::Rejected { .. }));
        assert!(matches!(failed("", "fatal: Could not read from remote repository."), GitError::Unreachable { .. }));
        assert!(matches!(failed("!\todd\n", "fatal: odd"), GitError::Failed { .. }));
        let both = "fatal: odd\nerror: failed to push some refs to 'x'";
        assert!(matches!(failed("", both), GitError::Failed { .. }));
    }
}
