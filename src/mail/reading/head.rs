// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! When a mail was written, and by which way it came.

use jiff::Timestamp;
use mail_parser::DateTime;

use super::headers::Headers;
use crate::governance::Route;

/// How far a Date header may be from the servers' clocks.
const TOLERANCE: i64 = 24 * 3600;

/// When a mail was written.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) at: Option<Timestamp>,
    /// Whether no header of the mail says so, but the line that an archive put before it.
    pub(super) of_archive: bool,
    /// What is doubtful about it.
    pub(super) doubts: Vec<String>,
}

/// When a mail was written; with what is doubtful about it.
pub(super) fn written(headers: &Headers<'_>, envelope: Option<&[u8]>) -> Written {
    let date = headers.raw("date").and_then(|raw| date(&String::from_utf8_lossy(raw)));
    let hop = |raw: &[u8]| {
        let end = memchr::memrchr(b';', raw)?;
        self::date(&String::from_utf8_lossy(&raw[end + 1..]))
    };
    let last = headers.all("received").take(60).find_map(hop);
    let first = last
        .and_then(|_| headers.all("received").take(60).filter(|raw| raw.contains(&b';')).last().and_then(hop))
        .or(last);
    let mut doubts = Vec::new();
    let chosen = match (date, last, first) {
        (Some(date), Some(last), _) if date > last + TOLERANCE => {
            doubts.push(
                "its Date header is later than the time at which the last server had it; that time is taken".to_owned(),
            );
            Some(last)
        }
        (Some(date), _, Some(first)) if date < first - TOLERANCE => {
            doubts.push(
                "its Date header is more than a day before the first server had it; that server's time is taken"
                    .to_owned(),
            );
            Some(first)
        }
        (Some(date), _, _) => Some(date),
        (None, Some(last), _) => {
            doubts.push(format!("its Date header {}; the last server's time is taken", missing(headers)));
            Some(last)
        }
        (None, None, _) => {
            let by_envelope = envelope.and_then(|line| envelope_date(&String::from_utf8_lossy(line)));
            let taken = if by_envelope.is_some() { "; the archive's time is taken" } else { "" };
            doubts.push(format!("its Date header {}{taken}", missing(headers)));
            by_envelope
        }
    };
    let at = chosen.and_then(|seconds| Timestamp::from_second(seconds).ok());
    Written { at, of_archive: at.is_some() && date.is_none() && last.is_none(), doubts }
}

fn missing(headers: &Headers<'_>) -> &'static str {
    if headers.raw("date").is_some() { "cannot be read" } else { "is missing" }
}

fn date(text: &str) -> Option<i64> {
    let text = text.trim();
    // no clock is further from Greenwich's than 14 hours
    let far = |zone: &str| zone.len() == 4 && zone.parse::<u32>().is_ok_and(|zone| zone > 1400 || zone % 100 > 59);
    if text.split_whitespace().filter_map(|word| word.strip_prefix(['+', '-'])).any(far) {
        return None;
    }
    let parsed = DateTime::parse_rfc822(text).filter(valid).or_else(|| DateTime::parse_rfc3339(text).filter(valid));
    let parsed = parsed.or_else(|| DateTime::parse_rfc822(&modern(text)?).filter(valid))?;
    Some(parsed.to_timestamp())
}

/// A date in one of the older forms, as it is written now: `Mon, 5 Oct 26 10:00 GMT`, which mails
/// may still have (RFC 5322, 4.3), and `Mon Oct  5 12:00:00 2026`.
fn modern(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split([' ', '\t', ',']).filter(|word| !word.is_empty()).collect();
    let month = words.iter().position(|word| MONTHS.iter().any(|month| month.eq_ignore_ascii_case(word)))?;
    let clock = words.iter().position(|word| word.contains(':'))?;
    let digits = |word: &&&str| word.bytes().all(|byte| byte.is_ascii_digit());
    let number = |at: usize| words.get(at).filter(digits).copied();
    let day_first = month > 0 && number(month - 1).is_some();
    let day = if day_first { number(month - 1)? } else { number(month + 1)? };
    let year = if day_first {
        number(month + 1)?
    } else {
        words[clock + 1..].iter().find(|word| word.len() == 4).filter(digits).copied()?
    };
    let year = match year.len() {
        // RFC 5322: 00 to 49 are of this century
        2 if year < "50" => format!("20{year}"),
        2 => format!("19{year}"),
        _ => year.to_owned(),
    };
    let seconds = if words[clock].matches(':').count() == 1 { ":00" } else { "" };
    let zone =
        words[clock + 1..].iter().find(|word| !word.bytes().all(|byte| byte.is_ascii_digit())).unwrap_or(&"+0000");
    Some(format!("{day} {} {year} {}{seconds} {zone}", words[month], words[clock]))
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn valid(date: &DateTime) -> bool {
    date.is_valid() && date.year >= 1970
}

/// `From who Mon Jan  1 00:00:00 2024`.
fn envelope_date(line: &str) -> Option<i64> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let clock = words.iter().position(|word| word.matches(':').count() == 2)?;
    let (month, day) = (words.get(clock.checked_sub(2)?)?, words.get(clock - 1)?);
    let year = words[clock + 1..].iter().find(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()))?;
    date(&format!("{day} {month} {year} {} +0000", words[clock]))
}

/// By which way the mail came.
pub(super) fn route(headers: &Headers<'_>) -> Route {
    Route {
        origin: headers.all("received").take(60).last().and_then(origin),
        dkim: dkim(headers),
        client: client(headers),
    }
}

