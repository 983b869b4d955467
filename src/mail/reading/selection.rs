// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Which of many mails are of the thread that is wanted, each once and in the order of their times.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::thread::{LeftOut, Mail, Selection};
use super::threads::{Node, threads};
use crate::governance::reading::Tag;

/// Why the second of two equal mails is left out.
pub const TWICE: &str = "the same mail is there twice";

/// What makes two mails with one Message-ID the same: body and sender.
type Content<'m> = (&'m [u8], Option<&'m [u8]>);

/// The mails of the thread that is wanted.
pub(super) fn choose<'m>(mails: Vec<Mail<'m>>, selection: Selection<'_>, left_out: &mut Vec<LeftOut>) -> Vec<Mail<'m>> {
    let nodes: Vec<Node<'_>> = mails
        .iter()
        .map(|mail| {
            let from = mail.headers.raw("from");
            Node { id: &mail.id, parents: &mail.parents, subject: &mail.parsed, from }
        })
        .collect();
    let numbers = threads(&nodes);
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    numbers.iter().for_each(|number| *sizes.entry(*number).or_default() += 1);
    let with = |wanted: &dyn Fn(&Mail<'_>) -> bool| {
        let votes = mails.iter().zip(&numbers).filter(|(mail, _)| wanted(mail)).map(|(_, number)| *number);
        votes.max_by_key(|number| (sizes[number], std::cmp::Reverse(*number)))
    };
    let number = match selection {
        Selection::LargestVote => {
            match with(&|mail| mail.parsed.has(Tag::Vote) && !mail.parsed.answer && !mail.parsed.has(Tag::Result)) {
                Some(number) => number,
                // no mail calls a vote by its subject: whoever hands these mails over means them all
                None => return mails,
            }
        }
        Selection::Subject(words) => {
            let words = words.to_lowercase();
            match with(&|mail| mail.parsed.written.to_lowercase().contains(&words)) {
                Some(number) => number,
                None => return Vec::new(),
            }
        }
        Selection::Message(id) => match with(&|mail| mail.id == id.trim_matches(['<', '>'])) {
            Some(number) => number,
            None => return Vec::new(),
        },
    };
    // a mail of this thread can answer the call of another one
    let elsewhere: HashMap<String, String> = nodes
        .iter()
        .zip(&numbers)
        .filter(|(node, found)| node.calls() && **found != number)
        .map(|(node, _)| (node.id.to_owned(), node.subject.plain.clone()))
        .collect();
    let mut others: BTreeMap<usize, (usize, String)> = BTreeMap::new();
    let mut chosen = Vec::new();
    for (mut mail, found) in mails.into_iter().zip(numbers) {
        if found == number {
            mail.answers_other = mail.parents.first().and_then(|parent| elsewhere.get(parent)).cloned();
            chosen.push(mail);
        } else {
            others.entry(found).or_insert_with(|| (0, mail.parsed.written.clone())).0 += 1;
        }
    }
    for (count, subject) in others.into_values() {
        let mails = if count == 1 { "a mail".to_owned() } else { format!("{count} mails") };
        left_out.push(LeftOut { mail: format!("{mails} under {subject:?}"), why: "another thread".to_owned() });
    }
    chosen
}

/// The same mail twice is one mail; another mail with the same Message-ID gets one of its own.
pub(super) fn once_each<'m>(mails: Vec<Mail<'m>>, left_out: &mut Vec<LeftOut>) -> Vec<Mail<'m>> {
    let mut seen: HashMap<String, Vec<Content<'m>>> = HashMap::new();
    let mut kept = Vec::with_capacity(mails.len());
    for mut mail in mails {
        let content = (mail.body.trim_ascii(), mail.headers.raw("from"));
        let same_id = seen.entry(mail.id.clone()).or_default();
        if same_id.contains(&content) {
            left_out.push(LeftOut { mail: mail.id, why: format!("{TWICE} ({})", mail.place) });
            continue;
        }
        same_id.push(content);
        if same_id.len() > 1 {
            mail.doubts.push("another mail has the same Message-ID".to_owned());
            mail.id = format!("{}#{}", mail.id, same_id.len());
        }
        kept.push(mail);
    }
    kept
}

/// By time; a mail without one stays behind the mail it stood behind.
pub(super) fn in_order(mails: Vec<Mail<'_>>) -> Vec<Mail<'_>> {
    let mut last = None;
    let mut keyed: Vec<(Option<Timestamp>, Mail<'_>)> = Vec::with_capacity(mails.len());
    for mail in mails {
        let key = mail.at.or(last);
        last = key;
        keyed.push((key, mail));
    }
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, mail)| mail).collect()
}
