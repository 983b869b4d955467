// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate vote cast`: answers a vote with what was really checked.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::correspondence::{Correspondence, Sender, name_of};
use super::current;
use super::mails::from_archive;
use super::open::identity_here;
use super::opened::{outputs, with_mail};
use super::rules::{Configured, Given, configured, named};
use super::sending::{Agreement, Sent, send};
use super::verified::{Digest, Verified};
use crate::actions::voting::{Rules, rules};
use crate::commands::CommandError;
use crate::commands::desk::Desk;
use crate::commands::environment::Environment;
use crate::commands::session::read_session;
use crate::commands::verify::report_of_candidate;
use crate::commands::which_product::product_meant;
use crate::config::Vote;
use crate::governance::{Holding, Role, Statement, VoteValue};
use crate::release::FileDigest;
use crate::ui::ExitCode;

/// What is voted on where nothing says it.
const USUAL_ACTION: &str = "product-release";

/// The kind of record, and the name of its workflow.
const KIND: &str = "ballot";

/// Casts a vote: answers its mail, with what was really checked.
///
/// For a candidate of the current release it is verified first; elsewhere --report takes
/// what `quorate verify --format json` said. The mail names each check, those that fail
/// first, and the digests of what was checked: never more than was proved. Whether the
/// vote is binding is said by the roster. It is shown before it is sent, and sent once.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// +1, +0, 0, -0 or -1.
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    pub value: String,
    /// Candidate N of the current release.
    #[arg(long, value_name = "N", required_unless_present = "thread", conflicts_with = "thread")]
    pub candidate: Option<u32>,
    /// The mail that calls the vote, by its Message-ID.
    #[arg(long, value_name = "MESSAGE-ID")]
    pub thread: Option<String>,
    /// The list that it is on; else the product's development list.
    #[arg(long, value_name = "ADDRESS", requires = "thread")]
    pub list: Option<String>,
    /// What `quorate verify --format json` said.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// What you have to say; a -1 needs it.
    #[arg(long, value_name = "TEXT")]
    pub why: Option<String>,
    /// A +1 although something does not hold: why. It stands in the mail.
    #[arg(long, value_name = "WHY")]
    pub although: Option<String>,
    /// What is voted on, by its id in the bylaws; else what the vote was opened on here, else
    /// what the product's configuration says.
    #[arg(long, value_name = "ACTION")]
    pub action: Option<String>,
    /// By which your vote binds or not.
    #[command(flatten)]
    pub rules: Given,
    /// A product of release-config/, for the list, the relay and the rules that are not given; for
    /// a candidate the release's own; else the one whose repository this is a clone of.
    #[arg(long, value_name = "PRODUCT")]
    pub product: Option<String>,
    #[command(flatten)]
    pub agreement: Agreement,
}

/// What is recorded of a ballot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ballot {
    /// The Message-ID of the mail that it answers, with angle brackets.
    thread: String,
    /// That mail's subject.
    subject: String,
    value: VoteValue,
    /// Whether it binds, where a roster says so.
    binding: Option<bool>,
    why: String,
    although: String,
    verified: Option<Verified>,
}

/// The mail that calls the vote.
struct Call {
    thread: String,
    subject: String,
    list: String,
    product: String,
    /// By which rules it is counted, where that is known.
    rules: Option<Vote>,
    /// The files that are voted on; not known where somebody else calls the vote.
    files: Option<Vec<FileDigest>>,
}

pub fn run(environment: &Environment, args: &Args) -> Result<ExitCode, CommandError> {
    // The program installs it once; a second time is refused and harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let desk = Desk::new(environment);
    cast(&desk, args, identity_here()?).map(Sent::code)
}

