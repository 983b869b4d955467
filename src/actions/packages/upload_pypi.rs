// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards the Python package index has exactly the voted files of this version.
//!
//! A file that is there with the same bytes is done; what is missing is uploaded, also
//! when an earlier upload broke off; other bytes under a name stop it before anything. So does a
//! file of this version that was yanked (PEP 592): who looks for the package does not find it, and
//! what is uploaded beside it would be yanked too. Whether that is meant is for a person to say.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Digest as _;

use super::metadata::Metadata;
use super::{VotedFiles, not_shown_yet};
use crate::actions::failures::{settle_web, web_failed};
use crate::actions::{Services, StandIn, shell};
use crate::engine::{Action, ActionError, Context, Finding, Probe, Probed, Problem, Reversal};
use crate::release::{meant_files, on_one_line, stands_beside};
use crate::services::{IndexFile, PyPi, normal_name};
use crate::verify::file_of_archive;

/// The files of a version that an index is to have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PypiPackage {
    /// The project's name.
    pub name: String,
    /// The version.
    pub version: String,
    /// The files, by name, or by patterns over the names of the voted files.
    pub files: Vec<String>,
    /// Where their bytes are.
    pub voted: VotedFiles,
    /// Those of a rehearsal that only stand in for real ones.
    #[serde(default)]
    pub stand_ins: Vec<StandIn>,
}

/// Uploads them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct UploadPypi(PypiPackage);

/// What the index has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PypiUploaded {
    /// The project's name.
    pub name: String,
    /// Each file with its SHA-256.
    pub files: Vec<PypiFile>,
}

/// A file and its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PypiFile {
    /// Its name.
    pub name: String,
    /// Its SHA-256.
    pub sha256: String,
}

type Cx<'a> = Context<'a, Services>;

impl PypiPackage {
    /// The files' names; what is none of the voted files is missed by its own text.
    fn names(&self) -> Vec<String> {
        let voted = self.voted.digests.iter().map(|file| file.name.as_str());
        meant_files(&self.files, voted.filter(|name| !stands_beside(name)))
    }

    /// The files with their digests.
    fn expected(&self, cx: &Cx<'_>) -> Result<Vec<PypiFile>, ActionError> {
        if self.files.is_empty() {
            return Err(ActionError::misconfigured(
                "[pypi] names no files",
                "name them in the product's configuration",
            ));
        }
        let file = |name: &String| {
            let sha256 = sha2::Sha256::digest(self.voted.bytes(cx, name)?);
            let sha256 = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
            Ok(PypiFile { name: name.clone(), sha256 })
        };
        self.names().iter().map(file).collect()
    }

    /// Whether the index has it for this version.
    fn is_of_version(&self, file: &IndexFile) -> bool {
        let rest = file.filename.split_once(&format!("-{}", self.version)).map(|(_, rest)| rest);
        rest.is_some_and(|rest| rest.starts_with(['-', '.']) && !rest[1..].starts_with(|c: char| c.is_ascii_digit()))
    }

    /// The conflict with what the index has: other bytes under a name, or a yanked file of this version.
    fn in_the_way(&self, expected: &[PypiFile], found: &[IndexFile]) -> Result<Option<Probed>, ActionError> {
        for file in expected {
            if let Some(other) = other_bytes(file, found)? {
                return Ok(Some(other));
            }
        }
        let yanked: Vec<String> = found.iter().filter(|file| self.is_of_version(file)).filter_map(yanked).collect();
        Ok((!yanked.is_empty()).then(|| Probed::Conflict {
            found: format!("on the index {}", yanked.join(", ")),
            expected: format!(
                "no yanked file of {} {}: where it was yanked by mistake, a maintainer takes that back on the project's page; \
                 else this version is not to be had there, and the step is skipped with the reason",
                self.name, self.version
            ),
        }))
    }

