// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Ballots that are printed in a mail: lines with boxes, and lists of what each value means.

use super::lines::Logical;
use super::sign::{Sign, Token, tokens};
use crate::governance::VoteValue;

/// What a line is, as a line of a printed ballot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Printed {
    /// A box with nothing in it before a value.
    Empty,
    /// A box that is marked, before this value.
    Marked(VoteValue),
    /// A box with a mark that is no clear yes.
    Doubtful,
}

/// What the line says, if it is a value with a box.
pub(super) fn boxed(text: &str) -> Option<Printed> {
    let text = text.strip_prefix(['-', '*']).filter(|rest| rest.starts_with('[')).unwrap_or(text);
    if let Some(found) = several(text) {
        return Some(found);
    }
    let (content, rest) = leading_box(text)?;
    let (value, behind) = value_behind(rest)?;
    // "[ ] +1 [x]", "[ ] +1 approve [X]"
    let content = if content.is_empty() { trailing_box(behind).unwrap_or_default() } else { content };
    Some(printed(&content, value))
}

/// "[ ] +1 approve [x] -1 because it fails": a ballot in one line.
fn several(text: &str) -> Option<Printed> {
    if !text.starts_with('[') || text.matches('[').count() < 2 {
        return None;
    }
    let boxes: Vec<Printed> = text
        .match_indices('[')
        .filter_map(|(at, _)| {
            let (content, rest) = leading_box(&text[at..])?;
            Some(printed(&content, value_behind(rest)?.0))
        })
        .collect();
    let marked: Vec<Printed> = boxes.iter().copied().filter(|one| *one != Printed::Empty).collect();
    match (boxes.len(), &marked[..]) {
        (0 | 1, _) => None,
        (_, []) => Some(Printed::Empty),
        (_, [one]) => Some(*one),
        _ => Some(Printed::Doubtful),
    }
}

/// "+1 [x]", "+1 [ ] approve".
pub(super) fn boxed_behind(text: &str) -> Option<Printed> {
    if !text.contains(['[', '☐', '☑', '☒']) {
        return None;
    }
    let (value, behind) = value_behind(text)?;
    let behind = behind.trim_start();
    let (content, _) = leading_box(behind)?;
    let found = printed(&content, value);
    (behind.starts_with(['[', '☐', '☑', '☒']) && found != Printed::Doubtful).then_some(found)
}

fn printed(content: &str, value: VoteValue) -> Printed {
    match content {
        "" => Printed::Empty,
        "x" | "y" | "yes" | "v" | "√" | "✓" | "✔" | "☑" | "✅" | "*" | "+" | "+1" | "1" | "ok" | "@" | "#" | "o"
        | "xx" | "•" => {
            if content == "+1" && value != VoteValue::Plus {
                Printed::Doubtful
            } else {
                Printed::Marked(value)
            }
        }
        "-1" if value == VoteValue::Minus => Printed::Marked(value),
        "0" | "+0" | "-0" if matches!(value, VoteValue::Zero | VoteValue::PlusZero | VoteValue::MinusZero) => {
            Printed::Marked(value)
        }
        _ => Printed::Doubtful,
    }
}

/// A box that a line begins with, and what stands behind it.
pub(super) fn leading_box(text: &str) -> Option<(String, &str)> {
    for (sign, content) in [('☐', ""), ('□', ""), ('☑', "x"), ('☒', "x"), ('✅', "x"), ('✔', "x"), ('✓', "x")]
    {
        if let Some(rest) = text.strip_prefix(sign) {
            return Some((content.to_owned(), rest));
        }
    }
    let close = match text.chars().next()? {
        '[' => ']',
        '(' => ')',
        '{' => '}',
        '<' => '>',
        _ => return blank_to_fill(text),
    };
    let end = text.find(close)?;
    let content = text[1..end].trim().trim_matches('_').to_lowercase();
    (content.chars().count() <= 3).then(|| (content, &text[end + close.len_utf8()..]))
}

/// "__ +1", "_x_ +1".
fn blank_to_fill(text: &str) -> Option<(String, &str)> {
    let rest = text.strip_prefix('_')?;
    let end = rest.find(' ')?;
    let content = rest[..end].trim_matches('_').to_lowercase();
    (content.chars().count() <= 1).then(|| (content, &rest[end..]))
}

fn trailing_box(text: &str) -> Option<String> {
    let text = text.trim_end();
    let start = text.rfind('[')?;
    text.ends_with(']')
        .then(|| text[start + 1..text.len() - 1].trim().to_lowercase())
        .filter(|content| content.chars().count() <= 1)
}

/// The value that `text` begins with, and the rest.
fn value_behind(text: &str) -> Option<(VoteValue, &str)> {
    let trimmed = text.trim_start().trim_start_matches([':', '-', '>', '|']).trim_start();
    let text = if trimmed.starts_with(|c: char| c.is_ascii_digit()) && text.trim_start().starts_with('-') {
        text.trim_start()
    } else {
        trimmed
    };
    let text = text.trim_start_matches(['"', '\'']);
    let tokens = tokens(text);
    let first = tokens.first()?;
    match first.sign() {
        Some(Sign::Value(value)) => Some((value, &text[first.text.len()..])),
        None if first.is("0") => Some((VoteValue::Zero, &text[1..])),
        None if first.is("1") => Some((VoteValue::Plus, &text[1..])),
        _ => None,
    }
}

