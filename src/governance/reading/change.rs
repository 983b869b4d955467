// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Changes of mind: a vote that takes another's place, and one that is taken back.

use super::clause::{Found, Sentence};
use super::deed::{is_certain_lapse, is_certain_withdrawal, is_reserve};
use super::sign::{Sign, Token};
use super::words::{is_change, is_claim, is_condition, is_future, is_lead, is_removal, is_withdrawal, one_of};

/// Why a withdrawal is for a person.
pub(super) const OPEN: &str = "it is not clear whether the vote is taken back";

impl Sentence<'_> {
    /// A change of mind: "from -1 to +1", "changing my vote to +1".
    pub(super) fn by_change(&self, sign: Sign) -> Option<Found> {
        let words = self.words_before();
        let changes = words.iter().any(|word| is_change(word)) || self.begins_with_change();
        let next: Vec<&Token> = self
            .behind()
            .iter()
            .skip_while(|token| {
                matches!(token.text.as_str(), "(" | ")")
                    || token.is_word() && (is_claim(&token.text) || matches!(token.text.as_str(), "vote"))
            })
            .take(2)
            .collect();
        let leads_on =
            next.first().is_some_and(|token| matches!(token.text.as_str(), "->" | "=>" | "to" | "into" | ">" | "as"))
                && next.get(1).is_some_and(|token| token.sign().is_some());
        let old = leads_on
            || self.clause_before().last().is_some_and(|word| {
                matches!(
                    *word,
                    "from"
                        | "was"
                        | "previously"
                        | "earlier"
                        | "previous"
                        | "previous:"
                        | "instead"
                        | "formerly"
                        | "former"
                )
            })
            || words.len() >= 2 && words[words.len() - 2..] == ["instead", "of"]
            || words.len() >= 3 && words[words.len() - 3..words.len() - 1] == ["instead", "of"]
            || words.len() >= 2 && words[words.len() - 2..] == ["rather", "than"];
        if self.is_replaced() {
            return Some(Found::Mentions("it is the vote before the change"));
        }
        let later = self.behind().iter().any(|token| matches!(token.sign(), Some(Sign::Value(_))));
        let was = self.clause_before().last() == Some(&"was") && later && self.words_before().contains(&"i");
        if was || old && (leads_on || changes || self.tokens[..self.at].iter().any(|token| token.sign().is_some())) {
            return Some(Found::Mentions("it is the vote before the change"));
        }
        let last = self.before().last().map(|token| token.text.as_str());
        let to =
            matches!(last, Some("to" | "into" | "->" | "=>" | "a" | "with" | "as" | ">" | "by" | "toward" | "towards"))
                || matches!(last, Some("binding" | "non-binding" | "strong"));
        let arrow = matches!(last, Some("->" | "=>" | ">"));
        if self.is_taken_back() {
            return Some(self.taken_back());
        }
        if self.is_met() {
            return Some(Found::Unclear(OPEN));
        }
        if self.corrects()
            && !self.asks()
            && !self.words_behind().iter().any(|word| is_reserve(word))
            && let Sign::Value(value) = sign
        {
            return Some(Found::Casts { value, own: true, why: "the sender corrects, and so changes, the vote to it" });
        }
        if !(changes && to || arrow && self.tokens[..self.at].iter().any(|token| token.sign().is_some())) {
            return None;
        }
        if words.iter().any(|word| matches!(*word, "you" | "your" | "he" | "she" | "they" | "his" | "her" | "their")) {
            return Some(Found::Mentions("it speaks of somebody else's vote"));
        }
        if self.is_promise() {
            return Some(Found::Mentions("it promises a change and makes none"));
        }
        if self.asks() {
            return Some(Found::Unclear("it asks about a change of the vote"));
        }
        match sign {
            Sign::Value(_) if !self.is_certain_change() => {
                Some(Found::Unclear("it speaks of a change of the vote, and whether it is made is not clear"))
            }
            Sign::Value(value) => Some(Found::Casts { value, own: true, why: "the sender changes the vote to it" }),
            _ => Some(Found::Unclear("no ballot has this value")),
        }
    }

    /// "I withdraw my -1", "I'm dropping my -1", "I take my -1 back", "consider my -1 withdrawn".
    pub(super) fn is_taken_back(&self) -> bool {
        if self.before().iter().any(|token| token.sign().is_some()) {
            return false;
        }
        let clause = self.clause_before();
        let before = self.words_before();
        let behind = self.words_behind();
        let near = &behind[..behind.len().min(5)];
        let mine = clause.iter().rev().take(4).any(|word| *word == "my");
        if self.is_void(mine) {
            return true;
        }
        let takes = |words: &[&str]| words.iter().any(|word| matches!(*word, "take" | "taking" | "took"));
        let back = clause.contains(&"back") || near.contains(&"back");
        let verb = before.iter().any(|word| is_withdrawal(word));
        let removes = mine && clause.iter().rev().take(7).any(|word| is_removal(word)) || takes(clause) && back && mine;
        let passive = mine
            && near
                .iter()
                .take(4)
                .any(|word| is_withdrawal(word) || matches!(*word, "void" | "cancelled" | "canceled"))
            && near.first().is_some_and(|word| {
                is_withdrawal(word) || matches!(*word, "is" | "as" | "vote" | "void" | "cancelled" | "canceled")
            });
        // "Cleo withdrew the -1"
        let by_sender =
            clause.iter().any(|word| matches!(*word, "my" | "i" | "i'm" | "i'd" | "i'll" | "hereby" | "please"))
                || before.first().is_some_and(|word| is_withdrawal(word));
        let named = clause.iter().any(|word| matches!(*word, "my" | "previous" | "earlier" | "the"));
        verb && named && by_sender || removes || passive
    }

    /// "My -1 has been addressed".
    fn is_met(&self) -> bool {
        self.clause_before().last() == Some(&"my")
            && self.words_behind().iter().take(4).any(|word| one_of!(word, "addressed satisfied fixed met"))
    }

    /// "-1 withdrawn", "my -1 no longer applies", "I am no longer -1".
    fn is_void(&self, mine: bool) -> bool {
        let before = self.words_before();
        let led = before.iter().all(|word| is_lead(word) || one_of!(word, "my consider please earlier previous"));
        let behind = self.words_behind();
        let bare = |word: &&&str| !one_of!(word, "is was has been now hereby as vote veto are therefore thus");
        let first = behind.iter().find(bare);
        let void = first.is_some_and(|word| {
            one_of!(
                word,
                "withdrawn retracted revoked rescinded dropped lifted cleared resolved void voided moot cancelled canceled removed obsolete nullified gone off",
            )
        });
        // "-1 dropped packets" has an object
        let ends = first.is_none_or(|word| {
            let at = behind.iter().position(|other| other == word).unwrap_or_default();
            behind.get(at + 1).is_none_or(|next| one_of!(next, "as because since now by after thanks given for"))
        });
        let anymore = self.words_behind().iter().take(4).any(|word| one_of!(word, "anymore"))
            && before.iter().any(|word| one_of!(word, "no not don't needn't"));
        let allowed = behind.first().is_some_and(|word| one_of!(word, "can should may must could"))
            && behind
                .iter()
                .take(5)
                .any(|word| is_withdrawal(word) || is_removal(word) || one_of!(word, "ignored disregarded"))
            && !behind.iter().take(3).any(|word| one_of!(word, "not never"));
        let bare_lapse = self.at == 0 && matches!(behind[..], ["no", "longer", ..]);
        let lapses = anymore
            || allowed
            || matches!(behind[..], ["no", "longer", ..] | ["not", ..])
            || behind.first().is_some_and(|word| one_of!(word, "does doesn't isn't is has can should"))
                && behind.iter().take(4).any(|word| one_of!(word, "not doesn't isn't longer"))
                && behind
                    .iter()
                    .take(6)
                    .any(|word| one_of!(word, "stand apply hold count valid needed relevant standing"));
        let stopped = matches!(before[..], [.., "i'm" | "am", "no", "longer"])
            || matches!(before[..], [.., "i'm" | "am", "not"])
                && behind.iter().take(2).any(|word| one_of!(word, "anymore longer"));
        void && ends && led && self.at < 4 || mine && lapses || bare_lapse || stopped
    }

    /// "this replaces my earlier -1"
    fn is_replaced(&self) -> bool {
        let clause = self.clause_before();
        let tail = &clause[clause.len().saturating_sub(4)..];
        let verb = tail
            .iter()
            .any(|word| ["replac", "supersed", "overrid", "overrul"].iter().any(|stem| word.starts_with(stem)));
        verb && matches!(clause.last(), Some(&("my" | "earlier" | "previous" | "the" | "old" | "former")))
    }

    /// "Sorry, I meant +1", "oops, that should have been +1".
    pub(super) fn corrects(&self) -> bool {
        let before = self.words_before();
        let clause = self.clause_before();
        let sorry = before.iter().any(|word| {
            matches!(*word, "sorry" | "oops" | "ups" | "typo" | "correction" | "apologies" | "erratum" | "mistake")
        });
        let tail = &clause[clause.len().saturating_sub(4)..];
        // "I think Bob meant +1"
        let by_sender = clause.iter().position(|word| *word == "meant").is_some_and(|at| {
            let who = at.checked_sub(1).map(|at| clause[at]);
            who.is_none_or(|who| one_of!(who, "i actually really of course have sorry oops obviously what"))
        });
        let meant =
            by_sender && tail.contains(&"meant") && (clause.contains(&"i") || clause.contains(&"actually") || sorry);
        let negated = clause.iter().any(|word| matches!(*word, "not" | "never") || word.ends_with("n't"));
        let should =
            sorry && tail.contains(&"should") && tail.iter().any(|word| matches!(*word, "be" | "been" | "read"));
        (meant || should) && !negated
    }

    pub(super) fn begins_with_change(&self) -> bool {
        self.tokens.first().is_some_and(|token| is_change(&token.text))
    }

    pub(super) fn taken_back(&self) -> Found {
        withdrawal(self.tokens, self.asks())
    }

    /// A change or vote that is to come: "I'll change to +1 once …".
    pub(super) fn is_promise(&self) -> bool {
        let words: Vec<&str> =
            self.tokens.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
        let later = words.iter().any(|word| is_future(word));
        let condition = words.iter().any(|word| {
            is_condition(word)
                || matches!(*word, "when" | "after" | "then" | "later" | "soon" | "if" | "tomorrow" | "until")
        });
        later && condition
    }

    pub(super) fn asks(&self) -> bool {
        self.tokens.last().is_some_and(|token| token.is("?"))
            || self.tokens.iter().rev().take(2).any(|token| token.is("?"))
    }
}

