// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `signatures-hold`: each artifact has a good signature by the release
//! manager's key, also for one who has only the project's KEYS. The look is that of
//! `quorate verify`.

use std::fs::File;

use serde::Deserialize;

use super::candidate_verifies::{keys, signing_time};
use super::lost::lost;
use crate::actions::Services;
use crate::actions::failures::{openpgp_failed, workspace_failed};
use crate::engine::{ActionError, Context, Finding, Probe};
use crate::verify::Status;
use crate::verify::signature::{FurtherDigests, KeyRing, Reading, SignatureFile};

/// Whether artifacts are signed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignaturesHold {
    /// Where they are, from the root of the workspace.
    directory: String,
    /// The artifacts' names, and patterns of such.
    files: Vec<String>,
    /// Where KEYS is; without it the signatures are held against the release manager's
    /// own key.
    #[serde(default)]
    keys: Option<String>,
    /// Where the candidate is staged, if it is: what is lost here can be fetched there.
    #[serde(default)]
    staged: String,
}

impl Probe<Services> for SignaturesHold {
    fn examine(&self, cx: &Context<'_, Services>) -> Result<Finding, ActionError> {
        let keys = self.keys(cx)?;
        let mut faults = Vec::new();
        let files = cx.world.workspace.artifacts(&self.directory).meant(&self.files).map_err(workspace_failed)?;
        for name in &files {
            faults.extend(self.faults_of(cx, &keys, name)?);
        }
        let by = cx.world.openpgp.fingerprint();
        Ok(match (faults.is_empty(), files.len()) {
            (true, 0) => Finding::Fails(vec!["no files were named".to_owned()]),
            (true, 1) => Finding::Holds(format!("1 good signature by {by}")),
            (true, count) => Finding::Holds(format!("{count} good signatures by {by}")),
            (false, _) => Finding::Fails(faults),
        })
    }
}

impl SignaturesHold {
    fn keys(&self, cx: &Context<'_, Services>) -> Result<KeyRing, ActionError> {
        if let Some(url) = &self.keys {
            return keys(url, cx.world.svn.authority());
        }
        let own = cx.world.openpgp.export_armored().map_err(openpgp_failed)?;
        let hint = "see what `gpg --export` gives for the key";
        KeyRing::parse(own.as_bytes()).map_err(|error| ActionError::service("the release manager's key", error, hint))
    }

    fn faults_of(&self, cx: &Context<'_, Services>, keys: &KeyRing, name: &str) -> Result<Vec<String>, ActionError> {
        let artifacts = cx.world.workspace.artifacts(&self.directory);
        let missing = |name: &str| Ok(vec![lost(cx, &self.directory, name, &self.staged)]);
        let beside = format!("{name}.asc");
        let path = artifacts.path(name).map_err(workspace_failed)?;
        if !path.is_file() {
            return missing(name);
        }
        let Some(signature) = artifacts.text(&beside).map_err(workspace_failed)? else { return missing(&beside) };
        let signature = SignatureFile::parse(signature.as_bytes());
        let read = File::open(&path).and_then(|file| Reading::of(file, Some(&signature), FurtherDigests::default()));
        let reading = match read {
            Ok(reading) => reading,
            Err(error) => return Ok(vec![format!("{name} cannot be read: {error}")]),
        };
        let report = keys.verify(&signature, &reading, signing_time());
        let failed = report.findings().into_iter().filter(|finding| finding.status == Status::Fail);
        let mut faults: Vec<String> = failed.map(|finding| format!("{beside}: {}", finding.detail)).collect();
        let manager = cx.world.openpgp.fingerprint();
        let good = || report.signatures.iter().filter(|each| each.is_good());
        let by = good().filter_map(|each| Some(each.signer.as_ref()?.certificate.as_str()));
        let others: Vec<&str> = by.filter(|signer| *signer != manager).collect();
        if faults.is_empty() && others.len() == good().count() {
            faults.push(format!("{beside} is by {}, expected {manager}", others.join(", ")));
        }
        Ok(faults)
    }
}
