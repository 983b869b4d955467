// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What one value in a sentence is: a vote, or a word about votes. The words before and
//! behind it decide, by what part they play; there is no list of whole phrases.

use super::object::{Object, object};
use super::sign::{Sign, Token};
use super::words::{is_adverb, is_change, is_claim, is_han, is_lead, is_praise, one_of};
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
    /// Whether the mail answers the call itself.
    pub to_call: bool,
    /// It is a value with a colon, and what follows are reasons rather than names.
    pub leads_reasons: bool,
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
    /// It speaks of votes and casts none.
    Mentions(&'static str),
}

/// What the sign at `at` is.
pub(super) fn judge(tokens: &[Token], at: usize, place: Place<'_>) -> Found {
    let sentence = Sentence::of(tokens, at, place);
    let Some(sign) = tokens[at].sign() else { return Found::Mentions("no value") };
    if let Some(why) = sentence.spoken_of() {
        return Found::Mentions(why);
    }
    if let Some(found) = sentence.by_wavering() {
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
        let clause = before.iter().rposition(is_break).map_or(0, |last| last + 1);
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

    /// "my", "from me", "I vote", "I'm": the sender says that it is their vote.
    pub(super) fn says_own(&self) -> bool {
        let clause = self.clause_before();
        let near: Vec<&str> = clause.iter().rev().take(5).copied().collect();
        let first_person = near.contains(&"my") || near.contains(&"mine") || self.is_from_me();
        let verb = near.iter().any(|word| {
            one_of(word, "vote voting cast casting give giving gave i'm am i'll say put go going add adding")
        });
        let subject =
            clause.iter().any(|word| matches!(*word, "i" | "i'm" | "i'd" | "i'll" | "we" | "i've" | "im" | "me"));
        let elided =
            clause.first().is_some_and(|word| matches!(*word, "voting" | "casting" | "giving" | "vote" | "adding"));
        let everywhere = self.words_before();
        let begun =
            everywhere.iter().any(|word| matches!(*word, "i" | "i'm" | "i'll" | "i'd")) && verb && near.len() < 3;
        first_person || verb && (subject || elided) || begun || self.is_verb() || self.is_held()
    }

    /// "happy to +1 this", "I have to -1 this".
    fn is_verb(&self) -> bool {
        let clause = self.clause_before();
        let will = clause.iter().rev().nth(1).is_some_and(|word| {
            one_of(word, "happy glad have had pleased want like love going delighted excited need forced obliged")
        });
        clause.last() == Some(&"to") && will && !clause.iter().any(|word| one_of(word, "you they we he she everyone"))
    }

    /// "I think this is a +1": as a whole sentence.
    fn is_held(&self) -> bool {
        let words = self.words_before();
        words.first() == Some(&"i")
            && words.get(1).is_some_and(|word| one_of(word, "think guess believe feel reckon suppose"))
            && words.len() <= 6
            && self.ends_sentence()
    }

    /// "+1 from me", "+1 for me", "+1 from my side".
    pub(super) fn is_from_me(&self) -> bool {
        let words = self.words_behind();
        let near = &words[..words.len().min(6)];
        near.windows(2).any(|pair| {
            matches!(pair[0], "from" | "for" | "by" | "on")
                && matches!(pair[1], "me" | "my" | "us" | "our" | "myself" | "here" | "mine" | "me.")
        }) || near.first() == Some(&"here")
            || near.contains(&"i") && near.len() < 4
    }

    /// Negations, and other people's votes.
    pub(super) fn by_others(&self) -> Option<Found> {
        let clause = self.clause_before();
        let tail: Vec<&str> = clause.iter().rev().take(5).copied().collect();
        let negated = tail.iter().any(|word| {
            matches!(*word, "not" | "never" | "cannot" | "without" | "nor" | "hardly") || word.ends_with("n't")
        });
        if negated && !(tail.contains(&"only") || tail.contains(&"but")) {
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
        let speaker = tail.iter().take(3).any(|word| said.contains(word));
        let me = clause.iter().any(|word| matches!(*word, "i" | "i've" | "i'm" | "we"));
        if self.is_thanked() || self.is_general() {
            return Some(Found::Mentions("it speaks of votes and casts none"));
        }
        let elsewhere = self.behind().iter().take(5).any(|token| {
            one_of(&token.text, "jira ticket pr pull issue wiki page confluence github gitbox reviewboard")
        }) && clause.iter().any(|word| one_of(word, "put left gave added posted"));
        if elsewhere {
            return Some(Found::Mentions("it speaks of a vote that stands elsewhere"));
        }
        if possessive || speaker && !me {
            return Some(Found::Mentions("it speaks of somebody else's vote"));
        }
        if speaker && me && (tail.contains(&"voted") || tail.contains(&"gave")) {
            return Some(Found::Mentions("it speaks of a vote that was cast before"));
        }
        let words = self.words_behind();
        let from = words.first() == Some(&"from") || words.first() == Some(&"by");
        if from
            && !self.is_from_me()
            && !words.get(1).is_some_and(|word| {
                matches!(*word, "the" | "now" | "today" | "rc" | "round" | "last" | "previous" | "earlier" | "before")
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
        if let Some(found) = self.by_condition() {
            return found;
        }
        match object(self.behind(), self.place.subject) {
            Object::Another => return Found::Mentions("it supports something else than what is voted on"),
            Object::Unknown if !own && self.begins() && !(self.place.to_call && self.place.opens) => {
                return Found::Unclear("it may be about something else than what is voted on");
            }
            Object::Unknown if !own && !self.begins() => {
                return Found::Mentions("it is about something else than what is voted on");
            }
            _ => {}
        }
        if self.begins() {
            if self.begins_line_only_for_meaning() {
                return Found::Mentions("it says what a value means");
            }
            if self.asks() && self.behind().len() <= 2 {
                let asked =
                    self.words_before().first().is_some_and(|word| one_of(word, "is was are do does can should"));
                return if asked { Found::Mentions("it is a question") } else { Found::Unclear("it is a question") };
            }
            return Found::Casts { value, own, why: "a sentence of the sender's begins with it" };
        }
        if self.asks() && !own {
            return Found::Mentions("it is a question");
        }
        if own {
            let first = self.words_before().first().copied().unwrap_or_default();
            return if self.asks() && one_of(first, "how what why who which where when should may did does") {
                Found::Mentions("it is a question")
            } else if self.asks() {
                Found::Unclear("it is a question")
            } else {
                Found::Casts { value, own, why: "the sender says that it is their vote" }
            };
        }
        if self.ends() {
            return Found::Casts { value, own, why: "a sentence of the sender's ends with it" };
        }
        if self.clause_before().iter().any(|word| matches!(*word, "i" | "i'm" | "i'd" | "i'll")) {
            return Found::Unclear("the sender speaks of a vote, and whether it is cast is not clear");
        }
        if self.place.opens && self.place.begins_line && self.before().len() <= 2 && self.ends_sentence() {
            return Found::Unclear("a short sentence ends with it, and whether it is cast is not clear");
        }
        Found::Mentions("it stands inside a sentence that casts no vote")
    }

    /// "I was about to vote -1", "I might change my vote to -1".
    fn by_wavering(&self) -> Option<Found> {
        let clause = self.clause_before();
        let has = |list: &str| clause.iter().any(|word| one_of(word, list));
        if !has("i i'm i've my we") {
            return None;
        }
        let past =
            has("was were had") && has("about tempted going considering thinking planning inclined ready leaning");
        if past {
            return Some(Found::Mentions("it is a vote that the sender did not cast"));
        }
        (has("considering thinking tempted")
            || has("might may") && self.words_before().iter().any(|word| is_change(word)))
        .then_some(Found::Unclear("the sender thinks of a vote"))
    }

    /// "thanks for voting +1".
    fn is_thanked(&self) -> bool {
        let words = self.words_before();
        let thanks = words.iter().position(|word| matches!(*word, "thanks" | "thank" | "thx" | "appreciate"));
        let behind = thanks.map(|at| &words[at..]);
        behind.is_some_and(|words| {
            !self.before().iter().any(|token| matches!(token.text.as_str(), "," | "!" | "." | "-" | ":"))
                && words.iter().any(|word| matches!(*word, "voting" | "vote" | "votes" | "giving" | "casting"))
        })
    }

    /// "a -1 on a release is not a veto": a sentence about such votes.
    fn is_general(&self) -> bool {
        let words = self.words_before();
        let article = matches!(words[..], ["a" | "an" | "any" | "every" | "each" | "one" | "such"])
            || matches!(words[..], ["a" | "any" | "every", "binding" | "non-binding" | "single"]);
        let states = self.words_behind().iter().take(8).any(|word| {
            one_of(
                word,
                "is isn't means must needs need should can cannot can't does doesn't would will requires counts blocks",
            )
        });
        let behind = self.words_behind();
        let bare = words.last().is_none_or(|word| matches!(*word, "that" | "then" | "because"))
            && behind
                .first()
                .is_some_and(|word| one_of(word, "is means mean would stands counts requires should must can needs"))
            && self.behind().first().is_some_and(Token::is_word)
            && !behind.iter().any(|word| matches!(*word, "my" | "me" | "mine"));
        (article && states || bare) && !self.is_from_me()
    }

    fn ends_sentence(&self) -> bool {
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
            is_break(token) || one_of(&token.text, "so hence therefore thus but ergo consequently accordingly then")
        });
        let good = self.words_before().iter().any(|word| is_praise(word));
        let joined = self.behind().first().is_some_and(is_break) && parted_by_break;
        nothing_behind && (parted_by_break || good)
            || joined
            || parted_by_break && self.behind().first().is_some_and(|t| t.is("(") || t.is("for") || is_claim(&t.text))
    }
}

pub(super) fn is_break(token: &Token) -> bool {
    matches!(
        token.text.as_str(),
        "," | ":" | "-" | "->" | "=>" | ";" | "." | "!" | ")" | "(" | "|" | "\u{2014}" | "~" | "?" | "\"" | "/"
    )
}
