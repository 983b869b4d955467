// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Names and numbers of a RESULT mail in the forms that are no headings: lists of names, names in a
//! sentence, tables, "4 approving votes, 3 of which are binding".

use super::claim::first_claim;
use super::lines::{Logical, Mark};
use super::result::number;
use super::sign::{Sign, Token, tokens};
use super::words::{COMMON, is_claim, one_of};
use crate::governance::{Claim, ClaimedResult, ClaimedVoter, VoteValue};

/// Takes in what the headings did not give.
pub(super) fn add_forms(lines: &[Logical], starred: Option<Claim>, result: &mut ClaimedResult) {
    lines.iter().for_each(|line| numbers(&line.text, result));
    if !result.voters.is_empty() {
        return;
    }
    let table: Vec<ClaimedVoter> = lines.iter().flat_map(|line| of_cells(&line.text)).collect();
    let listed = of_list(lines, starred);
    let said: Vec<ClaimedVoter> = lines
        .iter()
        .enumerate()
        .flat_map(|(at, line)| of_sentence(&line.text, lines.get(at + 1).map(|next| next.text.as_str())))
        .collect();
    result.voters = [table, listed, said].into_iter().max_by_key(Vec::len).unwrap_or_default();
}

/// "There are 4 approving votes, 3 of which are binding", "passes with 4 binding votes", "+1: 6 (binding: 5)".
fn numbers(text: &str, result: &mut ClaimedResult) {
    let found = tokens(text);
    let words: Vec<&str> = found.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
    let against = found.iter().any(|token| matches!(token.sign(), Some(Sign::Value(VoteValue::Minus))))
        || words.iter().any(|word| one_of!(word, "disapproving against vetoes"));
    for (at, word) in words.iter().enumerate() {
        let Some(number) = number(word).filter(|_| !against) else { continue };
        match words[at + 1..] {
            ["approving", ..] => result.plus_in_all = result.plus_in_all.or(Some(number)),
            ["of", "which" | "them" | "these", ..] | ["of", "the", ..]
                if words[at + 1..].iter().take(5).any(|word| word.contains("binding")) =>
            {
                result.binding.plus = result.binding.plus.or(Some(number));
            }
            [claim, "vote" | "votes", ..] if is_claim(claim) && claim.starts_with("bind") => {
                result.binding.plus = result.binding.plus.or(Some(number));
            }
            [claim, "vote" | "votes", ..] if is_claim(claim) => {
                result.non_binding.plus = result.non_binding.plus.or(Some(number));
            }
            ["binding"] | ["binding", "and", ..] if !found.iter().any(|token| token.sign().is_some()) => {
                result.binding.plus = result.binding.plus.or(Some(number));
            }
            _ => {}
        }
    }
    let plus = found.first().is_some_and(|token| token.sign() == Some(Sign::Value(VoteValue::Plus)));
    if let (true, [_, colon, all, rest @ ..]) = (plus, &found[..])
        && colon.is(":")
        && let Some(all) = number(&all.text)
    {
        result.plus_in_all = result.plus_in_all.or(Some(all));
        let binding = rest.windows(3).find(|three| three[0].is("binding") && three[1].is(":"));
        result.binding.plus = result.binding.plus.or(binding.and_then(|three| number(&three[2].text)));
    }
}

/// "| Ann Example | +1 (binding) |", "| +1 | yes | Ann Example, Bob Example |", "Ann Example   +1   yes".
fn of_cells(text: &str) -> Vec<ClaimedVoter> {
    let cells: Vec<&str> = if text.contains('|') {
        text.split('|').map(str::trim).filter(|cell| !cell.is_empty()).collect()
    } else {
        text.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()
    };
    if cells.len() < 2 {
        return Vec::new();
    }
    let value = |cell: &&str| match tokens(cell).first().and_then(Token::sign) {
        Some(Sign::Value(value)) => Some(value),
        _ => None,
    };
    let Some(vote) = cells.iter().find_map(value) else { return Vec::new() };
    let claim = cells.iter().find_map(|cell| match cell.to_lowercase().as_str() {
        "yes" | "y" | "x" | "pmc" => Some(true),
        "no" | "n" => Some(false),
        other => first_claim(&tokens(other)).map(|claim| claim == Claim::Binding),
    });
    let names = cells
        .iter()
        .filter(|cell| value(cell).is_none() && !one_of!(&cell.to_lowercase(), "yes no y n x pmc"))
        .flat_map(|cell| names_of(cell).unwrap_or_default());
    names.map(|name| ClaimedVoter { name, value: vote, binding: claim }).collect()
}

