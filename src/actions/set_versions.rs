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
use super::failures::{git_failed, outputs_do_not_fit};
use super::git_refs::{branch_of, checked_out, commit, recorded, remote_branch, short};
use super::version_tree::{Edited, Setting, listed, read_tree};
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal};
use crate::release::{AllowedLeftover, EditRule, Tree, VersionChange};
use crate::services::{NewCommit, ObjectId};

/// Parameters of `set-versions`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetVersions {
    /// The full name of the local ref that the commit goes on.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Where the ref begins if it is not there yet: a commit, or a branch of the
    /// remote as `origin/main`, which is fetched. A ref that is behind is brought
    /// there first; one that has something else is a conflict.
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
    /// The commit's message; `@OLD@` and `@NEW@` stand for the versions.
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
}

/// How the ref stands.
enum Standing {
    /// It has what is wanted.
    Set(VersionsSet),
    /// The commit is to be made on this one; the ref is at `here`.
    On { base: ObjectId, here: Option<ObjectId> },
    /// It has something else.
    Other { found: String, expected: String },
}

impl Action<Services> for SetVersions {
    fn summary(&self) -> String {
        let rules: usize = self.rules.iter().map(Vec::len).sum();
        let what = self.to.as_deref().map_or("values".to_owned(), |version| format!("the version {version}"));
        format!("Sets {what} by {rules} rules, as one commit on {}", short(&self.reference))
    }

    fn problems(&self, cx: &Context<'_, Services>) -> Result<Vec<Problem>, ActionError> {
        Ok(checked_out(cx, &self.reference)?.into_iter().collect())
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        Ok(match self.standing(cx)? {
            Standing::Set(set) => Probed::Done(output(&set)),
            Standing::On { .. } => Probed::Absent,
            Standing::Other { found, expected } => Probed::Conflict { found, expected },
        })
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let git = &cx.world.git;
        let (base, here) = match self.standing(cx)? {
            Standing::Set(set) => return Ok(output(&set)),
            Standing::On { base, here } => (base, here),
            Standing::Other { found, expected } => return Err(ActionError::Conflict { found, expected }),
        };
        let edited = self.edited(cx, base)?;
        let commit = self.write(cx, base, &edited)?;
        let why = "commit: set versions";
        match here {
            Some(here) => git.move_reference(&self.reference, here, commit, why),
            None => git.create_reference(&self.reference, commit, why),
        }
        .map_err(git_failed)?;
        Ok(output(&self.outcome(commit, base, &edited)))
    }

    fn reversal(&self, outputs: &Value) -> Reversal {
        match serde_json::from_value::<VersionsSet>(outputs.clone()) {
            Ok(set) if set.commit != set.parent => Reversal::Undo(format!(
                "moves {} back to {}, if it was neither moved nor pushed since",
                short(&self.reference),
                set.parent
            )),
            _ => Reversal::NothingToUndo,
        }
    }

    fn undo(&self, cx: &Context<'_, Services>, outputs: &Value) -> Result<(), ActionError> {
        let set: VersionsSet = serde_json::from_value(outputs.clone()).map_err(outputs_do_not_fit)?;
        let git = &cx.world.git;
        let (made, parent) = (recorded(&set.commit)?, recorded(&set.parent)?);
        if made == parent || git.reference(&self.reference).map_err(git_failed)? == Some(parent) {
            return Ok(());
        }
        if let Some(branch) = branch_of(&self.reference)
            && let Some(tip) = git.fetch_branch(branch).map_err(git_failed)?
            && git.is_ancestor(made, tip).map_err(git_failed)?
        {
            return Err(ActionError::refused(
                format!("{made} is on the remote's {branch} already"),
                "take the push back first, where that can be done; else mend it by another commit",
            ));
        }
        if let Some(problem) = checked_out(cx, &self.reference)? {
            return Err(ActionError::refused(problem.what, problem.hint));
        }
        git.move_reference(&self.reference, made, parent, "reset: take the versions back").map_err(git_failed)
    }
}

