// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Waits until a vote has been open long enough, as `wait` does, and reads it meanwhile: whoever
//! asks sees how it stands. What cannot be read holds nothing up here; the vote is recorded by
//! `record-vote`, which reads it for itself.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::voting::{KeptTally, RulingGiven, VoteQuestion, read_and_keep};
use super::{Services, Wait};
use crate::config::Vote;
use crate::engine::{Action, ActionError, Context, Probed, Reversal};
use crate::governance::Tally;

/// A vote to wait for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwaitVotes {
    /// The date of the mail that called the vote.
    pub since: Timestamp,
    /// For how many hours it is open at least.
    pub hours: u32,
    /// What is waited for: "votes on Greeter 1.2.0".
    pub what: String,
    /// What the calendar shows at the end: "The vote ends"; else what is waited for.
    #[serde(default)]
    pub title: Option<String>,
    /// The file in the workspace to write a calendar entry to.
    #[serde(default)]
    pub calendar: Option<String>,
    /// The Message-ID of the mail that called the vote.
    pub thread: String,
    /// The list that it is held on.
    pub list: String,
    /// The rules and the roster; without them the vote is only waited for.
    #[serde(default)]
    pub vote: Option<Vote>,
    /// What was ruled on single mails.
    #[serde(default)]
    pub rulings: Vec<RulingGiven>,
    /// Where the tally is kept, in the workspace.
    pub kept: String,
}

type Cx<'a> = Context<'a, Services>;

impl Action<Services> for AwaitVotes {
    fn summary(&self) -> String {
        self.wait().summary()
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let mut commands = self.wait().commands(world);
        if self.vote.is_some() && world.archive.is_some() {
            commands.push("quorate vote tally".to_owned());
        }
        commands
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        match self.wait().probe(cx)? {
            Probed::Waiting { until, why } => {
                let so_far = self.look(cx).map_or_else(String::new, |so_far| format!("; {so_far}"));
                Ok(Probed::Waiting { until, why: format!("{why}{so_far}") })
            }
            other => Ok(other),
        }
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        self.wait().act(cx)
    }

    fn reversal(&self, outputs: &Value) -> Reversal {
        self.wait().reversal(outputs)
    }
}

impl AwaitVotes {
    fn wait(&self) -> Wait {
        let Self { since, hours, what, title, calendar, .. } = self;
        Wait { since: *since, hours: *hours, what: what.clone(), title: title.clone(), calendar: calendar.clone() }
    }

    /// How the vote stands, in words; nothing where a person counts.
    fn look(&self, cx: &Cx<'_>) -> Option<String> {
        let rules = self.vote.as_ref().filter(|_| cx.world.archive.is_some())?;
        let question = VoteQuestion { rules, message_id: &self.thread, list: &self.list, rulings: &self.rulings };
        Some(match read_and_keep(cx.world, &question, Some(&self.kept), cx.now) {
            Ok(Some(read)) => so_far(&read.tally),
            Ok(None) => "the archive does not show the vote's mail yet".to_owned(),
            Err(error) => format!("how it stands could not be read: {}", super::failures::with_causes(&error)),
        })
    }
}

fn so_far(tally: &Tally) -> String {
    format!("so far {}", KeptTally::in_short(tally))
}
