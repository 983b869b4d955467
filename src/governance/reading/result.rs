// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a RESULT mail says that a vote came to, as far as it can be read. It is never
//! believed, only compared with the tally.

use super::announced::verdict;
use super::ballot::boxed;
use super::claim::first_claim;
use super::lines::{Logical, Mark};
use super::result_forms::add_forms;
use super::sign::{Sign, Token, tokens};
use super::words::is_claim;
use crate::governance::{Claim, ClaimedCounts, ClaimedResult, ClaimedVoter, VoteValue};

/// "+1 (binding): Ann Example": a line of an account of votes.
pub(super) fn has_summary(lines: &[Logical]) -> bool {
    let headings =
        lines.iter().filter_map(|line| heading(line).map(|(head, names)| (head, names.len()))).collect::<Vec<_>>();
    let values = headings.iter().map(|(head, _)| head.value).collect::<std::collections::BTreeSet<_>>();
    headings.iter().any(|(_, names)| *names > 0) || values.len() > 1 && headings.iter().any(|(head, _)| head.colon)
}

/// What the mail says.
pub(super) fn claimed(lines: &[Logical]) -> ClaimedResult {
    let mut result = ClaimedResult::default();
    let starred = legend(lines);
    let mut under: Option<Head> = None;
    let mut names_seen = 0;
    for line in lines {
        let lower = line.text.to_lowercase();
        result.unanimous |= ["unanimous ", "unanimously", "unanimous."].iter().any(|word| lower.contains(word))
            && !["not unanimous", "n't unanimous"].iter().any(|word| lower.contains(word));
        if result.passed.is_none()
            && (lower.contains("vote") || lower.contains("release") || lower.contains("proposal"))
        {
            result.passed = verdict(&lower);
        }
        if let Some((head, names)) = heading(line) {
            let here = names.len();
            add(&mut result, head, &names, starred);
            under = (here == 0 && !head.closed).then_some(head);
            names_seen = 0;
            continue;
        }
        counts(line, &mut result);
        if let Some(voter) = inline_voter(line) {
            result.voters.push(voter);
            continue;
        }
        let Some(head) = under else { continue };
        match name(&line.text) {
            Some(found) if !(line.after_blank && line.mark == Mark::None && names_seen > 0) => {
                add(&mut result, head, &[found], starred);
                names_seen += 1;
            }
            _ if names_seen > 0 || line.after_blank => under = None,
            _ => {}
        }
    }
    add_forms(lines, starred, &mut result);
    result
}

/// The line of an account that names follow.
#[derive(Debug, Clone, Copy)]
struct Head {
    value: VoteValue,
    claim: Option<Claim>,
    colon: bool,
    /// Nobody stands under it.
    closed: bool,
}

/// "+1 (binding):", "3 binding +1 votes:", "+1: Ann Example, Bob Example", "Binding votes:".
fn heading(line: &Logical) -> Option<(Head, Vec<String>)> {
    if boxed(&line.text).is_some() {
        return None;
    }
    let found = tokens(&line.text);
    let at =
        found.iter().position(|token| matches!(token.sign(), Some(Sign::Value(_) | Sign::Plural)) || token.is("0"));
    let value = match at {
        Some(at) => match found[at].sign() {
            Some(Sign::Value(value)) => value,
            Some(Sign::Plural) if found[at].text.starts_with("+1") => VoteValue::Plus,
            Some(Sign::Plural) if found[at].text.starts_with("-1") => VoteValue::Minus,
            None => VoteValue::Zero,
            _ => return None,
        },
        None => worded(&found)?,
    };
    let end = at.map_or(0, |at| at + 1);
    let lead =
        found[..end.saturating_sub(1)].iter().filter(|token| token.is_word()).all(|token| is_heading_word(&token.text));
    let parting = found[end..].iter().position(|token| matches!(token.text.as_str(), ":" | "-")).map(|at| at + end);
    let title = &found[end..parting.unwrap_or(found.len())];
    let title_only = title.iter().filter(|token| token.is_word()).all(|token| is_heading_word(&token.text));
    if !lead || !title_only {
        return None;
    }
    let claim = first_claim(&found[..parting.unwrap_or(found.len())]);
    let rest = parting.map_or("", |at| line.text[found[at].at + 1..].trim());
    let colon = parting.is_some();
    let closed =
        rest.eq_ignore_ascii_case("none") || rest == "0" || rest == "-" || title.iter().any(|token| token.is("none"));
    let names: Vec<String> = if closed || rest.chars().all(|c| c.is_ascii_digit()) {
        Vec::new()
    } else {
        rest.split([',', ';']).filter_map(name).collect()
    };
    let bare = !rest.is_empty() && names.is_empty() && !closed && !rest.starts_with(|c: char| c.is_ascii_digit());
    (!bare).then_some((Head { value, claim, colon, closed }, names))
}

