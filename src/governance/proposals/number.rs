// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Numbers: which is the next, and what a page's file is called.

use std::collections::BTreeSet;

use super::scheme::Scheme;

/// The last number that a next one is counted from: what is beyond it was mistyped.
pub const LAST_NUMBER: u32 = 999_999;

/// The next free number: beyond all that were ever used. A gap is not filled: nobody knows
/// what mails and issues say of it.
pub fn next_number(scheme: &Scheme, used: &BTreeSet<u32>) -> Option<u32> {
    match used.last() {
        None => Some(scheme.first_number),
        Some(last) => last.checked_add(1).map(|next| next.max(scheme.first_number)),
    }
}

/// The number that a person gives: `42`, `FLIP-42`.
pub fn parse_number(scheme: &Scheme, text: &str) -> Option<u32> {
    let text = text.trim();
    let head = text.get(..scheme.prefix.len()).filter(|head| head.eq_ignore_ascii_case(&scheme.prefix));
    let digits = head.map_or(text, |head| text[head.len()..].trim_start_matches(['-', ' ']));
    let plain = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

/// The file of a page: `FLIP-0042.md`, and `FLIP-0042-2.md` for the second of two with one number.
pub fn file_name(scheme: &Scheme, number: u32, copy: usize) -> String {
    let digits = scheme.digits;
    let copy = if copy > 1 { format!("-{copy}") } else { String::new() };
    format!("{}-{number:0digits$}{copy}.md", scheme.prefix)
}

/// The file of a page without a number: `FLIP-XXX-stop-jobs.md`.
pub fn pending_name(scheme: &Scheme, heading: &str) -> String {
    format!("{}-{}-{}.md", scheme.prefix, scheme.placeholder, slug(heading))
}

/// The number in a file's name; `Some(None)` for the placeholder, `None` for another file.
pub fn number_in_file_name(scheme: &Scheme, name: &str) -> Option<Option<u32>> {
    let rest = name.strip_suffix(".md")?.strip_prefix(&scheme.prefix)?.strip_prefix('-')?;
    let first = rest.split('-').next()?;
    if first == scheme.placeholder {
        return Some(None);
    }
    let plain = !first.is_empty() && first.chars().all(|c| c.is_ascii_digit());
    first.parse().ok().filter(|_| plain).map(Some)
}

/// A heading as a part of a file's name: `stop-jobs-gracefully`.
pub fn slug(heading: &str) -> String {
    let plain: String =
        heading.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    let mut slug = String::new();
    for word in words {
        if slug.len() + 1 + word.len() > 48 {
            break;
        }
        slug.push_str(if slug.is_empty() { "" } else { "-" });
        slug.push_str(word);
    }
    if slug.is_empty() { "proposal".to_owned() } else { slug }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::governance::proposals::scheme::tests::flip;

    #[test]
    fn numbers_are_read_and_written() {
        let flip = flip();
        for (text, number) in [
            ("42", Some(42)),
            ("FLIP-42", Some(42)),
            ("flip 7", Some(7)),
            ("XXX", None),
            ("-1", None),
            ("4 2", None),
            ("99999999999", None),
            ("", None),
        ] {
            assert_eq!(parse_number(&flip, text), number, "{text}");
        }
        for (name, number) in [
            ("FLIP-0042.md", Some(Some(42))),
            ("FLIP-0042-2.md", Some(Some(42))),
            ("FLIP-XXX-stop-jobs.md", Some(None)),
            ("FLIP-12345.md", Some(Some(12_345))),
            ("INDEX.md", None),
            ("FLIP-.md", None),
            ("FLIP-+4.md", None),
            ("FLIP-99999999999.md", None),
        ] {
            assert_eq!(number_in_file_name(&flip, name), number, "{name}");
        }
        assert_eq!(
            (slug("Stop  jobs, gracefully!"), slug("é")),
            ("stop-jobs-gracefully".to_owned(), "proposal".to_owned())
        );
        assert!(slug(&"word ".repeat(40)).len() <= 48);
        assert_eq!(pending_name(&flip, "Stop jobs"), "FLIP-XXX-stop-jobs.md");
    }

    proptest! {
        #[test]
        fn the_next_number_was_never_used(used in prop::collection::btree_set(0u32..2_000, 0..40)) {
            let next = next_number(&flip(), &used).unwrap();
            prop_assert!(!used.contains(&next) && used.iter().all(|one| *one < next));
        }

        #[test]
        fn a_file_is_of_its_number(number in 0u32..u32::MAX, copy in 1usize..5) {
            let flip = flip();
            prop_assert_eq!(number_in_file_name(&flip, &file_name(&flip, number, copy)), Some(Some(number)));
        }
    }

    #[test]
    fn there_is_no_number_beyond_the_last() {
        assert_eq!(next_number(&flip(), &BTreeSet::from([u32::MAX])), None);
        assert_eq!(next_number(&flip(), &BTreeSet::new()), Some(1));
    }
}
