// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What part a mail has in its thread: it calls the vote, calls it off, says what it
//! came to, or answers.

use super::Text;
use super::announced::{is_announced, names_other_candidates};
use super::calling_off::{Off, as_written, calling_off};
use super::lines::Logical;
use super::matter::other_name;
use super::result;
use super::subject::{Subject, Tag};
use super::turn::turn;
use super::unread_end::unread_end;
use super::until::{until, when};
use crate::governance::Role;

/// The part that the mail has.
pub(super) fn role(text: &Text<'_>, lines: &[Logical]) -> Role {
    let subject = text.subject;
    let telling = text.by_caller || !text.called || !subject.answer || lines.iter().any(speaks_of_votes);
    let sentences = if telling { sentences(lines) } else { Vec::new() };
    let other = text.called_as.is_some_and(|call| other_name(call, subject).is_some());
    if subject.has(Tag::Cancel) && (!subject.answer || text.by_caller) {
        return Role::Cancels { line: subject.written.trim().to_owned(), certain: !other };
    }
    let announces = subject.has(Tag::Result)
        && !other
        && !names_other_candidates(&subject.written.to_lowercase(), text)
        && (!subject.answer || text.by_caller && is_announced(&sentences, lines, text));
    if announces {
        return Role::Announces(result::claimed(lines));
    }
    let may_say = text.by_caller || !text.called;
    let off = calling_off(text, &sentences, may_say);
    if let Some((Off::Certain, line)) = off {
        return Role::Cancels { line, certain: true };
    }
    if text.called && !other && is_announced(&sentences, lines, text) {
        return Role::Announces(result::claimed(lines));
    }
    if opens(subject, text, &sentences) {
        let unread = unread_end(&sentences).map(|sentence| as_written(text, sentence));
        let (hours, until) = (hours(&sentences), until(&sentences));
        return Role::Opens { subject: subject.plain.clone(), hours, until, unread };
    }
    if text.by_caller
        && text.called
        && let Some(extension) = sentences.iter().find(|sentence| extends(sentence))
    {
        return Role::Extends { hours: duration(extension), until: when(extension) };
    }
    match off {
        Some((Off::Perhaps, line)) if text.called => Role::Cancels { line, certain: false },
        _ => match turn(text, lines) {
            Some(turn) => Role::Cancels { line: as_written(text, &turn.line), certain: false },
            None => Role::Replies,
        },
    }
}

/// Whether a line has a word that every account of a vote has.
fn speaks_of_votes(line: &Logical) -> bool {
    let begins = |four: &[u8]| matches!(four, b"vote" | b"Vote" | b"VOTE" | b"voti" | b"Voti" | b"esul" | b"RESU");
    // one look at the bytes rules out most lines
    if !line.text.as_bytes().windows(4).any(begins) {
        return false;
    }
    ["vote", "Vote", "VOTE", "voting", "Voting", "esult", "RESULT"].iter().any(|word| line.text.contains(word))
}

/// The sentences of a mail, in lower case and with plain characters.
fn sentences(lines: &[Logical]) -> Vec<String> {
    lines
        .iter()
        .flat_map(|line| line.sentences().into_iter().map(|s| s.text.to_lowercase()).collect::<Vec<_>>())
        .collect()
}

fn opens(subject: &Subject, text: &Text<'_>, sentences: &[String]) -> bool {
    let asks = sentences.iter().any(|sentence| asks_for_votes(sentence));
    let period = sentences.iter().any(|sentence| names_period(sentence));
    let reminds = sentences.iter().any(|sentence| reminds(sentence));
    if !text.called {
        let titled = subject.has(Tag::Vote) && !subject.has(Tag::Result) && !subject.has(Tag::Discuss);
        return titled && !subject.answer || (asks && period && !subject.has(Tag::Discuss));
    }
    let titled = !subject.answer && subject.has(Tag::Vote);
    if reminds || !asks || !(text.by_caller || titled) {
        return false;
    }
    let ballots =
        || text.own.iter().filter(|line| super::ballot::boxed(&super::normal::plain(line)).is_some()).count() > 1;
    // a call that says nothing new reminds of the one before it
    (period || ballots())
        && (sentences.iter().any(|sentence| restarts(sentence)) || names_another(text) || is_whole(text, sentences))
}

/// Whether the vote begins anew.
fn restarts(sentence: &str) -> bool {
    has(
        sentence,
        &[
            "restart",
            "re-start",
            "reopen",
            "re-open",
            "new vote",
            "revote",
            "re-vote",
            "start over",
            "new round",
            "second round",
        ],
    )
}

/// Whether a mail that names no candidate has all that a call has: what to vote on, and for how long.
fn is_whole(text: &Text<'_>, sentences: &[String]) -> bool {
    let named = text.own.iter().any(|line| !candidates(&line.to_lowercase()).is_empty());
    let on = sentences.iter().any(|sentence| has(sentence, &["vote on ", "vote for ", "voting on ", "vote to "]));
    let from_now = sentences.iter().any(|sentence| {
        has(sentence, &["is open for", "be open for", "open for at least", "run for", "last for", "lasts for"])
            && duration(sentence).is_some()
    });
    let goes_on = sentences.iter().any(|sentence| {
        has(sentence, &["remain", "has been", "so far", "already", "keep ", "remember", "not enough", "tomorrow"])
    });
    !named && on && from_now && !goes_on
}

