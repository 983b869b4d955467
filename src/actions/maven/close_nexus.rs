// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards the staging repository is closed: its rules are passed, it takes no files any
//! more, and a digest over all that it holds is in the record.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::inventory::{Copy, Inventory};
use super::{Cx, nexus, outputs};
use crate::actions::failures::{settle_web, web_failed, workspace_failed};
use crate::actions::{Services, shell};
use crate::engine::{Action, ActionError, Probed, Reversal, Unknowns};
use crate::release::Sha512;
use crate::services::{Nexus, StagingRepository, StagingState, Transition};

/// Closes the candidate's staging repository.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseNexus {
    /// The staging repository's id.
    repository: String,
    /// What it is described as: "NAME, version V, release candidate N".
    description: String,
    /// The candidate's directory in the workspace.
    directory: String,
}

/// What was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    /// The staging repository's id.
    pub repository: String,
    /// Where voters find its files.
    pub url: String,
    /// How many files it holds.
    pub files: usize,
    /// How many bytes they have.
    pub bytes: u64,
    /// The SHA-512 of the list of them.
    pub sha512: Sha512,
}

impl Action<Services> for CloseNexus {
    fn summary(&self) -> String {
        format!("Closes the staging repository {}, \"{}\", and waits for its rules", self.repository, self.description)
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        bulk(world, "close", &[&self.repository], &self.description)
    }

    fn foreseen(&self, cx: &Cx<'_>, unknown: &mut Unknowns) -> Map<String, Value> {
        let url = cx.world.nexus.as_ref().map(|nexus| nexus.content(&self.repository));
        let sha512 = unknown.digest("the staged Maven files");
        Map::from_iter([
            ("repository".to_owned(), json!(self.repository)),
            ("url".to_owned(), json!(url)),
            ("sha512".to_owned(), json!(sha512)),
        ])
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let nexus = nexus(cx)?;
        let Some(repository) = nexus.settled(&self.repository).map_err(web_failed)? else {
            return Ok(self.gone());
        };
        match repository.state {
            _ if repository.transitioning => Ok(under_way(cx, &repository)),
            StagingState::Open => Ok(Probed::Absent),
            StagingState::Closed => self.closed(cx, nexus).map(Probed::Done),
            state => Ok(Probed::Conflict {
                found: format!("{} is {}", self.repository, state.word()),
                expected: "a staging repository that is open, or closed".to_owned(),
            }),
        }
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        let nexus = nexus(cx)?;
        let faults_before = faults(nexus, &self.repository)?.len();
        let written = nexus.begin(Transition::Close, &[&self.repository], &self.description);
        settle_web(written, || match self.probe(cx)? {
            Probed::Absent => match faults(nexus, &self.repository)? {
                closes if closes.len() > faults_before => Err(self.rules_failed(closes.last())),
                _ => Ok(Probed::Absent),
            },
            probed => Ok(probed),
        })
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Irreversible("a closed staging repository is not opened again; it can be dropped".to_owned())
    }
}

impl CloseNexus {
    fn gone(&self) -> Probed {
        Probed::Conflict {
            found: format!("there is no staging repository {} any more", self.repository),
            expected: "the one that was deployed to; was it dropped? Then stage the artifacts again".to_owned(),
        }
    }

    /// What is closed, with the list of its files in the workspace, for a person.
    fn closed(&self, cx: &Cx<'_>, nexus: &Nexus) -> Result<Value, ActionError> {
        let url = nexus.content(&self.repository);
        let Some(copy) = Copy::fetch(&url)? else {
            return Err(ActionError::refused(
                format!("{} is closed, and {url} shows nothing in it", self.repository),
                "open it in a browser; an empty staging repository is dropped",
            ));
        };
        let (list, Inventory { files, bytes, sha512 }) = copy.inventory()?;
        let file = list_file(&self.directory);
        let known = cx.world.workspace.read(&file).map_err(workspace_failed)?;
        if known.as_deref() != Some(list.as_bytes()) {
            cx.world.workspace.write(&file, list.as_bytes()).map_err(workspace_failed)?;
        }
        outputs(&Closed { repository: self.repository.clone(), url, files, bytes, sha512 })
    }

    fn rules_failed(&self, faults: Option<&Vec<String>>) -> ActionError {
        let faults: Vec<String> = faults.into_iter().flatten().map(|fault| format!("\n- {fault}")).collect();
        ActionError::refused(
            format!("Nexus does not close {}, since its rules fail:{}", self.repository, faults.concat()),
            "a signature that is not found: send your key to the key servers, and run it again; anything else: \
             `quorate undo deploy-maven` drops the repository, then mend what is named and deploy again",
        )
    }
}

/// The list of the files that were closed, in the workspace.
pub(super) fn list_file(directory: &str) -> String {
    format!("{directory}/maven.sha512")
}

/// What the rules found wrong, at each time that it was tried to close.
fn faults(nexus: &Nexus, id: &str) -> Result<Vec<Vec<String>>, ActionError> {
    let activities = nexus.activity(id).map_err(web_failed)?;
    Ok(activities.iter().filter(|activity| activity.name == "close").map(|activity| activity.faults()).collect())
}

/// A transition that takes longer than one waits for it.
pub(super) fn under_way(cx: &Cx<'_>, repository: &StagingRepository) -> Probed {
    Probed::Waiting {
        until: Some(cx.now + std::time::Duration::from_secs(60)),
        why: format!("Nexus has not finished with {}", repository.repository_id),
    }
}

/// What a person would type for a transition of staging repositories.
pub(super) fn bulk(world: &Services, what: &str, ids: &[&str], description: &str) -> Vec<String> {
    let Some(nexus) = &world.nexus else { return Vec::new() };
    let data = json!({"data": {
        "stagedRepositoryIds": ids, "description": description, "autoDropAfterRelease": false,
    }});
    let url = format!("{}/service/local/staging/bulk/{what}", nexus.address());
    let json = ["--header", "Content-Type: application/json", "--data"];
    let mut words = vec!["curl", "--fail", "--user"];
    words.push("TOKEN_NAME");
    words.extend(json);
    let data = data.to_string();
    words.extend([data.as_str(), url.as_str()]);
    vec![shell::command(&words)]
}
