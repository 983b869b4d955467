// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Votes that depend on something, and promises of votes.

use super::clause::{Found, Sentence};
use super::words::{is_condition, is_future, is_settled};

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
