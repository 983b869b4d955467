// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The spaces of a store: each its own order of keys, all written by one batch.

/// One order of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    /// The format's version, counters.
    Meta,
    /// Messages that wait for their function.
    Mailbox,
    /// The values of addresses.
    State,
    /// Messages to be sent later, by time.
    Timers,
    /// By what those can be cancelled.
    Tokens,
    /// What state each function type has registered.
    Specs,
    /// Records that left the application.
    Egress,
    /// How far each topic of an egress was written and read.
    Cursors,
    /// Messages that their function could not take.
    DeadLetters,
    /// How far each ingress was read.
    Positions,
}

impl Space {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 10] = [
        Self::Meta,
        Self::Mailbox,
        Self::State,
        Self::Timers,
        Self::Tokens,
        Self::Specs,
        Self::Egress,
        Self::Cursors,
        Self::DeadLetters,
        Self::Positions,
    ];

    /// Its name on the disk.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Mailbox => "mailbox",
            Self::State => "state",
            Self::Timers => "timers",
            Self::Tokens => "tokens",
            Self::Specs => "specs",
            Self::Egress => "egress",
            Self::Cursors => "cursors",
            Self::DeadLetters => "dead-letters",
            Self::Positions => "positions",
        }
    }
}
