// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a value is for: "+1 for the release", "+1 to Bob's suggestion", "+1 week".

use super::candidates::candidates;
use super::clause::{Found, Sentence};
use super::label::{is_checked, is_problem};
use super::sign::{Sign, Token};
use super::words::{is_claim, one_of};
use crate::governance::VoteValue;

/// What a value is given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Object {
    /// Nothing is named, or what is voted on.
    Vote,
    /// Something that somebody said or wants.
    Another,
    /// Something that is not what is voted on: another candidate, a delay, an end without release.
    Course,
    /// Something that may or may not be what is voted on.
    Unknown,
}

impl Sentence<'_> {
    /// What the value is, if it is given to something else than what is voted on.
    pub(super) fn by_thing(&self) -> Option<Found> {
        if self.is_quantity() {
            return Some(Found::Stray("it may be a number of something"));
        }
        if self.seconds_problem() {
            return Some(Found::Unclear("it may agree with a problem rather than with what is voted on"));
        }
        let own = self.says_own();
        match self.object() {
            Object::Another => Some(Found::Mentions("it supports something else than what is voted on")),
            Object::Course => Some(Found::Unclear("it supports something else than what is voted on")),
            Object::Unknown if !own && self.begins() => {
                Some(Found::Unclear("it may be about something else than what is voted on"))
            }
            Object::Unknown if !own && self.is_technical() => Some(Found::Mentions("it is a number of something else")),
            Object::Unknown if !own => Some(Found::Stray("it is about something else than what is voted on")),
            _ => None,
        }
    }

    /// "+1 week", "-1 at Foo.java:12", "-1 expected, got 0".
    fn is_quantity(&self) -> bool {
        let mut behind = self.behind().iter();
        let Some(first) = behind.next().filter(|token| token.is_word() && token.spaced) else { return false };
        let next = behind.next().map(|token| token.text.as_str()).unwrap_or_default();
        is_unit(&first.text)
            || one_of!(&first.text, "expected actual returned printed")
            || first.is("at") && !one_of!(next, "the this that present least") && !next.is_empty()
    }

    /// "+1, same failure here", "+1 the build is broken", "+1 we need another RC".
    fn seconds_problem(&self) -> bool {
        let plus = matches!(self.tokens[self.at].sign(), Some(Sign::Value(VoteValue::Plus)));
        let words = self.words_behind();
        if !plus || !self.begins() {
            return false;
        }
        let near = &words[..words.len().min(9)];
        let small = words.iter().any(|word| {
            one_of!(word, "no not minor none small tiny flaky known unrelated but though although despite while even never nothing without fixed passed passes nit nits trivial cosmetic isn't don't doesn't didn't couldn't")
        });
        let here =
            near.iter().any(|word| one_of!(word, "same too also here")) && near.iter().any(|word| is_problem(word));
        let breaks = near.windows(2).any(|pair| {
            one_of!(pair[0], "is are still tests build it")
                && one_of!(pair[1], "broken fails failing fail broke breaks unreleasable")
        }) || matches!(near[..], ["fails" | "broken" | "failing" | "breaks", ..]);
        let anew = near.windows(2).any(|pair| {
            one_of!(pair[0], "new another next fresh") && one_of!(pair[1], "rc candidate round")
                || one_of!(pair[0], "need needs") && pair[1].starts_with("rc")
        });
        !small && (here || breaks || anew)
    }

    /// Whether the sentence speaks of programs and their numbers.
    pub(super) fn is_technical(&self) -> bool {
        if self.has_code() {
            return true;
        }
        let mut words = self.tokens.iter().filter(|token| token.is_word());
        words.any(|token| {
            one_of!(
                &token.text,
                "value values default defaults index indices offset code exit returns returned return counter limit size array loop line lines parameter variable method function int integer null exception stack bit byte bytes port config property setting field column row digit number numbers overflow arithmetic increment decrement adds subtract pixel timestamp timezone zone unlimited bounds",
            )
        })
    }

    /// "x = y +1".
    pub(super) fn has_code(&self) -> bool {
        self.before().iter().any(|token| matches!(token.text.as_str(), "=" | "{" | "}"))
    }

    /// What the words behind a value name as what it is for.
    fn object(&self) -> Object {
        let mut rest = self.behind().iter().skip_while(|token| {
            token.is_word() && (is_claim(&token.text) || token.is("vote") || token.is("vote:"))
                || matches!(token.text.as_str(), "(" | ")" | "[" | "]")
        });
        let Some(first) = rest.next() else { return Object::Vote };
        let plus = matches!(self.tokens[self.at].sign(), Some(Sign::Value(VoteValue::Plus | VoteValue::PlusZero)));
        let clause =
            rest.take_while(|token| !matches!(token.text.as_str(), "," | "." | "!" | ";" | ":" | "-" | "but" | "?"));
        let words: Vec<&str> = clause.filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
        if first.is("in") && matches!(words[..], ["the", "name", ..] | ["name", ..] | ["place", ..] | ["lieu", ..]) {
            return Object::Course;
        }
        if !is_preposition(first) {
            if words.is_empty() && self.is_another_candidate(&[&first.text]) {
                return Object::Course;
            }
            let ends = plus && ENDS.iter().any(|verb| first.text.starts_with(verb));
            let said = first.is("what") && words.iter().any(|word| is_said(word));
            return if ends || said { Object::Course } else { Object::Vote };
        }
        let Some(head) = words.first() else { return Object::Vote };
        if first.is("on") && *head == "what" && words.iter().any(|word| is_said(word)) {
            return Object::Course;
        }
        if first.is("with") || first.is("w") {
            return if is_somebodys(head) { Object::Unknown } else { Object::Vote };
        }
        if matches!(words[..], ["now", ..] | ["the", "moment" | "time", ..] | ["today", ..]) {
            return Object::Vote;
        }
        if matches!(words[..], ["behalf", ..]) {
            return Object::Course;
        }
        if !plus && words.iter().any(|word| one_of!(word, "blocker blockers blocking")) && first.is("to") {
            return Object::Course;
        }
        if !plus
            && !first.is("to")
            && words.iter().any(|word| is_problem(word) || is_checked(word) || one_of!(word, "reason reasons grounds"))
        {
            return if is_course(head) { Object::Course } else { Object::Vote };
        }
        self.named(&words)
    }

    /// What these words behind a preposition name.
    fn named(&self, words: &[&str]) -> Object {
        let subject = self.place.subject;
        let of_subject = |word: &&str| {
            word.chars().count() > 3 && !NO_MATTER.contains(word) && subject.contains(*word)
                || word.chars().any(|c| c.is_ascii_digit()) && word.len() > 2 && subject.contains(*word)
        };
        if matches!(words[..], ["him" | "her" | "them", ..]) {
            return Object::Course;
        }
        let theirs = words.iter().any(|word| is_somebodys(word));
        let remark = words.iter().any(|word| SIDE.contains(word));
        if theirs && !remark {
            return Object::Course;
        }
        if remark || words.iter().any(|word| is_said(word)) && !words.contains(&"proposal") {
            return Object::Another;
        }
        let verb = words.iter().find(|word| !one_of!(word, "the a an not just rather")).copied().unwrap_or_default();
        let noun = one_of!(words[0], "the a an") && !ENDS.iter().any(|end| verb.starts_with(end));
        if is_course(verb) && !noun && !of_subject(&verb) || self.is_another_candidate(words) {
            return Object::Course;
        }
        let candidate = candidates(&words.join(" ")).iter().any(|name| self.place.candidates.contains(name));
        let named = candidate || words.iter().take(6).any(|word| MATTER.contains(word) || is_candidate(word));
        let own_voice = one_of!(words[0], "me us our this it that these go proceed proceeding approve everything all",);
        // "adding this", "to ship it": the pronoun is what is voted on
        let mut near = words.iter().skip(1).take(3);
        let mine = words[0] == "my" && words.get(1).is_some_and(|word| one_of!(word, "part side end use team"));
        let later = words.iter().any(|word| one_of!(word, "after before later instead until separately open"));
        if later {
            return Object::Course;
        }
        let pronoun = near.any(|word| matches!(*word, "this" | "it" | "forward" | "ahead" | "that"));
        if named || words.iter().any(of_subject) || own_voice || mine || pronoun {
            Object::Vote
        } else {
            Object::Unknown
        }
    }

    /// "RC1" in the vote on RC2, "a new candidate", "a 1.20.1".
    fn is_another_candidate(&self, words: &[&str]) -> bool {
        let named = candidates(&words.join(" "));
        let other = !self.place.candidates.is_empty()
            && !named.is_empty()
            && !named.iter().any(|name| self.place.candidates.contains(name));
        let fresh = words.windows(2).any(|pair| {
            one_of!(pair[0], "new another next fresh")
                && one_of!(pair[1], "rc candidate release round vote version patch build bugfix minor")
        });
        let versions = words.iter().filter(|word| is_version(word)).collect::<Vec<_>>();
        let version = !versions.is_empty() && versions.iter().all(|version| !self.place.subject.contains(**version));
        other || fresh || version && self.place.subject.contains(|c: char| c.is_ascii_digit())
    }
}

