// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The head of a page: `key: value` lines between two lines of `---`. It is read tolerantly and
//! changed value by value: every byte that is not the changed value stays as somebody wrote it.
//!
//! What is written is YAML that other readers read the same way; what is read is the part of
//! YAML that people write in such heads. Lists and nested values under keys of their own stay.

use std::ops::Range;

use super::field::Field;
use super::yaml_value::{scalar, shortened, written};

/// Something on a page that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageFault {
    /// Its line, from 1.
    pub line: usize,
    /// What stands there, and what was expected.
    pub what: String,
}

/// One `key: value`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    key: String,
    value: String,
    line: usize,
    /// The bytes of the value as it is written.
    span: Range<usize>,
    /// The bytes of its lines.
    whole: Range<usize>,
}

/// The head of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FrontMatter {
    entries: Vec<Entry>,
    /// Where the line that closes it begins; `None` where there is no head.
    closing: Option<usize>,
    /// Where the text begins.
    body: usize,
    /// The line on which the text begins.
    body_line: usize,
    faults: Vec<PageFault>,
}

const FENCE: &str = "---";
/// What some editors put before a text in UTF-8; it stays there.
const MARK: char = '\u{feff}';

impl FrontMatter {
    /// Reads the head of a page.
    pub fn read(text: &str) -> Self {
        let mut head = Self { body_line: 1, ..Self::default() };
        let mut lines = lines(text);
        let first = lines.next().map(|(at, line)| (at, line.trim_start_matches(MARK)));
        match first {
            Some((_, line)) if line.trim_end() == FENCE => {}
            _ => {
                head.fault(1, "the page has no head; expected a first line of `---`, then `key: value` lines");
                return head;
            }
        }
        for (number, (at, line)) in (2..).zip(lines) {
            if line.trim_end() == FENCE {
                head.closing = Some(at);
                head.body = at + line.len();
                head.body_line = number + 1;
                return head;
            }
            head.line(number, at, line);
        }
        head.fault(1, "the head has no end; expected a line of `---` after it");
        head.body = text.len();
        head
    }

    fn fault(&mut self, line: usize, what: impl Into<String>) {
        self.faults.push(PageFault { line, what: what.into() });
    }

    fn line(&mut self, number: usize, at: usize, line: &str) {
        let plain = line.trim();
        if plain.is_empty() || plain.starts_with('#') {
            return;
        }
        if line.starts_with([' ', '\t', '-']) {
            return self.continued(number, at + line.len(), plain);
        }
        let Some((key, rest)) = line.split_once(':').filter(|(key, rest)| is_key(key) && begins_value(rest)) else {
            return self.fault(number, format!("`{}` is no `key: value`", shortened(plain)));
        };
        let begin = at + key.len() + 1 + (rest.len() - rest.trim_start_matches([' ', '\t']).len());
        let (value, length) = match scalar(rest.trim_start_matches([' ', '\t'])) {
            Ok(read) => read,
            Err(what) => {
                self.fault(number, format!("`{key}`: {what}"));
                let raw = rest.trim();
                (raw.to_owned(), raw.len())
            }
        };
        if Field::of_key(key).is_some()
            && value.starts_with(['[', '{', '|', '>'])
            && !rest.trim().starts_with(['"', '\''])
        {
            self.fault(number, format!("`{key}`: expected one value, it is a list or a block"));
        }
        if let Some(first) = self.entries.iter().find(|entry| entry.key == key) {
            let what = format!("`{key}` stands here a second time; first on line {}", first.line);
            return self.fault(number, what);
        }
        self.entries.push(Entry {
            key: key.to_owned(),
            value,
            line: number,
            span: begin..begin + length,
            whole: at..at + line.len(),
        });
    }

    /// A line that belongs to the key before it.
    fn continued(&mut self, number: usize, end: usize, plain: &str) {
        match self.entries.last_mut() {
            Some(entry) if Field::of_key(&entry.key).is_none() => entry.whole.end = end,
            Some(entry) => {
                let what = format!("`{}` goes on in `{}`; expected one line", entry.key, shortened(plain));
                entry.whole.end = end;
                self.fault(number, what);
            }
            None => self.fault(number, format!("`{}` belongs to no key", shortened(plain))),
        }
    }

