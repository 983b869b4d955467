// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Who called the vote, and with which words: what answers are held against.

use super::own_text::Quoted;
use super::sender;
use super::thread::Mail;
use crate::governance::reading::{call_lines, candidates};

/// Who called the vote, and with which words.
#[derive(Default)]
pub(super) struct Caller {
    pub(super) addresses: Vec<String>,
    pub(super) names: Vec<String>,
    pub(super) lines: Vec<String>,
    /// The Message-IDs of the calls.
    pub(super) mails: Vec<String>,
    /// The candidates that the calls name.
    pub(super) candidates: Vec<String>,
    /// What the calls say, in letters and digits alone.
    pub(super) text: String,
}

impl Caller {
    pub(super) fn wrote(&self, sender: &sender::Sender) -> bool {
        let by_address = sender.address.as_ref().is_some_and(|address| self.addresses.contains(address));
        by_address || sender.name.as_ref().is_some_and(|name| self.names.contains(&name.to_lowercase()))
    }

    /// Below which quotes stand answers to what somebody remarked: to no line of a call, and to no vote for it.
    pub(super) fn remarks(&self, quoted: &[Quoted<'_>]) -> Vec<usize> {
        let plain = |quote: &Quoted<'_>| {
            let tells = |line: &&str| {
                let bare = line.trim_start_matches(['>', ' ', '|']);
                let letters = letters(bare);
                let boxed = bare.starts_with(['[', '(']) && bare.contains("-1");
                bare.contains("+1") || boxed || letters.len() > 10 && self.text.contains(&letters)
            };
            !quote.lines.iter().any(tells)
                && quote.lines.iter().any(|line| letters(line).len() > 10 || line.contains("-1"))
        };
        if self.text.is_empty() {
            return Vec::new();
        }
        quoted.iter().filter(|quote| plain(quote)).map(|quote| quote.below).collect()
    }

    pub(super) fn add(&mut self, mail: &Mail<'_>, sender: &sender::Sender, own: &[&str]) {
        self.mails.push(mail.id.clone());
        self.candidates.extend(candidates(&mail.parsed.written));
        self.candidates.extend(own.iter().flat_map(|line| candidates(line)));
        own.iter().for_each(|line| self.text.push_str(&letters(line)));
        self.addresses.extend(sender.address.clone());
        self.names.extend(sender.name.as_ref().map(|name| name.to_lowercase()));
        self.lines.extend(call_lines(own).into_iter().take(200));
    }
}

/// A line as it is however it is wrapped and quoted.
fn letters(line: &str) -> String {
    line.chars().filter(|c| c.is_alphanumeric()).collect()
}
