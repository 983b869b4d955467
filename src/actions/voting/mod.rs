// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The vote on a candidate as its mails have it: read from the archive and tallied by the
//! product's bylaws and roster, under the rulings that were recorded. Reading changes nothing
//! but the copy of the last tally in the workspace, which `quorate status` shows.

mod electorate;
mod kept;
mod record;
mod rules;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Services;
use super::failures::workspace_failed;
use super::shell;
use crate::config::Vote;
use crate::engine::ActionError;
use crate::governance::{Action, Bylaws, Case, LeftOut, Review, Ruling, Tally, tally};
use crate::mail::reading::{Selection, TWICE, read_bytes};

pub use electorate::{electorate, roster_of};
pub use kept::KeptTally;
pub use record::{RulingUsed, VoteRecord, VoteSource, digest_of};
pub use rules::{Rules, bylaws_of, rules};

/// A ruling, as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulingGiven {
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
}

/// Which vote is read, and by which rules.
#[derive(Debug)]
pub struct VoteQuestion<'a> {
    /// Bylaws and roster.
    pub rules: &'a Vote,
    /// The Message-ID of the mail that called the vote.
    pub message_id: &'a str,
    /// The list that it went to.
    pub list: &'a str,
    /// What was ruled on single mails.
    pub rulings: &'a [RulingGiven],
}

/// A vote that was read.
#[derive(Debug)]
pub struct VoteRead {
    /// What it comes to.
    pub tally: Tally,
    /// By which bylaws.
    pub bylaws: Bylaws,
    /// What they say of what is voted on.
    pub action: Action,
    /// Where a person reads the thread.
    pub link: String,
}

/// Reads the vote's thread from the archive and tallies it as of `now`; nothing where the
/// archive does not have the mail that called it.
///
/// # Errors
/// When the archive or the roster cannot be had, mails of the thread are missing there, or the
/// rules cannot be used.
pub fn read_vote(
    world: &Services,
    question: &VoteQuestion<'_>,
    now: Timestamp,
) -> Result<Option<VoteRead>, ActionError> {
    let Some(archive) = &world.archive else {
        return Err(ActionError::misconfigured(
            "the product names no mail archive, so no vote can be read",
            "enter the votes by `quorate vote enter`",
        ));
    };
    let again = "run again later: no vote may be missed; `quorate vote enter --why` where the archive is gone for good";
    let failed = |error| ActionError::service(format!("the mail archive at {}", archive.base()), error, again);
    let Rules { bylaws, action, roster } = rules(&world.assets, question.rules, now)?;
    let rulings = question.rulings.iter().map(ruling).collect::<Result<Vec<_>, _>>()?;
    let Some(called) = archive.find(question.message_id, Some(question.list)).map_err(failed)? else {
        return Ok(None);
    };
    let Some(thread) = archive.thread(&called.id).map_err(failed)? else { return Ok(None) };
    if !thread.missing.is_empty() {
        let what = format!("the archive does not give all of the vote's thread: {}", thread.missing.join("; "));
        return Err(ActionError::refused(what, again));
    }
    let read = read_bytes(&thread.mbox, Selection::Message(question.message_id));
    let case = Case {
        action: &action,
        roster: &roster,
        statements: &read.statements,
        rulings: &rulings,
        reminders: &[],
        subject: None,
        now,
        clock: now,
    };
    let mut tally = tally(&case).by(&bylaws.title, &bylaws.file);
    tally.left_out.extend(read.left_out.into_iter().filter(|left| !left.why.starts_with(TWICE)).map(|left| LeftOut {
        message_id: left.mail,
        from: String::new(),
        at: None,
        line: String::new(),
        why: left.why,
    }));
    Ok(Some(VoteRead { tally, link: called.link, bylaws, action }))
}

/// As [`read_vote`]; the tally is kept in the workspace's file `kept`, for `quorate status`.
///
/// # Errors
/// As [`read_vote`], and when the file cannot be written.
pub fn read_and_keep(
    world: &Services,
    question: &VoteQuestion<'_>,
    kept: Option<&str>,
    now: Timestamp,
) -> Result<Option<VoteRead>, ActionError> {
    let mut read = read_vote(world, question, now)?;
    if let (Some(read), Some(file)) = (&mut read, kept) {
        KeptTally::keep(&world.workspace, file, question.message_id, &mut read.tally).map_err(workspace_failed)?;
    }
    Ok(read)
}

fn ruling(given: &RulingGiven) -> Result<Ruling, ActionError> {
    let verdict = given.ruling.parse().map_err(|error| {
        ActionError::refused(format!("the ruling on {}: {error}", given.about), "`quorate vote rule` replaces it")
    })?;
    Ok(Ruling { message_id: given.about.clone(), verdict, why: given.why.clone() })
}

/// A Message-ID, or a word that begins with one, as a shell takes it; `None` where it has what cannot be
/// typed. Whoever wrote the mail has chosen it.
pub fn typed(word: &str) -> Option<String> {
    word.bytes().all(|byte| byte.is_ascii_graphic()).then(|| {
        let quoted = shell::quoted(word);
        if quoted == word { format!("'{word}'") } else { quoted }
    })
}

/// What a person is told of mails that they must rule on, with the command.
pub fn to_rule_on(reviews: &[Review]) -> String {
    let each: Vec<String> =
        reviews.iter().map(|one| format!("<{}> from {}: {}", one.message_id, one.from, one.why)).collect();
    let command = reviews.iter().find_map(|one| typed(&one.message_id)).map_or_else(String::new, |id| {
        format!("; `quorate vote rule {id} VALUE --why TEXT`, VALUE one of +1 +0 0 -0 -1 none")
    });
    format!("{}{command}", each.join("; "))
}
