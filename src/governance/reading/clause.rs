// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What one value in a sentence is: a vote, or a word about votes. The words before and
//! behind it decide, by what part they play; there is no list of whole phrases.

use super::label::Ending;
use super::sign::{Sign, Token};
use super::words::{is_claim, is_conclusion, one_of};
use crate::governance::VoteValue;

/// Where the sentence stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place<'c> {
    /// Nothing but greetings and thanks stands before it in the mail.
    pub opens: bool,
    /// It begins its line.
    pub begins_line: bool,
    /// The subject's words, in lower case.
    pub subject: &'c str,
    /// The sender's name, in lower case.
    pub sender: &'c str,
    /// The sentence as it was written.
    pub written: &'c str,
    /// It is a value with a colon, and what follows are reasons rather than names.
    pub leads_reasons: bool,
    /// It stands behind a list's mark.
    pub bullet: bool,
    /// The candidates that the vote is on: rc2.
    pub candidates: &'c [String],
}

/// What a value in a sentence is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    /// A vote; `own` where the sender says in words that it is theirs.
    Casts { value: VoteValue, own: bool, why: &'static str },
    /// The sender takes a vote back.
    Withdraws,
    /// Only a person can tell.
    Unclear(&'static str),
    /// Only a person can tell, and it says nothing against a vote that is clear.
    Stray(&'static str),
    /// It speaks of votes and casts none.
    Mentions(&'static str),
}

/// What the sign at `at` is.
pub(super) fn judge(tokens: &[Token], at: usize, place: Place<'_>) -> Found {
    let sentence = Sentence::of(tokens, at, place);
    let Some(sign) = tokens[at].sign() else { return Found::Mentions("no value") };
    if sentence.is_struck_out() {
        let another = tokens.iter().filter(|token| token.sign().is_some()).count() > 1;
        return if another {
            Found::Mentions("it is struck out")
        } else {
            Found::Unclear("it is struck out: does it count?")
        };
    }
    if let Some(found) = sentence.by_regret(sign) {
        return found;
    }
    if let Some(why) = sentence.spoken_of() {
        return Found::Mentions(why);
    }
    if let Some(found) = sentence.by_tongue(sign).or_else(|| sentence.by_wavering()) {
        return found;
    }
    let found = sentence.by_change(sign).or_else(|| sentence.by_others()).unwrap_or_else(|| sentence.by_place(sign));
    match (found, sign) {
        (Found::Casts { .. }, Sign::Beyond) => Found::Unclear("no ballot has this value"),
        (found, _) => found,
    }
}

/// A sentence, looked at from one of its values.
pub(super) struct Sentence<'s> {
    pub tokens: &'s [Token],
    pub at: usize,
    pub place: Place<'s>,
    words_before: Vec<&'s str>,
    clause_before: Vec<&'s str>,
    words_behind: Vec<&'s str>,
}

impl<'s> Sentence<'s> {
    fn of(tokens: &'s [Token], at: usize, place: Place<'s>) -> Self {
        let words =
            |tokens: &'s [Token]| tokens.iter().filter(|token| token.is_word()).map(|token| token.text.as_str());
        let before = &tokens[..at];
        // "it does not compile so -1": what stands before the "so" is another clause
        let parts = |token: &Token| is_break(token) || is_conclusion(&token.text);
        let clause = before.iter().rposition(parts).map_or(0, |last| last + 1);
        Self {
            words_before: words(before).collect(),
            clause_before: words(&before[clause..]).collect(),
            words_behind: words(&tokens[at + 1..]).filter(|word| !is_claim(word)).collect(),
            tokens,
            at,
            place,
        }
    }

    pub(super) fn before(&self) -> &[Token] {
        &self.tokens[..self.at]
    }

    pub(super) fn behind(&self) -> &[Token] {
        &self.tokens[self.at + 1..]
    }

    pub(super) fn words_before(&self) -> &[&'s str] {
        &self.words_before
    }

    /// The words between the last comma, colon or dash and the value.
    pub(super) fn clause_before(&self) -> &[&'s str] {
        &self.clause_before
    }

    /// The words behind it without what it claims to be.
    pub(super) fn words_behind(&self) -> &[&'s str] {
        &self.words_behind
    }

    /// What is left is decided by where it stands.
    pub(super) fn by_place(&self, sign: Sign) -> Found {
        let value = match sign {
            Sign::Value(value) => value,
            _ => VoteValue::Zero,
        };
        let own = self.says_own();
        if self.is_torn() {
            return Found::Unclear("the sender wavers between values");
        }
        let first = self.words_before().first().copied().unwrap_or_default();
        if one_of!(first, "edit update correction")
            && !self.place.opens
            && self.before().iter().any(|token| token.is(":"))
        {
            return Found::Unclear("it may correct the vote above it");
        }
        if matches!(self.before(), [mark] if mark.is(":")) {
            return Found::Unclear("it stands behind a colon alone, and may be quoted");
        }
        if let Some(found) = self.by_condition() {
            let mine = self.words_before().iter().any(|word| one_of!(word, "i i'm i'd i'll my me we you"));
            let number = !own && !mine && !self.begins() && self.is_technical();
            return match found {
                Found::Unclear(why) if number => Found::Stray(why),
                found => found,
            };
        }
        if let Some(found) = self.by_thing() {
            return found;
        }
        if self.is_open_deed() && !self.asks() {
            return Found::Unclear("the sender speaks of a vote, and whether it is cast is not clear");
        }
        if self.begins() {
            if self.begins_line_only_for_meaning() {
                return Found::Mentions("it says what a value means");
            }
            let first = self.words_before().first();
            let asked = first.is_some_and(|word| one_of!(word, "is was are do does can should would could will"));
            if self.asks() && (asked || self.behind().len() <= 2) {
                return if asked { Found::Mentions("it is a question") } else { Found::Unclear("it is a question") };
            }
            return Found::Casts { value, own, why: "a sentence of the sender's begins with it" };
        }
        if self.asks() && !own {
            return Found::Mentions("it is a question");
        }
        if own {
            let first = self.words_before().first().copied().unwrap_or_default();
            return if self.asks() && one_of!(first, "how what why who which where when should may did does") {
                Found::Mentions("it is a question")
            } else if self.asks() {
                Found::Unclear("it is a question")
            } else {
                Found::Casts { value, own, why: "the sender says that it is their vote" }
            };
        }
        let joined = self.before().last().is_some_and(|token| token.is("and")) && self.closes();
        if joined && self.is_technical() && self.words_before().first() == Some(&"i") {
            return Found::Unclear("the sender speaks of a vote, and whether it is cast is not clear");
        }
        match self.ending() {
            Ending::Vote => return Found::Casts { value, own, why: "a sentence of the sender's ends with it" },
            Ending::Doubtful
                if self.has_code() || self.is_technical() && !self.before().last().is_some_and(is_break) =>
            {
                return Found::Mentions("it is a number of something else");
            }
            Ending::Doubtful
                if self.words_before().iter().any(|word| one_of!(word, "zone timezone cet cest utc gmt")) =>
            {
                return Found::Mentions("it is a time zone");
            }
            Ending::Doubtful => {
                return Found::Stray("the words before it are neither about voting nor about what was checked");
            }
            Ending::None => {}
        }
        if self.clause_before().iter().any(|word| matches!(*word, "i" | "i'm" | "i'd" | "i'll")) {
            return Found::Unclear("the sender speaks of a vote, and whether it is cast is not clear");
        }
        if self.is_technical() {
            return Found::Mentions("it is a number of something else");
        }
        Found::Stray("it stands inside a sentence, and whether it is cast is not clear")
    }
}

pub(super) fn is_break(token: &Token) -> bool {
    matches!(
        token.text.as_str(),
        "," | ":" | "-" | "->" | "=>" | ";" | "." | "!" | ")" | "(" | "|" | "\u{2014}" | "~" | "?" | "\"" | "/"
    )
}