    /// What the package says of itself.
    fn metadata(&self, cx: &Cx<'_>, name: &str) -> Result<Metadata, ActionError> {
        if self.stand_ins.iter().any(|stand_in| stand_in.name == name) {
            return Ok(Metadata::of_stand_in(&self.name, &self.version));
        }
        let path = self.voted.path(cx, name)?;
        let wheel = |entry: &str| entry.ends_with(".dist-info/METADATA") && entry.matches('/').count() == 1;
        let sdist = |entry: &str| entry.ends_with("/PKG-INFO") && entry.matches('/').count() == 1;
        let bytes = match name.ends_with(".whl") {
            true => file_of_archive(&path, "METADATA", &wheel),
            false => file_of_archive(&path, "PKG-INFO", &sdist),
        };
        let bytes = bytes.map_err(|error| {
            ActionError::refused(error.to_string(), "an index takes no such file: the candidate has to be made anew")
        })?;
        Ok(Metadata::read(&String::from_utf8_lossy(&bytes)))
    }

    /// What an index would refuse, or take under another name.
    fn faults(&self, cx: &Cx<'_>, name: &str) -> Result<Vec<Problem>, ActionError> {
        let metadata = self.metadata(cx, name)?;
        let fault = |field: &str, expected: &str| {
            Problem::new(
                format!("{name} says {field} {}, expected {expected}", metadata.field(field).unwrap_or("nothing")),
                "it would be published as something else: mend the version in the tree and make another candidate",
            )
        };
        let mut faults = Vec::new();
        if metadata.field("Name").map(normal_name) != Some(normal_name(&self.name)) {
            faults.push(fault("Name", &self.name));
        }
        if metadata.field("Version") != Some(&self.version) {
            faults.push(fault("Version", &self.version));
        }
        Ok(faults)
    }
}

fn index(world: &Services) -> Result<&PyPi, ActionError> {
    world.pypi.as_ref().ok_or_else(|| {
        ActionError::misconfigured(
            "no Python package index is set up",
            "name it in the product's configuration, under [pypi]",
        )
    })
}

impl Action<Services> for UploadPypi {
    fn summary(&self) -> String {
        let PypiPackage { name, version, .. } = &self.0;
        format!("Uploads {name} {version} to the Python package index: {}", self.0.names().join(", "))
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let PypiPackage { voted, .. } = &self.0;
        let Some(index) = &world.pypi else { return Vec::new() };
        let directory = world.workspace.path(&voted.directory);
        let files: Vec<String> = self.0.names().iter().map(|file| directory.join(file).display().to_string()).collect();
        let with =
            |words: &[&str]| shell::command(&[words, &files.iter().map(String::as_str).collect::<Vec<_>>()].concat());
        let address = format!("{}/", index.upload_address());
        vec![
            with(&["twine", "check", "--strict"]),
            with(&["twine", "upload", "--username", "__token__", "--repository-url", &address]),
        ]
    }

