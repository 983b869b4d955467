// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a value is for: "+1 for the release", "+1 to Bob's suggestion".

use super::sign::Token;
use super::words::is_claim;

/// What a value is given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Object {
    /// Nothing is named, or what is voted on.
    Vote,
    /// Something that somebody said or wants.
    Another,
    /// Something that may or may not be what is voted on.
    Unknown,
}

/// What the words behind a value name as what it is for.
pub(super) fn object(behind: &[Token], subject: &str) -> Object {
    let mut rest = behind.iter().skip_while(|token| {
        token.is_word() && (is_claim(&token.text) || token.is("vote") || token.is("vote:"))
            || matches!(token.text.as_str(), "(" | ")" | "[" | "]")
    });
    let Some(first) = rest.next() else { return Object::Vote };
    if !matches!(first.text.as_str(), "to" | "for" | "on" | "with" | "w" | "about" | "against") {
        return Object::Vote;
    }
    let clause =
        rest.take_while(|token| !matches!(token.text.as_str(), "," | "." | "!" | ";" | ":" | "-" | "but" | "?"));
    let words: Vec<&str> = clause.filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
    let Some(head) = words.first() else { return Object::Vote };
    if first.is("with") {
        return if is_somebodys(head) { Object::Unknown } else { Object::Vote };
    }
    let time = matches!(words[..], ["now", ..] | ["the", "moment" | "time", ..] | ["today", ..]);
    if time {
        return Object::Vote;
    }
    let others = words.iter().any(|word| is_somebodys(word)) || words.iter().any(|word| SIDE.contains(word));
    if others
        || words.iter().any(|word| {
            matches!(
                *word,
                "said"
                    | "says"
                    | "says."
                    | "wrote"
                    | "suggests"
                    | "suggested"
                    | "mentioned"
                    | "proposed"
                    | "pointed"
                    | "raised"
            )
        }) && !words.contains(&"proposal")
    {
        return Object::Another;
    }
    let named = words.iter().take(6).any(|word| MATTER.contains(word) || is_candidate(word));
    let of_subject = words.iter().any(|word| {
        word.chars().count() > 3 && !NO_MATTER.contains(word) && subject.contains(word)
            || word.chars().any(|c| c.is_ascii_digit()) && word.len() > 2 && subject.contains(word)
    });
    let own_voice = matches!(
        *head,
        "me" | "my"
            | "us"
            | "our"
            | "this"
            | "it"
            | "that"
            | "these"
            | "moving"
            | "going"
            | "getting"
            | "having"
            | "proceeding"
            | "go"
            | "proceed"
            | "approve"
            | "everything"
            | "all"
    );
    // "adding this", "to ship it": the pronoun is what is voted on, but for what mends it
    let pronoun = words.len() <= 4
        && words[1..].iter().any(|word| matches!(*word, "this" | "it" | "forward" | "ahead" | "that"))
        && !SIDE_VERBS.iter().any(|verb| head.starts_with(verb));
    if named || of_subject || own_voice || pronoun { Object::Vote } else { Object::Unknown }
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
const SIDE_VERBS: [&str; 13] = [
    "fix", "renam", "chang", "remov", "revert", "postpon", "delay", "wait", "document", "block", "hold", "address",
    "revis",
];

/// What votes are on.
const MATTER: [&str; 65] = [
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
