// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Votes and withdrawals that are said without a value.

use super::change::withdrawal;
use super::claim::first_claim;
use super::clause::{Found, Place};
use super::sign::Token;
use super::words::{is_change, is_claim, is_lead, is_praise, is_removal, is_withdrawal, one_of};
use crate::governance::VoteValue;

/// Votes and withdrawals that are said without a value.
pub(super) fn in_words(tokens: &[Token], place: Place<'_>, sentences: usize) -> Option<Found> {
    let words: Vec<&str> = tokens.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
    let asks = tokens.last().is_some_and(|token| token.is("?"));
    // "veto lifted", "I no longer veto this", "I take it back"
    let veto = words.iter().any(|word| matches!(*word, "veto" | "-1"));
    let first_person = words.iter().any(|word| matches!(*word, "i" | "i'm" | "my" | "hereby"));
    let lifted = matches!(words[..], ["veto", _] | ["veto", "is", ..] | ["veto", "hereby", ..])
        && words[1..].iter().take(4).any(|word| is_withdrawal(word) || is_removal(word));
    let no_longer = first_person
        && words
            .windows(3)
            .any(|three| three[0] == "no" && three[1] == "longer" && one_of!(three[2], "veto object oppose block"));
    if (lifted || no_longer && (veto || words.len() < 8)) && !asks {
        return Some(withdrawal(tokens, asks));
    }
    if matches!(words[..], ["i", "take" | "took", "it" | "that" | "this", "back", ..]) && words.len() < 6 && !asks {
        return Some(Found::Stray("something is taken back, and what it is is not clear"));
    }
    let own_vote = words.windows(2).any(|pair| {
        matches!(pair[0], "my")
            && matches!(pair[1], "vote" | "veto" | "ballot" | "previous" | "earlier" | "binding" | "votes")
    });
    let takes_back = words.iter().any(|word| is_withdrawal(word))
        || words.iter().any(|word| matches!(*word, "take" | "taking")) && words.contains(&"back")
        || words.iter().any(|word| is_removal(word));
    if takes_back && own_vote {
        return Some(withdrawal(tokens, asks));
    }
    if !place.opens || !place.begins_line {
        return (own_vote && words.iter().any(|word| is_change(word)) && words.len() < 9 && !asks)
            .then_some(Found::Mentions("it speaks of a change of the vote, without a value"));
    }
    let first = tokens.first()?;
    let claimed = tokens.len() <= 8 && first_claim(tokens).is_some();
    let bare = tokens[1..].iter().all(|token| !token.is_word() || token.is("1"));
    if matches!(first.text.as_str(), "+" | "-" | "1") && (claimed || bare) || first.is("=") && bare && tokens.len() < 4
    {
        return Some(Found::Unclear("a vote without its digit or sign"));
    }
    if tokens.len() > 1 && tokens.iter().all(|token| token.is("+")) {
        return Some(Found::Unclear("a vote without its digit or sign"));
    }
    // "- 1 broken build": a sign that looks like a list's
    if place.bullet && matches!(first.text.as_str(), "1" | "1,") {
        return Some(Found::Unclear("a vote without its digit or sign"));
    }
    if matches!(words[..], ["plus" | "minus", "zero" | "0" | "null"] | ["one"])
        && tokens.len() <= 3
        && (words.len() > 1 || first.is("+") || first.is("-"))
    {
        return Some(Found::Unclear("a vote in words, without a value"));
    }
    if matches!(first.text.as_str(), "+l" | "+i" | "+!" | "+one" | "++") || matches!(first.text.as_str(), "十1" | "十")
    {
        return Some(Found::Unclear("it looks like a mistyped vote"));
    }
    if first.text.starts_with('👍') || first.text.starts_with('👎') {
        return (words.is_empty()).then_some(Found::Unclear("a thumb is no value of a ballot"));
    }
    let approves = ["赞成", "贊成", "我赞成", "我贊成", "賛成", "찬성"].iter().any(|word| first.text.starts_with(word));
    if approves && !asks && tokens.len() < 12
        || matches!(words[..], ["lgtm", ..])
            && words.iter().all(|w| (is_praise(w) || is_lead(w)) && *w != "now" || *w == "it")
    {
        return Some(Found::Unclear("a vote in words, without a value"));
    }
    let one = matches!(words[..], ["minus" | "plus", "one", ..]) && words.len() > 2;
    if one && tokens[2..].first().is_some_and(|token| matches!(token.text.as_str(), ":" | "," | "-" | "(")) {
        return Some(Found::Unclear("a vote in words, without a value"));
    }
    spelled_out(&words, sentences)
}

/// "plus one", "I approve", "abstain": only as a sentence of its own.
pub(super) fn spelled_out(words: &[&str], _sentences: usize) -> Option<Found> {
    let bare: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| {
            !is_claim(word)
                && !matches!(
                    *word,
                    "a" | "big"
                        | "my"
                        | "i"
                        | "vote"
                        | "from"
                        | "me"
                        | "is"
                        | "the"
                        | "release"
                        | "side"
                        | "for"
                        | "here"
                        | "this"
                        | "it"
                        | "to"
                        | "all"
                        | "proposal"
                )
        })
        .collect();
    match bare[..] {
        ["plus", "one" | "1"] | ["plus-one" | "plus1" | "plusone"] => {
            Some(Found::Casts { value: VoteValue::Plus, own: true, why: "it is the vote in words" })
        }
        ["minus", "one" | "1"] | ["minus-one" | "minus1"] => {
            Some(Found::Casts { value: VoteValue::Minus, own: true, why: "it is the vote in words" })
        }
        [
            "approve" | "approved" | "nack" | "abstain" | "veto" | "aye" | "nay" | "yes" | "against" | "abstained"
            | "abstaining" | "lgtm",
        ]
        | ["in", "favor" | "favour"]
        | ["looks" | "look" | "sounds", "good" | "great" | "fine"] => {
            Some(Found::Unclear("a vote in words, without a value"))
        }
        _ => None,
    }
}
