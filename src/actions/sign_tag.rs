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
use super::failures::{git_failed, openpgp_failed, outputs_do_not_fit};
use crate::engine::{Action, ActionError, Context, Probed, Reversal};
use crate::services::{Committer, NewTag, Tag};

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

/// How one tag stands.
enum Standing {
    Missing,
    Good(SignedTag),
    Other(String),
}

impl SignTag {
    fn commit(&self, cx: &Context<'_, Services>) -> Result<String, ActionError> {
        Ok(cx.world.git.peeled_commit(&self.target).map_err(git_failed)?.id)
    }

    fn standing(&self, cx: &Context<'_, Services>, name: &str, commit: &str) -> Result<Standing, ActionError> {
        let git = &cx.world.git;
        let Some(object) = git.reference(&format!("refs/tags/{name}")).map_err(git_failed)? else {
            return Ok(Standing::Missing);
        };
        Ok(match git.tag(&object).map_err(git_failed)? {
            None => Standing::Other(format!("the tag {name} at {object}, which is no annotated tag")),
            Some(tag) if tag.commit != commit => Standing::Other(format!("the tag {name} on commit {}", tag.commit)),
            Some(tag) if !is_ours(cx, &tag)? => Standing::Other(format!(
                "the tag {name} without a good signature by {}",
                cx.world.openpgp.fingerprint()
            )),
            Some(tag) => Standing::Good(SignedTag { name: name.to_owned(), object, commit: tag.commit }),
        })
    }

    fn make(&self, cx: &Context<'_, Services>, name: &str, commit: &str) -> Result<SignedTag, ActionError> {
        let git = &cx.world.git;
        let author = &cx.world.author;
        let tagger = Committer { name: &author.name, email: &author.email, at: cx.intent.at };
        let new = NewTag { name, commit, message: &self.message, tagger };
        let object = git
            .signed_tag(&new, |payload| cx.world.openpgp.sign_detached(payload).map_err(Into::into))
            .map_err(git_failed)?;
        git.move_reference(&format!("refs/tags/{name}"), None, &object).map_err(git_failed)?;
        Ok(SignedTag { name: name.to_owned(), object, commit: commit.to_owned() })
    }
}

impl Action<Services> for SignTag {
    fn summary(&self) -> String {
        format!("Makes the signed tags {}", self.names.join(" and "))
    }

    fn commands(&self) -> Vec<String> {
        self.names
            .iter()
            .map(|name| format!("git tag -s {name} -m '{}' '{}^{{}}'", self.message, self.target))
            .collect()
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let commit = self.commit(cx)?;
        let mut tags = Vec::new();
        for name in &self.names {
            match self.standing(cx, name, &commit)? {
                Standing::Good(tag) => tags.push(tag),
                Standing::Missing => {}
                Standing::Other(found) => {
                    return Ok(Probed::Conflict {
                        found,
                        expected: format!("none, or one on {commit} signed by {}", cx.world.openpgp.fingerprint()),
                    });
                }
            }
        }
        if tags.len() < self.names.len() {
            return Ok(Probed::Absent);
        }
        Ok(Probed::Done(serde_json::to_value(TagsSigned { tags, commit }).expect("plain data")))
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let commit = self.commit(cx)?;
        let mut tags = Vec::new();
        for name in &self.names {
            tags.push(match self.standing(cx, name, &commit)? {
                Standing::Good(tag) => tag,
                _ => self.make(cx, name, &commit)?,
            });
        }
        Ok(serde_json::to_value(TagsSigned { tags, commit }).expect("plain data"))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Undo(format!("deletes the local tags {}, if they were not moved since", self.names.join(" and ")))
    }

    fn undo(&self, cx: &Context<'_, Services>, outputs: &Value) -> Result<(), ActionError> {
        let made: TagsSigned = serde_json::from_value(outputs.clone()).map_err(outputs_do_not_fit)?;
        for tag in made.tags {
            cx.world.git.delete_reference(&format!("refs/tags/{}", tag.name), &tag.object).map_err(git_failed)?;
        }
        Ok(())
    }
}

/// Whether a tag is signed well by the release manager's key.
pub(crate) fn is_ours(cx: &Context<'_, Services>, tag: &Tag) -> Result<bool, ActionError> {
    if tag.signature.is_empty() {
        return Ok(false);
    }
    cx.world.openpgp.verify_by_own_key(&tag.signature, &tag.payload).map_err(openpgp_failed)
}
