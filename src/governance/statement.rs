// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! One mail of a vote's thread, as it was read: plain values between the reader of
//! mails (`crate::mail::reading`, `governance::reading`) and the tally, which is pure.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One mail of a vote's thread, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Whose and when.
    pub head: Head,
    /// What part the mail has in the thread.
    pub role: Role,
    /// What it casts, if anything. A mail that opens a vote may cast one too.
    pub says: Says,
    /// The first line that its sender wrote; nothing where the mail only answers somebody's question.
    pub remark: Option<String>,
}

/// Whose mail it is, when it was written, by which way it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its Message-ID, without angle brackets; one made of its place where it had none.
    pub message_id: String,
    /// The sender's display name, decoded; without "via dev".
    pub name: Option<String>,
    /// The sender's address in lower case. Where a list rewrote the From header, the address that
    /// Reply-To, X-Original-From or Cc gives for that name.
    pub address: Option<String>,
    /// The list's address that stands in the From header, where another header gave the sender's.
    pub rewritten: Option<String>,
    /// Whether its headers name several senders, or another than From does: whose it is, a person says.
    pub contested: bool,
    /// When it was written, by its Date header. Where that is missing or cannot be (later than
    /// the last server that had it, by more than a day), the time of that server.
    pub at: Option<Timestamp>,
    /// Whether nothing but the line that an archive puts before the mail gives that time: no
    /// header of the mail does.
    pub at_of_archive: bool,
    /// What was doubtful about the head, for a person: "the Date header is missing", …
    pub doubts: Vec<String>,
    /// By which way it came.
    pub route: Route,
}

/// What the headers say of the way a mail came. `None`: they say nothing of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Route {
    /// The host that first gave it to a mail server: the last `Received` header's `from`,
    /// reduced to its registered domain or address.
    pub origin: Option<String>,
    /// The domain whose DKIM signature the list's server found good.
    pub dkim: Option<String>,
    /// `User-Agent` or `X-Mailer`, without versions.
    pub client: Option<String>,
}

/// What part a mail has in a vote's thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// It calls the vote. A thread may have several: the same mail twice, or a new candidate.
    Opens {
        /// Its subject, decoded, without "Re:".
        subject: String,
        /// For how many hours it says that the vote is open at least.
        hours: Option<u32>,
        /// Until when it says that it is.
        until: Option<Timestamp>,
        /// The line that says so in words that were not read.
        unread: Option<String>,
    },
    /// It has the vote stay open for longer.
    Extends {
        /// By how many hours.
        hours: Option<u32>,
        /// Until when.
        until: Option<Timestamp>,
    },
    /// Somebody writes in the thread.
    Replies,
    /// It calls the vote off.
    Cancels {
        /// The line that says so; the subject where that does.
        line: String,
        /// Whether it does so for certain; else a person has to rule on it.
        certain: bool,
    },
    /// It says what the vote came to.
    Announces(ClaimedResult),
}

/// What a RESULT mail says, as far as it could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaimedResult {
    /// Whether it says that the vote passed.
    pub passed: Option<bool>,
    /// How many binding +1, 0, -1 it says there are.
    pub binding: ClaimedCounts,
    /// How many others.
    pub non_binding: ClaimedCounts,
    /// Whether it says that the vote is unanimous.
    pub unanimous: bool,
    /// How many +1 in all, where binding and others are not told apart.
    pub plus_in_all: Option<usize>,
    /// Who it says voted: a name or address, the value, and whether it is called binding.
    pub voters: Vec<ClaimedVoter>,
}

/// Numbers of a RESULT mail. `None`: not said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClaimedCounts {
    /// +1.
    pub plus: Option<usize>,
    /// 0, +0, -0.
    pub zero: Option<usize>,
    /// -1.
    pub minus: Option<usize>,
}

/// A voter that a RESULT mail names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedVoter {
    /// As it is written there.
    pub name: String,
    /// Under which value.
    pub value: VoteValue,
    /// Whether it is called binding there.
    pub binding: Option<bool>,
}

/// What a mail casts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// No vote.
    Nothing {
        /// Why what looks like one is none; nothing where nothing does.
        why: Option<String>,
    },
    /// A vote.
    Casts(Cast),
    /// It takes the sender's earlier vote back and puts none in its place.
    Withdraws {
        /// The line that says so.
        line: String,
    },
    /// It may say that what spoke against the matter is settled: a question to a person where the sender's
    /// -1 counts, else nothing.
    Settles {
        /// The line that says so.
        line: String,
    },
    /// It may say that the sender's vote no longer stands as it did: a question to a person where one of theirs
    /// counts, else nothing.
    Regrets {
        /// The line that says so.
        line: String,
    },
    /// Something that only a person can tell.
    Unclear {
        /// The line or lines in question.
        excerpt: String,
        /// What is unclear, for a person.
        why: String,
    },
}

/// A vote that a mail casts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cast {
    /// What it says.
    pub value: VoteValue,
    /// What it claims to be; never believed, only compared with the roster.
    pub claim: Option<Claim>,
    /// The line of the mail that casts it, as written.
    pub line: String,
    /// Why it is read so: "the first line of what the sender wrote begins with the vote", …
    pub why: String,
    /// Whether the mail has words beside the vote, that can be the explanation a veto needs.
    pub explained: bool,
}

/// What a vote says. Fractions are expressions of feeling and never count as +1 or -1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum VoteValue {
    /// For it.
    #[serde(rename = "+1")]
    Plus,
    /// Mildly for it; also a fraction such as +0.5.
    #[serde(rename = "+0")]
    PlusZero,
    /// Neither.
    #[serde(rename = "0")]
    Zero,
    /// Mildly against it; also a fraction such as -0.5.
    #[serde(rename = "-0")]
    MinusZero,
    /// Against it.
    #[serde(rename = "-1")]
    Minus,
}

/// What a voter says their vote is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Claim {
    /// "+1 (binding)".
    Binding,
    /// "+1 (non-binding)".
    NonBinding,
}
