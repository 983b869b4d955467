// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Until when a call says that its vote is open, and by what a later mail extends it: dates
//! such as "until October 20th, 2026 12:00 UTC", "closes on 2026-10-20", "ends 20 October 2026".

use jiff::civil::{Date, DateTime, Time, date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// What a sentence that names an end begins its date with.
pub(super) const ENDS: [&str; 8] = ["until", "till", "ends", "end on", "closes", "close on", "closing", "by "];

/// Until when these sentences, in lower case, say that the vote is open. A day without a time
/// is open to its end; a time without a zone that is known is of UTC.
pub(super) fn until(sentences: &[String]) -> Option<Timestamp> {
    let of_vote = |sentence: &&String| ["vote", "voting", "open"].iter().any(|word| sentence.contains(word));
    sentences.iter().filter(of_vote).find_map(|sentence| {
        let at = ENDS.iter().filter_map(|word| sentence.find(word)).min()?;
        when(sentence.get(at..)?)
    })
}

/// The first date of a text in lower case, with the time behind it.
pub(super) fn when(text: &str) -> Option<Timestamp> {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '[' | ']'))
        .map(|word| word.trim_matches(['.', ';', '!', '*', '_']))
        .filter(|word| !word.is_empty() && !matches!(*word, "of" | "the" | "at" | "on"))
        .collect();
    let (day, behind) = (0..words.len()).find_map(|at| day_at(&words[at..]).map(|(day, used)| (day, at + used)))?;
    if let Some(exact) = words[..behind].last().and_then(|word| word.to_uppercase().parse::<Timestamp>().ok()) {
        return Some(exact);
    }
    let clock = words[behind..].iter().take(2).position(|word| clock(word).is_some());
    let (at, zone) = match clock {
        Some(at) => {
            let zone = words[behind + at..].iter().take(3).find_map(|word| minutes_of_zone(word));
            (day.to_datetime(clock_at(&words[behind + at..])?), zone)
        }
        None => {
            let zone = words[behind..].first().and_then(|word| minutes_of_zone(word));
            (day.to_datetime(time(23, 59, 59, 0)), zone)
        }
    };
    let ahead = SignedDuration::from_mins(zone.unwrap_or(0));
    in_utc(at)?.checked_sub(ahead).ok()
}

/// How many minutes a zone is ahead of UTC. "AoE" is the last place on Earth that has a day; of a name
/// that several zones have, the latest is taken.
fn minutes_of_zone(word: &str) -> Option<i64> {
    let hours = match word {
        "utc" | "gmt" | "z" | "wet" => 0,
        "aoe" => -12,
        "hst" => -10,
        "pst" | "pt" => -8,
        "pdt" | "mst" => -7,
        "mdt" | "cst" => -6,
        "cdt" | "est" | "et" => -5,
        "edt" => -4,
        "cet" | "bst" => 1,
        "cest" | "eet" => 2,
        "eest" | "msk" => 3,
        "jst" | "kst" => 9,
        "aest" => 10,
        "aedt" => 11,
        "ist" => return Some(330),
        other => {
            let offset = other.trim_start_matches("utc").trim_start_matches("gmt");
            let sign = if offset.starts_with('-') { -1 } else { 1 };
            let digits = offset.strip_prefix(['+', '-'])?.replace(':', "");
            let number: i64 = digits.parse().ok().filter(|_| digits.len() <= 4)?;
            let minutes = if digits.len() > 2 { number / 100 * 60 + number % 100 } else { number * 60 };
            return (minutes <= 14 * 60).then_some(sign * minutes);
        }
    };
    Some(hours * 60)
}

