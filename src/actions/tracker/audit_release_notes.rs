// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards the release notes that the tracker's titles make are in the workspace, as
//! text, Markdown and HTML, and nothing in them is left that a person did not look at.
//!
//! A finding goes away when the issue is mended in the tracker, or stays by a decision
//! that is recorded.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::decision::ruled;
use super::{RuledOn, issues_of, tracker};
use crate::actions::Services;
use crate::actions::failures::workspace_failed;
use crate::engine::{Action, ActionError, Context, Probed, Reversal};
use crate::release::{NoteEntry, NoteFinding, Notes, NotesFormat, Sha512, audit};
use crate::services::{Jira, Jql, Open};

/// Whose notes, and what was accepted in them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotesQuestion {
    /// The project's key.
    pub project: String,
    /// The version.
    pub version: String,
    /// Issues that stay open by the triage's decision.
    #[serde(default)]
    pub kept: Vec<String>,
    /// What was accepted.
    #[serde(default)]
    pub rulings: Vec<RuledOn>,
}

/// Notes to be audited and written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditReleaseNotes {
    /// Whose, and what was accepted.
    #[serde(rename = "notes")]
    pub question: NotesQuestion,
    /// What is released, for the heading: "Apache Greeter 1.2.0".
    pub title: String,
    /// The directory in the workspace that the notes are written to.
    pub directory: String,
}

/// The notes as they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotesRead {
    /// What they say.
    pub entries: Vec<NoteEntry>,
    /// What nobody accepted.
    pub open: Vec<NoteFinding>,
    /// What was accepted, with the reason.
    pub accepted: Vec<(NoteFinding, String)>,
}

/// Notes that were audited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotesAudited {
    /// How many lines they have.
    pub issues: usize,
    /// What was accepted, and why.
    pub accepted: Vec<String>,
    /// The files in the workspace.
    pub files: Vec<String>,
    /// The digest of the notes as text.
    pub sha512: Sha512,
}

type Cx<'a> = Context<'a, Services>;

impl NotesQuestion {
    /// The notes as the tracker has them now.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub fn read(&self, jira: &Jira) -> Result<NotesRead, ActionError> {
        let issues = issues_of(jira, &self.project, &self.version, Open::AndResolved)?;
        let stays = |key: &String| self.kept.contains(key);
        let entries: Vec<NoteEntry> = issues
            .into_iter()
            .filter(|issue| issue.resolution.is_some() || !stays(&issue.key))
            .map(|issue| NoteEntry {
                key: issue.key,
                kind: issue.kind,
                title: issue.summary,
                resolution: issue.resolution,
            })
            .collect();
        let (mut open, mut accepted) = (Vec::new(), Vec::new());
        for finding in audit(&entries) {
            match ruled(&self.rulings, &finding.id()) {
                Some(given) => accepted.push((finding, given.why.clone())),
                None => open.push(finding),
            }
        }
        Ok(NotesRead { entries, open, accepted })
    }
}

impl Action<Services> for AuditReleaseNotes {
    fn summary(&self) -> String {
        format!(
            "Reads the titles of {}'s issues as a user would, shows what nobody would understand, and writes the notes into {}",
            self.question.version, self.directory
        )
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let Some(jira) = &world.jira else { return Vec::new() };
        let NotesQuestion { project, version, .. } = &self.question;
        vec![format!("xdg-open '{}'", jira.page(&Jql::of_version(project, version, Open::AndResolved)))]
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let jira = tracker(cx.world)?;
        let read = self.question.read(jira)?;
        if !read.open.is_empty() {
            let list: Vec<String> = read
                .open
                .iter()
                .map(|finding| format!("{}: {} (“{}”)", finding.key, finding.says, finding.title))
                .collect();
            return Ok(Probed::Waiting {
                until: None,
                why: format!(
                    "{} to be mended in the tracker, or accepted: {}\nquorate notes",
                    if list.len() == 1 {
                        "1 finding in the notes is".to_owned()
                    } else {
                        format!("{} findings in the notes are", list.len())
                    },
                    list.join("; ")
                ),
            });
        }
        for (file, text) in self.files(jira, &read) {
            if cx.world.workspace.read(&file).map_err(workspace_failed)?.as_deref() != Some(text.as_bytes()) {
                return Ok(Probed::Absent);
            }
        }
        Ok(Probed::Done(self.output(jira, &read)))
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        let jira = tracker(cx.world)?;
        let read = self.question.read(jira)?;
        for (file, text) in self.files(jira, &read) {
            cx.world.workspace.write(&file, text.as_bytes()).map_err(workspace_failed)?;
        }
        Ok(self.output(jira, &read))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Undo(format!("Removes the notes from {} and takes the audit up again", self.directory))
    }

    fn undo(&self, cx: &Cx<'_>, _outputs: &Value) -> Result<(), ActionError> {
        NotesFormat::ALL
            .into_iter()
            .try_for_each(|format| cx.world.workspace.remove(self.file(format)))
            .map_err(workspace_failed)
    }
}

impl AuditReleaseNotes {
    fn file(&self, format: NotesFormat) -> String {
        format!("{}/release-notes.{}", self.directory, format.extension())
    }

    /// Each file with what it is to hold.
    fn files(&self, jira: &Jira, read: &NotesRead) -> Vec<(String, String)> {
        let browse = format!("{}/browse/", jira.base());
        let notes = Notes { title: &self.title, browse: &browse, entries: &read.entries };
        NotesFormat::ALL.into_iter().map(|format| (self.file(format), notes.render(format))).collect()
    }

    fn output(&self, jira: &Jira, read: &NotesRead) -> Value {
        let files = self.files(jira, read);
        let accepted = read.accepted.iter().map(|(finding, why)| format!("{} ({}): {why}", finding.key, finding.says));
        json!(NotesAudited {
            issues: read.entries.iter().filter(|entry| entry.came_to_be()).count(),
            accepted: accepted.collect(),
            sha512: Sha512::of(files.first().map_or("", |(_, text)| text).as_bytes()),
            files: files.into_iter().map(|(file, _)| file).collect(),
        })
    }
}
