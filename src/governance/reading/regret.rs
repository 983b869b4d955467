// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.
//! Words by which somebody may take back, put off or bind a vote of theirs and give no value: "my +1 was a
//! mistake", "I have to retract", "on second thought, no". They matter only in a mail of somebody whose
//! vote counts, and then a person rules; so they are read widely.

use super::below::says_conditional;
use super::change::OPEN;
use super::clause::{Found, Sentence};
use super::lines::Logical;
use super::sign::{Sign, Token, tokens};
use super::unsaid::{is_misplaced, is_second_thought, is_uncounted, is_unsaid};
use super::words::{is_removal, is_withdrawal, one_of};
use crate::governance::VoteValue;

impl Sentence<'_> {
    /// "~~+1~~", as Markdown strikes out.
    pub(super) fn is_struck_out(&self) -> bool {
        let marks = |tokens: &[Token]| tokens.windows(2).filter(|two| two[0].is("~") && two[1].is("~")).count();
        marks(self.before()) % 2 == 1 && marks(self.behind()) > 0
    }

    /// "My +1 was a mistake", "my +1 stands only if the NOTICE is fixed".
    pub(super) fn by_regret(&self, sign: Sign) -> Option<Found> {
        let before = self.clause_before();
        if !self.asks() && !self.corrects() && is_amended(self.words_before()) {
            return Some(Found::Unclear(OPEN));
        }
        let mine = before.is_empty() || before.iter().rev().take(3).any(|word| *word == "my");
        if !mine || self.asks() {
            return None;
        }
        let against = matches!(sign, Sign::Value(VoteValue::Minus | VoteValue::MinusZero));
        if !against && is_regretted(self.words_behind()) {
            return Some(Found::Unclear(OPEN));
        }
        (!against && !before.is_empty() && says_conditional(self.tokens, false))
            .then_some(Found::Unclear("the vote has a condition"))
    }
}

/// "was a mistake", "was wrong": what is said of a vote.
fn is_regretted(behind: &[&str]) -> bool {
    let near = &behind[..behind.len().min(6)];
    near.first().is_some_and(|word| one_of!(word, "was is were vote"))
        && near
            .iter()
            .any(|word| one_of!(word, "mistake wrong error premature hasty rash invalid unjustified mistaken"))
        && !near.iter().any(|word| one_of!(word, "not no never wasn't isn't"))
}

/// The line in which the sender may say that a vote of theirs no longer stands as it did.
pub(super) fn regretted(lines: &[Logical]) -> Option<usize> {
    lines.iter().find_map(|line| {
        let found = line.sentences().into_iter().find(|sentence| regrets(sentence.text))?;
        Some(line.line_at(found.at))
    })
}

fn regrets(sentence: &str) -> bool {
    let tokens = tokens(sentence);
    let words = words(&tokens);
    if tokens.last().is_some_and(|token| token.is("?")) {
        return false;
    }
    is_second_thought(&words)
        || is_unsaid(sentence, &words)
        || is_uncounted(&words)
        || is_misplaced(&words)
        || is_no_longer(&words)
        || is_amended(&words)
        || is_change_of_mind(&words)
        || is_retraction(&words)
        || says_conditional(&tokens, false)
        || of_own_vote(&words)
        || of_own_value(&tokens)
}

/// "My -1 was a mistake."
fn of_own_value(tokens: &[Token]) -> bool {
    let own = tokens.windows(2).position(|pair| pair[0].is("my") && pair[1].sign().is_some());
    own.is_some_and(|at| is_regretted(&words(&tokens[at + 2..])))
}

/// "I changed my mind."
fn is_change_of_mind(words: &[&str]) -> bool {
    let changes = |word: &str| one_of!(word, "change changed changing");
    let at = words
        .windows(3)
        .position(|three| changes(three[0]) && three[1] == "my" && matches!(three[2], "mind" | "opinion"));
    at.is_some_and(|at| {
        !words[..at].iter().any(|word| {
            one_of!(word, "not never might may could would to will didn't haven't won't if") && *word != "to"
        })
    })
}

/// "I no longer support this release.", "I don't stand by it anymore."
fn is_no_longer(words: &[&str]) -> bool {
    let stands = |word: &&str| {
        one_of!(
            word,
            "support approve endorse recommend stand agree back vote think believe want in happy comfortable confident sure convinced for fine ok okay"
        )
    };
    let led = |at: usize| {
        words[..at].iter().all(|word| {
            one_of!(
                word,
                "i i'm am can cannot can't don't do not sorry unfortunately but so and now really actually hi"
            )
        })
    };
    let first = words.iter().any(|word| one_of!(word, "i i'm"));
    let at = words.windows(2).position(|two| two == ["no", "longer"]);
    let ends = words.contains(&"anymore") || words.windows(2).any(|two| two == ["any", "more"]);
    let denied = words.iter().position(|word| one_of!(word, "not cannot can't don't")).filter(|_| ends);
    at.is_some_and(|at| led(at) && (first || at == 0) && words.get(at + 2).is_some_and(stands))
        || denied.is_some_and(|at| led(at) && first && words[at + 1..].iter().take(2).any(stands))
}