    /// That of a page which is no text.
    pub fn of_no_text() -> Self {
        let mut head = Self { body_line: 1, ..Self::default() };
        head.fault(1, "the page is no text in UTF-8");
        head
    }

    /// Whether it begins and ends as a head does.
    pub fn is_whole(&self) -> bool {
        self.closing.is_some()
    }

    /// What cannot be read in it.
    pub fn faults(&self) -> &[PageFault] {
        &self.faults
    }

    /// Where the page's text begins, in bytes.
    pub fn body(&self) -> usize {
        self.body
    }

    /// The line on which the page's text begins.
    pub fn body_line(&self) -> usize {
        self.body_line
    }

    /// The value of a field; `None` where there is none or an empty one.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.entry(field).map(|entry| entry.value.as_str()).filter(|value| !value.is_empty())
    }

    /// The line of a field.
    pub fn line_of(&self, field: Field) -> Option<usize> {
        self.entry(field).map(|entry| entry.line)
    }

    fn entry(&self, field: Field) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == field.key())
    }

    /// `text`, whose head this is, with another value of a field; nothing else is changed. A
    /// page without a head gets one.
    pub fn with(&self, text: &str, field: Field, value: &str) -> String {
        let written = written(field, value);
        let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let Some(closing) = self.closing else {
            return format!("{FENCE}{end}{}: {written}{end}{FENCE}{end}{text}", field.key());
        };
        match self.entry(field) {
            Some(entry) if entry.span.end <= entry.whole.end && !self.goes_on(entry, text) => {
                // `key:` without a value has no space after the colon yet
                let space = if text[..entry.span.start].ends_with(':') { " " } else { "" };
                format!("{}{space}{written}{}", &text[..entry.span.start], &text[entry.span.end..])
            }
            Some(entry) => {
                let line = format!("{}: {written}{end}", field.key());
                format!("{}{line}{}", &text[..entry.whole.start], &text[entry.whole.end..])
            }
            None => {
                let at = self.place_of(field).unwrap_or_else(|| text.find('\n').map_or(closing, |end| end + 1));
                format!("{}{}: {written}{end}{}", &text[..at], field.key(), &text[at..])
            }
        }
    }

    fn goes_on(&self, entry: &Entry, text: &str) -> bool {
        text[entry.whole.clone()].trim_end().contains('\n')
    }

    /// Where a new field goes: after the last one that comes before it in a new page.
    fn place_of(&self, field: Field) -> Option<usize> {
        let before = |entry: &&Entry| Field::of_key(&entry.key).is_some_and(|other| other < field);
        self.entries.iter().filter(before).map(|entry| entry.whole.end).max()
    }
}

/// The lines with their ends, and where each begins.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let begin = at;
        at += line.len();
        (begin, line)
    })
}

