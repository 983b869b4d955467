// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards refs are gone from the remote; what they stood for is recorded, so
//! that they can be put back.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Services;
use super::failures::{git_failed, outputs_do_not_fit};
use super::push::short;
use crate::engine::{Action, ActionError, Context, Probed, Reversal};
use crate::services::RefUpdate;

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
    /// The id that it stood for.
    pub object: String,
}

impl DeleteRemoteRefs {
    fn there(&self, cx: &Context<'_, Services>) -> Result<Vec<DeletedRef>, ActionError> {
        let names: Vec<&str> = self.refs.iter().map(String::as_str).collect();
        let found = cx.world.git.remote_refs(&names).map_err(git_failed)?;
        let plain = found.into_iter().filter(|(name, _)| !name.ends_with("^{}"));
        Ok(plain.map(|(name, object)| DeletedRef { name, object }).collect())
    }

    /// What they stood for, by the clone: for when the deleting itself was not
    /// seen to end.
    fn remembered(&self, cx: &Context<'_, Services>) -> Result<Vec<DeletedRef>, ActionError> {
        let mut known = Vec::new();
        for name in &self.refs {
            let local = cx.world.git.reference(name).map_err(git_failed)?;
            known.extend(local.map(|object| DeletedRef { name: name.clone(), object }));
        }
        Ok(known)
    }
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
        let recorded = cx.intent.acted.clone().and_then(|acted| serde_json::from_value::<RefsDeleted>(acted).ok());
        let deleted = match recorded {
            Some(recorded) => recorded,
            None if cx.intent.resumed => RefsDeleted { deleted: self.remembered(cx)? },
            None => RefsDeleted::default(),
        };
        Ok(Probed::Done(serde_json::to_value(deleted).expect("plain data")))
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let deleted = self.there(cx)?;
        let updates: Vec<RefUpdate> = deleted
            .iter()
            .map(|found| RefUpdate { name: found.name.clone(), expected: Some(found.object.clone()), to: None })
            .collect();
        cx.world.git.push(&updates).map_err(git_failed)?;
        Ok(serde_json::to_value(RefsDeleted { deleted }).expect("plain data"))
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
        let there = self.there(cx)?;
        let updates: Vec<RefUpdate> = found
            .deleted
            .into_iter()
            .filter(|deleted| !there.contains(deleted))
            .map(|deleted| RefUpdate { name: deleted.name, expected: None, to: Some(deleted.object) })
            .collect();
        if updates.is_empty() {
            return Ok(());
        }
        cx.world.git.push(&updates).map_err(git_failed)
    }
}
