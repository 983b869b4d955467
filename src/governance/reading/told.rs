// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Lines that tell of votes: accounts of who voted how, headings of reasons.

use super::claim::first_claim;
use super::lines::Logical;
use super::sign::{Sign, Token, tokens};
use super::words::{COMMON, is_lead, is_praise};

/// Which lines tell somebody's vote, as "Ann +1" and "+1 Bob (binding)" do: two at least, or they are none.
pub(super) fn accounts(lines: &[Logical], sender: &str) -> Vec<bool> {
    // the sender stands in such a list too, but alone makes none
    let tells = |line: &Logical, others: bool| {
        let tokens = tokens(&line.text);
        let names: Vec<&Token> =
            tokens.iter().filter(|token| token.is_word() && first_claim(&[(*token).clone()]).is_none()).collect();
        let name = |token: &&Token| {
            line.text[token.at..].starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase())
                && !is_lead(&token.text)
                && !is_praise(&token.text)
                && !COMMON.contains(&token.text.as_str())
                && !sender.contains(&token.text)
        };
        let plain = tokens
            .iter()
            .all(|token| token.is_word() || token.sign().is_some() || !matches!(token.text.as_str(), "!" | "?" | ","));
        let one = tokens.iter().filter(|token| matches!(token.sign(), Some(Sign::Value(_)))).count() == 1;
        let mine = names.iter().all(|name| sender.contains(&name.text));
        one && plain && (1..4).contains(&names.len()) && (names.iter().all(name) || others && mine)
    };
    let may = |line: &Logical| line.text.len() < 60 && may_tell(&line.text);
    if lines.iter().filter(|line| may(line)).count() < 2 {
        return vec![false; lines.len()];
    }
    let all = |others: bool| -> Vec<bool> { lines.iter().map(|line| may(line) && tells(line, others)).collect() };
    let found = if all(false).contains(&true) { all(true) } else { Vec::new() };
    if found.iter().filter(|told| **told).count() < 2 { vec![false; lines.len()] } else { found }
}

/// Whether the lines below "-1:" are reasons: no other such heading among them, and no name right below.
pub(super) fn leads_reasons(lines: &[Logical]) -> bool {
    let heads = lines.iter().filter(|line| line.text.len() < 40 && line.text.ends_with(':') && may_tell(&line.text));
    let name = |line: &Logical| {
        line.text.split(' ').count() < 5 && line.text.split(' ').all(|word| !word.starts_with(char::is_lowercase))
    };
    heads.count() == 1 && lines.get(1).is_some_and(|below| !name(below))
}

/// Whether a line can have a vote, or take one back: the others need no closer look.
pub(super) fn may_tell(text: &str) -> bool {
    let may = |pair: &[u8]| match pair[0] {
        b'+' | b'-' => pair[1].is_ascii_digit() || matches!(pair[1], b'.' | b' '),
        b'm' => pair[1] == b'y',
        b'M' => matches!(pair[1], b'y' | b'Y'),
        _ => false,
    };
    text.contains('0')
        || text.as_bytes().windows(2).any(may)
        || text
            .as_bytes()
            .windows(4)
            .any(|four| matches!(four, b"earl" | b"prev" | b"veto" | b"Veto" | b"back" | b"long"))
            && ["earlier", "previous", "veto", "Veto", "back", "longer"].iter().any(|word| text.contains(word))
}
