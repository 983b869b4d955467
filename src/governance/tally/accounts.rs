// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is told of each mail, for whoever asks how it was read.

use super::mails::Mail;
use super::rounds::Course;
use crate::governance::Says;

/// What came of a mail that casts nothing.
pub(super) fn came_of_nothing(mail: &Mail<'_>, course: &Course<'_, '_>) -> String {
    let is = |other: Option<&Mail<'_>>| other.is_some_and(|other| other.id() == mail.id());
    let opens = course.rounds.iter().any(|round| round.mail.id() == mail.id());
    let cancels = course.cancelled.as_ref().is_some_and(|cancelled| cancelled.message_id == mail.id());
    let words = if opens {
        "it opens a vote"
    } else if cancels {
        "it calls the vote off"
    } else if is(course.result) {
        "it says what the vote came to"
    } else {
        "nothing"
    };
    words.to_owned()
}

/// How a mail was read.
pub(super) fn read(says: &Says) -> String {
    match says {
        Says::Nothing { why: None } => "no vote".to_owned(),
        Says::Nothing { why: Some(why) } => format!("no vote: {why}"),
        Says::Casts(cast) => format!("{} in the line “{}”: {}", cast.value.sign(), cast.line, cast.why),
        Says::Withdraws { line } => format!("it takes a vote back in the line “{line}”"),
        Says::Settles { line } => format!("no vote; it may say that an objection is settled: “{line}”"),
        Says::Regrets { line } => format!("no vote; it may say that a vote no longer stands: “{line}”"),
        Says::Unclear { why, .. } => format!("unclear: {why}"),
    }
}