/// Whether the mail is on a candidate that no call before it names.
fn names_another(text: &Text<'_>) -> bool {
    let head = text.own.iter().take(40).map(|line| line.to_lowercase());
    let named = head.chain([text.subject.written.to_lowercase()]).flat_map(|line| candidates(&line));
    !text.candidates.is_empty() && named.into_iter().any(|name| !is_known(&name, text))
}

/// Whether a call before this mail names the candidate.
pub(super) fn is_known(name: &String, text: &Text<'_>) -> bool {
    text.candidates.contains(name) || text.earlier.contains(name)
}

/// The candidates that a text in lower case names.
pub(super) fn candidates(lower: &str) -> Vec<String> {
    let mut found = Vec::new();
    for mark in ["rc", "candidate", "take"] {
        for (at, _) in lower.match_indices(mark) {
            // "1.2.3rc2", but not "src2"
            let inside = lower[..at].chars().next_back().is_some_and(char::is_alphabetic);
            let rest = lower[at + mark.len()..].trim_start_matches([' ', '#', '-', '.', '_']);
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            if !inside && (1..3).contains(&digits.len()) {
                found.push(format!("rc{digits}"));
            }
        }
    }
    found
}

pub(super) fn has(sentence: &str, any: &[&str]) -> bool {
    any.iter().any(|phrase| sentence.contains(phrase))
}

pub(super) fn asks_for_votes(sentence: &str) -> bool {
    let asks = has(
        sentence,
        &[
            "please",
            "call a vote",
            "call for a vote",
            "calling a vote",
            "start a vote",
            "starting a vote",
            "start the vote",
            "start voting",
            "starting the vote",
            "open a vote",
            "opening a vote",
            "open the vote",
            "like to call",
            "like to start",
            "like to put",
            "put to a vote",
            "propose",
            "reopen",
            "re-open",
            "restart",
            "new vote",
            "cast your vote",
            "vote is now open",
            "a vote on",
            "voting on",
        ],
    );
    asks && has(sentence, &["vote", "voting", "ballot"])
}

fn names_period(sentence: &str) -> bool {
    has(sentence, &["open", "end", "close", "last", "run", "until", "conclude", "at least", "remain"])
        && has(sentence, &["hour", "hrs", "72h", "48h", "24h", " day", "week", "until", "by "])
        && has(sentence, &["vote", "voting", "open"])
}

fn reminds(sentence: &str) -> bool {
    has(
        sentence,
        &[
            "reminder",
            "gentle",
            "bump",
            "still open",
            "another 24",
            "another 48",
            "extend",
            "extension",
            "we still need",
            "more vote",
            "more binding",
            "one more",
            "ping",
            "still need",
        ],
    )
}

/// Whether the vote stays open for longer: "I am extending the vote by 3 days".
fn extends(sentence: &str) -> bool {
    let denied = has(
        sentence,
        &[
            "not ", "n't", "should", "could", "would", "shall we", "can we", "if ", "refuse", "asked", "needed",
            "consider", "before ", "wanted", "wants", "almost", "nearly", "reason", "forgot", "suggest", "propose",
            "rc1 ",
        ],
    );
    has(sentence, &["extend the vot", "extending the vot", "extend this vot", "extending this vot", "vote is extended"])
        && !denied
        && !sentence.ends_with('?')
}

/// For how many hours the vote is open.
fn hours(sentences: &[String]) -> Option<u32> {
    sentences
        .iter()
        .filter(|sentence| has(sentence, &["open", "vote", "voting", "least"]))
        .find_map(|sentence| duration(sentence))
}

pub(super) fn duration(sentence: &str) -> Option<u32> {
    let words: Vec<&str> = sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    for (at, word) in words.iter().enumerate() {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let number: Option<u32> = word[..digits].parse().ok().or_else(|| number_word(word));
        let (Some(number), unit) = (
            number,
            if digits > 0 && digits < word.len() {
                &word[digits..]
            } else {
                words.get(at + 1).copied().unwrap_or_default()
            },
        ) else {
            continue;
        };
        let factor = match unit {
            "hours" | "hour" | "hrs" | "hr" | "h" => 1,
            "days" | "day" => 24,
            "business" | "working" => 24,
            "weeks" | "week" => 168,
            _ => continue,
        };
        if let Some(hours) = number.checked_mul(factor).filter(|hours| (1..=10_000).contains(hours)) {
            return Some(hours);
        }
    }
    None
}

fn number_word(word: &str) -> Option<u32> {
    let words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let found = words.iter().position(|name| *name == word).or((word == "a").then_some(1))?;
    u32::try_from(found).ok()
}