/// The host of a Received header's `from`, reduced to its registered domain.
fn origin(raw: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(raw).to_lowercase();
    let text = text.trim_start();
    let rest = text.strip_prefix("from ")?.trim_start();
    let host: String = rest.chars().take_while(|c| !c.is_whitespace() && *c != '(' && *c != ';').collect();
    let named = registered(host.trim_matches(['[', ']']));
    // a host that calls itself something without a dot: what the server saw stands in brackets
    named.or_else(|| {
        let seen = rest.split_once('(')?.1;
        let seen: String = seen.chars().take_while(|c| !matches!(c, ')' | ' ')).collect();
        registered(seen.trim_matches(['[', ']']))
    })
}

fn registered(host: &str) -> Option<String> {
    let host = host.trim_end_matches('.').strip_prefix("ipv6:").unwrap_or(host.trim_end_matches('.'));
    if host.parse::<std::net::IpAddr>().is_ok() {
        return Some(host.to_owned());
    }
    let labels: Vec<&str> = host.split('.').collect();
    if labels.len() < 2 || labels.iter().any(|label| label.is_empty()) {
        return None;
    }
    let last_two_short = labels.len() > 2
        && labels[labels.len() - 1].len() == 2
        && matches!(labels[labels.len() - 2], "co" | "com" | "net" | "org" | "ac" | "gov" | "edu" | "or" | "ne");
    let keep = if last_two_short { 3 } else { 2 };
    Some(labels[labels.len() - keep..].join("."))
}

/// The domain whose signature the list's server found good: the first Authentication-Results, for
/// those below can be the sender's own.
fn dkim(headers: &Headers<'_>) -> Option<String> {
    let text = headers.ascii("authentication-results").or_else(|| headers.ascii("arc-authentication-results"))?;
    let at = text.find("dkim=pass")?;
    let rest = &text[at..];
    let clause = rest.split(';').next().unwrap_or(rest);
    let value = clause
        .split_once("header.d=")
        .or_else(|| clause.split_once("header.i=@"))
        .or_else(|| clause.split_once("header.i="))?
        .1;
    let domain: String =
        value.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '@' | '_')).collect();
    let domain = domain.rsplit('@').next().unwrap_or_default().to_owned();
    (!domain.is_empty()).then_some(domain)
}

/// User-Agent or X-Mailer, without versions.
fn client(headers: &Headers<'_>) -> Option<String> {
    let text = headers.text("user-agent").or_else(|| headers.text("x-mailer"))?;
    let words: Vec<&str> = text
        .split(['/', ' ', '(', ';'])
        .filter(|word| !word.is_empty())
        .take_while(|word| !word.starts_with(|c: char| c.is_ascii_digit()))
        .take(3)
        .collect();
    let name = words.join(" ");
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::reading::headers::split;

    fn at(text: &str) -> (String, usize) {
        let mail = format!("{text}\n\n");
        let (headers, _) = split(mail.as_bytes());
        let found = written(&headers, Some(b"From x Tue Jan  2 00:00:00 2024\n"));
        assert_eq!(found.of_archive, found.at.unwrap().to_string() == "2024-01-02T00:00:00Z");
        (found.at.unwrap().to_string(), found.doubts.len())
    }

    #[test]
    fn dates() {
        assert_eq!(at("Date: Mon, 1 Jan 2024 10:00:00 +0100"), ("2024-01-01T09:00:00Z".into(), 0));
        let server = "Received: from b.example.org by x; Mon, 1 Jan 2024 12:00:00 +0000\nReceived: from a.example.org by b; Mon, 1 Jan 2024 11:00:00 +0000";
        assert_eq!(at(&format!("{server}\nDate: Fri, 1 Jan 2044 10:00:00 +0000")), ("2024-01-01T12:00:00Z".into(), 1));
        assert_eq!(at(&format!("{server}\nDate: Fri, 1 Jan 1999 10:00:00 +0000")), ("2024-01-01T11:00:00Z".into(), 1));
        assert_eq!(at(server), ("2024-01-01T12:00:00Z".into(), 1));
        assert_eq!(at("Date: Mon, 5 Oct 26 10:00 GMT"), ("2026-10-05T10:00:00Z".into(), 0));
        assert_eq!(at("Date: Mon Oct  5 12:00:00 2026"), ("2026-10-05T12:00:00Z".into(), 0));
        assert_eq!(at("Date: 5 Oct 99 12:00:01 +0200"), ("1999-10-05T10:00:01Z".into(), 0));
        assert_eq!(at("Date: Fri, 05 Oct 2026 10:00:00 +9999"), ("2024-01-02T00:00:00Z".into(), 1));
        assert_eq!(at("Date: yesterday"), ("2024-01-02T00:00:00Z".into(), 1));
    }

    #[test]
    fn routes() {
        let mail = "Received: from mx.apache.org by list\nReceived: from mail-a1.google.com (mail-a1.google.com [1.2.3.4]) by mx\nAuthentication-Results: spamd.apache.org; dkim=pass (2048-bit key) header.d=gmail.com; spf=pass\nUser-Agent: Mozilla Thunderbird\n\n";
        let (headers, _) = split(mail.as_bytes());
        let route = route(&headers);
        assert_eq!(route.origin.as_deref(), Some("google.com"));
        assert_eq!(route.dkim.as_deref(), Some("gmail.com"));
        assert_eq!(route.client.as_deref(), Some("Mozilla Thunderbird"));
    }
}
