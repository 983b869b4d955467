// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether nothing of a version is released yet: neither the release's tags nor its
//! directory in the release repository are there.

use serde::Deserialize;

use crate::actions::{Services, failures::git_failed};
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::services::SvnUrl;

/// Parameters of `unreleased`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unreleased {
    /// The release's tags, without `refs/tags/`.
    pub tags: Vec<String>,
    /// The release's directory.
    pub url: SvnUrl,
}

impl Unreleased {
    /// What is there of the release, each in words.
    ///
    /// # Errors
    /// When it could not be asked.
    pub(crate) fn found(&self, world: &Services) -> Result<Vec<String>, ActionError> {
        let names: Vec<String> = self.tags.iter().map(|tag| format!("refs/tags/{tag}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let there = world.git.remote_refs(&names).map_err(git_failed)?;
        let tags = self.tags.iter().filter(|tag| there.contains_key(&format!("refs/tags/{tag}")));
        let mut found: Vec<String> = tags.map(|tag| format!("the tag {tag} at the remote")).collect();
        if world.svn.info(&self.url, None)?.is_some() {
            found.push(format!("{}", self.url));
        }
        Ok(found)
    }
}

impl Probe<Services> for Unreleased {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let found = self.found(cx.world)?;
        Ok(if found.is_empty() {
            Finding::Holds(format!("there is neither {} at the remote nor {}", self.tags.join(", "), self.url))
        } else {
            Finding::Fails(found.into_iter().map(|what| format!("it is released, or begun to be: {what}")).collect())
        })
    }
}
