// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Who called the vote, and with which words: what answers are held against.

use std::rc::Rc;

use super::own_text::Quoted;
use super::sender;
use super::thread::Mail;
use crate::governance::reading::{Subject, call_lines, candidates};

/// Who called the vote, and with which words.
#[derive(Default)]
pub(super) struct Caller {
    pub(super) addresses: Vec<String>,
    pub(super) names: Vec<String>,
    /// The addresses that the calls went to, the list's among them.
    pub(super) recipients: Vec<String>,
    pub(super) lines: Vec<String>,
    /// The Message-IDs of the calls.
    pub(super) mails: Vec<String>,
    /// The subject of the last call.
    pub(super) subject: Option<Rc<Subject>>,
    /// The candidates that the last call is on.
    pub(super) candidates: Vec<String>,
    /// The others that the calls name.
    pub(super) earlier: Vec<String>,
    /// The last mail behind the call that puts something else to the vote, and what.
    pub(super) turned: Option<(String, String)>,
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
        self.subject = Some(mail.parsed.clone());
        self.turned = None;
        self.is_on(candidates(&mail.parsed.core), own.iter().flat_map(|line| candidates(line)).collect());
        own.iter().for_each(|line| self.text.push_str(&letters(line)));
        self.recipients.extend(sender::recipients(&mail.headers));
        self.addresses.extend(sender.address.clone());
        self.names.extend(sender.name.as_ref().map(|name| name.to_lowercase()));
        self.lines.extend(call_lines(own).into_iter().take(200));
    }
}

impl Caller {
    /// Takes in which candidates a call names in its subject and in its text: it is on what it is the first to
    /// name, else on what its subject names.
    fn is_on(&mut self, titled: Vec<String>, told: Vec<String>) {
        let mut known = std::mem::take(&mut self.candidates);
        known.append(&mut self.earlier);
        let new =
            |names: &[String]| -> Vec<String> { names.iter().filter(|name| !known.contains(name)).cloned().collect() };
        let (fresh_title, fresh) = (new(&titled), new(&told));
        let choices = [&fresh_title, &fresh, &titled, &told];
        self.candidates = choices.into_iter().find(|names| !names.is_empty()).cloned().unwrap_or_default();
        known.extend(titled.into_iter().chain(told));
        known.retain(|name| !self.candidates.contains(name));
        self.earlier = known;
    }
}

/// A line as it is however it is wrapped and quoted.
fn letters(line: &str) -> String {
    line.chars().filter(|c| c.is_alphanumeric()).collect()
}
