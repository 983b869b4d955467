// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The votes of a rehearsal, as they were recorded: the numbers, what a person had to rule on, and
//! what came too late to count.

use jiff::Timestamp;
use serde::Serialize;

use super::stage::Stage;
use crate::actions::voting::{RulingUsed, VoteRecord, VoteSource};
use crate::commands::vote::current;
use crate::engine::{Clock, Entry, Event, State};
use crate::governance::{LeftOut, Totals, VoteOutcome};

/// The vote on a candidate.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct VoteReport {
    candidate: u32,
    source: VoteSource,
    outcome: VoteOutcome,
    binding: Totals,
    non_binding: Totals,
    /// Each counted vote: who, what, and whether it binds.
    votes: Vec<VoteLine>,
    /// What a person ruled.
    rulings: Vec<RulingUsed>,
    /// What is not counted; of the last candidate also what came since.
    left_out: Vec<LeftOut>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct VoteLine {
    voter: String,
    value: &'static str,
    binding: bool,
    message_id: String,
    line: String,
    why: String,
    notes: Vec<String>,
    /// What they had voted before, in its order.
    earlier: Vec<&'static str>,
}

/// The recorded votes, by candidate; `late` is what the last one's thread leaves out by now.
pub fn votes(stage: &Stage, entries: &[Entry], state: &State) -> Vec<VoteReport> {
    let mut reports = recorded(entries);
    if let Some(last) = reports.last_mut().filter(|last| last.candidate == state.candidate.number)
        && let Some(late) = left_out_by_now(stage, state)
    {
        last.left_out = late;
    }
    reports
}

/// The recorded votes, as the journal has them.
pub fn recorded(entries: &[Entry]) -> Vec<VoteReport> {
    entries.iter().filter_map(report).collect()
}

/// What the thread leaves out now: votes may have come since it was counted. Nothing where it
/// cannot be read any more.
fn left_out_by_now(stage: &Stage, state: &State) -> Option<Vec<LeftOut>> {
    let mut vote = current::vote(&stage.session, state).ok()?;
    vote.kept = None;
    let now: Timestamp = stage.clock.now();
    Some(vote.read(&stage.session.services, now).ok()??.tally.left_out)
}

fn report(entry: &Entry) -> Option<VoteReport> {
    let Event::StepDone { outputs, .. } = &entry.event else { return None };
    let record: VoteRecord = match entry.step.as_deref() {
        Some(current::RECORDS) => serde_json::from_value(outputs.clone()).ok()?,
        _ => return None,
    };
    let line = |vote: crate::governance::CountedVote| VoteLine {
        voter: vote.voter,
        value: vote.value.sign(),
        binding: vote.binding,
        message_id: vote.message_id,
        line: vote.line,
        why: vote.why,
        notes: vote.notes,
        earlier: vote.earlier.iter().map(|vote| vote.value.sign()).collect(),
    };
    Some(VoteReport {
        candidate: entry.candidate,
        source: record.source,
        outcome: record.outcome,
        binding: record.totals.binding,
        non_binding: record.totals.non_binding,
        votes: record.votes.into_iter().map(line).collect(),
        rulings: record.rulings,
        left_out: record.left_out,
    })
}

impl VoteReport {
    /// The vote in lines: what it came to, then each ruling and each vote that is not counted.
    pub fn lines(&self) -> Vec<String> {
        self.lines_of(&format!("candidate {}", self.candidate))
    }

    /// The same, of what is called `name`.
    pub fn lines_of(&self, name: &str) -> Vec<String> {
        let count = |totals: Totals| format!("{} +1, {} 0, {} -1", totals.plus, totals.zero, totals.minus);
        let outcome = match self.outcome {
            VoteOutcome::Passed => "passed",
            VoteOutcome::Failed => "did not pass",
            VoteOutcome::Cancelled => "was called off",
            VoteOutcome::Open | VoteOutcome::NeedsReview => "cannot be said",
        };
        let how = match self.source {
            VoteSource::Tally => "from the mails",
            VoteSource::Entered => "counted by a person",
        };
        let mut lines = vec![format!(
            "{name} {outcome}, {how}: binding {}; others {}",
            count(self.binding),
            count(self.non_binding)
        )];
        let rulings = self.rulings.iter();
        lines.extend(rulings.map(|one| format!("ruled: {} is {}: {}", short(&one.about), one.ruling, one.why)));
        let left_out = self.left_out.iter().filter(|one| !one.line.is_empty());
        lines.extend(left_out.map(|one| {
            let line = one.line.lines().next().unwrap_or_default();
            format!("not counted: “{line}” of {}: {}", one.from, one.why)
        }));
        for vote in self.votes.iter().filter(|vote| !vote.notes.is_empty()) {
            lines.push(format!("counted: {} of {}: {}", vote.value, vote.voter, vote.notes.join("; ")));
        }
        lines
    }
}

impl VoteReport {
    /// Whose vote was another one before, in lines.
    pub fn changed(&self) -> Vec<String> {
        let changed = self.votes.iter().filter(|vote| !vote.earlier.is_empty());
        changed
            .map(|vote| format!("{} of {}, who had voted {}", vote.value, vote.voter, vote.earlier.join(", then ")))
            .collect()
    }
}

/// A Message-ID without what all of a thread have in common.
fn short(message_id: &str) -> &str {
    message_id.split_once('.').map_or(message_id, |(key, _)| key)
}
