// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a release whose journal was lost has left in its directory: the files that
//! it goes on by.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::CommandError;
use super::release_files::{ReleaseFile, ReleaseFiles, release_file, template_files};
use super::release_state::{PRODUCT_FILE, RECORD_FILE, TEMPLATES, WORKFLOW_FILE};
use crate::config::Assets;
use crate::release::ReleaseRecord;

/// What was found of an earlier record of the release.
#[derive(Debug, Default)]
pub struct Left {
    product: Option<ReleaseFile>,
    workflow: Option<ReleaseFile>,
    /// The templates; empty where there are none.
    templates: BTreeMap<String, ReleaseFile>,
    /// Whether nothing of the release is real.
    pub rehearsal: bool,
    /// The services for which it had stand-ins.
    pub stand_ins: Vec<String>,
    /// The commit that was chosen for the new series' branch to start at.
    pub commit: Option<String>,
}

impl Left {
    /// What lies in `directory`; the user may have named another `workflow`.
    ///
    /// # Errors
    /// When something cannot be read, or another workflow is wanted than the one that
    /// the release is under way by.
    pub fn in_directory(directory: &Path, workflow: Option<&str>) -> Result<Self, CommandError> {
        let record = record(directory)?;
        let left = Self {
            product: file(directory, PRODUCT_FILE)?,
            workflow: file(directory, WORKFLOW_FILE)?,
            templates: templates(directory)?,
            rehearsal: record.as_ref().is_some_and(|record| record.rehearsal),
            stand_ins: record.as_ref().map_or_else(Vec::new, |record| record.stand_ins.clone()),
            commit: record.and_then(|record| record.commit),
        };
        match (&left.workflow, workflow) {
            (Some(file), Some(wanted)) => Err(CommandError::usage(
                format!("--workflow {wanted}: the release is under way by {}", file.place),
                "leave out --workflow; where that file is not to be trusted, move it away first",
            )),
            _ => Ok(left),
        }
    }

    /// The files to go on by: those that are left, else those of the assets.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn files(&self, assets: &Assets, product: &str, workflow: &str) -> Result<ReleaseFiles, CommandError> {
        let or_of_now = |left: &Option<ReleaseFile>, directory: &str, what: &str, id: &str| {
            left.clone().map_or_else(|| release_file(assets, directory, what, id), Ok)
        };
        Ok(ReleaseFiles {
            product: or_of_now(&self.product, "release-config", "product", product)?,
            workflow: or_of_now(&self.workflow, "workflows", "workflow", workflow)?,
            templates: match self.templates.is_empty() {
                true => template_files(assets)?,
                false => self.templates.clone(),
            },
        })
    }

    /// What a person is to know of it.
    pub fn told(&self) -> Vec<String> {
        let left = [&self.product, &self.workflow].into_iter().flatten();
        let mut lines: Vec<String> =
            left.map(|file| format!("It goes on by {}, which is left as it is.", file.place)).collect();
        if !self.templates.is_empty() {
            lines.push("Its mails and texts are made from the templates beside it.".into());
        }
        if let Some(commit) = &self.commit {
            lines.push(format!("Its branch starts at {commit}, unless --commit says otherwise."));
        }
        if self.rehearsal {
            lines.push("It is a rehearsal, as it was before.".into());
        }
        lines
    }
}

fn file(directory: &Path, name: &str) -> Result<Option<ReleaseFile>, CommandError> {
    let path = directory.join(name);
    let place = path.display().to_string();
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(ReleaseFile { place, text })),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CommandError::usage(
            format!("cannot read {place}: {error}"),
            "the release was under way by it: restore it from a copy; moved away, that of now takes its place",
        )),
    }
}

fn templates(directory: &Path) -> Result<BTreeMap<String, ReleaseFile>, CommandError> {
    // The release's directory is laid out like one of assets.
    let names = Assets::new(Some(directory.to_owned())).names_below(TEMPLATES);
    let mut left = BTreeMap::new();
    for name in names {
        if let Some(file) = file(directory, &name)? {
            left.insert(name, file);
        }
    }
    Ok(left)
}

fn record(directory: &Path) -> Result<Option<ReleaseRecord>, CommandError> {
    let Some(ReleaseFile { place, text }) = file(directory, RECORD_FILE)? else { return Ok(None) };
    serde_json::from_str(&text).map(Some).map_err(|error| {
        CommandError::usage(
            format!("{place} does not record which release this is: {error}"),
            "restore it from a copy; moved away, the release counts as no rehearsal",
        )
    })
}
