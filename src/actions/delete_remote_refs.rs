// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards refs are gone from the remote; what they stood for is recorded, so
//! that they can be put back.
//!
//! Before they are deleted they are fetched to local refs of the program's own,
//! which know what they were even after an interruption.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Services;
use super::failures::{git_failed, outputs_do_not_fit};
use super::git_refs::{memory, recorded, short};
use crate::engine::{Action, ActionError, Context, Probed, Reversal};
use crate::services::{Lease, ObjectId, PushUpdate};

/// Parameters of `delete-remote-refs`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeleteRemoteRefs {
    /// The full names.
    pub refs: Vec<String>,
}

/// What was deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefsDeleted {
    /// Each ref that was there.
    pub deleted: Vec<DeletedRef>,
}

/// A ref that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedRef {
    /// The full name.
    pub name: String,
    /// The id of the object that it stood for.
    pub object: String,
}

impl Action<Services> for DeleteRemoteRefs {
    fn summary(&self) -> String {
        let names: Vec<&str> = self.refs.iter().map(|name| short(name)).collect();
        format!("Deletes {} at the remote", names.join(" and "))
    }

    fn commands(&self) -> Vec<String> {
        vec![format!("git push --atomic --delete origin {}", self.refs.join(" "))]
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        if !self.there(cx)?.is_empty() {
            return Ok(Probed::Absent);
        }
        let mut deleted = Vec::new();
        for name in &self.refs {
            let memory = memory("deleted", &cx.intent.token, name);
            let object = cx.world.git.reference(&memory).map_err(git_failed)?;
            deleted.extend(object.map(|object| DeletedRef { name: name.clone(), object: object.to_string() }));
        }
        // Where another clone did it, its record is all there is.
        match &cx.intent.acted {
            Some(acted) if deleted.is_empty() => Ok(Probed::Done(acted.clone())),
            _ => Ok(Probed::Done(output(deleted))),
        }
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let git = &cx.world.git;
        let there = self.there(cx)?;
        let memories: Vec<String> = there.iter().map(|(name, _)| memory("deleted", &cx.intent.token, name)).collect();
        let fetched: Vec<(&str, &str)> =
            there.iter().zip(&memories).map(|((name, _), memory)| (name.as_str(), memory.as_str())).collect();
        git.fetch(&fetched).map_err(git_failed)?;
        for ((name, seen), memory) in there.iter().zip(&memories) {
            let kept = git.reference(memory).map_err(git_failed)?;
            if kept != Some(*seen) {
                let found = kept.map_or_else(|| "nothing".to_owned(), |kept| kept.to_string());
                return Err(ActionError::Conflict {
                    found: format!("{name} at {found}"),
                    expected: format!("{seen}, as a moment before; nothing was deleted"),
                });
            }
        }
        let updates: Vec<PushUpdate> = there
            .iter()
            .map(|(name, object)| PushUpdate { name: name.clone(), object: None, lease: Lease::At(*object) })
            .collect();
        git.push(&updates).map_err(git_failed)?;
        let deleted = there.into_iter().map(|(name, object)| DeletedRef { name, object: object.to_string() });
        Ok(output(deleted.collect()))
    }

    fn reversal(&self, outputs: &Value) -> Reversal {
        match serde_json::from_value::<RefsDeleted>(outputs.clone()) {
            Ok(found) if !found.deleted.is_empty() => {
                let names: Vec<&str> = found.deleted.iter().map(|deleted| short(&deleted.name)).collect();
                Reversal::Undo(format!("pushes {} to the remote again", names.join(" and ")))
            }
            _ => Reversal::NothingToUndo,
        }
    }

    fn undo(&self, cx: &Context<'_, Services>, outputs: &Value) -> Result<(), ActionError> {
        let found: RefsDeleted = serde_json::from_value(outputs.clone()).map_err(outputs_do_not_fit)?;
        let git = &cx.world.git;
        let names: Vec<&str> = found.deleted.iter().map(|deleted| deleted.name.as_str()).collect();
        let there = git.remote_refs(&names).map_err(git_failed)?;
        let mut updates = Vec::new();
        for DeletedRef { name, object } in &found.deleted {
            let object = recorded(object)?;
            match there.get(name).map(|found| found.object) {
                Some(found) if found == object => {}
                Some(found) => {
                    let expected = format!("none, so that it can be put back at {object}");
                    return Err(ActionError::Conflict { found: format!("{name} at {found}"), expected });
                }
                None if git.has_object(object).map_err(git_failed)? => {
                    updates.push(PushUpdate { name: name.clone(), object: Some(object), lease: Lease::Absent });
                }
                None => {
                    return Err(ActionError::refused(
                        format!("{object}, which {name} stood for, is not in {}", git.path().display()),
                        "push it from a clone that has it",
                    ));
                }
            }
        }
        git.push(&updates).map_err(git_failed)
    }
}

impl DeleteRemoteRefs {
    /// Those that the remote has, in the order of the parameters.
    fn there(&self, cx: &Context<'_, Services>) -> Result<Vec<(String, ObjectId)>, ActionError> {
        let names: Vec<&str> = self.refs.iter().map(String::as_str).collect();
        let found = cx.world.git.remote_refs(&names).map_err(git_failed)?;
        Ok(self.refs.iter().filter_map(|name| Some((name.clone(), found.get(name)?.object))).collect())
    }
}

fn output(deleted: Vec<DeletedRef>) -> Value {
    serde_json::to_value(RefsDeleted { deleted }).expect("plain data")
}
