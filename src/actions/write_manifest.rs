// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `write-manifest`: the candidate's manifest is in the workspace: the name, the size and
//! the SHA-512 of every artifact, signature and checksum file, and the commit that they
//! were made from. It is what `quorate verify --expect` reads, and its own digest binds
//! the vote to all of these bytes at once.
//!
//! The same files give the same manifest, so one that says something else is of files
//! that are no more, and is written anew.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Services;
use super::failures::{outputs_do_not_fit, workspace_failed};
use super::shell;
use crate::engine::{Action, ActionError, Context, Probed, Reversal, Unknowns};
use crate::release::{FileDigest, Sha512};
use crate::verify::{Manifest, Status};

/// The manifest of a candidate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WriteManifest {
    /// The manifest, from the root of the workspace.
    file: String,
    /// Where the files are, from the root of the workspace.
    directory: String,
    /// Every artifact, signature and checksum file, as they were recorded.
    files: Vec<FileDigest>,
    /// The product: `flink-statefun`.
    product: String,
    /// The version.
    version: String,
    /// The candidate's number.
    candidate: u32,
    /// The commit that the files were made from.
    commit: String,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WriteManifestOutput {
    /// The manifest, from the root of the workspace.
    pub file: String,
    /// Its SHA-512.
    pub sha512: Sha512,
    /// How many files it names.
    pub count: usize,
}

type Cx<'a> = Context<'a, Services>;

impl Action<Services> for WriteManifest {
    fn summary(&self) -> String {
        format!("writes the manifest of {} files to {}", self.files.len(), self.file)
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let manifest = self.manifest();
        let names: Vec<&str> = manifest.files().iter().map(|file| file.name.as_str()).collect();
        let known = ["product", &self.product, "--arg", "version", &self.version, "--arg", "commit", &self.commit];
        vec![
            format!("cd {}", shell::path(world.workspace.path(&self.directory))),
            format!("for file in {}; do", shell::command(&names)),
            "  jq -n --arg name \"$file\" --argjson bytes \"$(wc -c < \"$file\")\" \\".to_owned(),
            "    --arg sha512 \"$(sha512sum < \"$file\" | cut -d ' ' -f 1)\" '{$name, $bytes, $sha512}'".to_owned(),
            format!("done | jq -s --argjson candidate {} --arg {} \\", self.candidate, shell::command(&known)),
            format!(
                "  '{{format: 1, $product, $version, $candidate, $commit, files: .}}' > {}",
                shell::path(world.workspace.path(&self.file))
            ),
            "cd -".to_owned(),
        ]
    }

    fn foreseen(&self, _cx: &Cx<'_>, unknown: &mut Unknowns) -> Map<String, Value> {
        let (digest, count) = (unknown.digest(&self.file), self.files.len());
        Map::from_iter([
            ("file".to_owned(), json!(self.file)),
            ("sha512".to_owned(), json!(digest)),
            ("count".to_owned(), json!(count)),
        ])
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let text = self.text()?;
        let there = cx.world.workspace.read(&self.file).map_err(workspace_failed)?;
        let fits = there.is_some_and(|bytes| bytes == text.as_bytes()) && self.differences(cx)?.is_empty();
        Ok(if fits { Probed::Done(self.output(&text)?) } else { Probed::Absent })
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        let differences = self.differences(cx)?;
        if !differences.is_empty() {
            return Err(ActionError::refused(
                format!("in {}: {}", self.directory, differences.join("; ")),
                "put the files back as they were, or cancel the candidate and make the next one",
            ));
        }
        let text = self.text()?;
        cx.world.workspace.write(&self.file, text.as_bytes()).map_err(workspace_failed)?;
        self.output(&text)
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Undo(format!("removes {}", self.file))
    }

    fn undo(&self, cx: &Cx<'_>, _outputs: &Value) -> Result<(), ActionError> {
        cx.world.workspace.remove(&self.file).map_err(workspace_failed)
    }
}

impl WriteManifest {
    fn manifest(&self) -> Manifest {
        Manifest::new(&self.product, &self.version, self.candidate, &self.commit, self.files.clone())
    }

    fn text(&self) -> Result<String, ActionError> {
        self.manifest().to_text().map_err(outputs_do_not_fit)
    }

    /// Where the files in the workspace are not those that were recorded.
    fn differences(&self, cx: &Cx<'_>) -> Result<Vec<String>, ActionError> {
        let artifacts = cx.world.workspace.artifacts(&self.directory);
        let mut found = Vec::new();
        for file in &self.files {
            found.extend(artifacts.digest(&file.name).map_err(workspace_failed)?);
        }
        let failed = self.manifest().compare(&found).into_iter().filter(|finding| finding.status == Status::Fail);
        Ok(failed.map(|finding| finding.detail).collect())
    }

    fn output(&self, text: &str) -> Result<Value, ActionError> {
        let (sha512, count) = (Sha512::of(text.as_bytes()), self.files.len());
        let output = WriteManifestOutput { file: self.file.clone(), sha512, count };
        serde_json::to_value(output).map_err(outputs_do_not_fit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::offline;
    use crate::engine::Intent;

    #[test]
    fn is_written_found_again_and_never_of_other_files() {
        let place = tempfile::tempdir().unwrap();
        let world = offline(place.path());
        let intent =
            Intent { at: jiff::Timestamp::UNIX_EPOCH, token: "abc".into(), acted: None, resumed: false, anew: false };
        let cx = Context { world: &world, intent: &intent, now: intent.at };
        let artifacts = world.workspace.artifacts("artifacts");
        artifacts.write("a.tgz", b"a").unwrap();
        let file = artifacts.digest("a.tgz").unwrap().unwrap();
        let action: WriteManifest = serde_json::from_value(json!({
            "file": "manifest.json", "directory": "artifacts", "files": [file], "product": "demo", "version": "1.2.0",
            "candidate": 1, "commit": "0123456789012345678901234567890123456789",
        }))
        .unwrap();
        assert_eq!(action.probe(&cx).unwrap(), Probed::Absent);
        let output = action.act(&cx).unwrap();
        assert_eq!(action.probe(&cx).unwrap(), Probed::Done(output.clone()));
        let bytes = std::fs::read(place.path().join("manifest.json")).unwrap();
        assert_eq!(output["sha512"], json!(Sha512::of(&bytes)));
        assert_eq!(Manifest::parse("m", &bytes).unwrap(), action.manifest());
        // Another text in its place is of no use to anybody.
        world.workspace.write("manifest.json", b"{}").unwrap();
        assert_eq!(action.probe(&cx).unwrap(), Probed::Absent);
        assert_eq!(action.act(&cx).unwrap(), output);
        // The files are no longer those.
        artifacts.write("a.tgz", b"b").unwrap();
        assert_eq!(action.probe(&cx).unwrap(), Probed::Absent);
        let error = action.act(&cx).unwrap_err().to_string();
        assert!(error.starts_with("in artifacts: a.tgz has other bytes"), "{error}");
        action.undo(&cx, &output).unwrap();
        assert!(!place.path().join("manifest.json").exists());
    }
}
