// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether the remote has tags, signed by the release manager, all on one commit.

use serde::Deserialize;

use crate::actions::{Services, failures::git_failed, sign_tag::fault};
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
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        let there = git.remote_refs(&all).map_err(git_failed)?;
        let present: Vec<&str> = all.iter().copied().filter(|name| there.contains_key(*name)).collect();
        let mut faults: Vec<String> = all
            .iter()
            .filter(|name| !there.contains_key(**name))
            .map(|name| format!("the remote has no {}", name.strip_prefix("refs/tags/").unwrap_or(name)))
            .collect();
        if !present.is_empty() {
            git.fetch_objects(&present).map_err(git_failed)?;
        }
        let mut commit = self.commit.clone();
        for name in present {
            let object = &there[name];
            let shown = name.strip_prefix("refs/tags/").unwrap_or(name);
            match git.tag(object).map_err(git_failed)? {
                None => faults.push(format!("{shown} is no annotated tag")),
                Some(tag) => match fault(cx, shown, &tag, commit.as_deref())? {
                    Some(fault) => faults.push(format!("{shown} {fault}")),
                    None => commit = tag.commit,
                },
            }
        }
        if faults.is_empty() {
            let commit = commit.unwrap_or_default();
            let short = commit.get(..12).unwrap_or(&commit).to_owned();
            return Ok(Finding::Holds(format!("{} signed and on {short}", self.tags.join(", "))));
        }
        Ok(Finding::Fails(faults))
    }
}
