// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Introductions of quotes that stand in the midst of a line, as programs write that part no lines:
//! "Thanks On Mon, … Ann Example wrote: Hi all, …".

use super::attribution::{BEGINNINGS, VERBS, introduces};

/// How many colons of a line are looked at, and how far before them an introduction begins.
const COLONS: usize = 20;
const REACH: usize = 600;

/// Where in a line the introduction of a quote begins that has words before it or behind it, as
/// programs write that part no lines: "Thanks On Mon, … Ann wrote: Hi all, …".
pub(super) fn collapsed(line: &str) -> Option<usize> {
    if line.len() < 30 || !line.contains([':', '：']) {
        return None;
    }
    let colons = line.match_indices([':', '：']).filter(|(at, _)| {
        let before = line[..*at].trim_end();
        VERBS.iter().any(|verb| before.ends_with(verb)) || before.ends_with(['>', ')'])
    });
    for (colon, mark) in colons.take(COLONS) {
        let end = colon + mark.len();
        let starts = line[..colon].rmatch_indices(' ').map(|(at, _)| at + 1).chain([0]);
        // the last beginning that has a date behind it is the nearest
        let near = starts.take_while(|at| colon - at < REACH || *at == 0 && colon < REACH);
        let found = near.filter(|at| begins_introduction(&line[*at..colon])).find(|at| {
            let piece = &line[*at..end];
            has_date(piece) && names_writer(piece) && piece.chars().count() < 250 && introduces(piece, false)
        });
        let rest = line[end..].trim();
        if let Some(found) = found
            && (found > 0 || !rest.is_empty())
        {
            return Some(found);
        }
    }
    None
}

/// Where in the line the introduction of a quote begins that goes on in the next line, with words of
/// the sender's before it: "Thanks! On Mon, 1 Jan 2024, Ann Example".
pub(super) fn lead_in(line: &str) -> Option<usize> {
    if line.len() > REACH || begins_introduction(line.trim_start()) {
        return None;
    }
    let starts = line.match_indices(' ').map(|(at, _)| at + 1);
    let said = |before: &str| before.trim_end().ends_with(['.', '!', '?', ',', ')', '1', '0']) && !before.contains('@');
    let mut starts = starts.filter(|at| begins_introduction(&line[*at..]) && said(&line[..*at]));
    starts.find(|at| line[*at..].contains(|c: char| c.is_ascii_digit()))
}

pub(super) fn has_date(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit())
        .any(|number| number.len() == 4 && (number.starts_with("19") || number.starts_with("20")))
}

/// Whether there is an address or a time of day: "on Monday it wrote:" has neither.
fn names_writer(text: &str) -> bool {
    text.contains('@') || text.contains('<') || has_clock(text)
}

pub(super) fn has_clock(text: &str) -> bool {
    text.as_bytes().windows(4).any(|piece| {
        piece[0].is_ascii_digit() && piece[1] == b':' && piece[2].is_ascii_digit() && piece[3].is_ascii_digit()
    })
}

/// "On Mon, …", "Am Mo., …", "El lun, …", "2026年…".
fn begins_introduction(text: &str) -> bool {
    BEGINNINGS.iter().any(|start| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
        || text.starts_with('在')
        || text.chars().take(4).all(|c| c.is_ascii_digit()) && text.chars().nth(4) == Some('年')
}
