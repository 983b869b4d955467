// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The mail archive (Pony Mail's HTTP API), read only.
//!
//! Foal answers 404 for a mail that it does not have; the older Pony Mail answers
//! 200 with `{"error": …}`. Foal's search by Message-ID may give a *similar* one,
//! so what comes back is compared. Since any web server answers 404, one counts
//! as "not there" only where the archive's own statistics answer too.

mod thread;

use std::io::Read;
use std::sync::OnceLock;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::blocking::{Client, Response};
use serde::Deserialize;
use serde_json::Value;

pub use thread::ArchivedThread;

/// The most that an answer may have, in bytes: a thread has its mails' short forms in it.
const ANSWER_BYTES: u64 = 16 * 1024 * 1024;

/// How far back a mail is looked for by its subject.
const LOOKED_BACK: &str = "lte=3M";

/// The mail archive.
#[derive(Debug)]
pub struct PonyMail {
    base: String,
    timeout: Duration,
    client: OnceLock<Client>,
}

/// A mail that the archive has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    /// Its Message-ID, with angle brackets.
    pub message_id: String,
    /// Its name in the archive.
    pub id: String,
    /// Its subject.
    pub subject: String,
    /// The date of its header.
    pub date: Timestamp,
    /// Where a person reads it.
    pub link: String,
}

