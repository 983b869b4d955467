// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A directory of a repository holds exactly the expected files.

use serde::Deserialize;

use crate::actions::{Services, demand_files};
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::release::FileDigest;
use crate::services::{Holding, Revision, SvnUrl};

/// Whether a directory holds exactly these files with these digests.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SvnHolds {
    /// The directory.
    pub url: SvnUrl,
    /// The files, bound to their bytes.
    pub files: Vec<FileDigest>,
    /// The revision since which nobody may have touched the directory, whatever it
    /// holds now.
    #[serde(default)]
    pub since: Option<Revision>,
}

impl Probe<Services> for SvnHolds {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let Self { url, files, since } = self;
        let files = demand_files(files)?;
        Ok(match cx.world.svn.holding(url, None, files)? {
            Holding::Exact { revision } if since.is_some_and(|since| revision > since) => {
                let what = format!("{url} was changed by {revision}, and changed back: it must be as it was put there");
                Finding::Fails(vec![what])
            }
            Holding::Exact { revision } => {
                Finding::Holds(format!("{url} holds these {} files, byte for byte, since {revision}", files.len()))
            }
            Holding::Missing => Finding::Fails(vec![format!("there is no {url}")]),
            Holding::Differs(all) => Finding::Fails(all.into_iter().map(|what| format!("in {url}, {what}")).collect()),
        })
    }
}
