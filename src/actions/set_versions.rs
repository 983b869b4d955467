// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards one commit on a local ref sets versions and other values by the
//! product's rules: each rule has hit, and no old version is left in the tree.
//! The working tree is not touched.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Services;
use super::clone::{clone_problems, demand_not_checked_out, log_entry};
use super::edit_commands::edit_commands;
use super::failures::{git_failed, outputs_do_not_fit};
use super::shell;
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal};
use crate::release::{
    AllowedLeftover, EditRule, Edits, Leftover, Tree, VersionChange, all_snapshots, apply, authority as version_of,
    leftovers,
};
use crate::services::{Committer, GitError, NewCommit};

/// How many places with an old version are named, each on its line.
const SHOWN: usize = 20;
/// How many with a snapshot of another version, all in one line.
const NOTED: usize = 4;

/// Parameters of `set-versions`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetVersions {
    /// The full name of the local ref that the commit goes on.
    #[serde(rename = "ref")]
    pub reference: String,
    /// What the change goes on: a commit, or a branch of the remote as `origin/main`;
    /// without it, wherever the ref is.
    #[serde(default)]
    pub start: Option<String>,
    /// Lists of rules, applied in order.
    pub rules: Vec<Vec<EditRule>>,
    /// What says which version the tree is at; needed with `to`.
    #[serde(default)]
    pub authority: Option<EditRule>,
    /// The version to set; without it the rules name no version.
    #[serde(default)]
    pub to: Option<String>,
    /// Where an old version may stay.
    #[serde(default)]
    pub allow: Vec<AllowedLeftover>,
    /// The commit's message; `@NEW@` stands for the version.
    pub message: String,
}

/// What was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionsSet {
    /// The ref.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The commit that has the versions.
    pub commit: String,
    /// What it was made on; the same commit where nothing was to change.
    pub parent: String,
    /// The version that was there.
    pub from: Option<String>,
    /// The version that is there.
    pub to: Option<String>,
    /// The files that changed, sorted.
    pub files: Vec<String>,
    /// Where a release's tree still names a snapshot of another series: not a fault, and
    /// worth a look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A tree with what the rules make of it.
struct Outcome {
    edited: Edits,
    from: Option<String>,
    note: Option<String>,
}

impl SetVersions {
    /// The commit that the change goes on: the start, or else where the ref is.
    fn base(&self, cx: &Context<'_, Services>, here: Option<&str>) -> Result<String, ActionError> {
        let git = &cx.world.git;
        match (&self.start, self.remote_start(cx), here) {
            (_, Some(branch), _) => git.fetch_branch(branch).map_err(git_failed)?.ok_or_else(|| {
                ActionError::refused(
                    format!("the remote `{}` has no branch `{branch}`", git.remote()),
                    "see `git ls-remote`",
                )
            }),
            (Some(start), None, _) => Ok(git.peeled_commit(start).map_err(git_failed)?.id),
            (None, _, Some(here)) => Ok(here.to_owned()),
            (None, _, None) => Err(ActionError::refused(
                format!("{} is not there", self.reference),
                "run the step that makes it; if another clone has it, fetch it from there",
            )),
        }
    }

    /// The remote's branch that the start names, as `origin/main`.
    fn remote_start(&self, cx: &Context<'_, Services>) -> Option<&str> {
        self.start.as_deref()?.strip_prefix(cx.world.git.remote())?.strip_prefix('/')
    }

    /// That the ref has nothing that `base` has not: it would slip into the release.
    fn demand_at(&self, cx: &Context<'_, Services>, here: &str, base: &str) -> Result<(), ActionError> {
        // Left from an earlier release, or the remote's branch has gone on.
        let behind = || cx.world.git.is_ancestor(here, base).map_err(git_failed);
        if here == base || (self.remote_start(cx).is_some() && behind()?) {
            return Ok(());
        }
        Err(ActionError::Conflict {
            found: format!("{} at {here}", self.reference),
            expected: format!("{base}, or what this step makes of it"),
        })
    }

    /// The outputs, if our own commit is the ref's tip.
    fn done_by_us(&self, cx: &Context<'_, Services>, here: &str) -> Result<Option<Value>, ActionError> {
        let Some(parent) = cx.world.git.first_parent(here).map_err(git_failed)? else { return Ok(None) };
        // Where the rules do not fit the parent, they have made nothing of it.
        let Ok(outcome) = self.outcome(cx, &parent) else { return Ok(None) };
        let ours = !outcome.edited.changed.is_empty() && self.new_commit(cx, &parent, &outcome)? == here;
        Ok(ours.then(|| self.output(here.to_owned(), parent, &outcome)))
    }

