// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is wrong with a mail before it is sent: all of it at once.

use std::collections::BTreeSet;

use super::Draft;
use super::wrap::WIDTH;
use crate::release::TEMPLATE_MARKS;

/// What kind of mail it is, which decides what is asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A discussion, a vote or its result: among the people of the project.
    Discussion,
    /// An announcement: what it links to must be there for users, and stay.
    Announcement,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// "subject", or "line 12" of the body.
    pub place: String,
    /// What is wrong there, and what was expected.
    pub what: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Leftovers of templates and of writing that no mail may have: marks anywhere,
/// words only whole.
const WORDS: [&str; 4] = ["TBD", "XXX", "TODO", "FIXME"];

/// What stands around a place in a prepared text that a person is to fill in.
const GAPS: [char; 2] = ['‹', '›'];

/// Hosts that an announcement must not link to, each with where users belong.
const HOSTS: [(&str, &str); 3] = [
    ("dist.apache.org", "downloads.apache.org, or the download page"),
    ("archive.apache.org", "downloads.apache.org, or the download page"),
    ("repository.apache.org", "Maven Central"),
];

/// Tags that give an HTML mail away; `<ann@example.org>` is none.
const TAGS: [&str; 12] = ["html", "body", "p", "br", "br/", "div", "span", "b", "i", "ul", "li", "table"];

/// All faults of `draft`, in the order of their places.
pub fn lint(draft: &Draft, kind: Kind) -> Vec<Fault> {
    let mut faults = Faults(Vec::new());
    if draft.subject.trim().is_empty() {
        faults.add("subject", "is empty");
    }
    if draft.subject.contains(['\r', '\n']) {
        faults.add("subject", "is more than one line");
    }
    leftovers(&mut faults, "subject", &draft.subject);
    if draft.body.trim().is_empty() {
        faults.add("body", "is empty");
    }
    for (number, line) in (1..).zip(draft.body.lines()) {
        let place = format!("line {number}");
        leftovers(&mut faults, &place, line);
        too_long(&mut faults, &place, line);
        not_plain(&mut faults, &place, line);
        if kind == Kind::Announcement {
            not_for_users(&mut faults, &place, line);
        }
    }
    references(&mut faults, &draft.body);
    faults.0
}

struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, place: &str, what: impl Into<String>) {
        self.0.push(Fault { place: place.to_owned(), what: what.into() });
    }
}

fn leftovers(faults: &mut Faults, place: &str, line: &str) {
    if line.contains(GAPS) {
        faults.add(place, "`‹…›` marks what a person is to fill in");
    }
    for mark in TEMPLATE_MARKS.iter().filter(|mark| line.contains(**mark)) {
        faults.add(place, format!("`{mark}` of a template is left over"));
    }
    for word in WORDS {
        if line.split(|character: char| !character.is_alphanumeric()).any(|part| part == word) {
            faults.add(place, format!("`{word}` is left over"));
        }
    }
}

/// A line may be longer only where it is one link, with its number or not.
fn too_long(faults: &mut Faults, place: &str, line: &str) {
    let columns = line.chars().count();
    let text = line.trim_start();
    let link = definition(text).map_or(text, |(_, rest)| rest);
    if columns > WIDTH && (!is_link(link) || link.contains(char::is_whitespace)) {
        faults.add(place, format!("has {columns} columns; at most {WIDTH} are readable in an archive"));
    }
}

fn not_plain(faults: &mut Faults, place: &str, line: &str) {
    if line.chars().any(|character| character.is_control() && character != '\t') {
        faults.add(place, "has a control character in it; a mail is plain text");
    }
    let mut rest = line;
    while let Some((_, after)) = rest.split_once('<') {
        let name = after.trim_start_matches('/');
        let tag = name.split(['>', ' ']).next().unwrap_or_default().to_ascii_lowercase();
        let closed = after.contains('>');
        if closed && (TAGS.contains(&tag.as_str()) || name.starts_with("a href")) {
            faults.add(place, format!("`<{tag}>` is HTML; a mail is plain text"));
        }
        rest = after;
    }
}

fn not_for_users(faults: &mut Faults, place: &str, line: &str) {
    let lower = line.to_ascii_lowercase();
    for (host, instead) in HOSTS {
        let named = lower.match_indices(host).any(|(start, _)| {
            !lower[..start].ends_with(|before: char| before.is_ascii_alphanumeric() || before == '-' || before == '.')
        });
        if named {
            faults.add(place, format!("an announcement does not link to {host}, but to {instead}"));
        }
    }
}

