// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A vote that somebody opened with this program: what is recorded of it, and how its
//! mails are found and counted again.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::correspondence::{Correspondence, names};
use super::mails::{from_archive, from_files, unread};
use super::rules::{Given, named};
use super::rulings::{demand_mails, demand_voters, rulings_of};
use crate::actions::voting::electorate;
use crate::commands::CommandError;
use crate::commands::desk::Desk;
use crate::config::{Vote, load_bylaws};
use crate::engine::{RulingRecord, Silent, StepStatus};
use crate::governance::{Action, Case, FileUsed, Reminder, Roster, Ruling, Statement, Tally, changed_files, tally};
use crate::mail::reading::{Selection, ThreadRead};
use crate::ui::{ExitCode, minute};

/// The kind of record, and the name of its workflow.
pub const KIND: &str = "vote";
/// How many reminders the workflow has steps for.
pub const MOST_REMINDERS: usize = 4;
/// The step that records the tally, and what was ruled on its mails.
pub const RECORDS: &str = "record";

/// What is recorded of a vote when it is opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// What it is called on the command line.
    pub name: String,
    /// What it is about, as in the subject.
    pub title: String,
    /// What is proposed.
    pub about: String,
    /// Where there is more.
    pub links: Vec<String>,
    /// The person concerned: id, address or name.
    pub person: Option<String>,
    /// What is voted on, as the bylaws had it then.
    pub action: Action,
    /// Which bylaws.
    pub bylaws: BylawsNamed,
    /// For how many hours it is open at least.
    pub hours: u32,
    /// The product whose lists and relay it uses.
    pub product: String,
    /// By which rules it is counted: bylaws, roster and aliases, as they are named.
    pub rules: Vote,
    /// The files of these as they were when the vote was opened; the roster where it could be
    /// had then.
    pub used: Vec<FileUsed>,
}

impl Opened {
    /// Whether it is the same vote, whatever became of the files since.
    pub fn is(&self, other: &Self) -> bool {
        let without_files = |vote: &Self| {
            let mut vote = Self { used: Vec::new(), ..vote.clone() };
            vote.bylaws.file = other.bylaws.file.clone();
            vote
        };
        without_files(self) == without_files(other)
    }
}

/// Which bylaws a vote follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BylawsNamed {
    /// What they are called.
    pub title: String,
    /// Where they are written; empty where that is not known.
    pub source: String,
    /// The file that they were read from.
    pub file: FileUsed,
}

/// Where a vote's mails are, who has a binding vote on it, and what is ruled.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Counting {
    /// The roster: whose votes bind; else the one that the vote was opened with.
    #[arg(long, value_name = "FILE")]
    pub roster: Option<PathBuf>,
    /// A file that says what other addresses people write from.
    #[arg(long, value_name = "FILE")]
    pub alias: Option<PathBuf>,
    /// The mails, where the archive cannot be asked (a private list): a file in mbox
    /// format, or a directory of mails.
    #[arg(long, value_name = "PATH")]
    pub mails: Option<PathBuf>,
    /// What a mail is: +1, +0, 0, -0 or -1, also `+1 as ID`; none; cancel. It is recorded, and
    /// replaced by a later ruling on the same mail.
    #[arg(long, value_name = "MESSAGE-ID=VALUE", requires = "why")]
    pub ruling: Vec<String>,
    /// Why: one for all rulings, or one for each in their order.
    #[arg(long, value_name = "TEXT", requires = "ruling")]
    pub why: Vec<String>,
}

/// A vote with its roster, read and counted.
pub struct Counted {
    /// The account of it.
    pub tally: Tally,
    /// The roster that was used.
    pub roster: Roster,
}

/// The vote called `name`, and how it was opened; the only one that is not over where none is
/// named.
///
/// # Errors
/// When there is none of that name, or none or several to choose from.
pub fn find(desk: &Desk<'_>, name: Option<&str>) -> Result<(Correspondence, Opened), CommandError> {
    let all = names(desk.environment, KIND);
    let hint = if all.is_empty() {
        "`quorate vote open` opens one".to_owned()
    } else {
        format!("these were opened with this program: {}", all.join(", "))
    };
    let chosen = match name {
        Some(name) => all.iter().find(|one| *one == name).cloned(),
        None => {
            let mut running = Vec::new();
            for one in &all {
                let vote = Correspondence::read(desk, KIND, one)?;
                if vote.is_some_and(|vote| !is_over(&vote)) {
                    running.push(one.clone());
                }
            }
            match &running[..] {
                [only] => Some(only.clone()),
                [] => None,
                _ => {
                    return Err(CommandError::usage(
                        "several votes are open",
                        format!("name one: {}", running.join(", ")),
                    ));
                }
            }
        }
    };
    let missing = || match name {
        Some(name) => CommandError::usage(format!("there is no vote `{name}`"), hint.clone()),
        None => CommandError::usage("no vote is open", hint.clone()),
    };
    let chosen = chosen.ok_or_else(missing)?;
    let vote = Correspondence::read(desk, KIND, &chosen)?.ok_or_else(missing)?;
    let opened = vote.subject()?;
    Ok((vote, opened))
}