/// "My previous mail should have said no."
fn is_amended(words: &[&str]) -> bool {
    let at = words.iter().position(|word| *word == "should").unwrap_or_default();
    let own = words[..at].windows(2).any(|two| {
        two[0] == "my"
            && one_of!(two[1], "mail email message reply vote ballot answer response previous earlier last first")
    });
    own && words.get(at + 1).is_some_and(|word| one_of!(word, "have be read say"))
        && words[at + 1..].iter().take(3).any(|word| one_of!(word, "said been be read say"))
}

/// "I have to retract.", "Retracting.", "I withdraw it, the build is broken."
fn is_retraction(words: &[&str]) -> bool {
    let Some(at) = words.iter().position(|word| is_withdrawal(word) && !one_of!(word, "ignore disregard")) else {
        return false;
    };
    let led = words[..at].iter().all(|word| {
        one_of!(word, "i i'm i'd like have had to must need want will am now hereby sorry unfortunately then so therefore but and please vote ballot approval")
    });
    let object = words
        .get(at + 1)
        .is_none_or(|next| one_of!(next, "it that this because since as due now then approval support until sorry"))
        || matches!(words[at + 1..], ["my" | "the", "vote" | "approval" | "support" | "ballot", ..]);
    led && object
}

/// "Please do not count my vote.", "My vote no longer stands.", "My vote was a mistake."
fn of_own_vote(words: &[&str]) -> bool {
    let own = words.windows(2).position(|pair| pair[0] == "my" && one_of!(pair[1], "vote ballot approval support"));
    let Some(at) = own else { return false };
    let (before, behind) = (&words[..at], &words[at + 2..]);
    let uncounted = before.iter().any(|word| one_of!(word, "not don't"))
        && before.last().is_some_and(|word| one_of!(word, "count consider counting include"));
    let first = |word: &str| one_of!(word, "no not does doesn't is isn't was");
    let lapses = behind.first().is_some_and(|word| first(word))
        && behind
            .iter()
            .take(4)
            .any(|word| one_of!(word, "longer stand stands not void obsolete moot anymore invalid"))
        && !behind.iter().take(4).any(|word| one_of!(word, "binding"));
    let taken = before.iter().any(|word| is_withdrawal(word) || is_removal(word))
        && !before.iter().any(|word| one_of!(word, "not never won't"));
    uncounted || lapses || is_regretted(behind) || taken
}

fn words(tokens: &[Token]) -> Vec<&str> {
    tokens.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use crate::governance::Says;
    use crate::governance::reading::tests::{all_are, answer, values_are};

    fn regrets(text: &str) -> bool {
        let own: Vec<&str> = text.split('|').collect();
        matches!(answer(&own, false, &[]).1, Says::Regrets { .. })
    }

    #[test]
    fn a_vote_is_taken_back_in_plain_words() {
        for text in [
            "Please do not count my vote.",
            "My vote no longer stands.",
            "I have to retract.",
            "Retracting.",
            "I changed my mind.",
            "On second thought, no.",
            "My vote is conditional on the NOTICE.",
            "Scratch that, the build is broken.",
            "My vote was a mistake.",
            "My -1 was a mistake.",
            "I need to take that back: the tests fail.",
            "Vote rescinded, sorry. The signature does not match.",
            "Never mind my vote.",
            "I take back what I said.",
            "Ok, I take that back.",
            "I'd like to put my vote on hold.",
            "I no longer support this release.",
            "Please don't count my vote yet.",
            "Sorry, my mail was meant for the connector.",
            "Ich ziehe meine Stimme zurück",
            "Je retire mon vote",
            "Retiro mi voto.",
            "Отзываю свой голос.",
            "我撤回我的投票",
        ] {
            assert!(regrets(text), "{text}: {:?}", answer(&[text], false, &[]).1);
        }
        for text in [
            "I have not changed my mind.",
            "I retract the suggestion about the README.",
            "Did you change your mind?",
            "Thanks, I'll look into my vote count script.",
            "My vote is binding.",
            "Please count my vote as well.",
            "I will think about it on second reading.",
            "I can take that back to the team.",
            "The old format is no longer supported.",
            "I no longer see the failure.",
            "Never mind the README.",
            "我不撤回我的投票",
        ] {
            assert!(!regrets(text), "{text}");
        }
    }

    #[test]
    fn a_vote_that_is_called_wrong_is_for_a_person() {
        all_are(
            "unclear",
            &[
                "+1 was a mistake",
                "Sorry, my +1 was a mistake, the build is broken.",
                "My +1 was wrong, see the NOTICE.",
                "My +1 only holds if the NOTICE is fixed.",
                "I need to make my +1 conditional on the NOTICE.",
                "+1||On second thought, no.",
                "~~+1~~",
                "My previous mail should have said -1.",
                "My vote should have been -1.",
                "I looked at it. ~~+1 (binding)~~",
            ],
        );
        values_are("-1", &["~~+1~~ -1, it breaks"]);
        values_are("+1", &["~~Checked~~ +1", "I changed my mind. +1", "+1||I changed my mind after the fix."]);
    }
}
