// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Mails that put another candidate to the vote in the thread of the last one, and do not open a round for
//! certain: what is cast behind them may be on either.

use super::Text;
use super::calling::{asks_for_votes, has};
use super::candidates::{candidates, is_known};
use super::lines::Logical;

/// What a mail puts to the vote beside what is voted on, and the sentence (in lower case) that does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// "rc3", or "a new candidate".
    pub to: String,
    /// The sentence.
    pub line: String,
}

/// What the mail puts to the vote beside what is voted on.
pub(super) fn turn(text: &Text<'_>, lines: &[Logical]) -> Option<Turn> {
    let unknown = |name: &String| !text.candidates.is_empty() && !is_known(name, text);
    let titled = candidates(&text.subject.core).into_iter().find(unknown);
    if !text.called || !text.by_caller && titled.is_none() {
        return None;
    }
    let sentences = lines.iter().flat_map(|line| line.sentences().into_iter().map(|s| s.text.to_lowercase()));
    let puts = sentences.filter(|sentence| (asks_for_votes(sentence) || is_there(sentence)) && !is_ahead(sentence));
    for line in puts {
        let named = candidates(&line).into_iter().find(unknown);
        let fresh = (text.by_caller && is_there(&line) && is_fresh(&line)).then(|| "a new candidate".to_owned());
        if let Some(to) = named.or_else(|| titled.clone()).or(fresh) {
            return Some(Turn { to, line });
        }
    }
    let mut sentences = lines.iter().flat_map(|line| line.sentences().into_iter().map(|s| s.text.to_lowercase()));
    let line = sentences.find(|sentence| text.by_caller && is_exchanged(sentence))?;
    Some(Turn { to: "other files than were voted on".to_owned(), line })
}

/// "I had to re-upload the tarball, the sha512 changed."
fn is_exchanged(sentence: &str) -> bool {
    const DEEDS: [&str; 12] = [
        "re-upload",
        "reupload",
        "re-sign",
        "resigned the",
        "re-stage",
        "restaged",
        "regenerated",
        "re-generated",
        "rebuilt the",
        "replaced the",
        "exchanged the",
        "overwrote",
    ];
    const FILES: [&str; 9] =
        ["tarball", "archive", "artifact", "sha512", "checksum", "signature", "source release", "binaries", "files"];
    let ahead = ["if ", "would", "should", "could", "might", "will ", "i'll", "not ", "n't"];
    let changed = has(
        sentence,
        &["sha512 changed", "checksum changed", "checksums changed", "tarball changed", "artifacts changed"],
    );
    (has(sentence, &DEEDS) && has(sentence, &FILES) || changed) && !has(sentence, &ahead) && !sentence.ends_with('?')
}

/// "RC3 is up", "I have uploaded …".
fn is_there(sentence: &str) -> bool {
    const READY: [&str; 11] = [
        " is up",
        " is out",
        "is available",
        "are available",
        "is ready",
        "are ready",
        "here is ",
        "here's ",
        "can be found",
        "now available",
        "is staged",
    ];
    const DEEDS: [&str; 9] =
        ["uploaded", "staged", "created", "published", "built", "pushed", "prepared", "replaced", "tagged"];
    let done = DEEDS.iter().any(|deed| {
        ["have ", "has been ", "have been ", "i ", "i've ", "just "]
            .iter()
            .any(|before| sentence.contains(&format!("{before}{deed}")))
    });
    has(sentence, &READY) || done
}

/// What is not there yet, or not at all.
fn is_ahead(sentence: &str) -> bool {
    let words = || sentence.split(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|word| !word.is_empty());
    let depends = words().any(|word| matches!(word, "if" | "when" | "once" | "would" | "should" | "could" | "might"));
    let later = words().any(|word| matches!(word, "will" | "i'll" | "we'll" | "soon" | "tomorrow" | "going"));
    sentence.ends_with('?') || depends || later && !is_there(sentence)
}

/// "a new release candidate", "the fixed artifacts".
fn is_fresh(sentence: &str) -> bool {
    let words: Vec<&str> = sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.iter().enumerate().any(|(at, word)| {
        matches!(*word, "new" | "next" | "another" | "updated" | "fixed" | "corrected" | "replaced")
            && words[at + 1..].iter().take(3).any(|word| {
                matches!(*word, "rc" | "candidate" | "candidates" | "artifact" | "artifacts" | "tarball" | "archive")
            })
    })
}
