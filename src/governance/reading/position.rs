// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Where in its sentence a value stands: at the beginning, at the end, as its other half.

use super::clause::{Sentence, is_break};
use super::sign::Sign;
use super::words::{is_adverb, is_claim, is_han, is_lead, is_praise, one_of};

impl Sentence<'_> {
    pub(super) fn ends_sentence(&self) -> bool {
        self.behind().iter().all(|token| !token.is_word() && token.sign().is_none() || is_claim(&token.text))
    }

    /// "-1 opposed to …" between other lines: a printed ballot's line. As a mail's first words it is a vote.
    pub(super) fn begins_line_only_for_meaning(&self) -> bool {
        if self.place.opens || !self.before().is_empty() {
            return false;
        }
        let words: Vec<&str> = self.behind().iter().take(2).map(|token| token.text.as_str()).collect();
        matches!(
            words.first().copied(),
            Some("opposed" | "indifferent" | "undecided" | "neutral" | "means" | "disapprove")
        ) || matches!(words[..], ["in", "favor" | "favour"])
    }

    /// Whether nothing but words that lead up to a vote stand before it.
    pub(super) fn begins(&self) -> bool {
        if self.begins_a_second() {
            return true;
        }
        let words = self.words_before();
        let of_another = words.last().is_some_and(|word| matches!(*word, "the" | "that" | "this"));
        words.len() <= 6
            && !of_another
            && words.iter().all(|word| is_lead(word) || is_han(word) || is_adverb(word) || word.starts_with('@'))
    }

    /// "+1 on the idea, -1 on the timing": the other half of a divided vote.
    pub(super) fn begins_a_second(&self) -> bool {
        let own = self.tokens[self.at].sign();
        let other =
            self.before().iter().any(|token| matches!(token.sign(), Some(Sign::Value(_))) && token.sign() != own);
        other
            && self
                .before()
                .last()
                .is_some_and(|token| is_break(token) || matches!(token.text.as_str(), "but" | "and" | "yet" | "though"))
    }

    /// "Awesome Ann, +1!", "all tests pass, so +1", "looks good +1".
    pub(super) fn ends(&self) -> bool {
        if self.before().last().is_some_and(|token| matches!(token.text.as_str(), "the" | "that" | "this")) {
            return false;
        }
        let words = self.words_behind();
        let nothing_behind = words.iter().all(|word| {
            matches!(
                *word,
                "vote"
                    | "then"
                    | "too"
                    | "again"
                    | "now"
                    | "thanks"
                    | "thank"
                    | "you"
                    | "all"
                    | "everyone"
                    | "cheers"
                    | "overall"
                    | "i"
                    | "as"
                    | "well"
            )
        });
        let last = self.before().last();
        let parted_by_break = last.is_some_and(|token| {
            is_break(token) || one_of!(&token.text, "so hence therefore thus but ergo consequently accordingly then")
        });
        let good = self.words_before().iter().any(|word| is_praise(word));
        let joined = self.behind().first().is_some_and(is_break) && parted_by_break;
        nothing_behind && (parted_by_break || good)
            || joined
            || parted_by_break && self.behind().first().is_some_and(|t| t.is("(") || t.is("for") || is_claim(&t.text))
    }
}
