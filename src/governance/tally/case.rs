// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a tally is made of.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::governance::{Action, Roster, Statement, VoteValue};

/// What a tally is made of.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// What is voted on, with its rule.
    pub action: &'a Action,
    /// Who has a binding vote.
    pub roster: &'a Roster,
    /// What the mails of the thread say, in any order.
    pub statements: &'a [Statement],
    /// What a person ruled on single mails, one ruling a mail.
    pub rulings: &'a [Ruling],
    /// The mails that asked silent holders for their vote.
    pub reminders: &'a [Reminder],
    /// The person concerned, by id, address or name.
    pub subject: Option<&'a str>,
    /// As of when the vote is tallied.
    pub now: Timestamp,
    /// What the clock says; later than `now` where an earlier state is asked for.
    pub clock: Timestamp,
}

/// What a person ruled on a mail, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ruling {
    /// Which mail; without angle brackets.
    pub message_id: String,
    /// What it is.
    pub verdict: Verdict,
    /// Why.
    pub why: String,
}

/// What a mail is, as a person ruled: `+1`, `-0`, `+1 as ann`, `none`, `cancel`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Verdict {
    /// A vote.
    Counts {
        /// What it says.
        value: VoteValue,
        /// Whose it is, by their id on the roster; else of whom the address is.
        voter: Option<String>,
    },
    /// No vote, and no calling off.
    Nothing,
    /// It calls the vote off.
    Cancels,
}

/// A mail in the thread that asked people for their vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reminder {
    /// Which mail; without angle brackets.
    pub message_id: String,
    /// Whom it asked, by their ids on the roster.
    pub voters: Vec<String>,
}

/// A verdict that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no ruling; rulings are +1, +0, 0, -0, -1, each also with ` as ID`, none and cancel")]
pub struct NoVerdict(String);

impl FromStr for Verdict {
    type Err = NoVerdict;

    fn from_str(text: &str) -> Result<Self, NoVerdict> {
        let text = text.trim();
        let (value, voter) = match text.split_once(" as ") {
            Some((value, id)) if !id.trim().is_empty() => (value.trim(), Some(id.trim().to_owned())),
            _ => (text, None),
        };
        match (VoteValue::parse(value), value, voter) {
            (Some(value), _, voter) => Ok(Self::Counts { value, voter }),
            (None, "none", None) => Ok(Self::Nothing),
            (None, "cancel", None) => Ok(Self::Cancels),
            _ => Err(NoVerdict(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Verdict {
    type Error = NoVerdict;

    fn try_from(text: String) -> Result<Self, NoVerdict> {
        text.parse()
    }
}

impl From<Verdict> for String {
    fn from(verdict: Verdict) -> Self {
        verdict.to_string()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Counts { value, voter: None } => f.write_str(value.sign()),
            Self::Counts { value, voter: Some(id) } => write!(f, "{} as {id}", value.sign()),
            Self::Nothing => f.write_str("none"),
            Self::Cancels => f.write_str("cancel"),
        }
    }
}
