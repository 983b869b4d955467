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
//! [`Says::Unclear`](super::Says::Unclear), with its reason.

mod ballot;
mod change;
mod claim;
mod clause;
mod condition;
mod lines;
mod mention;
mod normal;
mod object;
mod result;
mod role;
mod says;
mod sign;
mod subject;
mod words;

#[cfg(test)]
mod tests;

pub use subject::{Subject, Tag};

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
}

/// The part that a mail has in its thread, and what it casts.
pub fn read(text: &Text<'_>) -> (Role, Says) {
    let lines = lines::logical_lines(text.own);
    let role = role::role(text, &lines);
    let called = matches!(role, Role::Announces(_) | Role::Opens { .. });
    let says = says::says(text, &lines, called);
    (role, says)
}

/// The lines of a call for votes that have a value in them: a reply can repeat them without quoting.
pub fn call_lines(own: &[&str]) -> Vec<String> {
    let lines = lines::logical_lines(own);
    lines.into_iter().map(|line| line.text).filter(|line| line.contains(['+', '-', '0'])).collect()
}