/// "Binding votes:", "Non-binding:".
fn worded(found: &[Token]) -> Option<VoteValue> {
    let words: Vec<&Token> = found.iter().filter(|token| token.is_word()).collect();
    let colon = found.last().is_some_and(|token| token.is(":"));
    (colon && words.len() <= 4 && first_claim(found).is_some() && words.iter().all(|word| is_heading_word(&word.text)))
        .then_some(VoteValue::Plus)
}

fn is_heading_word(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_digit())
        || is_claim(word)
        || [
            "vote",
            "votes",
            "pmc",
            "members",
            "ppmc",
            "ipmc",
            "from",
            "for",
            "total",
            "x",
            "with",
            "by",
            "committers",
            "community",
            "none",
            "no",
            "the",
            "following",
            "are",
            "users",
            "three",
            "two",
            "four",
            "five",
            "six",
            "one",
            "reasons",
            "veto",
            "vetoes",
            "is",
            "not",
            "denotes",
            "means",
            "marked",
        ]
        .contains(&word)
}

/// A person's name: at most five words, none of them one of a sentence.
fn name(text: &str) -> Option<String> {
    let (_, text) = super::lines::marked(text.trim());
    let text = text.trim().trim_end_matches(['.', ',']);
    let bare = text.split(" (").next().unwrap_or(text).split(" - ").next().unwrap_or(text).trim();
    let words: Vec<&str> = bare.split_whitespace().filter(|word| *word != "*").collect();
    let sentence = words.iter().any(|word| {
        matches!(
            word.to_lowercase().as_str(),
            "the"
                | "is"
                | "are"
                | "and"
                | "thanks"
                | "thank"
                | "vote"
                | "votes"
                | "we"
                | "this"
                | "with"
                | "of"
                | "none"
                | "regards"
                | "best"
                | "will"
        )
    });
    let link = bare.contains("://") || bare.ends_with(':');
    let good = !words.is_empty() && words.len() <= 5 && !sentence && !link && bare.chars().any(char::is_alphabetic);
    good.then(|| text.to_owned())
}

/// Whether a star means binding or not, where the mail says so.
fn legend(lines: &[Logical]) -> Option<Claim> {
    lines.iter().find_map(|line| {
        // "* = binding" looks like a list's line
        if line.mark == Mark::Bullet && line.text.starts_with(['=', ':']) {
            return first_claim(&tokens(&line.text));
        }
        let at = line.text.find('*')?;
        let behind = tokens(&line.text[at..]);
        (behind.len() <= 12
            && behind.iter().any(|token| {
                matches!(
                    token.text.as_str(),
                    "for" | "=" | "denotes" | "means" | "indicates" | "-" | "marks" | ":" | "binding" | "is"
                )
            }))
        .then(|| first_claim(&behind))
        .flatten()
    })
}

fn add(result: &mut ClaimedResult, head: Head, names: &[String], starred: Option<Claim>) {
    for written in names {
        let own = first_claim(&tokens(written));
        let star = written.contains('*');
        let by_star = starred.map(|claim| (claim == Claim::Binding) == star);
        let by_head = if starred.is_some() { None } else { head.claim.map(|claim| claim == Claim::Binding) };
        let binding = own.map(|claim| claim == Claim::Binding).or(by_star).or(by_head);
        let name = written.split(" (").next().unwrap_or(written).split(" - ").next().unwrap_or(written);
        result.voters.push(ClaimedVoter { name: name.replace('*', "").trim().to_owned(), value: head.value, binding });
    }
}

