// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The sections of a page's text.

use super::scheme::{Scheme, SectionRule};

/// A heading of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Its line in the page, from 1.
    pub line: usize,
    /// How deep: 1 for `#`.
    pub level: usize,
    /// Its words.
    pub title: String,
    /// Whether anything stands under it, comments aside.
    pub has_text: bool,
}

/// The headings of a Markdown text that begins on `first_line` of its page; those in blocks of
/// code are none.
pub fn headings(text: &str, first_line: usize) -> Vec<Heading> {
    let mut found: Vec<Heading> = Vec::new();
    let (mut fence, mut comment) = (None, false);
    for (line, text) in (first_line..).zip(text.lines()) {
        let plain = text.trim();
        if let Some(mark) = fence_mark(plain).filter(|mark| fence.is_none_or(|open| open == *mark)) {
            fence = if fence.is_some() { None } else { Some(mark) };
        } else if fence.is_none()
            && !comment
            && !text.starts_with("    ")
            && let Some((level, title)) = heading(plain)
        {
            fill(&mut found, level);
            found.push(Heading { line, level, title: title.to_owned(), has_text: false });
            continue;
        }
        let (seen, open) =
            if fence.is_some() { (!plain.is_empty(), comment) } else { outside_comments(plain, comment) };
        comment = open;
        if seen && let Some(last) = found.last_mut() {
            last.has_text = true;
        }
    }
    found
}

/// A heading under another one is text of it.
fn fill(found: &mut [Heading], level: usize) {
    let mut below = level;
    for heading in found.iter_mut().rev().take_while(|_| level > 1) {
        if heading.level < below {
            heading.has_text = true;
            below = heading.level;
        }
    }
}

fn fence_mark(line: &str) -> Option<char> {
    ['`', '~'].into_iter().find(|mark| line.chars().take(3).filter(|c| c == mark).count() == 3)
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.len() - line.trim_start_matches('#').len();
    let title = line[level..].strip_prefix([' ', '\t'])?.trim().trim_end_matches('#').trim();
    ((1..=6).contains(&level) && !title.is_empty()).then_some((level, title))
}

/// Whether a line has text beside comments, and whether a comment is open at its end.
fn outside_comments(line: &str, open: bool) -> (bool, bool) {
    let (mut rest, mut open, mut seen) = (line, open, false);
    loop {
        let mark = if open { "-->" } else { "<!--" };
        match rest.split_once(mark) {
            Some((before, after)) => {
                seen |= !open && !before.trim().is_empty();
                open = !open;
                rest = after;
            }
            None => return (seen || (!open && !rest.trim().is_empty()), open),
        }
    }
}

impl Scheme {
    /// The section that a heading is, by any of its namings.
    pub(super) fn section_of(&self, title: &str) -> Option<&SectionRule> {
        let words = words(title);
        let is = |one: &str| self::words(one) == words;
        self.sections.iter().find(|section| is(&section.title) || section.also.iter().any(|also| is(also)))
    }
}

/// The words alone, so that case and punctuation do not count.
fn words(title: &str) -> Vec<String> {
    let plain = title.to_lowercase();
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::governance::proposals::scheme::tests::flip;

    #[test]
    fn headings_are_found_and_whether_anything_stands_under_them() {
        let text = "# T\n\n## Motivation\n<!-- why\n## no\n-->\n## Public interfaces\ntext\n```\n# code\n```\n## Test Plan ##\n### deep\nx\n## Rejected\n~~~\n";
        let found: Vec<(usize, usize, String, bool)> =
            headings(text, 5).into_iter().map(|h| (h.line, h.level, h.title, h.has_text)).collect();
        let expected = [
            (5, 1, "T", true),
            (7, 2, "Motivation", false),
            (11, 2, "Public interfaces", true),
            (16, 2, "Test Plan", true),
            (17, 3, "deep", true),
            (19, 2, "Rejected", true),
        ];
        assert_eq!(found, expected.map(|(line, level, title, text)| (line, level, title.to_owned(), text)));
    }

    #[test]
    fn a_section_is_known_by_either_naming() {
        let flip = flip();
        for (heading, title) in [
            ("Motivation", "Motivation"),
            ("new or changed public interfaces", "Public Interfaces"),
            ("Proposed Change", "Proposed Changes"),
            ("Compatibility, Deprecation and Migration Plan", "Compatibility, Deprecation, and Migration Plan"),
        ] {
            assert_eq!(flip.section_of(heading).unwrap().title, title);
        }
        assert_eq!(flip.section_of("Thanks"), None);
    }

    proptest! {
        #[test]
        fn any_text_has_headings(text in "([#`~ a\n]|<!--|-->|\\PC){0,60}") {
            for heading in headings(&text, 1) {
                prop_assert!(heading.line <= text.lines().count());
            }
        }
    }
}
