// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards refs of the remote stand where the local ones do: all of them or
//! none. A tag or a new branch never overwrites, a branch only goes forward.
//!
//! Just before the push, a local ref remembers each ref that this intention is to
//! create. So even after an interruption it is known what an undo may delete.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Services;
use super::failures::{git_failed, outputs_do_not_fit};
use super::git_refs::{memory, recorded, short};
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal};
use crate::services::{Lease, ObjectId, PushUpdate, RemoteRef};

/// Parameters of `push`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Push {
    /// Local refs and where they go.
    #[serde(default)]
    pub updates: Vec<Update>,
    /// Tags that go under their own name, without `refs/tags/`.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Whether what this creates can be deleted at the remote again.
    #[serde(default)]
    pub undoable: bool,
}

/// A local ref and where it goes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Update {
    /// The full name of the local ref.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The full name at the remote.
    pub to: String,
}

/// What was pushed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pushed {
    /// The remote's refs.
    pub refs: Vec<PushedRef>,
}

/// A ref at the remote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushedRef {
    /// The full name.
    pub name: String,
    /// The id of the commit, behind the tag where it is one.
    pub commit: String,
    /// The id of the object that was pushed.
    pub object: String,
    /// Whether this push created it, so that an undo may delete it.
    pub created: bool,
}

/// A ref to be pushed.
struct Target {
    name: String,
    object: ObjectId,
    commit: ObjectId,
}

/// How the remote stands to a target.
enum Standing {
    There,
    Missing,
    Behind,
    Other(ObjectId),
}

impl Action<Services> for Push {
    fn summary(&self) -> String {
        let names: Vec<String> = self.all().iter().map(|update| short(&update.to).to_owned()).collect();
        format!("Pushes {} to the remote", names.join(" and "))
    }

    fn commands(&self) -> Vec<String> {
        let specs: Vec<String> =
            self.all().iter().map(|update| format!("{}:{}", update.reference, update.to)).collect();
        vec![format!("git push --atomic origin {}", specs.join(" "))]
    }

    fn problems(&self, cx: &Context<'_, Services>) -> Result<Vec<Problem>, ActionError> {
        Ok(self.targets(cx)?.err().into_iter().flatten().collect())
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let Ok(targets) = self.targets(cx)? else { return Ok(Probed::Absent) };
        let remote = self.remote(cx)?;
        let mut absent = false;
        for target in &targets {
            match standing(cx, target, &remote)? {
                Standing::There => {}
                Standing::Missing | Standing::Behind => absent = true,
                Standing::Other(found) => return Ok(conflict(cx, target, found)),
            }
        }
        if absent { Ok(Probed::Absent) } else { Ok(Probed::Done(self.output(cx, &targets)?)) }
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let targets = self.targets(cx)?.map_err(|problems| {
            let what: Vec<String> = problems.iter().map(|problem| problem.what.clone()).collect();
            ActionError::refused(what.join("; "), "run the step that makes it")
        })?;
        let remote = self.remote(cx)?;
        let git = &cx.world.git;
        let mut updates = Vec::new();
        for target in &targets {
            let lease = match standing(cx, target, &remote)? {
                Standing::There => continue,
                Standing::Behind => Lease::FastForward,
                Standing::Missing => {
                    let memory = memory("created", &cx.intent.token, &target.name);
                    git.create_reference(&memory, target.object, "remember what is about to be created")
                        .map_err(git_failed)?;
                    Lease::Absent
                }
                Standing::Other(found) => {
                    let (found, expected) = clash(cx, target, found);
                    return Err(ActionError::Conflict { found, expected });
                }
            };
            updates.push(PushUpdate { name: target.name.clone(), object: Some(target.object), lease });
        }
        git.push(&updates).map_err(git_failed)?;
        self.output(cx, &targets)
    }

    fn reversal(&self, outputs: &Value) -> Reversal {
        let pushed = serde_json::from_value::<Pushed>(outputs.clone()).map(|pushed| pushed.refs).unwrap_or_default();
        let names = |only_created: bool| {
            let refs = pushed.iter().filter(|pushed| pushed.created || !only_created);
            refs.map(|pushed| short(&pushed.name)).collect::<Vec<_>>().join(" and ")
        };
        if !self.undoable {
            Reversal::Irreversible(format!("others may have fetched {} already", names(false)))
        } else if names(true).is_empty() {
            Reversal::NothingToUndo
        } else {
            Reversal::Undo(format!("deletes {} at the remote, if unchanged since", names(true)))
        }
    }