    fn problems(&self, cx: &Cx<'_>) -> Result<Vec<Problem>, ActionError> {
        let index = index(cx.world)?;
        let mut problems = Vec::new();
        if !index.logs_in() {
            problems.push(Problem::new(
                "there is no token for the Python package index",
                "make a token that is good for this one project there, and give it by QUORATE_PYPI_TOKEN; or upload the voted files by hand, and run this again: it looks first what is there",
            ));
        }
        for name in &self.0.names() {
            problems.extend(self.0.faults(cx, name)?);
        }
        Ok(problems)
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let expected = self.0.expected(cx)?;
        let found = index(cx.world)?.files(&self.0.name).map_err(web_failed)?;
        if let Some(conflict) = self.0.in_the_way(&expected, &found)? {
            return Ok(conflict);
        }
        Ok(match expected.iter().all(|file| is_there(file, &found)) {
            true => Probed::Done(json!(PypiUploaded { name: self.0.name.clone(), files: expected })),
            false => Probed::Absent,
        })
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        let index = index(cx.world)?;
        let expected = self.0.expected(cx)?;
        // all or nothing as far as it depends on us: what is wrong with one stops the first
        if let Some(problem) = self.problems(cx)?.into_iter().next() {
            return Err(ActionError::refused(problem.what, problem.hint));
        }
        for file in &expected {
            let there = index.files(&self.0.name).map_err(web_failed)?;
            if let Some(Probed::Conflict { found, expected }) = self.0.in_the_way(&expected, &there)? {
                return Err(ActionError::Conflict { found, expected });
            }
            if is_there(file, &there) {
                continue;
            }
            let form = self.0.metadata(cx, &file.name)?.form(&file.name, &file.sha256);
            let uploaded = index.upload(form, &self.0.voted.path(cx, &file.name)?);
            if uploaded.is_err() {
                settle_web(uploaded, || {
                    let there = index.files(&self.0.name).map_err(web_failed)?;
                    Ok(if is_there(file, &there) { Probed::Done(Value::Null) } else { Probed::Absent })
                })?;
            }
        }
        // an index may show a file a little later than it took it
        for PypiFile { name, sha256 } in &expected {
            if !index.comes_to_show(&self.0.name, name, sha256).map_err(web_failed)? {
                return Err(not_shown_yet("the Python package index", name));
            }
        }
        Ok(json!(PypiUploaded { name: self.0.name.clone(), files: expected }))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Irreversible("a file's name is used once on the index, even if the file is deleted".to_owned())
    }
}

impl Probe<Services> for PypiPackage {
    fn examine(&self, cx: &Cx<'_>) -> Result<Finding, ActionError> {
        let expected = self.expected(cx)?;
        let found = index(cx.world)?.files(&self.name).map_err(web_failed)?;
        let mut faults = Vec::new();
        for file in &expected {
            match other_bytes(file, &found)? {
                Some(Probed::Conflict { found, expected }) => {
                    faults.push(format!("found {found}, expected {expected}"))
                }
                _ if !is_there(file, &found) => faults.push(format!("the index does not have {}", file.name)),
                _ => {}
            }
        }
        let of_version = || found.iter().filter(|file| self.is_of_version(file));
        faults.extend(of_version().filter_map(|file| Some(format!("the index has {}", yanked(file)?))));
        let names = self.names();
        let more = of_version().filter(|file| !names.contains(&file.filename));
        faults.extend(more.map(|file| format!("the index has {} too, which was not voted on", file.filename)));
        Ok(match faults.is_empty() {
            true => Finding::Holds(format!(
                "the index has {} {}: {} files, byte for byte",
                self.name,
                self.version,
                expected.len()
            )),
            false => Finding::Fails(faults),
        })
    }
}

fn is_there(file: &PypiFile, found: &[IndexFile]) -> bool {
    found.iter().any(|there| there.filename == file.name && there.sha256().as_deref() == Some(&file.sha256))
}

/// A file that was yanked, with the reason.
fn yanked(file: &IndexFile) -> Option<String> {
    file.yanked().map(|why| match on_one_line(why.trim()) {
        why if why.is_empty() => format!("{} yanked", file.filename),
        why => format!("{} yanked: {why}", file.filename),
    })
}

/// The conflict with a file of that name and other bytes.
fn other_bytes(file: &PypiFile, found: &[IndexFile]) -> Result<Option<Probed>, ActionError> {
    let Some(there) = found.iter().find(|there| there.filename == file.name) else { return Ok(None) };
    let Some(sha256) = there.sha256() else {
        return Err(ActionError::refused(
            format!("the index has {} and does not say its SHA-256", file.name),
            "fetch it and compare it with the voted one by hand",
        ));
    };
    Ok((sha256 != file.sha256).then(|| Probed::Conflict {
        found: format!("{} on the index with SHA-256 {sha256}", file.name),
        expected: format!("the voted bytes, {}", file.sha256),
    }))
}