fn is_preposition(token: &Token) -> bool {
    matches!(token.text.as_str(), "to" | "for" | "on" | "with" | "w" | "about" | "against")
}

fn is_said(word: &str) -> bool {
    one_of!(word, "said says says. wrote suggests suggested mentioned proposed pointed raised")
}

/// What is counted and measured.
fn is_unit(word: &str) -> bool {
    one_of!(
        word,
        "second seconds sec minute minutes min hour hours hr hrs day days week weeks month months year years kb mb gb tb kib mib gib ms bit bits byte bytes commit commits line lines file files percent degree degrees star stars point points pixel px char chars character characters level levels step steps row rows thread threads node nodes replica replicas pm am",
    )
}

/// "1.20.1", "v2.0".
fn is_version(word: &str) -> bool {
    let digits = word.trim_start_matches('v');
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.contains('.')
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// What is done instead of a release, or to parts of a matter rather than to the whole.
fn is_course(word: &str) -> bool {
    ENDS.iter().chain(&SIDE_VERBS).any(|verb| word.starts_with(verb))
}

/// "Bob's", "your".
fn is_somebodys(word: &str) -> bool {
    word.ends_with("'s") && !matches!(word, "let's" | "it's" | "that's" | "there's")
        || word.ends_with("s'")
        || matches!(word, "his" | "her" | "their" | "your")
}

fn is_candidate(word: &str) -> bool {
    let digits = word.trim_start_matches("rc").trim_start_matches(['-', '#', '.']);
    word.starts_with("rc") && digits.chars().all(|c| c.is_ascii_digit())
}

/// What a remark is about, rather than the matter that is voted on.
const SIDE: [&str; 22] = [
    "suggestion",
    "suggestions",
    "comment",
    "comments",
    "point",
    "points",
    "question",
    "questions",
    "remark",
    "remarks",
    "concern",
    "concerns",
    "above",
    "idea's",
    "feedback",
    "observation",
    "request",
    "sentiment",
    "opinion",
    "what",
    "naming",
    "wording",
];

/// What is done to parts of a matter, and not to the whole.
const SIDE_VERBS: [&str; 17] = [
    "fix", "renam", "chang", "remov", "revert", "wait", "document", "block", "hold", "address", "revis", "pull",
    "clarif", "correct", "reject", "back", "drop",
];

/// What is done to a vote that is not to come to its end.
const ENDS: [&str; 19] = [
    "cancel", "abort", "extend", "extens", "postpon", "delay", "withdraw", "respin", "re-spin", "reroll", "re-roll",
    "restart", "redo", "abandon", "stop", "paus", "suspend", "split", "clos",
];

/// What votes are on.
const MATTER: [&str; 71] = [
    "release",
    "releasing",
    "released",
    "proposal",
    "proposed",
    "candidate",
    "flip",
    "kip",
    "spip",
    "cip",
    "rfc",
    "aip",
    "hip",
    "fip",
    "pip",
    "zep",
    "tip",
    "idea",
    "plan",
    "vote",
    "change",
    "changes",
    "design",
    "approach",
    "motion",
    "feature",
    "addition",
    "initiative",
    "effort",
    "contribution",
    "donation",
    "nomination",
    "adoption",
    "adopting",
    "accepting",
    "accept",
    "acceptance",
    "graduation",
    "graduate",
    "donate",
    "donating",
    "incubation",
    "incubating",
    "incubator",
    "graduating",
    "version",
    "artifacts",
    "source",
    "binaries",
    "both",
    "improvement",
    "direction",
    "merging",
    "merge",
    "resolution",
    "bylaws",
    "committer",
    "implementation",
    "approve",
    "approving",
    "project",
    "package",
    "publishing",
    "promoting",
    "support",
    "everyone",
    "ship",
    "shipping",
    "publish",
    "forward",
    "ahead",
];

/// Words of subjects that say nothing of the matter.
const NO_MATTER: [&str; 8] = ["vote", "apache", "with", "this", "that", "from", "then", "release"];
