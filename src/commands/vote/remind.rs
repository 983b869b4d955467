// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate vote remind`: asks those who have not voted, politely, in the thread.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::correspondence::Correspondence;
use super::opened::{Counted, Counting, MOST_REMINDERS, Opened, RECORDS, count, find, is_over, last_reminder, outputs};
use super::sending::{Agreement, Sent, send};
use crate::commands::CommandError;
use crate::commands::desk::Desk;
use crate::commands::environment::Environment;
use crate::governance::{Approval, Member, VoteOutcome, home_address};
use crate::ui::{ExitCode, minute};

/// How far apart two reminders are that make a silent holder inactive (bylaws, "2/3 Majority").
const APART: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How far apart two others are at least.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// Reminds those who hold a binding vote and have not voted, by a mail in the thread.
///
/// On a 2/3 majority, once the minimum time is over, the mail goes to each of them in
/// person as well, and is recorded: who answers none of two such mails, at least seven
/// days apart, is inactive for this vote.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Which vote; else the only one that is open.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    #[command(flatten)]
    pub counting: Counting,
    #[command(flatten)]
    pub agreement: Agreement,
}

pub fn run(environment: &Environment, args: &Args) -> Result<ExitCode, CommandError> {
    remind(&Desk::new(environment), args).map(Sent::code)
}

/// Sends the next reminder.
///
/// # Errors
/// When the vote is over, or it is too early for another one.
pub fn remind(desk: &Desk<'_>, args: &Args) -> Result<Sent, CommandError> {
    let (mut vote, opened) = find(desk, args.name.as_deref())?;
    if is_over(&vote) || outputs(&vote, RECORDS).is_some() {
        return Err(CommandError::usage(
            format!("the vote `{}` is over: nobody needs to be reminded", opened.name),
            format!("`quorate vote show {}` says what it came to", opened.name),
        ));
    }
    let number = (1..=MOST_REMINDERS).find(|number| outputs(&vote, &format!("remind-{number}")).is_none());
    let number = number.ok_or_else(|| {
        CommandError::usage(
            format!("people were reminded of `{}` {MOST_REMINDERS} times", opened.name),
            "more mails would not help; `quorate vote result` ends the vote",
        )
    })?;
    let steps = [format!("silent-{number}"), format!("remind-{number}")];
    if outputs(&vote, &steps[0]).is_some() {
        // whom the mail goes to is recorded; what is ruled now is for the next count
        if !args.counting.ruling.is_empty() {
            count(desk, &mut vote, &opened, &args.counting)?;
        }
    } else {
        let counted = count(desk, &mut vote, &opened, &args.counting)?;
        if counted.tally.outcome == VoteOutcome::Cancelled {
            return Err(CommandError::usage(format!("the vote `{}` was called off", opened.name), ""));
        }
        if let Some(last) = just_reminded(&vote, &opened, &counted, desk.clock.now()) {
            desk.environment.ui.say(&format!(
                "People were reminded of `{}` at {}: nobody is reminded twice in a day.",
                opened.name,
                minute(last)
            ));
            return Ok(Sent::Yes);
        }
        let Some(finding) = silent(&vote, &opened, &counted, desk.clock.now())? else {
            desk.environment.ui.say("Everybody who has a binding vote has voted, or wrote what needs a ruling.");
            return Ok(Sent::Yes);
        };
        vote.values.finding = Some(finding);
    }
    send(desk, &vote, &[&steps[0], &steps[1]], &args.agreement)
}

/// Whether the minimum time is over.
fn is_out(counted: &Counted, now: Timestamp) -> bool {
    counted.tally.closes.is_some_and(|closes| now >= closes)
}

/// Whether a reminder is one of those that make who stays silent inactive.
fn is_formal(opened: &Opened, counted: &Counted, now: Timestamp) -> bool {
    opened.action.approval == Approval::TwoThirdsMajority && is_out(counted, now)
}

/// When the last reminder went out, where that was within a day: the same command given again,
/// after an interruption too, sends no other. Formal ones are further apart anyhow.
fn just_reminded(vote: &Correspondence, opened: &Opened, counted: &Counted, now: Timestamp) -> Option<Timestamp> {
    let last = last_reminder(vote, false)?;
    (now.duration_since(last) < A_DAY && !is_formal(opened, counted, now)).then_some(last)
}

/// Who is to be reminded, and how; nothing where everybody has voted.
fn silent(
    vote: &Correspondence,
    opened: &Opened,
    counted: &Counted,
    now: Timestamp,
) -> Result<Option<Value>, CommandError> {
    let silent = silent_holders(opened, counted, now);
    let closes = counted.tally.closes;
    let (over, formal) = (is_out(counted, now), is_formal(opened, counted, now));
    let earliest = last_reminder(vote, true).filter(|_| formal).map(|last| last.saturating_add(APART));
    if let Some(earliest) = earliest.and_then(Result::ok).filter(|earliest| now < *earliest) {
        return Err(CommandError::new(
            ExitCode::Waiting,
            format!("the next reminder counts from {} on: the bylaws want seven days between two", minute(earliest)),
            "come back then",
        ));
    }
    if silent.is_empty() {
        return Ok(None);
    }
    let text = |value: fn(&Member) -> String| silent.iter().map(|member| value(member)).collect::<Vec<_>>();
    let addresses = if formal { text(|member| home_address(&member.id)) } else { Vec::new() };
    Ok(Some(json!({
        "ids": text(|member| member.id.clone()),
        "names": text(|member| if member.name.is_empty() { member.id.clone() } else { member.name.clone() }),
        "addresses": addresses,
        "formal": formal,
        "over": over,
        "closes": closes,
        "voted": !counted.tally.votes.is_empty(),
    })))
}

/// Those who hold a binding vote, are not the person concerned, and have neither voted
/// nor written what a person must rule on.
pub fn silent_holders<'r>(opened: &Opened, counted: &'r Counted, now: Timestamp) -> Vec<&'r Member> {
    let tally = &counted.tally;
    let pending = |id: &str| {
        let mails = tally.mails.iter().filter(|mail| mail.voter.eq_ignore_ascii_case(id));
        mails.into_iter().any(|mail| tally.review.iter().any(|review| review.message_id == mail.message_id))
    };
    let concerned = |member: &Member| {
        let person = opened.person.as_deref().filter(|_| opened.action.exclude_subject).unwrap_or_default();
        member.id.eq_ignore_ascii_case(person)
            || member.name.eq_ignore_ascii_case(person)
            || counted.roster.owner(person).is_some_and(|owner| owner.id == member.id)
    };
    let holders = counted.roster.holders(opened.action.binding, now);
    let voted = |member: &Member| tally.votes.iter().any(|vote| vote.voter.eq_ignore_ascii_case(&member.id));
    holders.into_iter().filter(|member| !voted(member) && !pending(&member.id) && !concerned(member)).collect()
}
