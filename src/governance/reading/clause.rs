// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What one value in a sentence is: a vote, or a word about votes. The words before and
//! behind it decide, by what part they play; there is no list of whole phrases.

use super::ballot::is_meaning;
use super::object::{Object, object};
use super::sign::{Kind, Sign, Token};
use crate::governance::VoteValue;

/// Where the sentence stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place<'c> {
    /// Nothing but greetings and thanks stands before it in the mail.
    pub opens: bool,
    /// It begins its line.
    pub begins_line: bool,
    /// It ends its line.
    pub ends_line: bool,
    /// The subject's words, in lower case.
    pub subject: &'c str,
    /// The sender's name, in lower case.
    pub sender: &'c str,
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
    let sentence = Sentence { tokens, at, place };
    let Some(sign) = tokens[at].sign() else { return Found::Mentions("no value") };
    if let Some(why) = sentence.spoken_of() {
        return Found::Mentions(why);
    }
    let found = sentence.by_change(sign).or_else(|| sentence.by_others()).unwrap_or_else(|| sentence.by_place(sign));
    match (found, sign) {
        (Found::Casts { .. }, Sign::Beyond) => Found::Unclear("no ballot has this value"),
        (found, _) => found,
    }
}

struct Sentence<'s> {
    tokens: &'s [Token],
    at: usize,
    place: Place<'s>,
}

