// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether the remote has tags, signed by the release manager, all on one commit.

use serde::Deserialize;

use crate::actions::{Services, failures::git_failed, sign_tag::examine_tag};
use crate::engine::{ActionError, Context, Finding, Probe};

/// Parameters of `remote-tags`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoteTags {
    /// The tags, without `refs/tags/`.
    pub tags: Vec<String>,
    /// The commit that they must peel to.
    #[serde(default)]
    pub commit: Option<String>,
}

impl Probe<Services> for RemoteTags {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let git = &cx.world.git;
        let names: Vec<String> = self.tags.iter().map(|tag| format!("refs/tags/{tag}")).collect();
        let there = git.remote_refs(&names.iter().map(String::as_str).collect::<Vec<_>>()).map_err(git_failed)?;
        // Fetched beside the local tags, which may be others.
        let kept: Vec<(&String, String)> =
            there.keys().map(|name| (name, name.replacen("refs/tags/", "refs/quorate/tags/", 1))).collect();
        let fetched: Vec<(&str, &str)> = kept.iter().map(|(name, kept)| (name.as_str(), kept.as_str())).collect();
        git.fetch(&fetched).map_err(git_failed)?;

        let mut faults = Vec::new();
        let mut commit = self.commit.clone();
        for (tag, name) in self.tags.iter().zip(&names) {
            let Some(found) = there.get(name) else {
                faults.push(format!("the remote has no tag {tag}"));
                continue;
            };
            match examine_tag(cx, tag, found.object)? {
                Err(fault) => faults.push(format!("the tag {tag} at the remote: {fault}")),
                Ok(found) => {
                    let expected = commit.get_or_insert_with(|| found.to_string());
                    if *expected != found.to_string() {
                        faults.push(format!("the tag {tag} at the remote is on {found}, expected {expected}"));
                    }
                }
            }
        }
        if faults.is_empty() {
            let (tags, commit) = (self.tags.join(", "), commit.unwrap_or_default());
            return Ok(Finding::Holds(format!("{tags}: signed, and on {commit}")));
        }
        Ok(Finding::Fails(faults))
    }
}
