// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A sentence as tokens: words, signs (+1, -0.5, …) and what stands between. What only looks like
//! a sign (phone numbers, time zones, versions, arguments of commands) is a word here.

use super::words::is_claim;
use crate::governance::VoteValue;

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub kind: Kind,
    /// In lower case.
    pub text: String,
    /// Where it begins in the sentence.
    pub at: usize,
    /// Whether a blank stands before it.
    pub spaced: bool,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Word,
    Punct,
    Sign(Sign),
}

/// A number with a sign before it, as a vote would have it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sign {
    /// A value that a ballot has, or a fraction.
    Value(VoteValue),
    /// +10, -1000, ++1: no ballot has it.
    Beyond,
    /// "+1s", "+1'd": speaks of votes.
    Plural,
}

impl Token {
    pub fn is(&self, text: &str) -> bool {
        self.text == text
    }

    pub fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }

    pub fn sign(&self) -> Option<Sign> {
        match self.kind {
            Kind::Sign(sign) => Some(sign),
            _ => None,
        }
    }
}

/// The tokens of a sentence.
pub(super) fn tokens(sentence: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let bytes = sentence.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &sentence[at..];
        let Some(first) = rest.chars().next() else { break };
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let spaced = at == 0 || bytes[at - 1] == b' ';
        let (kind, length) = if let Some((sign, length)) = sign_at(sentence, at, &found) {
            (Kind::Sign(sign), length)
        } else if is_word_character(first)
            || first == '+'
            || first == '-' && rest.len() > 1 && !rest[1..].starts_with([' ', '-', '>'])
        {
            (Kind::Word, word_length(rest))
        } else if rest.starts_with("->") || rest.starts_with("=>") {
            (Kind::Punct, 2)
        } else {
            (Kind::Punct, first.len_utf8())
        };
        let text = match kind {
            Kind::Sign(_) => rest[..length].to_owned(),
            _ if rest[..length].is_ascii() => rest[..length].to_ascii_lowercase(),
            _ => rest[..length].to_lowercase(),
        };
        found.push(Token { kind, text, at, spaced });
        at += length;
    }
    found
}

fn is_word_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '@' | '_' | '$' | '%')
}

/// A word goes on over apostrophes, full stops and hyphens that have a letter or digit behind them.
fn word_length(rest: &str) -> usize {
    let mut length = 0;
    let mut characters = rest.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let joins = matches!(character, '\'' | '.' | '-' | '/' | ':' | '+' | '#' | '=')
            && characters.peek().is_some_and(|(_, next)| is_word_character(*next) || (at == 0 && *next == '.'));
        // an unspaced CJK text before a sign is no part of one word with it
        let sign_follows = matches!(character, '+' | '-')
            && at > 0
            && !rest[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_'));
        if sign_follows || !(is_word_character(character) || joins || at == 0) {
            break;
        }
        length = at + character.len_utf8();
    }
    length.max(rest.chars().next().map_or(0, char::len_utf8))
}

/// The sign at `at`, and its length.
fn sign_at(sentence: &str, at: usize, before: &[Token]) -> Option<(Sign, usize)> {
    let rest = &sentence[at..];
    let first = rest.as_bytes()[0];
    if first != b'+' && first != b'-' {
        return None;
    }
    if before_is_attached(sentence, at) {
        return None;
    }
    let signs = rest.bytes().take_while(|byte| matches!(byte, b'+' | b'-')).count();
    let mut from = signs;
    if rest.starts_with("+/-") {
        return zero_either_way(rest);
    }
    // "+ 1": only where a vote would stand, or it is arithmetic or a list's item
    if first == b'+' && rest[from..].starts_with(' ') && may_have_a_gap(before) {
        from += 1;
    }
    let number = &rest[from..];
    let length = number.bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b',')).count();
    let digits = number[..length].trim_end_matches(['.', ',']);
    let end = from + digits.len();
    let after = &rest[end..];
    if digits.is_empty() || digits.bytes().filter(|b| !b.is_ascii_digit()).count() > 1 {
        return None;
    }
    if from > signs && (digits != "1" && digits != "0" || after.starts_with(|c: char| c.is_ascii_alphanumeric())) {
        return None;
    }
    if let Some(length) = plural(after) {
        return Some((Sign::Plural, end + length));
    }
    // "+1ish"
    for suffix in ["ish", "-ish"] {
        if after.strip_prefix(suffix).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric())) {
            return Some((Sign::Beyond, end + suffix.len()));
        }
    }
    let glued = after.bytes().take_while(|byte| byte.is_ascii_alphabetic() || *byte == b'-').count();
    let claimed = glued > 1 && is_claim(&after[..glued].to_ascii_lowercase());
    if !claimed && after.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '%' | '$' | '@')) {
        return None;
    }
    if is_phone(after) || is_zone_or_argument(digits, before) || is_range(after) {
        return None;
    }
    let sign = value(first == b'+', digits, signs)?;
    Some((sign, end))
}