/// Lines of a list that are a name each: "- Ann Example (binding)", "+1 Ann Example", "Ann Example*".
fn of_list(lines: &[Logical], starred: Option<Claim>) -> Vec<ClaimedVoter> {
    let mut found = Vec::new();
    let mut marked = false;
    for (at, line) in lines.iter().enumerate() {
        let text = line.text.trim();
        let value = match tokens(text).first().and_then(Token::sign) {
            Some(Sign::Value(value)) => Some(value),
            _ => None,
        };
        let rest = if value.is_some() { text[2..].trim_start_matches([' ', '-', ':']) } else { text };
        let claim = first_claim(&tokens(rest)).map(|claim| claim == Claim::Binding);
        let star = starred.map(|claim| (claim == Claim::Binding) == rest.contains('*'));
        let (bare, _) = rest.split_once(" (").unwrap_or((rest, ""));
        let beside = |other: Option<&Logical>| {
            other.is_some_and(|other| {
                is_name(other.text.split(" (").next().unwrap_or_default().trim_start_matches(['+', '1', ' ']))
            })
        };
        let in_list = line.mark == Mark::Bullet
            || value.is_some()
            || claim.is_some()
            || at > 0 && !line.after_blank && beside(lines.get(at - 1))
            || lines.get(at + 1).is_some_and(|next| !next.after_blank) && beside(lines.get(at + 1));
        let name = bare.trim_end_matches(['*', ',', '.', ' ']);
        if !in_list || !is_name(name) {
            continue;
        }
        marked |= claim.is_some() || star.is_some() || value.is_some();
        found.push(ClaimedVoter {
            name: name.to_owned(),
            value: value.unwrap_or(VoteValue::Plus),
            binding: claim.or(star),
        });
    }
    // in a list where some are called binding, the others are not
    let some = found.iter().any(|voter| voter.binding == Some(true));
    for voter in found.iter_mut().filter(|voter| voter.binding.is_none() && some) {
        voter.binding = Some(false);
    }
    if marked && found.len() > 1 { found } else { Vec::new() }
}

/// "3 binding +1 (Ann Example, Bob Example)", "… from ann, bob and dan", with the names in the next line too.
fn of_sentence(text: &str, next: Option<&str>) -> Vec<ClaimedVoter> {
    let mut found = Vec::new();
    let lower = text.to_lowercase();
    let votes = |part: &str| {
        let tokens = tokens(part);
        let value = tokens.iter().rev().find_map(|token| match token.sign() {
            Some(Sign::Value(value)) => Some(value),
            Some(Sign::Plural) if token.text.starts_with("-1") => Some(VoteValue::Minus),
            Some(Sign::Plural) => Some(VoteValue::Plus),
            _ => None,
        });
        let claim = first_claim(&tokens).map(|claim| claim == Claim::Binding);
        (value.or(claim.map(|_| VoteValue::Plus)), claim)
    };
    let mut rest = 0;
    for (open, _) in text.match_indices('(') {
        let Some(close) = text[open..].find(')').map(|at| open + at) else { break };
        if let ((Some(value), claim), Some(names)) =
            (votes(&text[rest.min(open)..open]), names_of(&text[open + 1..close]))
        {
            found.extend(names.into_iter().map(|name| ClaimedVoter { name, value, binding: claim }));
        }
        rest = close + 1;
    }
    if !found.is_empty() {
        return found;
    }
    let marks = [": ", " from ", " by "];
    let places = marks.iter().flat_map(|mark| lower.match_indices(mark)).filter(|_| lower.len() == text.len());
    for (at, mark) in places.filter(|(at, _)| text.is_char_boundary(*at)).take(20) {
        let list = text[at + mark.len()..].split(" and no ").next().unwrap_or_default();
        let list = list.split(['.', ';']).next().unwrap_or_default();
        let before = &text[..at];
        let first = votes(before.split(" and ").next().unwrap_or(before));
        if let ((Some(value), claim), Some(names)) = (first, names_of(list)) {
            return names.into_iter().map(|name| ClaimedVoter { name, value, binding: claim }).collect();
        }
    }
    if let (true, (Some(value), claim), Some(names)) =
        (text.ends_with(':'), votes(text), next.filter(|next| next.contains(',')).and_then(names_of))
    {
        return names.into_iter().map(|name| ClaimedVoter { name, value, binding: claim }).collect();
    }
    found
}

