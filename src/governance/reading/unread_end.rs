// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Ends of a vote that a call names in words that are not read: "until Thursday", "until 9/1", "five business
//! days", "96 Stunden". They are not guessed at; the tally says that they are there.

use super::calling::{duration, has};
use super::until::{ENDS, month_of, when};

/// The sentence (in lower case) that says until when the vote is open, and was not read.
pub(super) fn unread_end(sentences: &[String]) -> Option<&String> {
    const VOTES: [&str; 14] = [
        "vote",
        "voting",
        "open",
        "abstimmung",
        "votum",
        "votación",
        "votaci",
        "voto",
        "scrutin",
        "投票",
        "голосован",
        "votazione",
        "stemming",
        "głosowan",
    ];
    sentences.iter().filter(|sentence| has(sentence, &VOTES)).find(|sentence| {
        names_day(sentence)
            || names_foreign_day(sentence)
            || has_odd_days(sentence)
            || has_foreign_duration(sentence) && duration(sentence).is_none()
    })
}

/// "until Thursday", "ends on 9/1/2026": a time behind a word for an end, in no form that is read.
fn names_day(sentence: &str) -> bool {
    let ends = ENDS.iter().filter_map(|word| sentence.find(word).map(|at| at + word.len())).min();
    let Some(rest) = ends.and_then(|at| sentence.get(at..)) else { return false };
    let words = || {
        let near = rest.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')')).take(7);
        near.map(|word| word.trim_matches(['.', ';', '!', '*', '_']))
    };
    words().any(is_day) && when(rest).is_none()
}

/// "läuft bis 20.3.2026", "jusqu'au 20 mars": an end behind a word of another language for one.
fn names_foreign_day(sentence: &str) -> bool {
    const UNTIL: [&str; 9] = [" bis ", " bis zum ", " hasta ", " jusqu", " fino al", " até ", " до ", " tot ", "截止"];
    UNTIL.iter().filter_map(|word| sentence.find(word).map(|at| at + word.len())).any(|at| {
        let words = || sentence[at..].split_whitespace().take(5).map(|word| word.trim_matches(['.', ',', ';', '!']));
        words().any(is_day) || words().any(|word| word.starts_with(|c: char| c.is_ascii_digit()))
    })
}

fn is_day(word: &str) -> bool {
    let weekday = ["mon", "tues", "wednes", "thurs", "fri", "satur", "sun"]
        .iter()
        .any(|day| word.strip_prefix(*day).is_some_and(|rest| matches!(rest, "day" | "days")));
    let short = matches!(word, "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun");
    let month = word != "may" && word.len() > 2 && month_of(word).is_some() && is_month(word);
    let numbers = word.split(['/', '.', '-', ':']).collect::<Vec<_>>();
    let date = (2..4).contains(&numbers.len())
        && numbers.iter().all(|part| (1..5).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
        // "1.2.3" is a version
        && (!word.contains('.') || numbers.len() == 3 && numbers[2].len() == 4);
    let ordinal = word.len() > 2
        && ["st", "nd", "rd", "th"]
            .iter()
            .any(|end| word.strip_suffix(*end).is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit())));
    let spoken = matches!(
        word,
        "tomorrow"
            | "tonight"
            | "weekend"
            | "week"
            | "month"
            | "year"
            | "holidays"
            | "christmas"
            | "easter"
            | "noon"
            | "midnight"
            | "eod"
            | "eow"
            | "cob"
            | "donnerstag"
            | "freitag"
            | "montag"
            | "dienstag"
            | "mittwoch"
            | "samstag"
            | "sonntag"
            | "morgen"
    );
    weekday || short || month || date || ordinal || spoken
}

fn is_month(word: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    MONTHS.iter().any(|month| *month == word || word.len() >= 3 && word.len() <= 4 && month.starts_with(word))
}

/// "5 business days", "72 hours, excluding weekends", "a month": read as the days that they are at least, or
/// not at all.
fn has_odd_days(sentence: &str) -> bool {
    let words: Vec<&str> = sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let business = words
        .windows(2)
        .any(|pair| matches!(pair[0], "business" | "working" | "week") && matches!(pair[1], "day" | "days"))
        || words.iter().any(|word| matches!(*word, "workdays" | "weekdays" | "werktage"))
        || words.windows(2).any(|pair| matches!(pair[0], "excluding" | "except" | "without") && pair[1] == "weekends");
    let months = words.windows(2).any(|pair| {
        let number = pair[0].bytes().all(|byte| byte.is_ascii_digit()) || matches!(pair[0], "a" | "one" | "two");
        number && matches!(pair[1], "month" | "months" | "fortnight")
    });
    business || months && has(sentence, &["open", "run", "last", "vote for"])
}

/// "96 Stunden", "96 小时", "4 jours".
fn has_foreign_duration(sentence: &str) -> bool {
    const UNITS: [&str; 22] = [
        "stunden",
        "tage",
        "tagen",
        "woche",
        "heures",
        "jours",
        "semaine",
        "horas",
        "días",
        "dias",
        "semana",
        "ore",
        "giorni",
        "小时",
        "小時",
        "天",
        "日",
        "時間",
        "часов",
        "дней",
        "uur",
        "dagen",
    ];
    UNITS.iter().any(|unit| {
        sentence.match_indices(unit).any(|(at, _)| {
            let before = sentence[..at].trim_end();
            let behind = sentence[at + unit.len()..].chars().next();
            let whole = !unit.is_ascii() || behind.is_none_or(|c| !c.is_alphanumeric());
            whole && before.ends_with(|c: char| c.is_ascii_digit())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unread(sentence: &str) -> bool {
        unread_end(&[sentence.to_lowercase()]).is_some()
    }

    #[test]
    fn ends_that_are_not_read_are_told() {
        for sentence in [
            "The vote is open until January 9th.",
            "The vote is open until 9/1/2026.",
            "The vote is open until 01/09/2026 18:00 UTC.",
            "The vote will be open until Thursday.",
            "The vote stays open until next Monday, 12:00 UTC.",
            "Die Abstimmung läuft 96 Stunden.",
            "Die Abstimmung läuft bis 20.3.2026.",
            "Le vote est ouvert jusqu'au 20 mars.",
            "This vote runs for five business days.",
            "The vote will remain open for 72 hours, excluding weekends.",
            "The vote will be open until Friday 9 January.",
            "The vote closes at the end of next week.",
            "El voto estará abierto 96 horas.",
            "投票将开放 96 小时。",
            "The vote ends on 09.01.2026.",
            "The vote will be open until the end of January.",
            "The vote will run until after the holidays.",
            "Please vote by Friday!",
            "The vote is open for 1 month.",
        ] {
            assert!(unread(sentence), "{sentence}");
        }
    }

    #[test]
    fn ends_that_are_read_and_none_are_not_told() {
        for sentence in [
            "The vote is open for at least 72 hours.",
            "The vote is open for a week.",
            "The vote will be open for at least 72 hours, or until the necessary number of votes is reached.",
            "The vote is open until 2026-01-09 12:00 UTC.",
            "The vote is open until October 20th, 2026.",
            "Please vote on the release of 1.2.3.",
            "It is adopted by majority approval, with at least 3 PMC affirmative votes.",
            "The vote passes by lazy majority.",
            "I tested it on Friday, please vote.",
            "Voting closes once we have 3 votes.",
        ] {
            assert!(!unread(sentence), "{sentence}");
        }
    }
}