/// Casts the vote, as a mail of whom `author` names.
///
/// # Errors
/// When the vote or the candidate is not there, or the vote says more than was proved.
pub fn cast(desk: &Desk<'_>, args: &Args, author: (String, String)) -> Result<Sent, CommandError> {
    let (name, email) = author;
    let value = VoteValue::parse(args.value.trim())
        .ok_or_else(|| CommandError::usage(format!("`{}` is no vote", args.value), "votes are +1, +0, 0, -0 and -1"))?;
    let why = args.why.as_deref().map(str::trim).unwrap_or_default().to_owned();
    if value == VoteValue::Minus && why.is_empty() {
        return Err(CommandError::usage(
            "a -1 needs an explanation: without one it is void where it would be a veto",
            "--why TEXT: it stands in the mail",
        ));
    }
    let call = called(desk, args)?;
    let verified = verified(desk, args, &call)?;
    let although = args.although.as_deref().map(str::trim).unwrap_or_default().to_owned();
    demand_proof(value, verified.as_ref(), &although)?;
    let mail = configured(desk.environment, &call.product)?.mail;
    let private = call.list.starts_with("private@");
    let binding = binding(desk, args, call.rules.as_ref(), &email)?;
    let sender = Sender { name, email, list: call.list, private, mail };
    let ballot = Ballot { thread: call.thread, subject: call.subject, value, binding, why, although, verified };
    match open_record(desk, sender, &ballot)? {
        Some(correspondence) => send(desk, &correspondence, &["cast"], &args.agreement),
        None => {
            desk.environment.ui.say("This ballot was cast already.");
            Ok(Sent::Yes)
        }
    }
}

/// A +1 on what does not verify says why.
fn demand_proof(value: VoteValue, verified: Option<&Verified>, although: &str) -> Result<(), CommandError> {
    let fails = verified.is_some_and(|verified| !verified.passed);
    if value == VoteValue::Plus && fails && although.is_empty() {
        let faults = verified.map(|verified| verified.fails.join("; ")).unwrap_or_default();
        return Err(CommandError::new(
            ExitCode::DoesNotHold,
            format!("the candidate does not verify: {faults}"),
            "vote -1 or 0, or say why it should be released all the same: --although WHY, which stands in the mail",
        ));
    }
    if !although.is_empty() && !fails {
        return Err(CommandError::usage("nothing that was checked fails", "leave --although out; --why says the rest"));
    }
    Ok(())
}

/// The mail that calls the vote, on the current candidate or in the archive.
fn called(desk: &Desk<'_>, args: &Args) -> Result<Call, CommandError> {
    let Some(thread) = &args.thread else { return of_candidate(desk, args.candidate.unwrap_or_default()) };
    let product = product_meant(&desk.environment.assets, args.product.as_deref())?;
    let Configured { mail, vote } = configured(desk.environment, &product)?;
    let list = args.list.clone().unwrap_or_else(|| mail.dev.clone());
    let id = format!("<{}>", thread.trim().trim_matches(['<', '>']));
    let sender = Sender { name: String::new(), email: String::new(), private: false, list: list.clone(), mail };
    let archive = sender.archive().ok_or_else(|| {
        CommandError::usage("no archive is configured in which the vote could be found", "`mail.archive` names it")
    })?;
    let found = archive.find(&id, Some(&list)).map_err(|error| {
        CommandError::from_error(ExitCode::Service, &error, "give the command again; nothing was sent")
    })?;
    let found = found.ok_or_else(|| {
        CommandError::usage(
            format!("the archive {} has no mail {id} of {list}", archive.base()),
            "--thread wants the Message-ID of the mail that calls the vote, --list its list",
        )
    })?;
    demand_open(&found.link, &id)?;
    let opened = with_mail(desk, &id)?;
    let rules = opened.map(|opened| opened.rules).or(vote);
    Ok(Call { thread: id, subject: found.subject, list, product, rules, files: None })
}

