// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The commits that a change has: data that is edited, versions that are set, a program
//! of the repository that is run.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde::Deserialize;

use super::{Cx, Place};
use crate::actions::failures::{git_failed, workspace_failed};
use crate::actions::shell;
use crate::engine::{ActionError, Problem};
use crate::release::{
    AllowedLeftover, Change, EditRule, Tree, VersionChange, apply, authority as version_of, changed, leftovers,
};
use crate::services::{BuildError, BuildRun, Committer, ExportError, NewCommit, NewFile};

/// What a person still has to write stands between these.
const MARK: char = '‹';

/// One commit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedCommit {
    /// Its message.
    pub message: String,
    /// Changes of single files, list by list.
    #[serde(default)]
    pub changes: Vec<Vec<Change>>,
    /// The version that is set everywhere.
    #[serde(default)]
    pub versions: Option<PlannedVersions>,
    /// A program of the repository that makes the rest.
    #[serde(default)]
    pub run: Option<PlannedRun>,
}

/// A version that is set everywhere.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedVersions {
    /// The version.
    pub to: String,
    /// What says which version is there.
    pub authority: EditRule,
    /// Where it stands.
    pub rules: Vec<EditRule>,
    /// Where an old one may stay.
    #[serde(default)]
    pub allow: Vec<AllowedLeftover>,
}

/// A program of the repository.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedRun {
    /// The program, from the root of the tree, and its arguments.
    pub command: Vec<String>,
    /// The files that it must leave.
    pub leaves: Vec<String>,
    /// What each of them must say.
    pub says: Vec<String>,
}

/// The files that a commit changes and adds.
#[derive(Debug, Default)]
struct Outcome {
    changed: Tree,
    added: BTreeMap<String, NewFile>,
}

impl PlannedCommit {
    /// Whether nothing is planned.
    pub(super) fn is_empty(&self) -> bool {
        self.changes.iter().all(Vec::is_empty) && self.versions.is_none() && self.run.is_none()
    }

