// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! From files of mails to the statements of one vote's thread.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use jiff::Timestamp;
use memchr::memmem;

use super::asked::Asked;
use super::caller::Caller;
use super::checked::{checked, of_this_vote};
use super::headers::{Headers, decoded, split};
use super::otherwise::Otherwise;
use super::own_text::own_text;
use super::selection::{choose, in_order, once_each};
use super::source::{self, SourceError};
use super::{body, head, sender};
use crate::governance::reading::{Subject, Tag, Text, read, turn};
use crate::governance::{Head, Role, Route, Says, Statement};

/// Which thread of several is wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Selection<'s> {
    /// The vote with the most mails; all mails where none calls a vote.
    #[default]
    LargestVote,
    /// The vote whose subject has these words.
    Subject(&'s str),
    /// The thread of the mail with this Message-ID.
    Message(&'s str),
}

/// A vote's thread, as it was read.
#[derive(Debug, Default)]
pub struct ThreadRead {
    /// The subject of the call for votes, or of the first mail.
    pub subject: Option<String>,
    /// What its mails say, in the order of their times.
    pub statements: Vec<Statement>,
    /// What was not read, and what was read only in part.
    pub left_out: Vec<LeftOut>,
    /// How many mails there were, of this thread and of others.
    pub mails: usize,
}

/// Something that was not read, or only in part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Which mail: its Message-ID, or its place.
    pub mail: String,
    /// Why, for a person.
    pub why: String,
}

/// A mail's place among all, the mbox line before it, its bytes.
type Raw<'m, B> = (String, Option<&'m [u8]>, B);

/// A mail before its body is read.
pub(super) struct Mail<'m> {
    pub(super) headers: Headers<'m>,
    pub(super) body: &'m [u8],
    pub(super) id: String,
    pub(super) parents: Vec<String>,
    pub(super) parsed: Rc<Subject>,
    pub(super) at: Option<Timestamp>,
    /// Whether only the archive's line before it says so.
    at_of_archive: bool,
    pub(super) doubts: Vec<String>,
    /// The subject of the call of another thread, where it answers that.
    pub(super) answers_other: Option<String>,
    /// What of it cannot be read.
    faults: Vec<String>,
    /// Where among all mails it stood.
    pub(super) place: String,
}

/// The vote's thread in the mbox file, directory of mails or mail at `path`.
///
/// # Errors
/// Where nothing can be read at all.
pub fn read_thread(path: &Path, selection: Selection<'_>) -> Result<ThreadRead, SourceError> {
    let (blobs, faults) = source::load(path)?;
    let mut raws = Vec::new();
    for blob in &blobs {
        if blob.many {
            raws.extend(
                source::mails_of(&blob.bytes)
                    .into_iter()
                    .enumerate()
                    .map(|(at, (line, mail))| (format!("{}, mail {}", blob.name, at + 1), line, mail)),
            );
        } else {
            raws.push((blob.name.clone(), None, blob.bytes.as_slice()));
        }
    }
    let mut thread = thread_of(raws, selection);
    thread.left_out.extend(faults.into_iter().map(|(mail, why)| LeftOut { mail, why }));
    Ok(thread)
}

/// The vote's thread in the bytes of an mbox, or of one mail. It takes any bytes.
pub fn read_bytes(bytes: &[u8], selection: Selection<'_>) -> ThreadRead {
    let raws = source::mails_of(bytes)
        .into_iter()
        .enumerate()
        .map(|(at, (line, mail))| (format!("mail {}", at + 1), line, mail));
    thread_of(raws.collect(), selection)
}

/// What a text says that answers a call for votes. It takes any text.
pub fn read_text(subject: &str, text: &str) -> (Role, Says) {
    let own = own_text(text);
    let subject = &Subject::of(subject);
    read(&Text {
        subject,
        own: &own.lines,
        sender: "",
        answers: true,
        called: true,
        by_caller: false,
        call: &[],
        to_call: false,
        called_as: None,
        candidates: &[],
        earlier: &[],
        remarks: &[],
    })
}