/// That the mail calls a vote, and that nobody has said what it came to.
fn demand_open(thread: &str, id: &str) -> Result<(), CommandError> {
    let bare = id.trim_matches(['<', '>']);
    let read = from_archive(thread)?;
    let call = read.statements.iter().find(|statement| statement.head.message_id == bare);
    let Some(call) = call.filter(|call| matches!(call.role, Role::Opens { .. })) else {
        return Err(CommandError::usage(
            format!("the mail {id} calls no vote"),
            "--thread wants the Message-ID of the mail that calls the vote, which its answers have in In-Reply-To",
        ));
    };
    let by_caller = |statement: &&Statement| statement.head.address == call.head.address;
    let ended = read.statements.iter().filter(by_caller).find_map(|statement| match &statement.role {
        Role::Announces(_) => Some("has a result"),
        Role::Cancels { certain: true, .. } => Some("was called off"),
        _ => None,
    });
    match ended {
        Some(how) => Err(CommandError::usage(
            format!("the vote of {id} {how}: no vote on it would count"),
            "`quorate vote tally --thread URL` shows it",
        )),
        None => Ok(()),
    }
}

fn of_candidate(desk: &Desk<'_>, number: u32) -> Result<Call, CommandError> {
    let (session, state) = read_session(desk.environment)?;
    if number != state.candidate.number || state.candidate.cancelled.is_some() {
        return Err(CommandError::usage(
            format!("candidate {number} is not voted on; the current one is {}", state.candidate.number),
            "`quorate status` shows where the release stands",
        ));
    }
    let all = state.outputs();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let sent = all
        .get("send-vote")
        .and_then(|sent| Some((text(&sent["message_id"])?, text(&sent["subject"])?, text(sent["to"].get(0)?)?)));
    let (thread, subject, list) = sent.ok_or_else(|| {
        CommandError::usage(
            format!("the vote on candidate {number} is not open"),
            "`quorate run send-vote` opens it; --thread MESSAGE-ID answers a mail that the record does not have",
        )
    })?;
    // What the mail was about, as it was recorded with it: not what lies here now.
    let files: Vec<FileDigest> =
        serde_json::from_value(all["send-vote"]["bound_to"]["files"].clone()).map_err(|error| {
            CommandError::usage(
                format!("the record does not say which files the vote on candidate {number} is on: {error}"),
                "the workflow's step `send-vote` names them in `bound_to`; --thread MESSAGE-ID votes without them",
            )
        })?;
    let rules = current::vote(&session, &state)?.vote;
    Ok(Call { thread, subject, list, product: session.values.release()?.product.id.clone(), rules, files: Some(files) })
}

/// What was verified; for a candidate, on its own bytes.
fn verified(desk: &Desk<'_>, args: &Args, call: &Call) -> Result<Option<Verified>, CommandError> {
    let verified = match (&args.report, args.candidate) {
        (Some(file), _) => Verified::load(file)?,
        (None, Some(number)) => {
            let report = report_of_candidate(desk.environment, number)?;
            let read = Verified::of(&serde_json::to_string(&report).expect("plain data"))
                .map_err(|what| CommandError::new(ExitCode::Internal, what, ""))?;
            Verified { quorate: env!("CARGO_PKG_VERSION").to_owned(), ..read }
        }
        (None, None) => return Ok(None),
    };
    let Some(files) = &call.files else {
        of_this_version(&verified, &call.subject)?;
        return Ok(Some(verified));
    };
    let is_voted_on =
        |name: &str, sha512: &str| files.iter().any(|file| file.name == name && file.sha512.as_str() == sha512);
    if verified.digests.is_empty() {
        return Err(CommandError::usage(
            "the report does not say of which bytes it is, so it proves nothing of this candidate",
            "leave --report out: the candidate is then verified as it is staged",
        ));
    }
    match verified.digests.iter().find(|digest| !is_voted_on(&digest.name, &digest.sha512)) {
        Some(digest) => Err(CommandError::new(
            ExitCode::Conflict,
            format!("{} is not the file that is voted on: its SHA-512 is {}", digest.name, digest.sha512),
            "verify the candidate as it is staged, and vote on that",
        )),
        None => Ok(Some(verified)),
    }
}

