// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whose mail it is: the person, also where a list or a bot stands in the From header.

use std::collections::BTreeSet;

use super::headers::{Headers, Mailbox, mailboxes};

/// The sender, and what is doubtful about it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sender {
    pub name: Option<String>,
    pub address: Option<String>,
    /// Whether the mail names more than one.
    pub several: bool,
    /// The address in its From, where that is a list's and another header gave the sender's.
    pub rewritten: Option<String>,
    /// Why it is not certain whose mail it is: another header says so than From.
    pub contested: Option<String>,
    pub doubts: Vec<String>,
}

/// Addresses that write for many people.
const BOTS: [&str; 8] = [
    "git@apache.org",
    "gitbox@apache.org",
    "notifications@github.com",
    "noreply@github.com",
    "no-reply@github.com",
    "jira@apache.org",
    "noreply@reviews.apache.org",
    "wiki@apache.org",
];

/// Whose mail it is, by its headers.
pub(super) fn sender(headers: &Headers<'_>, body: &str) -> Sender {
    Sender { several: names_several(headers), ..first_sender(headers, body) }
}

/// Whether the From headers give more than one address: a mail is one person's vote.
fn names_several(headers: &Headers<'_>) -> bool {
    let mut fields = headers.all("from");
    let (first, more) = (fields.next(), fields.next());
    if more.is_none() && first.is_none_or(|raw| memchr::memchr_iter(b'@', raw).nth(1).is_none()) {
        return false;
    }
    let all = headers.all("from").take(20).flat_map(mailboxes).filter_map(|one| one.address);
    all.filter(|address| address.contains('@')).collect::<BTreeSet<_>>().len() > 1
}

fn first_sender(headers: &Headers<'_>, body: &str) -> Sender {
    let from = headers.mailboxes("from");
    let mut doubts = Vec::new();
    let first = match from.first() {
        Some(first) => first.clone(),
        None => {
            doubts.push("the From header is missing".to_owned());
            headers.mailboxes("sender").into_iter().next().unwrap_or_default()
        }
    };
    if names_several(headers) {
        doubts.push("the mail's From names several senders; the first is taken".to_owned());
    }
    let address = first.address.clone().filter(|address| address.contains('@'));
    if first.address.is_some() && address.is_none() {
        doubts.push("the From header has no address".to_owned());
    }
    let (name, via) = first.name.as_deref().map_or((None, false), without_via);
    if address.as_deref().is_some_and(|address| BOTS.contains(&address)) {
        return of_bot(name, body, doubts);
    }
    let Some(list) = address.clone().filter(|address| is_list(headers, address)) else {
        let other = person_behind(headers, name.as_deref()).filter(|other| via && Some(other) != address.as_ref());
        let contested = other.map(|other| contest(address.as_deref(), &other));
        return Sender { name, address, doubts, contested, ..Sender::default() };
    };
    let person = person_behind(headers, name.as_deref());
    if person.is_none() {
        doubts.push("the list put its own address into the From header, and no header gives the sender's".to_owned());
    }
    let rewritten = person.is_some().then_some(list);
    Sender { name, address: person, doubts, rewritten, ..Sender::default() }
}

/// Why a mail is nobody's for certain: what its From says, and what another header says.
fn contest(from: Option<&str>, other: &str) -> String {
    let from = from.unwrap_or("no address");
    format!("its From is {from}, and no list that the vote is on, and another header names {other}: whose vote is it?")
}

impl Sender {
    /// The sender, where only the lists at `known` may put their own address into From: whoever sends a mail can
    /// write the other headers, those that call an address a list among them.
    pub(super) fn of_lists(self, known: &[String]) -> Self {
        let stranger = self.rewritten.as_ref().is_some_and(|list| !known.is_empty() && !known.contains(list));
        if !stranger {
            return self;
        }
        let contested = self.address.as_deref().map(|other| contest(self.rewritten.as_deref(), other));
        Self { address: self.rewritten, rewritten: None, contested, ..self }
    }
}

/// The addresses that a mail went to: a list that it is on is one of them.
pub(super) fn recipients(headers: &Headers<'_>) -> Vec<String> {
    let written =
        ["to", "cc", "reply-to", "delivered-to"].into_iter().flat_map(|name| headers.all(name).collect::<Vec<_>>());
    let mut found: Vec<String> = written.take(20).flat_map(mailboxes).filter_map(|one| one.address).collect();
    let posted = headers.ascii("list-post").unwrap_or_default();
    found.extend(
        posted
            .split("mailto:")
            .skip(1)
            .map(|rest| rest.split(['>', '?', ',']).next().unwrap_or(rest).trim().to_owned()),
    );
    let id = headers.ascii("list-id").unwrap_or_default();
    if let Some((local, domain)) =
        id.rsplit_once('<').and_then(|(_, id)| id.split_once('>')).and_then(|(id, _)| id.split_once('.'))
    {
        found.push(format!("{local}@{domain}"));
    }
    found.retain(|address| address.contains('@'));
    found
}