    /// The outputs, if a person has done it: the ref has the very files that the
    /// rules make of `base`.
    fn done_by_hand(&self, cx: &Context<'_, Services>, here: &str, base: &str) -> Result<Option<Value>, ActionError> {
        let git = &cx.world.git;
        if !git.is_ancestor(base, here).map_err(git_failed)? {
            return Ok(None);
        }
        let Ok(outcome) = self.outcome(cx, base) else { return Ok(None) };
        let same = if outcome.edited.changed.is_empty() {
            here == base
        } else {
            git.same_tree(&self.new_commit(cx, base, &outcome)?, here).map_err(git_failed)?
        };
        Ok(same.then(|| self.output(here.to_owned(), base.to_owned(), &outcome)))
    }

    /// What the rules make of the tree of `commit`.
    fn outcome(&self, cx: &Context<'_, Services>, commit: &str) -> Result<Outcome, ActionError> {
        let files = read_tree(cx, commit)?;
        let refused = |what: String| {
            let hint =
                format!("correct the product's rules, or the tree: nothing was committed{}", self.mended_since());
            ActionError::refused(what, hint)
        };
        let from = match (&self.authority, &self.to) {
            (Some(authority), Some(_)) => {
                Some(version_of(authority, &files).map_err(|error| refused(error.to_string()))?)
            }
            (None, Some(_)) => {
                return Err(ActionError::misconfigured("`to` needs `authority`", "name what says the tree's version"));
            }
            _ => None,
        };
        let versions = match (&from, &self.to) {
            (Some(old), Some(new)) => Some(VersionChange::new(old, new)),
            _ => None,
        };
        let rules: Vec<EditRule> = self.rules.iter().flatten().cloned().collect();
        let edited = apply(&files, &rules, versions.as_ref()).map_err(|error| refused(error.to_string()))?;
        let mut note = None;
        if let (Some(old), Some(new)) = (&from, &self.to)
            && old != new
        {
            let mut tree = files;
            tree.extend(edited.changed.iter().map(|(path, bytes)| (path.clone(), bytes.clone())));
            self.no_leftovers(&tree, old)?;
            if !new.ends_with("-SNAPSHOT") {
                let left = all_snapshots(&tree, &self.allow).map_err(no_glob)?;
                note = note_of(&left);
            }
        }
        Ok(Outcome { edited, from, note })
    }

    fn no_leftovers(&self, tree: &Tree, old: &str) -> Result<(), ActionError> {
        let left = leftovers(tree, old, &self.allow).map_err(no_glob)?;
        if left.is_empty() {
            return Ok(());
        }
        let more = if left.len() > SHOWN { format!("\n  and {} more", left.len() - SHOWN) } else { String::new() };
        let shown = left.iter().take(SHOWN).map(|place| format!("\n  {place}")).collect::<String>();
        Err(ActionError::refused(
            format!("{old} would still stand in {} places:{shown}{more}", left.len()),
            format!(
                "add a rule for each, or allow it with a reason, by `versions.edits` and `versions.allow` in a copy of the \
                 release's product.toml, which `quorate reconfigure` takes in; nothing was \
                 committed{}",
                self.mended_since()
            ),
        ))
    }

    /// What to do where the tree is mended meanwhile: a branch that was cut before has none of it.
    fn mended_since(&self) -> String {
        let cut = self.start.as_deref().is_some_and(|start| start.len() == 40 && !start.contains('/'));
        match cut && self.reference.starts_with("refs/heads/") {
            true => format!(
                "; where the tree is mended, `quorate undo STEP --execute` of the step that has cut {} \
                 (create-candidate-branch), and run again: it is cut anew",
                self.branch()
            ),
            false => String::new(),
        }
    }

    fn branch(&self) -> &str {
        self.reference.strip_prefix("refs/heads/").unwrap_or(&self.reference)
    }

    fn output(&self, commit: String, parent: String, outcome: &Outcome) -> Value {
        let output = VersionsSet {
            reference: self.reference.clone(),
            commit,
            parent,
            from: outcome.from.clone(),
            to: self.to.clone(),
            files: outcome.edited.changed.keys().cloned().collect(),
            note: outcome.note.clone(),
        };
        serde_json::to_value(output).expect("plain data")
    }

    fn new_commit(&self, cx: &Context<'_, Services>, parent: &str, outcome: &Outcome) -> Result<String, ActionError> {
        let author = &cx.world.author;
        let message = self.message.replace("@NEW@", self.to.as_deref().unwrap_or_default());
        let new = NewCommit {
            parent,
            changes: &outcome.edited.changed,
            message: &format!("{}\n", message.trim_end()),
            committer: Committer { name: &author.name, email: &author.email, at: cx.intent.at },
        };
        cx.world.git.commit(&new).map_err(git_failed)
    }
}