/// Why the archive could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// No HTTP client can be made here.
    #[error("cannot make an HTTP client; are the system's certificates there?")]
    Client(#[source] reqwest::Error),
    /// No answer came, or not in time.
    #[error("cannot ask {url}")]
    Unreachable {
        /// What was asked for.
        url: String,
        /// What went wrong.
        #[source]
        source: reqwest::Error,
    },
    /// It answered with an error.
    #[error("the mail archive at {url} answered {status}")]
    Status {
        /// What was asked for.
        url: String,
        /// Its status.
        status: StatusCode,
    },
    /// It answered with an error of its own.
    #[error("the mail archive at {url} answered: {text}")]
    Failed {
        /// What was asked for.
        url: String,
        /// What it said.
        text: String,
    },
    /// The answer broke off.
    #[error("the answer of the mail archive at {url} broke off")]
    Cut {
        /// What was asked for.
        url: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A page answers, or nothing: what stands before a server does so.
    #[error("{url} answers with a page or nothing, where an archive says JSON")]
    Page {
        /// What was asked for.
        url: String,
    },
    /// It is no Pony Mail, or another one than is known.
    #[error("{url} does not answer as Pony Mail does: {what}")]
    Unexpected {
        /// What was asked for.
        url: String,
        /// What was expected.
        what: String,
    },
}

/// What of a thread's first mail is of use.
#[derive(Deserialize)]
struct Mail {
    mid: String,
    #[serde(rename = "message-id")]
    message_id: String,
    #[serde(default)]
    subject: String,
    epoch: i64,
}

impl PonyMail {
    /// The archive at `base`: `https://lists.apache.org`.
    ///
    /// A process must have installed rustls's crypto provider before.
    pub fn new(base: impl Into<String>) -> Self {
        Self::with_timeout(base, Duration::from_secs(30))
    }

    /// The archive at `base`, given up on after `timeout`.
    pub fn with_timeout(base: impl Into<String>, timeout: Duration) -> Self {
        let base: String = base.into();
        Self { base: base.trim_end_matches('/').to_owned(), timeout, client: OnceLock::new() }
    }

    /// The HTTP client, made when it is first needed: making it reads the system's
    /// certificates, which most commands have no use for.
    fn client(&self) -> Result<&Client, ArchiveError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let builder =
            Client::builder().timeout(self.timeout).user_agent(concat!("quorate/", env!("CARGO_PKG_VERSION")));
        // a proxy that is set up for the world outside knows nothing of this machine
        let local = self.base.strip_prefix("http://").is_some_and(|rest| rest.starts_with("127.0.0.1"));
        let builder = if local { builder.no_proxy() } else { builder };
        let client = builder.build().map_err(ArchiveError::Client)?;
        Ok(self.client.get_or_init(|| client))
    }

    /// Its base address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Where a person reads the mail that the archive names `id`.
    pub fn permalink(&self, id: &str) -> String {
        format!("{}/thread/{id}", self.base)
    }

    /// The mail `message_id` (with angle brackets), of the list `list`
    /// (`dev@example.org`) where one is named; `None` where the archive does not
    /// have it.
    ///
    /// # Errors
    /// When the archive could not be asked; that never means that it is not there.
    pub fn find(&self, message_id: &str, list: Option<&str>) -> Result<Option<Archived>, ArchiveError> {
        let list_id = list.map(|list| format!("<{}>", list.replace('@', ".")));
        let mut query = vec![("id", message_id)];
        query.extend(list_id.as_deref().map(|id| ("listid", id)));
        let (url, answer) = self.get("thread.lua", &query)?;
        let Some(answer) = answer else {
            self.prove_archive(list)?;
            return Ok(None);
        };
        if let Some(text) = answer.get("error") {
            let text = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
            let unknown = ["no such", "not found"].iter().any(|sign| text.to_ascii_lowercase().contains(sign));
            return if unknown { Ok(None) } else { Err(ArchiveError::Failed { url, text }) };
        }
        let unexpected = |what: &str| ArchiveError::Unexpected { url: url.clone(), what: what.to_owned() };
        let thread = answer.get("thread").ok_or_else(|| unexpected("expected an object with `thread`"))?;
        let mail: Mail = Mail::deserialize(thread)
            .map_err(|error| unexpected(&format!("expected a mail with mid, message-id and epoch ({error})")))?;
        if bare(&mail.message_id) != bare(message_id) {
            return Ok(None);
        }
        self.archived(mail).map(Some).ok_or_else(|| unexpected("`epoch` is no time"))
    }

    /// The newest mail of the last months whose subject is `subject`, word for word,
    /// in the archive of `list` (`dev@example.org`); answers to it are others.
    ///
    /// # Errors
    /// When the archive could not be asked.
    pub fn with_subject(&self, subject: &str, list: &str) -> Result<Option<Archived>, ArchiveError> {
        let (name, domain) = list.split_once('@').unwrap_or_default();
        // Signs mean something to the search; what it gives is compared.
        let plain = subject.split(|c: char| !c.is_alphanumeric() && !" .-".contains(c));
        let words = plain.max_by_key(|part| part.len()).unwrap_or_default().trim();
        let query = [("list", name), ("domain", domain), ("d", LOOKED_BACK), ("header_subject", words)];
        let (url, answer) = self.get("stats.lua", &query)?;
        let unexpected = |what: &str| ArchiveError::Unexpected { url: url.clone(), what: what.to_owned() };
        let Some(Value::Object(mut answer)) = answer else { return Err(unexpected("expected the list's statistics")) };
        let Some(mails) = answer.remove("emails") else { return Ok(None) };
        let mails: Vec<Mail> = serde_json::from_value(mails)
            .map_err(|error| unexpected(&format!("expected mails with mid, message-id and epoch ({error})")))?;
        let same = mails.into_iter().filter(|mail| mail.subject.trim() == subject.trim());
        let Some(mail) = same.max_by_key(|mail| mail.epoch) else { return Ok(None) };
        self.archived(mail).map(Some).ok_or_else(|| unexpected("`epoch` is no time"))
    }

    fn archived(&self, mail: Mail) -> Option<Archived> {
        let link = self.permalink(&mail.mid);
        let date = Timestamp::from_second(mail.epoch).ok()?;
        let message_id = format!("<{}>", bare(&mail.message_id));
        Some(Archived { message_id, id: mail.mid, subject: mail.subject, date, link })
    }

    /// The raw mail that the archive names `id` (its own name, or a Message-ID);
    /// `None` where it does not have it.
    ///
    /// # Errors
    /// When the archive could not be asked.
    pub fn source(&self, id: &str) -> Result<Option<Vec<u8>>, ArchiveError> {
        let (url, response) = self.ask("source.lua", &[("id", id)])?;
        let Some(response) = response else { return Ok(None) };
        let bytes = body(&url, response)?;
        let error = serde_json::from_slice::<Value>(&bytes).ok().and_then(|value| value.get("error").cloned());
        Ok(error.is_none().then_some(bytes))
    }

    /// That there is a Pony Mail at the address at all, which is asked for the
    /// statistics of `list` (`dev@example.org`).
    ///
    /// # Errors
    /// When it could not be asked, or answers as no Pony Mail does.
    pub fn prove_archive(&self, list: Option<&str>) -> Result<(), ArchiveError> {
        let (name, domain) = list.and_then(|list| list.split_once('@')).unwrap_or_default();
        let (url, answer) = self.get("stats.lua", &[("list", name), ("domain", domain), ("d", "lte=1M")])?;
        match answer {
            Some(Value::Object(_)) => Ok(()),
            _ => Err(ArchiveError::Unexpected { url, what: "expected the list's statistics".to_owned() }),
        }
    }

    fn get(&self, endpoint: &str, query: &[(&str, &str)]) -> Result<(String, Option<Value>), ArchiveError> {
        let (url, response) = self.ask(endpoint, query)?;
        let Some(response) = response else { return Ok((url, None)) };
        let bytes = body(&url, response)?;
        match serde_json::from_slice(&bytes) {
            Ok(value) => Ok((url, Some(value))),
            Err(_) if matches!(bytes.trim_ascii_start(), [] | [b'<', ..]) => Err(ArchiveError::Page { url }),
            Err(_) => Err(ArchiveError::Unexpected { url, what: "expected JSON".to_owned() }),
        }
    }

    /// The address that was asked and the answer; none for a 404.
    fn ask(&self, endpoint: &str, query: &[(&str, &str)]) -> Result<(String, Option<Response>), ArchiveError> {
        let url = format!("{}/api/{endpoint}", self.base);
        let answer = self.client()?.get(&url).query(query).send();
        let response = answer.map_err(|source| {
            // The address stands in our own words, without the query.
            ArchiveError::Unreachable { url: url.clone(), source: source.without_url() }
        })?;
        match response.status() {
            status if status.is_success() => Ok((url, Some(response))),
            StatusCode::NOT_FOUND => Ok((url, None)),
            status => Err(ArchiveError::Status { url, status }),
        }
    }
}

