// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The mails that the community of a rehearsal writes to a vote, in the forms in which mails
//! come: with each transfer encoding, as HTML alone, over and under what they quote. The same
//! letter to the same vote has the same bytes, however often it is written.

use jiff::{SignedDuration, Timestamp};
use lettre::message::Body;
use lettre::message::header::ContentTransferEncoding;

use super::people::Mood;

/// The vote that is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoteMail {
    /// Its Message-ID, with angle brackets.
    pub message_id: String,
    /// Its subject.
    pub subject: String,
    /// The lists that it went to.
    pub list: Vec<String>,
    /// Its date.
    pub date: Timestamp,
}

/// A mail that somebody in the community writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letter {
    /// What its Message-ID begins with; one letter's alone.
    pub key: &'static str,
    /// Their name.
    pub name: &'static str,
    /// Their address.
    pub address: &'static str,
    /// When it is written, in hours of a vote of 72.
    pub hour: i32,
    form: Form,
    quoting: Quoting,
    way: Way,
    text: &'static str,
}

/// How the body comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    QuotedPrintable,
    Base64,
    /// HTML alone; the text is HTML.
    Html,
}

/// Where the vote's own words stand in the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quoting {
    Nothing,
    Below,
    Above,
}

/// By which way it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// From the writer's own server.
    Own,
    /// From elsewhere, by whoever writes in another's name.
    Foreign,
}

/// How many hours of a vote have passed when the community has looked at it once.
const FIRST_LOOK: i32 = 30;
/// The hours that the letters' times are part of.
const HOURS: i32 = 72;

const PLAIN: Letter = Letter {
    key: "",
    name: "",
    address: "",
    hour: 0,
    form: Form::Plain,
    quoting: Quoting::Nothing,
    way: Way::Own,
    text: "",
};

const CONTENT: [Letter; 10] = [
    Letter {
        key: "bob",
        name: "Bob Example",
        address: "bob@example.org",
        hour: 2,
        text: "+1 (binding)\n\nVerified signatures and hashes, built from source.\n\n-- \nBob\n",
        ..PLAIN
    },
    // A committer, who is no PMC member: it does not bind, whatever it says.
    Letter {
        key: "dan",
        name: "Dan Example",
        address: "dan@example.org",
        hour: 5,
        form: Form::Base64,
        text: "+1 (binding)\n\nRan the examples – they greet in every language.\n",
        ..PLAIN
    },
    Letter {
        key: "fay-first",
        name: "Fay Example",
        address: "fay@example.org",
        hour: 7,
        quoting: Quoting::Above,
        text: "-1\n\nThe licence of a bundled file seems to be missing.\n",
        ..PLAIN
    },
    // Conditional: a person must rule on it.
    Letter {
        key: "gil",
        name: "Gil Example",
        address: "gil@example.org",
        hour: 20,
        form: Form::QuotedPrintable,
        quoting: Quoting::Below,
        text: "+1 if the year in NOTICE is corrected before the announcement.\n",
        ..PLAIN
    },
    // A PMC member, who says otherwise: it binds.
    Letter {
        key: "cleo",
        name: "Cleo Example",
        address: "cleo@example.org",
        hour: 33,
        form: Form::QuotedPrintable,
        quoting: Quoting::Below,
        text: "*+1* (non-binding)\n\nChecked the licences and the staged files – naïvely, file by file.\n",
        ..PLAIN
    },
    Letter {
        key: "eve",
        name: "Eve Example",
        address: "eve@example.org",
        hour: 40,
        form: Form::Html,
        text: "<html><body><p>0</p><p>No time to test this one.</p></body></html>\n",
        ..PLAIN
    },
    Letter {
        key: "kim",
        name: "Kim Example",
        address: "kim@example.net",
        hour: 44,
        text: "+1 (non-binding) from me as well, greetings!\n",
        ..PLAIN
    },
    // Changes her mind, with a full-width sign.
    Letter {
        key: "fay-second",
        name: "Fay Example",
        address: "fay@example.org",
        hour: 50,
        quoting: Quoting::Above,
        text: "I change my -1 to ＋1: the licence is there after all.\n",
        ..PLAIN
    },
    // Not by Bob at all: a person must rule on it.
    Letter {
        key: "not-bob",
        name: "Bob Example",
        address: "bob@example.org",
        hour: 60,
        way: Way::Foreign,
        text: "-1 (binding)\n\nI have changed my mind, stop this release.\n",
        ..PLAIN
    },
    // Emeritus: it does not bind.
    Letter {
        key: "ida",
        name: "Ida Example",
        address: "ida@example.org",
        hour: 62,
        form: Form::Base64,
        text: "+1, good to see that this goes on!\n",
        ..PLAIN
    },
];

