// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A directory of a repository has nothing of certain names in it.

use serde::Deserialize;

use crate::actions::{Services, subversion};
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::services::{Depth, SvnUrl};

/// Whether nothing in a directory has a name that matches.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SvnLacks {
    /// The directory, which must exist.
    pub url: SvnUrl,
    /// A glob over the names in it.
    pub matching: String,
}

impl Probe<Services> for SvnLacks {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let Self { url, matching } = self;
        let matcher = subversion::matcher(matching)?;
        let at = subversion::revision_of_directory(&cx.world.svn, url)?;
        let entries = cx.world.svn.list(url, Depth::Immediate, Some(at))?.into_iter();
        let left: Vec<String> = entries
            .filter(|entry| matcher.is_match(&entry.name))
            .map(|entry| format!("{url} holds {}", entry.name))
            .collect();
        if left.is_empty() {
            return Ok(Finding::Holds(format!("{url} has nothing that matches {matching} at {at}")));
        }
        Ok(Finding::Fails(left))
    }
}
