// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Titles as people write them, and as they should be: `FLIP-42: Stop jobs gracefully`.

use super::scheme::Scheme;
use crate::release::{has_no_width, is_invisible};

/// A title, read tolerantly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleForm {
    /// Marks before it, without brackets: `WIP`.
    pub marks: Vec<String>,
    /// The number in it; `Some(None)` for the placeholder, `None` where there is neither.
    pub number: Option<Option<u32>>,
    /// The rest, with single spaces and without what cannot be seen.
    pub heading: String,
}

impl TitleForm {
    /// Reads a title.
    pub fn read(scheme: &Scheme, title: &str) -> Self {
        let mut rest = title.trim();
        let mut marks = Vec::new();
        while let Some((mark, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            marks.push(mark.trim().to_owned());
            rest = after.trim_start();
        }
        let (number, heading) = numbered(scheme, rest).map_or((None, rest), |(number, rest)| (Some(number), rest));
        Self { marks, number, heading: tidy(heading) }
    }

    /// The title as it should be; nothing where there is no heading.
    pub fn form(scheme: &Scheme, number: Option<u32>, heading: &str) -> String {
        format!("{}: {heading}", scheme.name(number))
    }
}

/// The number that `text` begins with after the prefix, and what follows it.
fn numbered<'a>(scheme: &Scheme, text: &'a str) -> Option<(Option<u32>, &'a str)> {
    let rest =
        strip_prefix(text, &scheme.prefix)?.trim_start_matches([' ', '-', '_', '\u{2010}', '\u{2011}', '\u{2013}']);
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, after) = if digits > 0 {
        (Some(rest[..digits].parse().ok()?), &rest[digits..])
    } else {
        (None, strip_prefix(rest, &scheme.placeholder)?)
    };
    // `FLIP-4x` is no number
    if after.starts_with(char::is_alphanumeric) {
        return None;
    }
    Some((number, after.trim_start_matches([' ', ':', '-', '\u{2013}', '\u{2014}', '\u{a0}', '\u{ff1a}'])))
}

/// Without regard to case.
fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

/// Whether nobody sees the letter.
pub(super) fn is_unseen(letter: char) -> bool {
    is_invisible(letter) || has_no_width(letter) || matches!(letter, '\u{200c}' | '\u{200d}')
}

fn tidy(text: &str) -> String {
    let seen: String = text.chars().filter(|letter| letter.is_whitespace() || !is_unseen(*letter)).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::governance::proposals::scheme::tests::flip;

    #[test]
    fn titles_are_read_as_they_are_written() {
        for (title, marks, number, heading) in [
            ("FLIP-1: Fine Grained Recovery", &[][..], Some(Some(1)), "Fine Grained Recovery"),
            ("FLIP-23 - Model Serving", &[], Some(Some(23)), "Model Serving"),
            ("[WIP]FLIP-310:use VARINT", &["WIP"], Some(Some(310)), "use VARINT"),
            ("[DRAFT] FLIP-202: Introduce", &["DRAFT"], Some(Some(202)), "Introduce"),
            ("FLIP-52 : Remove  legacy\u{200b}", &[], Some(Some(52)), "Remove legacy"),
            ("flip 7 x", &[], Some(Some(7)), "x"),
            ("FLIP-XXX: New", &[], Some(None), "New"),
            ("FLIP-4x: New", &[], None, "FLIP-4x: New"),
            ("Flipping tables", &[], None, "Flipping tables"),
            ("FLIP-99999999999: x", &[], None, "FLIP-99999999999: x"),
            ("", &[], None, ""),
        ] {
            let read = TitleForm::read(&flip(), title);
            assert_eq!(
                (&*read.marks, read.number, &*read.heading),
                (&*marks.iter().map(|m| (*m).to_owned()).collect::<Vec<_>>(), number, heading),
                "{title}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_title_in_its_form_is_read_back(number in 1u32..100_000, heading in "[A-Za-z][A-Za-z ]{0,30}[a-z]") {
            let flip = flip();
            let heading = heading.split_whitespace().collect::<Vec<_>>().join(" ");
            let read = TitleForm::read(&flip, &TitleForm::form(&flip, Some(number), &heading));
            prop_assert_eq!((read.number, read.heading), (Some(Some(number)), heading));
        }

        #[test]
        fn any_title_is_read(title in "(\\[|FLIP-|\\PC){0,20}") {
            TitleForm::read(&flip(), &title);
        }
    }
}