/// "Ann Example: +1 (binding)", "+1 (binding) Ann Example" in a line of its own.
fn inline_voter(line: &Logical) -> Option<ClaimedVoter> {
    let found = tokens(&line.text);
    let at = found.iter().position(|token| matches!(token.sign(), Some(Sign::Value(_))))?;
    let Some(Sign::Value(value)) = found[at].sign() else { return None };
    let claim = first_claim(&found).map(|claim| claim == Claim::Binding);
    let before = line.text[..found[at].at].trim().trim_end_matches([':', '-', ',', '(', '|']);
    let before = before.trim_start_matches('|').trim();
    let behind: String = line.text[found[at].at + found[at].text.len()..].to_owned();
    let behind_words = tokens(&behind).iter().filter(|token| token.is_word() && !is_claim(&token.text)).count();
    if !before.is_empty() && behind_words == 0 && !before.chars().any(|c| c.is_ascii_digit()) {
        return name(before).map(|name| ClaimedVoter { name, value, binding: claim });
    }
    None
}

/// Numbers in sentences: "11 +1s (9 binding)", "3 binding +1 votes, 2 non-binding", "no -1".
fn counts(line: &Logical, result: &mut ClaimedResult) {
    let found = tokens(&line.text);
    for at in 0..found.len() {
        let (plus, zero, minus) = match found[at].sign() {
            Some(Sign::Value(VoteValue::Plus)) => (true, false, false),
            Some(Sign::Value(VoteValue::Minus)) => (false, false, true),
            Some(Sign::Value(_)) => (false, true, false),
            Some(Sign::Plural) if found[at].text.starts_with("+1") => (true, false, false),
            Some(Sign::Plural) if found[at].text.starts_with("-1") => (false, false, true),
            _ => continue,
        };
        let Some((number, own_claim)) = number_before(&found[..at]) else { continue };
        let behind = &found[at + 1..];
        let stop = behind
            .iter()
            .position(|token| token.sign().is_some() || token.is(",") || token.is("and"))
            .unwrap_or(behind.len());
        let bracket = bracketed(&behind[..stop]);
        let adjacent = own_claim.or_else(|| if bracket.is_none() { first_claim(&behind[..stop]) } else { None });
        match adjacent {
            Some(Claim::Binding) => set(&mut result.binding, number, plus, zero, minus),
            Some(Claim::NonBinding) => set(&mut result.non_binding, number, plus, zero, minus),
            None => {
                if plus {
                    result.plus_in_all = result.plus_in_all.or(Some(number));
                }
                if let Some((part, claim)) = bracket {
                    let these = match claim {
                        Claim::Binding => &mut result.binding,
                        Claim::NonBinding => &mut result.non_binding,
                    };
                    set(these, part, plus, zero, minus);
                } else if number == 0 {
                    set(&mut result.binding, 0, plus, zero, minus);
                    set(&mut result.non_binding, 0, plus, zero, minus);
                }
            }
        }
    }
}

fn set(counts: &mut ClaimedCounts, number: usize, plus: bool, zero: bool, minus: bool) {
    for (wanted, place) in [(plus, &mut counts.plus), (zero, &mut counts.zero), (minus, &mut counts.minus)] {
        if wanted {
            *place = place.or(Some(number));
        }
    }
}

/// The number that stands before a value, and whether it is of binding votes.
fn number_before(before: &[Token]) -> Option<(usize, Option<Claim>)> {
    let mut claim = None;
    for token in before.iter().rev().take(4) {
        if let Some(found) = first_claim(std::slice::from_ref(token)) {
            claim = Some(found);
        } else if let Some(number) = number(&token.text) {
            let nearby = &before[before.len().saturating_sub(4)..];
            return Some((number, claim.and(first_claim(nearby))));
        } else if token.is_word() || token.sign().is_some() {
            return None;
        }
    }
    None
}

/// A number in digits or as a word.
pub(super) fn number(word: &str) -> Option<usize> {
    let words =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    word.parse().ok().or_else(|| words.iter().position(|name| *name == word)).or((word == "zero").then_some(0))
}

/// "(9 binding)", also with a bracket missing.
fn bracketed(behind: &[Token]) -> Option<(usize, Claim)> {
    let at = behind.iter().position(|token| token.is_word() && number(&token.text).is_some())?;
    let claim = first_claim(&behind[at + 1..(at + 4).min(behind.len())])?;
    number(&behind[at].text).map(|number| (number, claim))
}
