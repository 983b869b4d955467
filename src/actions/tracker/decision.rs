// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a person decides of an open issue, and decisions as the journal has them.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What becomes of an open issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// It is done: it is resolved as fixed.
    Resolve,
    /// It can wait: it goes to the next version.
    Move,
    /// It stays open under this version.
    Keep,
}

/// A decision that is none.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no decision on an issue; expected resolve, move or keep")]
pub struct NoDecision(String);

impl FromStr for Decision {
    type Err = NoDecision;

    fn from_str(text: &str) -> Result<Self, NoDecision> {
        match text {
            "resolve" => Ok(Self::Resolve),
            "move" => Ok(Self::Move),
            "keep" => Ok(Self::Keep),
            other => Err(NoDecision(other.to_owned())),
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resolve => "resolve",
            Self::Move => "move",
            Self::Keep => "keep",
        })
    }
}

/// A recorded decision on one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuledOn {
    /// What it is about: an issue's key, a finding.
    pub about: String,
    /// What was decided.
    pub ruling: String,
    /// Why.
    pub why: String,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who had it recorded.
    pub who: String,
}

/// What was decided of `about`.
pub(super) fn ruled<'a>(rulings: &'a [RuledOn], about: &str) -> Option<&'a RuledOn> {
    rulings.iter().find(|ruled| ruled.about == about)
}
