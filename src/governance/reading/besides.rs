// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a mail has beside a vote: greetings, thanks, and words that explain.

use super::label::is_problem;
use super::lines::{Logical, Mark};
use super::sign::{Token, tokens};
use super::words::{is_claim, one_of};

/// Whether the mail has words beside the vote: a reason, an account of what was checked.
pub(super) fn explained(lines: &[Logical]) -> bool {
    let mut count = 0;
    for line in lines {
        if count >= 2 {
            return true;
        }
        let tokens = tokens(&line.text);
        let has_sign = tokens.iter().any(|token| token.sign().is_some());
        let words: Vec<&Token> = tokens.iter().filter(|token| token.is_word() && !is_claim(&token.text)).collect();
        let salute = is_preamble(&tokens, line.mark) && !has_sign || is_sign_off(&words);
        // "-1, incompatible": the word beside the value
        if has_sign && words.iter().any(|word| is_reason(&word.text)) {
            return true;
        }
        if salute {
            continue;
        }
        let empty = [
            "from",
            "me",
            "my",
            "vote",
            "here",
            "is",
            "own",
            "a",
            "i",
            "i'm",
            "the",
            "for",
            "side",
            "so",
            "it",
            "release",
            "on",
            "this",
            "proposal",
            "veto",
            "sorry",
            "thanks",
            "thank",
            "you",
            "unfortunately",
        ];
        count += words
            .iter()
            .filter(|word| !empty.contains(&word.text.as_str()) && word.text.chars().any(char::is_alphabetic))
            .map(|word| if word.text.is_ascii() { 1 } else { 3 })
            .sum::<usize>();
    }
    count >= 2
}

/// A word that alone says what is wrong.
fn is_reason(word: &str) -> bool {
    is_problem(word) && !one_of!(word, "not cannot can't doesn't unable lack lacks")
        || one_of!(
            word,
            "performance slow slower licence license licensing licenses security insecure unsafe vulnerability vulnerable compatibility breaking untested undocumented unmaintained unnecessary redundant duplicate incomplete premature complexity complicated confusing naming scope legal patent patents copyright trademark leak leaks leaking crash crashes crashing deadlock hangs flaky unstable unusable inconsistent ambiguous"
        )
}

pub(super) fn is_sign_off(words: &[&Token]) -> bool {
    let first = words.first().map(|word| word.text.as_str());
    words.len() <= 4
        && matches!(
            first,
            Some(
                "regards"
                    | "best"
                    | "cheers"
                    | "thanks"
                    | "thank"
                    | "kind"
                    | "sincerely"
                    | "yours"
                    | "br"
                    | "greetings"
                    | "warm"
                    | "regards,"
            )
        )
        || words.len() <= 2
}

/// Whether a sentence is a greeting, a thank-you, an address: what may stand before a vote.
pub(super) fn is_preamble(tokens: &[Token], mark: Mark) -> bool {
    let words: Vec<&str> = tokens.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
    let Some(first) = words.first() else { return true };
    let greeting = [
        "hi",
        "hello",
        "hey",
        "dear",
        "thanks",
        "thank",
        "thx",
        "many",
        "greetings",
        "good",
        "great",
        "awesome",
        "congrats",
        "nice",
        "sorry",
        "all",
        "folks",
        "team",
        "everyone",
        "hallo",
        "apologies",
        "well",
        "wow",
    ]
    .contains(first);
    let last = tokens.last().map(|token| token.text.as_str());
    let address = words.len() <= 4 && matches!(last, Some("," | "!")) || words.len() <= 2 && last == Some(":");
    mark == Mark::None && (greeting || address)
}
