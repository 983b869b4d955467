// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the archive shows of its mails, in the shapes of Pony Mail Foal: it
//! hides addresses and cuts bodies everywhere but in `source` and `mbox`.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use mail_parser::{Message, MessageParser};
use serde::Deserialize;
use serde_json::{Value, json};

use super::mail_store::{mbox_entry, read_mails};
use crate::release::Sha512;

/// The 32 digits and letters that names of mails are made of.
const ALPHABET: &[u8; 32] = b"0123456789bcdfghjklmnopqrstvwxyz";
const SHORT_BODY: usize = 200;
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// All mails, once for each list that they went to.
pub(super) struct Archive {
    mails: Vec<ArchivedMail>,
}

/// A mail of one list.
pub(super) struct ArchivedMail {
    /// As it came.
    pub(super) raw: Vec<u8>,
    mid: String,
    list: String,
    message_id: String,
    answers: Option<String>,
    from: String,
    subject: String,
    body: String,
    epoch: i64,
}

/// Which mails of a list are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    list: Option<String>,
    domain: Option<String>,
    d: String,
    q: String,
    header_subject: String,
}

impl Archive {
    /// The archive over the mails under `directory`.
    pub(super) fn read(directory: &Path) -> io::Result<Self> {
        let mut archive = Self { mails: Vec::new() };
        for stored in read_mails(directory)? {
            if let Some(mail) = MessageParser::default().parse(&stored.bytes) {
                archive.add(&stored.bytes, &mail);
            }
        }
        Ok(archive)
    }

    /// A mail by its name, or by its Message-ID, then of `list_id` where that is given.
    pub(super) fn find(&self, id: &str, list_id: Option<&str>) -> Option<&ArchivedMail> {
        self.mails.iter().find(|mail| mail.mid == id).or_else(|| {
            let named = self.mails.iter().filter(|mail| mail.message_id == id);
            let mut fitting = named.filter(|mail| list_id.is_none_or(|list| mail.list_id() == list));
            fitting.next()
        })
    }

    /// `thread.lua`: a mail with the tree of its answers.
    pub(super) fn thread(&self, mail: &ArchivedMail) -> Value {
        let mut emails = Vec::new();
        let children = self.children(mail, &mut emails);
        let mut thread = mail.short();
        thread["children"] = Value::Array(children);
        emails.push(mail.short());
        json!({ "thread": thread, "emails": emails })
    }

    /// The mail that begins the thread of `mail`, as far as the archive has those before it.
    pub(super) fn root<'a>(&'a self, mail: &'a ArchivedMail) -> &'a ArchivedMail {
        let mut seen = vec![mail];
        let mut root = mail;
        while let Some(id) = &root.answers {
            match self.mails.iter().find(|one| one.list == root.list && one.message_id == *id) {
                Some(parent) if !seen.iter().any(|known| known.mid == parent.mid) => {
                    seen.push(parent);
                    root = parent;
                }
                _ => break,
            }
        }
        root
    }

    /// `mbox.lua`: the raw mails that fit.
    pub(super) fn mbox(&self, filter: &Filter, now: Timestamp) -> Vec<u8> {
        self.fitting(filter, now).into_iter().flat_map(|mail| mbox_entry(&mail.raw)).collect()
    }

    /// `stats.lua`; `None` for a list that has no mails at all.
    pub(super) fn stats(&self, filter: &Filter, now: Timestamp) -> Option<Value> {
        let (list, domain) = (filter.list.as_deref()?, filter.domain.as_deref()?);
        let all = self.mails.iter().filter(|mail| filter.of_list(mail));
        let epochs = (all.clone().map(|mail| mail.epoch).min()?, all.map(|mail| mail.epoch).max()?);
        let (oldest, youngest) = (year_month(epochs.0), year_month(epochs.1));
        let hits = self.fitting(filter, now);
        let mut authors: BTreeMap<&str, u32> = BTreeMap::new();
        for mail in &hits {
            *authors.entry(&mail.from).or_default() += 1;
        }
        let threads: Vec<Value> =
            hits.iter().filter(|mail| !answers_one_of(mail, &hits)).map(|mail| self.node(mail)).collect();
        Some(json!({
            "firstYear": oldest.0, "firstMonth": oldest.1, "lastYear": youngest.0, "lastMonth": youngest.1,
            "hits": hits.len(), "numparts": authors.len(), "no_threads": threads.len(),
            "emails": hits.iter().map(|mail| mail.short()).collect::<Vec<_>>(),
            "participants": authors.iter().map(|(from, count)| participant(from, *count)).collect::<Vec<_>>(),
            "thread_struct": threads,
            "searchlist": format!("<{list}.{domain}>"), "domain": domain, "name": list, "list": format!("{list}@{domain}"),
        }))
    }

