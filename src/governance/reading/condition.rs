// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Votes that depend on something, and promises of votes.

use super::clause::{Found, Sentence};
use super::sign::Sign;
use super::words::{is_condition, is_future, is_settled, one_of};
use crate::governance::VoteValue;

impl Sentence<'_> {
    /// Conditions, tentative words.
    pub(super) fn by_condition(&self) -> Option<Found> {
        let before = self.words_before();
        let clause = self.clause_before();
        let words = self.words_behind();
        let tentative = clause.iter().rev().take(3).any(|word| {
            matches!(
                *word,
                "tentative"
                    | "close"
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
        // "-1 until it is fixed" holds until then
        let holds = matches!(self.tokens[self.at].sign(), Some(Sign::Value(VoteValue::Minus)))
            && words.iter().take(5).any(|word| matches!(*word, "until" | "till" | "unless"));
        let asked = self.asks() && words.contains(&"when");
        let tentative = tentative
            || words.first().is_some_and(|word| {
                one_of!(word, "maybe perhaps probably possibly tentatively tentative provisionally provisional")
            });
        let condition = condition_before
            || condition_behind(words) && !holds && !asked
            || clause.iter().any(|word| matches!(*word, "if" | "once" | "unless"));
        let modal = clause.iter().any(|word| matches!(*word, "would" | "could" | "might" | "may" | "i'd" | "should"));
        if self.is_unfinished() {
            return Some(Found::Unclear("the sender says that something is still to be done for it"));
        }
        if self.is_bargained() || self.is_intended() || self.is_afterwards() || self.is_without() {
            return Some(Found::Unclear("the vote has a condition"));
        }
        let like = clause.iter().any(|word| matches!(*word, "like" | "love"));
        if self.comes_later(clause, words) {
            return Some(Found::Mentions("it promises a vote and casts none"));
        }
        let inside = clause.iter().any(|word| matches!(*word, "if" | "unless"));
        let first_person = before.iter().any(|word| one_of!(word, "i i'm i'd i'll me my you we"));
        if inside && !first_person && clause.len() > 2 {
            return Some(Found::Mentions("it stands inside a condition"));
        }
        if condition && (clause.iter().chain(before).any(|word| is_future(word))) && !clause.contains(&"my") {
            let as_verb = clause.last().is_some_and(|word| matches!(*word, "will" | "i'll" | "to" | "we'll"));
            let named = as_verb
                || before.iter().any(|word| {
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
        let but = words.iter().take(4).any(|word| matches!(*word, "but" | "however" | "except"));
        let polite = clause.iter().any(|word| one_of!(word, "say give go put"))
            && clause.iter().any(|word| matches!(*word, "i'd" | "i" | "would"))
            || matches!(clause[..], ["my", "vote", "would", "be", ..]);
        if modal && polite && !but && !self.asks() && !clause.contains(&"have") {
            return None;
        }
        // "-0, would be +1 with docs"
        if modal && self.before().iter().any(|token| matches!(token.sign(), Some(Sign::Value(_)))) {
            return Some(Found::Mentions("it says what the vote would be otherwise"));
        }
        (modal && !like && !self.begins()).then_some(Found::Unclear("it says how the sender would vote"))
    }

    /// "Fix the NOTICE and you have my +1".
    fn is_bargained(&self) -> bool {
        let words = self.words_before();
        let begins = words.iter().find(|word| !one_of!(word, "please just first so"));
        let order = begins.is_some_and(|word| {
            one_of!(
                word,
                "fix address resolve correct update add remove change merge revert drop rename repair replace"
            )
        });
        order && words.iter().any(|word| one_of!(word, "and then you'll you"))
    }

    /// "Then I'm +1." behind another sentence, "After that, +1", "Let me check, then +1".
    fn is_afterwards(&self) -> bool {
        let words = self.words_before();
        let begins = matches!(words[..], ["then" | "afterwards" | "thereafter", ..])
            || matches!(words[..], ["and" | "but" | "only" | "just", "then", ..])
            || matches!(words[..], ["after" | "with", "that" | "this" | "which", ..]);
        let planned = words.last() == Some(&"then")
            && words.iter().any(|word| {
                one_of!(
                    word,
                    "let let's will i'll we'll going would please fix remove drop add wait first must should need needs"
                )
            });
        begins && (!self.place.opens || words.len() > 1) || planned
    }

    /// "Without the jar, +1".
    fn is_without(&self) -> bool {
        let words = self.words_before();
        let firm = words.iter().any(|word| {
            one_of!(word, "doubt doubts hesitation hesitations reservation reservations question questions ado issues problems objection objections")
        });
        matches!(words[..], ["without" | "minus" | "sans", _, ..]) && !firm
    }

    /// "+1 on the idea, need to check the artifacts", "+1 (needs NOTICE fix first)".
    fn is_unfinished(&self) -> bool {
        let words = self.words_behind();
        let later =
            words.iter().any(|word| one_of!(word, "follow-up followup later next future separate separately minor"));
        words.iter().enumerate().take(8).any(|(at, word)| {
            let near = &words[at + 1..words.len().min(at + 6)];
            let subject = at.checked_sub(1).map(|before| words[before]);
            let sender = one_of!(word, "need have want")
                && matches!(near, ["to", verb, ..] if one_of!(verb, "check verify test review inspect validate"))
                && self.behind().iter().any(|token| matches!(token.text.as_str(), "," | "-" | ";"))
                && !subject.is_some_and(|subject| one_of!(subject, "you we they users people not no didn't don't and"));
            let wanting =
                one_of!(word, "needs requires") && at == 0 && near.iter().any(|word| is_mending(word)) && !later;
            sender || wanting
        })
    }

    /// "I intend to vote +1", "expect a +1 from me", "a +1 tomorrow", "Vote +1 please!"
    fn is_intended(&self) -> bool {
        let clause = self.clause_before();
        let plans = clause.iter().any(|word| one_of!(word, "intend plan planning intending hope hoping aim expect"));
        let later = self.words_behind().iter().take(4).any(|word| one_of!(word, "tomorrow tonight"));
        let behind = self.words_behind();
        let follows = matches!(
            behind[..],
            ["will", "follow" | "come" | "be", ..] | ["to", "come" | "follow", ..] | ["later" | "soon", ..]
        );
        let or_else = self.words_before().first().is_some_and(|word| one_of!(word, "then otherwise else"))
            && clause.iter().any(|word| one_of!(word, "will i'll would i'd"));
        let principle = matches!(behind[..], ["in" | "on", "principle" | "theory", ..]);
        let asked = principle
            || or_else
            || follows
            || clause.first() == Some(&"vote") && self.words_behind().first() == Some(&"please");
        plans || later || asked
    }

    /// "I'll give my +1 after testing", "I will vote +1 tomorrow".
    fn comes_later(&self, clause: &[&str], words: &[&str]) -> bool {
        let will = clause.iter().any(|word| matches!(*word, "will" | "i'll" | "we'll" | "going"));
        let time = words.iter().take(5).any(|word| one_of!(word, "after when once tomorrow tonight later soon"));
        will && time && !words.iter().take(2).any(|word| matches!(*word, "now"))
    }
}

/// Whether the words behind a value make it depend on something.
pub(super) fn condition_behind(words: &[&str]) -> bool {
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
            "depends" | "hinges" if at == 0 => return true,
            // "if I may", "if it is not too late"
            "if" if words[at + 1..]
                .iter()
                .take(6)
                .any(|word| one_of!(word, "late may allowed count counts permitted")) => {}
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
            "with" if at == 0 && matches!(words.get(1), Some(&("reservations" | "reservation"))) => return true,
            "with" if at == 0 && words.get(2).is_some_and(|word| one_of!(word, "reservations reservation")) => {
                return words.get(1).is_some_and(|many| one_of!(many, "some several strong serious a many"));
            }
            "under"
                if at == 0
                    && words
                        .iter()
                        .take(6)
                        .any(|word| one_of!(word, "condition conditions assumption proviso caveat")) =>
            {
                return true;
            }
            "only" if words.get(at + 1) == Some(&"if") => return true,
            "in" if at <= 5 && words.get(at + 1) == Some(&"case") || words[at + 1..].starts_with(&["the", "event"]) => {
                return words.get(at.wrapping_sub(1)) != Some(&"any") && words.get(at + 1) != Some(&"any");
            }
            "until" | "till" if at <= 2 => return true,
            "given" if words.get(at + 1..at + 3) == Some(&["that", "you"][..]) => return true,
            "with" if at <= 3 && words[at + 1..].iter().take(6).any(|word| is_settled(word)) => return true,
            "after" if at <= 2 && words[at + 1..].iter().take(2).any(|word| is_mending(word)) => return true,
            "after" if at <= 2 && is_to_come(&words[at + 1..]) => return true,
            "given" if at <= 2 && is_to_come(&words[at + 1..]) => return true,
            "so" if words.get(at + 1..at + 3) == Some(&["long", "as"][..]) => return true,
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

/// "after fixing the NOTICE": what is still to be done, unlike what was checked.
fn is_mending(word: &str) -> bool {
    one_of!(
        word,
        "fixing addressing resolving correcting updating adding removing changing merging renaming repairing replacing reverting clarifying rebuilding the",
    ) && word != "the"
        || one_of!(word, "fix fixes correction clarification")
}

/// "the NOTICE is fixed", "all comments are addressed": what has not happened yet.
fn is_to_come(words: &[&str]) -> bool {
    let near = &words[..words.len().min(9)];
    let auxiliary = near.iter().position(|word| matches!(*word, "is" | "are" | "gets" | "get"));
    auxiliary.is_some_and(|at| near[at + 1..].iter().take(3).any(|word| is_settled(word)))
}