impl Action<Services> for SetVersions {
    fn summary(&self) -> String {
        let rules = match self.rules.iter().map(Vec::len).sum::<usize>() {
            1 => "1 rule".to_owned(),
            rules => format!("{rules} rules"),
        };
        // A ref of our own is where a commit waits that is pushed to the branch of that name.
        let branch = self.reference.strip_prefix("refs/quorate/heads/").unwrap_or(self.branch());
        match &self.to {
            Some(version) => format!("Sets the version {version} by {rules}, as one commit on {branch}"),
            None => format!("Sets values by {rules}, as one commit on {branch}"),
        }
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let tree = "../version-tree";
        let mut commands = Vec::new();
        let remote = world.git.remote();
        let start = self.start.as_deref().unwrap_or(&self.reference);
        if let Some(branch) = start.strip_prefix(remote).and_then(|rest| rest.strip_prefix('/')) {
            commands.push(shell::command(&["git", "fetch", remote, branch]));
        }
        commands.push(shell::command(&["git", "worktree", "add", "--detach", tree, start]));
        commands.push(format!("cd {tree}"));
        let rules: Vec<&EditRule> = self.rules.iter().flatten().collect();
        commands.extend(edit_commands(&rules, self.authority.as_ref(), self.to.as_deref()));
        if self.authority.is_some() && self.to.is_some() {
            commands.push("! git grep -nF \"$old\"  # nothing may be left, but where it is allowed".to_owned());
        }
        let message = self.message.replace("@NEW@", self.to.as_deref().unwrap_or_default());
        commands.push(shell::command(&["git", "commit", "--all", "--message", &message]));
        commands.push(shell::command(&["git", "update-ref", &self.reference, "HEAD"]));
        commands.push("cd -".to_owned());
        commands.push(shell::command(&["git", "worktree", "remove", tree]));
        commands
    }

    fn problems(&self, cx: &Context<'_, Services>) -> Result<Vec<Problem>, ActionError> {
        match self.reference.strip_prefix("refs/heads/") {
            Some(branch) => clone_problems(cx, branch),
            None => Ok(Vec::new()),
        }
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let here = cx.world.git.reference(&self.reference).map_err(git_failed)?;
        let Some(here) = here else { return Ok(Probed::Absent) };
        if let Some(done) = self.done_by_us(cx, &here)? {
            return Ok(Probed::Done(done));
        }
        let base = self.base(cx, Some(&here))?;
        if let Some(done) = self.done_by_hand(cx, &here, &base)? {
            return Ok(Probed::Done(done));
        }
        match self.demand_at(cx, &here, &base) {
            Ok(()) => Ok(Probed::Absent),
            Err(ActionError::Conflict { found, expected }) => Ok(Probed::Conflict { found, expected }),
            Err(error) => Err(error),
        }
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let git = &cx.world.git;
        let here = git.reference(&self.reference).map_err(git_failed)?;
        let base = self.base(cx, here.as_deref())?;
        if let Some(here) = &here {
            self.demand_at(cx, here, &base)?;
        }
        let outcome = self.outcome(cx, &base)?;
        let commit = match outcome.edited.changed.is_empty() {
            true => base.clone(),
            false => self.new_commit(cx, &base, &outcome)?,
        };
        git.move_reference(&self.reference, here.as_deref(), &commit, &log_entry(cx)).map_err(git_failed)?;
        Ok(self.output(commit, base, &outcome))
    }

    fn reversal(&self, outputs: &Value) -> Reversal {
        match serde_json::from_value::<VersionsSet>(outputs.clone()) {
            Ok(set) if set.commit != set.parent => {
                Reversal::Undo(format!("moves {} back to {}, if it was not moved since", self.branch(), set.parent))
            }
            _ => Reversal::NothingToUndo,
        }
    }

    fn undo(&self, cx: &Context<'_, Services>, outputs: &Value) -> Result<(), ActionError> {
        let set: VersionsSet = serde_json::from_value(outputs.clone()).map_err(outputs_do_not_fit)?;
        let git = &cx.world.git;
        if git.reference(&self.reference).map_err(git_failed)?.as_deref() == Some(&set.parent) {
            return Ok(());
        }
        demand_not_checked_out(cx, &self.reference)?;
        git.move_reference(&self.reference, Some(&set.commit), &set.parent, &log_entry(cx)).map_err(git_failed)
    }
}

/// The first of the places, in a sentence.
fn note_of(left: &[Leftover]) -> Option<String> {
    let shown: Vec<String> = left.iter().take(NOTED).map(ToString::to_string).collect();
    let more = left.len() - shown.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    (!left.is_empty()).then(|| format!("snapshots of other versions stay: {}{more}", shown.join(", ")))
}

fn no_glob(error: crate::release::PatternError) -> ActionError {
    ActionError::misconfigured(error.to_string(), "correct the globs of `versions.allow`")
}

/// The files of a commit; symbolic links are left out.
pub(crate) fn read_tree(cx: &Context<'_, Services>, commit: &str) -> Result<Tree, ActionError> {
    let mut files = Tree::new();
    let git = &cx.world.git;
    git.visit_files(
        commit,
        |_| true,
        |file| {
            if file.kind != crate::services::FileKind::Symlink {
                files.insert(file.path, file.bytes);
            }
            Ok::<(), GitError>(())
        },
    )
    .map_err(git_failed)?;
    Ok(files)
}
