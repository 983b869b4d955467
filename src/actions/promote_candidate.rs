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
        let svn = &cx.world.svn;
        // Between two looks nothing may have changed: the server holds the commit against that.
        let (changes, base) = match svn.holding(&self.from, None, &self.files)? {
            Holding::Exact { revision } if revision > self.revision => (self.restored(), revision),
            _ => (vec![self.change()], self.revision),
        };
        let committed = svn.commit(&changes, Some(base), note(&self.message, cx.intent));
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

    /// The candidate as it was at the voted revision, where somebody has changed the directory
    /// since and put it back.
    fn restored(&self) -> Vec<Change> {
        let copy = Change::Copy { at: self.revision, from: self.from.clone(), to: self.to.clone() };
        vec![copy, Change::Remove(self.from.clone())]
    }

    /// Whether the candidate still is as it was when it was voted on.
    fn probe_candidate(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let (from, at) = (&self.from, self.revision);
        let found = match cx.world.svn.info(from, None)? {
            Some(info) if info.last_changed <= at => return Ok(Probed::Absent),
            Some(info) => match cx.world.svn.holding(from, None, demand_files(&self.files)?)? {
                Holding::Exact { .. } => return Ok(Probed::Absent),
                Holding::Missing => format!("there is no {from} any more"),
                Holding::Differs(all) => format!("{from} was changed by {}: {}", info.last_changed, told(&all)),
            },
            None => format!("there is neither {from} nor {}", self.to),
        };
        let expected = format!(
            "{from} as it was at {at}, the revision that was voted on: have whoever changed it put the files back \
             (`svn cat FILE@{}` has them), or cancel the candidate by `quorate cancel-candidate`",
            at.0
        );
        Ok(Probed::Conflict { found, expected })
    }
}
