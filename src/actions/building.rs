// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Running one build of a product over a commit: the tree is exported anew, the
//! command runs in it, and a receipt says what came of it.
//!
//! Builds seldom give the same bytes twice, so a build that a receipt vouches
//! for is not repeated: what was hashed and signed stays as it is.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Services;
use super::failures::workspace_failed;
use crate::config::{Build, BuildOutput};
use crate::engine::{ActionError, Context, Problem};
use crate::release::{FileDigest, fitting_path};
use crate::services::{Artifacts, BuildError, BuildRun, ExportError, find_output, find_outputs, missing_programs};

/// Where one build happens in the workspace.
pub(super) struct Site<'a> {
    /// What is built.
    pub build: &'a Build,
    /// A word for the tree, the log and the receipt: `rc1-python-sdk`.
    pub place: String,
    /// The commit that is built.
    pub commit: &'a str,
    /// Whether a stand-in is made where a program is missing, and for what is made elsewhere.
    pub stand_in: bool,
    /// Where a person puts what is made elsewhere, from the root of the workspace.
    pub arrivals: String,
    /// The version that packages must say, where it is known.
    pub version: Option<&'a str>,
}

/// What a build left, written when all of it was there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Receipt {
    /// The commit that was built.
    pub commit: String,
    /// What was asked for.
    pub build: Build,
    /// The files that it left among the artifacts.
    pub files: Vec<FileDigest>,
    /// Why stand-ins were made instead, where they were.
    pub stand_in: Option<String>,
}

/// A word for `directory` in the names of trees and logs: `rc1` for
/// `candidates/rc1/artifacts`.
pub(super) fn place_of(directory: &str) -> String {
    let parts: Vec<&str> =
        directory.split('/').filter(|part| !matches!(*part, "" | "." | ".." | "candidates" | "artifacts")).collect();
    if parts.is_empty() { "artifacts".to_owned() } else { parts.join("-") }
}

/// The programs that `builds` need and this machine lacks; none where stand-ins do.
pub(super) fn missing_for<'a>(builds: impl IntoIterator<Item = &'a Build>) -> Vec<Problem> {
    let problem = |build: &Build, program: String| {
        let what = format!("the build `{}` needs `{program}`, which cannot be used here", build.id);
        // `docker info` is a command that must succeed, and no program's name.
        let remedy = if program.contains(' ') {
            format!("see what `{program}` says and put it right")
        } else {
            format!("install `{program}`")
        };
        Problem::new(what, format!("{remedy}, or build on a machine where it works"))
    };
    let missing =
        |build: &'a Build| missing_programs(&build.requires).into_iter().map(move |program| problem(build, program));
    builds.into_iter().flat_map(missing).collect()
}