/// Which of `lines` belong to a list of what the values mean: neighbours that begin with
/// different values, or that the call for votes has too.
pub(super) fn listed(lines: &[Logical], call: &[String]) -> Vec<bool> {
    let heads: Vec<Option<Head>> = lines.iter().map(|line| head(&line.text)).collect();
    let mut found: Vec<bool> = lines.iter().map(|line| is_of_call(&line.text, call)).collect();
    let mut at = 0;
    while at < lines.len() {
        let end = run_from(&heads, lines, at);
        if end > at {
            let run: Vec<&Head> = heads[at..end].iter().flatten().collect();
            if is_list(&run) {
                found[at..end].iter_mut().zip(&heads[at..end]).for_each(|(place, head)| *place |= head.is_some());
            }
        }
        at = end.max(at + 1);
    }
    found
}

/// What a line that begins with a value begins with.
struct Head {
    value: VoteValue,
    means: bool,
    bare: bool,
}

fn head(text: &str) -> Option<Head> {
    if !text.starts_with(['+', '-', '0']) {
        return None;
    }
    let tokens = tokens(text);
    let first = tokens.first()?;
    let value = match first.sign() {
        Some(Sign::Value(value)) => value,
        None if first.is("0") => VoteValue::Zero,
        _ => return None,
    };
    Some(Head { value, means: is_meaning(&tokens[1..]), bare: tokens.len() == 1 })
}

/// Where the run of lines with a value, that begins at `at`, ends; one other line may stand between.
fn run_from(heads: &[Option<Head>], lines: &[Logical], at: usize) -> usize {
    if heads[at].is_none() {
        return at;
    }
    let mut end = at + 1;
    while end < heads.len() {
        if heads[end].is_some() {
            end += 1;
        } else if heads.get(end + 1).is_some_and(Option::is_some) && !lines[end].after_blank {
            end += 2;
        } else {
            break;
        }
    }
    end
}

fn is_list(run: &[&Head]) -> bool {
    let mut values: Vec<VoteValue> = run.iter().map(|head| head.value).collect();
    values.sort_unstable();
    values.dedup();
    let meanings = run.iter().filter(|head| head.means || head.bare).count();
    values.len() >= 3 || values.len() == 2 && meanings == run.len() && run.iter().any(|head| head.means)
}

fn is_of_call(text: &str, call: &[String]) -> bool {
    if text.len() < 9 || !text.contains(['+', '-', '0']) {
        return false;
    }
    let normal = without_blanks(text);
    // a bare value can stand in the call too
    normal.len() > 8 && call.contains(&normal)
}

/// A line as it is however it is spaced.
pub(super) fn without_blanks(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Whether what stands behind a value says what the value means, in the words of ballots.
pub(super) fn is_meaning(behind: &[Token]) -> bool {
    let words: Vec<&str> = behind.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
    if behind.first().is_some_and(|token| matches!(token.text.as_str(), "=" | "=>" | "->")) {
        return true;
    }
    let ends_open = words.last() == Some(&"because")
        || words.len() > 1 && behind.iter().rev().take(4).any(|token| token.is("because"));
    let starts = words.first().is_some_and(|word| {
        [
            "approve",
            "disapprove",
            "accept",
            "reject",
            "opposed",
            "against",
            "favor",
            "favour",
            "neutral",
            "indifferent",
            "undecided",
            "means",
            "abstain",
            "yes",
            "no",
        ]
        .contains(word)
    });
    let phrase = words.join(" ");
    let known = [
        "no opinion",
        "do not ",
        "don't ",
        "i don't care",
        "in favor",
        "in favour",
        "not in favor",
        "release this",
        "release the",
        "no strong",
        "i do not",
        "i'm happy either",
        "i am happy either",
    ]
    .iter()
    .any(|known| phrase.starts_with(known));
    ends_open || starts || known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::governance::reading::lines::logical_lines;

    #[test]
    fn boxes() {
        for (text, printed) in [
            ("[ ] +1 approve", Some(Printed::Empty)),
            ("[] -1", Some(Printed::Empty)),
            ("( ) 0 no opinion", Some(Printed::Empty)),
            ("☐ +1", Some(Printed::Empty)),
            ("[x] +1 approve", Some(Printed::Marked(VoteValue::Plus))),
            ("[X] -1", Some(Printed::Marked(VoteValue::Minus))),
            ("[✓] 0", Some(Printed::Marked(VoteValue::Zero))),
            ("[ x ] +1", Some(Printed::Marked(VoteValue::Plus))),
            ("[+1] +1 approve", Some(Printed::Marked(VoteValue::Plus))),
            ("[ ] +1 [x]", Some(Printed::Marked(VoteValue::Plus))),
            ("[n] +1", Some(Printed::Doubtful)),
            ("[x] Checksums and signatures.", None),
            ("[1] https://example.org", None),
        ] {
            assert_eq!(boxed(text), printed, "{text}");
        }
        assert_eq!(boxed_behind("+1 [x]"), Some(Printed::Marked(VoteValue::Plus)));
        assert_eq!(boxed_behind("+1 [ ] approve"), Some(Printed::Empty));
        assert_eq!(boxed_behind("+1 [binding]"), None);
    }

    #[test]
    fn lists_of_what_values_mean() {
        let list = |own: &[&str]| listed(&logical_lines(own), &[]);
        assert_eq!(list(&["+1 = approve", "+0 = no opinion", "-1 = disapprove (provide reason)"]), [true; 3]);
        assert_eq!(list(&["+1 approve", "-1 disapprove"]), [true; 2]);
        assert_eq!(list(&["+1", "0", "-1"]), [true; 3]);
        assert_eq!(list(&["+1 on A, thanks", "-1 on B, sorry"]), [false; 2]);
        assert_eq!(list(&["+1 (binding)", "checked it"]), [false; 2]);
    }
}