/// Whether what stands before belongs to the same word: `1.11+1`, `GMT+1`, `exit(-1)`.
fn before_is_attached(sentence: &str, at: usize) -> bool {
    let before = &sentence[..at];
    let Some(last) = before.chars().next_back() else { return false };
    if last == '<' && sentence[at..].contains('>') {
        return false;
    }
    if last.is_ascii_alphanumeric() || matches!(last, '_' | '+' | '-' | '^' | '\\' | '@' | '&' | '|' | '<') {
        return true;
    }
    if last == ')' || last == ']' {
        // "[x]+1" is a ballot, "f()+1" is code
        return !(before.ends_with("]") && before.len() <= 4);
    }
    // an opening bracket behind a name: a call
    matches!(last, '(' | '[' | '=' | '.' | '/' | '{')
        && before[..before.len() - 1].ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ')'))
        && !(last == '/' && before[..before.len() - 1].ends_with(['0', '1']))
}

fn zero_either_way(rest: &str) -> Option<(Sign, usize)> {
    let after = rest[3..].trim_start();
    let gap = rest[3..].len() - after.len();
    let clean = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '.');
    if after.starts_with('0') && clean(&after[1..]) {
        return Some((Sign::Value(VoteValue::Zero), 3 + gap + 1));
    }
    (after.starts_with('1') && clean(&after[1..])).then_some((Sign::Beyond, 3 + gap + 1))
}

fn may_have_a_gap(before: &[Token]) -> bool {
    before
        .last()
        .is_none_or(|token| token.kind == Kind::Punct || matches!(token.text.as_str(), "my" | "vote" | "own" | "i'm"))
}

fn plural(after: &str) -> Option<usize> {
    let lower: String = after.chars().take(5).collect::<String>().to_ascii_lowercase();
    for suffix in ["'ing", "'ed", "'s", "'d", "ing", "ers", "ed", "ies", "s", "d"] {
        if lower.strip_prefix(suffix).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric())) {
            return Some(suffix.len());
        }
    }
    None
}

/// `+1 (951) …`, `+1-951-555-0100`, `+1 951 555 0100`.
fn is_phone(after: &str) -> bool {
    let bare = after.trim_start_matches([' ', '-', '.', '(', '/']);
    if bare.len() == after.len() {
        return false;
    }
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    let ends = bare[digits..].chars().next();
    digits >= 3
        && ends.is_none_or(|c| matches!(c, ')' | '-' | ' ' | '.' | '/'))
        && !bare[digits..].trim_start_matches([' ', '.']).starts_with(|c: char| c.is_alphabetic())
        || after.trim_start().starts_with('(') && bare.starts_with(|c: char| c.is_ascii_digit()) && digits >= 2
}

/// `-1..3`, `-1-2`, `+1:00`.
fn is_range(after: &str) -> bool {
    let mut characters = after.chars();
    matches!(characters.next(), Some('-' | ':' | '/' | '*' | '^'))
        && characters.next().is_some_and(|c| c.is_ascii_digit())
        && !after.starts_with("/0")
        && !after.starts_with("/-")
        && !after.starts_with("/1")
}

