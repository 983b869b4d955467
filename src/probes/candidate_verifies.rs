// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `candidate-verifies`: the candidate passes what `quorate verify` asks of it, first as
//! it lies on this machine and then, where that is named, as it is staged; both times it
//! is exactly the files of its manifest.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{product_rules, stand_ins};
use crate::actions::Services;
use crate::actions::failures::workspace_failed;
use crate::config::Product;
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::release::{Sha512, Version, VersionError};
use crate::services::{SvnUrl, fetch_keys_file};
use crate::verify::signature::KeyRing;
use crate::verify::{Against, Limits, Manifest, ProductRules, Report, Scope, list_files};

/// Whether a candidate passes what `quorate verify` asks.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CandidateVerifies {
    /// The product, filled in for the version.
    product: Box<Product>,
    /// The version.
    version: String,
    /// Where the artifacts are, from the root of the workspace.
    directory: String,
    /// The manifest, from the root of the workspace.
    manifest: String,
    /// The SHA-512 of the manifest, as it was recorded.
    manifest_sha512: Sha512,
    /// Where KEYS is.
    keys: String,
    /// Where the candidate is staged, if that is looked at too.
    #[serde(default)]
    url: Option<SvnUrl>,
    /// What stands in for artifacts, as the build recorded it.
    #[serde(default)]
    stand_ins: Value,
}

impl Probe<Services> for CandidateVerifies {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let manifest = match self.read_manifest(cx)? {
            Ok(manifest) => manifest,
            Err(fault) => return Ok(Finding::Fails(vec![fault])),
        };
        let mut rules = product_rules(&self.product, Some(self.version()?)).map_err(|error| {
            let hint = error.hint();
            ActionError::misconfigured(whole(&error), hint)
        })?;
        rules.stand_ins = stand_ins(self.stand_ins.clone());
        let keys = keys(&self.keys, cx.world.svn.authority())?;
        let against = Against {
            keys: &keys,
            expect: Some(&manifest),
            limits: Limits::default(),
            now: signing_time(),
            scope: Scope::Whole,
        };
        let here = cx.world.workspace.path(&self.directory);
        let mut faults = verify(&rules, &here, &against, "")?;
        let mut places = "on this machine".to_owned();
        if let Some(url) = &self.url {
            let staged = tempfile::tempdir().map_err(no_room)?;
            match cx.world.svn.export(url, staged.path(), &|_, _| {})? {
                Some(_) => faults.extend(verify(&rules, staged.path(), &against, "staged: ")?),
                None => faults.push(format!("there is no {url}")),
            }
            places = format!("{places} and at {url}");
        }
        let count = manifest.files().len();
        Ok(match faults.is_empty() {
            true => Finding::Holds(format!("the {count} files of the manifest are verified, {places}")),
            false => Finding::Fails(faults),
        })
    }
}

impl CandidateVerifies {
    fn version(&self) -> Result<Version, ActionError> {
        self.version.parse().map_err(|error: VersionError| {
            ActionError::misconfigured(error.to_string(), "correct `version` in the workflow")
        })
    }

    /// The manifest, or what is wrong with it.
    fn read_manifest(&self, cx: &Context<'_, Services>) -> Result<Result<Manifest, String>, ActionError> {
        let file = &self.manifest;
        let Some(bytes) = cx.world.workspace.read(file).map_err(workspace_failed)? else {
            return Ok(Err(format!("{file} is not there")));
        };
        if Sha512::of(&bytes) != self.manifest_sha512 {
            return Ok(Err(format!("{file} was changed since it was written: its digest is not the recorded one")));
        }
        Ok(Manifest::parse(file, &bytes).map_err(|error| error.to_string()))
    }
}

/// What fails of the candidate in `directory`; each fault after `prefix`.
fn verify(
    rules: &ProductRules,
    directory: &Path,
    against: &Against<'_>,
    prefix: &str,
) -> Result<Vec<String>, ActionError> {
    if fs::metadata(directory).is_err() {
        return Ok(vec![format!("there is no {}", directory.display())]);
    }
    let files = list_files(directory).map_err(no_room)?;
    let found = rules.verify(directory, &files, against, &|_, _| {});
    let report = Report::new("", found.files, found.whole, found.bytes, std::time::Duration::ZERO);
    Ok(report.faults().into_iter().map(|fault| format!("{prefix}{fault}")).collect())
}

/// The keys at `url`, whose server may have a certificate authority of its own (a PEM file).
pub(crate) fn keys(url: &str, authority: Option<&Path>) -> Result<KeyRing, ActionError> {
    let hint = format!("see that {url} can be read");
    let text = fetch_keys_file(url, authority).map_err(|error| ActionError::service("KEYS", error, hint))?;
    KeyRing::parse(text.as_bytes()).map_err(|error| {
        ActionError::service("KEYS", error, format!("`quorate keys check {url}` says what is wrong with it"))
    })
}

/// The time as of which signatures are judged: that of the machine's own clock, by which
/// they are made. A rehearsal's clock is another, and may be behind it.
pub(crate) fn signing_time() -> Timestamp {
    Timestamp::now()
}

fn no_room(error: std::io::Error) -> ActionError {
    ActionError::service("a directory on this machine", error, "see that the disk has room and can be read and written")
}

fn whole(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}
