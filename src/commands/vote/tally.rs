// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate vote tally`: counts a vote from its mails.

use std::path::PathBuf;

use jiff::Timestamp;

use super::mails::{from_archive, from_files, unread};
use super::rules::{Given, configured, named};
use super::rulings::{demand_mails, demand_voters, reminders_of, rulings_of};
use super::{account, current};
use crate::actions::voting::{Rules, rules};
use crate::commands::CommandError;
use crate::commands::environment::Environment;
use crate::commands::session::{Session, read_session};
use crate::config::Vote;
use crate::governance::{Case, Tally, VoteOutcome, tally};
use crate::mail::reading::{Selection, ThreadRead};
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
    /// The roster: whose votes bind; needed with mails, where no --product has one.
    #[arg(long, value_name = "FILE", requires = "Mails")]
    roster: Option<PathBuf>,
    /// A file that says what other addresses people write from.
    #[arg(long, value_name = "FILE", requires = "Mails")]
    alias: Option<PathBuf>,
    /// What is voted on, by its id in the bylaws: product-release; needed with mails, where no
    /// --product says it.
    #[arg(long, value_name = "ACTION", requires = "Mails")]
    action: Option<String>,
    /// Bylaws: flink, asf, or a file; else those of --product, else flink.
    #[arg(long, value_name = "NAME|FILE", requires = "Mails")]
    bylaws: Option<String>,
    /// A product of release-config/, for the rules that are not given here.
    #[arg(long, value_name = "PRODUCT", requires = "Mails")]
    product: Option<String>,
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
        let read = current::read(&vote, &session.services, args.now.unwrap_or_else(Timestamp::now))
            .map_err(|error| in_rehearsal(error, &session))?;
        return show(environment.ui, args, &read.tally);
    }
    let vote = rules_given(environment, args)?;
    let clock = Timestamp::now();
    let now = args.now.unwrap_or(clock);
    let Rules { bylaws, action, roster } = rules(&environment.assets, &vote, clock)?;
    let rulings = rulings_of(&args.ruling, &args.why)?;
    let reminders = reminders_of(&args.reminder, &roster)?;
    let read = read(args)?;
    demand_mails(&read, &rulings, &reminders)?;
    demand_voters(&rulings, &roster)?;
    let case = Case {
        action: &action,
        roster: &roster,
        statements: &read.statements,
        rulings: &rulings,
        reminders: &reminders,
        subject: args.subject.as_deref(),
        now,
        clock: clock.max(now),
    };
    let mut counted = tally(&case).by(&bylaws.title, &bylaws.file);
    counted.left_out.extend(read.left_out.into_iter().map(unread));
    show(environment.ui, args, &counted)
}

/// The archive of a rehearsal ends with it; what lies in its directory stays.
fn in_rehearsal(error: CommandError, session: &Session) -> CommandError {
    let rehearsed = session.values.release().is_ok_and(|values| values.record.rehearsal);
    if !rehearsed || error.code != ExitCode::Service {
        return error;
    }
    let world = session.directory.ancestors().nth(3).filter(|world| world.join("mail/mails").is_dir());
    let mails =
        world.map_or_else(|| "DIR/mail/mails".to_owned(), |world| world.join("mail/mails").display().to_string());
    let hint = format!(
        "this release was rehearsed, and its archive ended with the rehearsal: `quorate vote tally --eml {mails} \
         --roster FILE --action ACTION --now TIME` counts its mails, `quorate status` shows what was recorded"
    );
    CommandError { hint: Some(hint), ..error }
}

/// The rules as given, and for the rest those of the product that is named.
fn rules_given(environment: &Environment, args: &Args) -> Result<Vote, CommandError> {
    let product = args.product.as_deref().map(|product| configured(environment, product)).transpose()?;
    let vote = product.and_then(|product| product.vote);
    let action = args.action.clone().or_else(|| vote.as_ref().map(|vote| vote.action.clone()));
    let (Some(action), true) = (action, vote.is_some() || args.roster.is_some()) else {
        return Err(CommandError::usage(
            "mails are counted by a roster and as an action of the bylaws",
            "--roster FILE --action product-release, or --product with a `[vote]`; without mails the current release's \
             vote is counted",
        ));
    };
    let given = Given { bylaws: args.bylaws.clone(), roster: args.roster.clone(), alias: args.alias.clone() };
    Ok(named(vote, &given, &action))
}

/// Shows a tally as it is wanted.
fn show(ui: Ui, args: &Args, counted: &Tally) -> Result<ExitCode, CommandError> {
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
        None => account::of_vote(counted, ui).iter().for_each(|line| ui.line(line)),
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