fn body(url: &str, response: Response) -> Result<Vec<u8>, ArchiveError> {
    let unexpected = |what: String| ArchiveError::Unexpected { url: url.to_owned(), what };
    let mut bytes = Vec::new();
    let mut limited = response.take(ANSWER_BYTES + 1);
    limited.read_to_end(&mut bytes).map_err(|source| ArchiveError::Cut { url: url.to_owned(), source })?;
    if bytes.len() as u64 > ANSWER_BYTES {
        return Err(unexpected(format!("the answer has more than {ANSWER_BYTES} bytes")));
    }
    Ok(bytes)
}

fn bare(message_id: &str) -> &str {
    message_id.trim().trim_start_matches('<').trim_end_matches('>')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::web_testing::answering;

    /// An archive that answers each request by the status and body that `answer`
    /// gives for its path.
    pub(super) fn archive(answer: fn(&str) -> (u16, String)) -> PonyMail {
        PonyMail::new(format!("{}/", answering(answer)))
    }

    fn find(answer: fn(&str) -> (u16, String)) -> Result<Option<Archived>, ArchiveError> {
        archive(answer).find("<one@example.org>", Some("dev@example.org"))
    }

    fn thread(message_id: &str) -> String {
        format!(
            r#"{{"thread": {{"mid": "abc", "message-id": "{message_id}", "subject": "s", "epoch": 1795253400, "more": 1}}, "emails": []}}"#
        )
    }

    #[test]
    fn asks_by_message_id_and_list() {
        let found = find(|path| {
            assert_eq!(path, "/api/thread.lua?id=%3Cone%40example.org%3E&listid=%3Cdev.example.org%3E");
            (200, thread("<one@example.org>"))
        });
        let found = found.unwrap().unwrap();
        assert!(found.link.ends_with("/thread/abc") && !found.link.contains("//thread"), "{}", found.link);
        assert_eq!(found.date.to_string(), "2026-11-21T09:30:00Z");
    }

    #[test]
    fn a_similar_mail_is_another() {
        assert_eq!(find(|_| (200, thread("<once@example.org>"))).unwrap(), None);
    }

    #[test]
    fn not_found_is_believed_of_an_archive_only() {
        let statistics =
            |path: &str| if path.starts_with("/api/stats.lua") { (200, "{}".into()) } else { (404, "no".into()) };
        assert_eq!(find(statistics).unwrap(), None);
        assert!(matches!(find(|_| (404, "<html>".into())), Err(ArchiveError::Unexpected { .. })));
        let page =
            |path: &str| if path.starts_with("/api/stats.lua") { (200, "<html>".into()) } else { (404, "no".into()) };
        assert!(matches!(find(page), Err(ArchiveError::Page { .. })));
    }

    #[test]
    fn the_older_archive_says_its_errors_with_200() {
        assert_eq!(
            find(|_| (200, r#"{"error": "No such e-mail or you do not have access to it."}"#.into())).unwrap(),
            None
        );
        let error = find(|_| (200, r#"{"error": "database is down"}"#.into())).unwrap_err();
        assert!(matches!(error, ArchiveError::Failed { text, .. } if text == "database is down"));
        let source = archive(|_| (200, r#"{"error": "No such e-mail"}"#.into())).source("x").unwrap();
        assert_eq!(source, None);
    }

    #[test]
    fn anything_else_is_an_error() {
        for answer in [(|_: &str| (500, String::new())) as fn(&str) -> _, |_| (403, String::new())] {
            assert!(matches!(find(answer), Err(ArchiveError::Status { .. })));
        }
        for answer in [(|_: &str| (200, " <html>".to_owned())) as fn(&str) -> _, |_| (200, String::new())] {
            assert!(matches!(find(answer), Err(ArchiveError::Page { .. })));
        }
        for answer in [
            (|_: &str| (200, "[]".to_owned())) as fn(&str) -> _,
            |_| (200, r#"{"thread": {"mid": 1}}"#.to_owned()),
            |_| (200, "x".repeat(ANSWER_BYTES as usize + 1)),
        ] {
            assert!(matches!(find(answer), Err(ArchiveError::Unexpected { .. })));
        }
    }
}
