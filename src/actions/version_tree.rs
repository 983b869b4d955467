// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The tree of a commit, and what a product's rules make of it.

use super::Services;
use super::failures::git_failed;
use crate::engine::{ActionError, Context};
use crate::release::{AllowedLeftover, EditFault, EditRule, Tree, VersionChange, apply, authority, leftovers};
use crate::services::{FileKind, GitError, ObjectId};

/// How many places are named in an error.
const SHOWN: usize = 20;

/// What rules make of a tree.
#[derive(Debug)]
pub(super) struct Edited {
    /// The files that differ, with their new content.
    pub changed: Tree,
    /// The version that the tree was at; `None` where no version is set.
    pub from: Option<String>,
}

/// What to set, where an old version may stay.
#[derive(Debug)]
pub(super) struct Setting<'a> {
    pub rules: &'a [Vec<EditRule>],
    /// The version with what says which one a tree is at.
    pub version: Option<(&'a str, &'a EditRule)>,
    pub allow: &'a [AllowedLeftover],
}

impl Setting<'_> {
    /// What the rules make of `tree`, which is at `from`. Each has hit, and of an
    /// old version nothing is left; else every place where that is not so.
    pub(super) fn edit(&self, tree: &Tree, from: Option<String>) -> Result<Edited, Vec<String>> {
        let versions = match (&from, self.version) {
            (Some(old), Some((new, _))) => Some(VersionChange::new(old, new)),
            _ => None,
        };
        let rules: Vec<EditRule> = self.rules.iter().flatten().cloned().collect();
        let edits = apply(tree, &rules, versions.as_ref())
            .map_err(|faults| faults.0.iter().map(EditFault::to_string).collect::<Vec<_>>())?;
        if let Some(VersionChange { old, new }) = versions
            && old != new
        {
            let mut after = tree.clone();
            after.extend(edits.changed.iter().map(|(path, bytes)| (path.clone(), bytes.clone())));
            let left = leftovers(&after, &old, self.allow)
                .map_err(|error| vec![format!("{error}, in the list of where an old version may stay")])?;
            if !left.is_empty() {
                return Err(left.iter().map(|place| format!("{place} would be left")).collect());
            }
        }
        Ok(Edited { changed: edits.changed, from })
    }

    /// The version that `tree` is at, where one is to be set.
    pub(super) fn version_of(&self, tree: &Tree) -> Result<Option<String>, String> {
        match self.version {
            Some((_, rule)) => authority(rule, tree).map(Some).map_err(|fault| fault.to_string()),
            None => Ok(None),
        }
    }
}

/// The files of a commit; symbolic links are left out.
pub(crate) fn read_tree(cx: &Context<'_, Services>, commit: ObjectId) -> Result<Tree, ActionError> {
    let mut files = Tree::new();
    let visit = |file: crate::services::TreeFile| {
        if file.kind != FileKind::Symlink {
            files.insert(file.path, file.bytes);
        }
        Ok::<(), GitError>(())
    };
    cx.world.git.visit_files(&commit.to_string(), |_| true, visit).map_err(git_failed)?;
    Ok(files)
}

/// Some of `faults`, one a line.
pub(super) fn listed(faults: &[String]) -> String {
    let mut text: String = faults.iter().take(SHOWN).map(|fault| format!("\n  {fault}")).collect();
    if faults.len() > SHOWN {
        text.push_str(&format!("\n  and {} more", faults.len() - SHOWN));
    }
    text
}