fn thread_of(raws: Vec<Raw<'_, &[u8]>>, selection: Selection<'_>) -> ThreadRead {
    let mut thread = ThreadRead::default();
    let unescaped: Vec<Raw<'_, Cow<'_, [u8]>>> = raws
        .into_iter()
        .map(|(place, line, mail)| (place, line, if line.is_some() { unescaped(mail) } else { Cow::Borrowed(mail) }))
        .collect();
    let mut mails = Vec::with_capacity(unescaped.len());
    let mut subjects = HashMap::new();
    for (place, line, raw) in &unescaped {
        if raw.iter().all(u8::is_ascii_whitespace) {
            if unescaped.len() > 1 || line.is_some() {
                thread.left_out.push(LeftOut { mail: place.clone(), why: "it is empty".to_owned() });
            }
            continue;
        }
        match mail(place, *line, raw, &mut subjects) {
            Some(mail) => mails.push(mail),
            None => thread
                .left_out
                .push(LeftOut { mail: place.clone(), why: "it has no headers that a mail has".to_owned() }),
        }
    }
    if let Some((place, Some(_), last)) = unescaped.last()
        && !last.ends_with(b"\n")
        && !mails.is_empty()
    {
        let why = "the file ends in the middle of a line: it may be cut off there, and later mails with it".to_owned();
        thread.left_out.push(LeftOut { mail: place.clone(), why });
    }
    if let [mail] = mails.as_slice()
        && holds_others(mail.body)
    {
        let why = "its text has what looks like the headers of other mails; where the lines (`From …`) that part mails are missing, it cannot be taken apart".to_owned();
        thread.left_out.push(LeftOut { mail: mail.place.clone(), why });
    }
    thread.mails = mails.len();
    let chosen = choose(mails, selection, &mut thread.left_out);
    let chosen = in_order(once_each(chosen, &mut thread.left_out));
    statements(&chosen, &mut thread);
    thread
}

/// Whether the only mail of a file has other mails' headers in its text.
fn holds_others(body: &[u8]) -> bool {
    let begins = |name: &[u8]| {
        body.split(|byte| *byte == b'\n')
            .any(|line| line.len() > name.len() && line[..name.len()].eq_ignore_ascii_case(name))
    };
    begins(b"message-id:") && begins(b"from:") && begins(b"date:")
}

/// `>From ` at a line's beginning is how an mbox writes `From `.
fn unescaped(mail: &[u8]) -> Cow<'_, [u8]> {
    if memmem::find(mail, b">From ").is_none() {
        return Cow::Borrowed(mail);
    }
    let mut plain = Vec::with_capacity(mail.len());
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        let marks = line.iter().take_while(|byte| **byte == b'>').count();
        let from = marks > 0 && line[marks..].starts_with(b"From ");
        plain.extend_from_slice(if from { &line[1..] } else { line });
    }
    Cow::Owned(plain)
}

fn mail<'m>(
    place: &str,
    envelope: Option<&[u8]>,
    raw: &'m [u8],
    subjects: &mut HashMap<&'m [u8], Rc<Subject>>,
) -> Option<Mail<'m>> {
    let (headers, body) = split(raw);
    if headers.is_empty() || envelope.is_none() && !source::has_headers(raw) {
        return None;
    }
    let id = headers.ids("message-id").into_iter().next();
    let mut parents = headers.ids("in-reply-to");
    let mut references = headers.ids("references");
    references.reverse();
    parents.extend(references);
    let head::Written { at, of_archive: at_of_archive, mut doubts } = head::written(&headers, envelope);
    if id.is_none() {
        doubts.push("it has no Message-ID".to_owned());
    }
    let written = headers.raw("subject").unwrap_or_default();
    let parsed = subjects.entry(written).or_insert_with(|| Rc::new(Subject::of(&decoded(written)))).clone();
    let id = id.unwrap_or_else(|| format!("{place} without Message-ID"));
    let mut faults = Vec::new();
    if body.is_empty() && !raw.ends_with(b"\n\n") && !raw.ends_with(b"\n\r\n") {
        faults.push("it breaks off in its headers: its text was not read".to_owned());
    }
    let (answers_other, place) = (None, place.to_owned());
    Some(Mail { headers, body, id, parents, parsed, at, at_of_archive, doubts, answers_other, faults, place })
}

