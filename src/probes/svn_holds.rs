// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `svn-holds`: a directory of a repository holds exactly the expected files. They are
//! compared as `quorate verify --expect` compares them.

use serde::Deserialize;

use crate::actions::{Services, demand_files};
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::release::FileDigest;
use crate::services::{Depth, EntryKind, Revision, SvnUrl};
use crate::verify::{Manifest, Status};

/// Whether a directory holds exactly these files with these digests.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SvnHolds {
    /// The directory.
    pub url: SvnUrl,
    /// The files, bound to their bytes.
    pub files: Vec<FileDigest>,
    /// The revision that put them there: whoever touched the directory since is told of,
    /// and has put back what was there.
    #[serde(default)]
    pub since: Option<Revision>,
}

impl Probe<Services> for SvnHolds {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let Self { url, files, since } = self;
        let files = demand_files(files)?;
        let Some(info) = cx.world.svn.info(url, None)? else {
            return Ok(Finding::Fails(vec![format!("there is no {url}")]));
        };
        if info.kind == EntryKind::File {
            return Ok(Finding::Fails(vec![format!("{url} is a file, not a directory")]));
        }
        let faults = self.faults(cx, files, info.at)?;
        let revision = info.last_changed;
        Ok(if !faults.is_empty() {
            Finding::Fails(faults.into_iter().map(|what| format!("in {url}, {what}")).collect())
        } else if since.is_some_and(|since| revision > since) {
            Finding::Holds(format!(
                "{url} holds these {} files, byte for byte; it was changed since it was put there, and changed back by {revision}",
                files.len()
            ))
        } else {
            Finding::Holds(format!("{url} holds these {} files, byte for byte, since {revision}", files.len()))
        })
    }
}

impl SvnHolds {
    /// What is not as it should be, all read at the revision `at`.
    fn faults(
        &self,
        cx: &Context<'_, Services>,
        files: &[FileDigest],
        at: Revision,
    ) -> Result<Vec<String>, ActionError> {
        let entries = cx.world.svn.list(&self.url, Depth::Whole, Some(at))?;
        let of_kind = |kind| entries.iter().filter(move |entry| entry.kind == kind);
        let mut faults: Vec<String> =
            of_kind(EntryKind::Directory).map(|entry| format!("{}/ is not expected", entry.name)).collect();
        let names: Vec<&str> = of_kind(EntryKind::File).map(|entry| entry.name.as_str()).collect();
        let found = cx.world.svn.digests(&self.url, &names, Some(at))?;
        let findings = Manifest::new("", "", 0, "", files.to_vec()).compare(&found);
        faults.extend(findings.into_iter().filter(|each| each.status == Status::Fail).map(|each| each.detail));
        Ok(faults)
    }
}