    /// A mail and its answers' subjects, for a person.
    pub(super) fn page(&self, mail: &ArchivedMail) -> String {
        let mut page =
            format!("From: {}\nSubject: {}\nList: {}\n\n{}\n", hide(&mail.from), mail.subject, mail.list, mail.body);
        for answer in self.answers(mail) {
            page.push_str(&format!("\n> {} ({})\n", answer.subject, hide(&answer.from)));
        }
        page
    }

    /// The mail once for each of its recipients, under the same name only once.
    fn add(&mut self, raw: &[u8], mail: &Message<'_>) {
        let recipients = [mail.to(), mail.cc()].into_iter().flatten();
        let lists =
            recipients.flat_map(|field| field.iter().filter_map(|one| one.address().map(str::to_ascii_lowercase)));
        for list in lists {
            let mid = name(raw, &list);
            if self.mails.iter().any(|known| known.mid == mid) {
                continue;
            }
            self.mails.push(ArchivedMail {
                raw: raw.to_vec(),
                mid,
                list,
                message_id: mail.message_id().map(|id| format!("<{id}>")).unwrap_or_default(),
                answers: answered(mail),
                from: author(mail),
                subject: mail.subject().unwrap_or_default().to_owned(),
                body: mail.body_text(0).map(|text| text.replace("\r\n", "\n")).unwrap_or_default(),
                epoch: mail.date().map_or(0, mail_parser::DateTime::to_timestamp),
            });
        }
    }

    fn fitting(&self, filter: &Filter, now: Timestamp) -> Vec<&ArchivedMail> {
        // a rehearsal's mails may be dated ahead of the clock
        let newest = self.mails.iter().map(|mail| mail.epoch).max().unwrap_or(0);
        let window = window(&filter.d, now.as_second().max(newest));
        let mut hits: Vec<_> = self.mails.iter().filter(|mail| filter.fits(mail, window)).collect();
        hits.sort_by_key(|mail| mail.epoch);
        hits
    }

    fn answers<'a>(&'a self, mail: &'a ArchivedMail) -> impl Iterator<Item = &'a ArchivedMail> {
        let answering = |other: &&ArchivedMail| {
            other.list == mail.list && other.mid != mail.mid && other.answers.as_deref() == Some(&mail.message_id)
        };
        self.mails.iter().filter(answering)
    }

    fn children(&self, mail: &ArchivedMail, emails: &mut Vec<Value>) -> Vec<Value> {
        let mut children = Vec::new();
        for answer in self.answers(mail) {
            if emails.iter().any(|known| known["mid"] == json!(answer.mid)) {
                continue;
            }
            emails.push(answer.short());
            let below = self.children(answer, emails);
            children.push(json!({
                "tid": answer.mid, "mid": answer.mid, "id": answer.mid, "message-id": answer.message_id,
                "subject": answer.subject, "from": hide(&answer.from), "epoch": answer.epoch,
                "irt": answer.answers, "list_raw": answer.list_id(), "children": below,
            }));
        }
        children
    }

    fn node(&self, mail: &ArchivedMail) -> Value {
        let children = self.children(mail, &mut vec![mail.short()]);
        json!({
            "tid": mail.mid, "subject": mail.subject, "tsubject": mail.subject, "epoch": mail.epoch, "nest": 1,
            "children": children,
        })
    }
}

impl ArchivedMail {
    fn list_id(&self) -> String {
        format!("<{}>", self.list.replace('@', "."))
    }

    fn short(&self) -> Value {
        let mut body: String = self.body.chars().take(SHORT_BODY).collect();
        if body.len() < self.body.len() {
            body.push_str("...");
        }
        json!({
            "id": self.mid, "mid": self.mid, "message-id": self.message_id, "subject": self.subject,
            "from": hide(&self.from), "epoch": self.epoch, "in-reply-to": self.answers.as_deref().unwrap_or(""),
            "list": self.list_id(), "list_raw": self.list_id(), "private": false, "attachments": [], "body": body,
        })
    }
}

