// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Values in sentences that only speak of votes: counts, headings, requests, meanings.

use super::ballot::is_meaning;
use super::clause::Sentence;
use super::label::is_checked;
use super::sign::{Kind, Sign, Token};
use super::words::{COMMON, is_claim, is_praise, one_of};

/// What "+1, 0 or -1" is.
pub(super) const NAMES_VALUES: &str = "it names the values that a vote can have";

impl Sentence<'_> {
    /// Why the sign only speaks of votes: counts, headings, requests, meanings.
    pub(super) fn spoken_of(&self) -> Option<&'static str> {
        let behind = self.behind();
        let words = self.words_behind();
        let own = self.says_own();
        if self.tokens[self.at].sign() == Some(Sign::Plural) {
            return Some("it speaks of votes in the plural");
        }
        if let [.., open, close] = self.before()
            && open.is("[")
            && close.is("]")
        {
            return Some("it is a line of a printed ballot");
        }
        if self.is_quoted() {
            return Some("it stands in quotation marks");
        }
        let equals = behind.first().is_some_and(|token| matches!(token.text.as_str(), "=" | "=>"));
        if equals && !behind.get(1).is_some_and(|token| is_claim(&token.text)) {
            return Some("it says what a value means");
        }
        if self.tokens.windows(3).any(|three| three[0].is("more") && three[1].sign().is_some() && three[2].is("than")) {
            return Some(NAMES_VALUES);
        }
        if self.is_scale() || self.is_enumerated() && !self.is_torn() {
            return Some(NAMES_VALUES);
        }
        let none = self.before().iter().rev().find(|token| !is_claim(&token.text)).is_some_and(|token| token.is("no"));
        if self.is_counted() && (!own || none || self.is_numbered()) {
            return Some("it is a count of votes");
        }
        if self.is_heading() {
            return Some("it is a heading");
        }
        if !self.is_from_me()
            && words.first().is_some_and(|word| ["votes", "votes:", "voters", "count", "total"].contains(word))
        {
            return Some("it speaks of votes in the plural");
        }
        if ends_open(behind) {
            return Some("it is a line of a printed ballot");
        }
        let standing = ["stands", "still", "remains", "holds", "was", "is", "above", "earlier", "came", "comes"];
        let my_own = self.clause_before().iter().rev().take(3).any(|word| *word == "my") && self.before().len() < 6;
        let holds = matches!(words[..], ["stands" | "holds" | "remains"] | ["still", "stands" | "holds"]);
        if my_own
            && !holds
            && words.first().is_some_and(|word| standing.contains(word))
            && !self.begins_with_change()
            && !self.is_taken_back()
        {
            return Some("it speaks of a vote that was cast before");
        }
        (self.is_requested() && !self.corrects()).then_some("it asks for votes")
    }

    pub(super) fn is_quoted(&self) -> bool {
        let quote = |token: Option<&Token>| token.is_some_and(|token| matches!(token.text.as_str(), "\"" | "'"));
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        quote(before)
            && self.tokens[self.at + 1..].iter().take(4).any(|token| quote(Some(token)))
            && self.tokens.len() > 8
    }

    /// "I'm torn between +0 and -1", "either +0 or -0"
    pub(super) fn is_torn(&self) -> bool {
        let before = self.words_before();
        let first_person = before.iter().any(|word| matches!(*word, "i" | "i'm" | "am" | "torn"));
        let between = before.iter().any(|word| matches!(*word, "between" | "either" | "torn" | "somewhere"));
        between && (first_person || self.place.opens && before.len() <= 4)
    }

    /// "+1, 0, -1", "+1/-1", "+1 or -1".
    pub(super) fn is_enumerated(&self) -> bool {
        let value = |token: Option<&Token>| token.is_some_and(|token| token.sign().is_some() || token.is("0"));
        let link = |token: Option<&Token>| {
            token.is_some_and(|token| {
                matches!(token.text.as_str(), "," | "/" | "or" | "and" | "and/or" | "|" | "than" | "vs")
            })
        };
        let differs = |other: Option<&Token>| other.is_some_and(|other| other.text != self.tokens[self.at].text);
        let after = |step: usize| self.tokens.get(self.at + step);
        let back = |step: usize| self.at.checked_sub(step).and_then(|at| self.tokens.get(at));
        // "withdrawing my -1, +1"
        let mine = [1, 3, 4].into_iter().any(|step| back(step).is_some_and(|token| token.is("my")));
        if mine && !self.asks() {
            return false;
        }
        let ahead = link(after(1)) && value(after(2)) && differs(after(2));
        let ahead_twice = link(after(1)) && link(after(2)) && value(after(3)) && differs(after(3));
        let behind = link(back(1)) && value(back(2)) && differs(back(2));
        let behind_twice = link(back(1)) && link(back(2)) && value(back(3)) && differs(back(3));
        let than = back(1).is_some_and(|token| token.is("than"));
        let more = back(1).is_some_and(|token| token.is("more")) && self.behind().iter().any(|token| token.is("than"));
        ahead || ahead_twice || behind || behind_twice || than || more
    }

    /// "My scale: +1 good, -1 bad": a label, and two values with a word each.
    fn is_scale(&self) -> bool {
        let signs: Vec<usize> = (0..self.tokens.len()).filter(|at| self.tokens[*at].sign().is_some()).collect();
        let [first, .., last] = signs[..] else { return false };
        let labelled = first > 1 && self.tokens[first - 1].is(":");
        let words = |from: usize| self.tokens[from + 1..].iter().take_while(|token| token.is_word()).count();
        let voted = self.tokens[..first].iter().any(|token| one_of!(&token.text, "vote votes voting ballot"));
        labelled
            && !voted
            && self.tokens[first].text != self.tokens[last].text
            && signs.iter().all(|at| words(*at) == 1)
    }

    /// "11 +1", "three binding +1", "no -1".
    pub(super) fn is_counted(&self) -> bool {
        let mut back = self.before().iter().rev().skip_while(|token| {
            token.is_word()
                && (is_claim(&token.text)
                    || matches!(token.text.as_str(), "valid" | "official" | "pmc" | "explicit" | "x"))
                || matches!(token.text.as_str(), "(" | ")" | "\"")
        });
        let Some(last) = back.next() else { return self.is_count_behind() };
        let before_last = self.before().len().checked_sub(2).and_then(|at| self.before().get(at));
        if last.is("one") && before_last.is_some_and(|token| is_praise(&token.text)) || self.is_one_more() {
            return false;
        }
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

    /// "And another +1 :)": nothing but that is said.
    pub(super) fn is_one_more(&self) -> bool {
        let words = self.words_before();
        words.last().is_some_and(|word| matches!(*word, "another" | "more"))
            && words
                .iter()
                .all(|word| one_of!(word, "and another one more yet just here's still ok yes so") || is_claim(word))
            && self.ends_sentence()
            && !self.asks()
    }

    /// "3 +1", "two binding +1".
    fn is_numbered(&self) -> bool {
        let number = |token: &Token| {
            token.is_word() && token.text.chars().all(|c| c.is_ascii_digit())
                || one_of!(&token.text, "two three four five six seven eight nine ten")
        };
        self.before().iter().rev().find(|token| !is_claim(&token.text)).is_some_and(number)
    }

    /// "+1: 3", "+1 (binding): 4", "+1 x 3".
    pub(super) fn is_count_behind(&self) -> bool {
        let mut behind = self.behind().iter().skip_while(|token| {
            token.is_word() && is_claim(&token.text)
                || matches!(token.text.as_str(), "(" | ")" | "[" | "]" | "\"" | "-")
        });
        let times = |token: &Token| {
            token.text.strip_prefix('x').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
        };
        if self.behind().first().is_some_and(times) {
            return true;
        }
        behind.next().is_some_and(|token| token.is(":"))
            && behind.next().is_some_and(|token| token.text.chars().all(|c| c.is_ascii_digit()))
    }

    /// "+1:", "-1 None", "+1 (binding) - Ann Example", "0: -".
    pub(super) fn is_heading(&self) -> bool {
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
            return nobody || !self.place.leads_reasons;
        }
        let single = words.len() == 1 && self.place.opens;
        let parted = first.is(":") && !single || !self.place.opens && matches!(first.text.as_str(), "-" | ",");
        parted && !words.is_empty() && self.is_names(&rest[1..])
    }

    /// Whether `rest` is a list of names, the sender's own alone excepted.
    pub(super) fn is_names(&self, rest: &[&Token]) -> bool {
        let written = &self.place;
        let names: Vec<&str> = rest.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
        let placeholder = rest.first().is_some_and(|token| token.is("<"));
        let sender = !written.sender.is_empty() && names.iter().all(|name| written.sender.contains(name));
        let plain = rest.iter().all(|token| {
            token.is_word() && token.text.chars().any(char::is_alphanumeric)
                || matches!(token.text.as_str(), "," | "<" | ">" | "(" | ")" | "*" | "." | "&" | ";" | "@" | "-")
        });
        let listed = rest.iter().any(|token| matches!(token.text.as_str(), "," | "&" | ";")) && names.len() >= 2;
        // "+1 binding: sigs, hashes, build"
        let checked = names.iter().any(|name| is_checked(name));
        let claims = names.iter().all(|name| is_claim(name));
        let common = claims || names.iter().any(|name| COMMON.contains(name));
        !sender
            && (placeholder
                || plain
                    && !common
                    && !checked
                    && (listed && names.len() <= 60 || names.len() <= 3 && self.capitalised(rest)))
    }

    /// Whether this word was written with a capital.
    pub(super) fn is_capital(&self, token: &Token) -> bool {
        self.place.written.get(token.at..).and_then(|rest| rest.chars().next()).is_some_and(char::is_uppercase)
    }

    /// Whether these words were written with capitals, in a script that has them, as names are.
    fn capitalised(&self, words: &[&Token]) -> bool {
        words.iter().filter(|token| token.is_word()).all(|token| {
            let first = self.place.written[token.at..].chars().next();
            token.text.chars().count() >= 2
                && !token.text.contains('\'')
                && first.is_some_and(|first| !first.is_lowercase())
        })
    }

    /// "we need a +1", "please vote +1", "looking for a +1".
    pub(super) fn is_requested(&self) -> bool {
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
        // "I have to -1 this", "please count me as +1"
        let liked = clause.iter().any(|word| matches!(*word, "like" | "love"))
            && !clause.iter().any(|word| matches!(*word, "would" | "i'd" | "to" | "we'd"));
        let others =
            one_of_these(clause, |word| one_of!(word, "everybody everyone anybody anyone folks people others"));
        let urged = one_of_these(clause, |word| one_of!(word, "ask asks urge invite encourage want expect hope"));
        let free = clause.windows(2).any(|pair| matches!(pair, ["feel", "free"]));
        if (others && urged || free) && !clause.contains(&"my") {
            return true;
        }
        let as_verb = liked
            || matches!(clause[..], [.., "it" | "this" | "that", "has" | "have" | "had", "to", "be"])
            || matches!(clause[..], [.., "it" | "this" | "that", "has" | "have" | "had", "to", "be", "a"])
            || matches!(
                clause[..],
                ["without", "doubt" | "hesitation" | "reservation" | "reservations" | "question", ..]
            )
            || clause.last() == Some(&"to")
                && clause.iter().rev().nth(1).is_some_and(|word| one_of!(word, "have had want like need but"))
            || matches!(
                clause[..],
                ["please", "count" | "consider" | "take" | "treat" | "regard" | "record", "this" | "it" | "that", ..]
            )
            || matches!(clause[..], ["count" | "consider" | "record", "this" | "it" | "that" | "me", ..])
            || clause.iter().any(|word| matches!(*word, "me"))
                && clause.last().is_some_and(|w| matches!(*w, "as" | "a"));
        if as_verb
            && (clause.contains(&"me") && clause.contains(&"count")
                || !clause.iter().any(|word| matches!(*word, "you" | "somebody" | "someone" | "anyone" | "they")))
        {
            return false;
        }
        // "I'd love a +1 here"
        let wished = clause
            .windows(2)
            .any(|pair| one_of!(pair[0], "love like appreciate") && one_of!(pair[1], "a an another your some"));
        if wished && clause.iter().any(|word| one_of!(word, "i'd would we'd could")) {
            return true;
        }
        let casting = clause.iter().any(|word| one_of!(word, "vote cast go give voting casting say put changing"))
            && self.says_own();
        let mine = clause.contains(&"my") || self.is_from_me() || casting;
        let verb = clause.iter().any(|word| asks.contains(word)) && !clause.contains(&"forward");
        verb && !mine && !clause.iter().rev().take(2).any(|word| matches!(*word, "i'm" | "vote"))
            || clause.first().is_some_and(|word| one_of!(word, "reply respond answer"))
            || clause.first() == Some(&"please")
                && clause.iter().any(|word| matches!(*word, "vote" | "reply" | "cast" | "respond"))
                && !clause.contains(&"my")
    }
}

fn one_of_these(words: &[&str], is: fn(&str) -> bool) -> bool {
    words.iter().any(|word| is(word))
}

pub(super) fn ends_open(behind: &[Token]) -> bool {
    let mut back = behind.iter().rev().skip_while(|token| token.kind == Kind::Punct);
    back.next().is_some_and(|token| matches!(token.text.as_str(), "because" | "reason)" | "cause"))
        || behind.iter().any(|token| token.is("please"))
            && behind.iter().any(|token| matches!(token.text.as_str(), "specific" | "reason" | "reasons" | "explain"))
            && behind.iter().any(|token| token.is("("))
            && is_meaning(behind)
}
