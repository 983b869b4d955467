// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Values that are no vote of the sender's: other people's, votes in general, such as were cast
//! before or only thought of.

use super::candidates::candidates;
use super::clause::{Found, Sentence};
use super::proxy::ANOTHERS;
use super::sign::{Sign, Token};
use super::words::{is_change, one_of};
use crate::governance::VoteValue;

impl Sentence<'_> {
    /// Negations, and other people's votes.
    pub(super) fn by_others(&self) -> Option<Found> {
        let clause = self.clause_before();
        let tail: Vec<&str> = clause.iter().rev().take(5).copied().collect();
        let negated = tail.iter().any(|word| {
            matches!(*word, "not" | "never" | "cannot" | "without" | "nor" | "hardly") || word.ends_with("n't")
        });
        if negated
            && !(tail.iter().any(|word| one_of!(word, "only but doubt hesitation reservation reservations question")))
        {
            let own = clause.iter().any(|word| matches!(*word, "i" | "i'm" | "my" | "i'd" | "i'll"));
            let against = matches!(self.tokens[self.at].sign(), Some(Sign::Value(VoteValue::Minus)));
            return Some(if own && !against && self.place.opens && !self.asks() {
                Found::Unclear("it says what the sender does not vote")
            } else {
                Found::Mentions("it says which vote is not cast")
            });
        }
        let possessive = tail.first().is_some_and(|word| {
            word.ends_with("'s") && !matches!(*word, "it's" | "here's" | "that's" | "let's" | "there's")
                || matches!(*word, "his" | "her" | "their" | "your" | "its" | "someone's")
        }) || tail.iter().take(3).any(|word| matches!(*word, "his" | "her" | "their" | "your"));
        let said = [
            "said",
            "says",
            "voted",
            "votes",
            "gave",
            "gives",
            "casted",
            "replied",
            "answered",
            "wrote",
            "commented",
            "sent",
            "vetoed",
            "+1'd",
        ];
        if tail.contains(&"our") && tail.iter().any(|word| said.contains(word)) {
            return Some(Found::Unclear("it is not clear whose vote it is"));
        }
        let speaker = tail.iter().take(3).any(|word| said.contains(word));
        let me = clause.iter().any(|word| matches!(*word, "i" | "i've" | "i'm" | "we"));
        if self.is_on_another_candidate() {
            return Some(Found::Mentions("it is a vote on another candidate"));
        }
        let passed =
            clause.last() == Some(&"the") && tail.iter().any(|word| one_of!(word, "withdrew withdrawn retracted"));
        if passed && !me {
            return Some(Found::Mentions("it speaks of somebody else's vote"));
        }
        let unsaid = self.words_before().is_empty()
            && self.words_behind().first().is_some_and(|word| one_of!(word, "should must can needs"));
        if unsaid && self.is_general() {
            return Some(Found::Stray("it is not clear whether it is cast or spoken of"));
        }
        if self.is_thanked() || self.is_general() {
            return Some(Found::Mentions("it speaks of votes and casts none"));
        }
        let elsewhere = self.behind().iter().take(5).any(|token| {
            one_of!(&token.text, "jira ticket pr pull issue wiki page confluence github gitbox reviewboard")
        }) && clause.iter().any(|word| one_of!(word, "put left gave added posted"));
        if elsewhere {
            return Some(Found::Mentions("it speaks of a vote that stands elsewhere"));
        }
        if possessive || speaker && !me {
            return Some(Found::Mentions("it speaks of somebody else's vote"));
        }
        if speaker && me && (tail.contains(&"voted") || tail.contains(&"gave")) {
            return Some(Found::Mentions("it speaks of a vote that was cast before"));
        }
        self.by_giver()
    }

    /// "RC1 had +1 from me".
    fn is_on_another_candidate(&self) -> bool {
        let named = candidates(&self.words_before().join(" "));
        !named.is_empty()
            && !self.place.candidates.is_empty()
            && !named.iter().any(|name| self.place.candidates.contains(name))
            && self.clause_before().iter().any(|word| one_of!(word, "had got received was were has"))
    }

    /// "+1 from Bob", "+1 from three people".
    fn by_giver(&self) -> Option<Found> {
        let words = self.words_behind();
        let several = words.windows(3).take(4).any(|three| {
            one_of!(three[0], "both two all") && three[1] == "of" && three[2] == "us" || three == ["the", "two", "of"]
        });
        if several && words.first().is_some_and(|word| one_of!(word, "from by for")) {
            return Some(Found::Unclear(ANOTHERS));
        }
        if words.first() == Some(&"from")
            && words
                .get(1)
                .is_some_and(|word| one_of!(word, "two three four five six seven eight nine ten several many all at"))
        {
            return Some(Found::Mentions("it is a count of votes"));
        }
        let from = words.first() == Some(&"from") || words.first() == Some(&"by");
        if from
            && !self.is_from_me()
            && !words.get(1).is_some_and(|word| {
                one_of!(word, "a an pmc ipmc infra docs the now today rc round last previous earlier before")
                    || word.starts_with("rc") && word[2..].chars().all(|c| c.is_ascii_digit() || c == '-')
            })
            && !words.get(1).is_some_and(|w| self.place.sender.contains(w) && !self.place.sender.is_empty())
        {
            return Some(if self.before().is_empty() {
                Found::Unclear("it gives somebody else's vote")
            } else {
                Found::Mentions("it speaks of somebody else's vote")
            });
        }
        None
    }

    /// "I was about to vote -1", "I might change my vote to -1".
    pub(super) fn by_wavering(&self) -> Option<Found> {
        let clause = self.clause_before();
        let has = |one: fn(&str) -> bool| clause.iter().any(|word| one(word));
        if !has(|word| one_of!(word, "i i'm i've my we")) {
            return None;
        }
        let past = has(|word| one_of!(word, "was were had"))
            && has(|word| one_of!(word, "about tempted going considering thinking planning inclined ready leaning"));
        if past {
            return Some(Found::Mentions("it is a vote that the sender did not cast"));
        }
        (has(|word| {
            one_of!(word, "considering thinking tempted hesitant hesitate hesitating reluctant unsure undecided")
        }) || has(|word| one_of!(word, "might may")) && self.words_before().iter().any(|word| is_change(word)))
        .then_some(Found::Unclear("the sender thinks of a vote"))
    }

    /// "thanks for voting +1".
    pub(super) fn is_thanked(&self) -> bool {
        let words = self.words_before();
        let thanks = words.iter().position(|word| matches!(*word, "thanks" | "thank" | "thx" | "appreciate"));
        let behind = thanks.map(|at| &words[at..]);
        behind.is_some_and(|words| {
            !self.before().iter().any(|token| matches!(token.text.as_str(), "," | "!" | "." | "-" | ":"))
                && (words.iter().any(|word| matches!(*word, "voting" | "vote" | "votes" | "giving" | "casting"))
                    || matches!(words[..], [.., "for"] | [.., "for", "the" | "your" | "his" | "her" | "that" | "all"]))
        })
    }

    /// "a -1 on a release is not a veto": a sentence about such votes.
    pub(super) fn is_general(&self) -> bool {
        let words = self.words_before();
        let article = matches!(words[..], ["a" | "an" | "any" | "every" | "each" | "one" | "such"])
            || matches!(words[..], ["a" | "any" | "every", "binding" | "non-binding" | "single"]);
        let states = self.words_behind().iter().take(8).any(|word| {
            one_of!(
                word,
                "is isn't means must needs need should can cannot can't does doesn't would will requires counts blocks",
            )
        });
        let behind = self.words_behind();
        let bare = words.last().is_none_or(|word| matches!(*word, "that" | "then" | "because"))
            && behind
                .first()
                .is_some_and(|word| one_of!(word, "is means mean would stands counts requires should must can needs"))
            && self.behind().first().is_some_and(Token::is_word)
            && !behind.iter().any(|word| matches!(*word, "my" | "me" | "mine"));
        (article && states || bare) && !self.is_from_me()
    }
}