/// A name without "via dev", and whether it had that.
fn without_via(name: &str) -> (Option<String>, bool) {
    let lower = name.to_lowercase();
    for mark in [" via ", " (via ", " [via "] {
        if let Some(at) = lower.rfind(mark)
            && name.is_char_boundary(at)
        {
            let person = name[..at].trim().trim_matches(['"', '\'']).trim();
            return ((!person.is_empty()).then(|| person.to_owned()), true);
        }
    }
    (Some(name.to_owned()), false)
}

/// Whether the address is that of a list that the mail went to.
fn is_list(headers: &Headers<'_>, address: &str) -> bool {
    // nearly all are not, which the headers' bytes tell sooner than the headers
    let local = address.split('@').next().unwrap_or_default().as_bytes();
    let names = |name: &&str| headers.raw(name).is_some_and(|raw| holds(raw, local));
    if !is_list_name(address) && !["list-post", "x-mailing-list", "mailing-list", "list-id"].iter().any(names) {
        return false;
    }
    let posted =
        ["list-post", "x-mailing-list", "mailing-list"].iter().filter_map(|name| headers.ascii(name)).any(|value| {
            value.contains(&format!("mailto:{address}"))
                || value.contains(&format!("contact {}", address.replacen('@', "-help@", 1)))
        });
    let id = headers.ascii("list-id").is_some_and(|id| id.contains(&format!("<{}>", address.replacen('@', ".", 1))));
    posted
        || id
        || is_list_name(address)
            && headers
                .mailboxes("to")
                .iter()
                .chain(&headers.mailboxes("cc"))
                .any(|to| to.address.as_deref() == Some(address))
}

/// Whether the bytes hold a word, in whatever case.
fn holds(bytes: &[u8], word: &[u8]) -> bool {
    let Some(first) = word.first() else { return false };
    memchr::memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), bytes)
        .any(|at| bytes[at..].get(..word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word)))
}

fn is_list_name(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default();
    matches!(
        local,
        "dev"
            | "user"
            | "users"
            | "private"
            | "general"
            | "issues"
            | "commits"
            | "announce"
            | "security"
            | "vote"
            | "votes"
    ) || local.ends_with("-dev")
}

/// The address of the person with this name that another header gives.
fn person_behind(headers: &Headers<'_>, name: Option<&str>) -> Option<String> {
    for header in ["x-original-from", "original-from", "x-original-sender", "x-sender", "x-google-original-from"] {
        if let Some(address) = headers
            .mailboxes(header)
            .into_iter()
            .find_map(|one| one.address)
            .filter(|address| address.contains('@') && !is_list(headers, address))
        {
            return Some(address);
        }
    }
    let reply_to = headers.mailboxes("reply-to");
    let others: Vec<&Mailbox> = reply_to
        .iter()
        .filter(|one| one.address.as_deref().is_some_and(|address| address.contains('@') && !is_list(headers, address)))
        .collect();
    if let Some(one) = others.iter().find(|one| same_name(one.name.as_deref(), name)).or(if others.len() == 1 {
        others.first()
    } else {
        None
    }) {
        return one.address.clone();
    }
    let copies = headers.mailboxes("cc");
    copies
        .into_iter()
        .find(|one| one.name.is_some() && same_name(one.name.as_deref(), name))
        .and_then(|one| one.address)
}

fn same_name(one: Option<&str>, other: Option<&str>) -> bool {
    let words = |name: &str| {
        let mut words: Vec<String> = name
            .to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        words.sort();
        words
    };
    match (one, other) {
        (Some(one), Some(other)) => !words(one).is_empty() && words(one) == words(other),
        _ => false,
    }
}

