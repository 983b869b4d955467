// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `licence-headers`: every file of the source archive that must say under which licence
//! it is does so, as Apache RAT judges it.
//!
//! The archive is looked at, not the tree: it is what people vote on. The look is that of
//! `quorate verify`.

use serde::Deserialize;

use super::lost::lost;
use crate::actions::Services;
use crate::actions::failures::workspace_failed;
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::release::PathRules;
use crate::verify::{ArchiveForm, ArchiveRules, ContentRules, Status, check_archive};

/// Whether the files of a source archive have licence headers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenceHeaders {
    /// Where the archive is, from the root of the workspace.
    directory: String,
    /// The archive's name.
    file: String,
    /// Files that need no header, as [`PathRules`] from the one directory in the archive.
    #[serde(default)]
    no_header: Vec<String>,
    /// Where the candidate is staged, if it is: what is lost here can be fetched there.
    #[serde(default)]
    staged: String,
}

impl Probe<Services> for LicenceHeaders {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let no_header = PathRules::new(&self.no_header).map_err(|error| {
            ActionError::misconfigured(error.to_string(), "correct `source.no_header` in the product's configuration")
        })?;
        let path = cx.world.workspace.artifacts(&self.directory).path(&self.file).map_err(workspace_failed)?;
        if !path.is_file() {
            return Ok(Finding::Fails(vec![lost(cx, &self.directory, &self.file, &self.staged)]));
        }
        let rules = ArchiveRules::new(ContentRules { no_header, ..ContentRules::new(ArchiveForm::Source) });
        let findings = check_archive(&self.file, &path, &rules).findings;
        // an archive that cannot be read says nothing of its headers
        let of_headers = |name: &str| matches!(name, "licence-header" | "archive-whole" | "archive-safe");
        let failed = findings.iter().filter(|finding| finding.status == Status::Fail && of_headers(finding.name));
        let faults: Vec<String> = failed
            .map(|finding| match (&finding.entry, finding.name) {
                (Some(path), "licence-header") => format!("{path} has no licence header"),
                (Some(path), _) => format!("{}: {path}: {}", self.file, finding.detail),
                (None, _) => format!("{}: {}", self.file, finding.detail),
            })
            .collect();
        let held = findings.iter().find(|finding| finding.status == Status::Pass && finding.name == "licence-header");
        match held {
            Some(held) if faults.is_empty() => Ok(Finding::Holds(held.detail.clone())),
            _ => Ok(Finding::Fails(faults)),
        }
    }
}
