// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards signed annotated tags stand in the clone, all on one commit, by
//! the release manager's key.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Services;
use super::failures::{git_failed, openpgp_failed, outputs_do_not_fit, tag_failed};
use super::git_refs::{commit, recorded};
use crate::engine::{Action, ActionError, Context, Probed, Reversal};
use crate::services::{NewTag, ObjectId};

/// Parameters of `sign-tag`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignTag {
    /// The tags, without `refs/tags/`.
    pub names: Vec<String>,
    /// What they tag; peeled to its commit.
    pub target: String,
    /// Their message.
    pub message: String,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagsSigned {
    /// The tags, in the order of the parameters.
    pub tags: Vec<SignedTag>,
    /// The commit that all of them peel to.
    pub commit: String,
}

/// A tag that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedTag {
    /// Without `refs/tags/`.
    pub name: String,
    /// The id of the tag object.
    pub object: String,
    /// The id of the commit.
    pub commit: String,
}

impl Action<Services> for SignTag {
    fn summary(&self) -> String {
        format!("Makes the signed tags {}", self.names.join(" and "))
    }

    fn commands(&self) -> Vec<String> {
        let command = |name: &String| format!("git tag -s {name} -m '{}' '{}^{{}}'", self.message, self.target);
        self.names.iter().map(command).collect()
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let commit = commit(cx, &self.target)?;
        let mut tags = Vec::new();
        for name in &self.names {
            match self.there(cx, name, commit)? {
                None => {}
                Some(Ok(tag)) => tags.push(tag),
                Some(Err(fault)) => {
                    return Ok(Probed::Conflict {
                        found: format!("the tag {name}: {fault}"),
                        expected: format!("none, or one on {commit} signed by {}", cx.world.openpgp.fingerprint()),
                    });
                }
            }
        }
        if tags.len() < self.names.len() {
            return Ok(Probed::Absent);
        }
        Ok(Probed::Done(output(tags, commit)))
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let commit = commit(cx, &self.target)?;
        let mut tags = Vec::new();
        for name in &self.names {
            // An earlier attempt may have come as far as this one.
            tags.push(match self.there(cx, name, commit)? {
                Some(Ok(tag)) => tag,
                _ => self.make(cx, name, commit)?,
            });
        }
        Ok(output(tags, commit))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Undo(format!("deletes the local tags {}, if they were not moved since", self.names.join(" and ")))
    }

    fn undo(&self, cx: &Context<'_, Services>, outputs: &Value) -> Result<(), ActionError> {
        let made: TagsSigned = serde_json::from_value(outputs.clone()).map_err(outputs_do_not_fit)?;
        for tag in made.tags {
            let name = format!("refs/tags/{}", tag.name);
            cx.world.git.delete_reference(&name, recorded(&tag.object)?).map_err(git_failed)?;
        }
        Ok(())
    }
}

impl SignTag {
    /// The local tag `name`, or what is wrong with it; `None` where there is none.
    fn there(
        &self,
        cx: &Context<'_, Services>,
        name: &str,
        commit: ObjectId,
    ) -> Result<Option<Result<SignedTag, String>>, ActionError> {
        let Some(object) = cx.world.git.reference(&format!("refs/tags/{name}")).map_err(git_failed)? else {
            return Ok(None);
        };
        Ok(Some(examine_tag(cx, name, object)?.and_then(|found| {
            if found != commit {
                return Err(format!("it is on {found}"));
            }
            Ok(signed(name, object, commit))
        })))
    }

    fn make(&self, cx: &Context<'_, Services>, name: &str, commit: ObjectId) -> Result<SignedTag, ActionError> {
        let author = &cx.world.author;
        let new = NewTag {
            name,
            commit,
            tagger: &author.name,
            email: &author.email,
            at: cx.intent.at,
            message: &self.message,
        };
        let sign = |payload: &[u8]| cx.world.openpgp.sign_detached(payload);
        let object = cx.world.git.create_signed_tag(&new, sign).map_err(tag_failed)?;
        Ok(signed(name, object, commit))
    }
}

/// The commit of the tag `object` under the name `name`, where it is an annotated
/// tag of that name with a good signature by the release manager's key; else
/// what is wrong with it.
pub(crate) fn examine_tag(
    cx: &Context<'_, Services>,
    name: &str,
    object: ObjectId,
) -> Result<Result<ObjectId, String>, ActionError> {
    let Some(tag) = cx.world.git.annotated_tag(object).map_err(git_failed)? else {
        return Ok(Err(format!("{object} is no annotated tag")));
    };
    if tag.name != name {
        return Ok(Err(format!("it is the tag {} under another name", tag.name)));
    }
    let Some(commit) = tag.commit else { return Ok(Err("it tags no commit".to_owned())) };
    let good = match &tag.signature {
        Some(signature) => cx.world.openpgp.verify_by_own_key(signature, &tag.payload).map_err(openpgp_failed)?,
        None => false,
    };
    if good {
        Ok(Ok(commit))
    } else {
        Ok(Err(format!("it has no good signature by {}", cx.world.openpgp.fingerprint())))
    }
}

fn signed(name: &str, object: ObjectId, commit: ObjectId) -> SignedTag {
    SignedTag { name: name.to_owned(), object: object.to_string(), commit: commit.to_string() }
}

fn output(tags: Vec<SignedTag>, commit: ObjectId) -> Value {
    serde_json::to_value(TagsSigned { tags, commit: commit.to_string() }).expect("plain data")
}
