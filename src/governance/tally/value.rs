// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The values of votes as signs.

use crate::governance::VoteValue;

impl VoteValue {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Plus, Self::PlusZero, Self::Zero, Self::MinusZero, Self::Minus];

    /// As it is written: `+1`.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Plus => "+1",
            Self::PlusZero => "+0",
            Self::Zero => "0",
            Self::MinusZero => "-0",
            Self::Minus => "-1",
        }
    }

    /// The value that is written so.
    pub fn parse(sign: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.sign() == sign)
    }

    /// How much it is for it: for the rules, all neutral votes are the same as none.
    pub(super) fn weight(self) -> i8 {
        match self {
            Self::Plus => 1,
            Self::PlusZero | Self::Zero | Self::MinusZero => 0,
            Self::Minus => -1,
        }
    }
}
