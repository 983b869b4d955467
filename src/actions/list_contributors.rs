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
use crate::engine::{Action, ActionError, Context, Probed, Reversal};
use crate::release::contributors;

/// Parameters of `list-contributors`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListContributors {
    /// The tag or commit of the release before.
    pub from: String,
    /// The tag or commit of this one.
    pub to: String,
    /// Where the names go, in the workspace.
    pub file: String,
}

#[derive(Debug, Serialize)]
struct Output {
    names: Vec<String>,
    count: usize,
}

impl ListContributors {
    fn names(&self, cx: &Context<'_, Services>) -> Result<Vec<String>, ActionError> {
        let people = cx.world.git.people(&self.from, &self.to).map_err(git_failed)?;
        Ok(contributors(people.iter().map(String::as_str)))
    }
}

impl Action<Services> for ListContributors {
    fn summary(&self) -> String {
        format!("Lists who contributed between {} and {}", self.from, self.to)
    }

    fn commands(&self) -> Vec<String> {
        vec![format!("git log --pretty='%aN%n%cN' {}..{} | sort -u", self.from, self.to)]
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let names = self.names(cx)?;
        let Some(bytes) = cx.world.workspace.read(&self.file).map_err(workspace_failed)? else {
            return Ok(Probed::Absent);
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let there: Vec<String> =
            text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
        // What a person has added there stays; a name that is missing is put there anew.
        let complete = names.iter().all(|name| there.contains(name));
        Ok(if complete { Probed::Done(output(there)) } else { Probed::Absent })
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

fn output(names: Vec<String>) -> Value {
    let count = names.len();
    serde_json::to_value(Output { names, count }).expect("plain data")
}