/// What a sentence with a word of withdrawal says.
pub(super) fn withdrawal(tokens: &[Token], asks: bool) -> Found {
    let words: Vec<&str> = tokens.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
    let certain = is_certain_withdrawal(tokens);
    // "you can ignore my -1 now"
    let allows = words.contains(&"my")
        && words.windows(2).any(|pair| pair[0] == "you" && one_of!(pair[1], "can may should could"))
        && !words.contains(&"if");
    let others = words.iter().any(|word| matches!(*word, "you" | "your" | "could" | "he" | "she" | "they"));
    if asks || others && !allows && !certain {
        return Found::Mentions("it speaks of somebody else's vote");
    }
    let lapses = words.windows(2).any(|pair| {
        one_of!(pair[0], "not doesn't isn't")
            && one_of!(pair[1], "stand apply hold count valid needed longer standing relevant")
    }) || words.iter().any(|word| one_of!(word, "anymore"))
        || words.windows(2).any(|pair| pair[0] == "no" && pair[1] == "longer");
    if !lapses
        && !certain
        && words.iter().any(|word| matches!(*word, "not" | "never" | "cannot" | "won't" | "can't" | "don't" | "didn't"))
    {
        return Found::Mentions("it says that a vote is not taken back");
    }
    let later = words.iter().any(|word| is_future(word)) && words.iter().any(|word| matches!(*word, "after" | "when"));
    let condition = words.iter().any(|word| is_condition(word) || matches!(*word, "if" | "until"));
    if condition || later {
        return if words.iter().any(|word| is_future(word)) {
            Found::Mentions("it promises to take a vote back")
        } else {
            Found::Unclear("a vote is taken back under a condition")
        };
    }
    if words.iter().any(|word| matches!(*word, "would" | "might" | "may" | "should" | "i'd")) && !allows && !certain {
        return Found::Unclear(OPEN);
    }
    if certain || is_certain_lapse(tokens) { Found::Withdraws } else { Found::Unclear(OPEN) }
}
