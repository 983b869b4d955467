// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What people rule on single mails, and whom reminders asked, as the command line has it.

use std::collections::BTreeMap;

use crate::commands::CommandError;
use crate::governance::{Reminder, Roster, Ruling, Verdict};
use crate::mail::reading::ThreadRead;
use crate::ui::ExitCode;

/// A Message-ID without angle brackets.
pub fn bare(message_id: &str) -> String {
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

/// The mails that asked people for their vote, and whom.
///
/// # Errors
/// When one is none, or names somebody who is not on the roster.
pub fn reminders_of(given: &[String], roster: &Roster) -> Result<Vec<Reminder>, CommandError> {
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
        if let Verdict::Counts { voter: Some(id), .. } = &ruling.verdict
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
