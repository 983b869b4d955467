// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate vote tally`: counts a vote from its mails.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{account, current};
use crate::commands::CommandError;
use crate::commands::environment::Environment;
use crate::commands::roster;
use crate::commands::session::read_session;
use crate::config::{USUAL_BYLAWS, load_bylaws};
use crate::governance::{Action, Bylaws, Case, LeftOut, Reminder, Roster, Ruling, Tally, VoteOutcome, tally};
use crate::mail::reading::{Selection, SourceError, ThreadRead, read_bytes, read_thread};
use crate::services::PonyMail;
use crate::ui::{ExitCode, Ui};

/// Counts a vote from the mails of its thread, and says why.
///
/// The roster says whose votes bind, the bylaws how many are needed. What is not
/// certain is in no count: it is shown, and a person rules on it. Exit code 0 when the
/// vote passed, 1 when it failed or was called off, 3 while it is open or a ruling is
/// needed that could change the outcome.
///
/// Without mails it is the vote on the current release's candidate that is counted, by the
/// product's own bylaws and roster and with the rulings of the record.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    mails: Mails,
    /// Of several threads the one whose subject has these words; else the longest vote.
    #[arg(long, value_name = "WORDS", requires = "Mails")]
    about: Option<String>,
    /// The roster: whose votes bind; needed with mails.
    #[arg(long, value_name = "FILE", requires = "Mails")]
    roster: Option<PathBuf>,
    /// A file that says what other addresses people write from.
    #[arg(long, value_name = "FILE", requires = "Mails")]
    alias: Option<PathBuf>,
    /// What is voted on, by its id in the bylaws: product-release; needed with mails.
    #[arg(long, value_name = "ACTION", requires = "Mails")]
    action: Option<String>,
    /// Bylaws: flink, asf, or a file.
    #[arg(long, value_name = "NAME|FILE", default_value = USUAL_BYLAWS)]
    bylaws: String,
    /// The person concerned, where the bylaws give them no binding vote: id, address or name.
    #[arg(long, value_name = "PERSON", requires = "Mails")]
    subject: Option<String>,
    /// As of when to tally; else now.
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
    /// What a mail is: +1, +0, 0, -0 or -1, also `+1 as ID`; none; cancel.
    #[arg(long, value_name = "MESSAGE-ID=VALUE", requires_all = ["why", "Mails"])]
    ruling: Vec<String>,
    /// Why: one for all rulings, or one for each in their order.
    #[arg(long, value_name = "TEXT", requires = "ruling")]
    why: Vec<String>,
    /// A mail in the thread that asked people for their vote, for a 2/3 majority.
    #[arg(long, value_name = "MESSAGE-ID=ID,ID…", requires = "Mails")]
    reminder: Vec<String>,
    /// Tell all about one voter: id, address or name.
    #[arg(long, value_name = "VOTER", conflicts_with = "json")]
    explain: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
#[group(required = false, multiple = false)]
struct Mails {
    /// The mails: a file in mbox format.
    #[arg(long, value_name = "FILE")]
    mbox: Option<PathBuf>,
    /// The mails: the thread's address in the archive.
    #[arg(long, value_name = "URL")]
    thread: Option<String>,
    /// The mails: a directory of files, one a mail.
    #[arg(long, value_name = "DIR")]
    eml: Option<PathBuf>,
}

impl Mails {
    fn given(&self) -> bool {
        self.mbox.is_some() || self.thread.is_some() || self.eml.is_some()
    }
}

pub fn run(environment: &Environment, args: &Args) -> Result<ExitCode, CommandError> {
    if !args.mails.given() {
        let (session, state) = read_session(environment)?;
        let vote = current::vote(&session, &state)?;
        let read = current::read(&vote, &session.services, args.now.unwrap_or_else(Timestamp::now))?;
        return show(environment.ui, args, &read.tally, &read.bylaws);
    }
    let (Some(roster), Some(action)) = (&args.roster, &args.action) else {
        return Err(CommandError::usage(
            "mails are counted by a roster and as an action of the bylaws",
            "--roster FILE --action product-release; without mails the current release's vote is counted",
        ));
    };
    let bylaws = load_bylaws(&environment.assets, &args.bylaws)?;
    let action = action_of(&bylaws, action)?;
    let roster = roster::load(roster, args.alias.as_deref())?;
    let rulings = rulings_of(&args.ruling, &args.why)?;
    let reminders = reminders(&args.reminder, &roster)?;
    let read = read(args)?;
    demand_mails(&read, &rulings, &reminders)?;
    demand_voters(&rulings, &roster)?;
    let clock = Timestamp::now();
    let now = args.now.unwrap_or(clock);
    let case = Case {
        action,
        roster: &roster,
        statements: &read.statements,
        rulings: &rulings,
        reminders: &reminders,
        subject: args.subject.as_deref(),
        now,
        clock: clock.max(now),
    };
    let mut counted = tally(&case);
    counted.left_out.extend(read.left_out.into_iter().map(unread));
    show(environment.ui, args, &counted, &bylaws)
}

