// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What stands above a value: a quoted remark, a name for it, a condition, somebody else's vote.

use super::Text;
use super::clause::{Found, Place};
use super::label::{is_named_above, is_own_named_above, is_problem};
use super::lines::{Below, Logical, Mark};
use super::sign::Token;
use super::words::{is_claim, is_condition, one_of};
use crate::governance::VoteValue;

/// A value right below what somebody else remarked can be an answer to that.
pub(super) fn below_remark(found: Found, text: &Text<'_>, line: usize) -> Found {
    match found {
        Found::Casts { own: false, .. } if text.remarks.contains(&line) => {
            Found::Unclear("it stands below a quoted remark, and whether it answers that or the call is not clear")
        }
        other => other,
    }
}

/// A +1 right behind "I can confirm that." or "I see the same failure." may say the same again.
pub(super) fn after_agreement(found: Found, before: Option<&str>) -> Found {
    let Found::Casts { value: VoteValue::Plus, own: false, .. } = found else { return found };
    let agrees = before.is_some_and(|sentence| {
        let tokens = super::sign::tokens(sentence);
        let words: Vec<&str> = tokens.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
        let that = |word: &str| one_of!(word, "that this it same here too");
        let confirms = words.len() <= 6
            && words.iter().any(|word| one_of!(word, "confirm confirmed reproduce reproduced see seeing saw"))
            && words.last().is_some_and(|word| that(word));
        let same = words.iter().any(|word| one_of!(word, "same too also"))
            && words.iter().any(|word| is_problem(word) && !one_of!(word, "not cannot can't doesn't fix"));
        (confirms || same) && !words.iter().any(|word| one_of!(word, "no fixed resolved gone"))
    });
    if agrees {
        return Found::Unclear("it stands behind words that agree with what somebody found, and may do so too");
    }
    found
}

/// A value alone on its line, the last of `lines`, can be what the line above it names: "The output
/// is:", "My vote:".
pub(super) fn below_name(found: Found, tokens: &[Token], at: usize, lines: &[Logical], place: Place<'_>) -> Found {
    let Found::Casts { value, own, .. } = found else { return found };
    let [before @ .., line] = lines else { return found };
    let begins = place.begins_line && (at == 0 || at == 1 && tokens[0].is("\""));
    let above = before.last().filter(|above| begins && above.mark != Mark::Bullet);
    if let Some(why) = above.and_then(|above| leads_elsewhere(&above.text)) {
        return Found::Unclear(why);
    }
    if own {
        return found;
    }
    let alone =
        at == 0 && place.begins_line && tokens[1..].iter().all(|token| !token.is_word() || is_claim(&token.text));
    if alone && line.below == Below::Command {
        return Found::Stray("it stands below what a program was given, and may be its answer");
    }
    let above = before.last().filter(|_| alone && line.below == Below::Text);
    let Some(named) = above.and_then(|above| above.sentences().last().map(|last| super::sign::tokens(last.text)))
    else {
        return found;
    };
    if is_own_named_above(&named) {
        return Found::Casts { value, own: true, why: "the line above it says that it is the sender's vote" };
    }
    if is_named_above(&named, &place) {
        return Found::Stray("it may be the value of what the line above it names");
    }
    found
}

/// Why a value below this line may not be the sender's vote, or not yet.
fn leads_elsewhere(above: &str) -> Option<&'static str> {
    let tokens = super::sign::tokens(above);
    let last = tokens.last()?;
    let goes_on = last.is(":") || last.is(",") || last.is_word();
    if !goes_on || tokens.len() > 40 || tokens.iter().any(|token| token.sign().is_some()) {
        return None;
    }
    let words: Vec<&str> = tokens.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
    let first = words.first().copied().unwrap_or_default();
    let depends = is_condition(first) || one_of!(first, "if when until till before");
    // "When I tested it, all was fine:"
    let told = words.get(1) == Some(&"i")
        || tokens
            .iter()
            .position(|token| token.is(","))
            .is_some_and(|at| tokens[at + 1..].iter().filter(|t| t.is_word()).count() > 1);
    if depends && !told {
        return Some("the vote has a condition");
    }
    let mine = words.iter().any(|word| one_of!(word, "my mine own i'm"));
    let brings = one_of!(first, "quoting reposting forwarding relaying forwarded reposted resending for")
        || words.contains(&"behalf");
    let asks = first == "please"
        && words.get(1).is_some_and(|word| one_of!(word, "count add record register consider accept"));
    let theirs =
        words.iter().any(|word| word.ends_with("'s") && !one_of!(word, "it's that's here's there's let's what's"));
    let vote = words.iter().any(|word| one_of!(word, "vote ballot votes"));
    let writes = last.is(":")
        && words.iter().any(|word| one_of!(word, "wrote said says writes answered replied told voted"))
        && !words.iter().any(|word| one_of!(word, "i we"));
    let another = theirs && vote
        || (brings || asks) && (theirs || last.is(":")) && first != "for"
        || writes
        || words.contains(&"behalf");
    (another && !mine).then_some("it may be somebody else's vote")
}
