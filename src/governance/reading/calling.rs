// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How the sentences of a call speak: they ask for votes, say for how long, remind, extend, begin anew.

/// Whether a sentence in lower case has any of the phrases.
pub(super) fn has(sentence: &str, any: &[&str]) -> bool {
    any.iter().any(|phrase| sentence.contains(phrase))
}

/// Whether it asks people for their votes.
pub(super) fn asks_for_votes(sentence: &str) -> bool {
    let asks = has(
        sentence,
        &[
            "please",
            "call a vote",
            "call for a vote",
            "calling a vote",
            "start a vote",
            "starting a vote",
            "start the vote",
            "start voting",
            "starting the vote",
            "open a vote",
            "opening a vote",
            "open the vote",
            "like to call",
            "like to start",
            "like to put",
            "put to a vote",
            "propose",
            "reopen",
            "re-open",
            "restart",
            "new vote",
            "cast your vote",
            "vote is now open",
            "a vote on",
            "voting on",
        ],
    );
    asks && has(sentence, &["vote", "voting", "ballot"])
}

/// Whether it says for how long, or until when.
pub(super) fn names_period(sentence: &str) -> bool {
    has(sentence, &["open", "end", "close", "last", "run", "until", "conclude", "at least", "remain"])
        && has(sentence, &["hour", "hrs", "72h", "48h", "24h", " day", "week", "until", "by "])
        && has(sentence, &["vote", "voting", "open"])
}

/// Whether it reminds of a vote that is open already.
pub(super) fn reminds(sentence: &str) -> bool {
    has(
        sentence,
        &[
            "reminder",
            "gentle",
            "bump",
            "still open",
            "another 24",
            "another 48",
            "extend",
            "extension",
            "we still need",
            "more vote",
            "more binding",
            "one more",
            "ping",
            "still need",
        ],
    )
}

/// Whether the vote stays open for longer: "I am extending the vote by 3 days".
pub(super) fn extends(sentence: &str) -> bool {
    let denied = has(
        sentence,
        &[
            "not ", "n't", "should", "could", "would", "shall we", "can we", "if ", "refuse", "asked", "needed",
            "consider", "before ", "wanted", "wants", "almost", "nearly", "reason", "forgot", "suggest", "propose",
            "i'd like", "rc1 ",
        ],
    );
    let extended = has(
        sentence,
        &[
            "extend the vot",
            "extending the vot",
            "extend this vot",
            "extending this vot",
            "vote is extended",
            "vote extended",
            "vote has been extended",
            "vote was extended",
        ],
    );
    (extended || stays_open(sentence)) && !denied && !sentence.ends_with('?')
}

/// "The vote stays open for 14 days", "let's keep this vote open until Monday".
fn stays_open(sentence: &str) -> bool {
    let open = has(sentence, &["stays open", "stay open", "remains open", "remain open"])
        || has(sentence, &["keep ", "keeping ", "leave ", "leaving "]) && has(sentence, &[" open"]);
    open && has(sentence, &["vote", "voting"]) && has(sentence, &["until", "till ", " for ", "longer", "by "])
}

/// By how many hours it stays open for longer; nothing where it says so in days that are not counted one by
/// one, or for how long in all.
pub(super) fn extension(sentence: &str) -> Option<u32> {
    let odd = has(sentence, &["business", "working", "week day", "weekday", "workday", "weekend"]);
    duration(sentence).filter(|_| !odd && !stays_open(sentence))
}

/// For how many hours the vote is open.
pub(super) fn hours(sentences: &[String]) -> Option<u32> {
    sentences
        .iter()
        .filter(|sentence| has(sentence, &["open", "vote", "voting", "least"]))
        .find_map(|sentence| duration(sentence))
}

/// The hours that a sentence names: "three days" are 72.
pub(super) fn duration(sentence: &str) -> Option<u32> {
    let words: Vec<&str> = sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    for (at, word) in words.iter().enumerate() {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let number: Option<u32> = word[..digits].parse().ok().or_else(|| number_word(word));
        let (Some(number), unit) = (
            number,
            if digits > 0 && digits < word.len() {
                &word[digits..]
            } else {
                words.get(at + 1).copied().unwrap_or_default()
            },
        ) else {
            continue;
        };
        let factor = match unit {
            "hours" | "hour" | "hrs" | "hr" | "h" => 1,
            "days" | "day" => 24,
            "business" | "working" => 24,
            "weeks" | "week" => 168,
            _ => continue,
        };
        if let Some(hours) = number.checked_mul(factor).filter(|hours| (1..=10_000).contains(hours)) {
            return Some(hours);
        }
    }
    None
}

fn number_word(word: &str) -> Option<u32> {
    let words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let found = words.iter().position(|name| *name == word).or((word == "a").then_some(1))?;
    u32::try_from(found).ok()
}

/// Whether the vote begins anew.
pub(super) fn restarts(sentence: &str) -> bool {
    has(
        sentence,
        &[
            "restart",
            "re-start",
            "reopen",
            "re-open",
            "new vote",
            "revote",
            "re-vote",
            "start over",
            "new round",
            "second round",
        ],
    )
}
