// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether the names of tags are free at the remote: nobody has used them, but for
//! the release manager, who may have tagged the right commit by hand.

use serde::Deserialize;

use super::RemoteTags;
use crate::actions::{Services, failures::git_failed};
use crate::engine::{ActionError, Context, Finding, Probe};

/// Parameters of `tags-free`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagsFree {
    /// The tags, without `refs/tags/`.
    pub tags: Vec<String>,
    /// The commit that the release manager's own may be on.
    pub commit: String,
}

impl Probe<Services> for TagsFree {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let git = &cx.world.git;
        let names: Vec<String> = self.tags.iter().map(|tag| format!("refs/tags/{tag}")).collect();
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        let there = git.remote_refs(&all).map_err(git_failed)?;
        let used = |tag: &&String| there.contains_key(&format!("refs/tags/{tag}"));
        let tags: Vec<String> = self.tags.iter().filter(used).cloned().collect();
        if tags.is_empty() {
            return Ok(Finding::Holds(format!("the remote has none of {}", self.tags.join(", "))));
        }
        let ours = RemoteTags { tags, commit: Some(self.commit.clone()) };
        Ok(match ours.examine(cx)? {
            Finding::Holds(evidence) => Finding::Holds(evidence),
            Finding::Fails(faults) => {
                let foreign = |fault| format!("the remote has a tag of the release's name already: {fault}");
                Finding::Fails(faults.into_iter().map(foreign).collect())
            }
        })
    }
}
