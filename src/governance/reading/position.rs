// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Where in its sentence a value stands: at the beginning, at the end, as its other half.

use super::clause::{Sentence, is_break};
use super::sign::{Sign, Token};
use super::words::{is_adverb, is_claim, is_lead, one_of};

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
        if self.begins_a_second() || self.is_one_more() && self.words_before().last() == Some(&"another") {
            return true;
        }
        let words = self.words_before();
        let of_another = words.last().is_some_and(|word| matches!(*word, "the" | "that" | "this"));
        let named =
            self.before().last().is_some_and(|token| token.is(":")) && words.iter().any(|word| word.starts_with('@'));
        words.len() <= 6
            && !of_another
            && !named
            && words.iter().all(|word| is_lead(word) || is_adverb(word) || word.starts_with('@'))
    }

    /// "+1 on the idea, -1 on the timing": the other half of a divided vote.
    pub(super) fn begins_a_second(&self) -> bool {
        let own = self.tokens[self.at].sign();
        let other =
            self.before().iter().any(|token| matches!(token.sign(), Some(Sign::Value(_))) && token.sign() != own);
        // "I was -1 but now I am +1"
        let now = |token: &&Token| one_of!(&token.text, "now i i'm am it's is at a");
        other
            && self.before().iter().rev().find(|token| !now(token)).is_some_and(|token| {
                is_break(token) && !matches!(token.text.as_str(), ":" | "(") || is_turn(&token.text)
            })
    }
}

/// What the other half of a divided or changed vote begins with.
fn is_turn(word: &str) -> bool {
    matches!(word, "but" | "and" | "yet" | "though")
}