fn in_utc(at: DateTime) -> Option<Timestamp> {
    at.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// The date that the words begin with, and how many of them it takes.
fn day_at(words: &[&str]) -> Option<(Date, usize)> {
    let first = *words.first()?;
    if let Some((day, rest)) = first.split_at_checked(10)
        && let Ok(day) = day.parse::<Date>()
        && (rest.is_empty() || rest.starts_with('t'))
    {
        return Some((day, 1));
    }
    let (second, third) = (words.get(1).copied().unwrap_or_default(), words.get(2).copied().unwrap_or_default());
    let of = |month: &str, day: &str, year: &str| {
        date_of(year.parse().ok().filter(|year| (2000..2100).contains(year))?, month_of(month)?, day_of(day)?)
    };
    of(first, second, third).or_else(|| of(second, first, third)).map(|day| (day, 3))
}

fn date_of(year: i16, month: i8, day: i8) -> Option<Date> {
    (1..=date(year, month, 1).days_in_month()).contains(&day).then(|| date(year, month, day))
}

pub(super) fn month_of(word: &str) -> Option<i8> {
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let at = months.iter().position(|month| word.starts_with(month) && word.chars().all(char::is_alphabetic))?;
    i8::try_from(at + 1).ok()
}

/// `20`, `20th`.
fn day_of(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(char::is_alphabetic);
    let behind = &word[digits.len()..];
    matches!(behind, "" | "st" | "nd" | "rd" | "th").then(|| digits.parse().ok()).flatten()
}

/// `12:00`, `9pm`, and the hour by which it is moved: "12:00 pm".
fn clock_at(words: &[&str]) -> Option<Time> {
    let at = clock(words.first()?)?;
    let late = words.get(1).is_some_and(|word| *word == "pm") && at.hour() < 12;
    Some(if late { time(at.hour() + 12, at.minute(), at.second(), 0) } else { at })
}

fn clock(word: &str) -> Option<Time> {
    let bare = word.trim_end_matches("utc").trim_end_matches('z');
    let (digits, late) = match bare.strip_suffix("pm") {
        Some(digits) => (digits, true),
        None => (bare.strip_suffix("am").unwrap_or(bare), false),
    };
    let has_half = digits.len() < bare.len();
    let mut parts = digits.split(':').map(|part| part.parse::<i8>().ok());
    let (hour, minute) = (parts.next()??, parts.next());
    let minute = match minute {
        Some(minute) => minute?,
        None if has_half => 0,
        None => return None,
    };
    let hour = if late && hour < 12 { hour + 12 } else { hour };
    Time::new(hour, minute, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_read_as_people_write_it() {
        for (sentence, expected) in [
            ("the vote will be open until october 20th, 2026 12:00 utc", "2026-10-20T12:00:00Z"),
            ("this vote closes on 2026-10-20 12:00 utc", "2026-10-20T12:00:00Z"),
            ("it is open for at least 72 hours, until 2026-10-12 10:00 utc", "2026-10-12T10:00:00Z"),
            ("voting ends 20 october 2026", "2026-10-20T23:59:59Z"),
            ("the vote is open until monday, 5 oct 2026, 9pm utc", "2026-10-05T21:00:00Z"),
            ("voting closes at 12:30 pm? no, on 2026-10-20", "2026-10-20T23:59:59Z"),
            ("the vote closes on friday, 9th october 2026, 10am pst", "2026-10-09T18:00:00Z"),
            ("the vote is open until 9 oct 2026 23:59 aoe", "2026-10-10T11:59:00Z"),
            ("the vote ends at 2026-10-10t00:00:00+02:00", "2026-10-09T22:00:00Z"),
            ("please vote by oct 31, 2026", "2026-10-31T23:59:59Z"),
        ] {
            let found = until(&[sentence.to_owned()]).map(|at| at.to_string());
            assert_eq!(found.as_deref(), Some(expected), "{sentence}");
        }
        for sentence in [
            "the vote is open until enough votes have come",
            "the release of 2026-10-20 was good",
            "please vote by the end of the week",
            "the vote is open until february 31, 2026",
            "open until 2026-99-99 and 99:99",
        ] {
            assert_eq!(until(&[sentence.to_owned()]), None, "{sentence}");
        }
    }
}