impl Site<'_> {
    /// The log, from the root of the workspace.
    pub fn log(&self) -> String {
        format!("logs/{}.log", self.place)
    }

    /// The receipt of this build over this commit, where there is one and every
    /// file of it is still what it was.
    pub fn receipt(
        &self,
        cx: &Context<'_, Services>,
        artifacts: &Artifacts<'_>,
    ) -> Result<Option<Receipt>, ActionError> {
        let Some(receipt) = self.recorded(cx)? else { return Ok(None) };
        // What was really built is never given up for a stand-in.
        let stand_in_fits = receipt.stand_in.is_none() || receipt.stand_in == self.stand_in_reason();
        if !stand_in_fits {
            return Ok(None);
        }
        for file in &receipt.files {
            if artifacts.digest(&file.name).map_err(workspace_failed)?.as_ref() != Some(file) {
                return Ok(None);
            }
        }
        Ok(Some(receipt))
    }

    /// The receipt of this build over this commit, whatever has become of its files.
    pub fn recorded(&self, cx: &Context<'_, Services>) -> Result<Option<Receipt>, ActionError> {
        let bytes = cx.world.workspace.read(self.receipt_file()).map_err(workspace_failed)?;
        let receipt = bytes.and_then(|bytes| serde_json::from_slice::<Receipt>(&bytes).ok());
        Ok(receipt.filter(|receipt| receipt.commit == self.commit && receipt.build == *self.build))
    }

    /// Builds, keeps the outputs among `artifacts`, and writes the receipt.
    pub fn run(&self, cx: &Context<'_, Services>, artifacts: &Artifacts<'_>) -> Result<Receipt, ActionError> {
        cx.world.workspace.remove(self.receipt_file()).map_err(workspace_failed)?;
        let stand_in = self.stand_in_reason();
        let names = match &stand_in {
            Some(why) => self.stand_in(cx, artifacts, why)?,
            None => self.build(cx, artifacts)?,
        };
        self.keep(cx, artifacts, names, stand_in)
    }

    /// Writes the receipt of the files with these `names` among `artifacts`.
    pub fn keep(
        &self,
        cx: &Context<'_, Services>,
        artifacts: &Artifacts<'_>,
        names: Vec<String>,
        stand_in: Option<String>,
    ) -> Result<Receipt, ActionError> {
        let mut files = Vec::new();
        for name in &names {
            files.extend(artifacts.digest(name).map_err(workspace_failed)?);
        }
        let receipt = Receipt { commit: self.commit.to_owned(), build: self.build.clone(), files, stand_in };
        let bytes = serde_json::to_vec_pretty(&receipt)
            .map_err(|error| ActionError::service("the build's receipt", error, "run the step again"))?;
        cx.world.workspace.write(self.receipt_file(), &bytes).map_err(workspace_failed)?;
        Ok(receipt)
    }

    /// Forgets what was built or taken over.
    pub fn forget(&self, cx: &Context<'_, Services>) -> Result<(), ActionError> {
        cx.world.workspace.remove(self.receipt_file()).map_err(workspace_failed)
    }

    /// Whether a stand-in takes the place of what would be built or taken over.
    pub fn is_stood_in(&self) -> bool {
        self.stand_in_reason().is_some()
    }

    fn receipt_file(&self) -> String {
        format!("trees/{}.json", self.place)
    }

    fn stand_in_reason(&self) -> Option<String> {
        if self.stand_in && self.build.is_made_elsewhere() {
            return Some(format!("it is made elsewhere: {}", self.build.origin()));
        }
        let missing = if self.stand_in { missing_programs(&self.build.requires) } else { Vec::new() };
        let in_words = |need: &String| match need.contains(' ') {
            // A command that must succeed, or in a rehearsal's configuration what is missing in words.
            true if need.split(' ').next().is_some_and(|first| first.len() > 1) => {
                format!("needs a machine on which `{need}` works")
            }
            true => format!("needs {need}"),
            false => format!("needs `{need}`, which is not on the PATH here"),
        };
        let needs: Vec<String> = missing.iter().map(in_words).collect();
        (!needs.is_empty()).then(|| format!("its build {}", needs.join(", and ")))
    }

    /// Puts stand-ins in the place of the outputs, and says their names.
    fn stand_in(
        &self,
        cx: &Context<'_, Services>,
        artifacts: &Artifacts<'_>,
        why: &str,
    ) -> Result<Vec<String>, ActionError> {
        let Build { id, title, .. } = self.build;
        let text = |name: &str| {
            format!(
                "{name} is a stand-in for what the build `{id}` ({title}) of commit {} would leave.\nWhy: {why}.\n",
                self.commit
            )
        };
        let names: Vec<String> = self.build.outputs.iter().map(|output| fitting_path(output.staged())).collect();
        for name in &names {
            artifacts.write(name, text(name).as_bytes()).map_err(workspace_failed)?;
        }
        let log = format!("A stand-in was made: {why}.\n");
        cx.world.workspace.write(self.log(), log.as_bytes()).map_err(workspace_failed)?;
        Ok(names)
    }

    /// Builds, puts the outputs among `artifacts`, and says their names.
    fn build(&self, cx: &Context<'_, Services>, artifacts: &Artifacts<'_>) -> Result<Vec<String>, ActionError> {
        if let Some(problem) = missing_for([self.build]).into_iter().next() {
            return Err(ActionError::refused(problem.what, problem.hint));
        }
        let world = cx.world;
        let tree = world.workspace.fresh_path(format!("trees/{}", self.place)).map_err(workspace_failed)?;
        world.git.export(self.commit, &tree).map_err(|error: ExportError| {
            ActionError::service(
                "exporting the tree",
                error,
                "see that the disk has room, and that the clone is complete",
            )
        })?;
        let run = BuildRun {
            command: &self.build.command,
            directory: &tree.join(&self.build.directory),
            environment: &self.build.environment,
            log: &world.workspace.path(self.log()),
        };
        world.workspace.effects().around("build", || run.run()).map_err(|error| self.failed(error))?;
        let mut names = Vec::new();
        for output in &self.build.outputs {
            for built in self.found(&tree, output)? {
                let own = built.file_name().unwrap_or_default().to_string_lossy();
                let name = if output.name.is_empty() { &*own } else { &output.name };
                artifacts.copy(name, &built).map_err(workspace_failed)?;
                names.push(name.to_owned());
            }
        }
        Ok(names)
    }

    /// What the build left of an output: one file where that has a name, else one or more.
    fn found(&self, tree: &Path, BuildOutput { glob, name }: &BuildOutput) -> Result<Vec<PathBuf>, ActionError> {
        let found = match name.is_empty() {
            false => find_output(tree, glob).map(|one| vec![one]),
            true => find_outputs(tree, glob).and_then(|found| match found.is_empty() {
                true => Err(BuildError::NoOutput { glob: glob.clone() }),
                false => Ok(found),
            }),
        };
        found.map_err(|error| self.failed(error))
    }

    pub(super) fn failed(&self, error: BuildError) -> ActionError {
        let hint = error.hint();
        ActionError::service(format!("the build `{}` ({})", self.build.id, self.build.title), error, hint)
    }
}