/// Shows a tally as it is wanted.
fn show(ui: Ui, args: &Args, counted: &Tally, bylaws: &Bylaws) -> Result<ExitCode, CommandError> {
    match &args.explain {
        _ if args.json => ui.json(counted),
        Some(voter) => {
            let lines = account::of_voter(counted, voter, ui.width()).ok_or_else(|| {
                let known: Vec<&str> = counted.votes.iter().map(|vote| vote.voter.as_str()).collect();
                CommandError::usage(
                    format!("no mail of the thread is by {voter}"),
                    format!("these voted: {}", known.join(", ")),
                )
            })?;
            lines.iter().for_each(|line| ui.line(line));
        }
        None => account::of_vote(counted, bylaws, ui).iter().for_each(|line| ui.line(line)),
    }
    end(counted)
}

/// A tally that no vote could decide is shown, and is a fault of the roster.
fn end(tally: &Tally) -> Result<ExitCode, CommandError> {
    if tally.roster.holders == 0 {
        let office = tally.roster.binding.holder();
        return Err(CommandError::usage(
            format!("the roster has no active {office}, so nobody's vote on this binds"),
            "give the project's own roster; `quorate roster fetch` makes one",
        ));
    }
    Ok(match tally.outcome {
        VoteOutcome::Passed => ExitCode::Done,
        VoteOutcome::Failed | VoteOutcome::Cancelled => ExitCode::DoesNotHold,
        VoteOutcome::Open | VoteOutcome::NeedsReview => ExitCode::Waiting,
    })
}

/// A mail that could not be read.
pub fn unread(left: crate::mail::reading::LeftOut) -> LeftOut {
    LeftOut { message_id: left.mail, from: String::new(), at: None, line: String::new(), why: left.why }
}

/// The action that is called `id`.
///
/// # Errors
/// When the bylaws name none.
pub fn action_of<'b>(bylaws: &'b Bylaws, id: &str) -> Result<&'b Action, CommandError> {
    bylaws.action(id).ok_or_else(|| {
        let known: Vec<&str> = bylaws.actions.iter().map(|action| action.id.as_str()).collect();
        CommandError::usage(
            format!("the bylaws `{}` name no action `{id}`", bylaws.title),
            format!("they name {}", known.join(", ")),
        )
    })
}

fn read(args: &Args) -> Result<ThreadRead, CommandError> {
    let about = args.about.as_deref().map_or(Selection::LargestVote, Selection::Subject);
    if let Some(url) = &args.mails.thread {
        return from_archive(url);
    }
    let path = args.mails.mbox.as_ref().or(args.mails.eml.as_ref());
    let path =
        path.ok_or_else(|| CommandError::usage("no mails were given", "--mbox FILE, --eml DIR or --thread URL"))?;
    let read = from_files(path, about)?;
    match (&args.about, read.statements.is_empty()) {
        (Some(words), true) => Err(CommandError::usage(
            format!("no mail there has `{words}` in its subject"),
            "give words of the subject of the mail that opened the vote",
        )),
        _ => Ok(read),
    }
}

/// The thread that `selection` means, of a file or directory of mails.
///
/// # Errors
/// When they cannot be read.
pub fn from_files(path: &Path, selection: Selection<'_>) -> Result<ThreadRead, CommandError> {
    read_thread(path, selection).map_err(|error: SourceError| {
        CommandError::from_error(
            ExitCode::Usage,
            &error,
            "give an mbox file, or a directory of mails, that you may read",
        )
    })
}

