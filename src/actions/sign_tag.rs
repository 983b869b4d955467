// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards signed annotated tags stand in the clone, all on one commit, by
//! the release manager's key.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Services;
use super::clone::log_entry;
use super::failures::{git_failed, openpgp_failed, outputs_do_not_fit};
use super::shell;
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal, Unknowns};
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
            Some(tag) => match fault(cx, name, &tag, Some(commit))? {
                Some(fault) => Standing::Other(format!("the tag {name}, which {fault}")),
                None => Standing::Good(SignedTag { name: name.to_owned(), object, commit: commit.to_owned() }),
            },
        })
    }

    /// Each tag, where it is there; a conflict where something else has its name.
    fn standings(&self, cx: &Context<'_, Services>, commit: &str) -> Result<Vec<Option<SignedTag>>, ActionError> {
        let mut tags = Vec::new();
        for name in &self.names {
            tags.push(match self.standing(cx, name, commit)? {
                Standing::Good(tag) => Some(tag),
                Standing::Missing => None,
                Standing::Other(found) => {
                    let expected = format!("none, or one on {commit} signed by {}", cx.world.openpgp.fingerprint());
                    return Err(ActionError::Conflict { found, expected });
                }
            });
        }
        Ok(tags)
    }

    /// The tags of these names that the remote has and this clone has not.
    fn taken(&self, cx: &Context<'_, Services>) -> Result<Vec<String>, ActionError> {
        let git = &cx.world.git;
        let mut missing = Vec::new();
        for name in &self.names {
            let name = format!("refs/tags/{name}");
            if git.reference(&name).map_err(git_failed)?.is_none() {
                missing.push(name);
            }
        }
        let names: Vec<&str> = missing.iter().map(String::as_str).collect();
        let there = git.remote_refs(&names).map_err(git_failed)?;
        missing.retain(|name| there.contains_key(name));
        Ok(missing.into_iter().map(|name| name.trim_start_matches("refs/tags/").to_owned()).collect())
    }

    fn make(&self, cx: &Context<'_, Services>, name: &str, commit: &str) -> Result<SignedTag, ActionError> {
        let git = &cx.world.git;
        let author = &cx.world.author;
        let tagger = Committer { name: &author.name, email: &author.email, at: cx.intent.at };
        let new = NewTag { name, commit, message: &self.message, tagger };
        let object = git
            .signed_tag(&new, |payload| cx.world.openpgp.sign_detached(payload).map_err(Into::into))
            .map_err(git_failed)?;
        git.move_reference(&format!("refs/tags/{name}"), None, &object, &log_entry(cx)).map_err(git_failed)?;
        Ok(SignedTag { name: name.to_owned(), object, commit: commit.to_owned() })
    }
}

impl Action<Services> for SignTag {
    fn summary(&self) -> String {
        let tags = if self.names.len() == 1 { "tag" } else { "tags" };
        format!("Makes the signed {tags} {}", self.names.join(" and "))
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let key = world.openpgp.fingerprint();
        let commit = format!("{}^{{commit}}", self.target);
        let tag = |name: &String| shell::command(&["git", "tag", "-s", "-u", key, "-m", &self.message, name, &commit]);
        self.names.iter().map(tag).collect()
    }

    fn foreseen(&self, _cx: &Context<'_, Services>, unknown: &mut Unknowns) -> Map<String, Value> {
        let tag = |name: &String| json!({"name": name, "object": unknown.text("object"), "commit": self.target});
        let tags: Vec<Value> = self.names.iter().map(tag).collect();
        Map::from_iter([("tags".to_owned(), json!(tags)), ("commit".to_owned(), json!(self.target))])
    }

    /// What is to be pushed must not be there already: it would come to light when all that
    /// is made from the tag is public.
    fn problems(&self, cx: &Context<'_, Services>) -> Result<Vec<Problem>, ActionError> {
        let remote = cx.world.git.remote();
        let problem = |name: String| {
            Problem::new(
                format!("the remote `{remote}` has a tag {name} already, which this clone does not know"),
                format!(
                    "where it is yours, `git fetch {remote} tag {name}`; else find out whose it is, and have it deleted \
                     before anybody fetches it"
                ),
            )
        };
        Ok(self.taken(cx)?.into_iter().map(problem).collect())
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let commit = self.commit(cx)?;
        let tags = match self.standings(cx, &commit) {
            Ok(tags) => tags,
            Err(ActionError::Conflict { found, expected }) => return Ok(Probed::Conflict { found, expected }),
            Err(error) => return Err(error),
        };
        let there: Option<Vec<SignedTag>> = tags.into_iter().collect();
        Ok(there.map_or(Probed::Absent, |tags| Probed::Done(output(tags, commit))))
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let commit = self.commit(cx)?;
        let mut tags = Vec::new();
        for (name, there) in self.names.iter().zip(self.standings(cx, &commit)?) {
            tags.push(match there {
                Some(tag) => tag,
                None => self.make(cx, name, &commit)?,
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
            cx.world.git.delete_reference(&format!("refs/tags/{}", tag.name), &tag.object).map_err(git_failed)?;
        }
        Ok(())
    }
}

fn output(tags: Vec<SignedTag>, commit: String) -> Value {
    serde_json::to_value(TagsSigned { tags, commit }).expect("plain data")
}

/// What is wrong with the tag that stands under `name`, if anything: it "is on …".
pub(crate) fn fault(
    cx: &Context<'_, Services>,
    name: &str,
    tag: &Tag,
    commit: Option<&str>,
) -> Result<Option<String>, ActionError> {
    let Some(on) = &tag.commit else { return Ok(Some("is on no commit".into())) };
    if let Some(commit) = commit
        && on != commit
    {
        return Ok(Some(format!("is on {on}, expected {commit}")));
    }
    if tag.name != name {
        return Ok(Some(format!("calls itself {}", tag.name)));
    }
    let ours = !tag.signature.is_empty()
        && cx.world.openpgp.verify_by_own_key(&tag.signature, &tag.payload).map_err(openpgp_failed)?;
    Ok((!ours).then(|| format!("has no good signature by {}", cx.world.openpgp.fingerprint())))
}
