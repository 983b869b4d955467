// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Reading a mail of a vote's thread: what part it has in the thread, and what it casts.
//! Pure: text in, values out. Which of a mail's lines are its sender's own is decided before
//! (`mail::reading`); who may vote and what counts is decided after (the tally).
//!
//! Precision goes both ways: a plain vote is never a question, and what is not certain is
//! [`Says::Unclear`], with its reason.

mod above;
mod announced;
mod ballot;
mod below;
mod besides;
mod calling;
mod calling_off;
mod candidates;
mod change;
mod claim;
mod clause;
mod condition;
mod deed;
mod in_subject;
mod in_words;
mod label;
mod lines;
mod matter;
mod mention;
mod normal;
mod object;
mod objection;
mod others;
mod own;
mod position;
mod proxy;
mod regret;
mod result;
mod result_forms;
mod role;
mod says;
mod settled;
mod sign;
mod subject;
mod told;
mod tongue;
mod turn;
mod unread_end;
mod unsaid;
mod until;
mod words;

#[cfg(test)]
mod claim_tests;
#[cfg(test)]
mod course_tests;
#[cfg(test)]
mod doubt_tests;
#[cfg(test)]
mod label_tests;
#[cfg(test)]
mod object_tests;
#[cfg(test)]
mod taken_back_tests;
#[cfg(test)]
mod talk_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tongue_tests;
#[cfg(test)]
mod usage_tests;
#[cfg(test)]
mod vote_tests;

pub use matter::other_matter;
pub use subject::{Subject, Tag};
pub use turn::Turn;

use super::{Role, Says};

/// What the reader is told of one mail.
#[derive(Debug, Clone, Copy)]
pub struct Text<'m> {
    /// The subject, taken apart.
    pub subject: &'m Subject,
    /// The lines that the sender wrote, blank ones too; no quotes, no signature.
    pub own: &'m [&'m str],
    /// The sender's name, or nothing.
    pub sender: &'m str,
    /// Whether it answers another mail, by its headers.
    pub answers: bool,
    /// Whether a mail before it in the thread called a vote.
    pub called: bool,
    /// Whether who called the vote wrote it.
    pub by_caller: bool,
    /// The lines of the call with a value in them, as [`call_lines`] gives them.
    pub call: &'m [String],
    /// Whether it answers the mail that called the vote, rather than one of the thread's others.
    pub to_call: bool,
    /// The subject of the vote that it would be on.
    pub called_as: Option<&'m Subject>,
    /// The candidates that the call before it is on: rc2.
    pub candidates: &'m [String],
    /// Those that were voted on before, or are named beside: rc1.
    pub earlier: &'m [String],
    /// Which of its own lines stand right below a quote of neither the call nor a vote.
    pub remarks: &'m [usize],
}

/// The part that a mail has in its thread, and what it casts.
pub fn read(text: &Text<'_>) -> (Role, Says) {
    let lines = lines::logical_lines(text.own);
    let role = role::role(text, &lines);
    // who casts a vote and did not call it says how it goes, and does not close it
    let told = !text.by_caller && !text.subject.has(Tag::Result) && matches!(role, Role::Announces(_));
    if told && let votes @ Says::Casts(_) = says::says(text, &lines, false) {
        return (Role::Replies, votes);
    }
    let announced = matches!(role, Role::Announces(_));
    let called = matches!(role, Role::Announces(_) | Role::Opens { .. });
    match says::says(text, &lines, called) {
        Says::Unclear { why, .. } if announced => (role, Says::Nothing { why: Some(why) }),
        Says::Nothing { why } if role == Role::Replies && text.called => {
            let titled = in_subject::in_subject(text.subject);
            let settled = || settled::settled(&lines).and_then(|at| text.own.get(at));
            let regretted = || regret::regretted(&lines).and_then(|at| text.own.get(at));
            let titled = titled.or_else(|| regretted().map(|line| Says::Regrets { line: line.trim().to_owned() }));
            let says = titled.or_else(|| settled().map(|line| Says::Settles { line: line.trim().to_owned() }));
            (role, says.unwrap_or(Says::Nothing { why }))
        }
        says => (role, says),
    }
}

/// The candidates that a text names: "RC2", "rc-2", "release candidate #2" are `rc2`.
pub fn candidates(text: &str) -> Vec<String> {
    candidates::candidates(&text.to_lowercase())
}

/// What a mail puts to the vote beside what is voted on.
pub fn turn(text: &Text<'_>) -> Option<Turn> {
    let cheap = text.called && (text.by_caller || text.subject.core.contains(|c: char| c.is_ascii_digit()));
    cheap.then(|| turn::turn(text, &lines::logical_lines(text.own))).flatten()
}

/// Whether the line is a ballot's, and its box is marked.
pub fn is_marked(line: &str) -> bool {
    matches!(ballot::boxed(&normal::plain(line)), Some(ballot::Printed::Marked(_)))
}

/// The lines of a call for votes that have a value in them, in lower case and without blanks: a reply
/// can repeat them without quoting.
pub fn call_lines(own: &[&str]) -> Vec<String> {
    let lines = lines::logical_lines(own);
    let values = lines.iter().filter(|line| line.text.contains(['+', '-', '0']));
    values.map(|line| ballot::without_blanks(&line.text)).collect()
}
