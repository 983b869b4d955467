// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A page: the proposal that it holds, and its text with every byte as it was written.

use super::field::Field;
use super::front_matter::{FrontMatter, PageFault};
use super::link::is_unset;
use super::number::number_in_file_name;
use super::scheme::{Scheme, StateRule};
use super::sections::{Heading, headings};
use super::title::TitleForm;

/// A page of a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its file, from the registry's root: `flips/FLIP-0042.md`.
    pub place: String,
    /// All of it.
    pub text: String,
    head: FrontMatter,
    number: Option<u32>,
    named: Option<Option<u32>>,
}

impl Page {
    /// Reads a page, whatever it holds.
    pub fn read(scheme: &Scheme, place: &str, text: &str) -> Self {
        let head = FrontMatter::read(text);
        let named = number_in_file_name(scheme, place.rsplit('/').next().unwrap_or(place));
        let stated = head.get(Field::Number).and_then(|number| number.trim().parse().ok());
        Self { place: place.to_owned(), text: text.to_owned(), head, number: stated.or(named.flatten()), named }
    }

    /// A page whose file is no text: nothing of it can be read.
    pub fn no_text(scheme: &Scheme, place: &str, shown: &str) -> Self {
        let read = Self::read(scheme, place, "");
        Self { text: shown.to_owned(), head: FrontMatter::of_no_text(), ..read }
    }

    /// Whether it has a head in which something can be set.
    pub fn has_head(&self) -> bool {
        self.head.is_whole()
    }

    /// Its number: the one in its head, else the one that its file is called by.
    pub fn number(&self) -> Option<u32> {
        self.number
    }

    /// The number of its file's name; `Some(None)` for the placeholder.
    pub fn number_in_name(&self) -> Option<Option<u32>> {
        self.named
    }

    /// A field as it is written.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.head.get(field)
    }

    /// A field that is set: no placeholder, no word for "not yet".
    pub fn set(&self, field: Field) -> Option<&str> {
        self.get(field).map(str::trim).filter(|value| !is_unset(value))
    }

    /// Where a field stands, or would: `flips/FLIP-0042.md:7`.
    pub fn place_of(&self, field: Field) -> String {
        self.at(self.head.line_of(field).unwrap_or(1))
    }

    /// A line of it.
    pub fn at(&self, line: usize) -> String {
        format!("{}:{line}", self.place)
    }

    /// What of its head cannot be read.
    pub fn faults(&self) -> &[PageFault] {
        self.head.faults()
    }

    /// Its state, where it is one of the scheme's.
    pub fn state<'s>(&self, scheme: &'s Scheme) -> Option<&'s StateRule> {
        scheme.state(self.get(Field::State)?)
    }

    /// Its title, as it is written.
    pub fn title(&self) -> &str {
        self.get(Field::Title).unwrap_or_default()
    }

    /// Its title's words, without number and marks.
    pub fn heading(&self, scheme: &Scheme) -> String {
        TitleForm::read(scheme, self.title()).heading
    }

    /// As it is called in messages: `FLIP-42`, or its file.
    pub fn name(&self, scheme: &Scheme) -> String {
        match self.number {
            Some(number) => scheme.name(Some(number)),
            None => self.place.rsplit('/').next().unwrap_or(&self.place).trim_end_matches(".md").to_owned(),
        }
    }

    /// As commands are told which it is: `42`, or its file's name.
    pub fn word(&self) -> String {
        match self.number {
            Some(number) => number.to_string(),
            None => self.place.rsplit('/').next().unwrap_or(&self.place).trim_end_matches(".md").to_owned(),
        }
    }

    /// Its text, after the head.
    pub fn body(&self) -> &str {
        &self.text[self.head.body()..]
    }

    /// The headings of its text.
    pub fn headings(&self) -> Vec<Heading> {
        headings(self.body(), self.head.body_line())
    }

    /// The page with another value of a field; nothing else changes.
    #[must_use]
    pub fn with(&self, scheme: &Scheme, field: Field, value: &str) -> Self {
        Self::read(scheme, &self.place, &self.head.with(&self.text, field, value))
    }

    /// The page with another text after its head.
    #[must_use]
    pub fn with_body(&self, scheme: &Scheme, body: &str) -> Self {
        Self::read(scheme, &self.place, &format!("{}{body}", &self.text[..self.head.body()]))
    }
}

/// The change from `before` to `after`, made on the same page in another text: its fields one by one,
/// and its first words where they were changed.
pub fn carried_over(scheme: &Scheme, before: &Page, after: &Page, other: &Page) -> Page {
    let changed = Field::ALL.into_iter().filter(|field| before.get(*field) != after.get(*field));
    let with = |page: Page, field: Field| page.with(scheme, field, after.get(field).unwrap_or_default());
    let page = changed.fold(other.clone(), with);
    let body = heading_changed(before.body(), after.body(), page.body());
    let page = body.map_or(page.clone(), |body| page.with_body(scheme, &body));
    Page::read(scheme, &after.place, &page.text)
}

/// `other` with the one line that is different between two texts, where it has it.
fn heading_changed(before: &str, after: &str, other: &str) -> Option<String> {
    let (old, new) = before.lines().zip(after.lines()).find(|(old, new)| old != new)?;
    let at = other.lines().find(|line| *line == old).and_then(|line| other.find(line))?;
    Some(format!("{}{new}{}", &other[..at], &other[at + old.len()..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::governance::proposals::scheme::tests::flip;

    #[test]
    fn a_page_says_what_it_is() {
        let flip = flip();
        let text = "---\nnumber: 42\ntitle: \"FLIP-42: Stop jobs\"\nstate: In progress\nvote: TBD\n---\n\n# FLIP-42\n## Motivation\nx\n";
        let page = Page::read(&flip, "flips/FLIP-0042.md", text);
        assert_eq!(
            (page.number(), page.number_in_name(), page.title()),
            (Some(42), Some(Some(42)), "FLIP-42: Stop jobs")
        );
        assert_eq!(page.state(&flip).unwrap().id, "accepted");
        assert_eq!((page.get(Field::Vote), page.set(Field::Vote), page.get(Field::Jira)), (Some("TBD"), None, None));
        assert_eq!(
            (page.place_of(Field::State), page.place_of(Field::Jira)),
            ("flips/FLIP-0042.md:4".into(), "flips/FLIP-0042.md:1".into())
        );
        assert_eq!(page.headings()[1].line, 9);
        assert_eq!(page.with(&flip, Field::State, "vote").text, text.replace("In progress", "vote"));
        assert_eq!(page.heading(&flip), "Stop jobs");
        assert_eq!(Page::read(&flip, "flips/FLIP-XXX-a.md", "").name(&flip), "FLIP-XXX-a");
        assert_eq!(Page::read(&flip, "flips/FLIP-0007.md", "nonsense").number(), Some(7));
    }

    proptest! {
        #[test]
        fn any_text_is_a_page(text in "(---\n)?((number|title|state|vote): [^\n]{0,12}\n){0,4}(---\n)?(\\PC|\n|#){0,40}") {
            let flip = flip();
            let page = Page::read(&flip, "flips/FLIP-0001.md", &text);
            page.headings();
            page.heading(&flip);
            prop_assert!(text.ends_with(page.body()));
        }
    }
}