/// The names of a list of names; nothing where one of its parts is none.
fn names_of(text: &str) -> Option<Vec<String>> {
    let text = text.trim().trim_end_matches(['.', ':']);
    let joined = text.replace(" and ", ", ").replace(" & ", ", ").replace(" @", ", @");
    let parts: Vec<&str> = joined.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let ids = parts.len() > 1;
    let good = |part: &&str| is_name(part) || ids && !part.contains(' ') && !COMMON.contains(part) && !is_claim(part);
    let named = |part: &str| part.chars().any(char::is_alphabetic) && number(part).is_none();
    (!parts.is_empty() && parts.iter().all(|part| good(part) && named(part)))
        .then(|| parts.iter().map(|part| part.trim_matches(['@', '*']).to_owned()).collect())
}

/// Two to four words with capitals, or an address.
fn is_name(text: &str) -> bool {
    let text = text.trim().trim_end_matches(['*', ',', ' ']);
    if text.contains('@') && !text.contains(' ') {
        return text.len() > 2;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let capital = |word: &&str| word.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase());
    let plain = words.iter().all(|word| {
        word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'')) && !is_claim(&word.to_lowercase())
    });
    let common = words.iter().any(|word| {
        let lower = word.to_lowercase();
        COMMON.contains(&lower.as_str())
            || one_of!(&lower, "vote votes voting result results name names binding pmc apache release regards best cheers none hi hello dear everyone")
    });
    (2..=4).contains(&words.len()) && words.iter().all(capital) && plain && !common
}

#[cfg(test)]
mod tests {
    use crate::governance::ClaimedResult;
    use crate::governance::reading::lines::logical_lines;
    use crate::governance::reading::result::claimed;

    fn read(text: &str) -> ClaimedResult {
        let own: Vec<&str> = text.split('\n').collect();
        claimed(&logical_lines(&own))
    }

    #[test]
    fn names_in_all_forms() {
        for text in [
            "There are 3 approving votes, 2 of which are binding:\n- Ann Example (binding)\n- Bob Example (binding)\n- Cleo Example",
            "The vote passed.\n\nAnn Example (binding)\nBob Example (binding)\nCleo Example\n",
            "+1 Ann Example (binding)\n+1 Bob Example (binding)\n+1 Cleo Example (non-binding)",
            "| Name | Vote |\n|---|---|\n| Ann Example | +1 (binding) |\n| Bob Example | +1 (binding) |\n| Cleo Example | +1 |",
            "2 binding +1 (Ann Example, Bob Example) and 1 non-binding +1 (Cleo Example)",
            "Name          Vote  Binding\nAnn Example   +1    yes\nBob Example   +1    yes\nCleo Example  +1    no",
        ] {
            let voters = read(text).voters;
            let names: Vec<&str> = voters.iter().map(|voter| voter.name.as_str()).collect();
            assert_eq!(names, ["Ann Example", "Bob Example", "Cleo Example"], "{text}");
            assert_eq!(voters[0].binding, Some(true), "{text}");
            assert_ne!(voters[2].binding, Some(true), "{text}");
        }
        let voters = read("Passed: 3 binding +1: ann, bob and dan").voters;
        assert_eq!(voters.iter().map(|voter| voter.name.as_str()).collect::<Vec<_>>(), ["ann", "bob", "dan"]);
        assert_eq!(read("Thanks to everybody who helped.\n\nBest regards,\nAnn Example").voters, []);
    }

    #[test]
    fn numbers_in_all_forms() {
        for (text, all, binding) in [
            ("There are 5 approving votes, 4 of which are binding:", Some(5), Some(4)),
            ("The vote passes with 4 binding votes.", None, Some(4)),
            ("+1: 6 (binding: 5)", Some(6), Some(5)),
        ] {
            let result = read(text);
            assert_eq!((result.plus_in_all, result.binding.plus), (all, binding), "{text}");
        }
    }
}
