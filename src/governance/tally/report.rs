// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a tally says; as JSON, `vote tally --json`.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::case::Ruling;
use crate::governance::{Approval, Claim, FileUsed, Office, VoteValue};

/// A vote, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// What was voted on: `product-release`.
    pub action: String,
    /// The same as people call it.
    pub title: String,
    /// By which rule.
    pub rule: Approval,
    /// What it came to.
    pub outcome: VoteOutcome,
    /// The subject of the mail that opened it.
    pub subject: Option<String>,
    /// When it was opened; nothing where no mail does.
    pub opened: Option<Timestamp>,
    /// By whom.
    pub opened_by: Option<String>,
    /// Until when it is open at least.
    pub closes: Option<Timestamp>,
    /// As of when it was tallied.
    pub at: Timestamp,
    /// How many binding votes there are.
    pub binding: Totals,
    /// How many others.
    pub non_binding: Totals,
    /// The counted votes, one a voter, in the order of their mails.
    pub votes: Vec<CountedVote>,
    /// What only a person can tell; in no count.
    pub review: Vec<Review>,
    /// Each condition of the rule, with the numbers.
    pub reasons: Vec<String>,
    /// What is still missing for it to pass.
    pub missing: Vec<String>,
    /// What is to be known beside.
    pub notes: Vec<String>,
    /// Votes that are not counted, and why.
    pub left_out: Vec<LeftOut>,
    /// What voters wrote after their counted vote, that was read as no vote.
    #[serde(default)]
    pub said_after: Vec<SaidAfter>,
    /// The roster that was used.
    pub roster: RosterUsed,
    /// The bylaws that were used, as [`Tally::by`] says.
    #[serde(default)]
    pub bylaws: Option<BylawsUsed>,
    /// The mail that says what the vote came to, compared with this tally.
    pub result_mail: Option<ResultMail>,
    /// How it was called off.
    pub cancelled: Option<Cancellation>,
    /// The rounds of the thread; the last is tallied.
    pub rounds: Vec<Round>,
    /// What a person ruled.
    pub rulings: Vec<Ruling>,
    /// Every mail, how it was read and what came of it.
    pub mails: Vec<MailAccount>,
}

/// What a vote came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VoteOutcome {
    /// It is approved.
    Passed,
    /// It is not.
    Failed,
    /// Its minimum time has not passed.
    Open,
    /// It was called off.
    Cancelled,
    /// A person must rule on something first, which could change it.
    NeedsReview,
}

/// How many votes there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// +1.
    pub plus: usize,
    /// 0, +0 and -0.
    pub zero: usize,
    /// -1.
    pub minus: usize,
}

/// What a voter's vote is in the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountedVote {
    /// Their id on the roster; else their address.
    pub voter: String,
    /// As they are called.
    pub name: String,
    /// From which address this vote came.
    pub address: String,
    /// What it says.
    pub value: VoteValue,
    /// Whether it binds.
    pub binding: bool,
    /// By which entry of the roster it does, or why not.
    pub roster: String,
    /// The mail that casts it.
    pub message_id: String,
    /// When that was written; nothing where it says nothing.
    pub at: Option<Timestamp>,
    /// The line that casts it.
    pub line: String,
    /// Why it is read so.
    pub why: String,
    /// What it claims to be.
    pub claim: Option<Claim>,
    /// What is to be known of it: a claim that is wrong, a doubtful header.
    pub notes: Vec<String>,
    /// The same voter's votes before this.
    pub earlier: Vec<EarlierVote>,
}

/// A vote that a later one of the same voter replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierVote {
    /// What it said.
    pub value: VoteValue,
    /// The mail.
    pub message_id: String,
    /// When it was written.
    pub at: Option<Timestamp>,
    /// The line.
    pub line: String,
}

/// A mail that a person must rule on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// The mail.
    pub message_id: String,
    /// Whose it says it is: `Name <address>`.
    pub from: String,
    /// When it was written.
    pub at: Option<Timestamp>,
    /// The line or lines in question.
    pub excerpt: String,
    /// What is to be ruled on.
    pub why: String,
}

/// A vote that is not counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// The mail.
    pub message_id: String,
    /// Whose it is: `Name <address>`.
    pub from: String,
    /// When it was written.
    pub at: Option<Timestamp>,
    /// What it says.
    pub line: String,
    /// Why it is not counted.
    pub why: String,
}

/// A mail of somebody whose vote counts, later than that vote, that was read as none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaidAfter {
    /// The mail.
    pub message_id: String,
    /// Whose it is: `Name <address>`.
    pub from: String,
    /// When it was written.
    pub at: Option<Timestamp>,
    /// The first line that they wrote.
    pub line: String,
}

/// The roster that a tally used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterUsed {
    /// Whose.
    pub project: String,
    /// Of which day.
    pub as_of: Option<Date>,
    /// Where it was taken from.
    pub source: Option<String>,
    /// Whose votes bind.
    pub binding: Office,
    /// How many have a binding vote on this.
    pub holders: usize,
    /// The files that it was read from.
    #[serde(default)]
    pub files: Vec<FileUsed>,
}

/// The bylaws that a tally used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BylawsUsed {
    /// What they are called.
    pub title: String,
    /// The file that they were read from.
    pub file: FileUsed,
}

/// What the result mail says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultMail {
    /// The mail.
    pub message_id: String,
    /// Whose it is.
    pub from: String,
    /// When it was written.
    pub at: Option<Timestamp>,
    /// Whether it says that the vote passed.
    pub passed: Option<bool>,
    /// Where it and this tally differ; nothing where they agree.
    pub disagreements: Vec<String>,
    /// What of it could not be read, and so was not compared.
    pub unread: Vec<String>,
}

/// How a vote was called off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cancellation {
    /// The mail.
    pub message_id: String,
    /// Whose it is.
    pub from: String,
    /// When it was written.
    pub at: Option<Timestamp>,
    /// The line that does so.
    pub line: String,
}

/// A round of a thread: from the mail that opens it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// The mail that opens it.
    pub message_id: String,
    /// When it was written.
    pub at: Option<Timestamp>,
    /// Its subject.
    pub subject: String,
}

/// How a mail was read, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailAccount {
    /// The mail.
    pub message_id: String,
    /// Whose it says it is.
    pub from: String,
    /// Whose it is: an id on the roster; else an address.
    pub voter: String,
    /// When it was written.
    pub at: Option<Timestamp>,
    /// What was read in it.
    pub read: String,
    /// What came of that.
    pub came_of: String,
}

impl Tally {
    /// The tally with the name and the file of the bylaws that its rule is from.
    #[must_use]
    pub fn by(mut self, title: &str, file: &FileUsed) -> Self {
        self.bylaws = Some(BylawsUsed { title: title.to_owned(), file: file.clone() });
        self
    }

    /// All files that its rule and its people are from.
    pub fn files(&self) -> Vec<FileUsed> {
        self.bylaws.iter().map(|bylaws| &bylaws.file).chain(&self.roster.files).cloned().collect()
    }

    /// Whether everybody whose vote binds said +1, and somebody did.
    pub fn unanimous(&self) -> bool {
        self.binding.plus > 0 && self.binding.zero == 0 && self.binding.minus == 0
    }
}
