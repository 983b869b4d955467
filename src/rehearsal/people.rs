// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The people of a rehearsal: a release manager who agrees to everything, and
//! a community that votes by mail; its mails are in `letters`.

use std::path::PathBuf;

use mail_parser::MessageParser;

use super::mail_store::MailStore;
use super::sites;
use crate::engine::{Answer, Person, StepPreview};
use crate::governance::{BallotBox, Ballots};

/// A release manager who agrees to everything and says so.
#[derive(Debug, Default)]
pub struct SimulatedManager {
    /// Where the stand-ins keep their state: what a person writes into the website's pages
    /// goes to the repository there.
    pub stand_ins: PathBuf,
}

impl Person for SimulatedManager {
    fn consent(&mut self, _step: &StepPreview) -> Answer {
        Answer::Yes { note: String::new() }
    }

    fn attest(&mut self, item: &StepPreview) -> Answer {
        // pages that stay unfinished are found by the step that merges them
        if item.id == "blog-post" {
            let _ = sites::finish_pages(&self.stand_ins);
        }
        let note = note(&item.id);
        Answer::Yes { note: if item.note.fault(note).is_some() { LINK } else { note }.to_owned() }
    }
}

/// What is noted where a link is wanted and none is known.
const LINK: &str = "https://lists.example.org/thread/simulated (simulated)";

/// What is noted of a step; some notes go into mails.
fn note(id: &str) -> &'static str {
    match id {
        "make-the-case" => {
            "Users wait for what was made and mended since the last release. (This release is a rehearsal.)"
        }
        "blog-post" => "What is new, in a few words (simulated)",
        "improve-process" => "Nothing: a rehearsal goes well (simulated)",
        _ => "simulated: nobody did this in the rehearsal",
    }
}

/// How the community takes a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// It approves.
    Content,
    /// It found a fault.
    Alarmed,
}

/// What the release manager makes of the mails, where no program counts them.
pub fn votes(mood: Mood, thread: &str) -> BallotBox {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let (binding, non_binding) = match mood {
        Mood::Content => (
            Ballots {
                plus: names(&["Bob Example", "Cleo Example", "Fay Example"]),
                zero: names(&["Eve Example"]),
                minus: Vec::new(),
            },
            names(&["Dan Example", "Kim Example", "Ida Example"]),
        ),
        Mood::Alarmed => (
            Ballots { plus: Vec::new(), zero: Vec::new(), minus: names(&["Bob Example", "Cleo Example"]) },
            names(&["Dan Example"]),
        ),
    };
    let non_binding = Ballots { plus: non_binding, ..Ballots::default() };
    BallotBox { binding, non_binding, thread: thread.to_owned(), why: String::new() }
}

/// Whether a mail with that Message-ID was accepted.
///
/// # Errors
/// When the store cannot be read.
pub fn has_mail(store: &MailStore, message_id: &str) -> std::io::Result<bool> {
    let wanted = message_id.trim_matches(['<', '>']);
    for mail in store.mails()? {
        let id = MessageParser::default().parse(&mail.bytes).and_then(|mail| mail.message_id().map(str::to_owned));
        if id.as_deref() == Some(wanted) {
            return Ok(true);
        }
    }
    Ok(false)
}
