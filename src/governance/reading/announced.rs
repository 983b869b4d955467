// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a mail says what the vote came to, and what.

use super::Text;
use super::candidates::candidates;
use super::lines::Logical;
use super::result::has_summary;
use super::sign::tokens;
use super::words::one_of;

/// Whether these sentences (in lower case) say what the vote came to.
pub(super) fn is_announced(sentences: &[String], lines: &[Logical], text: &Text<'_>) -> bool {
    let said = sentences.iter().any(|sentence| {
        if names_other_candidates(sentence, text) {
            return false;
        }
        let vote = if text.by_caller { speaks_of_matter(sentence) } else { speaks_of_vote(sentence) };
        let verdict = vote && is_over(sentence) && verdict(sentence).is_some();
        let numbers = verdict && tokens(sentence).iter().any(|token| token.sign().is_some());
        let follows = sentence.contains("votes are as follows")
            || sentence.contains("results are")
            || sentence.contains("result of the vote")
            || sentence.contains("results of the vote")
            || sentence.contains("voting results");
        (vote && verdict && (numbers || text.by_caller) || follows) && !sentence.ends_with('?')
    });
    said || text.by_caller && has_summary(lines)
}

/// "The vote on RC1 failed" in the thread of RC2: every candidate that is named is another one.
pub(super) fn names_other_candidates(sentence: &str, text: &Text<'_>) -> bool {
    let named = candidates(sentence);
    !text.candidates.is_empty() && !named.is_empty() && named.iter().all(|name| !text.candidates.contains(name))
}

/// Whether it can be the vote, or what is voted on, that the verdict is on, and not what was checked of it.
fn speaks_of_matter(sentence: &str) -> bool {
    if ["vote", "voting", "motion"].iter().any(|word| sentence.contains(word)) {
        return true;
    }
    let matter = ["release", "proposal"].iter().any(|word| sentence.contains(word));
    let words = |word: &str| one_of!(word, "build builds built test tests testing ci check checks signature hash job");
    matter && !sentence.split(|c: char| !c.is_alphanumeric()).any(words)
}

/// Whether it can only be the vote that the verdict is on: not a build, and not the sender's own vote.
fn speaks_of_vote(sentence: &str) -> bool {
    let words: Vec<&str> = sentence.split(|c: char| !(c.is_alphanumeric() || c == '\'')).collect();
    let vote = words.iter().any(|word| matches!(*word, "vote" | "voting" | "motion" | "proposal" | "votes"));
    let other = words.iter().any(|word| {
        one_of!(
            word,
            "i i'm i've my me your build builds test tests ci check checks signature hash earlier previous last",
        )
    });
    vote && !other
}

/// Whether a sentence tells what was, rather than what has to be for a vote to pass.
fn is_over(sentence: &str) -> bool {
    let words: Vec<&str> = sentence.split(|c: char| !(c.is_alphanumeric() || c == '\'')).collect();
    let rule = words.iter().any(|word| {
        one_of!(
            word,
            "if when once will would need needs requires require required must should can could unless until may might majority",
        )
    });
    let told = words.iter().any(|word| matches!(*word, "has" | "have" | "had" | "result" | "results"));
    !rule || told && !words.iter().any(|word| matches!(*word, "if" | "unless" | "once" | "until"))
}

pub(super) fn verdict(sentence: &str) -> Option<bool> {
    let words: Vec<&str> = sentence.split(|c: char| !c.is_alphanumeric()).collect();
    let any = |list: &[&str]| words.iter().any(|word| list.contains(word));
    if any(&["failed", "fails", "rejected"])
        || sentence.contains("not passed")
        || sentence.contains("not pass")
        || sentence.contains("does not carry")
    {
        return Some(false);
    }
    any(&[
        "passed",
        "passes",
        "approved",
        "accepted",
        "carried",
        "succeeded",
        "successful",
        "successfully",
        "adopted",
        "pass",
    ])
    .then_some(true)
}
