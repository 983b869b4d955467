// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is recorded of a vote: enough to decide it anew by the rule, and to explain each count.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{RulingGiven, VoteRead};
use crate::governance::{
    Action, Approval, BallotBox, Ballots, CountedVote, FileUsed, LeftOut, MailAccount, Outcome, Review, RosterUsed,
    Totals, VoteOutcome, VoteValue,
};
use crate::release::{FileDigest, Sha512};

/// Where the numbers are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VoteSource {
    /// The mails of the vote's thread, as the archive has them.
    Tally,
    /// A person, who counted.
    Entered,
}

/// What is recorded of a vote.
#[derive(Debug, Serialize, Deserialize)]
pub struct VoteRecord {
    /// Where the numbers are from.
    pub source: VoteSource,
    /// Why a person counted, where the archive could have been read.
    #[serde(default)]
    pub why: String,
    /// The names of those whose votes bind.
    pub binding: Ballots,
    /// The names of the others.
    pub non_binding: Ballots,
    /// Where a person reads the thread; its first mail's Message-ID where there is no link.
    pub thread: String,
    /// The Message-ID of the mail that called the vote.
    #[serde(default)]
    pub vote_mail: String,
    /// The SHA-512 of the list of files that that mail was about.
    #[serde(default)]
    pub manifest: Option<Sha512>,
    /// What it came to.
    pub outcome: VoteOutcome,
    /// Each condition of the rule, with the numbers.
    pub reasons: Vec<String>,
    /// By which rule.
    #[serde(default)]
    pub rule: Option<Approval>,
    /// By which bylaws.
    #[serde(default)]
    pub bylaws: String,
    /// What they say of what was voted on.
    #[serde(default)]
    pub action: Option<Action>,
    /// The file that these were read from; `roster` names its own.
    #[serde(default)]
    pub bylaws_file: Option<FileUsed>,
    /// The roster that was used.
    #[serde(default)]
    pub roster: Option<RosterUsed>,
    /// As of when it was counted.
    #[serde(default)]
    pub counted_at: Option<Timestamp>,
    /// How many votes there are.
    #[serde(default)]
    pub totals: BothTotals,
    /// Each counted vote with its mail, line and reason.
    #[serde(default)]
    pub votes: Vec<CountedVote>,
    /// Mails that nobody ruled on; in no count.
    #[serde(default)]
    pub review: Vec<Review>,
    /// Votes that are not counted, and why.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
    /// What a person ruled, on mails of this thread.
    #[serde(default)]
    pub rulings: Vec<RulingUsed>,
}

/// A ruling on a mail of the thread, with whose mail it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulingUsed {
    /// The mail's Message-ID, without angle brackets.
    pub about: String,
    /// The verdict: `+1`, `none`, `+1 as ann`.
    pub ruling: String,
    /// Why.
    pub why: String,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who had it recorded.
    pub who: String,
    /// Whose the mail says it is.
    #[serde(default)]
    pub from: String,
    /// When the mail was written.
    #[serde(default)]
    pub sent: Option<Timestamp>,
}

/// How many votes there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BothTotals {
    /// That bind.
    pub binding: Totals,
    /// That do not.
    pub non_binding: Totals,
}

impl VoteRecord {
    /// The record of a vote that was read.
    pub fn of_tally(read: VoteRead, vote_mail: &str, files: &[FileDigest], rulings: &[RulingGiven]) -> Self {
        let VoteRead { tally, bylaws, action, link } = read;
        let used = rulings.iter().filter(|given| tally.rulings.iter().any(|ruling| ruling.message_id == given.about));
        let used = used.map(|given| RulingUsed::of(given, &tally.mails)).collect();
        Self {
            source: VoteSource::Tally,
            why: String::new(),
            binding: names(&tally.votes, true),
            non_binding: names(&tally.votes, false),
            thread: link,
            vote_mail: vote_mail.to_owned(),
            manifest: digest_of(files),
            outcome: tally.outcome,
            reasons: tally.reasons,
            rule: Some(tally.rule),
            bylaws: bylaws.title,
            action: Some(action),
            bylaws_file: Some(bylaws.file),
            roster: Some(tally.roster),
            counted_at: Some(tally.at),
            totals: BothTotals { binding: tally.binding, non_binding: tally.non_binding },
            rulings: used,
            votes: tally.votes,
            review: tally.review,
            left_out: tally.left_out,
        }
    }

    /// The record of votes that a person entered.
    pub fn of_hand(votes: BallotBox, vote_mail: &str, files: &[FileDigest], now: Timestamp) -> Self {
        let decision = votes.decide();
        let totals = |of: &Ballots| Totals { plus: of.plus.len(), zero: of.zero.len(), minus: of.minus.len() };
        Self {
            source: VoteSource::Entered,
            why: votes.why,
            totals: BothTotals { binding: totals(&votes.binding), non_binding: totals(&votes.non_binding) },
            binding: votes.binding,
            non_binding: votes.non_binding,
            thread: if votes.thread.is_empty() { vote_mail.to_owned() } else { votes.thread },
            vote_mail: vote_mail.to_owned(),
            manifest: digest_of(files),
            outcome: match decision.outcome {
                Outcome::Passed => VoteOutcome::Passed,
                Outcome::Failed => VoteOutcome::Failed,
            },
            reasons: decision.reasons,
            rule: Some(Approval::LazyMajority),
            bylaws: String::new(),
            action: None,
            bylaws_file: None,
            roster: None,
            counted_at: Some(now),
            votes: Vec::new(),
            review: Vec::new(),
            left_out: Vec::new(),
            rulings: Vec::new(),
        }
    }
}

impl RulingUsed {
    fn of(given: &RulingGiven, mails: &[MailAccount]) -> Self {
        let RulingGiven { about, ruling, why, at, who } = given.clone();
        let mail = mails.iter().find(|mail| mail.message_id == about);
        let from = mail.map_or_else(String::new, |mail| mail.from.clone());
        Self { about, ruling, why, at, who, from, sent: mail.and_then(|mail| mail.at) }
    }
}

/// The SHA-512 of a manifest, as `sha512sum` writes one, sorted by name; nothing for no files.
pub fn digest_of(files: &[FileDigest]) -> Option<Sha512> {
    let mut lines: Vec<String> = files.iter().map(|file| format!("{}  {}\n", file.sha512, file.name)).collect();
    lines.sort_by(|a, b| a[130..].cmp(&b[130..]));
    (!lines.is_empty()).then(|| Sha512::of(lines.concat().as_bytes()))
}

fn names(votes: &[CountedVote], binding: bool) -> Ballots {
    let of = |wanted: &[VoteValue]| -> Vec<String> {
        let votes = votes.iter().filter(|vote| vote.binding == binding && wanted.contains(&vote.value));
        votes.map(|vote| if vote.name.is_empty() { vote.address.clone() } else { vote.name.clone() }).collect()
    };
    Ballots {
        plus: of(&[VoteValue::Plus]),
        zero: of(&[VoteValue::PlusZero, VoteValue::Zero, VoteValue::MinusZero]),
        minus: of(&[VoteValue::Minus]),
    }
}