/// A mail with its text, ready to be read.
pub(super) struct Opened {
    pub(super) text: String,
    pub(super) faults: Vec<String>,
    pub(super) otherwise: Option<Otherwise>,
    pub(super) sender: sender::Sender,
}

fn statements(mails: &[Mail<'_>], thread: &mut ThreadRead) {
    let mut caller = Caller::default();
    let first = first_call(mails);
    if let Some(first) = first {
        let call = open(&mails[first]);
        caller.add(&mails[first], &call.sender, &own_text(&call.text).lines);
    }
    let mut asked = Asked::default();
    thread.subject = first.or(if mails.is_empty() { None } else { Some(0) }).map(|at| mails[at].parsed.plain.clone());
    for (at, mail) in mails.iter().enumerate() {
        let mut opened = open(mail);
        opened.sender = opened.sender.of_lists(&caller.recipients);
        let opened = &opened;
        let own = own_text(&opened.text);
        let text = Text {
            subject: &mail.parsed,
            own: &own.lines,
            sender: opened.sender.name.as_deref().unwrap_or_default(),
            answers: !mail.parents.is_empty(),
            called: first != Some(at),
            by_caller: caller.wrote(&opened.sender),
            call: &caller.lines,
            to_call: mail.parents.first().is_some_and(|parent| caller.mails.contains(parent)),
            called_as: caller.subject.as_deref(),
            candidates: &caller.candidates,
            earlier: &caller.earlier,
            remarks: &caller.remarks(&own.quoted),
        };
        let (role, says) = read(&text);
        let says = checked(says, &text, &own, opened, mail);
        let turned = first.filter(|first| at > *first).and_then(|_| turn(&text));
        let says = of_this_vote(says, &caller, turned.as_ref(), mail);
        if matches!(role, Role::Opens { .. }) && first != Some(at) {
            caller.add(mail, &opened.sender, &own.lines);
        } else if let Some(turned) = turned {
            caller.turned = Some((mail.id.clone(), turned.to));
        }
        thread.left_out.extend(opened.faults.iter().map(|why| LeftOut { mail: mail.id.clone(), why: why.clone() }));
        let remark = asked.remark(mail, &opened.sender, &own.lines);
        if !matches!(role, Role::Opens { .. }) {
            asked.add(mail, &opened.sender, &own.lines);
        }
        thread.statements.push(Statement { head: head_of(mail, opened), role, says, remark });
    }
}

fn open(mail: &Mail<'_>) -> Opened {
    let body = body::body(&mail.headers, mail.body);
    let sender = sender::sender(&mail.headers, &body.text);
    let faults = mail.faults.iter().cloned().chain(body.faults).collect();
    Opened { text: body.text, faults, otherwise: body.otherwise, sender }
}

/// The mail that calls the vote.
fn first_call(mails: &[Mail<'_>]) -> Option<usize> {
    let calls = |at: usize| {
        let opened = open(&mails[at]);
        let own = own_text(&opened.text);
        let text = Text {
            subject: &mails[at].parsed,
            own: &own.lines,
            sender: "",
            answers: !mails[at].parents.is_empty(),
            called: false,
            by_caller: true,
            call: &[],
            to_call: false,
            called_as: None,
            candidates: &[],
            earlier: &[],
            remarks: &[],
        };
        matches!(read(&text).0, Role::Opens { .. })
    };
    let titled = (0..mails.len()).filter(|at| mails[*at].parsed.has(Tag::Vote) && !mails[*at].parsed.answer);
    let root = titled.clone().find(|at| mails[*at].parents.is_empty() && calls(*at));
    root.or_else(|| titled.into_iter().find(|at| calls(*at))).or_else(|| (0..mails.len().min(50)).find(|at| calls(*at)))
}

fn head_of(mail: &Mail<'_>, opened: &Opened) -> Head {
    let mut doubts = mail.doubts.clone();
    doubts.extend(opened.sender.doubts.iter().cloned());
    let route: Route = head::route(&mail.headers);
    Head {
        message_id: mail.id.clone(),
        name: opened.sender.name.clone(),
        address: opened.sender.address.clone(),
        rewritten: opened.sender.rewritten.clone(),
        contested: opened.sender.several || opened.sender.contested.is_some(),
        at: mail.at,
        at_of_archive: mail.at_of_archive,
        doubts,
        route,
    }
}