/// Every `[n]` in the text must be defined by a line `[n] link`, and the reverse;
/// the definitions count from 1 without gaps.
fn references(faults: &mut Faults, body: &str) {
    let mut used: BTreeSet<u32> = BTreeSet::new();
    let mut defined: Vec<(String, u32)> = Vec::new();
    for (number, line) in (1..).zip(body.lines()) {
        match definition(line).filter(|(_, rest)| is_link(rest)) {
            Some((reference, _)) => defined.push((format!("line {number}"), reference)),
            None => used.extend(numbers(line)),
        }
    }
    for (index, (place, reference)) in defined.iter().enumerate() {
        let expected = index as u32 + 1;
        if *reference != expected {
            faults.add(place, format!("reference [{reference}] stands where [{expected}] was expected"));
        }
        if !used.contains(reference) {
            faults.add(place, format!("reference [{reference}] is defined and not used"));
        }
    }
    for reference in used.iter().filter(|used| defined.iter().all(|(_, number)| number != *used)) {
        faults.add("body", format!("reference [{reference}] is used and not defined"));
    }
}

/// `[n] rest` as n and the rest.
fn definition(line: &str) -> Option<(u32, &str)> {
    let (number, rest) = line.strip_prefix('[')?.split_once("] ")?;
    Some((plain_number(number)?, rest.trim()))
}

/// Whether the text is an address with a scheme.
pub fn is_link(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| {
        !rest.is_empty()
            && !scheme.is_empty()
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+')
    })
}

/// The numbers of all `[n]` in `line`.
fn numbers(line: &str) -> Vec<u32> {
    line.split('[').skip(1).filter_map(|part| plain_number(part.split_once(']')?.0)).collect()
}

fn plain_number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(subject: &str, body: &str, kind: Kind) -> Vec<String> {
        let draft = Draft {
            from: ("Ann Example".into(), "ann@example.org".into()),
            to: vec!["dev@example.org".into()],
            subject: subject.into(),
            body: body.into(),
            message_id: "<a@example.org>".into(),
            in_reply_to: None,
            references: vec![],
            date: jiff::Timestamp::UNIX_EPOCH,
        };
        lint(&draft, kind).iter().map(ToString::to_string).collect()
    }

    fn body(text: &str) -> Vec<String> {
        faults("s", text, Kind::Discussion)
    }

    #[test]
    fn a_good_mail_has_none() {
        let long = format!("[2] https://example.org/{}", "x".repeat(100));
        assert_eq!(body(&format!("See [1], [2] and [1].\n[ ] +1, approve\n\n[1] https://a\n{long}\n")), [""; 0]);
        assert_eq!(
            body(&format!("  https://example.org/{}\nAnn <ann@example.org>, a < b > c\n", "x".repeat(90))),
            [""; 0]
        );
    }

    #[test]
    fn all_faults_come_at_once() {
        let long = "x ".repeat(50);
        let found = faults(
            "",
            &format!("{{{{ version }}}} [1] [3]\n{long}\nTBD, XXX\n\n[2] https://dist.apache.org/x\n"),
            Kind::Announcement,
        );
        assert_eq!(
            found,
            [
                "subject: is empty",
                "line 1: `{{` of a template is left over",
                "line 1: `}}` of a template is left over",
                "line 2: has 100 columns; at most 78 are readable in an archive",
                "line 3: `TBD` is left over",
                "line 3: `XXX` is left over",
                "line 5: an announcement does not link to dist.apache.org, but to downloads.apache.org, or the download page",
                "line 5: reference [2] stands where [1] was expected",
                "line 5: reference [2] is defined and not used",
                "body: reference [1] is used and not defined",
                "body: reference [3] is used and not defined",
            ]
        );
    }

    #[test]
    fn a_long_line_must_be_one_link() {
        let link = format!("https://example.org/{}", "x".repeat(80));
        assert_eq!(body(&format!("[1] of\n[1] {link} and more\n")).len(), 1);
        assert_eq!(body(&format!("see {link}\n")).len(), 1);
        assert_eq!(body(&"ü".repeat(78)), [""; 0]);
        assert_eq!(body(&"ü".repeat(79)).len(), 1);
    }

    #[test]
    fn html_and_control_characters_are_no_plain_text() {
        for line in ["<p>Hello</p>", "<a href=\"x\">x</a>", "a<br/>b", "bell \u{7}", "esc \u{1b}[1m"] {
            assert!(!body(line).is_empty(), "{line}");
        }
    }

    #[test]
    fn only_announcements_keep_off_the_staging_hosts() {
        let text = "[1]\n[1] https://repository.apache.org/x\n";
        assert_eq!(body(text), [""; 0]);
        assert_eq!(faults("s", text, Kind::Announcement).len(), 1);
        assert_eq!(faults("s", "[1]\n[1] https://nodist.apache.org/x\n", Kind::Announcement), [""; 0]);
    }

    #[test]
    fn a_word_inside_another_is_no_leftover() {
        assert_eq!(body("XXXL and TBDs"), [""; 0]);
    }
}