impl Sentence<'_> {
    fn before(&self) -> &[Token] {
        &self.tokens[..self.at]
    }

    fn behind(&self) -> &[Token] {
        &self.tokens[self.at + 1..]
    }

    fn words_before(&self) -> Vec<&str> {
        self.before().iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect()
    }

    /// The words between the last comma, colon or dash and the value.
    fn clause_before(&self) -> Vec<&str> {
        let clause = self.before().iter().rev().take_while(|token| !is_break(token));
        let mut words: Vec<&str> = clause.filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
        words.reverse();
        words
    }

    /// The words behind it without what it claims to be.
    fn words_behind(&self) -> Vec<&str> {
        self.behind()
            .iter()
            .filter(|token| token.is_word())
            .map(|token| token.text.as_str())
            .filter(|word| !is_claim(word))
            .collect()
    }

    /// Why the sign only speaks of votes: counts, headings, requests, meanings.
    fn spoken_of(&self) -> Option<&'static str> {
        let behind = self.behind();
        let words = self.words_behind();
        let own = self.says_own();
        if self.tokens[self.at].sign() == Some(Sign::Plural) {
            return Some("it speaks of votes in the plural");
        }
        if self.is_quoted() {
            return Some("it stands in quotation marks");
        }
        if behind.first().is_some_and(|token| matches!(token.text.as_str(), "=" | "=>")) {
            return Some("it says what a value means");
        }
        if self.is_enumerated() {
            return Some("it names the values that a vote can have");
        }
        if self.is_counted() && !own {
            return Some("it is a count of votes");
        }
        if self.is_heading() {
            return Some("it is a heading");
        }
        if words.first().is_some_and(|word| ["votes", "votes:", "voters", "count", "total"].contains(word)) {
            return Some("it speaks of votes in the plural");
        }
        if ends_open(behind) {
            return Some("it is a line of a printed ballot");
        }
        let standing = ["stands", "still", "remains", "holds", "was", "is", "above", "earlier", "came", "comes"];
        let my_own = self.clause_before().iter().rev().take(3).any(|word| *word == "my") && self.before().len() < 6;
        if my_own && words.first().is_some_and(|word| standing.contains(word)) && !self.begins_with_change() {
            return Some("it speaks of a vote that was cast before");
        }
        self.is_requested().then_some("it asks for votes")
    }

    fn is_quoted(&self) -> bool {
        let quote = |token: Option<&Token>| token.is_some_and(|token| matches!(token.text.as_str(), "\"" | "'"));
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        quote(before)
            && self.tokens[self.at + 1..].iter().take(4).any(|token| quote(Some(token)))
            && self.tokens.len() > 8
    }

    /// "+1, 0, -1", "+1/-1", "+1 or -1".
    fn is_enumerated(&self) -> bool {
        let value = |token: Option<&Token>| token.is_some_and(|token| token.sign().is_some() || token.is("0"));
        let link = |token: Option<&Token>| {
            token.is_some_and(|token| matches!(token.text.as_str(), "," | "/" | "or" | "and" | "|" | "than" | "vs"))
        };
        let differs = |other: Option<&Token>| other.is_some_and(|other| other.text != self.tokens[self.at].text);
        let after = |step: usize| self.tokens.get(self.at + step);
        let back = |step: usize| self.at.checked_sub(step).and_then(|at| self.tokens.get(at));
        let ahead = link(after(1)) && value(after(2)) && differs(after(2));
        let ahead_twice = link(after(1)) && link(after(2)) && value(after(3)) && differs(after(3));
        let behind = link(back(1)) && value(back(2)) && differs(back(2));
        let behind_twice = link(back(1)) && link(back(2)) && value(back(3)) && differs(back(3));
        let than = back(1).is_some_and(|token| token.is("than"));
        let more = back(1).is_some_and(|token| token.is("more")) && self.behind().iter().any(|token| token.is("than"));
        ahead || ahead_twice || behind || behind_twice || than || more
    }

    /// "11 +1", "three binding +1", "no -1".
    fn is_counted(&self) -> bool {
        let mut back = self.before().iter().rev().skip_while(|token| {
            token.is_word()
                && (is_claim(&token.text)
                    || matches!(token.text.as_str(), "valid" | "official" | "pmc" | "explicit" | "x"))
                || matches!(token.text.as_str(), "(" | ")" | "\"")
        });
        let Some(last) = back.next() else { return self.is_count_behind() };
        let number = last.is_word() && last.text.chars().all(|c| c.is_ascii_digit()) && !last.text.is_empty();
        let quantity = [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "no",
            "any",
            "several",
            "some",
            "many",
            "all",
            "few",
            "enough",
            "another",
            "more",
            "most",
            "sufficient",
            "zero",
            "those",
            "these",
            "required",
            "necessary",
            "first",
            "second",
            "third",
            "each",
            "every",
            "only",
            "additional",
            "of",
        ];
        number || last.is_word() && quantity.contains(&last.text.as_str()) || self.is_count_behind()
    }

    /// "+1: 3", "+1 (binding): 4", "+1 x 3".
    fn is_count_behind(&self) -> bool {
        let mut behind = self.behind().iter().skip_while(|token| {
            token.is_word() && is_claim(&token.text)
                || matches!(token.text.as_str(), "(" | ")" | "[" | "]" | "\"" | "-")
        });
        behind.next().is_some_and(|token| token.is(":"))
            && behind.next().is_some_and(|token| token.text.chars().all(|c| c.is_ascii_digit()))
    }

    /// "+1:", "-1 None", "+1 (binding) - Ann Example", "0: -".
    fn is_heading(&self) -> bool {
        if !self.before().is_empty() {
            return false;
        }
        let rest: Vec<&Token> = self
            .behind()
            .iter()
            .skip_while(|token| {
                token.is_word()
                    && (is_claim(&token.text)
                        || matches!(token.text.as_str(), "vote" | "pmc" | "for" | "members" | "committers"))
                    || matches!(token.text.as_str(), "(" | ")" | "[" | "]" | "*" | "\"")
            })
            .collect();
        let words: Vec<&Token> = rest.iter().copied().filter(|token| token.is_word()).collect();
        let Some(first) = rest.first() else { return false };
        let nobody =
            words.len() == 1 && ["none", "nobody", "nil", "n/a", "no-one", "none."].contains(&words[0].text.as_str());
        if nobody || first.is(":") && words.is_empty() {
            return true;
        }
        let parted = first.is(":") || !self.place.opens && matches!(first.text.as_str(), "-" | ",");
        parted && !words.is_empty() && self.is_names(&rest[1..])
    }

    /// Whether `rest` is a list of names, the sender's own alone excepted.
    fn is_names(&self, rest: &[&Token]) -> bool {
        let written = &self.place;
        let names: Vec<&str> = rest.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
        let placeholder = rest.first().is_some_and(|token| token.is("<"));
        let sender = !written.sender.is_empty() && names.iter().all(|name| written.sender.contains(name));
        let plain = rest.iter().all(|token| {
            token.is_word() && token.text.chars().any(char::is_alphanumeric)
                || matches!(token.text.as_str(), "," | "<" | ">" | "(" | ")" | "*" | "." | "&" | ";" | "@" | "-")
        });
        let listed = rest.iter().any(|token| matches!(token.text.as_str(), "," | "&" | ";")) && names.len() >= 2;
        let claims = names.iter().all(|name| is_claim(name));
        let common = claims || names.iter().any(|name| COMMON.contains(name));
        !sender
            && (placeholder
                || plain
                    && !common
                    && (listed && names.len() <= 60 || names.len() <= 3 && self.capitalised(names.len())))
    }

    /// Whether the last words of the sentence were written with capitals. The tokens are lower-cased, their
    /// shape is kept in `subject`-free form by the caller: a name has at least two letters and no apostrophe.
    fn capitalised(&self, count: usize) -> bool {
        let names = self.tokens.iter().rev().filter(|token| token.is_word()).take(count);
        names.into_iter().all(|token| token.text.chars().count() >= 2 && !token.text.contains('\''))
    }

    /// "we need a +1", "please vote +1", "looking for a +1".
    fn is_requested(&self) -> bool {
        let clause = self.clause_before();
        let asks = [
            "need",
            "needs",
            "needed",
            "require",
            "requires",
            "required",
            "looking",
            "waiting",
            "await",
            "awaiting",
            "seek",
            "seeking",
            "want",
            "wants",
            "missing",
            "get",
            "getting",
            "got",
            "gets",
            "collect",
            "receive",
            "received",
            "hope",
            "hoping",
            "ask",
            "asking",
            "least",
            "please",
            "without",
            "until",
            "see",
            "seeing",
            "saw",
            "count",
            "counted",
            "counting",
            "translate",
            "interpret",
            "treat",
            "take",
            "wait",
            "have",
            "has",
            "means",
            "mean",
            "like",
        ];
        let casting = clause.iter().any(|word| one_of(word, "vote cast go give voting casting say put changing"))
            && self.says_own();
        let mine = clause.contains(&"my") || self.of_sender() || casting;
        let verb = clause.iter().any(|word| asks.contains(word));
        verb && !mine && !clause.iter().rev().take(2).any(|word| matches!(*word, "i'm" | "vote"))
            || clause.first() == Some(&"please")
                && clause.iter().any(|word| matches!(*word, "vote" | "reply" | "cast" | "respond"))
                && !clause.contains(&"my")
    }

    /// "my", "from me", "I vote", "I'm": the sender says that it is their vote.
    fn says_own(&self) -> bool {
        let clause = self.clause_before();
        let near: Vec<&str> = clause.iter().rev().take(5).copied().collect();
        let first_person = near.contains(&"my") || near.contains(&"mine") || self.of_sender();
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
        first_person || verb && (subject || elided) || begun
    }

    /// "+1 from me", "+1 for me", "+1 from my side".
    fn of_sender(&self) -> bool {
        let words = self.words_behind();
        let near = &words[..words.len().min(6)];
        near.windows(2).any(|pair| {
            matches!(pair[0], "from" | "for" | "by" | "on")
                && matches!(pair[1], "me" | "my" | "us" | "our" | "myself" | "here" | "mine" | "me.")
        }) || near.first() == Some(&"here")
            || near.contains(&"i") && near.len() < 4
    }

    /// A change of mind: "from -1 to +1", "changing my vote to +1".
    fn by_change(&self, sign: Sign) -> Option<Found> {
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
            next.first().is_some_and(|token| matches!(token.text.as_str(), "->" | "=>" | "to" | "into" | ">"))
                && next.get(1).is_some_and(|token| token.sign().is_some());
        let old = leads_on
            || self.clause_before().last().is_some_and(|word| {
                matches!(*word, "from" | "was" | "previously" | "earlier" | "previous" | "previous:" | "instead")
            })
            || words.len() >= 2 && words[words.len() - 2..] == ["instead", "of"]
            || words.len() >= 2 && words[words.len() - 2..] == ["rather", "than"];
        if old && (leads_on || changes || self.tokens[..self.at].iter().any(|token| token.sign().is_some())) {
            return Some(Found::Mentions("it is the vote before the change"));
        }
        let last = self.before().last().map(|token| token.text.as_str());
        let to =
            matches!(last, Some("to" | "into" | "->" | "=>" | "a" | "with" | "as" | ">" | "by" | "toward" | "towards"))
                || matches!(last, Some("binding" | "non-binding" | "strong"));
        let arrow = matches!(last, Some("->" | "=>" | ">"));
        let withdrawn = words.iter().any(|word| is_withdrawal(word))
            && self.clause_before().iter().any(|word| matches!(*word, "my" | "previous" | "earlier" | "the"));
        if withdrawn && !self.before().iter().any(|token| token.sign().is_some()) {
            return Some(self.taken_back());
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
            Sign::Value(value) => Some(Found::Casts { value, own: true, why: "the sender changes the vote to it" }),
            _ => Some(Found::Unclear("no ballot has this value")),
        }
    }

    fn begins_with_change(&self) -> bool {
        self.tokens.first().is_some_and(|token| is_change(&token.text))
    }

    fn taken_back(&self) -> Found {
        let words: Vec<&str> =
            self.tokens.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
        withdrawal(&words, self.asks())
    }

    /// A change or vote that is to come: "I'll change to +1 once …".
    fn is_promise(&self) -> bool {
        let words: Vec<&str> =
            self.tokens.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
        let later = words.iter().any(|word| is_future(word));
        let condition = words.iter().any(|word| {
            is_condition(word)
                || matches!(*word, "when" | "after" | "then" | "later" | "soon" | "if" | "tomorrow" | "until")
        });
        later && condition
    }

    fn asks(&self) -> bool {
        self.tokens.last().is_some_and(|token| token.is("?"))
            || self.tokens.iter().rev().take(2).any(|token| token.is("?"))
    }

    /// Negations, and other people's votes.
    fn by_others(&self) -> Option<Found> {
        let clause = self.clause_before();
        let tail: Vec<&str> = clause.iter().rev().take(5).copied().collect();
        let negated = tail.iter().any(|word| {
            matches!(*word, "not" | "never" | "cannot" | "without" | "nor" | "hardly") || word.ends_with("n't")
        });
        if negated && !(tail.contains(&"only") || tail.contains(&"but")) {
            let own = clause.iter().any(|word| matches!(*word, "i" | "i'm" | "my"));
            return Some(if own && self.place.opens && !self.asks() {
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
        if possessive || speaker && !me {
            return Some(Found::Mentions("it speaks of somebody else's vote"));
        }
        if speaker && me && (tail.contains(&"voted") || tail.contains(&"gave")) {
            return Some(Found::Mentions("it speaks of a vote that was cast before"));
        }
        let words = self.words_behind();
        let from = words.first() == Some(&"from") || words.first() == Some(&"by");
        if from
            && !self.of_sender()
            && !matches!(words.get(1).copied(), Some("the" | "now" | "today"))
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
    fn by_place(&self, sign: Sign) -> Found {
        let value = match sign {
            Sign::Value(value) => value,
            _ => VoteValue::Zero,
        };
        let own = self.says_own();
        if let Some(found) = self.by_condition() {
            return found;
        }
        match object(self.behind(), self.place.subject) {
            Object::Another => return Found::Mentions("it supports something else than what is voted on"),
            Object::Unknown if !own => return Found::Unclear("it may be about something else than what is voted on"),
            _ => {}
        }
        if self.begins() {
            if self.begins_line_only_for_meaning() {
                return Found::Mentions("it says what a value means");
            }
            if self.asks() && self.behind().len() <= 2 {
                return Found::Unclear("it is a question");
            }
            return Found::Casts { value, own, why: "a sentence of the sender's begins with it" };
        }
        if self.asks() && !own {
            return Found::Mentions("it is a question");
        }
        if own {
            return if self.asks() {
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
        Found::Mentions("it stands inside a sentence that casts no vote")
    }

    /// "-1 opposed to …" between other lines: a printed ballot's line. As a mail's first words it is a vote.
    fn begins_line_only_for_meaning(&self) -> bool {
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
    fn begins(&self) -> bool {
        if self.begins_a_second() {
            return true;
        }
        let words = self.words_before();
        let of_another = words.last().is_some_and(|word| matches!(*word, "the" | "that" | "this"));
        words.len() <= 6 && !of_another && words.iter().all(|word| is_lead(word) || is_han(word))
    }

    /// "+1 on the idea, -1 on the timing": the other half of a divided vote.
    fn begins_a_second(&self) -> bool {
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
    fn ends(&self) -> bool {
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
        let parted = last.is_some_and(|token| {
            is_break(token)
                || matches!(
                    token.text.as_str(),
                    "so" | "hence" | "therefore" | "thus" | ")" | "a" | "big" | "huge" | "and" | "is" | "/" | "with"
                )
        });
        let parted_by_break = last.is_some_and(|token| is_break(token) || token.is("so"));
        let short = self.before().iter().filter(|token| token.is_word()).count() <= 4 && !parted_by_break;
        let good = self.words_before().iter().any(|word| is_praise(word));
        let joined = self.behind().first().is_some_and(|token| is_break(token)) && parted_by_break;
        nothing_behind && (parted_by_break || good)
            || joined
            || nothing_behind && short && parted && good
            || parted_by_break && self.behind().first().is_some_and(|t| t.is("(") || t.is("for") || is_claim(&t.text))
    }

    /// Conditions, tentative words.
    fn by_condition(&self) -> Option<Found> {
        let before = self.words_before();
        let clause = self.clause_before();
        let words = self.words_behind();
        let tentative = clause.iter().rev().take(3).any(|word| {
            matches!(
                *word,
                "tentative"
                    | "tentatively"
                    | "conditional"
                    | "provisional"
                    | "leaning"
                    | "towards"
                    | "almost"
                    | "inclined"
                    | "soft"
                    | "provisionally"
                    | "preliminary"
                    | "maybe"
                    | "perhaps"
                    | "probably"
            )
        });
        let condition_before = before
            .first()
            .is_some_and(|word| is_condition(word) || matches!(*word, "if" | "when" | "after" | "once" | "with"))
            && (before[0] != "with" || before.iter().any(|word| is_settled(word)))
            && (before[0] != "after" || before.iter().any(|word| is_future(word) || matches!(*word, "is" | "are")))
            && !(before[0] == "when" && before.contains(&"i"));
        let condition = condition_before
            || condition_behind(&words)
            || clause.iter().any(|word| matches!(*word, "if" | "once" | "unless"));
        let modal = clause.iter().any(|word| matches!(*word, "would" | "could" | "might" | "may" | "i'd" | "should"));
        let like = clause.iter().any(|word| matches!(*word, "like" | "love"));
        if condition && (clause.iter().chain(&before).any(|word| is_future(word))) && !clause.contains(&"my") {
            let named = before.iter().any(|word| {
                matches!(
                    *word,
                    "vote" | "change" | "switch" | "give" | "cast" | "go" | "revisit" | "reconsider" | "update"
                )
            });
            return Some(if named && !modal {
                Found::Mentions("it promises a vote and casts none")
            } else {
                Found::Unclear("the vote has a condition")
            });
        }
        if condition {
            return Some(Found::Unclear("the vote has a condition"));
        }
        if tentative {
            return Some(Found::Unclear("the vote is tentative"));
        }
        (modal && !like && !self.begins()).then_some(Found::Unclear("it says how the sender would vote"))
    }
}

/// What a sentence with a word of withdrawal says.
pub(super) fn withdrawal(words: &[&str], asks: bool) -> Found {
    if asks || words.iter().any(|word| matches!(*word, "you" | "your" | "could" | "he" | "she" | "they")) {
        return Found::Mentions("it speaks of somebody else's vote");
    }
    if words.iter().any(|word| matches!(*word, "not" | "never" | "cannot" | "won't" | "can't" | "don't" | "didn't")) {
        return Found::Mentions("it says that a vote is not taken back");
    }
    let condition = words.iter().any(|word| is_condition(word) || matches!(*word, "when" | "if" | "after" | "until"));
    if condition {
        return if words.iter().any(|word| is_future(word)) {
            Found::Mentions("it promises to take a vote back")
        } else {
            Found::Unclear("a vote is taken back under a condition")
        };
    }
    if words.iter().any(|word| matches!(*word, "would" | "might" | "may" | "should" | "i'd"))
        && !words.contains(&"like")
    {
        return Found::Unclear("it is not clear whether the vote is taken back");
    }
    Found::Withdraws
}

/// Whether the words behind a value make it depend on something.
fn condition_behind(words: &[&str]) -> bool {
    let benign = [
        "know",
        "sure",
        "wonder",
        "wondering",
        "check",
        "see",
        "nice",
        "great",
        "good",
        "better",
        "even",
        "as",
        "unclear",
        "ask",
        "verify",
        "test",
        "tested",
        "like",
        "helpful",
        "appreciate",
        "curious",
        "confirm",
        "best",
        "understand",
        "ideal",
        "doubt",
        "clear",
        "remember",
        "checked",
        "but",
        "what",
        "love",
        "cool",
        "thanks",
        "not",
        "awesome",
        "perfect",
        "glad",
        "happy",
    ];
    let mut clause_is_new = false;
    for (at, word) in words.iter().enumerate().take(14) {
        if at > 0 && matches!(words[at - 1], "and" | "but" | "also") {
            clause_is_new = at > 6;
        }
        let near = at < 7 && !clause_is_new;
        match *word {
            "if" | "when" | "once" if near => {
                let previous = at.checked_sub(1).map(|at| words[at]);
                let blessed = words[..at].iter().any(|word| benign.contains(word));
                let soon = at <= 3
                    || previous
                        .is_some_and(|previous| matches!(previous, "only" | "release" | "proposal" | "this" | "it"));
                if !blessed
                    && soon
                    && !(*word != "if" && matches!(words.get(at + 1).copied(), Some("i" | "again" | "more")))
                {
                    return true;
                }
            }
            _ if is_condition(word) && *word != "once" && near && at <= 5 => return true,
            "with"
                if at <= 3
                    && words[at..].iter().take(5).any(|word| {
                        matches!(*word, "condition" | "caveat" | "proviso" | "assumption" | "understanding")
                    }) =>
            {
                return true;
            }
            "as" if words.get(at + 1) == Some(&"long") || words.get(at + 1) == Some(&"soon") => return at <= 5,
            "subject" if words.get(at + 1) == Some(&"to") => return true,
            "on" if words.get(at + 1..at + 3) == Some(&["the", "condition"][..])
                || words.get(at + 1) == Some(&"condition") =>
            {
                return true;
            }
            _ => {}
        }
    }
    false
}

fn ends_open(behind: &[Token]) -> bool {
    let mut back = behind.iter().rev().skip_while(|token| token.kind == Kind::Punct);
    back.next().is_some_and(|token| matches!(token.text.as_str(), "because" | "reason)" | "cause"))
        || behind.iter().any(|token| token.is("please"))
            && behind.iter().any(|token| matches!(token.text.as_str(), "specific" | "reason" | "reasons" | "explain"))
            && behind.iter().any(|token| token.is("("))
            && is_meaning(behind)
}

fn is_break(token: &Token) -> bool {
    matches!(
        token.text.as_str(),
        "," | ":" | "-" | "->" | "=>" | ";" | "." | "!" | ")" | "(" | "|" | "\u{2014}" | "~" | "?" | "\"" | "/"
    )
}

/// "binding" and its kin.
pub(super) fn is_claim(word: &str) -> bool {
    let letters: String = word.chars().filter(|c| c.is_alphabetic()).collect();
    matches!(letters.as_str(), "non" | "nonbinding" | "binding" | "nb" | "none") && !(word == "none")
        || letters.ends_with("inding")
            && letters.len() <= 11
            && (letters.starts_with("non") || letters.starts_with('b'))
        || letters == "biding"
}

pub(super) fn is_change(word: &str) -> bool {
    one_of(
        word,
        "change chang changed changing switch switching switched flip flipping flipped update updating updated revise revising revised amend amending move moving turn turning convert converting upgrade upgrading downgrade downgrading alter correct correcting adjust adjusting reverse reversing modify modifying replace replacing swap",
    )
}

pub(super) fn is_withdrawal(word: &str) -> bool {
    one_of(
        word,
        "withdraw withdrawing withdrawn withdrew retract retracting retracted rescind rescinding revoke revoking revoked disregard ignore unvote",
    )
}

/// A short word in Chinese or Japanese that says nothing against a vote.
fn is_han(word: &str) -> bool {
    let han = |c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}');
    word.chars().all(han)
        && word.chars().count() <= 8
        && !word.contains(['不', '没', '等', '如', '若', '需', '请', '他', '她'])
}

/// Whether `word` is one of `list`, which has blanks between its words.
pub(super) fn one_of(word: &str, list: &str) -> bool {
    list.split_ascii_whitespace().any(|one| one == word)
}

fn is_future(word: &str) -> bool {
    matches!(
        word,
        "will"
            | "i'll"
            | "would"
            | "i'd"
            | "going"
            | "plan"
            | "promise"
            | "happy"
            | "ready"
            | "willing"
            | "can"
            | "could"
            | "intend"
            | "shall"
            | "gladly"
            | "prepared"
            | "we'll"
    )
}

fn is_condition(word: &str) -> bool {
    matches!(
        word,
        "once"
            | "provided"
            | "providing"
            | "assuming"
            | "unless"
            | "pending"
            | "contingent"
            | "modulo"
            | "conditional"
            | "conditionally"
            | "depending"
            | "presuming"
            | "supposing"
            | "iff"
    )
}

fn is_settled(word: &str) -> bool {
    one_of(
        word,
        "addressed fixed resolved changed done updated corrected removed added merged clarified settled incorporated",
    )
}

fn is_praise(word: &str) -> bool {
    one_of(
        word,
        "good great awesome agree agreed lgtm nice ok okay fine well cool yes perfect excellent works pass passed passes support approve done vote congrats thanks sense supportive looks ship wonderful happy definitely absolutely sounds",
    )
}

/// Words that may stand before a value that begins a sentence.
fn is_lead(word: &str) -> bool {
    one_of(
        word,
        "so unfortunately alas sadly afraid hmm hm and ok okay yes yep yeah yup well then again still now here also definitely absolutely sure certainly a an the big huge strong strongly definite hearty resounding solid enthusiastic great vote voting vote: my own binding non-binding nonbinding non agree agreed lgtm late belated oops sorry hi hello hey dear all thus therefore hence overall finally it's that's is i'm im i am another me from for same too awesome nice cool thanks thank you very clear hereby gladly happily just in summary conclusion short after consideration but however fwiw imo imho personally wow excellent perfect good sounds looks to please count consider as this with",
    )
}

/// Words that no list of names has.
const COMMON: [&str; 44] = [
    "the", "i", "it", "is", "to", "for", "this", "and", "we", "a", "of", "in", "on", "looks", "good", "great",
    "thanks", "thank", "checked", "verified", "built", "tested", "all", "no", "not", "lgtm", "release", "please",
    "from", "with", "nice", "works", "yes", "sure", "but", "my", "me", "that", "are", "have", "was", "missing",
    "fails", "approve",
];