    fn undo(&self, cx: &Context<'_, Services>, outputs: &Value) -> Result<(), ActionError> {
        let pushed: Pushed = serde_json::from_value(outputs.clone()).map_err(outputs_do_not_fit)?;
        if !self.undoable {
            return Err(ActionError::refused("what was pushed here stays", "mend it by another commit or release"));
        }
        let remote = self.remote(cx)?;
        let mut updates = Vec::new();
        for PushedRef { name, object, .. } in pushed.refs.into_iter().filter(|pushed| pushed.created) {
            let object = recorded(&object)?;
            match remote.get(&name).map(|found| found.object) {
                None => {}
                Some(found) if found == object => {
                    updates.push(PushUpdate { name, object: None, lease: Lease::At(object) });
                }
                Some(found) => {
                    let expected = format!("{object}, as it was pushed; it is not deleted");
                    return Err(ActionError::Conflict { found: format!("{name} at {found}"), expected });
                }
            }
        }
        cx.world.git.push(&updates).map_err(git_failed)
    }
}

impl Push {
    fn all(&self) -> Vec<Update> {
        let tags = self.tags.iter().map(|tag| format!("refs/tags/{tag}"));
        let tags = tags.map(|name| Update { reference: name.clone(), to: name });
        self.updates.iter().cloned().chain(tags).collect()
    }

    /// What is to be where, by the local refs; else those that are missing.
    fn targets(&self, cx: &Context<'_, Services>) -> Result<Result<Vec<Target>, Vec<Problem>>, ActionError> {
        let git = &cx.world.git;
        let (mut targets, mut problems) = (Vec::new(), Vec::new());
        for Update { reference, to } in self.all() {
            let object = git.reference(&reference).map_err(git_failed)?;
            let commit = match object {
                Some(object) => git.commit(&object.to_string()).map_err(git_failed)?,
                None => None,
            };
            match object.zip(commit) {
                Some((object, commit)) => targets.push(Target { name: to, object, commit }),
                None => problems.push(Problem::new(
                    format!("{reference} is not in the clone {}", git.path().display()),
                    "if another clone has it, fetch it from there; else take back the step that makes it and run it again",
                )),
            }
        }
        Ok(if problems.is_empty() { Ok(targets) } else { Err(problems) })
    }

    fn remote(&self, cx: &Context<'_, Services>) -> Result<BTreeMap<String, RemoteRef>, ActionError> {
        let all = self.all();
        let names: Vec<&str> = all.iter().map(|update| update.to.as_str()).collect();
        cx.world.git.remote_refs(&names).map_err(git_failed)
    }

    fn output(&self, cx: &Context<'_, Services>, targets: &[Target]) -> Result<Value, ActionError> {
        let mut refs = Vec::new();
        for target in targets {
            let memory = memory("created", &cx.intent.token, &target.name);
            refs.push(PushedRef {
                name: target.name.clone(),
                commit: target.commit.to_string(),
                object: target.object.to_string(),
                created: cx.world.git.reference(&memory).map_err(git_failed)? == Some(target.object),
            });
        }
        Ok(serde_json::to_value(Pushed { refs }).expect("plain data"))
    }
}

fn standing(
    cx: &Context<'_, Services>,
    target: &Target,
    remote: &BTreeMap<String, RemoteRef>,
) -> Result<Standing, ActionError> {
    let git = &cx.world.git;
    let Some(there) = remote.get(&target.name).map(|found| found.object) else { return Ok(Standing::Missing) };
    if there == target.object {
        return Ok(Standing::There);
    }
    let Some(branch) = target.name.strip_prefix("refs/heads/") else { return Ok(Standing::Other(there)) };
    let tip = git.fetch_branch(branch).map_err(git_failed)?;
    if tip != Some(there) {
        // It moved while we looked; whatever it is now, it is not what we saw.
        return Ok(Standing::Other(tip.unwrap_or(there)));
    }
    if git.is_ancestor(there, target.commit).map_err(git_failed)? {
        Ok(Standing::Behind)
    } else if git.is_ancestor(target.commit, there).map_err(git_failed)? {
        // It has gone on from what was pushed.
        Ok(Standing::There)
    } else {
        Ok(Standing::Other(there))
    }
}

fn conflict(cx: &Context<'_, Services>, target: &Target, found: ObjectId) -> Probed {
    let (found, expected) = clash(cx, target, found);
    Probed::Conflict { found, expected }
}

fn clash(cx: &Context<'_, Services>, target: &Target, found: ObjectId) -> (String, String) {
    let expected = match target.name.starts_with("refs/heads/") {
        true => format!("{}, or a commit in its history", target.object),
        false => format!("none, or just {}", target.object),
    };
    (format!("{} at {found} at the remote `{}`", short(&target.name), cx.world.git.remote()), expected)
}
