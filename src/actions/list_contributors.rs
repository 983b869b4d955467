// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards the names of all who contributed since the last release are in a
//! text of the workspace, one a line. Names that a person has added there stay.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Services;
use super::failures::{git_failed, workspace_failed};
use super::git_refs::commit;
use crate::engine::{Action, ActionError, Context, Probed, Reversal};
use crate::release::contributors;
use crate::services::ObjectId;

/// Parameters of `list-contributors`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListContributors {
    /// The tag or commit of the release before; a tag that only the remote has is
    /// fetched.
    pub from: String,
    /// The tag or commit of this one.
    pub to: String,
    /// Where the names go, in the workspace.
    pub file: String,
}

/// Who contributed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContributorsListed {
    /// Their names, sorted.
    pub names: Vec<String>,
    /// How many.
    pub count: usize,
}

impl Action<Services> for ListContributors {
    fn summary(&self) -> String {
        format!("Lists who contributed between {} and {}", self.from, self.to)
    }

    fn commands(&self) -> Vec<String> {
        vec![format!("git log --format='%aN%n%cN' {}..{} | sort -u", self.from, self.to)]
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let Some(bytes) = cx.world.workspace.read(&self.file).map_err(workspace_failed)? else {
            return Ok(Probed::Absent);
        };
        let names = self.names(cx)?;
        let text = String::from_utf8_lossy(&bytes);
        let there: Vec<String> =
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        let missing: Vec<&str> = names.iter().filter(|name| !there.contains(name)).map(String::as_str).collect();
        if missing.is_empty() {
            return Ok(Probed::Done(output(there)));
        }
        let file = cx.world.workspace.path(&self.file);
        Ok(Probed::Conflict {
            found: format!("{} without {}", file.display(), missing.join(", ")),
            expected: "no such file, or one with every name".to_owned(),
        })
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let names = self.names(cx)?;
        let text: String = names.iter().map(|name| format!("{name}\n")).collect();
        cx.world.workspace.write(&self.file, text.as_bytes()).map_err(workspace_failed)?;
        Ok(output(names))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::NothingToUndo
    }
}

impl ListContributors {
    fn names(&self, cx: &Context<'_, Services>) -> Result<Vec<String>, ActionError> {
        let (from, to) = (self.start(cx)?, commit(cx, &self.to)?);
        let people = cx.world.git.people(from, to).map_err(git_failed)?;
        Ok(contributors(people.iter().map(String::as_str)))
    }

    fn start(&self, cx: &Context<'_, Services>) -> Result<ObjectId, ActionError> {
        let git = &cx.world.git;
        if let Some(commit) = git.commit(&self.from).map_err(git_failed)? {
            return Ok(commit);
        }
        let name = format!("refs/tags/{}", self.from.strip_prefix("refs/tags/").unwrap_or(&self.from));
        let kept = name.replacen("refs/tags/", "refs/quorate/tags/", 1);
        if git.remote_refs(&[&name]).map_err(git_failed)?.contains_key(&name) {
            git.fetch(&[(&name, &kept)]).map_err(git_failed)?;
            return commit(cx, &kept);
        }
        commit(cx, &self.from)
    }
}

fn output(names: Vec<String>) -> Value {
    let count = names.len();
    serde_json::to_value(ContributorsListed { names, count }).expect("plain data")
}