impl SetVersions {
    fn setting(&self) -> Result<Setting<'_>, ActionError> {
        let version = match (&self.to, &self.authority) {
            (Some(to), Some(authority)) => Some((to.as_str(), authority)),
            (None, _) => None,
            (Some(_), None) => {
                return Err(ActionError::misconfigured("`to` needs `authority`", "name what says the tree's version"));
            }
        };
        Ok(Setting { rules: &self.rules, version, allow: &self.allow })
    }

    fn standing(&self, cx: &Context<'_, Services>) -> Result<Standing, ActionError> {
        let git = &cx.world.git;
        let here = git.reference(&self.reference).map_err(git_failed)?;
        let start = self.start(cx)?;
        let (here, start) = match (here, start) {
            (Some(here), start) => (here, start),
            (None, Some(base)) => return Ok(Standing::On { base, here: None }),
            (None, None) => {
                let what = format!("{} is not there, and no start is named for it", self.reference);
                return Err(ActionError::refused(what, "run the step before this one"));
            }
        };
        let faults = match self.set_at(cx, here, start)? {
            Ok(set) => return Ok(Standing::Set(set)),
            Err(faults) => faults,
        };
        match start {
            Some(start) if git.is_ancestor(here, start).map_err(git_failed)? => {
                Ok(Standing::On { base: start, here: Some(here) })
            }
            None => Ok(Standing::On { base: here, here: Some(here) }),
            Some(start) => Ok(Standing::Other {
                found: format!("{} at {here}, where{}", self.reference, listed(&faults)),
                expected: format!("it at {start}, or one commit after it that sets everything"),
            }),
        }
    }

    fn start(&self, cx: &Context<'_, Services>) -> Result<Option<ObjectId>, ActionError> {
        let Some(start) = &self.start else { return Ok(None) };
        let branch = start.strip_prefix(cx.world.git.remote()).and_then(|rest| rest.strip_prefix('/'));
        match branch {
            Some(branch) => remote_branch(cx, branch).map(Some),
            None => commit(cx, start).map(Some),
        }
    }

    /// What is set where `here` has all that is wanted, by its own doing or before;
    /// else why it has not.
    fn set_at(
        &self,
        cx: &Context<'_, Services>,
        here: ObjectId,
        start: Option<ObjectId>,
    ) -> Result<Result<VersionsSet, Vec<String>>, ActionError> {
        let git = &cx.world.git;
        let setting = self.setting()?;
        let parent = git.first_parent(here).map_err(git_failed)?;
        let in_start = |commit| start.map_or(Ok(false), |start| git.is_ancestor(commit, start).map_err(git_failed));
        let began_there = in_start(here)?;
        if let Some(start) = start
            && !began_there
            && !parent.map_or(Ok(false), in_start)?
        {
            return Ok(Err(vec![format!("more than one commit is not in {start}")]));
        }
        let tree = read_tree(cx, here)?;
        let before = parent.map(|parent| read_tree(cx, parent)).transpose()?;
        let faults = |edited: Result<Edited, Vec<String>>| match edited {
            Err(faults) => faults,
            Ok(edited) => edited.changed.keys().map(|path| format!("{path} is not as the rules say")).collect(),
        };
        let version = match setting.version_of(&tree) {
            Ok(version) => version,
            Err(fault) => return Ok(Err(vec![fault])),
        };
        if version != self.to {
            return Ok(Err(vec![format!("the version is {}", version.unwrap_or_default())]));
        }
        let old = before.as_ref().and_then(|before| setting.version_of(before).ok().flatten());
        let wrong = faults(setting.edit(&tree, old.clone().or(version.clone())));
        if !wrong.is_empty() {
            return Ok(Err(wrong));
        }
        // Where it began so, or the commit before has it all too, it was not this one that set it.
        let set_before =
            |before: &Tree| began_there || (old == version && faults(setting.edit(before, old.clone())).is_empty());
        match parent.zip(before).filter(|(_, before)| !set_before(before)) {
            Some((parent, _)) => {
                let files = git.changed_between(parent, here).map_err(git_failed)?;
                Ok(Ok(self.versions_set(here, parent, old, files)))
            }
            None => Ok(Ok(self.versions_set(here, here, version, Vec::new()))),
        }
    }

    /// What the rules make of the tree of `base`.
    fn edited(&self, cx: &Context<'_, Services>, base: ObjectId) -> Result<Edited, ActionError> {
        let refused = |faults: &[String]| {
            ActionError::refused(
                format!("the versions cannot be set on {base}:{}", listed(faults)),
                "correct the tree, or the product's rules: `versions.edits`, `versions.allow`; nothing was committed",
            )
        };
        let setting = self.setting()?;
        let tree = read_tree(cx, base)?;
        let from = setting.version_of(&tree).map_err(|fault| refused(&[fault]))?;
        setting.edit(&tree, from).map_err(|faults| refused(&faults))
    }

    /// The commit with `edited` on `base`, or `base` where nothing changes.
    fn write(&self, cx: &Context<'_, Services>, base: ObjectId, edited: &Edited) -> Result<ObjectId, ActionError> {
        if edited.changed.is_empty() {
            return Ok(base);
        }
        let message = match (&edited.from, &self.to) {
            (Some(old), Some(new)) => VersionChange::new(old, new).fill(&self.message),
            _ => self.message.clone(),
        };
        let author = &cx.world.author;
        let new = NewCommit {
            parent: base,
            changed: &edited.changed,
            name: &author.name,
            email: &author.email,
            at: cx.intent.at,
            message: &message,
        };
        cx.world.git.write_commit(&new).map_err(git_failed)
    }

    fn outcome(&self, commit: ObjectId, base: ObjectId, edited: &Edited) -> VersionsSet {
        self.versions_set(commit, base, edited.from.clone(), edited.changed.keys().cloned().collect())
    }

    fn versions_set(
        &self,
        commit: ObjectId,
        parent: ObjectId,
        from: Option<String>,
        files: Vec<String>,
    ) -> VersionsSet {
        VersionsSet {
            reference: self.reference.clone(),
            commit: commit.to_string(),
            parent: parent.to_string(),
            from,
            to: self.to.clone(),
            files,
        }
    }
}

fn output(set: &VersionsSet) -> Value {
    serde_json::to_value(set).expect("plain data")
}
