// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `sign-artifacts`: beside each artifact is an armored detached signature by
//! the release manager's key, and the manifest of the candidate is known.
//!
//! A second signature of a file is not the same as the first, so one that is good
//! is kept: it may be published already.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Services;
use super::failures::{openpgp_failed, outputs_do_not_fit, workspace_failed};
use super::hash_artifacts::all_there;
use super::shell;
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal, Unknowns};
use crate::release::{FileDigest, checksum_file_holds};
use crate::services::{Artifacts, OpenPgpError, Session};

/// The signatures of artifacts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignArtifacts {
    /// Where they are, from the root of the workspace.
    directory: String,
    /// The artifacts' names, and patterns of such.
    files: Vec<String>,
}

/// The manifest of a candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignArtifactsOutput {
    /// The fingerprint of the release manager's key.
    pub fingerprint: String,
    /// Every artifact, signature and checksum file, sorted by name.
    pub files: Vec<FileDigest>,
}

impl Action<Services> for SignArtifacts {
    fn summary(&self) -> String {
        format!("signs {}", self.files.join(", "))
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let key = world.openpgp.fingerprint();
        let mut commands = vec![format!("cd {}", shell::path(world.workspace.path(&self.directory)))];
        let sign = |name: &String| shell::command(&["gpg", "--local-user", key, "--armor", "--detach-sign", name]);
        let files = world.workspace.artifacts(&self.directory).meant(&self.files);
        commands.extend(files.as_ref().unwrap_or(&self.files).iter().map(sign));
        commands.push("cd -".to_owned());
        commands
    }

    fn foreseen(&self, cx: &Context<'_, Services>, unknown: &mut Unknowns) -> Map<String, Value> {
        let mut names: Vec<String> = self
            .files
            .iter()
            .flat_map(|name| [name.clone(), format!("{name}.asc"), format!("{name}.sha512")])
            .collect();
        names.sort_unstable();
        let file = |name: String| {
            let (bytes, sha512) = (unknown.number(&format!("bytes {name}")), unknown.digest(&name));
            json!({"name": name, "bytes": bytes, "sha512": sha512})
        };
        let files: Vec<Value> = names.into_iter().map(file).collect();
        let fingerprint = cx.world.openpgp.fingerprint();
        Map::from_iter([("fingerprint".to_owned(), json!(fingerprint)), ("files".to_owned(), json!(files))])
    }

    fn problems(&self, cx: &Context<'_, Services>) -> Result<Vec<Problem>, ActionError> {
        let fingerprint = cx.world.openpgp.fingerprint();
        let problem = |what: String, error: &OpenPgpError| vec![Problem::new(what, error.hint())];
        Ok(match cx.world.openpgp.describe() {
            Err(error) => problem(error.to_string(), &error),
            Ok(key) if key.can_sign => Vec::new(),
            Ok(key) => {
                let fingerprint = fingerprint.to_owned();
                let error = match (key.revoked, key.expired) {
                    (true, _) => OpenPgpError::Revoked { fingerprint },
                    (_, true) => OpenPgpError::Expired { fingerprint, at: key.expires },
                    _ => {
                        OpenPgpError::CannotSign { fingerprint, why: "it is disabled, or no part of it is for signing" }
                    }
                };
                problem(error.to_string(), &error)
            }
        })
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let artifacts = cx.world.workspace.artifacts(&self.directory);
        let meant = self.meant(&artifacts)?;
        if meant.found(&artifacts)?.iter().any(Option::is_none) {
            return Ok(Probed::Absent);
        }
        let mut session = cx.world.openpgp.session().map_err(openpgp_failed)?;
        for name in &meant.files {
            if !is_signed(&mut session, &artifacts, name)? {
                return Ok(Probed::Absent);
            }
        }
        Ok(Probed::Done(meant.manifest(cx, &artifacts)?))
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let artifacts = cx.world.workspace.artifacts(&self.directory);
        let meant = self.meant(&artifacts)?;
        all_there(&cx.world.workspace.path(&self.directory), &meant.with_checksum_files(), meant.found(&artifacts)?)?;
        let mut session = cx.world.openpgp.session().map_err(openpgp_failed)?;
        for name in &meant.files {
            if is_signed(&mut session, &artifacts, name)? {
                continue;
            }
            let path = artifacts.path(name).map_err(workspace_failed)?;
            let signature = session.sign_file(&path).map_err(openpgp_failed)?;
            artifacts.write(&beside(name), signature.as_bytes()).map_err(workspace_failed)?;
        }
        meant.manifest(cx, &artifacts)
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Undo("removes the signatures from the workspace".to_owned())
    }

    fn undo(&self, cx: &Context<'_, Services>, _outputs: &Value) -> Result<(), ActionError> {
        let artifacts = cx.world.workspace.artifacts(&self.directory);
        let meant = self.meant(&artifacts)?;
        meant.files.iter().try_for_each(|name| artifacts.remove(&beside(name))).map_err(workspace_failed)
    }
}

impl SignArtifacts {
    /// The same with each artifact by its name.
    fn meant(&self, artifacts: &Artifacts<'_>) -> Result<Self, ActionError> {
        let files = artifacts.meant(&self.files).map_err(workspace_failed)?;
        Ok(Self { directory: self.directory.clone(), files })
    }

    fn with_checksum_files(&self) -> Vec<String> {
        self.files.iter().flat_map(|name| [name.clone(), format!("{name}.sha512")]).collect()
    }

    /// Each artifact and its checksum file, where both are there and fit; in the
    /// order of [`Self::with_checksum_files`].
    fn found(&self, artifacts: &Artifacts<'_>) -> Result<Vec<Option<FileDigest>>, ActionError> {
        let mut found = Vec::new();
        for name in &self.files {
            let file = artifacts.digest(name).map_err(workspace_failed)?;
            let beside = format!("{name}.sha512");
            let text = artifacts.text(&beside).map_err(workspace_failed)?;
            let fits = file.as_ref().zip(text).is_some_and(|(file, text)| checksum_file_holds(&text, file));
            let checksum_file = if fits { artifacts.digest(&beside).map_err(workspace_failed)? } else { None };
            found.extend([file, checksum_file]);
        }
        Ok(found)
    }

    fn manifest(&self, cx: &Context<'_, Services>, artifacts: &Artifacts<'_>) -> Result<Value, ActionError> {
        let signatures: Vec<String> = self.files.iter().map(|name| beside(name)).collect();
        let mut found = self.found(artifacts)?;
        for name in &signatures {
            found.push(artifacts.digest(name).map_err(workspace_failed)?);
        }
        let names = [self.with_checksum_files(), signatures].concat();
        let mut files = all_there(&cx.world.workspace.path(&self.directory), &names, found)?;
        files.sort();
        let fingerprint = cx.world.openpgp.fingerprint().to_owned();
        serde_json::to_value(SignArtifactsOutput { fingerprint, files }).map_err(outputs_do_not_fit)
    }
}

fn beside(name: &str) -> String {
    format!("{name}.asc")
}

fn is_signed(session: &mut Session<'_>, artifacts: &Artifacts<'_>, name: &str) -> Result<bool, ActionError> {
    let Some(signature) = artifacts.text(&beside(name)).map_err(workspace_failed)? else { return Ok(false) };
    let path = artifacts.path(name).map_err(workspace_failed)?;
    Ok(session.verify_file(signature.as_bytes(), &path).map_err(openpgp_failed)?.is_good())
}
