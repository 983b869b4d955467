// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards refs of the remote stand where the local ones do: all of them or
//! none. A tag or a new branch never overwrites, a branch only goes forward; a push
//! that can be taken back only makes refs, so that taking it back only deletes them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Services;
use super::clone::log_entry;
use super::failures::{git_failed, outputs_do_not_fit};
use super::shell;
use crate::engine::{Action, ActionError, Context, Probed, Reversal};
use crate::services::RefUpdate;

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
    /// The commit that the tags must be on; without it, whichever they are on.
    #[serde(default)]
    pub commit: Option<String>,
    /// Whether what this creates can be deleted at the remote again; then nothing
    /// that is there already goes forward.
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
    /// The id of the object that was pushed: the commit, or the tag.
    pub object: String,
    /// Whether this push created it, so that an undo may delete it.
    pub created: bool,
}

/// A ref that is to be at the remote.
struct Target {
    name: String,
    object: String,
}

impl Push {
    fn all(&self) -> Vec<Update> {
        let tags = self.tags.iter().map(|tag| format!("refs/tags/{tag}"));
        let tags = tags.map(|name| Update { reference: name.clone(), to: name });
        self.updates.iter().cloned().chain(tags).collect()
    }

    /// What is to be where, by the local refs.
    fn wanted(&self, cx: &Context<'_, Services>) -> Result<Vec<Target>, ActionError> {
        let mut wanted = Vec::new();
        for update in self.all() {
            let Some(id) = cx.world.git.reference(&update.reference).map_err(git_failed)? else {
                return Err(ActionError::refused(
                    format!("{} is not in the clone {}", update.reference, cx.world.git.path().display()),
                    format!(
                        "fetch it from the clone in which it was made, or from `{remote}` if that has it: \
                         `git fetch PATH {name}:{name}`; else take back the step that makes it and run it again",
                        remote = cx.world.git.remote(),
                        name = update.reference,
                    ),
                ));
            };
            self.check_commit(cx, &update.to, &id)?;
            wanted.push(Target { name: update.to, object: id });
        }
        Ok(wanted)
    }

    /// That a tag is on the commit that it must be on: a local tag can be moved.
    fn check_commit(&self, cx: &Context<'_, Services>, name: &str, object: &str) -> Result<(), ActionError> {
        let (Some(commit), true) = (&self.commit, name.starts_with("refs/tags/")) else { return Ok(()) };
        let found = cx.world.git.peeled_commit(object).map_err(git_failed)?.id;
        if found == *commit {
            return Ok(());
        }
        let path = cx.world.git.path().display();
        let found = format!("{} in the clone {path} on {found}", short(name));
        Err(ActionError::Conflict { found, expected: format!("it on {commit}, where the step before made it") })
    }

    fn there(&self, cx: &Context<'_, Services>) -> Result<BTreeMap<String, String>, ActionError> {
        let all = self.all();
        let names: Vec<&str> = all.iter().map(|update| update.to.as_str()).collect();
        cx.world.git.remote_refs(&names).map_err(git_failed)
    }

    /// What is to be done at the remote; a conflict where something else is there.
    fn plan(&self, cx: &Context<'_, Services>, wanted: &[Target]) -> Result<Vec<RefUpdate>, ActionError> {
        let there = self.there(cx)?;
        let mut updates = Vec::new();
        for target in wanted {
            let expected = there.get(&target.name);
            match expected {
                Some(id) if *id == target.object || went_on(cx, target, id)? => continue,
                Some(id) if self.undoable => return Err(in_the_way(cx, &target.name, id, "no such ref yet")),
                Some(id) if !goes_forward(cx, target, id)? => {
                    let wanted = format!("{}, or what it follows on", target.object);
                    return Err(in_the_way(cx, &target.name, id, &wanted));
                }
                _ => {}
            }
            updates.push(RefUpdate {
                name: target.name.clone(),
                expected: expected.cloned(),
                to: Some(target.object.clone()),
            });
        }
        Ok(updates)
    }
}

impl Action<Services> for Push {
    fn summary(&self) -> String {
        let names: Vec<String> = self.all().iter().map(|update| short(&update.to).to_owned()).collect();
        format!("Pushes {} to the remote", names.join(" and "))
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let mut words = vec!["git".to_owned(), "push".into(), "--atomic".into(), world.git.remote().into()];
        words.extend(self.all().iter().map(|update| format!("{}:{}", update.reference, update.to)));
        vec![shell::command(&words)]
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let wanted = match self.wanted(cx) {
            Err(ActionError::Conflict { found, expected }) => return Ok(Probed::Conflict { found, expected }),
            wanted => wanted?,
        };
        match self.plan(cx, &wanted) {
            Ok(updates) if updates.is_empty() => Ok(Probed::Done(outputs(cx, wanted)?)),
            Ok(_) => Ok(Probed::Absent),
            Err(ActionError::Conflict { found, expected }) => Ok(Probed::Conflict { found, expected }),
            Err(error) => Err(error),
        }
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let wanted = self.wanted(cx)?;
        // Planned anew: somebody may have pushed since the truth was asked.
        let updates = self.plan(cx, &wanted)?;
        remember_created(cx, &updates)?;
        cx.world.git.push(&updates).map_err(git_failed)?;
        outputs(cx, wanted)
    }