/// The vote that was opened from here by the mail with this Message-ID, with angle brackets.
///
/// # Errors
/// When a record cannot be used.
pub fn with_mail(desk: &Desk<'_>, message_id: &str) -> Result<Option<Opened>, CommandError> {
    for name in names(desk.environment, KIND) {
        let Some(vote) = Correspondence::read(desk, KIND, &name)? else { continue };
        if outputs(&vote, "open").is_some_and(|open| open["message_id"] == message_id) {
            return vote.subject().map(Some);
        }
    }
    Ok(None)
}

/// Whether its result was sent, or it was called off.
pub fn is_over(vote: &Correspondence) -> bool {
    ["result", "cancel"].iter().any(|step| outputs(vote, step).is_some())
}

/// What a step put out, once it is done.
pub fn outputs<'a>(vote: &'a Correspondence, step: &str) -> Option<&'a Value> {
    match &vote.state.step(step, false)?.status {
        StepStatus::Done { outputs, .. } => Some(outputs),
        _ => None,
    }
}

/// That the mail that opens the vote is out; its Message-ID, with angle brackets.
///
/// # Errors
/// When it is not.
pub fn message_id(vote: &Correspondence, opened: &Opened) -> Result<String, CommandError> {
    let id = outputs(vote, "open").and_then(|open| open["message_id"].as_str()).map(str::to_owned);
    id.ok_or_else(|| {
        CommandError::new(
            ExitCode::Waiting,
            format!("the mail that opens the vote `{}` is not out yet", opened.name),
            "give the same `quorate vote open` again, which goes on where it was interrupted",
        )
    })
}

/// Reads the vote's mails and counts them, by what its record says was ruled. What is ruled
/// now is recorded first, where it can be used.
///
/// # Errors
/// When the vote is not open, or its roster or mails cannot be had.
pub fn count(
    desk: &Desk<'_>,
    vote: &mut Correspondence,
    opened: &Opened,
    counting: &Counting,
) -> Result<Counted, CommandError> {
    let id = message_id(vote, opened)?;
    let now = desk.clock.now();
    let given = Given { bylaws: None, roster: counting.roster.clone(), alias: counting.alias.clone() };
    let named = named(Some(opened.rules.clone()), &given, &opened.action.id);
    let roster = electorate(&desk.environment.assets, &named, now)?;
    let mut read = read(vote, opened, counting, &id)?;
    let dated = date_as_recorded(vote, &id, &mut read.statements);
    let ruled = rulings_of(&counting.ruling, &counting.why)?;
    demand_mails(&read, &ruled, &[])?;
    demand_voters(&ruled, &roster)?;
    record_rulings(desk, vote, &ruled)?;
    let rulings = recorded_rulings(vote)?;
    let mut tally = tally(&Case {
        action: &opened.action,
        roster: &roster,
        statements: &read.statements,
        rulings: &rulings,
        reminders: &reminders(vote),
        subject: opened.person.as_deref(),
        now,
        clock: now,
    })
    .by(&opened.bylaws.title, &opened.bylaws.file);
    tally.notes.extend(dated);
    tally.notes.extend(changed_since(desk, opened, &roster));
    tally.left_out.extend(read.left_out.into_iter().map(unread));
    Ok(Counted { tally, roster })
}

/// Gives the mail that opened the vote, and those that reminded people, the dates at which the record says that
/// they were sent: a minimum time runs from there, whatever the mails that are given say. Says where they differ.
fn date_as_recorded(vote: &Correspondence, id: &str, statements: &mut [Statement]) -> Vec<String> {
    let reminders = (1..=MOST_REMINDERS).map(|number| format!("remind-{number}"));
    let sent: Vec<(String, Timestamp)> = std::iter::once("open".to_owned())
        .chain(reminders)
        .filter_map(|step| {
            let outputs = outputs(vote, &step)?;
            let mail = outputs["message_id"].as_str().unwrap_or(id).trim_matches(['<', '>']).to_owned();
            Some((mail, outputs["date"].as_str()?.parse().ok()?))
        })
        .collect();
    let mut notes = Vec::new();
    for statement in statements {
        let head = &mut statement.head;
        let Some((_, at)) = sent.iter().find(|(mail, _)| *mail == head.message_id) else { continue };
        // a mail's Date has no fractions of a second
        let differs = head.at.is_none_or(|written| written.duration_since(*at).abs() > SignedDuration::from_mins(1));
        if differs {
            let written = head.at.map_or_else(|| "none".to_owned(), minute);
            notes.push(format!(
                "{} was sent at {} by the record; its date in the mails that were read is {written}, and is passed over",
                head.message_id,
                minute(*at)
            ));
            head.at = Some(*at);
            head.at_of_archive = false;
        }
    }
    notes
}