    /// Whether a commit's tree has what is planned already.
    pub(crate) fn holds(&self, cx: &Cx<'_>, place: &Place, texts: &str, commit: &str) -> Result<bool, ActionError> {
        if let Some(run) = &self.run
            && !run.problems(&place.files(commit, |path| run.leaves.iter().any(|left| left == path))?).is_empty()
        {
            return Ok(false);
        }
        let mut outcome = Outcome::default();
        // what cannot be changed as planned does not hold: a page that somebody built otherwise
        let edited = self.edit(cx, place, texts, commit, &mut outcome);
        match edited {
            Ok(()) => Ok(outcome.changed.is_empty() && outcome.added.is_empty()),
            Err(ActionError::Refused { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What is planned, in a sentence.
    pub(crate) fn told(&self) -> String {
        let mut parts: Vec<String> = self.changes.iter().flatten().map(Change::describe).collect();
        parts.extend(self.versions.iter().map(|versions| format!("{} everywhere", versions.to)));
        parts.extend(self.run.iter().map(|run| run.leaves.join(", ")));
        parts.join("; ")
    }

    /// Makes the commit on `parent`; `None` where it has everything.
    pub(super) fn commit(
        &self,
        cx: &Cx<'_>,
        place: &Place,
        texts: &str,
        parent: &str,
    ) -> Result<Option<String>, ActionError> {
        if self.holds(cx, place, texts, parent)? {
            return Ok(None);
        }
        let mut outcome = Outcome::default();
        self.edit(cx, place, texts, parent, &mut outcome)?;
        if let Some(run) = &self.run {
            run.run(cx, place, parent, &mut outcome)?;
        }
        let author = &cx.world.author;
        let new = NewCommit {
            parent,
            changes: &outcome.changed,
            message: &format!("{}\n", self.message.trim_end()),
            committer: Committer { name: &author.name, email: &author.email, at: cx.intent.at },
        };
        place.git.commit_files(&new, &outcome.added).map(Some).map_err(git_failed)
    }

    fn edit(
        &self,
        cx: &Cx<'_>,
        place: &Place,
        texts: &str,
        commit: &str,
        outcome: &mut Outcome,
    ) -> Result<(), ActionError> {
        let changes: Vec<Change> = self.changes.iter().flatten().cloned().collect();
        let files = place.files(commit, |path| changes.iter().any(|change| change.file() == path))?;
        let texts = prepared(cx, texts, &changes)?;
        let made = changed(&files, &changes, &texts).map_err(|faults| {
            let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
            refused(place, &told.join("; "))
        })?;
        for (path, bytes) in made {
            if files.contains_key(&path) {
                outcome.changed.insert(path, bytes);
            } else {
                outcome.added.insert(path, NewFile { bytes, executable: false });
            }
        }
        if let Some(versions) = &self.versions {
            outcome.changed.extend(versions.set(place, commit)?);
        }
        Ok(())
    }

    /// Where a prepared text still waits for a person; a page may, data may not.
    pub(super) fn unfinished(&self, cx: &Cx<'_>, texts: &str) -> Result<Vec<Problem>, ActionError> {
        let data: Vec<Change> =
            self.changes.iter().flatten().filter(|change| !matches!(change, Change::File { .. })).cloned().collect();
        let found = prepared(cx, texts, &data)?.into_iter().filter(|(_, text)| text.contains(MARK));
        Ok(found
            .map(|(name, _)| {
                let file = cx.world.workspace.path(text_file(texts, &name));
                Problem::new(
                    format!("{} still has a place that a person is to fill in ({MARK}…)", file.display()),
                    "write there what belongs there",
                )
            })
            .collect())
    }

    /// What a person would type.
    pub(super) fn commands(&self) -> Vec<String> {
        let mut commands: Vec<String> = self
            .changes
            .iter()
            .flatten()
            .map(|change| format!("$EDITOR {}  # {}", shell::quoted(change.file()), change.describe()))
            .collect();
        if let Some(versions) = &self.versions {
            commands.push(format!("$EDITOR .  # set {} everywhere", versions.to));
        }
        if let Some(run) = &self.run {
            commands.push(shell::command(&run.command));
        }
        commands.push("git add --all".to_owned());
        commands.push(shell::command(&["git", "commit", "--message", &self.message]));
        commands
    }
}

impl PlannedVersions {
    fn set(&self, place: &Place, commit: &str) -> Result<Tree, ActionError> {
        let files = place.files(commit, |_| true)?;
        let old = version_of(&self.authority, &files).map_err(|error| refused(place, &error.to_string()))?;
        let versions = VersionChange::new(&old, &self.to);
        let edits = apply(&files, &self.rules, Some(&versions)).map_err(|error| refused(place, &error.to_string()))?;
        if old != self.to {
            let mut tree = files;
            tree.extend(edits.changed.iter().map(|(path, bytes)| (path.clone(), bytes.clone())));
            let left = leftovers(&tree, &old, &self.allow).map_err(|error| {
                ActionError::misconfigured(error.to_string(), "correct the product's configuration")
            })?;
            if !left.is_empty() {
                let told: Vec<String> = left.iter().take(10).map(ToString::to_string).collect();
                return Err(refused(place, &format!("{old} would still stand in {}", told.join(", "))));
            }
        }
        Ok(edits.changed)
    }
}

impl PlannedRun {
    /// What is not there that must be, and what does not say what it must.
    fn problems(&self, files: &Tree) -> Vec<String> {
        let mut problems = Vec::new();
        for left in &self.leaves {
            match files.get(left) {
                None => problems.push(format!("{left} is missing")),
                Some(bytes) => {
                    let text = String::from_utf8_lossy(bytes);
                    let missing = self.says.iter().filter(|said| !text.contains(said.as_str()));
                    problems.extend(missing.map(|said| format!("{left} does not say `{said}`")));
                }
            }
        }
        problems
    }

    /// Runs it in an export of `parent` with what is edited, and takes up what it made.
    fn run(&self, cx: &Cx<'_>, place: &Place, parent: &str, outcome: &mut Outcome) -> Result<(), ActionError> {
        let workspace = &cx.world.workspace;
        let word = format!("{}-{}", place.slug.owner, place.slug.name);
        let tree = format!("trees/{word}");
        workspace.remove(&tree).map_err(workspace_failed)?;
        let directory = workspace.directory(&tree).map_err(workspace_failed)?;
        place.git.export(parent, &directory).map_err(export_failed)?;
        for (path, bytes) in &outcome.changed {
            workspace.write(format!("{tree}/{path}"), bytes).map_err(workspace_failed)?;
        }
        let log = workspace.path(format!("logs/{word}.log"));
        let run = BuildRun { command: &self.command, directory: &directory, environment: &BTreeMap::new(), log: &log };
        workspace.effects().around("run program", || run.run()).map_err(|error| run_failed(place, error))?;
        let before = place.files(parent, |_| true)?;
        let mut after = Vec::new();
        collect(&directory, &directory, &mut after)
            .map_err(|error| ActionError::service("the workspace", error, "run the step again"))?;
        let made: Tree = after.iter().map(|(path, file)| (path.clone(), file.bytes.clone())).collect();
        let problems = self.problems(&made);
        if !problems.is_empty() {
            return Err(refused(place, &format!("after `{}`: {}", self.command.join(" "), problems.join("; "))));
        }
        for (path, file) in after {
            match before.get(&path) {
                Some(there) if *there == file.bytes => {}
                Some(_) => drop(outcome.changed.insert(path, file.bytes)),
                None => drop(outcome.added.insert(path, file)),
            }
        }
        workspace.remove(&tree).map_err(workspace_failed)
    }
}

/// The files below `directory`, with their paths from `root`; what is no file is passed over.
fn collect(root: &Path, directory: &Path, files: &mut Vec<(String, NewFile)>) -> std::io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() && entry.file_name() != ".git" {
            collect(root, &path, files)?;
        } else if kind.is_file() {
            let executable = entry.metadata()?.permissions().mode() & 0o111 != 0;
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            files.push((name, NewFile { bytes: fs::read(&path)?, executable }));
        }
    }
    Ok(())
}

pub(super) fn text_file(texts: &str, name: &str) -> String {
    if texts.is_empty() { name.to_owned() } else { format!("{texts}/{name}") }
}

/// The prepared texts that `changes` take, by name.
fn prepared(cx: &Cx<'_>, texts: &str, changes: &[Change]) -> Result<BTreeMap<String, String>, ActionError> {
    let mut found = BTreeMap::new();
    for name in changes.iter().filter_map(Change::from) {
        if let Some(bytes) = cx.world.workspace.read(text_file(texts, name)).map_err(workspace_failed)? {
            found.insert(name.to_owned(), String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    Ok(found)
}

fn refused(place: &Place, what: &str) -> ActionError {
    ActionError::refused(
        format!("{} cannot be changed as planned: {what}", place.slug),
        "correct the product's configuration or the prepared text, or make the branch by hand; nothing was pushed",
    )
}

fn export_failed(error: ExportError) -> ActionError {
    match error {
        ExportError::Git(error) => git_failed(error),
        error => ActionError::service("the workspace", error, "see that the disk has room"),
    }
}

fn run_failed(place: &Place, error: BuildError) -> ActionError {
    let tail = match &error {
        BuildError::Failed { tail, .. } => tail.clone(),
        _ => String::new(),
    };
    ActionError::refused(format!("{} of {}", error, place.slug), tail)
}
