// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Pushing: all refs or none, and never over what was not seen.

use super::command::Finished;
use super::{Git, GitError, ObjectId, RefusedRef};

/// A ref to be set or deleted at the remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushUpdate {
    /// Its full name at the remote.
    pub name: String,
    /// What it is to point at; `None` deletes it.
    pub object: Option<ObjectId>,
    /// What must be there for that.
    pub lease: Lease,
}

/// What must be at the remote before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// No such ref.
    Absent,
    /// A ref at just this object.
    At(ObjectId),
    /// A branch in the history of the new commit.
    FastForward,
}

impl Git {
    /// Pushes all of `updates` in one atomic step. What is so already is fine.
    ///
    /// # Errors
    /// [`GitError::Rejected`] where a ref at the remote is not as its lease says,
    /// [`GitError::Declined`] where a hook or rule refused; in both nothing was
    /// changed. After any other error the remote must be asked what is so.
    pub fn push(&self, updates: &[PushUpdate]) -> Result<(), GitError> {
        if updates.is_empty() {
            return Ok(());
        }
        let arguments = self.push_arguments(updates);
        let finished = self.effects.around("git push", || self.run("push", &arguments))?;
        if finished.success { Ok(()) } else { Err(self.push_failed(&finished)) }
    }

    fn push_arguments(&self, updates: &[PushUpdate]) -> Vec<String> {
        let options = ["--porcelain", "--atomic", "--no-follow-tags", "--recurse-submodules=no"];
        let mut arguments: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
        for PushUpdate { name, lease, .. } in updates {
            match lease {
                Lease::Absent => arguments.push(format!("--force-with-lease={name}:")),
                Lease::At(object) => arguments.push(format!("--force-with-lease={name}:{object}")),
                // Without a lease git itself refuses what is no fast-forward.
                Lease::FastForward => {}
            }
        }
        arguments.extend(["--".to_owned(), self.remote.clone()]);
        arguments.extend(updates.iter().map(|update| {
            let object = update.object.map(|object| object.to_string()).unwrap_or_default();
            format!("{object}:{}", update.name)
        }));
        arguments
    }

    fn push_failed(&self, finished: &Finished) -> GitError {
        let remote = self.remote.clone();
        let mut declined = Vec::new();
        let mut rejected = Vec::new();
        let mut dragged = Vec::new();
        for Refusal { refused, by_remote } in finished.stdout.lines().filter_map(parse_refusal) {
            let reason = refused.reason.to_lowercase();
            if reason.contains("atomic") || reason.contains("transaction") {
                dragged.push(refused);
            } else if by_remote && !is_race(&reason) {
                declined.push(refused);
            } else {
                rejected.push(refused);
            }
        }
        if !rejected.is_empty() {
            GitError::Rejected { remote, refs: rejected }
        } else if !declined.is_empty() {
            GitError::Declined { remote, refs: declined, text: said_by_remote(&finished.stderr) }
        } else if !dragged.is_empty() {
            GitError::Declined { remote, refs: dragged, text: said_by_remote(&finished.stderr) }
        } else {
            self.failed("push", &finished.stderr)
        }
    }
}

struct Refusal {
    refused: RefusedRef,
    by_remote: bool,
}

/// A line `!<TAB>from:to<TAB>[remote rejected] (reason)` of `--porcelain`.
fn parse_refusal(line: &str) -> Option<Refusal> {
    let mut parts = line.splitn(3, '\t');
    if parts.next()? != "!" {
        return None;
    }
    let (_, name) = parts.next()?.rsplit_once(':')?;
    let summary = parts.next()?.trim();
    let (state, reason) = summary.split_once(']').unwrap_or((summary, ""));
    let reason = reason.trim().trim_start_matches('(').trim_end_matches(')');
    let reason = if reason.is_empty() { state.trim_start_matches('[') } else { reason };
    let refused = RefusedRef { name: name.to_owned(), reason: reason.to_owned() };
    Some(Refusal { refused, by_remote: state.contains("remote") })
}

/// Whether the remote refused since somebody else was faster.
fn is_race(reason: &str) -> bool {
    ["non-fast-forward", "already exists", "cannot lock ref", "failed to lock", "failed to update ref", "stale info"]
        .iter()
        .any(|words| reason.contains(words))
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
        let GitError::Rejected { refs, .. } = failed(stdout, "error: failed to push some refs") else { panic!() };
        assert_eq!(refs, [RefusedRef { name: "refs/tags/a".into(), reason: "stale info".into() }]);

        let stdout = "To x\n!\ta:refs/heads/a\t[remote rejected] (hook declined)\n\
                      !\tb:refs/tags/b\t[remote rejected] (atomic push failure)\nDone\n";
        let stderr = "remote: no such name        \nremote: error: hook declined to update refs/heads/a\nerror: failed";
        let GitError::Declined { refs, text, .. } = failed(stdout, stderr) else { panic!() };
        assert_eq!((refs.len(), refs[0].name.as_str(), text.as_str()), (1, "refs/heads/a", "no such name"));

        let raced = "!\ta:refs/heads/a\t[remote rejected] (cannot lock ref 'refs/heads/a': is at x but expected y)\n";
        assert!(matches!(failed(raced, ""), GitError::Rejected { .. }));
        assert!(matches!(failed("", "fatal: Could not read from remote repository."), GitError::Unreachable { .. }));
        assert!(matches!(failed("!\todd\n", "fatal: odd"), GitError::Command { .. }));
    }
}