    fn reversal(&self, outputs: &Value) -> Reversal {
        let pushed = serde_json::from_value::<Pushed>(outputs.clone()).map(|pushed| pushed.refs).unwrap_or_default();
        let names = |those: fn(&PushedRef) -> bool| {
            let names: Vec<&str> =
                pushed.iter().filter(|pushed| those(pushed)).map(|pushed| short(&pushed.name)).collect();
            names.join(" and ")
        };
        let created = names(|pushed| pushed.created);
        if !self.undoable {
            Reversal::Irreversible(format!("others may have fetched {} already", names(|_| true)))
        } else if created.is_empty() {
            Reversal::NothingToUndo
        } else {
            Reversal::Undo(format!("deletes {created} at the remote, if unchanged since"))
        }
    }

    fn undo(&self, cx: &Context<'_, Services>, outputs: &Value) -> Result<(), ActionError> {
        if !self.undoable {
            return Err(ActionError::refused("what was pushed here stays", "mend it by another commit or release"));
        }
        let pushed: Pushed = serde_json::from_value(outputs.clone()).map_err(outputs_do_not_fit)?;
        let there = self.there(cx)?;
        let mut updates = Vec::new();
        for PushedRef { name, object, .. } in pushed.refs.into_iter().filter(|pushed| pushed.created) {
            match there.get(&name) {
                None => {}
                Some(id) if *id == object => updates.push(RefUpdate { name, expected: Some(object), to: None }),
                Some(id) => return Err(in_the_way(cx, &name, id, &object)),
            }
        }
        cx.world.git.push(&updates).map_err(git_failed)
    }
}

/// Notes in a ref of the program's own, just before the push, what it is to create:
/// so even after an interruption it is known what an undo may delete.
fn remember_created(cx: &Context<'_, Services>, updates: &[RefUpdate]) -> Result<(), ActionError> {
    let git = &cx.world.git;
    for RefUpdate { name, expected, to } in updates {
        if let (None, Some(object)) = (expected, to) {
            let place = created_as(cx, name);
            let before = git.reference(&place).map_err(git_failed)?;
            git.move_reference(&place, before.as_deref(), object, &log_entry(cx)).map_err(git_failed)?;
        }
    }
    Ok(())
}

fn created_as(cx: &Context<'_, Services>, name: &str) -> String {
    format!("refs/quorate/created/{}/{}", cx.intent.token, name.strip_prefix("refs/").unwrap_or(name))
}

fn outputs(cx: &Context<'_, Services>, wanted: Vec<Target>) -> Result<Value, ActionError> {
    let git = &cx.world.git;
    let mut refs = Vec::new();
    for Target { name, object } in wanted {
        let commit = git.peeled_commit(&object).map_err(git_failed)?.id;
        let created = git.reference(&created_as(cx, &name)).map_err(git_failed)?.as_ref() == Some(&object);
        refs.push(PushedRef { name, commit, object, created });
    }
    Ok(serde_json::to_value(Pushed { refs }).expect("plain data"))
}

fn in_the_way(cx: &Context<'_, Services>, name: &str, id: &str, expected: &str) -> ActionError {
    ActionError::Conflict {
        found: format!("{} at {id} at the remote `{}`", short(name), cx.world.git.remote()),
        expected: expected.to_owned(),
    }
}

/// Whether the remote's branch at `id` goes forward to what is wanted.
fn goes_forward(cx: &Context<'_, Services>, target: &Target, id: &str) -> Result<bool, ActionError> {
    // What is not in the clone is no ancestor of what is.
    Ok(target.name.starts_with("refs/heads/") && cx.world.git.is_ancestor(id, &target.object).map_err(git_failed)?)
}

/// Whether the remote's branch at `id` has gone on from what was pushed.
fn went_on(cx: &Context<'_, Services>, target: &Target, id: &str) -> Result<bool, ActionError> {
    let git = &cx.world.git;
    let Some(branch) = target.name.strip_prefix("refs/heads/") else { return Ok(false) };
    let Some(tip) = git.fetch_branch(branch).map_err(git_failed)? else { return Ok(false) };
    Ok(tip == id && git.is_ancestor(&target.object, &tip).map_err(git_failed)?)
}

/// A ref name without its beginning.
pub(super) fn short(name: &str) -> &str {
    name.strip_prefix("refs/heads/").or_else(|| name.strip_prefix("refs/tags/")).unwrap_or(name)
}
