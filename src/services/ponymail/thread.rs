// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A whole thread from the archive: its shape by `thread.lua`, and each mail as it came by
//! `source.lua`. Neither the statistics nor `thread.lua` have addresses or whole bodies, so
//! nothing is read from them but names. Mails that lost their thread (a result mail that was
//! written anew) come by `mbox.lua`, under the same subject.

use std::collections::HashSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::{ArchiveError, PonyMail, body};

/// More mails than any vote had; the rest of a longer thread is named as missing.
const MOST_MAILS: usize = 5_000;
/// Result mails come within these days.
const WINDOW: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A thread, as the archive has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedThread {
    /// All mails in one mbox, in which lines that begin with `From ` are escaped.
    pub mbox: Vec<u8>,
    /// The Message-ID of the first, with angle brackets.
    pub first: String,
    /// What could not be had.
    pub missing: Vec<String>,
}

impl PonyMail {
    /// Where an archive is, and what it names a mail, by the address where people read it:
    /// `https://lists.apache.org/thread/ID`, also `thread.html/ID`; a query is of no matter.
    pub fn place_of(url: &str) -> Option<(String, String)> {
        let plain = url.split(['?', '#']).next()?;
        let marks = ["/thread/", "/thread.html/"];
        let (base, id) = marks.iter().find_map(|mark| plain.split_once(mark))?;
        let host = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://"))?;
        let id = percent_decode_str(id.trim_end_matches('/')).decode_utf8_lossy();
        (!host.is_empty() && !id.is_empty()).then(|| (base.to_owned(), id.into_owned()))
    }

    /// The thread of the mail that the archive names `id`; `None` where it does not have it.
    ///
    /// # Errors
    /// When the archive could not be asked.
    pub fn thread(&self, id: &str) -> Result<Option<ArchivedThread>, ArchiveError> {
        let (url, answer) = self.get("thread.lua", &[("id", id), ("find_parent", "true")])?;
        let Some(answer) = answer else { return Ok(None) };
        let Some(root) = answer.get("thread") else {
            return match answer.get("error") {
                Some(_) => Ok(None),
                None => Err(ArchiveError::Unexpected { url, what: "expected an object with `thread`".to_owned() }),
            };
        };
        let (names, too_many) = collect(root, MOST_MAILS);
        let mut thread = ArchivedThread { mbox: Vec::new(), first: text(root, "message-id"), missing: Vec::new() };
        if too_many > 0 {
            thread.missing.push(format!("{too_many} mails beyond the first {MOST_MAILS}: more than any vote has"));
        }
        for name in &names {
            match self.source(name)? {
                Some(mail) => append(&mut thread.mbox, &mail),
                None => thread.missing.push(format!("the archive does not give the mail {}", self.permalink(name))),
            }
        }
        match self.same_subject(root) {
            Ok(more) => thread.mbox.extend(more),
            Err(error) => thread.missing.push(format!("mails of the same subject outside of the thread: {error}")),
        }
        Ok(Some(thread))
    }

    /// The mails of the same subject as an mbox.
    fn same_subject(&self, root: &Value) -> Result<Vec<u8>, ArchiveError> {
        let list = text(root, "list_raw");
        let subject = text(root, "subject");
        let words = subject.rsplit(']').next().unwrap_or_default().trim();
        let from = root.get("epoch").and_then(Value::as_i64).and_then(|epoch| Timestamp::from_second(epoch).ok());
        let named = list.trim_matches(['<', '>']).split_once('.');
        let (Some((name, domain)), Some(from), false) = (named, from, words.is_empty()) else { return Ok(Vec::new()) };
        let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date().to_string();
        let window = format!("dfr={}|dto={}", day(from), day(from.saturating_add(WINDOW).unwrap_or(from)));
        let quoted = format!("\"{}\"", words.replace('"', " "));
        let query = [("list", name), ("domain", domain), ("d", &window), ("header_subject", &quoted)];
        match self.ask("mbox.lua", &query)? {
            (url, Some(response)) => body(&url, response),
            (_, None) => Ok(Vec::new()),
        }
    }
}