impl Filter {
    fn of_list(&self, mail: &ArchivedMail) -> bool {
        let (name, domain) = mail.list.split_once('@').unwrap_or((&mail.list, ""));
        let fits = |asked: &Option<String>, is: &str| asked.as_deref().is_some_and(|asked| asked == "*" || asked == is);
        fits(&self.list, name) && fits(&self.domain, domain)
    }

    fn fits(&self, mail: &ArchivedMail, window: (i64, i64)) -> bool {
        let has = |text: &str, part: &str| text.to_lowercase().contains(&part.to_lowercase());
        self.of_list(mail)
            && (window.0..=window.1).contains(&mail.epoch)
            && words(&self.header_subject).all(|word| words(&mail.subject).any(|other| other == word))
            && (has(&mail.subject, &self.q) || has(&mail.body, &self.q) || has(&mail.from, &self.q))
    }
}

/// The words that a search compares: quotes and other signs part them and mean nothing.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// The seconds from and to which `d` means; what it does not understand is the
/// last 30 days, as Foal has it.
fn window(d: &str, now: i64) -> (i64, i64) {
    let end = now + DAY_SECONDS;
    let day = |text: &str| {
        Some(text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
    };
    let from = d.split('|').find_map(|part| day(part.strip_prefix("dfr=")?));
    let to = d.split('|').find_map(|part| Some(day(part.strip_prefix("dto=")?)? + DAY_SECONDS - 1));
    let last = d.strip_prefix("lte=").and_then(|span| {
        let (count, unit) = span.split_at_checked(span.len().checked_sub(1)?)?;
        let days = match unit {
            "d" => 1,
            "w" => 7,
            "M" => 31,
            "y" => 366,
            _ => return None,
        };
        Some(now - count.parse::<i64>().ok()?.checked_mul(days * DAY_SECONDS)?)
    });
    let month = day(&format!("{d}-01")).map(|start| (start, start + 31 * DAY_SECONDS, d));
    if let Some((start, most, month)) = month {
        let inside =
            |epoch: i64| Timestamp::from_second(epoch).is_ok_and(|at| at.strftime("%Y-%m").to_string() == month);
        let last_day = (28..=31).rev().map(|days| start + days * DAY_SECONDS - 1).find(|end| inside(*end));
        return (start, last_day.unwrap_or(most));
    }
    match (from, to, last) {
        (None, None, None) => (now - 30 * DAY_SECONDS, end),
        (None, None, Some(start)) => (start, end),
        (from, to, _) => (from.unwrap_or(0), to.unwrap_or(end)),
    }
}

/// 32 letters that stand for the mail in this list: the same for the same bytes.
fn name(raw: &[u8], list: &str) -> String {
    let digest = Sha512::of(&[raw, b"\0", list.as_bytes()].concat());
    let digits = digest.as_str().as_bytes().chunks(2).take(32);
    let value =
        |pair: &[u8]| pair.iter().fold(0, |value, digit| value * 16 + char::from(*digit).to_digit(16).unwrap_or(0));
    digits.map(|pair| char::from(ALPHABET[value(pair) as usize % ALPHABET.len()])).collect()
}

/// The mail that it answers: In-Reply-To, else the last of References.
fn answered(mail: &Message<'_>) -> Option<String> {
    let last = |value: &mail_parser::HeaderValue<'_>| {
        value.as_text_list().and_then(|all| all.last().map(|id| format!("<{id}>")))
    };
    last(mail.in_reply_to()).or_else(|| last(mail.references()))
}

fn author(mail: &Message<'_>) -> String {
    let one = mail.from().and_then(|field| field.first());
    let address = one.and_then(|one| one.address()).unwrap_or_default();
    match one.and_then(|one| one.name()) {
        Some(name) => format!("{name} <{address}>"),
        None => address.to_owned(),
    }
}

/// `Ann <ann@example.org>` as `Ann <an...@example.org>`.
fn hide(from: &str) -> String {
    let (name, address) = from.rsplit_once('<').map_or(("", from), |(name, rest)| (name, rest.trim_end_matches('>')));
    let Some((local, domain)) = address.split_once('@') else { return from.to_owned() };
    let hidden = format!("{}...@{domain}", local.chars().take(2).collect::<String>());
    if name.is_empty() { hidden } else { format!("{name}<{hidden}>") }
}