/// The thread at an address of the archive.
///
/// # Errors
/// When it is none, or the archive cannot be asked or does not have it.
pub fn from_archive(url: &str) -> Result<ThreadRead, CommandError> {
    let Some((base, id)) = PonyMail::place_of(url) else {
        return Err(CommandError::usage(
            format!("{url} is no address of a thread"),
            "give the address where the archive shows it: https://lists.apache.org/thread/…",
        ));
    };
    // The program installs it once; a second time is refused and harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let found = PonyMail::new(&base).thread(&id).map_err(|error| {
        CommandError::from_error(ExitCode::Service, &error, "give the command again; asking changes nothing")
    })?;
    let thread = found.ok_or_else(|| {
        CommandError::usage(format!("the archive at {base} has no thread {id}"), "see whether the address opens")
    })?;
    let first = if thread.first.is_empty() { Selection::LargestVote } else { Selection::Message(&thread.first) };
    let mut read = read_bytes(&thread.mbox, first);
    let missing = |why| crate::mail::reading::LeftOut { mail: url.to_owned(), why };
    read.left_out.extend(thread.missing.into_iter().map(missing));
    Ok(read)
}

fn bare(message_id: &str) -> String {
    message_id.trim().trim_start_matches('<').trim_end_matches('>').to_owned()
}

/// What a person ruled, each with its reason.
///
/// # Errors
/// When one is none, has no reason, or two are on one mail.
pub fn rulings_of(given: &[String], whys: &[String]) -> Result<Vec<Ruling>, CommandError> {
    if whys.len() > 1 && whys.len() != given.len() {
        return Err(CommandError::usage(
            format!("{} rulings and {} reasons", given.len(), whys.len()),
            "give --why once for all rulings, or once for each",
        ));
    }
    let mut rulings: BTreeMap<String, Ruling> = BTreeMap::new();
    for (index, text) in given.iter().enumerate() {
        let hint = "--ruling 'abc@example.org=+1' --why 'a plain yes, further down'";
        let Some((id, verdict)) = text.rsplit_once('=').filter(|(id, _)| !bare(id).is_empty()) else {
            return Err(CommandError::usage(format!("`{text}` is no MESSAGE-ID=VALUE"), hint));
        };
        let verdict = verdict.parse().map_err(|error| CommandError::from_error(ExitCode::Usage, &error, hint))?;
        let why = whys.get(index).or_else(|| whys.first()).cloned().unwrap_or_default();
        if why.trim().is_empty() {
            return Err(CommandError::usage("a ruling needs its reason", hint));
        }
        let ruling = Ruling { message_id: bare(id), verdict, why };
        if let Some(other) = rulings.insert(ruling.message_id.clone(), ruling.clone())
            && other.verdict != ruling.verdict
        {
            let (id, one, two) = (&ruling.message_id, &other.verdict, &ruling.verdict);
            return Err(CommandError::usage(
                format!("{id} is ruled to be {one} and to be {two}"),
                "rule once on each mail",
            ));
        }
    }
    Ok(rulings.into_values().collect())
}

fn reminders(given: &[String], roster: &Roster) -> Result<Vec<Reminder>, CommandError> {
    let hint = "--reminder 'abc@example.org=ann,bob'";
    let one = |text: &String| {
        let Some((id, voters)) = text.rsplit_once('=').filter(|(id, _)| !bare(id).is_empty()) else {
            return Err(CommandError::usage(format!("`{text}` is no MESSAGE-ID=ID,ID"), hint));
        };
        let voters: Vec<String> = voters.split(',').map(|id| id.trim().to_owned()).collect();
        match voters.iter().find(|id| roster.member(id).is_none()) {
            Some(id) => Err(CommandError::usage(format!("`{id}` is not on the roster"), hint)),
            None => Ok(Reminder { message_id: bare(id), voters }),
        }
    };
    given.iter().map(one).collect()
}

/// A ruling on a mail that is not there would be lost in silence.
///
/// # Errors
/// When one is.
pub fn demand_mails(read: &ThreadRead, rulings: &[Ruling], reminders: &[Reminder]) -> Result<(), CommandError> {
    let named = rulings.iter().map(|ruling| &ruling.message_id).chain(reminders.iter().map(|one| &one.message_id));
    let there = |id: &String| read.statements.iter().any(|statement| statement.head.message_id == *id);
    match named.into_iter().find(|id| !there(id)) {
        Some(id) => Err(CommandError::usage(
            format!("no mail of the thread has the Message-ID {id}"),
            "`--json` lists them all under `mails`",
        )),
        None => Ok(()),
    }
}

/// A ruling names people of the roster alone.
///
/// # Errors
/// When one names somebody else.
pub fn demand_voters(rulings: &[Ruling], roster: &Roster) -> Result<(), CommandError> {
    for ruling in rulings {
        if let crate::governance::Verdict::Counts { voter: Some(id), .. } = &ruling.verdict
            && roster.member(id).is_none()
        {
            return Err(CommandError::usage(
                format!("`{id}` is not on the roster"),
                "`quorate roster show` lists the ids",
            ));
        }
    }
    Ok(())
}
