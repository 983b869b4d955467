// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the two actions share that remove directories from a repository: they
//! differ only in which directories those are.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Services;
use super::shell;
use super::subversion::{note, outputs, recorded, revision_of_directory, settle};
use crate::engine::{ActionError, Context, Probed, Reversal};
use crate::services::{Change, Depth, EntryKind, Revision, Svn, SvnUrl};

/// What a removal leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// The names of the directories.
    pub removed: Vec<String>,
    /// The commit; `None` where there was nothing to remove.
    pub revision: Option<Revision>,
}

/// The directories that there are now.
pub(super) struct Listing {
    /// Their names, sorted.
    pub(super) names: Vec<String>,
    /// The repository's revision at which this was so.
    pub(super) at: Revision,
}

/// The directories in `url`.
pub(super) fn directories(svn: &Svn, url: &SvnUrl) -> Result<Listing, ActionError> {
    let at = revision_of_directory(svn, url)?;
    let entries = svn.list(url, Depth::Immediate, Some(at))?.into_iter();
    let directories = entries.filter(|entry| entry.kind == EntryKind::Directory);
    let mut names: Vec<String> = directories.map(|entry| entry.name).collect();
    names.sort_unstable();
    Ok(Listing { names, at })
}

/// What a person would type to remove the directories in `url` that match.
pub(super) fn commands(url: &SvnUrl, message: &str, matching: &str) -> Vec<String> {
    let remove = ["svn", "rm", "-m", message];
    if !matching.contains(['*', '?', '[', '{']) {
        return vec![format!("{} {}", shell::command(&remove), shell::quoted(&format!("{url}/{matching}")))];
    }
    let pattern = shell::quoted(&shell::name_pattern(matching));
    vec![format!(
        "svn list {} | tr -d / | grep -E {pattern} | sed {} | xargs -r {}",
        shell::quoted(url.as_str()),
        shell::quoted(&format!("s|^|{url}/|")),
        shell::command(&remove)
    )]
}

/// An action that removes directories.
pub(super) trait Removal {
    /// The directory that they are in.
    fn url(&self) -> &SvnUrl;

    /// The log message.
    fn message(&self) -> &str;

    /// Those that are there and should not be.
    fn left(&self, svn: &Svn) -> Result<Listing, ActionError>;

    /// What would be removed, for a person to read.
    fn document(&self, svn: &Svn) -> Result<Option<String>, ActionError> {
        let names = self.left(svn)?.names;
        Ok((!names.is_empty()).then(|| format!("To be removed from {}:\n{}\n", self.url(), names.join("\n"))))
    }

    /// Done where none is left, with the names that this run's own commit
    /// removed, if it did.
    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        if !self.left(&cx.world.svn)?.names.is_empty() {
            return Ok(Probed::Absent);
        }
        let Some(commit) = cx.world.svn.find_run(self.url(), &cx.intent.token)? else {
            return outputs(&Removed { removed: Vec::new(), revision: None }).map(Probed::Done);
        };
        let deleted = commit.changed.iter().filter(|changed| changed.change == 'D');
        let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
        let mut removed: Vec<String> = deleted.map(|changed| name(&changed.path)).collect();
        removed.sort_unstable();
        outputs(&Removed { removed, revision: Some(commit.revision) }).map(Probed::Done)
    }

    /// Removes them in one commit, as they were when they were listed.
    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let Listing { names, at } = self.left(&cx.world.svn)?;
        if names.is_empty() {
            return outputs(&Removed { removed: names, revision: None });
        }
        let changes = names.iter().map(|name| self.url().join(name).map(Change::Remove));
        let changes = changes.collect::<Result<Vec<_>, _>>()?;
        let committed = cx.world.svn.commit(&changes, Some(at), note(self.message(), cx.intent));
        settle(committed, self.probe(cx))
    }

    fn reversal(&self, outputs: &Value) -> Reversal {
        match recorded::<Removed>(outputs) {
            Ok(Removed { removed, revision: Some(revision) }) => Reversal::Undo(format!(
                "Copies {} back into {}, as they were before {revision}",
                removed.join(", "),
                self.url()
            )),
            Ok(Removed { revision: None, .. }) => Reversal::NothingToUndo,
            Err(error) => Reversal::Irreversible(error.to_string()),
        }
    }

    /// Copies back what was removed; what is there again is left alone.
    fn undo(&self, cx: &Context<'_, Services>, outputs: &Value) -> Result<(), ActionError> {
        let removed: Removed = recorded(outputs)?;
        let Some(revision) = removed.revision else { return Ok(()) };
        let at = Revision(revision.0.saturating_sub(1));
        let mut changes = Vec::new();
        for name in &removed.removed {
            let to = self.url().join(name)?;
            if cx.world.svn.info(&to, None)?.is_none() {
                changes.push(Change::Copy { at, from: to.clone(), to });
            }
        }
        if !changes.is_empty() {
            let message = format!("Put back what {revision} removed");
            cx.world.svn.commit(&changes, None, note(&message, cx.intent))?;
        }
        Ok(())
    }
}