const COMMANDS: [&str; 38] = [
    "log",
    "head",
    "tail",
    "exit",
    "return",
    "returns",
    "returned",
    "returning",
    "kill",
    "ls",
    "sort",
    "status",
    "code",
    "value",
    "equals",
    "index",
    "==",
    "=",
    "<",
    ">",
    "<=",
    ">=",
    "!=",
    "gmt",
    "utc",
    "cet",
    "pst",
    "gmt:",
    "utc:",
    "head~",
    "version",
    "minus",
    "offset",
    "timeout",
    "parallelism",
    "to_be",
    "grep",
    "xargs",
];

fn is_zone_or_argument(digits: &str, before: &[Token]) -> bool {
    let leading_zero = digits.len() > 1 && digits.starts_with('0') && !digits.contains(['.', ',']);
    let last = before.last();
    let after_time = last.is_some_and(|token| {
        token.is_word() && token.text.contains(':') && token.text.starts_with(|c: char| c.is_ascii_digit())
    });
    let after_command = last.is_some_and(|token| COMMANDS.contains(&token.text.as_str()) || token.is("="));
    let after_option = last.is_some_and(|token| token.is_word() && token.text.starts_with('-') && token.text.len() > 1);
    // "+1/-1" has two values
    let other = before.len().checked_sub(2).is_some_and(|at| before[at].sign().is_some() || before[at].is("0"));
    let arithmetic =
        last.is_some_and(|token| matches!(token.text.as_str(), "(code)" | "+" | "%" | "^") || token.is("/") && !other);
    leading_zero || after_time || after_command || after_option || arithmetic
}

fn value(positive: bool, digits: &str, signs: usize) -> Option<Sign> {
    let normal = digits.replace(',', ".");
    let normal = if normal.starts_with('.') { format!("0{normal}") } else { normal };
    if normal.contains('.') && digits.contains(',') && normal.split('.').nth(1).is_some_and(|f| f.len() > 2) {
        return Some(Sign::Beyond);
    }
    if normal.len() > 12 {
        return Some(Sign::Beyond);
    }
    let number: f64 = normal.parse().ok()?;
    if signs > 1 && number != 0.0 || number > 1.0 {
        return Some(Sign::Beyond);
    }
    let value = match (positive, number == 1.0) {
        (true, true) => VoteValue::Plus,
        (true, false) => VoteValue::PlusZero,
        (false, true) => VoteValue::Minus,
        (false, false) => VoteValue::MinusZero,
    };
    Some(Sign::Value(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(text: &str) -> Vec<Sign> {
        tokens(text).iter().filter_map(Token::sign).collect()
    }

    #[test]
    fn what_is_a_sign() {
        use VoteValue::{Minus, MinusZero, Plus, PlusZero, Zero};
        for (text, value) in [
            ("+1", Plus),
            ("-1,", Minus),
            ("+1.", Plus),
            ("+0.9", PlusZero),
            ("-0,5", MinusZero),
            ("-.5", MinusZero),
            ("+ 1 from me", Plus),
            ("+1(binding)", Plus),
            ("(+1)", Plus),
            ("+1支持", Plus),
            ("我投+1", Plus),
            ("+/-0", Zero),
            ("+1.0", Plus),
            ("Awesome,+1!", Plus),
        ] {
            assert_eq!(signs(text), [Sign::Value(value)], "{text}");
        }
        for text in ["+1000", "+10", "-1000", "++1", "+2", "+1,000"] {
            assert_eq!(signs(text), [Sign::Beyond], "{text}");
        }
        assert_eq!(signs("three +1s and a +1'd"), [Sign::Plural, Sign::Plural]);
    }

    #[test]
    fn what_only_looks_like_one() {
        for text in [
            "1.11+1",
            "GMT+1",
            "UTC +1",
            "10:00 +0100",
            "10:00:00 +1000",
            "+1 (951) 555-0100",
            "Tel: +1 (951) …",
            "+1-951-555-0100",
            "+1 951 555 0100",
            "sys.exit(-1)",
            "git log -1",
            "(date.getMonth()+1).pad(2)",
            "x = -1",
            "a[i+1]",
            "-14,1856 +14,77 lines",
            "returned -1",
            "-1s%",
            "x + 1",
            "rc-1",
            "- 1",
        ] {
            let found = signs(text);
            assert!(!found.iter().any(|sign| matches!(sign, Sign::Value(_))), "{text}: {found:?}");
        }
    }
}
