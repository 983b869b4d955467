// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Fitting text to the width of a terminal.

use crate::engine::Warning;

/// How many faults of one check are shown.
const FAULTS_SHOWN: usize = 10;

/// The first of `faults`, and how many more there are.
pub fn few(faults: &[String]) -> Vec<String> {
    let mut shown: Vec<String> = faults.iter().take(FAULTS_SHOWN).cloned().collect();
    if faults.len() > FAULTS_SHOWN {
        shown.push(format!("and {} more", faults.len() - FAULTS_SHOWN));
    }
    shown
}

/// A check that failed, with the first of its faults, in lines of at most `width`
/// columns where that can be.
pub fn warning_lines(warning: &Warning, width: usize) -> Vec<String> {
    let head = format!("the optional check {} does not hold: {}", warning.id, warning.title);
    let faults = few(&warning.faults).into_iter().map(|fault| format!("  {}", hang(&fault, 2, 4, width)));
    let text: Vec<String> = std::iter::once(hang(&head, 0, 2, width)).chain(faults).collect();
    text.iter().flat_map(|part| part.lines().map(str::to_owned)).collect()
}

/// The text's words in lines of at most `width` columns where that can be, each
/// but the first after `indent` spaces; `used` columns of the first are taken.
pub fn hang(text: &str, used: usize, indent: usize, width: usize) -> String {
    let mut out = String::new();
    let mut column = used;
    let mut begins = true;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if !begins && column + 1 + length > width {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            column = indent;
        } else if !begins {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
        begins = false;
    }
    out
}

/// Markdown as a person reads it on a terminal: paragraphs and list items are
/// fitted to `width`, code stays as it is.
pub fn reflow(markdown: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut block: Option<(usize, String)> = None;
    let mut in_code = false;
    let flush = |block: &mut Option<(usize, String)>, lines: &mut Vec<String>| {
        if let Some((indent, text)) = block.take() {
            lines.extend(hang(&without_emphasis(&text), 0, indent, width).lines().map(str::to_owned));
        }
    };
    for line in markdown.trim().lines() {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        let verbatim = fence || in_code || line.starts_with("    ") || line.starts_with(['#', '|', '>']);
        if verbatim || line.trim().is_empty() {
            flush(&mut block, &mut lines);
            lines.push(line.trim_end().to_owned());
        } else if line.starts_with("- ") || line.starts_with("* ") {
            flush(&mut block, &mut lines);
            block = Some((2, line.to_owned()));
        } else {
            let (_, text) = block.get_or_insert_with(|| (0, String::new()));
            text.push(' ');
            text.push_str(line.trim());
        }
    }
    flush(&mut block, &mut lines);
    lines
}

/// The text without the marks of emphasis; code keeps its stars.
fn without_emphasis(markdown: &str) -> String {
    let parts = markdown.split('`').enumerate();
    let plain = parts.map(|(number, part)| if number % 2 == 0 { unstarred(part) } else { part.to_owned() });
    plain.collect::<Vec<_>>().join("`")
}

/// The text without pairs of stars around words; one that stands alone, as that of an item, stays.
fn unstarred(text: &str) -> String {
    let text = text.replace("**", "");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('*') {
        out.push_str(before);
        let begins = !out.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric);
        match after.split_once('*').filter(|(inner, _)| begins && !inner.ends_with(char::is_whitespace)) {
            Some((inner, beyond)) => {
                out.push_str(inner);
                rest = beyond;
            }
            None => {
                out.push('*');
                rest = after;
            }
        }
    }
    out + rest
}

/// The text with a great first letter and without a full stop.
pub fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_hang_and_a_long_word_has_its_own() {
        assert_eq!(hang("one two three", 4, 2, 10), "one\n  two\n  three");
        assert_eq!(hang("one  two\nthree", 0, 0, 80), "one two three");
        assert_eq!(hang("a abcdefghijkl b", 0, 1, 6), "a\n abcdefghijkl\n b");
        assert_eq!(hang("", 3, 2, 10), "");
    }

    #[test]
    fn of_many_faults_the_first_are_shown_and_the_others_counted() {
        let faults: Vec<String> = (1..=12).map(|number| format!("fault {number}")).collect();
        let shown = few(&faults);
        assert_eq!((shown.len(), shown[9].as_str(), shown[10].as_str()), (11, "fault 10", "and 2 more"));
        assert_eq!(few(&faults[..10]), faults[..10]);
        let warning = Warning { id: "neat".into(), title: "All is neat".into(), faults: faults[..1].to_vec() };
        let lines = warning_lines(&warning, 40);
        assert_eq!(lines, ["the optional check neat does not hold:", "  All is neat", "  fault 1"]);
    }

    #[test]
    fn paragraphs_are_joined_and_code_is_left() {
        let text = "One\ntwo.\n\n- item one\n  goes on\n- item\n\n    code  stays\n";
        assert_eq!(reflow(text, 12), ["One two.", "", "- item one", "  goes on", "- item", "", "    code  stays"]);
        assert_eq!(reflow("```\na\nb\n```", 80), ["```", "a", "b", "```"]);
    }

    #[test]
    fn emphasis_is_not_shown_by_stars() {
        let text = "Open *Staging Repositories*, **not** `*.asc` or *.md, 2 * 3.";
        assert_eq!(reflow(text, 80), ["Open Staging Repositories, not `*.asc` or *.md, 2 * 3."]);
        assert_eq!(reflow("* item *one*", 80), ["* item one"]);
    }

    #[test]
    fn a_sentence_begins_great() {
        assert_eq!(sentence("sends a mail."), "Sends a mail");
        assert_eq!(sentence(""), "");
        assert_eq!(sentence("élan"), "Élan");
    }
}