/// The names of a mail and all that answer it, each once, at most `most`; and how many more
/// there are.
fn collect(node: &Value, most: usize) -> (Vec<String>, usize) {
    let mut names = Vec::new();
    let mut seen = HashSet::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        let name = ["mid", "id", "tid"].iter().map(|field| text(node, field)).find(|name| !name.is_empty());
        names.extend(name.filter(|name| seen.insert(name.clone())));
        open.extend(node.get("children").and_then(Value::as_array).into_iter().flatten());
    }
    let too_many = names.len().saturating_sub(most);
    names.truncate(most);
    (names, too_many)
}

fn text(node: &Value, field: &str) -> String {
    node.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn append(mbox: &mut Vec<u8>, mail: &[u8]) {
    mbox.extend_from_slice(b"From archive Thu Jan  1 00:00:00 1970\n");
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        let quoted = line.iter().position(|byte| *byte != b'>').unwrap_or(0);
        if line[quoted..].starts_with(b"From ") {
            mbox.push(b'>');
        }
        // as `mbox.lua` has them, so that the same mail from there is the same
        match line.strip_suffix(b"\r\n") {
            Some(line) => mbox.extend_from_slice(&[line, b"\n"].concat()),
            None => mbox.extend_from_slice(line),
        }
    }
    mbox.extend_from_slice(b"\n\n");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::archive;
    use super::*;

    #[test]
    fn an_address_that_people_read_names_archive_and_mail() {
        let place = |url| PonyMail::place_of(url).map(|(base, id)| format!("{base} {id}"));
        for (url, expected) in [
            ("https://lists.example.org/thread/abc", Some("https://lists.example.org abc")),
            (
                "https://lists.example.org/thread.html/abc@%3Cdev.x.org%3E",
                Some("https://lists.example.org abc@<dev.x.org>"),
            ),
            ("http://127.0.0.1:1/mail/thread/abc/?x#y", Some("http://127.0.0.1:1/mail abc")),
            ("https://lists.example.org/list.html?dev", None),
            ("https://lists.example.org/thread/", None),
            ("lists.example.org/thread/abc", None),
        ] {
            assert_eq!(place(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn a_thread_that_is_too_long_is_not_cut_in_silence() {
        let thread = json!({"mid": "a", "children": [{"tid": "b"}, {"tid": "c"}, {"mid": "a"}]});
        assert_eq!(collect(&thread, 3).1, 0);
        let (names, too_many) = collect(&thread, 2);
        assert_eq!((names.len(), too_many), (2, 1));
    }

    fn answer(path: &str) -> (u16, String) {
        let thread = r#"{"thread": {"mid": "a", "message-id": "<a@x>", "subject": "[VOTE] Release 1", "epoch": 1795253400,
            "list_raw": "<dev.example.org>", "children": [{"tid": "b", "children": []}, {"id": "gone"}, {"mid": "a"}]}}"#;
        match path.split('?').next().unwrap() {
            "/api/thread.lua" if path.contains("id=a") => (200, thread.to_owned()),
            "/api/source.lua" if path.ends_with("id=gone") => (404, String::new()),
            "/api/source.lua" => (200, "Subject: x\n\nFrom here\n>From there".to_owned()),
            "/api/mbox.lua" => {
                assert!(path.contains("list=dev&domain=example.org&d=dfr%3D2026-11-21%7Cdto%3D2027-02-19"), "{path}");
                (200, "From x\nSubject: [RESULT] Release 1\n\n".to_owned())
            }
            "/api/stats.lua" => panic!("the statistics hide addresses and cut bodies"),
            _ => (200, r#"{"error": "no such mail"}"#.to_owned()),
        }
    }

    #[test]
    fn a_thread_comes_mail_by_mail_and_what_is_missing_is_named() {
        let archive = archive(answer);
        let thread = archive.thread("a").unwrap().unwrap();
        let text = String::from_utf8(thread.mbox).unwrap();
        assert_eq!(text.matches("\n>From here\n>>From there\n").count(), 2, "{text}");
        assert!(text.ends_with("Subject: [RESULT] Release 1\n\n"), "{text}");
        assert_eq!(thread.first, "<a@x>");
        assert!(thread.missing.len() == 1 && thread.missing[0].ends_with("/thread/gone"), "{:?}", thread.missing);
        assert_eq!(archive.thread("b").unwrap(), None);
    }
}
