// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! From lines to sentences: lines that were only wrapped are joined again, so that how
//! a mail is wrapped says nothing; blocks of code, diffs and logs are left out.

use super::besides::is_preamble;
use super::label::is_output;
use super::normal::plain;
use super::sign::tokens;
use super::words::one_of;

/// How many characters of a line are read: more than anybody writes into one sentence.
const LENGTH: usize = 6_000;

/// How many lines of a paragraph are looked at for its width.
const PARAGRAPH: usize = 40;

/// A paragraph's line as its writer meant it, before any wrapping.
#[derive(Debug, Clone)]
pub(super) struct Logical {
    /// In plain spelling, without bullet.
    pub text: String,
    /// Where in `text` each written line begins, and which line that is.
    starts: Vec<(usize, usize)>,
    /// What it stands behind: a bullet, a heading's mark.
    pub mark: Mark,
    /// Whether a blank line stands before it.
    pub after_blank: bool,
    /// What of a program stands between it and the line before it.
    pub below: Below,
}

/// What stands before a line's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    None,
    Bullet,
    Heading,
}

/// What of a program stands above a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Below {
    Text,
    /// Code, a log; or a command with a blank line below it.
    Code,
    /// A command, right above it.
    Command,
}

/// A sentence: its text and its line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sentence<'t> {
    pub text: &'t str,
    /// Where it begins in its line.
    pub at: usize,
}

impl Logical {
    /// The written line that has the character at `at`.
    pub fn line_at(&self, at: usize) -> usize {
        self.starts.iter().rev().find(|(start, _)| *start <= at).map_or(0, |(_, line)| *line)
    }

    /// Its sentences. A full stop inside a number or a name ends none.
    pub fn sentences(&self) -> Vec<Sentence<'_>> {
        let mut found = Vec::new();
        let mut from = 0;
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let ends = matches!(bytes[at], b'.' | b'!' | b'?' | b';')
                && bytes.get(at + 1).is_none_or(|next| matches!(next, b' ' | b'.' | b'!' | b'?' | b')'))
                && !abbreviation(&self.text[from..at]);
            at += 1;
            if ends {
                while at < bytes.len() && matches!(bytes[at], b'.' | b'!' | b'?' | b')') {
                    at += 1;
                }
                push(&mut found, &self.text, from, at);
                from = at;
            }
        }
        push(&mut found, &self.text, from, self.text.len());
        found
    }
}

fn push<'t>(found: &mut Vec<Sentence<'t>>, text: &'t str, from: usize, to: usize) {
    let piece = &text[from..to];
    let trimmed = piece.trim_start();
    if !trimmed.trim().is_empty() {
        found.push(Sentence { text: trimmed.trim_end(), at: from + piece.len() - trimmed.len() });
    }
}

fn abbreviation(before: &str) -> bool {
    let word = before.rsplit([' ', '(']).next().unwrap_or_default().to_ascii_lowercase();
    matches!(word.as_str(), "e.g" | "i.e" | "vs" | "cf" | "mr" | "ms" | "dr" | "no" | "approx" | "etc")
}

/// The logical lines of what the sender wrote; blank lines part paragraphs.
pub(super) fn logical_lines(own: &[&str]) -> Vec<Logical> {
    let mut found: Vec<Logical> = Vec::new();
    let mut blank = true;
    let mut below = Below::Text;
    let mut code = Code::default();
    let mut previous_length = 0;
    for (number, line) in own.iter().enumerate() {
        if code.holds(line) {
            blank = true;
            below = if is_prompt(line.trim()) { Below::Command } else { Below::Code };
            continue;
        }
        let long = line.len() > LENGTH;
        let end = if long { line.char_indices().nth(LENGTH).map_or(line.len(), |(at, _)| at) } else { line.len() };
        let text = plain(&line[..end]);
        if text.is_empty() {
            blank = true;
            below = if below == Below::Text { below } else { Below::Code };
            continue;
        }
        let (mark, body) = marked(&text);
        let first_word = body.split(' ').next().map_or(0, |word| word.chars().count());
        let runs_on =
            |last: &Logical| last.mark == Mark::None && leads_to_value(&last.text, body, own.get(number + 1).copied());
        let wrapped = !blank
            && mark == Mark::None
            && (previous_length + 1 + first_word > wrap_width(own, number) || found.last().is_some_and(runs_on));
        previous_length = line.trim_end().chars().count();
        match found.last_mut() {
            Some(last) if wrapped && last.text.len() < LENGTH && !starts_ballot_line(body) => {
                last.text.push(' ');
                last.starts.push((last.text.len(), number));
                last.text.push_str(body);
            }
            _ => found.push(Logical {
                text: body.to_owned(),
                starts: vec![(0, number)],
                mark,
                after_blank: blank,
                below,
            }),
        }
        blank = false;
        below = Below::Text;
    }
    found
}

/// `[ ] +1`: never the second half of a sentence.
fn starts_ballot_line(text: &str) -> bool {
    text.starts_with('[') && text.chars().nth(2) == Some(']')
}

