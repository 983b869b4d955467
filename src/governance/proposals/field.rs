// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the head of a proposal's page holds.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A line of the head of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// Its number; none where it has none yet.
    Number,
    /// Its title as the page has it: `FLIP-42: Stop jobs gracefully`.
    Title,
    /// Its state, by the scheme's id.
    State,
    /// Who proposes.
    Author,
    /// The day on which the page was made.
    Created,
    /// The day on which the page was last changed.
    Modified,
    /// The day of the last mail in its threads.
    LastMail,
    /// The thread that discusses it.
    Discussion,
    /// The thread of its vote.
    Vote,
    /// The vote's tally: a file in the registry, or the mail with the result.
    Result,
    /// Its issue in the tracker.
    Jira,
    /// The versions that it came or comes with.
    Release,
    /// The part of the product that it is about.
    Component,
    /// The id of its page in the other home.
    Page,
    /// Where its text is, when it is not here.
    Text,
    /// The number of the proposal that stands in its place.
    SupersededBy,
    /// Why it was withdrawn or is as it is, in a sentence.
    Why,
}

impl Field {
    /// All, in the order in which a new page has them.
    pub const ALL: [Self; 17] = [
        Self::Number,
        Self::Title,
        Self::State,
        Self::Author,
        Self::Created,
        Self::Modified,
        Self::LastMail,
        Self::Discussion,
        Self::Vote,
        Self::Result,
        Self::Jira,
        Self::Release,
        Self::Component,
        Self::Page,
        Self::Text,
        Self::SupersededBy,
        Self::Why,
    ];

    /// As the head has it: `superseded-by`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Title => "title",
            Self::State => "state",
            Self::Author => "author",
            Self::Created => "created",
            Self::Modified => "modified",
            Self::LastMail => "last-mail",
            Self::Discussion => "discussion",
            Self::Vote => "vote",
            Self::Result => "result",
            Self::Jira => "jira",
            Self::Release => "release",
            Self::Component => "component",
            Self::Page => "page",
            Self::Text => "text",
            Self::SupersededBy => "superseded-by",
            Self::Why => "why",
        }
    }

    /// The field of a key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.key() == key)
    }

    /// Whether it is a number or a day, which YAML needs no quotes for.
    pub(super) fn is_plain(self) -> bool {
        matches!(self, Self::Number | Self::Created | Self::Modified | Self::LastMail | Self::SupersededBy)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}