/// What became of the rules' files since the vote was opened.
fn changed_since(desk: &Desk<'_>, opened: &Opened, roster: &Roster) -> Vec<String> {
    let mut notes = Vec::new();
    let bylaws = load_bylaws(&desk.environment.assets, &opened.rules.bylaws).map(|bylaws| bylaws.file);
    match bylaws {
        Ok(now) if now.sha512 == opened.bylaws.file.sha512 => {}
        Ok(now) => notes.push(format!(
            "since the vote was opened the bylaws were changed: then {}, now {}; it is counted by what they said then",
            opened.bylaws.file.in_short(),
            now.in_short()
        )),
        Err(_) => notes.push(format!(
            "the bylaws in {} cannot be read any more; the vote is counted by what they said when it was opened",
            opened.bylaws.file.name
        )),
    }
    let people: Vec<FileUsed> = opened.used.iter().filter(|file| **file != opened.bylaws.file).cloned().collect();
    if !people.is_empty() {
        let changed = changed_files(&people, &roster.files);
        notes.extend(changed.iter().map(|change| format!("since the vote was opened: {change}")));
    }
    notes
}

/// Records what a person ruled, as `quorate vote rule` does for a release's vote.
fn record_rulings(desk: &Desk<'_>, vote: &mut Correspondence, rulings: &[Ruling]) -> Result<(), CommandError> {
    if rulings.is_empty() {
        return Ok(());
    }
    let (journal, state) = vote.journal(desk)?;
    let mut silent = Silent;
    let mut driver = vote.driver(desk, journal, state, &mut silent);
    for ruling in rulings {
        driver.rule(RECORDS, &ruling.message_id, &ruling.verdict.to_string(), &ruling.why)?;
        let Ruling { message_id, verdict, why } = ruling;
        desk.environment.ui.say(&format!("Recorded: <{message_id}> is {verdict}: {why}"));
    }
    let state = driver.state;
    vote.state = state;
    Ok(())
}

/// What the record says was ruled.
fn recorded_rulings(vote: &Correspondence) -> Result<Vec<Ruling>, CommandError> {
    let one = |(about, record): (&str, &RulingRecord)| {
        let verdict = record.ruling.parse().map_err(|error| {
            let hint = format!("--ruling '{about}=VALUE' --why TEXT replaces it");
            CommandError::from_error(ExitCode::Usage, &error, hint)
        })?;
        Ok(Ruling { message_id: about.to_owned(), verdict, why: record.why.clone() })
    };
    vote.state.rulings_on(RECORDS, false).map(one).collect()
}

/// A ruling on a vote whose tally is recorded would change nothing.
///
/// # Errors
/// When one is given.
pub fn demand_no_rulings(opened: &Opened, counting: &Counting) -> Result<(), CommandError> {
    if counting.ruling.is_empty() {
        return Ok(());
    }
    Err(CommandError::usage(
        format!("what the vote `{}` came to is recorded: a ruling would change nothing in it", opened.name),
        format!("`quorate vote show {}` shows it", opened.name),
    ))
}

fn read(vote: &Correspondence, opened: &Opened, counting: &Counting, id: &str) -> Result<ThreadRead, CommandError> {
    let bare = id.trim_matches(['<', '>']);
    if let Some(path) = &counting.mails {
        return from_files(path, Selection::Message(bare));
    }
    let sender = &vote.values.sender;
    let Some(archive) = sender.archive() else {
        let why = if sender.private { "its archive is not public" } else { "no archive is configured" };
        return Err(CommandError::usage(
            format!("the mails of `{}` cannot be read from {}: {why}", opened.name, sender.list),
            "--mails PATH: an mbox file or a directory of mails",
        ));
    };
    let unasked = |error: crate::services::ArchiveError| {
        CommandError::from_error(ExitCode::Service, &error, "give the command again; asking changes nothing")
    };
    let found = archive.find(id, Some(&sender.list)).map_err(unasked)?.ok_or_else(|| {
        CommandError::new(
            ExitCode::Waiting,
            format!("the archive {} does not have the mail {id} that opened the vote", archive.base()),
            "it may come later; or it is held back for a moderator of the list",
        )
    })?;
    from_archive(&found.link)
}

/// The mails that reminded people, as they are recorded.
pub fn reminders(vote: &Correspondence) -> Vec<Reminder> {
    let one = |number: usize| {
        let silent = outputs(vote, &format!("silent-{number}"))?;
        let sent = outputs(vote, &format!("remind-{number}"))?;
        let ids = silent["ids"].as_array()?;
        Some(Reminder {
            message_id: sent["message_id"].as_str()?.trim_matches(['<', '>']).to_owned(),
            voters: ids.iter().filter_map(|id| id.as_str().map(str::to_owned)).collect(),
        })
    };
    (1..=MOST_REMINDERS).filter_map(one).collect()
}

/// When the last of the recorded reminders went out; of those that make who stays silent inactive,
/// where `formal`.
pub fn last_reminder(vote: &Correspondence, formal: bool) -> Option<Timestamp> {
    let wanted =
        |number: &usize| !formal || outputs(vote, &format!("silent-{number}")).is_some_and(|s| s["formal"] == true);
    let dates = (1..=MOST_REMINDERS)
        .filter(wanted)
        .filter_map(|number| outputs(vote, &format!("remind-{number}"))?["date"].as_str()?.parse::<Timestamp>().ok());
    dates.max()
}