fn is_key(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn begins_value(rest: &str) -> bool {
    rest.trim().is_empty() || rest.starts_with([' ', '\t'])
}

/// A line of a head.
pub(super) fn line(field: Field, value: &str) -> String {
    match value {
        "" => format!("{}:\n", field.key()),
        value => format!("{}: {}\n", field.key(), written(field, value)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAGE: &str = "---\n# by hand\nnumber: 42 # the answer\ntitle:   'It''s'\nreviewers:\n  - ann\n  - bob\nvote:\n---\n\n# Text\n";

    #[test]
    fn a_head_is_read_as_people_write_it() {
        let head = FrontMatter::read(PAGE);
        assert_eq!(head.faults(), []);
        assert_eq!(
            (head.get(Field::Number), head.get(Field::Title), head.get(Field::Vote)),
            (Some("42"), Some("It's"), None)
        );
        assert_eq!((&PAGE[head.body()..], head.body_line()), ("\n# Text\n", 10));
        assert_eq!(head.line_of(Field::Title), Some(4));
    }

    #[test]
    fn a_value_is_changed_and_every_other_byte_stays() {
        let set = |field, value| FrontMatter::read(PAGE).with(PAGE, field, value);
        assert_eq!(set(Field::Number, "43"), PAGE.replace("42", "43"), "the comment stays");
        assert_eq!(set(Field::Vote, "https://x/y"), PAGE.replace("vote:", "vote: https://x/y"));
        assert_eq!(set(Field::Title, "1.10"), PAGE.replace("'It''s'", "\"1.10\""));
        assert_eq!(set(Field::State, "draft"), PAGE.replace("reviewers", "state: draft\nreviewers"));
        let without = PAGE.replace("number: 42 # the answer\n", "");
        assert_eq!(
            FrontMatter::read(&without).with(&without, Field::Number, "1"),
            without.replacen("---\n", "---\nnumber: 1\n", 1)
        );
        let crlf = PAGE.replace('\n', "\r\n");
        let head = FrontMatter::read(&crlf);
        assert_eq!(head.with(&crlf, Field::Jira, "FLINK-1"), crlf.replace("vote:\r\n", "vote:\r\njira: FLINK-1\r\n"));
        assert_eq!(FrontMatter::read("text").with("text", Field::Number, "1"), "---\nnumber: 1\n---\ntext");
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_line() {
        for (head, line, what) in [
            ("title: \"open", 2, "`title`: a quote is opened and not closed"),
            ("title: 'a' b", 2, "`title`: `b` stands after the quoted value"),
            ("nonsense", 2, "`nonsense` is no `key: value`"),
            ("vote: a\nvote: b", 3, "`vote` stands here a second time; first on line 2"),
            ("vote:\n - a", 3, "`vote` goes on in `- a`; expected one line"),
            ("vote: [a, b]", 2, "`vote`: expected one value, it is a list or a block"),
            (" - a", 2, "`- a` belongs to no key"),
            ("title: \"\\q\"", 2, "`title`: `\\q` is read as nothing"),
            ("title: *x", 2, "`title`: anchors and tags are not read"),
        ] {
            let head = FrontMatter::read(&format!("---\n{head}\n---\n"));
            assert_eq!(head.faults(), [PageFault { line, what: what.to_owned() }]);
        }
        assert!(FrontMatter::read("").faults()[0].what.contains("no head"));
        assert!(FrontMatter::read("---\ntitle: a\n").faults()[0].what.contains("no end"));
    }

    fn any_field() -> impl Strategy<Value = Field> {
        (0..Field::ALL.len()).prop_map(|at| Field::ALL[at])
    }

    proptest! {
        #[test]
        fn what_is_set_is_read_again_and_nothing_else_changes(field in any_field(), value in "\\PC{0,30}|[ -~]{0,30}", other in any_field()) {
            let before = FrontMatter::read(PAGE);
            let changed = before.with(PAGE, field, &value);
            let after = FrontMatter::read(&changed);
            prop_assert_eq!(after.faults(), &[]);
            prop_assert_eq!(after.get(field).unwrap_or_default(), value.as_str());
            if other != field {
                prop_assert_eq!(after.get(other), before.get(other));
            }
            prop_assert_eq!(&changed[after.body()..], &PAGE[before.body()..]);
            prop_assert!(changed.contains("# by hand\n") && changed.contains("reviewers:\n  - ann\n  - bob\n"));
        }

        #[test]
        fn another_reader_of_yaml_reads_the_same(field in any_field(), value in "\\PC{1,30}|[ -~]{1,30}|[0-9.:-]{1,8}") {
            let line = format!("{}: {}\n", field.key(), written(field, &value));
            let read = yaml_rust2::YamlLoader::load_from_str(&line).unwrap();
            let found = &read[0][field.key()];
            let found = found.as_str().map(str::to_owned).or_else(|| found.as_i64().map(|number| number.to_string()));
            let leading_zeros = field.is_plain() && value.starts_with('0');
            prop_assert!(leading_zeros || found.as_deref() == Some(value.as_str()), "{line}: {found:?}");
        }

        #[test]
        fn any_text_is_read_and_changed_without_a_panic(text in "(---\n)?(\\PC|[\n\r:#'\"\\\\ -]){0,80}", field in any_field()) {
            let head = FrontMatter::read(&text);
            let changed = head.with(&text, field, "value");
            prop_assert!(changed.ends_with(&text[head.body()..]));
        }
    }
}
