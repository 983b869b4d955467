// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The tally as it was last read, kept in the workspace: what `quorate status` shows without
//! asking anybody. It is never what a vote is decided by.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::governance::{FileUsed, Tally, Totals, changed_files};
use crate::services::{Workspace, WorkspaceError};

/// A tally as it was last read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptTally {
    /// The format of this file; 1.
    pub format: u32,
    /// When the thread was read.
    pub read: Timestamp,
    /// The Message-ID of the mail that called the vote.
    pub vote: String,
    /// The files that its rules and people were from when it was first read.
    #[serde(default)]
    pub first_used: Vec<FileUsed>,
    /// What was found.
    pub tally: Tally,
}

impl KeptTally {
    /// The tally of the vote that `vote` called, as it was last read; nothing where none was, or
    /// what is there is of another vote or another program's.
    pub fn load(workspace: &Workspace, file: &str, vote: &str) -> Option<Self> {
        let bytes = workspace.read(file).ok().flatten()?;
        let kept: Self = serde_json::from_slice(&bytes).ok()?;
        (kept.format == 1 && kept.vote == vote).then_some(kept)
    }

    /// Keeps a tally in the place of the one before, and notes in it where its rules and people
    /// are not from the same files as when the vote was first read.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(workspace: &Workspace, file: &str, vote: &str, tally: &mut Tally) -> Result<(), WorkspaceError> {
        let before = Self::load(workspace, file, vote).map(|kept| kept.first_used).filter(|used| !used.is_empty());
        let first_used = before.unwrap_or_else(|| tally.files());
        let changed = changed_files(&first_used, &tally.files());
        tally.notes.extend(changed.iter().map(|change| format!("since this vote was first read: {change}")));
        let kept = Self { format: 1, read: tally.at, vote: vote.to_owned(), first_used, tally: tally.clone() };
        let bytes = serde_json::to_vec_pretty(&kept).expect("a tally is plain data");
        workspace.write(file, &bytes).map(|_| ())
    }

    /// The numbers in a line: `2 binding +1, no binding -1, 1 other +1; 1 mail to rule on`.
    pub fn in_short(tally: &Tally) -> String {
        let number = |count: usize| if count == 0 { "no".to_owned() } else { count.to_string() };
        let Totals { plus, zero, minus } = tally.binding;
        let neutral = if zero == 0 { String::new() } else { format!(" {zero} binding 0,") };
        let mut text = format!("{} binding +1,{neutral} {} binding -1", number(plus), number(minus));
        let others = tally.non_binding;
        let count = others.plus + others.zero + others.minus;
        if count > 0 {
            text.push_str(&format!(", {count} not binding"));
        }
        match tally.review.len() {
            0 => {}
            1 => text.push_str("; 1 mail to rule on"),
            several => text.push_str(&format!("; {several} mails to rule on")),
        }
        text
    }
}
