// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards refs are gone from the remote; what they stood for is recorded and
//! kept in the clone (`refs/quorate/deleted/…`), so that they can be put back.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Services;
use super::clone::log_entry;
use super::failures::{git_failed, outputs_do_not_fit};
use super::push::short;
use super::shell;
use crate::engine::{Action, ActionError, Context, Probed, Reversal};
use crate::services::{GitError, RefUpdate};

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

    /// Keeps what is to be deleted, under a ref for each: fetched where the clone
    /// lacks it, safe from being cleaned away, and known after an interruption.
    fn keep(&self, cx: &Context<'_, Services>, found: &[DeletedRef]) -> Result<(), ActionError> {
        let git = &cx.world.git;
        let mut lacking = Vec::new();
        for DeletedRef { name, object } in found {
            if !git.has_object(object).map_err(git_failed)? {
                lacking.push(name.as_str());
            }
        }
        git.fetch_objects(&lacking).map_err(git_failed)?;
        for DeletedRef { name, object } in found {
            let place = kept_as(cx, name);
            let before = git.reference(&place).map_err(git_failed)?;
            git.move_reference(&place, before.as_deref(), object, &log_entry(cx)).map_err(git_failed)?;
        }
        Ok(())
    }

    /// What this intention has kept.
    fn kept(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let mut deleted = Vec::new();
        for name in &self.refs {
            let object = cx.world.git.reference(&kept_as(cx, name)).map_err(git_failed)?;
            deleted.extend(object.map(|object| DeletedRef { name: name.clone(), object }));
        }
        Ok(serde_json::to_value(RefsDeleted { deleted }).expect("plain data"))
    }
}

/// A branch and a tag can have the same name.
fn called(name: &str) -> String {
    match name.strip_prefix("refs/heads/") {
        Some(branch) => format!("the branch {branch}"),
        None => format!("the tag {}", short(name)),
    }
}

/// Where what the remote's ref stood for is kept.
fn kept_as(cx: &Context<'_, Services>, name: &str) -> String {
    format!("refs/quorate/deleted/{}/{}", cx.intent.token, name.strip_prefix("refs/").unwrap_or(name))
}

impl Action<Services> for DeleteRemoteRefs {
    fn summary(&self) -> String {
        let names: Vec<String> = self.refs.iter().map(|name| called(name)).collect();
        format!("Deletes {} at the remote", names.join(" and "))
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let mut words = vec!["git", "push", "--atomic", "--delete", world.git.remote()];
        words.extend(self.refs.iter().map(String::as_str));
        vec![shell::command(&words)]
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        if !self.there(cx)?.is_empty() {
            return Ok(Probed::Absent);
        }
        match &cx.intent.acted {
            Some(acted) => Ok(Probed::Done(acted.clone())),
            None => self.kept(cx).map(Probed::Done),
        }
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let found = self.there(cx)?;
        self.keep(cx, &found)?;
        let updates: Vec<RefUpdate> = found
            .into_iter()
            .map(|found| RefUpdate { name: found.name, expected: Some(found.object), to: None })
            .collect();
        cx.world.git.push(&updates).map_err(git_failed)?;
        self.kept(cx)
    }

    fn reversal(&self, outputs: &Value) -> Reversal {
        match serde_json::from_value::<RefsDeleted>(outputs.clone()) {
            Ok(found) if !found.deleted.is_empty() => {
                let names: Vec<String> = found.deleted.iter().map(|deleted| called(&deleted.name)).collect();
                Reversal::Undo(format!("pushes {} to the remote again", names.join(" and ")))
            }
            _ => Reversal::NothingToUndo,
        }
    }

    fn undo(&self, cx: &Context<'_, Services>, outputs: &Value) -> Result<(), ActionError> {
        let found: RefsDeleted = serde_json::from_value(outputs.clone()).map_err(outputs_do_not_fit)?;
        let there = self.there(cx)?;
        let mut updates = Vec::new();
        for DeletedRef { name, object } in found.deleted {
            match there.iter().find(|there| there.name == name) {
                None if !cx.world.git.has_object(&object).map_err(git_failed)? => {
                    let path = cx.world.git.path().to_owned();
                    return Err(git_failed(GitError::Missing { revision: object, path }));
                }
                None => updates.push(RefUpdate { name, expected: None, to: Some(object) }),
                Some(there) if there.object == object => {}
                Some(there) => {
                    return Err(ActionError::Conflict {
                        found: format!("{} at {} at the remote", short(&name), there.object),
                        expected: format!("none, or one at {object}"),
                    });
                }
            }
        }
        cx.world.git.push(&updates).map_err(git_failed)
    }
}