const ALARMED: [Letter; 3] = [
    Letter {
        key: "bob",
        name: "Bob Example",
        address: "bob@example.org",
        hour: 4,
        text: "-1 (binding)\n\nThe licence of a bundled file is missing.\n",
        ..PLAIN
    },
    Letter {
        key: "cleo",
        name: "Cleo Example",
        address: "cleo@example.org",
        hour: 9,
        form: Form::Html,
        text: "<div>-1 (binding)</div><div><br></div><div>I see the same.</div>\n",
        ..PLAIN
    },
    Letter {
        key: "dan",
        name: "Dan Example",
        address: "dan@example.org",
        hour: 40,
        quoting: Quoting::Below,
        text: "+1 (non-binding)\n",
        ..PLAIN
    },
];

/// Comes after the vote was closed.
const LATE: Letter = Letter {
    key: "hal",
    name: "Hal Example",
    address: "hal@example.org",
    hour: 3,
    text: "+1 (binding)\n\nSorry for being so late.\n",
    ..PLAIN
};

/// What the community writes while a vote runs, in the order of the times.
pub fn letters(mood: Mood) -> &'static [Letter] {
    match mood {
        Mood::Content => &CONTENT,
        Mood::Alarmed => &ALARMED,
    }
}

/// What it writes when the vote is over; its hour counts from the closing mail.
pub fn late_letter() -> &'static Letter {
    &LATE
}

/// What the release manager rules on mails of which no program can tell what they are: the
/// letter's key, the verdict and the reason.
pub fn verdicts() -> [(&'static str, &'static str, &'static str); 2] {
    [
        ("gil", "none", "the condition was not met, and Gil was asked to vote without one"),
        ("not-bob", "none", "Bob was called: he did not write it, his +1 stands"),
    ]
}

/// When the community has looked at a vote once, of one that is open until `until`.
pub fn first_look(vote: &VoteMail, until: Timestamp) -> Timestamp {
    part_of(vote.date, until, FIRST_LOOK)
}

fn part_of(from: Timestamp, until: Timestamp, hour: i32) -> Timestamp {
    let length = until.duration_since(from).max(SignedDuration::ZERO);
    from.saturating_add(length * hour / HOURS).unwrap_or(until)
}

impl Letter {
    /// When it is written, where the vote is open until `until`.
    pub fn date(&self, vote: &VoteMail, until: Timestamp) -> Timestamp {
        part_of(vote.date, until, self.hour)
    }

    /// Its Message-ID, without angle brackets: the same however often it is written.
    pub fn id(&self, vote: &VoteMail) -> String {
        format!("{}.{}", self.key, vote.message_id.trim_matches(['<', '>']))
    }

    /// The mail, as it comes from its writer's server.
    pub fn bytes(&self, vote: &VoteMail, date: Timestamp) -> Vec<u8> {
        let (encoding, kind) = match self.form {
            Form::Plain => (ContentTransferEncoding::EightBit, "plain"),
            Form::QuotedPrintable => (ContentTransferEncoding::QuotedPrintable, "plain"),
            Form::Base64 => (ContentTransferEncoding::Base64, "plain"),
            Form::Html => (ContentTransferEncoding::EightBit, "html"),
        };
        let (server, client, signed) = match self.way {
            Way::Own => ("mail.example.org", "Pigeon 3.1", "dkim=pass header.d=example.org"),
            Way::Foreign => ("pool-17.example.com", "Bulk Mailer 1.0", "dkim=none"),
        };
        let date = date.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
        let VoteMail { message_id, subject, list, .. } = vote;
        let mut mail = format!(
            "Received: from {server} ({server} [192.0.2.17]) by lists.example.org with ESMTP; {date}\r\n\
             Authentication-Results: lists.example.org; {signed}\r\n\
             From: {} <{}>\r\nTo: {}\r\nSubject: Re: {subject}\r\nDate: {date}\r\nMessage-ID: <{}>\r\n\
             In-Reply-To: {message_id}\r\nReferences: {message_id}\r\nUser-Agent: {client}\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n",
            self.name,
            self.address,
            list.join(", "),
            self.id(vote),
        )
        .into_bytes();
        let text = self.body(vote).replace('\n', "\r\n");
        match Body::new_with_encoding(text.clone(), encoding) {
            Ok(body) => mail.extend_from_slice(body.as_ref()),
            Err(_) => mail.extend_from_slice(text.as_bytes()),
        }
        if !mail.ends_with(b"\r\n") {
            mail.extend_from_slice(b"\r\n");
        }
        mail
    }

    fn body(&self, vote: &VoteMail) -> String {
        let day = vote.date.strftime("%a, %d %b %Y at %H:%M");
        let quoted = format!(
            "On {day}, Ann Example <ann@example.org> wrote:\n\n> Please review it and vote on whether it becomes the release:\n>\n\
             > [ ] +1, approve the release\n> [ ] 0, no opinion\n> [ ] -1, do not approve the release\n"
        );
        match self.quoting {
            Quoting::Nothing => self.text.to_owned(),
            Quoting::Below => format!("{}\n{quoted}", self.text),
            Quoting::Above => format!("{quoted}\n{}", self.text),
        }
    }
}
