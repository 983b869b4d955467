// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a voter says their vote is: binding or not, in the many ways to spell it.

use strsim::damerau_levenshtein;

use super::sign::{Kind, Token};
use crate::governance::Claim;

/// How many tokens behind a sign its claim can stand.
const REACH: usize = 9;

/// The claim that goes with the sign at `at`.
pub(super) fn claim(tokens: &[Token], at: usize) -> Option<Claim> {
    let end = tokens.len().min(at + 1 + REACH);
    let behind = &tokens[at + 1..end];
    let stop = behind.iter().position(|token| matches!(token.kind, Kind::Sign(_))).unwrap_or(behind.len());
    first_claim(&behind[..stop]).or_else(|| first_claim(&tokens[at.saturating_sub(3)..at]))
}

/// The claim of a sentence that says of the sender's vote what it is.
pub(super) fn first_claim(tokens: &[Token]) -> Option<Claim> {
    for (at, token) in tokens.iter().enumerate() {
        if !token.is_word() {
            continue;
        }
        // every spelling of it has one of these letters
        if token.text.is_ascii() && !token.text.contains(['b', 'n']) {
            continue;
        }
        // "(was non-binding, sorry: binding)"
        if tokens[..at].last().is_some_and(|before| before.is("was")) {
            continue;
        }
        let letters: String = token.text.chars().filter(|c| c.is_alphabetic()).collect();
        if let Some(claim) = in_short(&letters, tokens, at).or_else(|| in_chinese(&letters)) {
            return Some(claim);
        }
        if let Some(rest) =
            ["none", "non", "not", "no", "un", "nom", "mon", "nob"].iter().find_map(|p| letters.strip_prefix(p))
            && is_binding(rest)
        {
            return Some(Claim::NonBinding);
        }
        if is_binding(&letters) {
            return Some(if denied(&tokens[..at]) { Claim::NonBinding } else { Claim::Binding });
        }
    }
    None
}

/// "(b)", "(nb)", "+1 nb".
fn in_short(letters: &str, tokens: &[Token], at: usize) -> Option<Claim> {
    let bracketed = at > 0 && matches!(tokens[at - 1].text.as_str(), "(" | "[");
    match letters {
        "nb" => Some(Claim::NonBinding),
        "b" if bracketed && tokens.get(at + 1).is_some_and(|next| matches!(next.text.as_str(), ")" | "]")) => {
            Some(Claim::Binding)
        }
        _ => None,
    }
}

fn in_chinese(letters: &str) -> Option<Claim> {
    if letters.contains("非绑定") || letters.contains("非约束") || letters.contains("无约束") {
        return Some(Claim::NonBinding);
    }
    (letters.contains("绑定") || letters.contains("有约束")).then_some(Claim::Binding)
}

/// "binding" with up to two slips of the keyboard.
fn is_binding(word: &str) -> bool {
    if word == "binding" {
        return true;
    }
    // words of the language that are near to it and mean something else
    let others = [
        "building",
        "bundling",
        "finding",
        "bringing",
        "minding",
        "pending",
        "bidding",
        "blending",
        "bonding",
        "winding",
        "blinding",
        "handing",
        "sending",
        "being",
        "adding",
        "including",
        "ending",
        "bindings",
    ];
    let near = (6..=9).contains(&word.chars().count())
        && damerau_levenshtein(word, "binding") <= if word.starts_with('b') { 2 } else { 1 };
    near && (word == "blinding" || !others.contains(&word))
}

fn denied(before: &[Token]) -> bool {
    let near = before.iter().rev().filter(|token| !matches!(token.text.as_str(), "-" | "_" | "/")).take(1);
    near.into_iter().any(|token| {
        matches!(token.text.as_str(), "non" | "not" | "none" | "no" | "un" | "isn't" | "non-" | "nonn" | "nom")
    }) || before.len() >= 2 && before[before.len() - 2].is("not") && before[before.len() - 1].is("a")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::governance::reading::sign::tokens;

    #[test]
    fn spellings() {
        for (text, claim_of_it) in [
            ("+1 (binding)", Some(Claim::Binding)),
            ("+1 [Binding]", Some(Claim::Binding)),
            ("+1 (biding)", Some(Claim::Binding)),
            ("+1 (bindng)", Some(Claim::Binding)),
            ("+1 from me(binding)", Some(Claim::Binding)),
            ("binding +1", Some(Claim::Binding)),
            ("+1 (b)", Some(Claim::Binding)),
            ("+1 (binding veto)", Some(Claim::Binding)),
            ("+1 (non-binding)", Some(Claim::NonBinding)),
            ("+1 (nonbinding)", Some(Claim::NonBinding)),
            ("+1 (non binding)", Some(Claim::NonBinding)),
            ("+1 (non - binding)", Some(Claim::NonBinding)),
            ("+1 (none-binding)", Some(Claim::NonBinding)),
            ("+1 (not binding)", Some(Claim::NonBinding)),
            ("+1 non-biding", Some(Claim::NonBinding)),
            ("+1 (no-binding)", Some(Claim::NonBinding)),
            ("non-binding +1", Some(Claim::NonBinding)),
            ("+1 (nb)", Some(Claim::NonBinding)),
            ("+1 (non_binding)", Some(Claim::NonBinding)),
            ("+1, building works", None),
            ("+1", None),
        ] {
            let tokens = tokens(text);
            let at = tokens.iter().position(|token| token.sign().is_some()).unwrap();
            assert_eq!(claim(&tokens, at), claim_of_it, "{text}");
        }
    }
}
