// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A calendar entry with an alarm (RFC 5545), such as a vote's end.

use jiff::Timestamp;

/// A moment worth being reminded of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarEntry {
    /// What makes it unique: an intent's token.
    pub token: String,
    /// When it was made.
    pub made: Timestamp,
    /// When it is.
    pub at: Timestamp,
    /// What is then.
    pub title: String,
    /// More about it.
    pub description: String,
}

impl CalendarEntry {
    /// The `.ics` file: CRLF, lines of at most 75 octets; the alarm sounds at the moment itself.
    pub fn to_ics(&self) -> String {
        let at = stamp(self.at);
        let title = escape(&self.title);
        let lines = [
            "BEGIN:VCALENDAR".to_owned(),
            "VERSION:2.0".to_owned(),
            "PRODID:-//Quorate//Quorate//EN".to_owned(),
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}.quorate", self.token),
            format!("DTSTAMP:{}", stamp(self.made)),
            format!("DTSTART:{at}"),
            format!("DTEND:{at}"),
            format!("SUMMARY:{title}"),
            format!("DESCRIPTION:{}", escape(&self.description)),
            "TRANSP:TRANSPARENT".to_owned(),
            "BEGIN:VALARM".to_owned(),
            "ACTION:DISPLAY".to_owned(),
            format!("DESCRIPTION:{title}"),
            "TRIGGER:PT0S".to_owned(),
            "END:VALARM".to_owned(),
            "END:VEVENT".to_owned(),
            "END:VCALENDAR".to_owned(),
        ];
        lines.iter().map(|line| fold(line)).collect()
    }
}

fn stamp(time: Timestamp) -> String {
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A TEXT value (RFC 5545, 3.3.11).
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace("\r\n", "\\n").replace('\n', "\\n")
}

/// A content line in pieces of at most 75 octets, each after the first begun by
/// a blank, no character broken (RFC 5545, 3.1).
fn fold(line: &str) -> String {
    let mut folded = String::new();
    let mut octets = 0;
    for character in line.chars() {
        if octets + character.len_utf8() > 75 {
            folded.push_str("\r\n ");
            octets = 1;
        }
        folded.push(character);
        octets += character.len_utf8();
    }
    folded.push_str("\r\n");
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(title: &str) -> CalendarEntry {
        CalendarEntry {
            token: "0123456789abcdef".into(),
            made: "2026-11-21T09:30:00Z".parse().unwrap(),
            at: "2026-11-24T09:30:00Z".parse().unwrap(),
            title: title.into(),
            description: "One; two, three\nfour \\ five".into(),
        }
    }

    #[test]
    fn has_what_a_calendar_needs() {
        let ics = entry("The vote ends").to_ics();
        for line in [
            "UID:0123456789abcdef.quorate",
            "DTSTAMP:20261121T093000Z",
            "DTSTART:20261124T093000Z",
            "SUMMARY:The vote ends",
            "DESCRIPTION:One\\; two\\, three\\nfour \\\\ five",
            "TRIGGER:PT0S",
        ] {
            assert!(ics.contains(&format!("{line}\r\n")), "{line} is not in\n{ics}");
        }
        assert_eq!(ics.matches('\n').count(), ics.matches("\r\n").count());
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        let title = "ü".repeat(100);
        let ics = entry(&title).to_ics();
        assert!(ics.split("\r\n").all(|line| line.len() <= 75), "{ics}");
        assert!(ics.replace("\r\n ", "").contains(&format!("SUMMARY:{title}\r\n")));
    }
}
