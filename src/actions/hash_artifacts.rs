// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `hash-artifacts`: beside each artifact is a file with its SHA-512, as
//! `sha512sum -c` takes it.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Services;
use super::failures::{outputs_do_not_fit, workspace_failed};
use super::shell;
use crate::engine::{Action, ActionError, Context, Probed, Reversal};
use crate::release::{FileDigest, checksum_file, checksum_file_holds};

/// The checksum files of artifacts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HashArtifacts {
    /// Where they are, from the root of the workspace.
    directory: String,
    /// The artifacts' names, and patterns of such.
    files: Vec<String>,
}

/// What was hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HashArtifactsOutput {
    /// Each artifact, bound to its bytes.
    pub files: Vec<FileDigest>,
}

impl Action<Services> for HashArtifacts {
    fn summary(&self) -> String {
        format!("writes the SHA-512 checksum files of {}", self.files.join(", "))
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let sum = |name: &String| {
            let (name, sums) = (shell::quoted(name), shell::quoted(&beside(name)));
            format!("sha512sum {name} > {sums}")
        };
        let mut commands = vec![format!("cd {}", shell::path(world.workspace.path(&self.directory)))];
        let files = world.workspace.artifacts(&self.directory).meant(&self.files);
        commands.extend(files.as_ref().unwrap_or(&self.files).iter().map(sum));
        commands.push("cd -".to_owned());
        commands
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let artifacts = cx.world.workspace.artifacts(&self.directory);
        let mut files = Vec::new();
        for name in &artifacts.meant(&self.files).map_err(workspace_failed)? {
            let file = artifacts.digest(name).map_err(workspace_failed)?;
            let text = artifacts.text(&beside(name)).map_err(workspace_failed)?;
            match file.zip(text) {
                Some((file, text)) if checksum_file_holds(&text, &file) => files.push(file),
                _ => return Ok(Probed::Absent),
            }
        }
        Ok(Probed::Done(output(files)?))
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let artifacts = cx.world.workspace.artifacts(&self.directory);
        let names = artifacts.meant(&self.files).map_err(workspace_failed)?;
        let mut found = Vec::new();
        for name in &names {
            found.push(artifacts.digest(name).map_err(workspace_failed)?);
        }
        let files = all_there(&cx.world.workspace.path(&self.directory), &names, found)?;
        for file in &files {
            let there = artifacts.text(&beside(&file.name)).map_err(workspace_failed)?;
            if !there.is_some_and(|text| checksum_file_holds(&text, file)) {
                artifacts.write(&beside(&file.name), checksum_file(file).as_bytes()).map_err(workspace_failed)?;
            }
        }
        output(files)
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Undo("removes the checksum files from the workspace".to_owned())
    }

    fn undo(&self, cx: &Context<'_, Services>, _outputs: &Value) -> Result<(), ActionError> {
        let artifacts = cx.world.workspace.artifacts(&self.directory);
        let names = artifacts.meant(&self.files).map_err(workspace_failed)?;
        names.iter().try_for_each(|name| artifacts.remove(&beside(name))).map_err(workspace_failed)
    }
}

fn beside(name: &str) -> String {
    format!("{name}.sha512")
}

/// What was found for each of `names`, or a refusal that names all that are missing.
pub(super) fn all_there<T>(directory: &Path, names: &[String], found: Vec<Option<T>>) -> Result<Vec<T>, ActionError> {
    let missing: Vec<&str> =
        names.iter().zip(&found).filter(|(_, found)| found.is_none()).map(|(name, _)| name.as_str()).collect();
    if missing.is_empty() {
        return Ok(found.into_iter().flatten().collect());
    }
    let what = format!("missing in {}: {}", directory.display(), missing.join(", "));
    Err(ActionError::refused(what, "run the steps that make these files again, or put the files there"))
}

fn output(files: Vec<FileDigest>) -> Result<Value, ActionError> {
    serde_json::to_value(HashArtifactsOutput { files }).map_err(outputs_do_not_fit)
}
