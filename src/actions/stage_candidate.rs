// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards the candidate's files, and nothing else, are in a directory of
//! their own in the dev repository, put there by one commit.

use std::fs::File;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Services;
use super::subversion::{demand, note, outputs, recorded, revision_of_directory, settle, svnmucc, told};
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal, Unknowns};
use crate::release::{FileDigest, Sha512};
use crate::services::{Change, Holding, Revision, SvnUrl};

/// Puts the candidate's files into the dev repository.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageCandidate {
    /// The product's directory in the dev repository.
    pub url: SvnUrl,
    /// The name of the candidate's directory in it.
    pub directory: String,
    /// Where the files are, relative to the workspace.
    pub source: PathBuf,
    /// All of them, bound to their bytes.
    pub files: Vec<FileDigest>,
    /// The log message.
    pub message: String,
}

/// What staging leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staged {
    /// The candidate's directory.
    pub url: SvnUrl,
    /// The last revision that changed it: what is voted on.
    pub revision: Revision,
    /// What it holds.
    pub files: Vec<FileDigest>,
}

impl Action<Services> for StageCandidate {
    fn summary(&self) -> String {
        format!("Puts {} files into {}/{}, in one commit", self.files.len(), self.url, self.directory)
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let source = world.workspace.path(&self.source);
        self.changes(&source).map(|changes| vec![svnmucc(&self.message, None, &changes)]).unwrap_or_default()
    }

    fn foreseen(&self, _cx: &Context<'_, Services>, unknown: &mut Unknowns) -> Map<String, Value> {
        let revision = unknown.number("revision");
        let mut foreseen =
            Map::from_iter([("revision".to_owned(), json!(revision)), ("files".to_owned(), json!(self.files))]);
        foreseen.extend(self.url.join(&self.directory).ok().map(|url| ("url".to_owned(), json!(url))));
        foreseen
    }

    fn problems(&self, cx: &Context<'_, Services>) -> Result<Vec<Problem>, ActionError> {
        let files = demand_files(&self.files)?;
        revision_of_directory(&cx.world.svn, &self.url)?;
        let directory = cx.world.workspace.path(&self.source);
        let differs = files.iter().filter_map(|file| difference(&directory, file));
        Ok(differs.map(|what| Problem::new(what, "build, hash and sign the artifacts again")).collect())
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let files = demand_files(&self.files)?;
        let url = self.url.join(&self.directory)?;
        match cx.world.svn.holding(&url, None, files)? {
            Holding::Missing => Ok(Probed::Absent),
            Holding::Exact { revision } => {
                outputs(&Staged { url, revision, files: self.files.clone() }).map(Probed::Done)
            }
            Holding::Differs(differences) => Ok(Probed::Conflict {
                found: format!("{url} with other content: {}", told(&differences)),
                expected: format!("nothing there, or exactly the {} files of this candidate", files.len()),
            }),
        }
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        demand(self.problems(cx)?)?;
        let changes = self.changes(&cx.world.workspace.path(&self.source))?;
        let committed = cx.world.svn.commit(&changes, None, note(&self.message, cx.intent));
        settle(committed, self.probe(cx))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Undo(format!("Removes {}/{}, if nobody has changed it since", self.url, self.directory))
    }

    fn undo(&self, cx: &Context<'_, Services>, outputs: &Value) -> Result<(), ActionError> {
        let staged: Staged = recorded(outputs)?;
        if cx.world.svn.info(&staged.url, None)?.is_none() {
            return Ok(());
        }
        let message = format!("Remove {}: its staging is taken back", self.directory);
        let removal = Change::Remove(staged.url);
        cx.world.svn.commit(&[removal], Some(staged.revision), note(&message, cx.intent))?;
        Ok(())
    }
}

impl StageCandidate {
    fn changes(&self, source: &Path) -> Result<Vec<Change>, ActionError> {
        let directory = self.url.join(&self.directory)?;
        let mut changes = vec![Change::MakeDirectory(directory.clone())];
        for file in &self.files {
            changes.push(Change::Put { file: source.join(&file.name), to: directory.join(&file.name)? });
        }
        Ok(changes)
    }
}

/// The files, which a candidate must have: an empty list would be held by any
/// empty directory.
pub(crate) fn demand_files(files: &[FileDigest]) -> Result<&[FileDigest], ActionError> {
    if files.is_empty() {
        let hint = "have the step take the files of the step that signed them";
        return Err(ActionError::misconfigured("the list of the candidate's files is empty", hint));
    }
    Ok(files)
}

/// How the file in `directory` differs from `expected`.
fn difference(directory: &Path, expected: &FileDigest) -> Option<String> {
    let path = directory.join(&expected.name);
    match File::open(&path).and_then(Sha512::of_reader) {
        Err(error) => Some(format!("{} cannot be read: {error}", path.display())),
        Ok((sha512, _)) if sha512 != expected.sha512 => {
            Some(format!("{} has SHA-512 {sha512}, not the recorded {}", path.display(), expected.sha512))
        }
        Ok(_) => None,
    }
}
