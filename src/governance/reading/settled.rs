// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Words by which somebody may take back a vote against it without naming it: "my concerns are resolved". They
//! matter only in a mail of somebody whose -1 counts, and then a person rules; so they are read widely.

use super::lines::Logical;
use super::sign::tokens;
use super::words::one_of;

/// The line in which the sender may say that what spoke against it is settled.
pub(super) fn settled(lines: &[Logical]) -> Option<usize> {
    lines.iter().find_map(|line| {
        let found = line.sentences().into_iter().find(|sentence| settles(sentence.text))?;
        Some(line.line_at(found.at))
    })
}

fn settles(sentence: &str) -> bool {
    let tokens = tokens(sentence);
    let words: Vec<&str> = tokens.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
    let any = |one: fn(&str) -> bool| words.iter().any(|word| one(word));
    let follows = |first: &str, second: fn(&str) -> bool| {
        words.iter().position(|word| *word == first).is_some_and(|at| words[at + 1..].iter().take(3).any(|w| second(w)))
    };
    let denied = any(|word| {
        one_of!(
            word,
            "not never yet still until unless if when once would should could might won't isn't aren't hasn't haven't don't doesn't didn't can't cannot unresolved"
        )
    });
    if denied || tokens.last().is_some_and(|token| token.is("?")) {
        return false;
    }
    let matter = any(|word| {
        one_of!(
            word,
            "concern concerns objection objections issue issues problem problems worry worries blocker blockers veto point points question questions doubts doubt reservations reservation complaint me that this it"
        )
    });
    let done = any(|word| {
        one_of!(
            word,
            "resolved resolves addressed addresses fixed fixes settled settles answered answers cleared clears solved solves withdrawn gone lifted dropped moot obsolete satisfied satisfies"
        )
    });
    let objection = |word: &str| {
        one_of!(
            word,
            "concern concerns objection objections object issue issues reservations doubts longer against problem problems"
        )
    };
    let fine = any(|word| one_of!(word, "fine ok okay happy satisfied convinced good lgtm great comfortable better"))
        && (any(|word| one_of!(word, "now anymore lgtm")) || any(|word| one_of!(word, "i'm i me looks")));
    matter && done
        || follows("no", objection)
        || follows("nothing", objection)
        || fine
        || any(|word| one_of!(word, "take taking")) && any(|word| word == "back")
}
