// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate vote open`: calls a vote on the list that the bylaws name.

use std::fs;
use std::path::Path;

use super::correspondence::{Correspondence, Sender, name_of};
use super::opened::{BylawsNamed, KIND, Opened, is_over, outputs};
use super::rules::{Configured, Given, configured, from_anywhere, named};
use super::sending::{Agreement, Sent, carry, send};
use crate::actions::voting::{bylaws_of, electorate};
use crate::commands::CommandError;
use crate::commands::desk::Desk;
use crate::commands::environment::Environment;
use crate::commands::identity::identity;
use crate::commands::which_product::product_meant;
use crate::config::{Mail, Vote};
use crate::governance::{Action, Bylaws, FileUsed};
use crate::services::author_at;
use crate::ui::ExitCode;

/// Opens a vote, by mail, on whatever the bylaws let be voted on.
///
/// The mail has the ballot lines, how long the vote is open, what it takes to pass and
/// whose votes bind, and goes to the list that the bylaws name. It is shown before it is
/// sent, and sent once: given again after an interruption, the command goes on where it
/// was. The vote on a release is opened by the release's own step.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// What is voted on, by its id in the bylaws: flip, release-plan, new-committer.
    #[arg(long, value_name = "ACTION")]
    pub action: String,
    /// What it is about, for the subject.
    #[arg(long, value_name = "TITLE")]
    pub title: String,
    /// What is proposed: a text, or a file that has it.
    #[arg(long, value_name = "FILE|TEXT")]
    pub about: String,
    /// Where there is more, each by its address.
    #[arg(long, value_name = "URL")]
    pub link: Vec<String>,
    /// The person concerned, where it is about one: id, address or name.
    #[arg(long, value_name = "PERSON")]
    pub subject: Option<String>,
    /// By which it will be counted.
    #[command(flatten)]
    pub rules: Given,
    /// A product of release-config/, for the lists and the relay, and for the rules that are
    /// not given; else the one whose repository this is a clone of.
    #[arg(long, value_name = "PRODUCT")]
    pub product: Option<String>,
    #[command(flatten)]
    pub agreement: Agreement,
}

pub fn run(environment: &Environment, args: &Args) -> Result<ExitCode, CommandError> {
    // The program installs it once; a second time is refused and harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let desk = Desk::new(environment);
    open(&desk, args, identity_here()?).map(Sent::code)
}

/// Opens the vote, as a mail of whom `author` names.
///
/// # Errors
/// When it cannot be voted on so, or a vote of that title is recorded that says otherwise.
pub fn open(desk: &Desk<'_>, args: &Args, author: (String, String)) -> Result<Sent, CommandError> {
    let (opened, sender) = what_is_asked(desk, args, author)?;
    let ui = desk.environment.ui;
    let vote = match Correspondence::read(desk, KIND, &opened.name)? {
        None => Correspondence::new(desk, KIND, &opened.name, sender, &opened)?,
        Some(recorded) => same_vote(recorded, &opened)?,
    };
    if outputs(&vote, "open").is_some() {
        ui.say(&format!("The vote `{}` is open already; `quorate vote show {0}` counts it.", opened.name));
        return Ok(Sent::Yes);
    }
    let sent = send(desk, &vote, &["open"], &args.agreement)?;
    if sent == Sent::Yes {
        // The entry for the calendar; that the time is yet to pass holds nothing up.
        carry(desk, &vote, &["wait"], None)?;
        let name = &opened.name;
        ui.say(&format!(
            "Next: `quorate vote show {name}` counts it as it stands, `quorate vote result {name}` ends it."
        ));
    }
    Ok(sent)
}

/// A vote that is recorded under the name: it must be this one, and not be over.
fn same_vote(recorded: Correspondence, opened: &Opened) -> Result<Correspondence, CommandError> {
    let before: Opened = recorded.subject()?;
    if is_over(&recorded) {
        return Err(CommandError::usage(
            format!("the vote `{}` is over", before.name),
            "where it is voted on again, give it another title",
        ));
    }
    if before.is(opened) {
        return Ok(recorded);
    }
    Err(CommandError::usage(
        format!("a vote `{}` is recorded in {}, and says otherwise", before.name, recorded.directory.display()),
        format!("give what was given then, or another title; `quorate vote show {}` shows it", before.name),
    ))
}

fn what_is_asked(desk: &Desk<'_>, args: &Args, author: (String, String)) -> Result<(Opened, Sender), CommandError> {
    let environment = desk.environment;
    let product = product_meant(&environment.assets, args.product.as_deref())?;
    let Footing { action, bylaws, rules, used, mail, list } = footing(desk, &product, &args.rules, &args.action)?;
    demand_votable(&action, args)?;
    let title = plain_title(&args.title)?;
    let name = name_of(&title);
    if name.is_empty() {
        return Err(CommandError::usage(format!("`{}` is no title", args.title), "--title \"FLIP-12: State\""));
    }
    if let Some(link) = args.link.iter().find(|link| !link.contains("://") || link.contains(char::is_whitespace)) {
        return Err(CommandError::usage(format!("`{link}` is no address"), "--link https://…"));
    }
    let (author, email) = author;
    let sender = Sender { name: author, email, private: action.list == "private", list, mail };
    let opened = Opened {
        name,
        title,
        about: text_or_file(&args.about)?,
        links: args.link.clone(),
        person: args.subject.clone(),
        hours: action.minimum_days * 24,
        action,
        product,
        used,
        bylaws,
        rules,
    };
    Ok((opened, sender))
}