fn participant(from: &str, count: u32) -> Value {
    let name = from.rsplit_once(" <").map_or("", |(name, _)| name);
    let hidden = hide(from);
    let email = hidden.rsplit_once('<').map_or(hidden.as_str(), |(_, rest)| rest.trim_end_matches('>'));
    json!({ "name": name, "email": email, "count": count })
}

fn answers_one_of(mail: &ArchivedMail, mails: &[&ArchivedMail]) -> bool {
    mails.iter().any(|other| mail.answers.as_deref() == Some(&other.message_id))
}

fn year_month(epoch: i64) -> (i16, i8) {
    let date = Timestamp::from_second(epoch).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC).date();
    (date.year(), date.month())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(d: &str) -> Filter {
        let (list, domain) = (Some("dev".into()), Some("example.org".into()));
        Filter { list, domain, d: d.into(), ..Filter::default() }
    }

    fn archive() -> Archive {
        let mut archive = Archive { mails: vec![] };
        for (id, day, more) in [
            ("vote", "01 Nov", ""),
            ("one", "02 Nov", "In-Reply-To: <vote@example.org>\r\n"),
            ("two", "03 Nov", "References: <vote@example.org> <one@example.org>\r\n"),
            ("old", "05 Jan", ""),
        ] {
            let raw = format!(
                "From: Ann Example <ann@example.org>\r\nTo: dev@example.org, user@example.org\r\nSubject: about {id}\r\n\
                 Message-ID: <{id}@example.org>\r\nDate: {day} 2026 10:00:00 +0000\r\n{more}\r\n{}\r\n",
                "x".repeat(300)
            );
            archive.add(raw.as_bytes(), &MessageParser::default().parse(raw.as_bytes()).unwrap());
        }
        archive
    }

    fn now() -> Timestamp {
        "2026-11-10T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_thread_is_a_tree_of_hidden_addresses() {
        let archive = archive();
        let vote = archive.find("<vote@example.org>", Some("<dev.example.org>")).unwrap();
        let thread = archive.thread(vote);
        assert_eq!(thread["thread"]["children"][0]["children"][0]["message-id"], "<two@example.org>");
        assert_eq!(thread["thread"]["from"], "Ann Example <an...@example.org>");
        assert_eq!(thread["emails"].as_array().unwrap().len(), 3);
        assert!(archive.find("<vote@example.org>", Some("<private.example.org>")).is_none());
        let other = archive.find("<vote@example.org>", Some("<user.example.org>")).unwrap();
        assert_ne!(other.mid, vote.mid);
        assert_eq!(vote.mid.len(), 32);
        assert_eq!(archive.find(&vote.mid, None).unwrap().message_id, "<vote@example.org>");
    }

    #[test]
    fn windows_of_time() {
        let archive = archive();
        let hits = |d: &str| archive.fitting(&filter(d), now()).len();
        assert_eq!((hits(""), hits("nonsense"), hits("lte=1y"), hits("2026-01")), (3, 3, 4, 1));
        assert_eq!((hits("dfr=2026-11-02|dto=2026-11-02"), hits("dto=2026-02-01"), hits("2026-02")), (1, 1, 0));
        assert_eq!(window("2026-02", 0).1, day_end("2026-02-28"));
    }

    fn day_end(day: &str) -> i64 {
        format!("{day}T23:59:59Z").parse::<Timestamp>().unwrap().as_second()
    }

    #[test]
    fn stats_cut_bodies_and_a_missing_list_has_none() {
        let stats = archive().stats(&filter(""), now()).unwrap();
        assert_eq!((stats["hits"].as_u64(), stats["no_threads"].as_u64()), (Some(3), Some(1)));
        assert_eq!(stats["emails"][0]["body"].as_str().unwrap().len(), SHORT_BODY + 3);
        assert_eq!(stats["participants"][0]["email"], "an...@example.org");
        let missing = Filter { list: Some("none".into()), ..filter("") };
        assert_eq!(archive().stats(&missing, now()), None);
    }

    #[test]
    fn an_mbox_has_the_raw_mails() {
        let mbox =
            String::from_utf8(archive().mbox(&Filter { header_subject: "ONE".into(), ..filter("") }, now())).unwrap();
        assert_eq!(mbox.matches("Ann Example <ann@example.org>").count(), 1);
        assert!(mbox.contains(&"x".repeat(300)));
    }
}