/// That what was verified has the version that the subject of the call names: of which files the vote is,
/// the record does not say.
pub(super) fn of_this_version(verified: &Verified, subject: &str) -> Result<(), CommandError> {
    let versions: Vec<&str> = versions_in(subject).collect();
    let says = |digest: &Digest| versions.iter().any(|version| versions_in(&digest.name).any(|said| said == *version));
    let others = verified.digests.iter().filter(|digest| versions_in(&digest.name).next().is_some());
    let others: Vec<&str> = others.filter(|digest| !says(digest)).map(|digest| digest.name.as_str()).collect();
    match (versions.is_empty(), others.first()) {
        (false, Some(first)) => Err(CommandError::new(
            ExitCode::Conflict,
            format!("the report is of {first}, and the vote on {}", versions.join(" or ")),
            "verify the candidate that is voted on, and give that report",
        )),
        _ => Ok(()),
    }
}

/// What in a text has the shape of a version: 1.2.0.
pub(super) fn versions_in(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|sign: char| !sign.is_ascii_digit() && sign != '.').map(|word| word.trim_matches('.'));
    words.filter(|word| word.contains('.') && !word.contains(".."))
}

/// Whether the vote binds; nothing where no roster can say.
fn binding(desk: &Desk<'_>, args: &Args, configured: Option<&Vote>, email: &str) -> Result<Option<bool>, CommandError> {
    let now = desk.clock.now();
    let usual = configured.map_or(USUAL_ACTION, |vote| vote.action.as_str());
    let vote = named(configured.cloned(), &args.rules, args.action.as_deref().unwrap_or(usual));
    if vote.roster.is_none() && vote.whimsy.is_none() {
        return Ok(None);
    }
    match rules(&desk.environment.assets, &vote, now) {
        Ok(Rules { action, roster, .. }) => {
            Ok(Some(roster.owner(email).is_some_and(|member| member.holds(action.binding, now) == Holding::Active)))
        }
        // what was asked for by name is not left out in silence
        Err(error) if args.action.is_some() || args.rules.bylaws.is_some() || args.rules.roster.is_some() => {
            Err(error.into())
        }
        Err(error) => {
            desk.environment.ui.warn(&format!("the mail does not say whether the vote is binding: {error}"));
            Ok(None)
        }
    }
}

/// The record of this ballot, begun or not; nothing where it was cast already. Another
/// ballot in the same thread, a changed vote, gets a record of its own.
fn open_record(desk: &Desk<'_>, sender: Sender, ballot: &Ballot) -> Result<Option<Correspondence>, CommandError> {
    let stem = name_of(&format!("{} {}", ballot.thread, ballot.subject));
    let mut before = false;
    let mut last: Option<jiff::Timestamp> = None;
    for number in 1_u32.. {
        let name = format!("{stem}-{number}");
        let Some(recorded) = Correspondence::read(desk, KIND, &name)? else {
            if before {
                return Ok(None);
            }
            // two votes of one second are in no order, and neither counts
            if last.is_some_and(|last| desk.clock.now().as_second() <= last.as_second()) {
                return Err(CommandError::usage(
                    "your last ballot in this thread has the same date, and nobody could tell which of them is the later",
                    "give the command again in a few seconds",
                ));
            }
            return Correspondence::new(desk, KIND, &name, sender, ballot).map(Some);
        };
        let same = recorded.subject::<Ballot>()? == *ballot;
        match outputs(&recorded, "cast") {
            Some(outputs) => {
                before = same;
                last = outputs["date"].as_str().and_then(|date| date.parse().ok());
            }
            None if same => return Ok(Some(recorded)),
            None => {
                return Err(CommandError::usage(
                    format!("another ballot in this thread is under way, in {}", recorded.directory.display()),
                    "give what was given then, so that it goes out or is known to have; then change the vote",
                ));
            }
        }
    }
    Ok(None)
}