/// On what a vote stands: its rules, and where its mails go.
pub struct Footing {
    /// What is voted on, as the bylaws have it.
    pub action: Action,
    /// Which bylaws.
    pub bylaws: BylawsNamed,
    /// Bylaws, roster and aliases, as they are named.
    pub rules: Vote,
    /// The files of these as they are now.
    pub used: Vec<FileUsed>,
    /// The relay and the archive.
    pub mail: Mail,
    /// The list.
    pub list: String,
}

/// By which rules `action` is voted on, and where.
///
/// # Errors
/// When the product or its rules cannot be used.
pub fn footing(desk: &Desk<'_>, product: &str, given: &Given, action: &str) -> Result<Footing, CommandError> {
    let environment = desk.environment;
    let Configured { mail, vote } = configured(environment, product)?;
    let rules = from_anywhere(named(vote, given, action))?;
    let (bylaws, action) = bylaws_of(&environment.assets, &rules)?;
    Ok(Footing {
        used: used(desk, &bylaws, &rules),
        list: list_of(&mail, &action),
        bylaws: BylawsNamed { title: bylaws.title, source: bylaws.source, file: bylaws.file },
        action,
        rules,
        mail,
    })
}

/// A release has a step of its own, a change is voted on where it is, and where somebody
/// concerned has no vote it is said who.
fn demand_votable(action: &Action, args: &Args) -> Result<(), CommandError> {
    if action.id == "product-release" {
        return Err(CommandError::usage(
            "the vote on a release is opened by the release's own step, which binds it to the candidate's bytes",
            "`quorate run send-vote`; `quorate status` shows where the release stands",
        ));
    }
    if !["dev", "private"].contains(&action.list.as_str()) {
        return Err(CommandError::usage(
            format!("{} is not voted on by mail: the bylaws name `{}`", action.title, action.list),
            "vote where the change is: in its issue or pull request",
        ));
    }
    if action.exclude_subject && args.subject.is_none() {
        return Err(CommandError::usage(
            format!("{}: the person concerned has no binding vote, and is not named", action.title),
            "--subject PERSON, by id, address or name",
        ));
    }
    Ok(())
}

/// The title without the tags that the mails' subjects have anyway.
fn plain_title(given: &str) -> Result<String, CommandError> {
    let mut title = given.trim();
    while let Some((_, rest)) = title.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        title = rest.trim_start();
    }
    if title.contains(['\n', '\r']) || title.chars().count() > 120 {
        return Err(CommandError::usage("a title is one line of at most 120 characters", "--about has room for more"));
    }
    Ok(title.to_owned())
}

/// The text itself, or that of the file that is called so.
///
/// # Errors
/// When the file cannot be read, or there is no text.
pub fn text_or_file(given: &str) -> Result<String, CommandError> {
    let path = Path::new(given);
    let one_line = !given.contains('\n') && given.len() < 1024;
    let text = if one_line && path.is_file() {
        fs::read_to_string(path).map_err(|error| {
            CommandError::usage(format!("cannot read {given}: {error}"), "--about wants a text in UTF-8")
        })?
    } else {
        given.to_owned()
    };
    if one_line && text == given && looks_like_a_file(given.trim()) {
        return Err(CommandError::usage(
            format!("there is no file `{}`", given.trim()),
            "--about FILE names one that is there; a text is of more than one word",
        ));
    }
    match text.trim() {
        "" => Err(CommandError::usage("nothing says what is proposed", "--about FILE, or --about \"the text itself\"")),
        text => Ok(text.to_owned()),
    }
}

/// Whether one word is a file's name rather than a text: it has a directory, or an ending.
fn looks_like_a_file(word: &str) -> bool {
    if word.is_empty() || word.contains(char::is_whitespace) || word.contains("://") {
        return false;
    }
    let ending = Path::new(word).extension().and_then(|ending| ending.to_str());
    let ends = ending.is_some_and(|ending| {
        ending.len() <= 5
            && ending.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    ends || word.contains('/')
}

/// The files of the rules as they are now. That a roster cannot be had yet is told, and holds
/// nothing up: it is needed when the vote is counted.
fn used(desk: &Desk<'_>, bylaws: &Bylaws, rules: &Vote) -> Vec<FileUsed> {
    let mut used = vec![bylaws.file.clone()];
    match electorate(&desk.environment.assets, rules, desk.clock.now()) {
        Ok(roster) => used.extend(roster.files),
        Err(error) => desk.environment.ui.warn(&format!("the roster cannot be had now: {error}")),
    }
    used
}

/// The list that the bylaws name, at the product's own domain.
fn list_of(mail: &Mail, action: &Action) -> String {
    let domain = mail.dev.split_once('@').map(|(_, domain)| domain.to_owned()).unwrap_or_default();
    if action.list == "dev" { mail.dev.clone() } else { format!("{}@{domain}", action.list) }
}

/// Who works here, as git knows them: in the clone around, else anywhere.
///
/// # Errors
/// When it does not.
pub fn identity_here() -> Result<(String, String), CommandError> {
    if let Some(known) = author_at(Path::new(".")) {
        return Ok(known);
    }
    if let Ok(repository) = git2::Repository::discover(".") {
        return identity(repository.workdir().unwrap_or_else(|| repository.path()));
    }
    let config = git2::Config::open_default().ok();
    let value = |name: &str| config.as_ref().and_then(|config| config.get_string(name).ok());
    match (value("user.name"), value("user.email")) {
        (Some(name), Some(email)) => Ok((name, email)),
        _ => Err(CommandError::usage(
            "git does not know your name and address",
            "git config --global user.name … and user.email …: mails are from them",
        )),
    }
}
