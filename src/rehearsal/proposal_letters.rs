// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The mails that the community of a rehearsal writes to the vote on a proposal: among them a veto
//! with its reason, which is answered and withdrawn. The same letter to the same vote has the same
//! bytes, however often it is written.

use jiff::{SignedDuration, Timestamp};

use super::letters::VoteMail;

/// A mail to a vote on a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProposalLetter {
    /// What its Message-ID begins with; one letter's alone.
    key: &'static str,
    /// Their name.
    pub name: &'static str,
    /// Their address.
    pub address: &'static str,
    /// When it is written, in hours after the vote's mail.
    hour: i64,
    text: &'static str,
}

const fn letter(
    key: &'static str,
    name: &'static str,
    address: &'static str,
    hour: i64,
    text: &'static str,
) -> ProposalLetter {
    ProposalLetter { key, name, address, hour, text }
}

/// All, in their order.
pub const PROPOSAL_LETTERS: [ProposalLetter; 7] = [
    letter("dan", "Dan Example", "dan@example.org", 3, "+1 (binding)\n\nI have wanted this for years.\n"),
    letter(
        "fay-veto",
        "Fay Example",
        "fay@example.org",
        8,
        "-1 (binding)\n\nThe names would be written into the log, where everybody can read them.\n",
    ),
    letter("bob", "Bob Example", "bob@example.org", 20, "+1 (binding)\n"),
    letter("kim", "Kim Example", "kim@example.net", 25, "+1 (non-binding)\n\nThanks for driving this!\n"),
    letter(
        "fay-withdraws",
        "Fay Example",
        "fay@example.org",
        40,
        "Names are kept out of the log now, as the page says since yesterday.\n\nI withdraw my -1.\n\n+1 (binding)\n",
    ),
    letter("cleo", "Cleo Example", "cleo@example.org", 50, "+1 (binding)\n"),
    letter("gil", "Gil Example", "gil@example.org", 60, "+0\n\nNo opinion; it does no harm.\n"),
];

impl ProposalLetter {
    /// Its Message-ID in answer to a vote, with angle brackets.
    pub fn id(&self, vote: &VoteMail) -> String {
        let token = vote.message_id.trim_matches(['<', '>']).split(['.', '@']).next().unwrap_or_default();
        format!("<{}.{token}@example.org>", self.key)
    }

    /// When it is written in answer to a vote.
    pub fn date(&self, vote: &VoteMail) -> Timestamp {
        vote.date + SignedDuration::from_hours(self.hour)
    }

    /// The mail.
    pub fn bytes(&self, vote: &VoteMail) -> Vec<u8> {
        let date = self.date(vote).strftime("%a, %d %b %Y %H:%M:%S +0000");
        let (list, answered) = (vote.list.join(", "), &vote.message_id);
        let head = format!(
            "From: {} <{}>\nTo: {list}\nSubject: Re: {}\nDate: {date}\nMessage-ID: {}\nIn-Reply-To: {answered}\n\
             References: {answered}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n",
            self.name,
            self.address,
            vote.subject,
            self.id(vote)
        );
        format!("{head}{}", self.text).replace('\n', "\r\n").into_bytes()
    }
}