/// A bot's mail: the person's name stands in its name or in its first line.
fn of_bot(name: Option<String>, body: &str, mut doubts: Vec<String>) -> Sender {
    let first = body.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let told = first
        .find(" commented on ")
        .or_else(|| first.find(" created an issue"))
        .or_else(|| first.find(" opened a new "))
        .map(|at| first[..at].trim_start_matches('>').trim().to_owned())
        .filter(|who| !who.is_empty() && !who.contains(' '));
    let named = name.filter(|name| !name.eq_ignore_ascii_case("gitbox") && !name.eq_ignore_ascii_case("github"));
    doubts.push("a program sent it for somebody, whose address it does not give".to_owned());
    Sender { name: told.or(named), doubts, ..Sender::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::reading::headers::split;

    fn of(text: &str) -> (Option<String>, Option<String>, usize) {
        let mail = format!("{text}\n\n");
        let (headers, _) = split(mail.as_bytes());
        let sender = sender(&headers, "");
        (sender.name, sender.address, sender.doubts.len())
    }

    #[test]
    fn the_person_behind_a_list() {
        let ann = (Some("Ann Example".to_owned()), Some("ann@example.org".to_owned()), 0);
        let list =
            "To: dev@flink.apache.org\nList-Id: <dev.flink.apache.org>\nList-Post: <mailto:dev@flink.apache.org>";
        assert_eq!(of("From: Ann Example <Ann@example.org>"), ann);
        assert_eq!(
            of(&format!(
                "From: \"Ann Example via dev\" <dev@flink.apache.org>\nReply-To: dev@flink.apache.org\nCc: Bob <b@example.org>, Ann Example <ann@example.org>\n{list}"
            )),
            ann
        );
        assert_eq!(
            of(&format!(
                "From: Ann Example via dev <dev@flink.apache.org>\nReply-To: Ann Example <ann@example.org>\n{list}"
            )),
            ann
        );
        assert_eq!(
            of(&format!("From: Ann Example via dev <dev@flink.apache.org>\nX-Original-From: ann@example.org\n{list}")),
            ann
        );
        assert_eq!(of(&format!("From: Ann Example via dev <dev@flink.apache.org>\n{list}")), (ann.0.clone(), None, 1));
    }

    #[test]
    fn no_header_but_from_names_the_sender_where_from_is_no_list() {
        let whole = |text: &str| {
            let mail = format!("{text}\n\n");
            let (headers, _) = split(mail.as_bytes());
            sender(&headers, "")
        };
        let list = "To: dev@acme.apache.org\nList-Id: <dev.acme.apache.org>";
        for other in
            ["X-Sender: cat@apache.org", "Reply-To: Somebody <cat@apache.org>", "Cc: Somebody <cat@apache.org>"]
        {
            let found = whole(&format!("From: Somebody via X <m@evil.org>\n{other}\n{list}"));
            assert_eq!(found.address.as_deref(), Some("m@evil.org"), "{other}");
            let why = found.contested.unwrap_or_default();
            assert!(why.contains("m@evil.org") && why.contains("cat@apache.org"), "{other}: {why}");
            // without "via", no other header is looked at
            let plain = whole(&format!("From: Somebody <m@evil.org>\n{other}\n{list}"));
            assert_eq!((plain.address.as_deref(), plain.contested), (Some("m@evil.org"), None));
        }
        let own = whole(&format!("From: Ann via X <ann@example.org>\nReply-To: ann@example.org\n{list}"));
        assert_eq!((own.address.as_deref(), own.contested), (Some("ann@example.org"), None));
    }

    #[test]
    fn only_the_list_of_the_vote_may_write_for_others() {
        let text = "From: Cat via dev <dev@evil.org>\nTo: dev@evil.org\nX-Sender: cat@apache.org\n\n";
        let (headers, _) = split(text.as_bytes());
        let (call, _) = split(b"To: dev@acme.apache.org\nList-Id: Acme <dev.acme.apache.org>\n\n");
        let found = sender(&headers, "").of_lists(&recipients(&call));
        assert_eq!(found.address.as_deref(), Some("dev@evil.org"));
        assert!(found.contested.is_some_and(|why| why.contains("cat@apache.org")));
        let text = "From: Cat via dev <dev@acme.apache.org>\nTo: dev@acme.apache.org\nX-Sender: cat@apache.org\n\n";
        let (headers, _) = split(text.as_bytes());
        let found = sender(&headers, "").of_lists(&recipients(&call));
        assert_eq!((found.address.as_deref(), found.contested), (Some("cat@apache.org"), None));
        assert_eq!(found.rewritten.as_deref(), Some("dev@acme.apache.org"));
    }

    #[test]
    fn odd_senders() {
        assert_eq!(of("Subject: x"), (None, None, 1));
        assert_eq!(of("From: ann@example.org"), (None, Some("ann@example.org".to_owned()), 0));
        assert_eq!(of("From: Ann <ann@example.org>, Bob <bob@example.org>").2, 1);
        assert_eq!(of("From: ann (via GitHub) <git@apache.org>"), (Some("ann".to_owned()), None, 1));
    }
}
