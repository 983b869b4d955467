// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards the bytes that were voted on are in the release repository: the
//! candidate's directory was moved there as it was at the voted revision.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Services;
use super::stage_candidate::demand_files;
use super::subversion::{demand, note, outputs, settle, svnmucc, told};
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal, Unknowns};
use crate::release::FileDigest;
use crate::services::{Change, Holding, Revision, SvnUrl};

/// Moves the candidate that was voted on into the release repository.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromoteCandidate {
    /// The candidate's directory in the dev repository.
    pub from: SvnUrl,
    /// The release's directory in the release repository.
    pub to: SvnUrl,
    /// The revision that was voted on.
    pub revision: Revision,
    /// The files that were voted on, bound to their bytes.
    pub files: Vec<FileDigest>,
    /// The log message.
    pub message: String,
}

/// What promoting leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promoted {
    /// The release's directory.
    pub url: SvnUrl,
    /// The last revision that changed it.
    pub revision: Revision,
}

impl Action<Services> for PromoteCandidate {
    fn summary(&self) -> String {
        format!("Moves {}, as it was at {}, to {}", self.from, self.revision, self.to)
    }

    fn commands(&self, _world: &Services) -> Vec<String> {
        vec![svnmucc(&self.message, Some(self.revision.0.to_string()), &[self.change()])]
    }

    fn foreseen(&self, _cx: &Context<'_, Services>, unknown: &mut Unknowns) -> Map<String, Value> {
        let revision = unknown.number("revision");
        Map::from_iter([("url".to_owned(), json!(self.to)), ("revision".to_owned(), json!(revision))])
    }

    fn problems(&self, cx: &Context<'_, Services>) -> Result<Vec<Problem>, ActionError> {
        let files = demand_files(&self.files)?;
        let hint = "what was voted on is not what was recorded: cancel the candidate and vote on a new one";
        let at = format!("{} at {}", self.from, self.revision);
        Ok(match cx.world.svn.holding(&self.from, Some(self.revision), files)? {
            Holding::Exact { .. } => Vec::new(),
            Holding::Missing => vec![Problem::new(format!("there is no {at}"), hint)],
            Holding::Differs(all) => vec![Problem::new(format!("in {at}: {}", told(&all)), hint)],
        })
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let files = demand_files(&self.files)?;
        match cx.world.svn.holding(&self.to, None, files)? {
            Holding::Missing => self.probe_candidate(cx),
            Holding::Exact { revision } => outputs(&Promoted { url: self.to.clone(), revision }).map(Probed::Done),
            Holding::Differs(differences) => Ok(Probed::Conflict {
                found: format!("{} with other content: {}", self.to, told(&differences)),
                expected: format!("nothing there, or exactly the {} files that were voted on", files.len()),
            }),
        }
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        demand(self.problems(cx)?)?;
        let committed = cx.world.svn.commit(&[self.change()], Some(self.revision), note(&self.message, cx.intent));
        settle(committed, self.probe(cx))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Irreversible("what is in the release repository is mirrored and archived at once".to_owned())
    }
}

impl PromoteCandidate {
    fn change(&self) -> Change {
        Change::Move { from: self.from.clone(), to: self.to.clone() }
    }

    /// Whether the candidate still is as it was when it was voted on.
    fn probe_candidate(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let expected = format!("{} as it was at {}, the revision that was voted on", self.from, self.revision);
        let found = match cx.world.svn.info(&self.from, None)? {
            Some(info) if info.last_changed <= self.revision => return Ok(Probed::Absent),
            Some(info) => format!("{} was changed by {}", self.from, info.last_changed),
            None => format!("there is neither {} nor {}", self.from, self.to),
        };
        Ok(Probed::Conflict { found, expected })
    }
}