/// The width that the paragraph of this line seems to be wrapped at: its longest line within reason. A
/// link is as long as it is.
fn wrap_width(own: &[&str], number: usize) -> usize {
    let of_text = |line: &&&str| !line.trim().is_empty();
    let above = own[..number].iter().rev().take(PARAGRAPH).take_while(of_text);
    let below = own[number..].iter().take(PARAGRAPH).take_while(of_text);
    let lines = above.chain(below).filter(|line| !line.contains("://"));
    lines.map(|line| line.trim_end().chars().count()).filter(|length| *length <= 100).max().unwrap_or(0).max(58)
}

/// Whether a value that begins a line ends the sentence of the line above it: "My vote is not" and
/// below it "+1". A greeting and a line that ends a sentence lead to none.
fn leads_to_value(above: &str, body: &str, below: Option<&str>) -> bool {
    let value = |text: &str| text.strip_prefix(['+', '-']).is_some_and(|rest| rest.starts_with(['0', '1']));
    // a heading of several
    if !value(body)
        || below.is_some_and(|below| value(below.trim()))
        || above.ends_with(['.', '!', '?', ';', ':', ')'])
        || above.len() > LENGTH
    {
        return false;
    }
    let above = tokens(above);
    let first = above.first().map(|token| token.text.as_str()).unwrap_or_default();
    let depends = one_of!(first, "if when once unless provided assuming until till before");
    let words = above.iter().filter(|token| token.is_word()).count();
    let has_value = above.iter().any(|token| token.sign().is_some());
    let ended = above.last().is_some_and(|token| token.is(","));
    let shows = above.last().is_some_and(|token| is_output(&token.text));
    depends && !has_value || !shows && !ended && !has_value && words > 1 && !is_preamble(&above, Mark::None)
}

/// The mark before a line's text, and the text behind it.
pub(super) fn marked(text: &str) -> (Mark, &str) {
    if let Some(rest) = text.strip_prefix('#') {
        let rest = rest.trim_start_matches('#');
        if rest.starts_with(' ') {
            return (Mark::Heading, rest.trim_start());
        }
    }
    for bullet in ["- ", "* ", "o ", "-- ", "-> ", "=> ", "~ "] {
        if let Some(rest) = text.strip_prefix(bullet) {
            let rest = rest.trim_start();
            if !rest.is_empty() {
                return (Mark::Bullet, rest);
            }
        }
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if (1..3).contains(&digits) {
        for end in [". ", ") "] {
            if let Some(rest) = text[digits..].strip_prefix(end) {
                return (Mark::Bullet, rest.trim_start());
            }
        }
    }
    (Mark::None, text)
}

/// Whether the reader is inside a fence, a diff, a log.
#[derive(Default)]
struct Code {
    fenced: bool,
    diff: bool,
}

impl Code {
    fn holds(&mut self, line: &str) -> bool {
        let trimmed = line.trim();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            self.fenced = !self.fenced;
            return true;
        }
        if self.fenced {
            return true;
        }
        if trimmed.starts_with("diff --git") || trimmed.starts_with("@@ ") || trimmed.starts_with("Index: ") {
            self.diff = true;
        }
        if self.diff {
            let goes_on = !line.is_empty() && line.starts_with(['+', '-', ' ', '@', '\\', 'd', 'i', 'I', '=', 'n']);
            self.diff = goes_on;
            return goes_on;
        }
        is_log(trimmed)
    }
}

/// "$ mvn verify".
fn is_prompt(line: &str) -> bool {
    // "mysql> select 1"
    let name = line.bytes().take_while(|byte| byte.is_ascii_lowercase() || *byte == b'-').count();
    let shell = (2..=12).contains(&name) && line[name..].starts_with("> ");
    shell || line.starts_with("$ ") || line.starts_with("% ") || line.starts_with("+ ") && line.contains("--")
}

/// A line that a program wrote, by its beginning.
fn is_log(line: &str) -> bool {
    let level = ["[INFO", "[WARN", "[ERROR", "[DEBUG", "[TRACE", "INFO:", "WARN:", "ERROR:"];
    let stamp = line.len() > 10
        && line.as_bytes()[..4].iter().all(u8::is_ascii_digit)
        && line.as_bytes()[4] == b'-'
        && line.contains(':');
    let trace = line.starts_with("at ") && line.ends_with(')') && line.contains('(');
    level.iter().any(|level| line.starts_with(level))
        || is_prompt(line)
        || stamp
        || trace
        || line.starts_with("+++ ")
        || line.starts_with("--- a/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_lines_are_joined_and_hard_breaks_are_not() {
        let own = [
            "Hi all,",
            "+1 (binding)",
            "",
            "this sentence is long enough to have been wrapped, it goes on with",
            "+1 in its second line.",
        ];
        let lines = logical_lines(&own);
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts[..2], ["Hi all,", "+1 (binding)"]);
        assert_eq!(texts.len(), 3);
        assert_eq!(lines[2].line_at(68), 4);
    }

    #[test]
    fn sentences_end_where_they_do() {
        let lines = logical_lines(&["+1. I checked 1.8.0 e.g. the hashes! So -1 for me"]);
        let texts: Vec<&str> = lines[0].sentences().iter().map(|s| s.text).collect();
        assert_eq!(texts, ["+1.", "I checked 1.8.0 e.g. the hashes!", "So -1 for me"]);
    }

    #[test]
    fn code_is_left_out() {
        let own = ["```", "+1", "```", "diff --git a b", "@@ -1 +1 @@", "-1", "+1", "", "[INFO] +1", "text"];
        let lines = logical_lines(&own);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].text, "text");
    }
}
